"""The command line: ``python -m policytools --help``."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked, 1 (and one line on standard error) if not."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # policies hold more characters than some terminals
    arguments = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they say stands in the output
            done = arguments.run(arguments)
    except (ValueError, OSError, ImportError) as error:
        print("policytools: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("policytools: interrupted; nothing was changed", file=sys.stderr)
        return 130
    if isinstance(done, int):  # a command that tells as it goes along
        return done
    print(done)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="policytools", description="Load, clean, measure and compare privacy policies."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add = commands.add_parser(
        "add",
        help="add a policy to a study's folder",
        description="Copy a policy into FOLDER/raw and write its row into FOLDER/policies.csv; all or nothing.",
    )
    add.add_argument(
        "source", metavar="FILE_OR_URL", help="text, Markdown, HTML or PDF file, or an http(s) address"
    )
    add.add_argument("--vendor", required=True, help="whose policy it is")
    add.add_argument("--folder", default="data", help="the study's folder (default: data)")
    add.add_argument("--policy-id", help="short name of the text (default: made of vendor and year)")
    add.add_argument(
        "--captured-on", default="", metavar="DATE", help="when it was saved: YYYY-MM-DD, YYYY-MM or YYYY"
    )
    add.add_argument("--effective-on", default="", metavar="DATE", help="since when it holds")
    add.add_argument("--title", default="", help="the policy's own title")
    add.add_argument("--source-url", default="", metavar="URL", help="where it was published")
    add.add_argument("--note", default="", help="what a reader of the data should know of it")
    add.add_argument("--name", help="name of the file under raw/ (default: made of the policy's id)")
    add.add_argument(
        "--anyway", action="store_true", help="add it although it does not look like a privacy policy"
    )
    add.set_defaults(run=_add)

    many = commands.add_parser(
        "add-all",
        help="add a folder of policies to a study's folder",
        description="Add each file of SOURCE (and its sub-folders). What is there already or does not look like a "
        "privacy policy is named and left out; a table can say what is known of each file.",
    )
    many.add_argument("source", metavar="SOURCE", help="folder of text, Markdown, HTML and PDF files")
    many.add_argument(
        "--table",
        metavar="CSV",
        help="columns file (its path inside SOURCE) and vendor, and any of policy_id, captured_on, effective_on, "
        "title, source_url, note (default: the vendor is the file's name)",
    )
    many.add_argument("--folder", default="data", help="the study's folder (default: data)")
    many.add_argument(
        "--anyway", action="store_true", help="add what does not look like a privacy policy, too"
    )
    many.set_defaults(run=_add_all)

    check = commands.add_parser(
        "check-codebook",
        help="check a codebook of your own",
        description="Read a codebook and say what is wrong with it.",
    )
    check.add_argument(
        "file", metavar="FILE", help="a .toml file, or the name of a codebook that ships with the package"
    )
    check.set_defaults(run=_check_codebook)

    show = commands.add_parser(
        "show", help="list what a study's folder holds", description="List the policies of a study's folder."
    )
    show.add_argument(
        "folder", metavar="FOLDER", nargs="?", default="data", help="the study's folder (default: data)"
    )
    show.set_defaults(run=_show)

    new = commands.add_parser(
        "new",
        help="lay out a study of your own",
        description="Lay out a study in FOLDER: data/ to be filled, notebooks/, figures/, a Makefile and a README.",
    )
    new.add_argument("folder", metavar="FOLDER", help="a folder that is not there yet, or is empty")
    new.set_defaults(run=_new)

    figures = commands.add_parser(
        "figures",
        help="run a study's notebooks and write its figures",
        description="Run the notebooks that changed, or whose data did; tell which figures changed and by how much.",
    )
    figures.add_argument(
        "--folder", default=".", help="the study: notebooks/, data/, figures/ (default: here)"
    )
    figures.add_argument("--all", action="store_true", help="run unchanged notebooks too")
    figures.add_argument("--only", metavar="NUMBER", help="run the one notebook whose name begins so")
    figures.add_argument(
        "--jobs", type=int, metavar="N", help="how many run at once (default: one a core, up to 4)"
    )
    figures.set_defaults(run=_figures)

    report = commands.add_parser(
        "report",
        help="write a study's notebooks and evidence as HTML pages that open from disk",
        description="Write the executed notebooks and the evidence page as one folder of HTML pages. They need no "
        "network; open index.html.",
    )
    report.add_argument("--folder", default=".", help="the study: notebooks/, data/ (default: here)")
    report.add_argument("--destination", metavar="FOLDER", help="the folder to write (default: build/report)")
    report.set_defaults(run=_report)

    measure = commands.add_parser(
        "measure",
        help="measure a large corpus into Parquet files",
        description="Measure a table, or a folder of tables or policy files, of any size; the frames go to DESTINATION, "
        "a folder of Parquet files. Started again, it goes on where it stopped. Guide: docs/large-corpora.md.",
    )
    measure.add_argument(
        "source",
        metavar="SOURCE",
        help="Parquet, JSON Lines or CSV file, or a folder of such or of policy files",
    )
    measure.add_argument(
        "destination", metavar="DESTINATION", help="a new folder, or that of a run that was stopped"
    )
    measure.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask cluster's (default: this machine's cores)"
    )
    measure.add_argument("--workers", type=int, metavar="N", help="cores of this machine (default: all)")
    measure.add_argument(
        "--measures",
        metavar="NAMES",
        default="readability,coverage,vagueness,terms",
        help="of readability, coverage, vagueness, terms, codings, shingles, with commas between (default: the first four)",
    )
    measure.add_argument(
        "--codebook", default="disclosure", help="its name or .toml file (default: disclosure)"
    )
    measure.add_argument("--text", default="text", metavar="COLUMN", help="of a table (default: text)")
    measure.add_argument(
        "--policy-id", default="policy_id", metavar="COLUMN", help="of a table (default: policy_id)"
    )
    measure.add_argument("--format", choices=["text", "markdown", "html"], help="of a table's texts")
    measure.add_argument(
        "--max-bytes", type=int, default=10_000_000, help="larger documents are not measured"
    )
    measure.set_defaults(run=_measure)
    return parser


# The commands import what they need: `--help` should not wait for the language models.
def _add(given: argparse.Namespace) -> str:
    from policytools.corpus.add import add_policy

    names = (
        "vendor",
        "policy_id",
        "captured_on",
        "effective_on",
        "title",
        "source_url",
        "note",
        "name",
        "anyway",
    )
    return str(add_policy(given.folder, given.source, **{name: getattr(given, name) for name in names}))


def _add_all(given: argparse.Namespace) -> str:
    from policytools.corpus.add import add_policies

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        done = add_policies(given.folder, given.source, table=given.table, anyway=given.anyway)
    left_out = done[~done["added"]]
    lines = [f"added {len(done) - len(left_out)} of {len(done)} files to {given.folder}"]
    lines += [f"note: {warning.message}" for warning in told]
    lines += [f"left out {row.file}: {row.reason}" for row in left_out.itertuples()]
    return "\n".join(lines)


def _check_codebook(given: argparse.Namespace) -> str:
    from policytools.coding.codebook import load_codebook

    codebook = load_codebook(given.file)
    n_families = codebook.items["family"].nunique()
    return (
        f"{Path(given.file).name}: ok, {len(codebook.items)} items in {n_families} families, {len(codebook.rules)} rules, "
        f"{len(codebook.checklists)} checklists"
    )


def _show(given: argparse.Namespace) -> str:
    from policytools.corpus.corpus import load_corpus

    corpus = load_corpus(given.folder)
    words = corpus.sentences.groupby("policy_id")["n_words"].sum()
    kept = corpus.blocks.groupby("policy_id")["keep"].mean()
    lines = [
        f"{'policy':<24} {'vendor':<20} {'format':<8} {'language':<8} {'captured':<10} {'words':>7} {'blocks kept':>11}"
    ]
    for row in corpus.policies.to_dict("records"):
        name = row["policy_id"]
        lines.append(
            f"{name:<24} {row['vendor']:<20} {row['format']:<8} {row['language']:<8} {row['captured_on']:<10} "
            f"{words.get(name, 0):>7,} {kept.get(name, 0):>11.0%}"
        )
    return "\n".join(lines)


def _new(given: argparse.Namespace) -> str:
    from policytools.study.new import new_study

    return str(new_study(given.folder))


def _figures(given: argparse.Namespace) -> int:
    from policytools.study.run_notebooks import run_notebooks

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # shown as it happens, in a pipe too
    return run_notebooks(given.folder, every=given.all, only=given.only, jobs=given.jobs)


def _measure(given: argparse.Namespace) -> str | int:
    from policytools.scale import connect, measure

    names = ("codebook", "text", "policy_id", "format", "max_bytes")
    options = {name: getattr(given, name) for name in names}
    measures = [name.strip() for name in given.measures.split(",")]
    try:
        with connect(given.scheduler) as client:
            return str(
                measure(
                    given.source,
                    given.destination,
                    client,
                    measures=measures,
                    n_workers=given.workers,
                    **options,
                )
            )
    except KeyboardInterrupt:
        print("policytools: interrupted; finished parts are kept, the same command goes on", file=sys.stderr)
        return 130


def _report(given: argparse.Namespace) -> str:
    from policytools.study.export import export_study

    return f"{export_study(given.folder, given.destination)}: open it in a browser"


if __name__ == "__main__":
    sys.exit(main())
