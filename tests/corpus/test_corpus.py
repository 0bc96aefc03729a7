from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from policytools.corpus.corpus import MANIFEST, Corpus, corpus_from_texts, load_corpus, read_policies

DATA = Path(__file__).parents[2] / "data"
POLICY = (
    "Privacy Policy\n\nWe collect your name and your e-mail address when you order a printer from us, and we use this personal data "
    "to send you the goods and to answer your questions.\n\nWe share your personal information with carriers only, and we never sell "
    "it to third parties. You have the right to access, correct and delete your personal data at any time.\n"
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study with the two shortest of the project's texts."""
    folder = tmp_path / "data"
    (folder / "raw").mkdir(parents=True)
    manifest = pd.read_csv(DATA / "policies.csv", dtype=str, keep_default_na=False)
    manifest = manifest[manifest["policy_id"].isin(["anycubic-2019", "zongheng3d"])]
    manifest.to_csv(folder / "policies.csv", index=False, lineterminator="\n")
    for name in manifest["file"]:
        shutil.copy(DATA / "raw" / name, folder / "raw" / name)
        (folder / "raw" / name).chmod(0o644)
    return folder


def rewrite(study: Path, **changes) -> None:
    manifest = pd.read_csv(study / "policies.csv", dtype=str, keep_default_na=False)
    manifest.assign(**changes).to_csv(study / "policies.csv", index=False)


def test_a_study_is_loaded(study: Path):
    corpus = load_corpus(study)
    assert corpus.policies.columns.tolist() == MANIFEST and corpus.policies["n_bytes"].tolist() == [
        15146,
        8108,
    ]
    assert corpus.policies["language"].tolist() == ["en", "en"]
    assert corpus.raw_text("anycubic-2019").startswith("> *The following text is extracted")
    assert not set(corpus.sentences["block_id"][corpus.sentences["policy_id"] == "zongheng3d"]) - set(
        corpus.blocks.query("policy_id == 'zongheng3d' and keep")["block_id"]
    )
    with pytest.raises(KeyError, match="no policy 'x'"):
        corpus.raw_text("x")


def test_missing_file(study: Path):
    (study / "raw" / "003_5678612fa8f2589b.txt").unlink()
    with pytest.raises(
        FileNotFoundError, match="no file '003_5678612fa8f2589b.txt' .*restore it or take its row out"
    ):
        load_corpus(study)


def test_extra_file(study: Path):
    (study / "raw" / "new.txt").write_text(POLICY)
    with pytest.raises(ValueError, match=r"new\.txt is not in .*policies\.csv"):
        load_corpus(study)


def test_wrong_checksum(study: Path):
    with open(study / "raw" / "003_5678612fa8f2589b.txt", "a") as file:
        file.write("x")
    with pytest.raises(
        ValueError, match=r"003_5678612fa8f2589b\.txt: sha256 is [0-9a-f]{64}, but row 'anycubic-2019'"
    ):
        load_corpus(study)


def test_duplicate_policy_id(study: Path):
    rewrite(study, policy_id="same")
    with pytest.raises(ValueError, match="policy_id 'same' is in more than one row"):
        load_corpus(study)


@pytest.mark.parametrize("column", ["policy_id", "vendor", "file", "sha256"])
def test_needed_column_is_missing_or_empty(study: Path, column: str):
    before = (study / "policies.csv").read_bytes()
    rewrite(study, **{column: ["", "x"]})
    with pytest.raises(ValueError, match=rf"policies\.csv, line 2: column '{column}' is empty"):
        load_corpus(study)
    (study / "policies.csv").write_bytes(before.replace(column.encode(), b"other", 1))
    with pytest.raises(
        ValueError,
        match=rf"policies\.csv: column {column} missing; needed are policy_id, vendor, file, sha256; there are .*other",
    ):
        load_corpus(study)


def test_no_manifest_or_no_table(study: Path):
    (study / "policies.csv").write_bytes("policy_id,vendor\nx,Café\n".encode("cp1252"))
    with pytest.raises(ValueError, match="cannot be read as a CSV table in UTF-8"):
        load_corpus(study)
    (study / "policies.csv").write_bytes(b"")
    with pytest.raises(ValueError, match="cannot be read as a CSV table in UTF-8"):
        load_corpus(study)
    (study / "policies.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"policies\.csv is missing; .*policytools add"):
        load_corpus(study)


@pytest.mark.parametrize(
    "name", ["../policies.csv", "/a.txt", "a/b.txt", "a\\b.txt", "..", "C:a.txt", "c:\\a.txt"]
)
def test_file_name_that_leaves_the_folder(study: Path, name: str):
    rewrite(study, file=[name, "004_f9257e770515108e.txt"])
    with pytest.raises(ValueError, match="line 2: file .* must be a plain file name inside raw/"):
        load_corpus(study)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vendor": ["A\0", "B"]}, "line 2, column 'vendor': .*holds U[+]0000"),
        ({"title": ["A", "B\x1b[31m"]}, "line 3, column 'title': .*holds U[+]001B"),
        ({"policy_id": ["a", "b\u2066"]}, r"line 3: policy_id 'b\\u2066' holds unseen characters"),
        (
            {"policy_id": ["one", "ONE"]},
            "column 'policy_id': 'one' and 'ONE' differ only in case or Unicode form",
        ),
        (
            {"vendor": ["Caf\u00e9", "Cafe\u0301"]},
            r"column 'vendor': 'Caf.xe9' and 'Cafe.u0301' differ only in",
        ),
        (
            {"file": ["größe.txt", "GRÖSSE.txt"]},
            "column 'file': 'größe.txt' and 'GRÖSSE.txt' differ only in case",
        ),
    ],
)
def test_names_in_the_manifest(study: Path, changes: dict, message: str):
    rewrite(study, **changes)
    with pytest.raises(ValueError, match=message):
        load_corpus(study)


