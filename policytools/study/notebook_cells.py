"""The cells of a notebook file, read without Jupyter's libraries."""

import json
import re
from pathlib import Path
from typing import Any


def read_cells(path: Path) -> list[dict[str, Any]]:
    """Cells of a notebook of format 4; the source of each is one string.

    Raises
    ------
    ValueError
        If the file is not such a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        version = notebook["nbformat"]
        cells = [{"outputs": [], **cell, "source": joined(cell["source"])} for cell in notebook["cells"]]
        for cell in cells:
            kinds = [cell["cell_type"], *(output["output_type"] for output in cell["outputs"])]
            if not all(isinstance(kind, str) for kind in kinds):
                raise ValueError("a type is not a text")
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(f"{path}: not a notebook") from None
    if version != 4:
        raise ValueError(f"{path}: its format is {version}, not 4; save it once in JupyterLab")
    return cells


def joined(text: str | list[str]) -> str:
    """Text that a notebook holds as one string or as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def first_heading(cells: list[dict[str, Any]]) -> str:
    """The first heading in the Markdown cells, "" if there is none: the notebook's question.

    Examples
    --------
    >>> first_heading([{"cell_type": "code", "source": "# no"}, {"cell_type": "markdown", "source": "# Why?\\n\\nText"}])
    'Why?'
    """
    texts = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    heading = re.search(r"^#+ +(.+)$", "\n\n".join(texts), re.MULTILINE)
    return heading[1].strip() if heading else ""
