"""Time of the whole analysis of a policy, by stage, against textstat's ten formulas on the raw text.

    python benchmarks/analysis.py [--texts FOLDER] [--documents N] [--lines N] [--seed N]
                                  [--peers PYTHON] [--start]

Documents are made of whole sections (heading and text) of data/raw and of each FOLDER, drawn from several
texts, so that no two are alike and both sides read them for the first time. Only the caches for word types
and for pieces of text between spaces are warm, because the texts that the sections come from were analysed
before. Documents are analysed in parts of 50, as in a large study. Times are processor time of one core.
textstat gets each document's raw text, as in the file. With ``--lines`` a document is N lines drawn from the
texts instead of whole sections.

``--peers`` names the Python of an environment with TextDescriptives and textacy; it times their readability on the
same documents, with a blank English spaCy pipeline. ``--start`` times the import and ``load_corpus`` in fresh processes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from readability import by_textstat

import policytools as pt
from policytools.measures import readability as readability_of
from policytools.text import sentences as segmentation

RAW = Path(__file__).parents[1] / "data" / "raw"
HEADING = re.compile(r"^(?=#{1,6} |\*\*[^*\n]+\*\*\s*$)|^(?=\S.*\n(?:===+|---+)[ \t]*$)", re.MULTILINE)
PART = 50
CODEBOOK = pt.load_codebook("printing")  # once, as in a study: what is prepared for its rules stays with it
N_TEXTSTAT = 40  # documents are alike enough in kind for textstat to be timed on some of them


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--texts", type=Path, action="append", help="a folder of .txt or .md files, beside data/raw"
    )
    parser.add_argument("--documents", type=int, default=200, help="how many documents are made (200)")
    parser.add_argument(
        "--lines", type=int, help="make each document of so many lines, instead of whole sections"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--peers", type=Path, help="Python of an environment with textdescriptives and textacy"
    )
    parser.add_argument("--start", action="store_true", help="time import and load_corpus in fresh processes")
    options = parser.parse_args()
    folders = [RAW, *(options.texts or [])]
    files = sorted(file for folder in folders for file in folder.iterdir() if file.suffix in {".txt", ".md"})
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    if options.lines:
        documents = of_lines(texts, options.documents, options.lines, options.seed)
    else:
        documents = recombined(texts, options.documents, options.seed)
    size = sum(len(text.encode()) for text in documents) / len(documents)
    print(
        f"{len(texts)} texts, {len(documents)} documents of {size / 1000:.1f} KB on average, seed {options.seed}\n"
    )

    warnings.simplefilter("ignore", UserWarning)  # of recombined policies some are partly in another language
    for part in parts(texts):
        analyse(part)
    by_textstat(texts[0])
    stages: Counter[str] = Counter()
    rivals: Counter[str] = Counter()
    sample = set(random.Random(options.seed).sample(range(len(documents)), min(N_TEXTSTAT, len(documents))))
    n = 0
    for part in parts(documents):  # both sides in turn, so that they meet the same machine
        stages.update(analyse(part))
        for text in part:
            if n in sample:
                rivals["textstat"] += timed(lambda text=text: by_textstat(text))[0]
                rivals["bytes"] += len(text.encode())
            n += 1
    per_byte = rivals["textstat"] / rivals["bytes"]
    report(stages, per_byte * size, len(documents), size)
    if options.peers:
        against_peers(options.peers, documents[: 2 * PART], per_byte)
    if options.start:
        report_start()


def recombined(texts: list[str], n: int, seed: int) -> list[str]:
    """Documents of whole sections drawn from three texts each, about as long as the texts are."""
    draw = random.Random(seed)
    sections = [[part for part in HEADING.split(text) if part.strip()] for text in texts]
    documents = []
    for _ in range(n):
        length = len(draw.choice(texts))
        pool = [section for own in draw.sample(sections, min(3, len(sections))) for section in own]
        draw.shuffle(pool)
        document = ""
        for section in pool:
            document += section.rstrip() + "\n\n"
            if len(document) >= length:
                break
        documents.append(document)
    return documents


def of_lines(texts: list[str], n: int, n_lines: int, seed: int) -> list[str]:
    """Documents of lines that are not blank, drawn from all texts without replacement."""
    draw = random.Random(seed)
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    return ["\n\n".join(draw.sample(lines, min(n_lines, len(lines)))) for _ in range(n)]


def parts(documents: list[str]) -> list[list[str]]:
    return [documents[i : i + PART] for i in range(0, len(documents), PART)]


def analyse(documents: list[str]) -> dict[str, float]:
    """Seconds of each stage for the documents, from their bytes to the last frame."""
    frame = pd.DataFrame({"policy_id": [f"d{i}" for i in range(len(documents))], "text": documents})
    frame["format"] = "markdown"
    codebook = CODEBOOK
    seconds: dict[str, float] = {}

    def stage(name: str, work: Callable[[], Any]) -> Any:
        seconds[name], result = timed(work)
        return result

    corpus = stage("read, clean, segment", lambda: pt.corpus_from_texts(frame))
    stage("readability", lambda: pt.readability(corpus.sentences))
    codings = stage("code 63 items", lambda: pt.code_sentences(corpus.sentences, codebook))
    stage("coverage", lambda: pt.coverage(codings, codebook, corpus.policies))
    stage("term counts", lambda: pt.term_frequencies(corpus.sentences))
    stage("vagueness", lambda: pt.vagueness(corpus.sentences))
    return seconds


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def report(stages: Counter[str], textstat: float, n: int, size: float) -> None:
    total = sum(stages.values()) / n
    print("| stage | ms a policy | share |\n| --- | --- | --- |")
    for name, seconds in stages.items():
        print(f"| {name} | {1000 * seconds / n:.1f} | {seconds / n / total:.0%} |")
    print(f"| **the whole analysis** | {1000 * total:.1f} | 100% |")
    print(f"| textstat, ten formulas on the raw text | {1000 * textstat:.1f} | |")
    print(
        f"\nratio {textstat / total:.2f}; {1 / total:.1f} policies and {size / total / 1e6:.2f} MB a second and core\n"
    )


# --- other packages, in an environment of their own

_PEERS = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import spacy, textacy, textdescriptives
from textacy import text_stats
texts = json.load(sys.stdin)
full = spacy.blank("en"); full.add_pipe("sentencizer"); full.add_pipe("textdescriptives/readability")
plain = spacy.blank("en"); plain.add_pipe("sentencizer")
NAMES = ["automated_readability_index", "coleman_liau_index", "flesch_kincaid_grade_level", "flesch_reading_ease",
         "gunning_fog_index", "lix", "smog_index"]
def descriptives(text):
    return full(text)._.readability
def with_textacy(text):
    doc = plain(text)
    return {name: getattr(text_stats.readability, name)(doc) for name in NAMES}
for name, work in (("TextDescriptives " + textdescriptives.__version__, descriptives),
                   ("textacy " + textacy.__version__, with_textacy)):
    for text in texts[:3]:
        work(text)
    start = time.process_time()
    for text in texts[3:]:
        try:
            work(text)
        except Exception as error:
            print(name, repr(error), file=sys.stderr); break
    print(json.dumps([name, time.process_time() - start]))
"""


