"""The README of a study's figures folder."""

import html
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from policytools._wording import counted, escape_markdown
from policytools.study.notebook_cells import first_heading, read_cells


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
        Markdown with relative links. It depends on the files only; files that no notebook wrote are not listed.
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
        question = escape_markdown(_question(notebooks / notebook))
        lines += ["", f"## {question}", "", f"Notebook: [{notebook}]({up}/{notebook})", ""]
        lines += ["| figure | what it shows | files | numbers |", "| --- | --- | --- | --- |"]
        for name in shown:
            title = escape_markdown(_svg_title(figures / f"{name}.svg") or name)
            links = [f"[{e.upper()}]({name}.{e})" for e in ("png", "svg", "pdf") if f"{name}.{e}" in files]
            own = re.compile(re.escape(name) + r"(-\d+)?\.csv")
            tables = [_described(figures / file) for file in files if own.fullmatch(file)]
            lines.append(f"| {name} | {title} | {' '.join(links)} | {'<br>'.join(tables) or 'none'} |")
    return "\n".join(lines) + "\n"


def _described(table: Path) -> str:
    frame = pd.read_csv(table)
    columns = escape_markdown(", ".join(frame.columns))
    return f"[{table.name}]({table.name}) ({counted(len(frame), 'row')}: {columns})"


def _question(notebook: Path) -> str:
    try:
        return first_heading(read_cells(notebook)) or notebook.stem
    except (OSError, ValueError):
        return notebook.stem


def _svg_title(svg: Path) -> str:
    try:
        found = re.search(r"<title[^>]*>(.*?)</title>", svg.read_text("utf-8"), flags=re.DOTALL)
    except OSError:
        return ""
    return html.unescape(found.group(1)) if found else ""
