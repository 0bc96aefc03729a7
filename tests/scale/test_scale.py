"""Large corpora: the same rows as in memory, whatever happens on the way."""

from __future__ import annotations

import errno
import gzip
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

import policytools as pt
from policytools.__main__ import main

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from policytools import scale
from policytools.scale.frames_of_part import Measurer
from policytools.scale.process import Measured, ProcessError, Setup, measure_part, versions
from policytools.scale.results import Destination
from policytools.scale.sources import RawPolicy, Source

MEASURE = importlib.import_module("policytools.scale.measure")  # `scale.measure` is the function

TOPICS = [
    "We collect your name, your e-mail address and the IP address of your device when you visit our website.",
    "We may share some of your personal information with service providers, from time to time, as needed.",
    "You have the right to access, correct or delete your personal data; write to privacy@example.org.",
    "We keep your account data for 30 days after you close your account, and log files for one year.",
    "Our website uses cookies. You can refuse cookies in the settings of your browser at any time.",
    "We do not knowingly collect personal information from children under 13. We never sell your data.",
    "We will post changes to this privacy policy on this page and notify you by e-mail if they matter.",
]
TEXTS = {
    f"policy-{i}": "# Privacy policy\n\n"
    + "\n\n".join(f"## Part {j}\n\n{TOPICS[(i * j + i) % 7]} {TOPICS[(i + 2 * j) % 7]}" for j in range(1, 4))
    for i in range(8)
}
KEYS = {
    "policies": ["policy_id"],
    "readability": ["policy_id"],
    "coverage": ["policy_id", "item"],
    "codings": ["policy_id", "item", "sentence_id", "start"],
    "vagueness": ["policy_id", "category"],
    "terms": ["policy_id", "term"],
    "shingles": ["policy_id"],
}


def table(texts: dict[str, str], **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"policy_id": list(texts), "text": list(texts.values()), "format": "markdown", **columns}
    )