def test_unseen_marks_and_apostrophes_of_spreadsheets_are_taken_out(study: Path):
    rewrite(study, vendor=["\u202eAnycubic", "'=Zong"], title=["'quoted'", "''=1"], note=["-5", "'-x"])
    policies = load_corpus(study).policies
    assert policies["vendor"].tolist() == ["Anycubic", "=Zong"] and policies["title"].tolist() == [
        "'quoted'",
        "'=1",
    ]
    assert policies["note"].str[:2].tolist() == ["-5", "-x"]


@pytest.mark.parametrize("more", [1, 2])
def test_a_row_with_a_field_too_many(study: Path, more: int):
    lines = (study / "policies.csv").read_text(encoding="utf-8").splitlines()
    lines[more] += ",too many"
    (study / "policies.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"policies\.csv: cannot be read as a CSV table .*line {more + 1}"):
        load_corpus(study)


def test_unknown_format(study: Path):
    rewrite(study, format=["docx", "text"])
    with pytest.raises(ValueError, match="line 2: format 'docx' is not one of text, markdown, html, pdf"):
        load_corpus(study)


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "the file is empty"),
        (b" \n\t ", "the file is empty"),
        (bytes(range(256)) * 40, "binary file"),
        (b"\xff\xfea", "does not decode"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 400, "binary file"),
    ],
)
def test_undecodable_binary_or_empty_file(tmp_path: Path, data: bytes, message: str):
    path = tmp_path / "policy.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf"policy\.txt: .*{message}"):
        read_policies(path)


def test_empty_and_missing_folder(tmp_path: Path):
    with pytest.raises(ValueError, match="no policy files in .*known endings"):
        read_policies(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_policies(tmp_path / "missing")


@pytest.mark.parametrize("kind", ["file", "folder", "nowhere"])
def test_link_out_of_the_folder(tmp_path: Path, kind: str):
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "policy.txt").write_text(POLICY)
    (folder / "own.txt").write_text(POLICY)
    target = {"file": outside / "policy.txt", "folder": outside, "nowhere": folder / "gone.txt"}[kind]
    (folder / ("link" if kind == "folder" else "link.txt")).symlink_to(target)
    with pytest.raises(
        ValueError,
        match="link.*: a link whose target does not exist"
        if kind == "nowhere"
        else "link.*: a link that points outside",
    ):
        read_policies(folder)


