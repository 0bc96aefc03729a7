"""A study as a folder of HTML pages that opens from disk: its executed notebooks and the evidence page."""

import base64
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html
from lxml import etree
from markdown_it import MarkdownIt

from policytools import __version__
from policytools._files import PACKAGE, read_csv, template, whole_folder
from policytools._wording import counted
from policytools.coding.hand_codings import load_codings
from policytools.corpus.corpus import Corpus, corpus_table, load_corpus
from policytools.report.evidence_page import write_report
from policytools.study.notebook_cells import first_heading, joined, read_cells
from policytools.tables import printable

EVIDENCE = "evidence.html"
EVIDENCE_TITLE = "The evidence, sentence by sentence"
_Cells = list[dict[str, Any]]
_MARK = '<meta name="generator" content="policytools'  # in every page of a report
_RULES = tomllib.loads((PACKAGE / "resources" / "report" / "pages.toml").read_text("utf-8"))
_RICH = ("text/html", "text/markdown", "image/png", "image/jpeg", "image/svg+xml", "text/plain")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".svg": "svg+xml"}


def export_study(folder: str | Path = ".", destination: str | Path | None = None) -> Path:
    """Write a study's executed notebooks and its evidence page as one folder of HTML that opens from disk.

    The pages need no network and run no script, except for the evidence page's own. Links between notebooks become
    links between pages; code is folded. The same study gives the same bytes.

    Parameters
    ----------
    folder : path
        The study: ``notebooks/`` with executed notebooks, and ``data/`` as for `load_corpus`.
    destination : path, optional
        The folder to write; an earlier report there is replaced. Default: ``build/report`` in the study.

    Returns
    -------
    Path
        The path of ``index.html``.

    Raises
    ------
    FileNotFoundError
        If there are no notebooks or no data.
    ValueError
        If a file is not a notebook, a cell was not run or failed, or `destination` holds anything but an
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
    notebooks = {path: _executed(path) for path in found}
    corpus = load_corpus(folder / "data")
    site = f"A study of {counted(len(corpus), 'privacy policy', 'privacy policies')}"
    titles = {f"{path.stem}.html": _title(path, cells) for path, cells in notebooks.items()}
    names = {*titles, EVIDENCE, "index.html"}
    with whole_folder(target) as new:
        for path, cells in notebooks.items():
            body = _accessible(_notebook(path, cells), path.parent, folder, names)
            _write_page(new / f"{path.stem}.html", body, site, titles)
        codings = load_codings(folder / "data")
        hand = codings if len(codings) else None
        coders = read_csv(folder / "data" / "codings" / "coders.csv") if len(codings) else None
        write_report(corpus, new / EVIDENCE, hand_codings=hand, coders=coders, home="index.html")
        body = _accessible(_index(site, notebooks, corpus), Path(), Path(), names)
        _write_page(new / "index.html", body, site, titles)
    return target / "index.html"


def _check_target(target: Path) -> None:
    """Refuse to replace anything but an earlier report: a mistyped name must not delete a folder."""
    if not target.exists():
        return
    index = target / "index.html"
    is_report = index.is_file() and _MARK in index.read_text(encoding="utf-8", errors="replace")[:1000]
    if not target.is_dir() or (any(target.iterdir()) and not is_report):
        raise ValueError(f"destination: {target} is not an earlier report; give the name of a new folder")


# --- from a notebook to HTML


def _executed(path: Path) -> _Cells:
    """The Markdown cells and the code cells of a notebook; an error if one was not run or failed."""
    shown, step = [], 0
    for number, cell in enumerate(read_cells(path), start=1):
        if cell["cell_type"] == "markdown":
            shown.append(cell)
        elif cell["cell_type"] == "code" and cell["source"].strip():
            if cell.get("execution_count") is None:
                raise ValueError(f"{path}: cell {number} has not been run; run `make figures` first")
            if any(output["output_type"] == "error" for output in cell["outputs"]):
                raise ValueError(f"{path}: cell {number} failed; correct it and run `make figures`")
            step += 1
            shown.append(cell | {"step": step})
    return shown


def _title(path: Path, cells: _Cells) -> str:
    return printable(first_heading(cells)) or path.stem


def _lede(cells: _Cells) -> str:
    """The first paragraph below the title, as Markdown."""
    text = next((cell["source"] for cell in cells if cell["cell_type"] == "markdown"), "")
    paragraphs = re.split(r"\n\s*\n", text)
    return next((part for part in paragraphs if part.strip() and not part.startswith("#")), "")


def _markdown(text: str) -> str:
    """Markdown as HTML; tags in the text are escaped."""
    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return renderer.render(printable(text))


def _notebook(path: Path, cells: _Cells) -> str:
    has_title = any(cell["source"].startswith("# ") for cell in cells if cell["cell_type"] == "markdown")
    title = "" if has_title else _title(path, cells)
    return template("pages_notebook.html.jinja").render(
        title=title, cells=cells, markdown=_markdown, shown=_shown
    )


def _shown(output: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """How an output is shown ("html", "image" or "text"), its content, and the attributes of an image."""
    data = output.get("data") or {"text/plain": output.get("text", "")}
    kind = next((kind for kind in _RICH if kind in data), "")
    content = joined(data.get(kind, ""))
    if kind == "text/html":
        return "html", content, {}  # `_sanitise` makes it safe with the rest of the page
    if kind == "text/markdown":
        return "html", _markdown(content), {}
    if kind.startswith("image/"):
        if kind == "image/svg+xml":
            content = base64.b64encode(content.encode()).decode()
        known = output.get("metadata", {}).get(kind) or {}
        sides = {side: known[side] for side in ("width", "height") if isinstance(known.get(side), int)}
        source = f"data:{kind};base64,{''.join(content.split())}"
        return "image", "", {"src": source, "alt": known.get("alt") or "", **sides}
    return "text", _ANSI.sub("", content), {}


# --- what a page may contain, and what a screen reader and a keyboard need


def _accessible(body: str, here: Path, folder: Path, pages: set[str]) -> str:
    """A page's body made safe and accessible, its links and pictures resolved from the folder `here`."""
    root = lxml.html.fragment_fromstring(printable(body), create_parent="div")
    _sanitise(root)
    level, section, n_tables, anchors = 0, "", 0, set[str]()
    for node in list(root.iter()):
        tag = str(node.tag)
        if re.fullmatch(r"h[1-6]", tag):
            level = min(int(tag[1]), level + 1) if level else 1
            level = 2 if level == 1 and anchors else level  # one title for each page
            node.tag, section = f"h{level}", " ".join(node.text_content().split())
            name = re.sub(r"[^\w]+", "-", section.lower()).strip("-") or "section"
            node.set("id", name if name not in anchors else f"{name}-{len(anchors)}")
            anchors.add(node.get("id"))
        elif tag == "a":
            _fix_link(node, pages)
        elif tag == "img":
            _fix_image(node, here, folder, section)
        elif tag == "pre":
            node.set("tabindex", "0")
        elif tag == "table":
            n_tables += 1
            _fix_table(node, f"Table {n_tables}: {section}")
    return "".join(lxml.html.tostring(child, encoding="unicode") for child in root)


