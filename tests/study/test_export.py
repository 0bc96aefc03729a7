"""A study as HTML pages that open from disk."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from html_page import HtmlPage

import policytools as pt
from policytools.__main__ import main
from policytools.study.export import export_study

ROOT = Path(__file__).parents[2]
ATTACK = "<script>alert(1)</script>"
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50"
        "0f0003860180a5d73c5a0000000049454e44ae426082"
    )
).decode()


def markdown(text: str) -> dict:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text.splitlines(keepends=True)}


def code(source: str, *outputs: dict, count: int | None = 1) -> dict:
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def shows(metadata: dict | None = None, **data: str) -> dict:
    named = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": metadata or {}}


def write(study: Path, name: str, *cells: dict) -> None:
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (study / "notebooks" / name).write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def study(tmp_path) -> Path:
    """Two policies and two notebooks."""
    folder = tmp_path / "study"
    (folder / "notebooks").mkdir(parents=True)
    for vendor in ("Ada", "Bo"):
        text = (
            f"Privacy policy of {vendor}. We collect your name and your e-mail address. We use cookies to remember you. "
            * 5
        )
        pt.add_policy(folder / "data", text.encode(), vendor=vendor, name=f"{vendor}.txt", anyway=True)
    write(
        folder,
        "01-first.ipynb",
        markdown(
            "# What is it?\n\nThe *first* question. See [the next](02-next.ipynb#a-part) and [a file](../data/README.md)."
        ),
        code("1 + 1 < 3", shows(text_plain="True")),
        markdown("### A part\n\n| a | b |\n| - | - |\n| 1 | 2 |"),
        code(
            "plot()",
            shows(
                {"image/png": {"alt": "Ada is easier", "width": 40}}, image_png=PIXEL, text_plain="<Figure>"
            ),
        ),
    )
    write(
        folder,
        "02-next.ipynb",
        markdown("# And then?\n\nBack to [the first](01-first.ipynb).\n\n## A part\n\nText."),
    )
    return folder


def test_folder_of_pages(study):
    index = export_study(study)
    assert index == study / "build" / "report" / "index.html"
    names = ["01-first.html", "02-next.html", "evidence.html", "index.html"]
    assert sorted(path.name for path in index.parent.iterdir()) == names
    assert [path.name for path in index.parent.parent.iterdir()] == ["report"]
    for path in index.parent.glob("*.html"):
        page = HtmlPage(path.read_text(encoding="utf-8"))
        assert page.open == []
        assert page.all("html") == [{"lang": "en"}]
        assert len(re.findall(r"<title>[^<]+</title>", page.text)) == 1
        # Nothing is fetched: no element that loads, and a policy that forbids it.
        assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "base"}
        assert all(image["src"].startswith("data:") for image in page.all("img"))
        assert any("default-src 'none'" in meta.get("content", "") for meta in page.all("meta"))
        for link in page.all("a"):
            target = link["href"].split("#")[0]
            assert not target or target in names
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
    titles = {re.search("<title>(.*?)</title>", path.read_text())[1] for path in index.parent.glob("*.html")}
    assert len(titles) == 4


def test_page_of_a_notebook(study):
    page = HtmlPage((export_study(study).parent / "01-first.html").read_text(encoding="utf-8"))
    assert page.headings == [("h1", "What is it?"), ("h2", "A part")]  # no level is left out
    assert "<summary>Code of step 1</summary>" in page.text and "1 + 1 &lt; 3" in page.text
    assert [(image["alt"], image["width"]) for image in page.all("img")] == [("Ada is easier", "40")]
    assert [link["href"] for link in page.all("a")][-1] == "02-next.html#a-part"
    assert "and a file." in page.text  # a link that would lead nowhere is none
    assert [head["scope"] for head in page.all("th")] == ["col", "col"]
    assert page.all("a")[0] == {"class": "skip", "href": "#main"} and page.all("main")[0]["id"] == "main"
    assert [link["href"] for link in page.all("a") if "aria-current" in link] == ["01-first.html"]


def test_figure_without_a_text_is_told_by_its_section(study):
    write(study, "01-first.ipynb", markdown("# A\n## How much?"), code("plot()", shows(image_png=PIXEL)))
    page = HtmlPage((export_study(study).parent / "01-first.html").read_text(encoding="utf-8"))
    assert [image["alt"] for image in page.all("img")] == ["Figure: How much?"]


def test_pictures_of_the_study_are_taken_in_and_others_named(study):
    (study / "figures").mkdir()
    (study / "figures" / "a.png").write_bytes(base64.b64decode(PIXEL))
    (study.parent / "b.png").write_bytes(base64.b64decode(PIXEL))
    text = "# A\n![Mine](../figures/a.png) ![Not mine](../../b.png) ![Far away](https://x.example/c.png) ![Gone](d.png)"
    write(study, "01-first.ipynb", markdown(text))
    page = HtmlPage((export_study(study).parent / "01-first.html").read_text(encoding="utf-8"))
    assert [(image["alt"], image["src"]) for image in page.all("img")] == [
        ("Mine", f"data:image/png;base64,{PIXEL}")
    ]
    assert all(f"<span>{alt}</span>" in page.text for alt in ("Not mine", "Far away", "Gone"))


def test_tables_of_outputs_have_scopes_and_no_empty_heads(study):
    frame = pd.DataFrame({"p": ["a", "b"], "q": ["x", "x"], "n": [1, 2]}).pivot(
        index="p", columns="q", values="n"
    )
    write(
        study,
        "01-first.ipynb",
        markdown("# A"),
        code("f", shows(text_html=frame._repr_html_(), text_plain="f")),
    )
    page = HtmlPage((export_study(study).parent / "01-first.html").read_text(encoding="utf-8"))
    assert [head["scope"] for head in page.all("th")] == ["col", "col", "col", "row", "row"]
    assert {"class": "wide", "role": "region", "aria-label": "Table 1: A", "tabindex": "0"} in page.all("div")


def hostile(study: Path) -> None:
    for vendor in (ATTACK, f'"><img src=x onerror=alert(1)>{ATTACK}'):
        text = (
            f"Privacy policy. We collect your name {ATTACK} and more. We use cookies to remember you {vendor}. "
            * 5
        )
        pt.add_policy(study / "data", text.encode(), vendor=vendor, title=ATTACK, note=ATTACK, name=f"{len(vendor)}.txt",
                      policy_id=f"attack-{len(vendor)}", anyway=True)  # fmt: skip
    raw = f"<p onclick='alert(1)'>{ATTACK}<a href='javascript:alert(1)'>a</a><a href='JaVa&#10;Script:alert(1)'>b</a>"
    raw += "<svg><script>alert(1)</script></svg><img src='https://x.example/a.png' onerror='alert(1)'><iframe src='//x'></iframe>"
    raw += "<form action='//x'><button>c</button></form><math><mtext></p><style><!--</style><img src=x onerror=alert(1)>--></style>"
    write(
        study,
        "01-first.ipynb",
        markdown(
            f"# {ATTACK}\n\n{ATTACK} [x](javascript:alert(1)) [y](data:text/html,x) <img src=x onerror=alert(1)>"
        ),
        code(
            ATTACK,
            shows(text_html=raw, text_plain="x"),
            shows(text_markdown=f"**{ATTACK}** <b onclick=alert(1)>x</b>"),
        ),
        code(
            "print()", {"output_type": "stream", "name": "stdout", "text": f"{ATTACK}\x1b[31m\x00"}, count=2
        ),
        code("plot()", shows({"image/png": {"alt": f'"{ATTACK}'}}, image_png=PIXEL), count=3),
    )


def test_what_others_wrote_is_shown_and_not_obeyed(study):
    hostile(study)
    folder = export_study(study).parent
    for name in ("index.html", "01-first.html", "02-next.html"):
        page = HtmlPage((folder / name).read_text(encoding="utf-8"))
        assert page.open == []
        assert not {"script", "iframe", "form", "button", "svg", "math"} & {tag for tag, _ in page.tags}
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
        assert not [
            link for link in page.all("a") if link["href"].split(":")[0].lower() in ("javascript", "data")
        ]
        assert all(image["src"] == f"data:image/png;base64,{PIXEL}" for image in page.all("img"))
        assert "&lt;script&gt;alert(1)" in page.text and "\x00" not in page.text


def test_same_study_same_bytes(study, tmp_path):
    first, second = export_study(study).parent, export_study(study, tmp_path / "again" / "there").parent
    for path in sorted(first.iterdir()):
        assert path.read_bytes() == (second / path.name).read_bytes()


def test_an_earlier_report_is_replaced_whole(study):
    index = export_study(study)
    (study / "notebooks" / "02-next.ipynb").unlink()
    export_study(study)
    assert not (index.parent / "02-next.html").exists() and index.exists()


def test_if_anything_fails_the_earlier_report_stands(study, monkeypatch):
    index = export_study(study)
    before = {path.name: path.read_bytes() for path in index.parent.iterdir()}

    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("policytools.study.export.write_report", broken)
    with pytest.raises(OSError, match="disk full"):
        export_study(study)
    assert {path.name: path.read_bytes() for path in index.parent.iterdir()} == before
    assert [path.name for path in index.parent.parent.iterdir()] == ["report"]


def test_folders_with_other_things_are_left_alone(study, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("<p>My own page")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        with pytest.raises(ValueError, match="destination: .* is not an earlier report"):
            export_study(study, tmp_path / name)
    assert (tmp_path / "mine" / "index.html").read_text() == "<p>My own page"
    (tmp_path / "empty").mkdir()
    assert export_study(study, tmp_path / "empty").exists()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("1", count=None)], "01-first.ipynb: cell 1 has not been run; run `make figures` first"),
        ([markdown("# A"), code("1", {"output_type": "error", "ename": "E", "evalue": "", "traceback": []})],
         "01-first.ipynb: cell 2 failed"),
        ([{"cell_type": "code"}], "01-first.ipynb: not a notebook"),
    ],
)  # fmt: skip
def test_notebooks_that_are_not_ready(study, cells, message):
    write(study, "01-first.ipynb", *cells)
    with pytest.raises(ValueError, match=message):
        export_study(study)
    assert not (study / "build").exists()


@pytest.mark.parametrize("content", ["", "[]", '{"nbformat": 3}', "\ud800"])
def test_what_is_no_notebook(study, content):
    (study / "notebooks" / "01-first.ipynb").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match="01-first.ipynb: (not a notebook|its format is 3, not 4)"):
        export_study(study)


def test_no_notebooks_and_no_data(tmp_path):
    with pytest.raises(FileNotFoundError, match="no notebooks to export"):
        export_study(tmp_path)
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, "01-a.ipynb", markdown("# A"))
    with pytest.raises(FileNotFoundError, match="policies.csv is missing"):
        export_study(tmp_path)


def test_command(study, capsys):
    assert main(["report", "--folder", str(study), "--destination", str(study / "pages")]) == 0
    assert f"{study / 'pages' / 'index.html'}: open it in a browser" in capsys.readouterr().out
    assert main(["report", "--folder", str(study), "--destination", str(study / "data")]) == 1
    assert "is not an earlier report" in capsys.readouterr().err


# --- in a browser


def test_nothing_runs_and_nothing_is_asked_for(study, browser):
    hostile(study)
    folder = export_study(study).parent
    for path in sorted(folder.glob("*.html")):
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get(path.as_uri())
        # An alert would have raised; the log would show a script that was stopped or an address not reached.
        assert browser.execute_script("return [...document.images].every((image) => image.naturalWidth > 0)")
        assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [1400, 360])
def test_accessible(study, browser, axe, width):
    corpus = pt.load_corpus(study / "data")
    frame = pd.DataFrame({"policy_id": ["a"], "a long heading, to make the table wide " * 9: ["x"]})
    codings = pt.code_sentences(corpus.sentences, pt.load_codebook("printing"))
    shown = [
        corpus,
        pt.load_codebook("printing"),
        pt.table(frame),
        pt.show_evidence(codings, "ada", codings["item"].iloc[0]),
    ]
    html = [
        code("x", shows(text_html=each._repr_html_(), text_plain="x"), count=n)
        for n, each in enumerate(shown, 1)
    ]
    frames = code("f", shows(text_html=corpus.sentences._repr_html_(), text_plain="x"), count=5)
    write(study, "02-next.ipynb", markdown("# And then?"), *html, frames)
    folder = export_study(study).parent
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    for path in sorted(folder.glob("*.html")):
        browser.get(path.as_uri())
        browser.execute_script(
            "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
        )
        assert axe() == [], path.name
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path.name