def test_link_out_of_a_study(study: Path):
    path = study / "raw" / "003_5678612fa8f2589b.txt"
    shutil.move(path, study.parent / "elsewhere.txt")
    path.symlink_to(study.parent / "elsewhere.txt")
    with pytest.raises(ValueError, match="a link that points outside"):
        load_corpus(study)


def test_link_inside_the_folder_is_read(tmp_path: Path):
    (tmp_path / "a.txt").write_text(POLICY)
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert len(read_policies(tmp_path)) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_no_file_is_not_waited_for(study: Path):
    path = study / "raw" / "003_5678612fa8f2589b.txt"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ValueError, match="not a file"):
        load_corpus(study)


def test_files_of_one_name_get_their_folder(tmp_path: Path):
    for name in ("a/policy.txt", "b/policy.txt", "b/other.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(POLICY)
    assert read_policies(tmp_path).policies["policy_id"].tolist() == ["a/policy.txt", "other", "b/policy.txt"]
    (tmp_path / "c" / "a").mkdir(parents=True)
    shutil.copy(tmp_path / "a" / "policy.txt", tmp_path / "c" / "a" / "policy.txt")
    with pytest.raises(ValueError, match="the same policy_id 'a/policy.txt'"):
        read_policies(tmp_path)


@pytest.mark.parametrize(
    "frame, message",
    [
        ({"policy_id": ["a"]}, "frame: column text missing"),
        ({"policy_id": ["a", "a"], "text": ["x", "y"]}, "policy_id 'a' is in more than one row"),
        ({"policy_id": ["a", "b"], "text": ["x", ""]}, "policy 'b': column 'text' is empty or not a string"),
        ({"policy_id": ["a", "b"], "text": ["x", None]}, "policy 'b': column 'text' is empty or not a string"),
        ({"policy_id": ["a"], "text": ["x"], "format": ["pdf"]}, "policy 'a': format 'pdf' is not one of"),
    ],
)  # fmt: skip
def test_tables_of_texts_that_are_refused(frame: dict, message: str):
    with pytest.raises(ValueError, match=message):
        corpus_from_texts(pd.DataFrame(frame))


def test_table_of_texts_is_left_as_it_is_and_its_index_does_not_matter():
    frame = pd.DataFrame(
        {
            "policy_id": ["b", "a"],
            "text": [POLICY, POLICY],
            "vendor": ["B", None],
            "format": [None, "markdown"],
        },
        index=[7, 7],
    )
    before = frame.copy(deep=True)
    policies = corpus_from_texts(frame).policies
    pd.testing.assert_frame_equal(frame, before)
    assert policies[["policy_id", "vendor", "format"]].values.tolist() == [
        ["b", "B", "text"],
        ["a", "a", "markdown"],
    ]


def test_empty_table_gives_the_same_columns_and_types(study: Path):
    empty, full = corpus_from_texts(pd.DataFrame({"policy_id": [], "text": []})), load_corpus(study)
    assert isinstance(empty, Corpus) and len(empty) == 0 and "0 policies" in repr(empty)
    for name in ("policies", "blocks", "sentences"):
        pd.testing.assert_series_equal(getattr(empty, name).dtypes, getattr(full, name).dtypes)


# --- what a folder holds


def test_one_warning_names_what_a_folder_holds_beside_policies(tmp_path: Path):
    for name in (
        "a.html",
        "b.txt",
        "more/c.md",
        "a_files/frame.html",
        "a_files/deep/d.txt",
        "pdf_files/e.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(POLICY)
    for name in ("1.rtf", "2.rtf", "notes", "more/3.RTF", "more/4.rtf", ".hidden.rtf"):
        (tmp_path / name).write_text(r"{\rtf1 x}")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "word.txt").write_text(r"{\rtf1 x}")
    (tmp_path / "f.html.gz").write_bytes(gzip.compress(POLICY.encode()))
    with pytest.warns(UserWarning) as caught:
        corpus = read_policies(tmp_path)
    assert sorted(corpus.policies["policy_id"]) == ["a", "b", "c", "e", "f"]
    assert len(caught) == 1
    assert re.findall("[^;:]+", str(caught[0].message.args[0])) == [
        "7 files left out", " 1.rtf, 2.rtf, 3.RTF and 1 more", " files in .rtf are not read", " notes", " no ending",
        " empty.txt", " the file is empty", " put the policy's text in it or take it out of the corpus", " word.txt",
        " an RTF document, not a text (binary file or another program's format)",
        " save the policy as text, Markdown, HTML, PDF or .docx and read that file",
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"empty\.txt: the file is empty"):
        read_policies(tmp_path, on_error="raise")


def test_files_given_by_name_stop_at_an_error_unless_asked(tmp_path: Path):
    (tmp_path / "a.txt").write_text(POLICY)
    (tmp_path / "b.txt").write_bytes(b" ")
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    with pytest.raises(ValueError, match=r"b\.txt: the file is empty"):
        read_policies(files)
    with pytest.warns(UserWarning, match=r"^1 file left out: b\.txt: the file is empty"):
        assert len(read_policies(files, on_error="warn")) == 1
    with pytest.raises(ValueError, match=r"no file could be read; 1 file left out: b\.txt"):
        read_policies(files[1:], on_error="warn")
    with pytest.raises(ValueError, match="on_error 'skip' is not one of 'raise', 'warn'"):
        read_policies(files, on_error="skip")


def test_a_folder_of_other_files_says_so(tmp_path: Path):
    (tmp_path / "a.rtf").write_text(r"{\rtf1 x}")
    with pytest.raises(ValueError, match=r"no policy files in .*; 1 file left out: a\.rtf: files in \.rtf"):
        read_policies(tmp_path)


def test_raw_text_of_a_packed_policy(tmp_path: Path):
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(POLICY.encode("utf-16")))
    assert read_policies(path).raw_text("a") == POLICY


