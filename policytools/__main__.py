"""The command line: ``python -m policytools --help``.

Each command imports what it needs, so that ``--help`` does not wait for the libraries.
"""

import argparse
import inspect
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 if it succeeds, else 1 after one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # policies hold more characters than some terminals
    options = vars(_parser().parse_args(argv))
    command = options.pop("command")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the output says the same
            done = command(**options)
    except (ValueError, OSError, ImportError) as error:
        print("policytools: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("policytools: interrupted; nothing was changed", file=sys.stderr)
        return 130
    if isinstance(done, int):  # the command has printed its own progress
        return done
    print(done)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="policytools", description="Load, clean, measure and compare privacy policies."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(function: Callable[..., str | int]) -> Callable[..., argparse.Action]:
        """Add a command with the name and the docstring of its function; returns its `add_argument`."""
        text = inspect.getdoc(function) or ""
        added = commands.add_parser(
            function.__name__.removeprefix("_").replace("_", "-"),
            help=text.split("\n")[0].rstrip("."),
            description=text,
        )
        added.set_defaults(command=function)
        return added.add_argument

    data = {"default": "data", "help": "the study's folder (default: data)"}

    option = command(_add)
    option("source", metavar="FILE_OR_URL", help="text, Markdown, HTML or PDF file, or an http(s) address")
    option("--vendor", required=True, help="the policy's publisher")
    option("--folder", **data)
    option("--policy-id", help="short name of the text (default: made of vendor and year)")
    option("--captured-on", default="", metavar="DATE", help="when it was saved: YYYY-MM-DD, YYYY-MM or YYYY")
    option("--effective-on", default="", metavar="DATE", help="since when it applies")
    option("--title", default="", help="the policy's own title")
    option("--source-url", default="", metavar="URL", help="where it was published")
    option("--note", default="", help="what a reader of the data should know about it")
    option("--name", help="name of the file under raw/ (default: made of the policy's id)")
    option("--selector", default="", metavar="CSS", help="elements of an HTML page that hold the policy")
    option("--anyway", action="store_true", help="add it although it does not look like a privacy policy")

    option = command(_add_all)
    option("source", metavar="SOURCE", help="folder of text, Markdown, HTML and PDF files")
    option(
        "--table",
        metavar="CSV",
        help="columns file (its path inside SOURCE) and vendor, and any of policy_id, captured_on, effective_on, "
        "title, source_url, note, selector (default: the vendor is the file's name)",
    )
    option("--folder", **data)
    option("--anyway", action="store_true", help="also add what does not look like a privacy policy")

    option = command(_check_codebook)
    option("file", metavar="FILE", help="a .toml file, or the name of a codebook of the package")

    option = command(_show)
    option("folder", metavar="FOLDER", nargs="?", **data)

    option = command(_new)
    option("folder", metavar="FOLDER", help="a folder that does not exist yet, or is empty")

    option = command(_figures)
    option("--folder", default=".", help="the study: notebooks/, data/, figures/ (default: here)")
    option("--all", action="store_true", dest="every", help="run unchanged notebooks too")
    option("--only", metavar="NUMBER", help="run the one notebook whose name begins with this")
    option("--jobs", type=int, metavar="N", help="how many run at once (default: one for each core, up to 4)")

    option = command(_report)
    option("--folder", default=".", help="the study: notebooks/, data/ (default: here)")
    option("--destination", metavar="FOLDER", help="the folder to write (default: build/report)")

    option = command(_measure)
    option(
        "source",
        metavar="SOURCE",
        help="Parquet, JSON Lines or CSV file, or a folder of these or of policy files",
    )
    option("destination", metavar="DESTINATION", help="a new folder, or that of a run that was stopped")
    option("--scheduler", metavar="ADDRESS", help="of a Dask cluster (default: the cores of this computer)")
    option("--workers", type=int, metavar="N", dest="n_workers", help="cores of this computer (default: all)")
    option(
        "--measures",
        metavar="NAMES",
        default="readability,coverage,vagueness,terms",
        help="any of readability, coverage, vagueness, terms, codings, shingles, separated by commas "
        "(default: the first four)",
    )
    option("--codebook", default="disclosure", help="its name or .toml file (default: disclosure)")
    option("--text", default="text", metavar="COLUMN", help="column of a table (default: text)")
    option(
        "--policy-id", default="policy_id", metavar="COLUMN", help="column of a table (default: policy_id)"
    )
    option("--format", choices=["text", "markdown", "html"], help="format of a table's texts")
    option("--max-bytes", type=int, default=10_000_000, help="larger documents are not measured")
    return parser


def _add(**options: Any) -> str:
    """Add a policy to a study's folder.

    The policy is copied into FOLDER/raw and its row is written into FOLDER/policies.csv, both or none.
    """
    from policytools.corpus.add import add_policy

    return str(add_policy(**options))


def _add_all(source: str, folder: str, table: str | None, anyway: bool) -> str:
    """Add a folder of policies to a study's folder.

    Each file of SOURCE and its sub-folders is added. Files that are there already or do not look like a
    privacy policy are listed and left out. A table can say what is known about each file.
    """
    from policytools.corpus.add import add_policies

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        done = add_policies(folder, source, table=table, anyway=anyway)
    left_out = done[~done["added"]]
    lines = [f"added {len(done) - len(left_out)} of {len(done)} files to {folder}"]
    lines += [f"note: {warning.message}" for warning in caught]
    lines += [f"left out {row.file}: {row.reason}" for row in left_out.itertuples()]
    return "\n".join(lines)


def _check_codebook(file: str) -> str:
    """Read a codebook and say what is wrong with it."""
    from policytools.coding.codebook import load_codebook

    codebook = load_codebook(file)
    n_families = codebook.items["family"].nunique()
    return (
        f"{Path(file).name}: ok, {len(codebook.items)} items in {n_families} families, {len(codebook.rules)} rules, "
        f"{len(codebook.checklists)} checklists"
    )


def _show(folder: str) -> str:
    """List the policies of a study's folder."""
    from policytools.corpus.corpus import load_corpus

    corpus = load_corpus(folder)
    words = corpus.sentences.groupby("policy_id")["n_words"].sum()
    kept = corpus.blocks.groupby("policy_id")["keep"].mean()
    line = "{:<24} {:<20} {:<8} {:<8} {:<10} {:>7} {:>11}"
    lines = [line.format("policy", "vendor", "format", "language", "captured", "words", "blocks kept")]
    for row in corpus.policies.itertuples():
        counts = f"{words.get(row.policy_id, 0):,}", f"{kept.get(row.policy_id, 0):.0%}"
        lines.append(
            line.format(row.policy_id, row.vendor, row.format, row.language, row.captured_on, *counts)
        )
    return "\n".join(lines)


def _new(folder: str) -> str:
    """Make a new study.

    FOLDER gets data/ for your policies, notebooks/, figures/, a Makefile and a README.
    """
    from policytools.study.new import new_study

    return str(new_study(folder))


def _figures(**options: Any) -> int:
    """Run a study's notebooks and write its figures.

    Notebooks run if they or their data changed; the output says which figures changed and by how much.
    """
    from policytools.study.run_notebooks import run_notebooks

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # a pipe shows each line at once, too
    return run_notebooks(**options)


def _report(folder: str, destination: str | None) -> str:
    """Write a study's notebooks and evidence as HTML pages.

    The pages are one folder. They open from disk and need no network; start with index.html.
    """
    from policytools.study.export import export_study

    return f"{export_study(folder, destination)}: open it in a browser"


def _measure(scheduler: str | None, measures: str, **options: Any) -> str | int:
    """Measure a large corpus into Parquet files.

    SOURCE is a table, or a folder of tables or policy files, of any size; DESTINATION is a folder of
    Parquet files. A run that was stopped continues when it is started again. Guide: docs/large-corpora.md.
    """
    from policytools.scale import connect, measure

    names = [name.strip() for name in measures.split(",")]
    try:
        with connect(scheduler) as client:
            return str(measure(client=client, measures=names, **options))
    except KeyboardInterrupt:
        print(
            "policytools: interrupted; finished parts are kept; run the same command to continue",
            file=sys.stderr,
        )
        return 130


if __name__ == "__main__":
    sys.exit(main())
