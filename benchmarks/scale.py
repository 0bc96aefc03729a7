"""Growth: how time and memory of `policytools measure` grow from 1,000 policies to 100,000.

    python benchmarks/scale.py --texts FOLDER [--sizes 1000,10000,100000] [--work FOLDER]

FOLDER holds policies, one Markdown file each. Policies of about 20 KB are made of their sections, drawn at
random (seed 7), and written as Parquet, 1,000 rows at a time. Each size is measured with both cores, 10,000
also with one. This process holds only the sections in memory. Peak memory is the resident set of the process
that reads, schedules and writes, and of each measuring process, sampled five times a second.

"After the start" leaves out the loading of libraries and models and the first part of each worker. "Early" is a worker's
peak after five parts: memory is flat if it does not grow afterwards.

With --work the corpora and results are kept in that folder: a stopped run continues, and its times are added
up.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow
import pyarrow.compute
import pyarrow.parquet

POLICIES = 1_071_488  # Princeton-Leuven
BYTES = 20_000
# So many that the start of a worker does not matter, so few that one worker needs only minutes.
COMPARED = 10_000


def main() -> None:
    asked = argparse.ArgumentParser(description="growth of time and memory with the number of policies")
    asked.add_argument("--texts", type=Path, required=True)
    asked.add_argument("--sizes", default="1000,10000,100000", help="numbers of policies")
    asked.add_argument("--workers", type=int, default=2, help="of the runs that are compared")
    asked.add_argument("--work", type=Path, help="a folder to keep corpora and results in")
    given = asked.parse_args()
    sizes = sorted(map(int, given.sizes.split(",")))
    with tempfile.TemporaryDirectory() as scratch:
        work = given.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        runs = []
        compared = max([size for size in sizes if size <= COMPARED], default=sizes[0])
        for size in sizes:
            corpus = make_corpus(given.texts, size, work)
            for n_workers in sorted({1, given.workers}) if size == compared else [given.workers]:
                runs.append(run(corpus, size, n_workers, work))
                print(json.dumps(runs[-1]), flush=True)
    report(runs, given.workers)


def make_corpus(texts: Path, size: int, work: Path) -> Path:
    """Parquet of `size` policies made of sections of the texts."""
    target = work / f"corpus-{size}.parquet"
    if target.exists():
        return target
    sections = [
        part
        for file in sorted(texts.glob("*.md"))
        for part in re.split(r"\n(?=#{1,4} )", file.read_text(encoding="utf-8"))
        if 200 < len(part) < BYTES
    ]
    rng = np.random.default_rng([7, size])
    schema = pyarrow.schema([(name, pyarrow.string()) for name in ("policy_id", "text", "format")])
    beside = target.with_suffix(".tmp")
    with pyarrow.parquet.ParquetWriter(beside, schema) as writer:
        for start in range(0, size, 1000):
            rows = []
            for number in range(start, min(start + 1000, size)):
                text = f"# Privacy policy {number}"
                while len(text) < BYTES - 1000:
                    text += "\n\n" + sections[rng.integers(len(sections))]
                rows.append({"policy_id": f"policy-{number:07d}", "text": text, "format": "markdown"})
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
    beside.rename(target)
    return target


def run(corpus: Path, size: int, n_workers: int, work: Path) -> dict:
    """Measure a corpus in a separate process, and record its time and memory."""
    target, log = work / f"measured-{size}-{n_workers}", work / f"measured-{size}-{n_workers}.json"
    known = (
        json.loads(log.read_text())
        if log.exists()
        else {"seconds": 0.0, "scheduler": 0, "worker": 0, "early": 0}
    )
    if known.get("done"):
        return known
    print(f"{size:,} policies, {n_workers} worker(s)", flush=True)
    began = time.monotonic()
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(corpus, target, n_workers))
    process.start()
    stop = threading.Event()

    def watch() -> None:
        samples = 0
        while not stop.wait(0.2):
            try:
                parent = psutil.Process(process.pid)
                known["scheduler"] = max(known["scheduler"], parent.memory_info().rss)
                for child in parent.children():
                    if any("policytools.scale.worker" in word for word in child.cmdline()):
                        known["worker"] = max(known["worker"], child.memory_info().rss)
            except psutil.Error:
                continue
            if not known["early"] and len(list((target / "parts").glob("*.json"))) >= 5 * n_workers:
                known["early"] = known["worker"]  # to see whether memory stays flat afterwards
            samples += 1
            if samples % 25 == 0:
                log.write_text(json.dumps(known | {"seconds": known["seconds"] + time.monotonic() - began}))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.join()
    stop.set()
    watcher.join()
    if process.exitcode:
        known["seconds"] += time.monotonic() - began
        log.write_text(json.dumps(known))
        raise SystemExit(f"stopped with {process.exitcode}; with --work it goes on where it stopped")
    known["steady"] = _steady(target, n_workers) if known["seconds"] == 0 else None
    known["seconds"] += time.monotonic() - began
    known |= {"done": True, "policies": size, "workers": n_workers, "n_bytes": _text_bytes(corpus)}
    log.write_text(json.dumps(known))
    return known


def _steady(target: Path, n_workers: int) -> float | None:
    """Seconds a policy and core, from the first part of each worker on: without the start of the processes."""
    notes = sorted(
        (note.stat().st_mtime, json.loads(note.read_text())["n_policies"]) for note in target.glob("parts/*")
    )
    after = notes[n_workers:]
    if not after:
        return None
    return n_workers * (after[-1][0] - notes[n_workers - 1][0]) / sum(n for _, n in after)


def _measure(corpus: Path, target: Path, n_workers: int) -> None:
    from policytools.scale import measure

    print(measure(corpus, target, n_workers=n_workers), flush=True)


def _text_bytes(corpus: Path) -> int:
    file = pyarrow.parquet.ParquetFile(corpus)
    return sum(
        pyarrow.compute.sum(pyarrow.compute.binary_length(batch["text"])).as_py()
        for batch in file.iter_batches(batch_size=1000, columns=["text"])
    )


def report(runs: list[dict], workers: int) -> None:
    print(
        "\n| policies | workers | minutes | ms a policy and core | after the start | policies/s | scheduler | worker, early | worker, peak |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for one in runs:
        each = 1000 * one["seconds"] * one["workers"] / one["policies"]
        steady = f"{1000 * one['steady']:.0f}" if one["steady"] else "-"
        print(
            f"| {one['policies']:,} | {one['workers']} | {one['seconds'] / 60:.1f} | {each:.0f} | {steady} | "
            f"{one['policies'] / one['seconds']:.1f} | {one['scheduler'] / 1e6:.0f} MB | {one['early'] / 1e6:.0f} MB | "
            f"{one['worker'] / 1e6:.0f} MB |"
        )
    alone = next((one for one in runs if one["workers"] == 1), None)
    with_more = [one for one in runs if one["workers"] == workers]
    if alone and workers > 1:
        same = next(one for one in with_more if one["policies"] == alone["policies"])
        ratio = alone["seconds"] / same["seconds"]
        print(
            f"\n{workers} workers do {alone['policies']:,} policies {ratio:.2f} times as fast as one", end=""
        )
        if alone["steady"] and same["steady"]:
            print(f", after the start {workers * alone['steady'] / same['steady']:.2f} times", end="")
        print(".")
    largest = with_more[-1]
    per_policy = largest["seconds"] * workers / largest["policies"]
    kilobytes = largest["n_bytes"] / largest["policies"] / 1000
    print(
        f"\n{POLICIES:,} policies of {kilobytes:.1f} KB: {POLICIES:,} x {per_policy:.4f} s / 3,600 = "
        f"{POLICIES * per_policy / 3600:,.0f} core-hours."
    )


if __name__ == "__main__":
    main()
