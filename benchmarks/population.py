"""Measure the reference population, whose metrics ship with the package.

python benchmarks/population.py FOLDER
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from policytools.corpus.corpus import read_policies
from policytools.scores.dimensions import Frames, checklist_column, policy_metrics
from policytools.scores.reference import FOLDER

SOURCE, LICENCE = "Open Terms Archive", "ODC-BY 1.0"
_BATCH = 12  # policies that a process reads at once


def measure_population(
    files: Sequence[Path], *, workers: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Metrics and list of documents of policy files, measured by several processes.

    Parameters
    ----------
    files : sequence of Path
        One policy each.
    workers : int, optional
        Processes; default: one for each processor.

    Returns
    -------
    metrics, documents : DataFrame
        As `population_metrics` (without columns for checklists, which follow from the items) and
        `population_documents` (service is the file's name).
    """
    batches = [list(files[start : start + _BATCH]) for start in range(0, len(files), _BATCH)]
    n_workers = min(workers or os.cpu_count() or 1, max(len(batches), 1))
    if n_workers == 1:
        found = [_measure(batch) for batch in batches]
    else:
        with ProcessPoolExecutor(n_workers) as pool:
            found = list(pool.map(_measure, batches))
    metrics = pd.concat([metrics for metrics, _ in found], ignore_index=True)
    documents = pd.concat([documents for _, documents in found], ignore_index=True)
    order = np.argsort(metrics["policy_id"].to_numpy(), kind="stable")
    return metrics.iloc[order].reset_index(drop=True), documents.iloc[order].reset_index(drop=True)


def _measure(batch: Sequence[Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    corpus = read_policies(batch)
    frames = Frames(corpus, codebook="printing")
    metrics = policy_metrics(frames)
    items = frames.codebook.items["item"].tolist()
    metrics = metrics.drop(columns=[name for name in metrics if str(name).startswith(checklist_column(""))])
    n_words = (
        corpus.sentences.groupby("policy_id")["n_words"]
        .sum()
        .reindex(corpus.policies["policy_id"], fill_value=0)
    )
    rounded = metrics.round(5).astype(dict.fromkeys(items, "Int64"))
    documents = pd.DataFrame({
        "service": corpus.policies["policy_id"], "file": corpus.policies["file"], "n_words": n_words.to_numpy(),
        "source": SOURCE, "licence": LICENCE,
    })  # fmt: skip
    return rounded, documents


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the shipped tables from a folder of texts."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/population.py",
        description="Measure the reference population and write metrics.csv and documents.csv.",
    )
    parser.add_argument(
        "folder", type=Path, help="the texts (*.md), and index.csv with columns service, file if there is one"
    )
    parser.add_argument(
        "--output", type=Path, default=FOLDER, help="folder for the tables; default: the package's own"
    )
    parser.add_argument("--workers", type=int, help="processes; default: one for each processor")
    asked = parser.parse_args(arguments)
    files = sorted(asked.folder.glob("*.md"))
    if not files:
        parser.error(f"no *.md files in {asked.folder}")
    metrics, documents = measure_population(files, workers=asked.workers)
    if (asked.folder / "index.csv").is_file():
        index = pd.read_csv(asked.folder / "index.csv", keep_default_na=False).set_index("file")["service"]
        documents["service"] = documents["file"].map(index).fillna(documents["service"])
    asked.output.mkdir(parents=True, exist_ok=True)
    metrics.to_csv(asked.output / "metrics.csv", index=False, lineterminator="\n")
    documents.to_csv(asked.output / "documents.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
