"""Codebook files: finding them, reading their TOML, and joining a codebook with the one that it extends."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policytools._files import PACKAGE
from policytools._wording import listed, probably

SHIPPED = PACKAGE / "codebooks"
_MOST_LEVELS = 8
_TABLES = ("groups", "checklists")


@dataclass(frozen=True)
class CodebookFile:
    """The text and tables of one file, joined with those that it extends.

    `own` gives for each item the position that it has in this file; items of the extended codebook are absent.
    """

    path: Path
    text: str
    data: dict[str, Any]
    own: dict[int, int]

    @property
    def is_shipped(self) -> bool:
        return self.path.parent == SHIPPED


def read_codebook_file(name_or_path: str | Path) -> CodebookFile:
    """The file of a shipped codebook (by name) or of your own (by path), joined with those that it extends."""
    return _read(_find(name_or_path, Path()), ())


def _find(name_or_path: str | Path, folder: Path) -> Path:
    path = folder / name_or_path
    if path.suffix != ".toml":
        path = SHIPPED / f"{name_or_path}.toml"
    if not path.is_file():
        shipped = sorted(file.stem for file in SHIPPED.glob("*.toml"))
        raise ValueError(
            f"codebook {str(name_or_path)!r} not found: give a path to a .toml file, or one of: "
            f"{', '.join(shipped)}{probably(name_or_path, shipped)}"
        )
    return path


def _read(path: Path, above: tuple[Path, ...]) -> CodebookFile:
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path.name}: not UTF-8 text (byte {error.start}): save the file as UTF-8"
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = found[1] if found else len(text.splitlines())
        raise ValueError(
            f"{path.name}, line {line}: not valid TOML ({error}): check quotes, brackets and commas there"
        ) from None
    items = data.get("item")
    own = {n: n for n in range(len(items))} if isinstance(items, list) else {}
    if "extends" not in data:
        return CodebookFile(path, text, data, own)
    files = (*above, path.resolve())
    if not isinstance(data["extends"], str):
        raise ValueError(  # noqa: TRY004
            f"{path.name}: extends must be the name of a shipped codebook or the path of a .toml file"
        )
    try:
        extended = _find(data["extends"], path.parent)
    except ValueError as error:
        raise ValueError(f"{path.name}: extends: {error}") from None
    if extended.resolve() in files or len(files) > _MOST_LEVELS:
        names = " -> ".join(file.name for file in (*files, extended))
        raise ValueError(f"{path.name}: extends leads back to a codebook or is too deep: {names}")
    joined, own = _join(path.name, _read(extended, files).data, data)
    return CodebookFile(path, text, joined, own)


def _join(name: str, base: dict[str, Any], own: dict[str, Any]) -> tuple[dict[str, Any], dict[int, int]]:
    """The tables of a codebook over those of the one that it extends, and where its own items are."""
    joined = {**base, **{key: value for key, value in own.items() if key not in ("extends", "leave_out")}}
    for table in _TABLES:
        if isinstance(own.get(table, {}), dict):
            joined[table] = {**base.get(table, {}), **own.get(table, {})}
    items = own.get("item", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return joined, {}
    joined["item"], places = _join_items(base["item"], items)
    return _leave_out(name, joined, own.get("leave_out", {}), places)


def _join_items(base: list[dict], own: list[dict]) -> tuple[list[dict], dict[int, int]]:
    """An item with the id of an extended one changes the keys that it gives; the others follow, by family.

    A changed item keeps its place unless its family changes.
    """
    known = {item["id"]: item for item in base}
    changed = {n: {**known.get(item.get("id"), {}), **item} for n, item in enumerate(own)}
    entries: list[tuple[dict, int | None]] = []
    in_place = set()
    for item in base:
        n = next((n for n, new in changed.items() if new.get("id") == item["id"]), None)
        if n is None:
            entries.append((item, None))
        elif changed[n].get("family") == item["family"]:
            entries.append((changed[n], n))
            in_place.add(n)
    for n, item in changed.items():
        if n not in in_place:
            same = [
                place for place, (other, _) in enumerate(entries) if other.get("family") == item.get("family")
            ]
            entries.insert(same[-1] + 1 if same else len(entries), (item, n))
    return [item for item, _ in entries], {place: n for place, (_, n) in enumerate(entries) if n is not None}


def _leave_out(
    name: str, data: dict[str, Any], out: Any, places: dict[int, int]
) -> tuple[dict[str, Any], dict[int, int]]:
    """Without the items, families, groups and checklists that [leave_out] names."""
    kinds = ("items", "families", "groups", "checklists")
    if not isinstance(out, dict) or not set(out) <= set(kinds):
        raise ValueError(
            f"{name}, [leave_out]: must be a table with any of {', '.join(kinds)}, each a list of names"
        )
    there = {
        "items": [item.get("id") for item in data["item"]],
        "families": [item.get("family") for item in data["item"]],
        **{table: list(data.get(table, {})) for table in _TABLES},
    }
    for kind, names in out.items():
        if not isinstance(names, list) or not all(isinstance(entry, str) for entry in names):
            raise ValueError(f"{name}, [leave_out] {kind}: must be a list of names")
        if unknown := [entry for entry in names if entry not in there[kind]]:
            meant = probably(unknown[0], [str(entry) for entry in there[kind]])
            raise ValueError(
                f"{name}, [leave_out] {kind}: the extended codebook has no {listed(unknown)}{meant}"
            )
    kept = [
        n
        for n, item in enumerate(data["item"])
        if item.get("id") not in out.get("items", []) and item.get("family") not in out.get("families", [])
    ]
    left = {**data, "item": [data["item"][n] for n in kept]}
    for table in _TABLES:
        if table in data:
            left[table] = {key: value for key, value in data[table].items() if key not in out.get(table, [])}
    return left, {new: places[old] for new, old in enumerate(kept) if old in places}
