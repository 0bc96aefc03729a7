"""Files that are written whole or not at all, and templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template

PACKAGE = Path(__file__).parent  # codebooks, lexicons and resources are in it


def write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename, so that nobody ever opens half a file; if that fails nothing is left behind."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def template(name: str) -> Template:
    """A template of ``resources/report``; values are escaped for HTML unless they are marked as HTML."""
    return _templates().get_template(name)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(PACKAGE / "resources" / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
