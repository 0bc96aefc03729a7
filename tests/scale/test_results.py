"""What a run leaves behind if it is stopped, and how it continues."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from large_corpora import TEXTS, rows_of, table, write_lines

from policytools import scale
from policytools.scale.results import Destination


def test_stopped_runs_keep_whole_parts_and_go_on(tmp_path, monkeypatch):
    source, out = write_lines(tmp_path / "policies.jsonl", table(TEXTS)), tmp_path / "out"

    def run() -> scale.Result:
        return scale.measure(
            source, out, measures=["vagueness"], part_policies=2, n_workers=1, progress=False
        )

    def only_whole_parts(n: int) -> dict[Path, int]:
        names = [f"part-{i:05d}" for i in range(n)]
        assert sorted(path.name for path in (out / "parts").iterdir()) == [f"{name}.json" for name in names]
        assert set(map(tuple, rows_of(out).values())) == {tuple(f"{name}.parquet" for name in names)}
        return {path: path.stat().st_mtime_ns for path in out.glob("*/part-*")}

    write = Destination.write

    def interrupted(self, part, measured):
        if len(self.notes) == 1:
            raise KeyboardInterrupt
        write(self, part, measured)

    with monkeypatch.context() as patch:
        patch.setattr(Destination, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run()
    first = only_whole_parts(1)

    def full(path, mode):
        file = open(path, mode)  # noqa: SIM115 the caller closes it
        if "vagueness" in path.parts and "00002" in path.name:
            with file:
                file.write(b"half of it")
            raise OSError(errno.ENOSPC, "No space left on device")
        return file

    (out / "policies" / "part-00001.parquet").write_bytes(b"of a part that was being written")
    with monkeypatch.context() as patch:
        patch.setattr("policytools._files.open", full, raising=False)
        with pytest.raises(OSError, match="the disk is full; the 2 finished parts are kept") as error:
            run()
    assert error.value.errno == errno.ENOSPC
    second = only_whole_parts(2)
    assert {path: second[path] for path in first} == first

    assert run().n_parts == 4
    third = only_whole_parts(4)
    assert {path: third[path] for path in second} == second
    assert json.loads((out / "manifest.json").read_text())["complete"]["n_policies"] == 8
    assert sorted(scale.read_measured(out, "vagueness")["policy_id"].unique()) == sorted(TEXTS)

    with pytest.raises(ValueError, match="another run .options: part_policies was 2, is now 3"):
        scale.measure(source, out, measures=["vagueness"], part_policies=3)
    write_lines(source, table({name: text.replace("cookies", "biscuit") for name, text in TEXTS.items()}))
    with pytest.raises(
        ValueError, match="the text of part 0 has changed in the source since it was measured"
    ):
        run()
    write_lines(source, table({**TEXTS, "more": "We sell your data."}))
    with pytest.raises(ValueError, match="another run .source was"):
        run()
    only_whole_parts(4)
