"""The guides: their code runs, their commands exist, their links lead somewhere; and each public name is documented."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import shlex
import shutil
import tomllib
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest

import policytools as pt
from policytools.__main__ import _parser, main

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs").glob("*.md"))
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", "benchmarks/README.md")
    ),
    *GUIDES,
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
POLICY = "# Privacy Policy\n\n" + "We collect your personal data, store it safely and never share it. " * 6
# Commands that run notebooks, need a network or a cluster, or install: only their arguments are checked.
NOT_RUN = ("figures", "report", "measure")
OTHER_COMMANDS = ("pip",)


def blocks(text: str) -> list[tuple[str, str]]:
    """Code of a page in order: (language of a fenced block, or "commands" for an indented one; code)."""
    found: list[tuple[str, list[str]]] = []
    fence = None
    for before, line in pairwise(["", *text.splitlines()]):
        if line.startswith("```"):
            fence = line[3:] if fence is None else None
            if fence is not None:
                found.append((fence, []))
        elif fence is not None:
            found[-1][1].append(line)
        elif line.startswith("    ") and before.startswith("    ") and found and found[-1][0] == "commands":
            found[-1][1].append(line[4:])
        elif line.startswith("    ") and not before.startswith(" "):
            found.append(("commands", [line[4:]]))
    return [(kind, "\n".join(lines) + "\n") for kind, lines in found]


# --- code and commands


@pytest.fixture
def workplace(tmp_path, monkeypatch) -> Path:
    """A folder like a checkout: the data and the codebook, and policies to add."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copytree(ROOT / "policytools" / "codebooks", tmp_path / "policytools" / "codebooks")
    (tmp_path / "policy.html").write_text(
        f"<html><body><h1>Privacy Policy</h1><p>{POLICY[20:]}</p></body></html>"
    )
    (tmp_path / "other.txt").write_text(POLICY.replace("We collect", "We gather"))
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "one.md").write_text(POLICY.replace("We collect", "We record"))
    (tmp_path / "vendors.csv").write_text("file,vendor\none.md,One Ltd\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_command(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line)
    if words[:3] == ["python", "-m", "policytools"]:
        arguments = words[3:]
        if arguments[0] in NOT_RUN or any("://" in word for word in arguments):
            _parser().parse_args(arguments)
        else:
            assert main(arguments) == 0, line
    elif words[0] == "make":
        makefile = Path("Makefile") if Path("Makefile").is_file() else ROOT / "Makefile"
        target = next((word for word in words[1:] if "=" not in word), "help")
        assert re.search(rf"^{target}:", makefile.read_text(encoding="utf-8"), re.MULTILINE), line
    elif words[0] == "cp":
        shutil.copy(words[1], words[2])
    elif words[0] == "cd":
        monkeypatch.chdir(words[1])
    else:
        assert words[0] in OTHER_COMMANDS, f"no such command is known here: {line}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_guide_does_what_it_says(guide, workplace, monkeypatch, capsys):
    names: dict = {"__name__": "__main__"}
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    for kind, code in blocks(guide.read_text(encoding="utf-8")):
        if kind == "python" and ">>>" in code:
            example = doctest.DocTestParser().get_doctest(code, names, guide.name, str(guide), 0)
            runner = doctest.DocTestRunner(optionflags=flags)
            runner.run(example, clear_globs=False)
            assert runner.summarize(verbose=False).failed == 0, capsys.readouterr().out
            names.update(example.globs)
        elif kind == "python":
            exec(compile(code, guide.name, "exec"), names)  # noqa: S102
        elif kind == "toml":
            tomllib.loads(code)
            if code.startswith("extends"):  # the reader's own codebook
                Path("mine.toml").write_text(code, encoding="utf-8")
        elif kind == "commands" and re.match(r"(python|make|cp|cd|pip)\b", code):
            for line in code.splitlines():
                run_command(line, monkeypatch)


def test_the_codebook_guide_ends_with_its_own_item(workplace):
    (guide,) = (path for path in GUIDES if path.stem == "writing-a-codebook")
    own, *_ = (code for kind, code in blocks(guide.read_text(encoding="utf-8")) if kind == "toml")
    Path("mine.toml").write_text(own, encoding="utf-8")
    mine, general = pt.load_codebook("mine.toml"), pt.load_codebook("disclosure")
    assert set(mine.items["item"]) - set(general.items["item"]) == {
        "match_preferences",
        "profile_verification",
    }
    assert set(general.items["item"]) - set(mine.items["item"]) == {"payment_data"}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_example_in_the_readme_runs(workplace):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names: dict = {}
    for kind, code in blocks(readme):
        if kind == "python":
            exec(compile(code, "README.md", "exec"), names)  # noqa: S102
    for line in re.findall(r"python -m policytools .+", readme):
        _parser().parse_args(shlex.split(line.split("`")[0])[3:])


def test_the_glossary_names_what_is_there():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`pt\.(\w+)`", text))
    assert len(named) > 30 and named <= set(pt.__all__)


# --- links


def prose(path: Path) -> str:
    """Text of a page without code, where brackets and parentheses are no links."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(
        r"`[^`\n]+`",
        lambda code: "x" * len(code[0]),
        re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL),
    )


def anchors(path: Path) -> set[str]:
    """The ids that a forge gives the headings of a Markdown page."""
    found: dict[str, int] = {}
    ids = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", path.read_text(encoding="utf-8"), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        ids.add(slug if slug not in found else f"{slug}-{found[slug]}")
        found[slug] = found.get(slug, 0) + 1
    return ids


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    text = prose(page)
    targets = re.findall(r"\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)", text)
    targets += re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, re.MULTILINE)
    for target in targets:
        parts = urlsplit(target)
        if parts.scheme:
            assert parts.scheme in ("https", "http", "mailto"), target
            assert parts.scheme == "mailto" or re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", parts.netloc), target
            continue
        file = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
        assert file.exists(), f"{target}: no such file"
        assert ROOT in file.parents or file == ROOT, f"{target}: leaves the project"
        if parts.fragment:
            assert parts.fragment in anchors(file), f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_a_page_speaks_of_are_there(page):
    text = page.read_text(encoding="utf-8")
    pattern = r"(?<![\w/.<-])((?:docs|data|benchmarks|notebooks|figures|policytools|tests)/[\w./-]*\w\.(?:md|py|toml|csv|ipynb|html|bib|png|txt))\b"
    for name in set(re.findall(pattern, text)):
        places = [ROOT / name, page.parent / name]
        assert any(place.exists() for place in places), f"{name}: no such file"


# --- docstrings


def functions() -> list[str]:
    return [name for name in pt.__all__ if inspect.isfunction(inspect.unwrap(getattr(pt, name)))]


def classes() -> list[str]:
    return [name for name in pt.__all__ if inspect.isclass(getattr(pt, name))]


def sections_of(doc: str) -> dict[str, str]:
    parts = re.split(r"^([A-Z]\w+(?: \w+)?)\n-{3,}\n", inspect.cleandoc(doc), flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def test_every_public_name_is_a_function_or_a_class():
    assert sorted(functions() + classes()) == pt.__all__


@pytest.mark.parametrize("name", functions())
def test_a_function_says_what_help_is_asked_for(name):
    function = inspect.unwrap(getattr(pt, name))
    sections = sections_of(function.__doc__ or "")
    first = sections[""].split("\n")[0]
    assert first.endswith((".", "?")) and len(first) <= 120, "the first line is one sentence"
    parameters = [p for p in inspect.signature(function).parameters.values()]
    if parameters:
        described = sections.get("Parameters", "")
        for parameter in parameters:
            assert re.search(rf"(^|[\s*,]){parameter.name}\b", described), f"parameter {parameter.name}"
    if inspect.signature(function).return_annotation not in (
        "None",
        None,
    ) and "contextmanager" not in inspect.getsource(function):
        assert sections.get("Returns", "").strip(), "Returns"
    if re.search(r"^\s+raise \w*Error\(", inspect.getsource(function), re.MULTILINE):
        assert sections.get("Raises", "").strip(), "Raises"
    assert ">>> " in sections.get("Examples", ""), "Examples"
    # pytest runs each example, unless the example is marked to be skipped.
    assert "doctest: +SKIP" not in sections["Examples"]


@pytest.mark.parametrize("name", classes())
def test_a_class_says_what_it_holds(name):
    cls = getattr(pt, name)
    sections = sections_of(cls.__doc__ or "")
    assert sections.get("Attributes", "").strip() and ">>> " in sections.get("Examples", "")
    for field in getattr(cls, "__dataclass_fields__", {}):
        assert field.startswith("_") or re.search(rf"\b{field}\b", sections["Attributes"]), field
    for member, value in vars(cls).items():
        if member.startswith("_") or member in getattr(cls, "__dataclass_fields__", {}):
            continue
        function = getattr(value, "fget", None) or getattr(value, "func", None) or value
        if not callable(function):
            continue
        own = sections_of(function.__doc__ or "")
        if isinstance(value, property) or hasattr(value, "func"):
            assert own[""].strip() or re.search(rf"\b{member}\b", sections["Attributes"]), member
            continue
        assert own[""].strip(), member
        for parameter in [p for p in inspect.signature(function).parameters if p != "self"]:
            assert re.search(rf"(^|[\s*,`]){parameter}\b", function.__doc__), (
                f"{member}: parameter {parameter}"
            )


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    """One frame of each public function that gives one, of two short policies."""
    texts = ["# Privacy Policy\n\nWe may share your personal data with our partners. You can ask us for a copy.",
             "# Privacy Policy\n\nWe may share your personal data with our partners. We keep it for 30 days."]  # fmt: skip
    corpus = pt.corpus_from_texts(
        pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["A", "B"], "text": texts, "format": "markdown"})
    )
    dated = pt.corpus_from_texts(
        pd.DataFrame(
            {
                "policy_id": ["a", "b"],
                "vendor": "A",
                "text": texts,
                "captured_on": ["2020-01-01", "2021-01-01"],
            }
        )
    )
    codebook, sentences = pt.load_codebook("printing"), corpus.sentences
    codings = pt.code_sentences(sentences, codebook)
    coverage = pt.coverage(codings, codebook, corpus.policies)
    scores = pt.score_draws(corpus, dimensions=["readability", "coverage: CalOPPA"], draws=20)
    terms = pt.term_frequencies(sentences)
    codes = coverage[["policy_id", "item", "addressed"]].assign(coder="x")
    codes = pd.concat([codes, codes.assign(coder="y")])
    read = coverage[["policy_id", "item"]].assign(code=coverage["addressed"].astype(int))
    result = pt.transparency(scores)
    return {
        "cleaning_account": pt.cleaning_account(corpus),
        "code_sentences": codings,
        "collocations": pt.collocations(sentences),
        "compare_codings": pt.compare_codings(codings, codings.head(1)),
        "compare_scores": pt.compare_scores(scores),
        "corrected_difference": pt.corrected_difference(
            coverage.assign(group=coverage["policy_id"]), read, by="group", between=("a", "b")
        ),
        "corrected_share": pt.corrected_share(coverage, read),
        "compare_versions": pt.compare_versions(dated, "a", "b"),
        "coverage": coverage,
        "disclosure_changes": pt.disclosure_changes(dated, codebook),
        "version_table": pt.version_table(dated),
        "coverage_scores": pt.coverage_scores(coverage, codebook),
        "dimension_correlations": pt.dimension_correlations(),
        "dimension_table": pt.dimension_table(),
        "dispersion": pt.dispersion(sentences, parts=2),
        "find_vague_terms": pt.find_vague_terms(sentences),
        "keyness": pt.keyness(terms, target="a", reference="b"),
        "kwic": pt.kwic(sentences, "data"),
        "load_codings": pt.load_codings(ROOT / "data"),
        "load_coder_accuracy": pt.load_coder_accuracy(),
        "load_rule_accuracy": pt.load_rule_accuracy(),
        "load_weightings": pt.load_weightings(),
        "one_at_a_time": pt.one_at_a_time(scores),
        "population_documents": pt.population_documents(),
        "population_quartiles": pt.population_quartiles(),
        "population_scores": pt.population_scores(),
        "precision_recall": pt.precision_recall(
            codes, unit=["policy_id", "item"], coder="coder", value="addressed", reference="x", judged="y", positive=True
        ),
        "ranking_sensitivity": pt.ranking_sensitivity(scores),
        "readability": pt.readability(sentences),
        "reading_intervals": pt.reading_intervals(sentences, draws=5),
        "reference_percentiles": pt.reference_percentiles(result[result["dimension"] != "overall"]),
        "score_evidence": pt.score_evidence(scores, "a", "readability"),
        "score_parts": pt.score_parts(scores),
        "score_ranks": pt.score_ranks(scores),
        "scores_given_length": pt.scores_given_length(scores),
        "section_tests": pt.section_tests(corpus, permutations=5),
        "shared_passages": pt.shared_passages(sentences, "a", "b"),
        "shared_text": pt.shared_text(sentences),
        "structure": pt.structure(sentences),
        "term_frequencies": terms,
        "transparency": result,
        "vagueness": pt.vagueness(sentences),
    }  # fmt: skip


def test_every_column_of_a_result_is_described(frames):
    for name, frame in frames.items():
        returns = sections_of(getattr(pt, name).__doc__).get("Returns", "")
        for column in frame.columns:
            assert re.search(rf"\b{re.escape(str(column))}\b", returns), f"{name}: column {column}"


def test_the_corpus_describes_its_columns():
    corpus = pt.load_corpus(ROOT / "data")
    for frame in (corpus.policies, corpus.blocks, corpus.sentences):
        for column in frame.columns:
            assert re.search(rf"\b{column}\b", pt.Corpus.__doc__), column
