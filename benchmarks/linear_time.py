"""Whether every step takes linear time on text without blanks, where a careless pattern takes quadratic time.

    python benchmarks/linear_time.py [--runs "-,a.a.,cookies"] [--steps "read text,terms"] [--limit 60]

Each step reads or measures a run of one piece, such as "-" or "http://", of 16, 64 and 256 KB. It prints what grew too fast
(over 6 times from 64 to 256 KB, and over a second of processor time at 256 KB), and at the end the slowest run of each
step. The exit code is 1 if something grew too fast. `shared_passages` is not among the steps: it finds the longest runs
of words that two texts share, and where one word fills both texts, these are too many.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
from tqdm import tqdm

import policytools as pt
from policytools.reading.files import read_document, read_text
from policytools.text.normalise import normalise
from policytools.text.sentences import block_units

SIZES = (16_000, 64_000, 256_000)
PIECES = [
    *"-_.[](){}*#|<>&;:,!?/\\\"'`~%1aé\t\x00\u200b\u0301\xad\ufffd·’漢",
    *["a.", "ab.", "A.", "U.S.", "e.g. ", "1.", "1-", "a-", "a'", "a@", "a@b.", "&amp;", "&#1;", "Ã©", "http://", "www.", "mailto:a@b.c,",
      "iVBORw0KGgo+/", "](", "[a](", "**a", "*a_", "<a ", "</", "<!--", "<![CDATA[", "<div>", "<p>a</p>", "<script>", "<svg>", "<?",
      "<a b='", "((a", "(a)", "(i) ", "i. ", "a ", "- a\n", "> ", "# ", "|a", "a | b\n", "a\n", "\n\n", "a-\n", "    a\n", "a:\n",
      "may ", "and/or ", "We may ", "not ", "(e.g. ", "a. A", "A. B. ", "! ", "No. ", "data ", "“a", "[email protected]", "n't", "CO₂"],
]  # fmt: skip
END = " We may collect data@example.org, see www.example.org."  # behind the run; it must be found


@cache
def codebook() -> pt.Codebook:
    return pt.load_codebook("printing")


def sentences(text: str, *, n: int = 1) -> pd.DataFrame:
    """The units of a policy: the text, and a sentence; no step before this one has cut the text."""
    rows = [
        ("a", k, k, "sentence", "", text if k < n else "We share personal data with advertising partners.", 4)
        for k in range(n + 1)
    ]
    return pd.DataFrame(
        rows, columns=["policy_id", "block_id", "sentence_id", "kind", "section", "text", "n_words"]
    )


def cells(text: str) -> pd.DataFrame:
    return pd.DataFrame({"policy_id": ["a"], "text": [text]})


def write_report(text: str) -> None:
    corpus = pt.corpus_from_texts(cells(text))
    codings = pt.code_sentences(corpus.sentences, codebook())
    with tempfile.TemporaryDirectory() as folder:
        pt.write_report(corpus, Path(folder) / "page.html", codebook=codebook(), codings=codings)


def read_pdf(text: str) -> object:
    """A PDF of one page, with the run in lines of 90 characters."""
    lines = [
        text[k : k + 90].encode("cp1252", "replace").replace(b"\\", b"\\\\") for k in range(0, len(text), 90)
    ]
    shown = b"".join(
        b"(%s) Tj T* " % line.replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b" ")
        for line in lines
    )
    return read_document(one_page(b"BT /R 9 Tf 9 TL 40 %d Td %sET" % (9 * len(lines), shown)), name="a.pdf")


def one_page(content: bytes) -> bytes:
    """A PDF whose page has this content; /R is Helvetica."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</Font<</R 3 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    tail = b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + b"".join(places) + tail