def against_peers(python: Path, documents: list[str], textstat_per_byte: float) -> None:
    """Readability only; each package cuts the texts into sentences itself."""
    size = sum(len(text.encode()) for text in documents[3:])
    readability_of(cut(documents[:3]))
    seconds, _ = timed(lambda: readability_of(cut(documents[3:])))
    table = [("policytools, ten formulas", seconds)]
    run = subprocess.run(
        [python, "-c", _PEERS], input=json.dumps(documents), capture_output=True, text=True, check=False
    )
    if run.returncode or run.stderr.strip():
        print(run.stderr[-2000:], file=sys.stderr)
    table += [tuple(json.loads(line)) for line in run.stdout.splitlines() if line.startswith("[")]
    table.append(("textstat, ten formulas", textstat_per_byte * size))
    print("| readability alone | ms a policy | policytools is faster by |\n| --- | --- | --- |")
    for name, own in table:
        print(f"| {name} | {1000 * own / (len(documents) - 3):.1f} | {own / seconds:.1f} |")
    print()


def cut(documents: list[str]) -> pd.DataFrame:
    rows = [
        (str(i), "sentence", sentence)
        for i, text in enumerate(documents)
        for line in text.splitlines()
        for sentence in segmentation.split_sentences(line.strip())
    ]
    return pd.DataFrame(rows, columns=["policy_id", "kind", "text"])


# --- fresh processes

_STARTS = {
    "import policytools": "import policytools",
    "import pandas (for comparison)": "import pandas",
    'load_corpus("data"), pandas imported before': "import pandas, policytools as pt; START; pt.load_corpus('data')",
    'import and load_corpus("data")': "START; import policytools as pt; pt.load_corpus('data')",
    'load_corpus("data") a second time': "import policytools as pt; pt.load_corpus('data'); START; pt.load_corpus('data')",
}


def report_start(repeats: int = 5) -> None:
    print("| in a fresh process | seconds (median of 5) |\n| --- | --- |")
    for name, code in _STARTS.items():
        code = code if "START" in code else f"START; {code}"
        script = f"import time; {code.replace('START', 'start = time.process_time()')}; print(time.process_time() - start)"
        runs = [
            subprocess.run(
                [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=RAW.parents[1]
            )
            for _ in range(repeats)
        ]
        print(f"| {name} | {statistics.median(float(run.stdout) for run in runs):.2f} |")


if __name__ == "__main__":
    main()
