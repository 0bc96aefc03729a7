"""Which files of a folder are policies, and what is said about the others."""

from collections.abc import Iterable
from pathlib import Path

from policytools._wording import counted

ENDINGS = (
    ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".mhtml", ".mht", ".docx", ".epub",
)  # fmt: skip
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")  # each also behind another ending
_TOLD = 3  # names in a message

Unread = list[tuple[str, str]]  # name of a file, why it is not read


def policy_files(paths: str | Path | Iterable[str | Path]) -> tuple[list[Path], Unread]:
    """The policy files in a folder and its sub-folders, and the other files; or the given files if all of them exist.

    Hidden files and the NAME_files folder that a browser saves beside NAME.html are passed over.
    """
    if isinstance(paths, str | Path) and Path(paths).is_dir():
        return _files_in(Path(paths))
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    for path in files:
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file")
    return files, []


def _files_in(folder: Path) -> tuple[list[Path], Unread]:
    found: list[Path] = []
    unread: Unread = []
    saved: set[Path] = set()  # folders that a browser saved with a page
    for path in sorted(folder.rglob("*")):
        if path.parent in saved:
            saved.update([path] if path.is_dir() else [])
            continue
        if path.is_dir() and path.name.endswith("_files"):
            page = path.name.removesuffix("_files")
            if any(path.with_name(page + ending).is_file() for ending in (".html", ".htm")):
                saved.add(path)
                continue
        known = file_ending(path) in ENDINGS
        if path.is_symlink() and (known or path.is_dir()):
            check_link(path, folder)
        if path.name.startswith(".") or not path.is_file():
            continue
        if known:
            found.append(path)
        else:
            ending = file_ending(path)
            unread.append((path.name, f"files in {ending} are not read" if ending else "no ending"))
    return found, unread


def file_ending(path: Path) -> str:
    """The ending of a file's name, without that of a compression."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() or suffix if suffix in _COMPRESSED else suffix


def policy_name(path: Path) -> str:
    """The name of a file without its endings.

    Examples
    --------
    >>> policy_name(Path("raw/acme.com.html.gz")), policy_name(Path("acme.md"))
    ('acme.com', 'acme')
    """
    return Path(path.stem).stem if path.suffix.lower() in _COMPRESSED else path.stem


def check_link(path: Path, folder: Path) -> None:
    """ValueError if a path is a broken link, or leads out of `folder`."""
    if not path.exists():
        raise ValueError(f"{path}: a link whose target does not exist; remove the link")
    if folder.resolve() not in path.resolve().parents:
        raise ValueError(f"{path}: a link that points outside {folder}; put the file itself there")


def describe_unread(unread: Unread) -> str:
    """A sentence on the files that were not read: each reason with the number of files and the first names.

    Examples
    --------
    >>> describe_unread([("a.rtf", "files in .rtf are not read"), ("b", "no ending"), ("c", "no ending")])
    '3 files left out: a.rtf: files in .rtf are not read; b, c: no ending'
    """
    names: dict[str, list[str]] = {}
    for name, reason in unread:
        names.setdefault(reason, []).append(name)
    parts = [
        f"{', '.join(files[:_TOLD])}{f' and {len(files) - _TOLD} more' * (len(files) > _TOLD)}: {reason}"
        for reason, files in list(names.items())[:8]
    ]
    return f"{counted(len(unread), 'file')} left out: {'; '.join(parts)}{' ...' * (len(names) > 8)}"