STEPS: dict[str, Callable[[str], object]] = {
    "normalise": normalise,
    "read file": lambda text: read_document(b"We collect data.\n" + text.encode("utf-8"), name="a"),
    "read text": lambda text: read_text(text, format="text"),
    "read markdown": lambda text: read_text(text, format="markdown"),
    "read html": lambda text: read_text(text, format="html"),
    "read html text": lambda text: read_text(f"<p>{text}", format="html"),
    "read pdf": read_pdf,
    "corpus": lambda text: pt.corpus_from_texts(cells(text)),
    "units": lambda text: block_units("paragraph", text),
    "row units": lambda text: block_units("table_row", text),
    "readability": lambda text: pt.readability(sentences(text)),
    "readings": lambda text: pt.reading_sensitivity(pt.corpus_from_texts(cells(text))),
    "structure": lambda text: pt.structure(sentences(text)),
    "vagueness": lambda text: pt.vagueness(sentences(text)),
    "terms": lambda text: pt.term_frequencies(sentences(text)),
    "pairs of words": lambda text: pt.term_frequencies(sentences(text), ngram=2),
    "kwic": lambda text: pt.kwic(sentences(text), "data"),
    "collocations": lambda text: pt.collocations(sentences(text, n=2), min_count=1),
    "shared text": lambda text: pt.shared_text(
        pd.concat([sentences(text), sentences(text).assign(policy_id="b")]), n=2
    ),
    "coding": lambda text: pt.code_sentences(sentences(text), codebook()),
    "table": lambda text: pt.table(cells(text))._repr_html_(),
    "explore": lambda text: pt.explore(cells(text))._repr_html_(),
    "evidence page": write_report,
}


def cpu_time() -> float:
    """Of this process and those that it started: other work of the machine does not count."""
    return sum(os.times()[:4])


def run(step: str, piece: str, answers: multiprocessing.connection.Connection) -> None:
    """The time of a step for each size."""
    warnings.simplefilter("ignore")
    for size in SIZES:
        text = piece * (size // len(piece)) + END
        begin = cpu_time()
        try:
            STEPS[step](text)
        except ValueError:
            pass  # such a text may be refused, but not slowly
        answers.send(cpu_time() - begin)


def times(step: str, piece: str, limit: float) -> list[float]:
    """Times of the sizes; infinite from where the process died or had not ended after `limit` seconds."""
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=run, args=(step, piece, theirs))
    process.start()
    theirs.close()
    found: list[float] = []
    until = time.monotonic() + limit
    try:
        while len(found) < len(SIZES) and mine.poll(max(0.0, until - time.monotonic())):
            found.append(mine.recv())
    except EOFError:
        print(f"{step} on {piece!r}: the process died")
    process.kill()
    process.join()
    return found + [math.inf] * (len(SIZES) - len(found))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--runs", type=lambda names: names.split(","), default=PIECES)
    asked.add_argument("--steps", type=lambda names: names.split(","), default=list(STEPS))
    asked.add_argument("--limit", type=float, default=60, help="seconds for the three sizes of a step")
    asked = asked.parse_args()
    for step in asked.steps:  # what a step loads once is not part of its time
        STEPS[step]("# Privacy\n\nWe share your data.")
    rows = []
    for piece in tqdm(asked.runs, mininterval=5):
        for step in asked.steps:
            small, middle, large = times(step, piece, asked.limit)
            growth = large / max(middle, 0.01) if middle < math.inf else math.inf
            rows.append((step, repr(piece), small, middle, large, growth))
            if large > 1 and growth > 6:
                print(*rows[-1][:2], *(f"{value:.2f}" for value in rows[-1][2:]), flush=True)
    frame = pd.DataFrame(rows, columns=["step", "worst run", "16 KB", "64 KB", "256 KB", "growth"])
    worst = frame.sort_values("256 KB", ascending=False, kind="stable").drop_duplicates("step")
    print(worst.round(2).to_string(index=False))
    sys.exit(bool(((frame["256 KB"] > 1) & (frame["growth"] > 6)).any()))


if __name__ == "__main__":
    main()
