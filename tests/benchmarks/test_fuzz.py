"""The two benchmarks of hostile text: their files, their words, and each step on text without blanks."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from policytools.reading.files import read_document
from policytools.text.sentences import block_units
from policytools.text.tokens import tokenize

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
STEPS = ["normalise", "read file", "read text", "read markdown", "read html text", "read pdf", "corpus", "row units",
         "readability", "structure", "vagueness", "terms", "kwic", "collocations", "shared text", "coding", "table"]  # fmt: skip


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_the_same_number_gives_the_same_file(script, tmp_path):
    file_of = script("fuzz").file_of
    (tmp_path / "a.md").write_text("# Privacy\n\nWe keep it.", encoding="utf-8")
    kinds, seeds = ["html", "markdown", "text", "pdf", "mhtml", "encoded", "damaged"], [tmp_path / "a.md"]
    files = [file_of(number, 1, kinds, seeds) for number in range(30)]
    assert files == [file_of(number, 1, kinds, seeds) for number in range(30)]
    assert {Path(name).suffix for name, _ in files} == {".html", ".md", ".txt", ".pdf", ".mhtml"}
    assert all(data for _, data in files)


@pytest.mark.parametrize(
    ("source", "format", "expected"),
    [
        ("word1x word2x", "text", ["word2x"]),
        ("*word2x* [word1x](word3x)\n\n<!-- word4x -->\n<script>word5x</script>", "markdown", ["word2x"]),
        (
            "<title>word3x</title><p title=word4x>wo<b>rd2x</b> word1x<style>word5x</style>",
            "html",
            ["word2x"],
        ),
        (
            "<p>word2x<textarea><!-- </textarea>word3x--><a title='>word4x'>word5x<!-- word6x",
            "html",
            ["word2x", "word5x"],
        ),
        (
            "word2x <iframe><script></iframe>word3x</script>word4x<a href='>word5x",
            "html",
            ["word2x", "word4x"],
        ),
    ],
)
def test_words_that_are_in_no_block(script, source, format, expected):
    assert script("fuzz").lost(source, format, "Word1x.") == expected


def test_a_file_is_read_measured_and_judged(script, tmp_path):
    fuzz = script("fuzz")
    for name, data in [("a.txt", b"We may sell word1x."), ("b.pdf", b"nothing"), ("c.md", b"* * *")]:
        (tmp_path / name).write_bytes(data)
        assert fuzz.verdict(tmp_path / name) == ""


@pytest.mark.parametrize("step", STEPS)
def test_each_step_takes_text_without_blanks(script, step):
    # A step of quadratic time would take minutes.
    pieces = [
        "-" * 40_000,
        "ab." * 12_000,
        "?" * 40_000,
        "(" * 40_000,
        "data:image/png;base64," + "A+/" * 12_000,
    ]
    try:
        script("linear_time").STEPS[step](" ".join([*pieces, "We may sell the data of a@example.org."]))
    except ValueError as error:
        assert "no term" in str(error) or "no pair" in str(error)


def test_what_is_behind_a_long_piece_is_found():
    text = f"We keep {'!-' * 20_000} a@example.org. You may see www.example.org/a."
    assert [token for token, kind in tokenize(text) if kind != "word"] == [
        "a@example.org",
        "www.example.org/a.",
    ]
    assert [unit[0] for unit in block_units("paragraph", text)] == ["sentence", "sentence"]
    assert read_document(text.encode(), name="a.txt").blocks[0].text == text
