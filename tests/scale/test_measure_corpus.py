"""Large corpora: the same rows as in memory, bounded memory, killed workers, arguments, the command."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
import tracemalloc

import pandas as pd
import pytest

import policytools as pt
from policytools.__main__ import main

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from large_corpora import KEYS, TEXTS, in_order, rows_of, table, wait_for, write_lines

from policytools import scale
from policytools.scale.process import Measured, Setup
from policytools.scale.results import Destination

MEASURE = importlib.import_module("policytools.scale.measure_corpus")


def nothing_measured(parts: list[bytes], _: Setup) -> Measured:
    return Measured({}, len(parts), 0, 0)


def test_what_is_done_leaves_the_memory(tmp_path, monkeypatch):
    texts = {f"policy-{i}": f"We keep part {i} of it. " * 40_000 for i in range(24)}  # a megabyte each
    source = tmp_path / "policies.parquet"
    table(texts).to_parquet(source, row_group_size=1)
    held: list[int] = []
    monkeypatch.setattr(MEASURE, "measure_part", nothing_measured)
    monkeypatch.setattr(Destination, "write", lambda *_: held.append(tracemalloc.get_traced_memory()[0]))
    monkeypatch.setattr(Destination, "close", lambda self: self)
    monkeypatch.setattr(Destination, "n_policies", len(texts), raising=False)
    tracemalloc.start()
    try:
        scale.measure(
            source, tmp_path / "out", measures=["readability"], n_workers=1, part_policies=1, progress=False
        )
    finally:
        tracemalloc.stop()
    assert len(held) == len(texts)
    assert (
        max(held) - held[0] < 8_000_000
    )  # what is read ahead is let go in the end, so the last says nothing


def test_the_rows_are_those_of_the_same_functions_in_memory(tmp_path):
    source = write_lines(
        tmp_path / "policies.jsonl", table(TEXTS, vendor="Müller & Co", captured_on="2024-05-01")
    )
    done = scale.measure(
        source, tmp_path / "out", measures=scale.MEASURES, part_policies=3, n_workers=1, progress=False
    )
    assert (done.n_policies, done.n_not_measured, done.n_parts) == (8, 0, 3)
    assert rows_of(tmp_path / "out")["coverage"] == [f"part-0000{i}.parquet" for i in range(3)]

    corpus, codebook = pt.load_table(source), pt.load_codebook("disclosure")
    codings = pt.code_sentences(corpus.sentences, codebook)
    terms = pt.term_frequencies(corpus.sentences)
    expected = {
        "policies": corpus.policies,
        "readability": pt.readability(corpus.sentences),
        "codings": codings,
        "coverage": pt.coverage(codings, codebook, corpus.policies),
        "vagueness": pt.vagueness(corpus.sentences),
        "terms": terms[["policy_id", "term", "n", "n_words", "per_thousand"]],
    }
    for name, frame in expected.items():
        measured = scale.read_measured(tmp_path / "out", name)
        pd.testing.assert_frame_equal(
            in_order(measured, KEYS[name]), in_order(frame, KEYS[name]), check_exact=True
        )

    measured = scale.read_measured(tmp_path / "out", "terms")
    weighted = scale.add_tf_idf(measured, frequencies=scale.document_frequencies(tmp_path / "out"))
    pd.testing.assert_frame_equal(
        in_order(weighted, KEYS["terms"]), in_order(terms, KEYS["terms"]), check_exact=True
    )
    pairs = scale.similar_pairs(tmp_path / "out", threshold=0.2)
    exact = pt.shared_text(corpus.sentences, min_containment=0.2)
    assert len(exact) > 2
    pd.testing.assert_frame_equal(pairs, exact)
    pd.testing.assert_frame_equal(scale.similar_pairs(corpus.sentences, threshold=0.2), exact)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
def test_a_killed_worker_changes_nothing(tmp_path):
    from distributed import Client, LocalCluster

    source = write_lines(
        tmp_path / "policies.jsonl", table({f"{k}-{i}": t for i in range(3) for k, t in TEXTS.items()})
    )
    killed = []

    def kill_one(client: Client) -> None:
        wait_for(lambda: list((tmp_path / "out" / "parts").glob("part-*.json")))
        killed.extend(client.run(os.getpid).values())
        os.kill(killed[0], signal.SIGKILL)

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
        Client(cluster) as client,
    ):
        killer = threading.Thread(target=kill_one, args=(client,))
        killer.start()
        done = scale.measure(
            source, tmp_path / "out", client, measures=["vagueness"], part_policies=2, progress=False
        )
        killer.join()
    assert killed and done.n_parts == 12
    expected = pt.vagueness(pt.load_table(source).sentences)
    measured = scale.read_measured(tmp_path / "out", "vagueness")
    pd.testing.assert_frame_equal(
        in_order(measured, KEYS["vagueness"]), in_order(expected, KEYS["vagueness"]), check_exact=True
    )


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ('{"policy_id": "a", "text": "x"}', {"measures": ["speed"]}, "measures: must be a collection of"),
        ('{"policy_id": "a", "text": "x"}', {"part_policies": 0}, "part_policies: must be above 0"),
        ('{"policy_id": "a", "text": "x"}', {"format": "pdf"}, "format: must be"),
        ("", {}, "no policies"),
    ],
)
def test_bad_arguments(tmp_path, content, options, message):
    source = tmp_path / "policies.jsonl"
    source.write_text(content)
    with pytest.raises(ValueError, match=message):
        scale.measure(source, tmp_path / "out", **{"measures": ["vagueness"], "progress": False} | options)


def test_the_command(tmp_path, capsys):
    source = write_lines(tmp_path / "policies.jsonl", table({"a": "We may sell your data.", "b": ""}))
    arguments = ["measure", str(source), str(tmp_path / "out"), "--measures", "vagueness", "--workers", "1"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'out'}: 2 policies (1 of them not measured, see policies.note) in 1 parts\n"
    assert "policies/s" in err and "2/2" in err

    (tmp_path / "taken").write_text("")
    arguments[2] = str(tmp_path / "taken" / "out")
    assert main(arguments) == 1
    assert "cannot write: Not a directory; nothing was measured" in capsys.readouterr().err
    arguments[2] = str(tmp_path)
    assert main(arguments) == 1
    assert "holds other files and no manifest.json" in capsys.readouterr().err


def test_importing_the_package_does_not_import_dask():
    code = "import sys, policytools; sys.exit(any(name in sys.modules for name in ('dask', 'distributed', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