def test_a_head_of_a_row_is_no_head_of_a_column():
    rows = "<tr><th>{}</th><td>{}</td></tr>"
    first, second = rows.format("Cookie", "Purpose"), rows.format("Name", "To log in")
    pages = [f"<table>{first}{second}</table>", f"<table>{first.replace('td', 'th')}{second}</table>"]
    frame = pd.DataFrame({"policy_id": ["a", "b"], "text": pages, "format": "html"})
    kinds = corpus_from_texts(frame).sentences.groupby("policy_id")["kind"].agg(list)
    assert kinds["a"][:2] == ["fragment", "fragment"]
    assert kinds["b"][:2] == ["heading", "heading"]


# --- a selector says where the policy is

CLAUSE = "We keep your personal data for {} years and share it with our carriers."
SITE = f"""<!doctype html><meta charset=utf-8><div id=shop><h1>Printers</h1>{"<p>Our printers print fast and well.</p>" * 20}</div>
<footer><div class="legal a">{"".join(f"<p>{CLAUSE.format(n)}</p>" for n in range(2))}<a>Contact us</a><p>© 2024 Acme</p>
<p style="visibility: hidden">unseen</p><script>code()</script></div>
<p>between</p><section class="legal b"><p>{CLAUSE.format(2)}</p></section></footer>"""
KEPT = [CLAUSE.format(0), CLAUSE.format(1), "Contact us", "© 2024 Acme", CLAUSE.format(2)]


@pytest.mark.parametrize(
    "selector", [".legal", "div.legal, section", "footer > [class~=legal]", ".b, .a, .legal p"]
)
def test_all_text_of_the_selected_elements_and_nothing_else_is_the_policy(tmp_path: Path, selector: str):
    path = tmp_path / "acme.html"
    path.write_text(SITE)
    corpus = read_policies(path, selector=selector)
    blocks = corpus.blocks
    assert blocks.loc[blocks["keep"], "text"].tolist() == KEPT
    reasons = dict(zip(blocks["text"], blocks["reason"], strict=True))
    assert [reasons[text] for text in ("Printers", "between")] == ["outside the policy"] * 2
    assert reasons["unseen"] in ("hidden", "outside the policy")
    assert corpus.policies["selector"].tolist() == [selector]
    frame = pd.DataFrame({"policy_id": ["a"], "text": [SITE], "format": ["html"], "selector": [selector]})
    pd.testing.assert_frame_equal(
        corpus_from_texts(frame).blocks.drop(columns="policy_id"), blocks.drop(columns="policy_id")
    )


