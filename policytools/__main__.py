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
            print(arguments.run(arguments))
    except (ValueError, OSError, ImportError) as error:
        print("policytools: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("policytools: interrupted; nothing was changed", file=sys.stderr)
        return 130
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
    return parser


# The commands import what they need: `--help` should not wait for the language models.
def _add(given: argparse.Namespace) -> str:
    from policytools.adding import add_policy

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


def _check_codebook(given: argparse.Namespace) -> str:
    from policytools.codebook import load_codebook

    codebook = load_codebook(given.file)
    n_families = codebook.items["family"].nunique()
    return (
        f"{Path(given.file).name}: ok, {len(codebook.items)} items in {n_families} families, {len(codebook.rules)} rules, "
        f"{len(codebook.checklists)} checklists"
    )


def _show(given: argparse.Namespace) -> str:
    from policytools.corpus import load_corpus

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


if __name__ == "__main__":
    sys.exit(main())
