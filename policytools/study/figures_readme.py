"""The README of a study's figures folder."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd


def figures_readme(notebooks: str | Path, figures: str | Path, written: Mapping[str, Iterable[str]]) -> str:
    """The list of a study's figures as Markdown: what each shows, its question, its notebook, its numbers.

    Parameters
    ----------
    notebooks : path
        Folder of the notebooks; the first heading of a notebook is its question.
    figures : path
        Folder of the figures; title and alternative text are read from NAME.svg.
    written : mapping
        File name of a notebook -> names of the files that it wrote into `figures`.

    Returns
    -------
    str
        Markdown with relative links, the same for the same files. Files that no notebook wrote are not in it.
    """
    notebooks, figures = Path(notebooks), Path(figures)
    up = os.path.relpath(notebooks, figures).replace(os.sep, "/")
    lines = [
        "# Figures",
        "",
        "Written by the notebooks, and this list with them: change the notebook, not the file. Of each figure there is",
        "a PNG, an SVG, a PDF for print, and the plotted numbers as CSV.",
    ]
    for notebook in sorted(written):
        files = sorted(set(written[notebook]))
        shown = [name.removesuffix(".svg") for name in files if name.endswith(".svg")]
        if not shown:
            continue
        question = _question(notebooks / notebook)
        lines += ["", f"## {_markdown(question)}", "", f"Notebook: [{notebook}]({up}/{notebook})", ""]
        lines += ["| figure | what it shows | files | numbers |", "| --- | --- | --- | --- |"]
        for name in shown:
            title = _svg_title(figures / f"{name}.svg") or name
            own = re.compile(re.escape(name) + r"(-\d+)?\.csv")
            data = [
                f"[{table}]({table}) ({len(frame):,} {'row' if len(frame) == 1 else 'rows'}: {_markdown(', '.join(frame.columns))})"
                for table in files
                if own.fullmatch(table)
                for frame in [pd.read_csv(figures / table)]
            ]
            links = [f"[{e.upper()}]({name}.{e})" for e in ("png", "svg", "pdf") if f"{name}.{e}" in files]
            lines.append(
                f"| {name} | {_markdown(title)} | {' '.join(links)} | {'<br>'.join(data) or 'none'} |"
            )
    return "\n".join(lines) + "\n"


def _question(notebook: Path) -> str:
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return notebook.stem
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            for line in source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return notebook.stem


def _svg_title(svg: Path) -> str:
    try:
        found = re.search(r"<title[^>]*>(.*?)</title>", svg.read_text("utf-8"), flags=re.DOTALL)
    except OSError:
        return ""
    return html.unescape(found.group(1)) if found else ""


def _markdown(text: str) -> str:
    """Text that a table cell shows as it is."""
    return re.sub(r"([\\|*_`$\[\]<>])", r"\\\1", " ".join(text.split()))
