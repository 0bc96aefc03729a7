"""The measuring process: documents that end it, and limits."""

from __future__ import annotations

import pandas as pd
import pytest

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from large_corpora import setup

from policytools import scale
from policytools.scale.process import ProcessError, measure_part
from policytools.scale.sources import RawPolicy


def test_a_document_that_ends_or_hangs_its_process_is_left_out(tmp_path, monkeypatch):
    # Loaded by the measuring processes when they start: a reader with two faults.
    (tmp_path / "sitecustomize.py").write_text(
        "import os, time\n"
        "from policytools.reading import plain\n"
        "read = plain.read_plain\n"
        "def read_plain(text):\n"
        "    if 'exit' in text: os._exit(7)\n"
        "    if 'hang' in text: time.sleep(1000)\n"
        "    return read(text)\n"
        "plain.read_plain = read_plain\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import pickle

    texts = ["We never sell your data.", "Please exit here.", "We keep data.", "Please hang here."]
    given = [pickle.dumps(RawPolicy(f"p{i}", "", {}, text=text)) for i, text in enumerate(texts)]
    run = setup("vagueness", time_limit=5)
    try:
        measured = measure_part(given, run)
    finally:
        scale.process.close_processes(run.run_id)
    (tmp_path / "frame.parquet").write_bytes(measured.frames["policies"])
    notes = pd.read_parquet(tmp_path / "frame.parquet")["note"].tolist()
    assert notes[1] == "not measured: the process that measured it ended (exit code 7)"
    assert notes[3] == "not measured: measuring took longer than time_limit=5 seconds"
    assert "not measured" not in notes[0] + notes[2]
    assert not scale.process._processes
    with pytest.raises(ProcessError, match="the run was ended"):
        measure_part(given, run)


def test_a_process_that_cannot_work_is_no_document_s_fault():
    with pytest.raises(ProcessError, match="cannot start: .*more memory than memory_limit=1,000"):
        measure_part([], setup("vagueness", memory_limit=1000))
