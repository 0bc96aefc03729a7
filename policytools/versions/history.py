"""Open Terms Archive: the newest versions of a folder, or every version that the git history of a clone holds."""

import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from policytools._frames import check_choice, check_date
from policytools._wording import listed, probably
from policytools.corpus.archives import read_terms_folder
from policytools.corpus.corpus import Corpus, corpus_from_texts, select_policies
from policytools.corpus.naming import made_id

KINDS = ("all", "monthly", "yearly", "newest")
_PERIOD = {"monthly": 7, "yearly": 4, "newest": 0}  # characters of an ISO date
_WORDS = {"first record": "first record", "refilter": "refilter", "technical": "technical upgrade"}


class _Record(NamedTuple):
    commit: str
    date: str
    note: str
    path: str


def load_open_terms_archive(
    folder: str | Path,
    *,
    versions: str = "newest",
    services: Sequence[str] | None = None,
    documents: Sequence[str] = ("Privacy Policy",),
    since: str | None = None,
    until: str | None = None,
    skip_unreadable: bool = False,
) -> Corpus:
    """Load policies, with all their versions if asked, from an Open Terms Archive "versions" repository or its export.

    Parameters
    ----------
    folder : path
        A clone, bare or not (its history is read, nothing is checked out), or a folder with
        ``Service Name/Document Type.md``.
    versions : {"newest", "all", "monthly", "yearly"}
        The newest version, all of them, or the last of each month or year; all but "newest" need a clone.
    services : sequence of str, optional
        Names of services; all by default.
    documents : sequence of str
        Types of documents, as the files are called.
    since, until : str, optional
        ISO dates or their beginnings, both days included; they need a clone.
    skip_unreadable : bool
        Leave out files of a folder that cannot be read, with one warning, instead of failing at the first.

    Returns
    -------
    Corpus
        vendor is the service (with several `documents` also the type, so that each has its own versions), title the type
        of document. From a clone: captured_on is the date of the record, file the commit and path, note also what the
        record's words say of it ("first record", "technical upgrade", "refilter": the archive changed, maybe not the
        policy); of several records of one day the last is taken. From a folder: policy_id is the vendor, captured_on is "".

    Raises
    ------
    FileNotFoundError
        If the folder is missing.
    ValueError
        A clone that is shallow or that git cannot read, git is missing, an unknown service or document (the message lists
        those there are), not a date, no version in that time, or a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "Example Prints").mkdir()
    ...     _ = Path(folder, "Example Prints", "Privacy Policy.md").write_text("We keep no data.")
    ...     load_open_terms_archive(folder).policies[["policy_id", "title"]].values.tolist()
    [['Example Prints', 'Privacy Policy']]
    """
    check_choice("versions", versions, KINDS)
    for argument, date in (("since", since), ("until", until)):
        if date is not None:
            check_date(argument, date)
    if not Path(folder).is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    if (Path(folder) / ".git").exists() or (Path(folder) / "objects").is_dir():
        return _read_history(folder, versions, services, documents, since, until)
    if versions != "newest" or since or until:
        raise ValueError(
            f"versions: {folder} is no clone, so only its newest versions are known; give a clone with git's history"
        )
    corpus = read_terms_folder(folder, documents, skip_unreadable)
    if services is None:
        return corpus
    known = corpus.policies["file"].str.split("/").str[0]
    _check_services(folder, services, known.drop_duplicates().tolist())
    kept = corpus.policies.loc[known.isin(services), "policy_id"]
    return select_policies(corpus, kept)


def _check_services(folder: str | Path, services: Sequence[str], known: Sequence[str]) -> None:
    if unknown := [name for name in services if name not in known]:
        raise ValueError(
            f"services: {folder} has no {listed(unknown)}{probably(unknown[0], known)}; there are {listed(known, 8)}"
        )