def _sanitise(root: lxml.html.HtmlElement) -> None:
    for node in list(root.iter()):
        if node is root:
            continue
        if not isinstance(node.tag, str) or node.tag in _RULES["dropped_elements"]:  # comments have no name
            node.drop_tree()
        elif node.tag not in _RULES["kept_elements"]:
            node.drop_tag()
        else:
            for name in set(node.attrib).difference(_RULES["kept_attributes"]):
                del node.attrib[name]


def _fix_link(node: lxml.html.HtmlElement, pages: set[str]) -> None:
    """Keep links to pages of this report and to the web; others would not work from here."""
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


def _fix_image(node: lxml.html.HtmlElement, here: Path, folder: Path, section: str) -> None:
    """Include a picture of the study in the page; the alternative text replaces any other file or address."""
    source = node.get("src", "")
    if not _IMAGE.fullmatch(source):
        path = (here / unquote(source)).resolve() if not urlsplit(source).scheme else None
        if not (path and path.is_file() and path.suffix in _TYPES and folder.resolve() in path.parents):
            node.tag, node.text = "span", node.get("alt") or "picture"
            node.attrib.clear()
            return
        data = base64.b64encode(path.read_bytes()).decode()
        node.set("src", f"data:image/{_TYPES[path.suffix]};base64,{data}")
    if not node.get("alt"):
        node.set("alt", f"Figure: {section}")


def _fix_table(table: lxml.html.HtmlElement, name: str) -> None:
    """Say what each heading cell is the heading of, and let a wide table scroll by itself."""
    for cell in table.iter("th"):
        if not cell.text_content().strip():
            cell.tag = "td"  # an empty corner is not a heading
            cell.attrib.pop("scope", None)
            continue
        in_head = next(cell.iterancestors("thead"), None) is not None
        axis, span = ("col", "colspan") if in_head else ("row", "rowspan")
        n_cells = cell.get(span, "1")
        cell.set("scope", f"{axis}group" if n_cells.isdigit() and int(n_cells) > 1 else axis)
    wide = etree.Element("div", {"class": "wide", "role": "region", "aria-label": name, "tabindex": "0"})
    wide.tail, table.tail = table.tail, None
    table.getparent().replace(table, wide)
    wide.append(table)


# --- pages


def _write_page(path: Path, body: str, site: str, titles: dict[str, str]) -> None:
    title = f"{titles[path.name]} | {site}" if path.name in titles else site
    links = {"index.html": "Overview", **titles, EVIDENCE: EVIDENCE_TITLE}
    page = template("pages.html.jinja").render(
        body=body, title=title, links=links, here=path.name, version=__version__
    )
    path.write_bytes(page.encode() + b"\n")


def _index(site: str, notebooks: dict[Path, _Cells], corpus: Corpus) -> str:
    entries = [
        (f"{path.stem}.html", _title(path, cells), _markdown(_lede(cells)))
        for path, cells in notebooks.items()
    ]
    explanation = _markdown("Items by vendors; each cell leads to the sentences behind it.")
    entries.append((EVIDENCE, EVIDENCE_TITLE, explanation))
    table = corpus_table(corpus, rows=len(corpus))._repr_html_()
    return template("pages_index.html.jinja").render(
        site=site, entries=entries, table=table, version=__version__
    )