def write_lines(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_json(path, orient="records", lines=True)
    return path


def setup(*measures: str, codebook: str = "", **limits: float) -> Setup:
    limits = {"time_limit": 60, "memory_limit": 2**31} | limits
    return Setup(measures, "c.toml", codebook, versions(), run_id=os.urandom(4).hex(), **limits)


def documents(source: Path, **options) -> list[RawPolicy]:
    options = {"text": "text", "policy_id": "policy_id", "format": None, "max_bytes": 10**6} | options
    return list(Source(source, **options).documents())


def in_order(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame.sort_values(keys, ignore_index=True)


def rows_of(folder: Path) -> dict[str, list[str]]:
    """Names of the Parquet files of each frame."""
    return {
        part.name: sorted(file.name for file in part.iterdir())
        for part in folder.iterdir()
        if part.is_dir() and part.name != "parts"
    }


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


# ---------------------------------------------------------------- the same as in memory


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


def test_every_kind_of_source_gives_the_same_documents(tmp_path):
    frame = table(TEXTS, vendor=["V\nV", *"bcdefgh"])
    frame.to_parquet(tmp_path / "a.parquet", row_group_size=3)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    write_lines(tmp_path / "a.jsonl", frame)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    (tmp_path / "tables").mkdir()
    frame[:5].to_parquet(tmp_path / "tables" / "part-0.parquet")
    frame[5:].to_parquet(tmp_path / "tables" / "part-1.parquet")
    (tmp_path / "tables" / "README.md").write_text("Of the tables.")
    expected = list(zip(frame["policy_id"], frame["text"], frame["vendor"], frame["format"]))
    for name in ("a.parquet", "a.csv", "a.tsv", "a.jsonl", "a.jsonl.gz", "tables"):
        found = documents(tmp_path / name)
        assert [(d.policy_id, d.text, d.given["vendor"], d.given["format"]) for d in found] == expected, name
        assert not any(d.refused for d in found)


def test_a_folder_of_files_is_read_as_read_policies_reads_it(tmp_path):
    for name, text in zip(("b/x.md", "a/x.md", "a/y.txt", "z.html", "a-b/w.md"), TEXTS.values()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<html><body><p>{text}</p></body></html>" if name == "z.html" else text)
    (tmp_path / "index.csv").write_text("policy_id,text\n")
    found = documents(tmp_path)
    corpus = pt.read_policies(tmp_path)
    measured = Measurer(setup("vagueness")).measure(found, {})
    (tmp_path / "p.parquet").write_bytes(measured.frames["policies"])
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "p.parquet"), corpus.policies)
    assert corpus.policies["policy_id"].tolist() == ["a/x.md", "y", "w", "b/x.md", "z"]


def test_parts_depend_on_the_source_alone_and_long_texts_make_short_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("policytools.scale.sources.PART_BYTES", 300)
    source = write_lines(
        tmp_path / "a.jsonl", table({"long": "We share data. " * 40, **dict.fromkeys("abcd", "No.")})
    )
    twice = [
        list(Source(source, text="text", policy_id="policy_id", format=None, max_bytes=10**6).parts(3))
        for _ in range(2)
    ]
    assert [len(part.documents) for part in twice[0]] == [1, 3, 1]
    assert [part.digest for part in twice[0]] == [part.digest for part in twice[1]]
    assert len({part.digest for part in twice[0]}) == 3


# ---------------------------------------------------------------- poison


def test_poisonous_rows_become_rows_with_the_reason(tmp_path):
    lines = [
        {"policy_id": "good", "text": "We never sell your data to anyone."},
        {"policy_id": "empty", "text": "  "},
        {"policy_id": "number", "text": 7},
        {"policy_id": "huge", "text": "word " * 10_000},
        {"policy_id": "half \ud800", "text": "We keep half \ud800 a character."},
        {"policy_id": "good", "text": "We sell your data."},
        {"policy_id": None, "text": "We sell your data."},
        {"policy_id": "format", "text": "We sell your data.", "format": "docx", "note": "from a friend"},
        {"policy_id": "nulls", "text": "\0\0We never\0 sell your data."},
        {"policy_id": "german", "text": "Wir geben Ihre personenbezogenen Daten niemals ohne Ihre Einwilligung an Dritte weiter, "
         "und Sie haben jederzeit das Recht auf Auskunft."},
        {"policy_id": "nested", "text": "<div>" * 4000 + "We never sell your data." + "</div>" * 4000, "format": "html"},
        {"policy_id": "blanks", "text": "- - - \n ***"},
    ]  # fmt: skip
    source = tmp_path / "policies.jsonl"
    source.write_text("\n".join([*map(json.dumps, lines), "{broken", '["no object"]', '"' + "x" * 2_000_000]))
    found = documents(source, max_bytes=49_000)
    measured = Measurer(setup("vagueness", "readability")).measure(found, {})
    frames = {}
    for name, content in measured.frames.items():
        (tmp_path / "frame.parquet").write_bytes(content)
        frames[name] = pd.read_parquet(tmp_path / "frame.parquet")
    policies = frames["policies"].set_index("policy_id")
    reasons = policies.loc[policies["note"].str.contains("not measured: "), "note"]
    assert {name: note.split("not measured: ")[1] for name, note in reasons.items()} == {
        "empty": "column 'text' is empty or not a text",
        "number": "column 'text' is empty or not a text",
        "huge": "50,000 bytes, more than max_bytes=49,000",
        "good (policies.jsonl, line 6)": "policy_id 'good' stands in an earlier place too",
        "policies.jsonl, line 7": "column 'policy_id' is empty",
        "format": "format 'docx' is not one of text, markdown, html",
        "policies.jsonl, line 13": reasons["policies.jsonl, line 13"].removeprefix("not measured: "),
        "policies.jsonl, line 14": "not a JSON object",
        "policies.jsonl, line 15": "too many bytes, more than max_bytes=49,000",
    }
    assert reasons["policies.jsonl, line 13"].startswith("not measured: not JSON: ")
    assert reasons["format"].startswith("from a friend; ")
    assert measured.n_policies == len(policies) == 15 and measured.n_not_measured == 9
    assert policies.loc["german", "language"] == "de" and "not English" in policies.loc["german", "note"]
    assert (
        {"good", "half ?", "nulls", "german"}
        <= set(frames["readability"]["policy_id"])
        <= set(policies.index.difference(reasons.index))
    )


def test_poisonous_files_become_rows_with_the_reason(tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("We sell your data.")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "empty.html").write_bytes(b"")
    (folder / "good.txt").write_text("We never sell your data.")
    (folder / "huge.txt").write_bytes(b"a " * 600_000)
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "nowhere.txt").symlink_to(tmp_path / "nothing.txt")
    (folder / "truncated.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    measured = Measurer(setup("vagueness")).measure(documents(folder), {})
    (tmp_path / "frame.parquet").write_bytes(measured.frames["policies"])
    notes = pd.read_parquet(tmp_path / "frame.parquet").set_index("policy_id")["note"]
    for name, said in {
        "binary": "binary file?",
        "empty": "empty",
        "huge": "1,200,000 bytes, more than max_bytes=1,000,000",
        "link": "a link that leaves the folder",
        "nowhere": "a link that leaves",
        "truncated": "PDF",
    }.items():
        assert notes[name].startswith("not measured: ") and said in notes[name], name
    assert "not measured" not in notes["good"]
    assert measured.n_not_measured == 6


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


# ---------------------------------------------------------------- workers die, disks fill up, people stop


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

    write, put = Destination.write, Path.write_bytes

    def interrupted(self, part, measured):
        if len(self.notes) == 1:
            raise KeyboardInterrupt
        write(self, part, measured)

    with monkeypatch.context() as patch:
        patch.setattr(Destination, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run()
    first = only_whole_parts(1)

    def full(self, content):
        if "vagueness" in self.parts and "00002" in self.name:
            put(self, content[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return put(self, content)

    (out / "policies" / "part-00001.parquet").write_bytes(b"of a part that was being written")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
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
    with pytest.raises(ValueError, match="the text of part 0 has changed in the source since it was measured"):
        run()
    write_lines(source, table({**TEXTS, "more": "We sell your data."}))
    with pytest.raises(ValueError, match="another run .source was"):
        run()
    only_whole_parts(4)


# ---------------------------------------------------------------- errors before work, the command


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


def test_what_is_no_source(tmp_path):
    for name, content, message in (
        ("a.xlsx", b"x", "the name must end in"),
        ("a.parquet", b"no parquet", "not readable as Parquet"),
        ("a.csv", b"id,text\na,b\n", "policy_id='policy_id' is not one of its columns: id, text"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"policy_id": "a", "text": "b"}\n' * 50)[:40],
            "breaks off or is damaged",
        ),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=message):
            documents(tmp_path / name)
    with pytest.raises(ValueError, match="holds tables of several kinds, a.csv, a.jsonl.gz, a.parquet"):
        documents(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        documents(tmp_path / "nothing")


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