def _read_history(
    repository: str | Path,
    versions: str,
    services: Sequence[str] | None,
    documents: Sequence[str],
    since: str | None,
    until: str | None,
) -> Corpus:
    """The versions that a clone's history holds."""
    if _git(repository, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise ValueError(
            f"folder: {repository} is a shallow clone; fetch the rest with git fetch --unshallow"
        )
    records = [record for record in _records(repository) if _document(record) in documents]
    if not records:
        raise ValueError(
            f"documents: {repository} has no {listed(documents)} at Service Name/Document Type.md"
        )
    _check_services(repository, services or (), list(dict.fromkeys(map(_service, records))))
    chosen: dict[tuple[str, str], _Record] = {}
    for record in records:
        wanted = not services or _service(record) in services
        if wanted and (since or "") <= record.date and (not until or record.date[: len(until)] <= until):
            chosen[record.path, record.date[: _PERIOD.get(versions, 10)]] = record
    if not chosen:
        raise ValueError(f"since, until: {repository} has no version in that time")
    rows = []
    notes = {}
    name_of = {_name(record, documents): made_id(_name(record, documents), "") for record in records}
    shared = [name for name, n in Counter(name_of.values()).items() if n > 1]
    for record, text in zip(chosen.values(), _texts(repository, list(chosen.values())), strict=True):
        if text.strip():
            name = _name(record, documents)
            marked = f"{name} {sha256(name.encode()).hexdigest()[:8]}" if name_of[name] in shared else name
            rows.append({
                "policy_id": made_id(marked, record.date), "vendor": name, "title": _document(record), "text": text,
                "format": "markdown", "captured_on": record.date, "file": f"{record.commit[:12]}:{record.path}",
            })  # fmt: skip
            notes[rows[-1]["policy_id"]] = record.note
    corpus = corpus_from_texts(pd.DataFrame(rows))
    both = zip(corpus.policies["policy_id"].map(notes), corpus.policies["note"], strict=True)
    corpus.policies["note"] = ["; ".join(filter(None, pair)) for pair in both]
    return corpus


def _git(repository: str | Path, *arguments: str) -> str:
    """What git prints."""
    command = ["git", "-C", str(repository), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise ValueError("repository: git is not installed; install it to read a history") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise ValueError(f"folder: git cannot read {repository} ({said}); give a complete clone")
    return done.stdout.decode("utf-8", "replace")


def _records(repository: str | Path) -> Iterator[_Record]:
    """Records of the current branch from the oldest to the newest; files that a commit deletes have none."""
    options = ["--reverse", "--first-parent", "-m", "--diff-filter=d", "--name-only", "-z"]
    history = _git(repository, "log", *options, "--format=%x01%H %as %s")
    for entry in f"\0{history}".split("\0\x01")[1:]:
        head, *paths = entry.split("\0")
        commit, date, words = head.split(" ", 2)
        note = next((said for word, said in _WORDS.items() if word in words.lower()), "")
        for path in (path.removeprefix("\n") for path in paths):
            if path.count("/") == 1 and path.endswith(".md"):
                yield _Record(commit, date, note, path)


def _service(record: _Record) -> str:
    return record.path.split("/")[0]


def _document(record: _Record) -> str:
    return record.path.split("/")[1].removesuffix(".md")


def _name(record: _Record, documents: Sequence[str]) -> str:
    """The vendor: the service, with several documents also the type."""
    return f"{_service(record)} {_document(record)}" if len(documents) > 1 else _service(record)


def _texts(repository: str | Path, records: Sequence[_Record]) -> Iterator[str]:
    """The text of each record, all read by one git process."""
    command = ["git", "-C", str(repository), "cat-file", "--batch"]
    asked = "".join(f"{record.commit}:{record.path}\n" for record in records).encode()
    done = subprocess.run(command, input=asked, capture_output=True, check=True)
    at = 0
    for record in records:
        end = done.stdout.index(b"\n", at)
        head = done.stdout[at:end].split()
        if head[-1:] == [b"missing"] or not head[-1].isdigit():
            raise ValueError(
                f"repository: {record.path} of {record.commit[:12]} cannot be read; run git fsck there"
            )
        size = int(head[-1])
        yield done.stdout[end + 1 : end + 1 + size].decode("utf-8", "replace")
        at = end + 1 + size + 1