def test_a_selector_finds_what_is_inside_a_line_and_in_frames(tmp_path: Path):
    page = f"""<p>Menu <b class=x>{CLAUSE.format(1)}</b> end</p><iframe srcdoc='<p class=x>{CLAUSE.format(2)}'></iframe>
    <div style="visibility:hidden"><p class=x>{CLAUSE.format(3)}</p></div><template><p class=x>not shown</p></template>"""
    blocks = corpus_from_texts(
        pd.DataFrame({"policy_id": ["a"], "text": [page], "format": ["html"], "selector": [".x"]})
    ).blocks
    assert blocks.loc[blocks["keep"], "text"].tolist() == [CLAUSE.format(n) for n in (1, 2, 3)]


def test_a_selector_for_each_file(tmp_path: Path):
    for name in ("a.html", "b.html", "c.txt"):
        (tmp_path / name).write_text(f"<p class=x>{name} is ours.</p><p class=y>It is not.</p>")
    corpus = read_policies(tmp_path, selector={"a.html": ".x", "b.html": ".y"})
    assert corpus.policies["selector"].tolist() == [".x", ".y", ""]
    assert corpus.sentences["text"].tolist()[:2] == ["a.html is ours.", "It is not."]
    with pytest.raises(
        ValueError, match=r"selector: must be one of .*, not 'a\.htm'; did you mean 'a\.html'"
    ):
        read_policies(tmp_path, selector={"a.htm": ".x"})
    with pytest.raises(ValueError, match="selector: must be a Mapping, not list"):
        read_policies(tmp_path, selector=[".x"])


def test_the_column_selector_of_a_study(study: Path):
    raw = study / "raw" / "acme.html"
    raw.write_text(SITE)
    row = {"policy_id": "acme", "vendor": "Acme", "file": raw.name, "selector": ".a",
           "sha256": hashlib.sha256(raw.read_bytes()).hexdigest()}  # fmt: skip
    manifest = pd.read_csv(study / "policies.csv", dtype=str, keep_default_na=False)
    table = pd.concat([manifest, pd.DataFrame([row])]).fillna("")
    table.to_csv(study / "policies.csv", index=False)
    corpus = load_corpus(study)
    assert corpus.policies["selector"].tolist() == ["", "", ".a"]
    kept = corpus.blocks.query("policy_id == 'acme' and keep")
    assert kept["text"].tolist() == KEPT[:-1]
    for wrong, message in {
        "#terms": "matches no element of the page",
        "script": "matches no text of the page",
        "p[": "is not a CSS selector",
        "p::before": "is not a CSS selector",
    }.items():
        table.assign(selector=table["selector"].replace(".a", wrong)).to_csv(
            study / "policies.csv", index=False
        )
        with pytest.raises(ValueError) as caught:
            load_corpus(study)
        said = str(caught.value)
        assert said.startswith(f"policy 'acme': {raw}: selector {wrong!r} ") and message in said
    with pytest.raises(
        ValueError, match=r"policy 'anycubic-2019': .*selector 'p' is for HTML pages and the format is mark"
    ):
        table.assign(selector="p").to_csv(study / "policies.csv", index=False)
        load_corpus(study)


def test_the_first_row_of_a_table_holds_headings(tmp_path: Path):
    table = (
        "\n\n| Cookie | Purpose |\n| --- | --- |\n| sid | to keep you logged in |\n| lang | your language |\n"
    )
    (tmp_path / "a.md").write_text(POLICY + table)
    sentences = read_policies([tmp_path / "a.md"]).sentences
    assert sentences["kind"].tolist()[-6:] == [
        "heading",
        "heading",
        "fragment",
        "sentence",
        "fragment",
        "fragment",
    ]
