"""Files that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

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
