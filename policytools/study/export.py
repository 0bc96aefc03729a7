"""A study as a folder of HTML pages that opens from disk: its executed notebooks and the evidence page."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html
import pandas as pd
from lxml import etree
from markdown_it import MarkdownIt

from policytools import __version__
from policytools.coding.hand_codings import load_codings
from policytools.corpus.corpus import Corpus, corpus_table, load_corpus
from policytools.report.evidence_page import write_report
from policytools.tables import escape, printable

EVIDENCE = "evidence.html"
_MARK = '<meta name="generator" content="policytools'
# Nothing is fetched and no script runs, whatever a text or an output holds.
_SAFETY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# Lists of words as words.  # ruff: noqa: SIM905
_KEPT = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
    "hr i img kbd li mark ol p pre q s small span strong sub summary sup table tbody td tfoot th thead tr u ul".split()
)
_DROPPED = frozenset(
    "script style iframe object embed template noscript svg math form button input select textarea link meta base "
    "video audio canvas frame frameset applet head title".split()
)
_ATTRIBUTES = frozenset(
    "alt class colspan href open rowspan scope span src start style tabindex title width height".split()
)
_RICH = ("text/html", "text/markdown", "image/png", "image/jpeg", "image/svg+xml", "text/plain")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".svg": "svg+xml"}


def export_study(folder: str | Path = ".", destination: str | Path | None = None) -> Path:
    """Write a study's executed notebooks and its evidence page as one folder of HTML that opens from disk.

    The pages need no network and run no script (the evidence page has its own). Links between notebooks become
    links between pages; code is folded. The same study gives the same bytes.

    Parameters
    ----------
    folder : path
        The study: ``notebooks/`` with executed notebooks, and ``data/`` as for `load_corpus`.
    destination : path, optional
        The folder to write, in place of an earlier report there. Default: ``build/report`` in the study.

    Returns
    -------
    Path
        Of ``index.html``.

    Raises
    ------
    FileNotFoundError
        If there are no notebooks or no data.
    ValueError
        If a file is no notebook, a cell was not run or failed, or `destination` holds something else than an
        earlier report.

    Examples
    --------
    >>> export_study("nowhere")
    Traceback (most recent call last):
    ...
    FileNotFoundError: nowhere/notebooks: no notebooks to export
    """
    folder = Path(folder)
    target = Path(destination) if destination is not None else folder / "build" / "report"
    found = sorted((folder / "notebooks").glob("*.ipynb"))
    if not found:
        raise FileNotFoundError(f"{(folder / 'notebooks').as_posix()}: no notebooks to export")
    _check_target(target)
    notebooks = {path: _read(path) for path in found}
    corpus = load_corpus(folder / "data")
    site = f"A study of {len(corpus):,} privacy {'policy' if len(corpus) == 1 else 'policies'}"
    pages = {f"{path.stem}.html": _title(notebook, path.stem) for path, notebook in notebooks.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    beside, old = (target.with_name(f".{target.name}.{os.getpid()}.{end}") for end in ("new", "old"))
    beside.mkdir()
    try:
        for path, notebook in notebooks.items():
            body = _body(notebook, path, folder, {*pages, EVIDENCE, "index.html"})
            page = _page(
                body, title=f"{pages[f'{path.stem}.html']} | {site}", pages=pages, here=f"{path.stem}.html"
            )
            (beside / f"{path.stem}.html").write_bytes(page)
        _write_evidence(corpus, folder / "data", beside / EVIDENCE)
        index = _page(_index(site, notebooks, corpus), title=site, pages=pages, here="index.html")
        (beside / "index.html").write_bytes(index)
        if target.exists():
            target.rename(old)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return target / "index.html"


def _check_target(target: Path) -> None:
    """Only an earlier report is replaced: a slip in the name must not cost anybody a folder."""
    if not target.exists():
        return
    index = target / "index.html"
    is_report = index.is_file() and _MARK in index.read_text(encoding="utf-8", errors="replace")[:1000]
    if not target.is_dir() or (any(target.iterdir()) and not is_report):
        raise ValueError(
            f"destination: {target} holds something else than a report; give the name of a new folder"
        )


# --- reading notebooks


def _read(path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if notebook["nbformat"] != 4:
            raise ValueError(f"its format is {notebook['nbformat']}, not 4; save it once in JupyterLab")
        cells = notebook["cells"]
        for number, cell in enumerate(cells, start=1):
            cell["source"] = _joined(cell["source"])
            if cell["cell_type"] != "code" or not cell["source"].strip():
                continue
            if cell["execution_count"] is None:
                raise ValueError(f"cell {number} has not been run; run `make figures` first")
            if any(output["output_type"] == "error" for output in cell["outputs"]):
                raise ValueError(f"cell {number} failed; mend it and run `make figures`")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        known = isinstance(error, ValueError) and not isinstance(
            error, json.JSONDecodeError | UnicodeDecodeError
        )
        raise ValueError(f"{path}: {error if known else 'not a notebook'}") from None
    return notebook


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _title(notebook: dict[str, Any], otherwise: str) -> str:
    text = next((cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"), "")
    heading = re.search(r"^#+ +(.+)$", text, re.MULTILINE)
    return printable(heading[1].strip()) if heading else otherwise


def _lede(notebook: dict[str, Any]) -> str:
    """First paragraph below the title, as Markdown."""
    text = next((cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"), "")
    return next(
        (part for part in re.split(r"\n\s*\n", text) if part.strip() and not part.startswith("#")), ""
    )


# --- one notebook as HTML


def _markdown(text: str) -> str:
    """HTML that stands in the text is shown, not obeyed."""
    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return renderer.render(printable(text))


def _body(notebook: dict[str, Any], path: Path, folder: Path, pages: set[str]) -> str:
    parts, step = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            parts.append(f"<section>{_markdown(cell['source'])}</section>")
        elif cell["cell_type"] == "code" and cell["source"].strip():
            step += 1
            code = f"<pre><code>{escape(cell['source'])}</code></pre>"
            outputs = "".join(f'<div class="output">{_output(output)}</div>' for output in cell["outputs"])
            parts.append(f"<details><summary>Code of step {step}</summary>{code}</details>{outputs}")
    if not any(
        re.match(r"# ", cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    ):
        parts.insert(0, f"<h1>{escape(_title(notebook, path.stem))}</h1>")
    return _mended("".join(parts), path.parent, folder, pages)


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{escape(_ANSI.sub('', _joined(output['text'])))}</pre>"
    data = output.get("data", {})
    kind = next((kind for kind in _RICH if kind in data), "")
    content = _joined(data.get(kind, ""))
    if kind == "text/html":
        return content  # made safe with the rest of the page
    if kind == "text/markdown":
        return _markdown(content)
    if kind.startswith("image/"):
        if kind == "image/svg+xml":
            content = base64.b64encode(content.encode()).decode()
        known = output.get("metadata", {}).get(kind) or {}
        sides = {side: known[side] for side in ("width", "height") if isinstance(known.get(side), int)}
        size = "".join(f' {side}="{n}"' for side, n in sides.items())
        source = f"data:{kind};base64,{''.join(content.split())}"
        return f'<figure><img src="{source}" alt="{escape(known.get("alt") or "")}"{size}></figure>'
    return f"<pre>{escape(_ANSI.sub('', content))}</pre>"


# --- what a page may hold, and what a reader without eyes or mouse needs


def _mended(body: str, here: Path, folder: Path, pages: set[str]) -> str:
    root = lxml.html.fragment_fromstring(printable(body), create_parent="div")
    _sanitise(root)
    level, section, n_tables, anchors = 0, "", 0, set[str]()
    for node in list(root.iter()):
        tag = str(node.tag)
        if re.fullmatch(r"h[1-6]", tag):
            level = min(int(tag[1]), level + 1) if level else 1
            level = 2 if level == 1 and anchors else level  # one title a page
            node.tag, section = f"h{level}", " ".join(node.text_content().split())
            name = re.sub(r"[^\w]+", "-", section.lower()).strip("-") or "section"
            node.set("id", name if name not in anchors else f"{name}-{len(anchors)}")
            anchors.add(node.get("id"))
        elif tag == "a":
            _mend_link(node, pages)
        elif tag == "img":
            _mend_image(node, here, folder, section)
        elif tag == "pre":
            node.set("tabindex", "0")
        elif tag == "table":
            n_tables += 1
            _mend_table(node, f"Table {n_tables}: {section}")
    return "".join(lxml.html.tostring(child, encoding="unicode") for child in root)


def _sanitise(root: lxml.html.HtmlElement) -> None:
    for node in list(root.iter()):
        if node is root:
            continue
        if not isinstance(node.tag, str) or node.tag in _DROPPED:  # comments have no name
            node.drop_tree()
        elif node.tag not in _KEPT:
            node.drop_tag()
        else:
            for name in list(node.attrib):
                if name not in _ATTRIBUTES:
                    del node.attrib[name]


def _mend_link(node: lxml.html.HtmlElement, pages: set[str]) -> None:
    """Links lead to pages of this report and to the web; others would lead nowhere from here."""
    address = node.get("href", "").strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.netloc:
        node.set("rel", "noopener noreferrer")
        return
    name = re.sub(r"\.ipynb$", ".html", unquote(parts.path).rsplit("/", 1)[-1])
    if parts.scheme or parts.netloc or (name and name not in pages) or not (name or parts.fragment):
        node.drop_tag()
    else:
        node.set("href", name + (f"#{parts.fragment.lower()}" if parts.fragment else ""))


def _mend_image(node: lxml.html.HtmlElement, here: Path, folder: Path, section: str) -> None:
    source = node.get("src", "")
    if not _IMAGE.fullmatch(source):
        path = (here / unquote(source)).resolve() if not urlsplit(source).scheme else None
        if path and path.is_file() and path.suffix in _TYPES and folder.resolve() in path.parents:
            data = base64.b64encode(path.read_bytes()).decode()
            node.set("src", f"data:image/{_TYPES[path.suffix]};base64,{data}")
        else:
            note = lxml.html.fragment_fromstring(f"<span>{escape(node.get('alt') or 'picture')}</span>")
            note.tail = node.tail
            node.getparent().replace(node, note)
            return
    if not node.get("alt"):
        node.set("alt", f"Figure: {section}")


def _mend_table(table: lxml.html.HtmlElement, name: str) -> None:
    for cell in table.iter("th"):
        in_head = any(parent.tag == "thead" for parent in cell.iterancestors())
        wide = int(cell.get("colspan", "1")) > 1 if cell.get("colspan", "1").isdigit() else False
        tall = int(cell.get("rowspan", "1")) > 1 if cell.get("rowspan", "1").isdigit() else False
        if not cell.text_content().strip():
            cell.tag = "td"  # a corner heads nothing
            cell.attrib.pop("scope", None)
        else:
            cell.set("scope", ("colgroup" if wide else "col") if in_head else ("rowgroup" if tall else "row"))
    wide_part = etree.Element("div", {"class": "wide", "role": "region", "aria-label": name, "tabindex": "0"})
    wide_part.tail, table.tail = table.tail, None
    table.getparent().replace(table, wide_part)
    wide_part.append(table)


# --- pages


def _page(body: str, *, title: str, pages: dict[str, str], here: str) -> bytes:
    style = (files("policytools") / "resources" / "report" / "pages.css").read_text("utf-8")
    links = {"index.html": "Overview", **pages, EVIDENCE: "The evidence, sentence by sentence"}
    current = ' aria-current="page"'
    listed = "".join(
        f'<li><a href="{escape(name)}"{current if name == here else ""}>{escape(text)}</a></li>'
        for name, text in links.items()
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{_MARK} {__version__}">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_SAFETY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the text</a>\n'
        f'<header><nav aria-label="Pages"><ul>{listed}</ul></nav></header>\n'
        f'<main id="main" tabindex="-1">\n{body}\n</main>\n</body>\n</html>\n'
    ).encode()


def _index(site: str, notebooks: dict[Path, dict[str, Any]], corpus: Corpus) -> str:
    entries = "".join(
        f'<dt><a href="{escape(path.stem)}.html">{escape(_title(notebook, path.stem))}</a></dt>'
        f"<dd>{_markdown(_lede(notebook))}</dd>"
        for path, notebook in notebooks.items()
    )
    entries += (
        f'<dt><a href="{EVIDENCE}">The evidence, sentence by sentence</a></dt><dd><p>Items by vendors; each cell leads to '
        "the sentences behind it.</p></dd>"
    )
    table = corpus_table(corpus, rows=len(corpus))._repr_html_()
    body = f"<h1>{escape(site)}</h1><h2>Pages</h2><dl>{entries}</dl><h2>The policies</h2>{table}"
    body += f"<p>Written by policytools {__version__} from the study's notebooks as they were last run.</p>"
    return _mended(body, Path(), Path(), {f"{path.stem}.html" for path in notebooks} | {EVIDENCE})


def _write_evidence(corpus: Corpus, data: Path, path: Path) -> None:
    hand = load_codings(data)
    coders = data / "codings" / "coders.csv"
    if len(hand):
        described = pd.read_csv(coders, keep_default_na=False)
        write_report(corpus, path, hand_codings=hand, coders=described, home="index.html")
    else:
        write_report(corpus, path, home="index.html")
