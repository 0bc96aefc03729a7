"""How much the file format moves the numbers: each policy written in five other formats, measured again.

    python benchmarks/invariance.py --texts FOLDER [-n 100] [--formats html,text,wrapped,scrape,pdf,print] [--worst 5]

FOLDER holds policies in Markdown. Each is written as (html) a page with navigation, a cookie banner and a
footer around it; (text) plain text with "- " bullets; (wrapped) the same hard-wrapped at 72 columns; (scrape)
lower-cased, one sentence a line with full stops, site navigation before and a footer after; (pdf) laid out by
fpdf2; (print) printed from a web browser, if Chromium is installed.
The texts are written by markdown-it's own HTML, not by the readers that are measured.
"""

from __future__ import annotations

import argparse
import html
import itertools
import random
import re
import subprocess
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import nupunkt
import pandas as pd
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from matplotlib.font_manager import FontProperties, findfont
from tqdm import tqdm

import policytools as pt
from policytools.measures.readability import readability

MENU = ["Home", "Products", "Pricing", "Support", "Blog", "About us", "Contact us", "Log in"]
FOOTER = ["About", "Careers", "Contact us", "Privacy policy", "Terms of service", "Follow us", "Subscribe to our newsletter",
          "© 2024 Example Ltd. All rights reserved."]  # fmt: skip
BREAK, CELL = "\u2028", "\u2029"  # between the lines of a block, the cells of a row
BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "tr",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "table",
    "thead",
    "tbody",
    "div",
}


def as_html_body(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").disable("code").render(markdown)


def lines_of(body: str) -> list[tuple[str, str]]:
    """(tag, text) of the block elements of an HTML body, as a person would copy them out."""
    root = lxml_html.fragment_fromstring(body, create_parent="div")
    for br in root.iter("br"):
        br.tail = BREAK + (br.tail or "")
    lines: list[tuple[str, str]] = []

    def emit(tag: str, marker: str, text: str) -> bool:
        parts = [" ".join(part.split()) for part in text.split(BREAK)]
        for part in filter(None, parts):
            lines.append((tag, marker + part))
            marker = ""
        return any(parts)

    def visit(element, marker: str) -> None:
        tag = element.tag
        if tag in ("ul", "ol"):
            for i, child in enumerate(element.iterchildren("li"), 1):
                visit(child, "- " if tag == "ul" else f"{i}. ")
        elif tag == "tr":
            cells = [
                [" ".join(part.split()) for part in cell.text_content().split(BREAK)] for cell in element
            ]
            # Two line ends part paragraphs: where there is layout an empty line is seen.
            texts = (re.sub(f"{BREAK}{{3,}}", 2 * BREAK, BREAK.join(cell).strip(BREAK)) for cell in cells)
            row = CELL.join(filter(None, texts))
            if row:
                lines.append((tag, row))
        else:
            loose = element.text or ""
            for child in element.iterchildren():
                if isinstance(child.tag, str) and child.tag in BLOCKS:
                    marker = "" if emit(tag, marker, loose) else marker
                    visit(child, marker if child.tag not in ("ul", "ol") else "")
                    marker, loose = "", child.tail or ""
                else:
                    loose += (child.text_content() if isinstance(child.tag, str) else "") + (child.tail or "")
            emit(tag, marker, loose)

    visit(root, "")
    return lines


def flat(text: str) -> str:
    """A row of a table on one line."""
    return re.sub(f"[{CELL}{BREAK}]+", " | ", text)


def write_html(markdown: str) -> bytes:
    links = "".join(f'<li><a href="/{i}">{entry}</a></li>' for i, entry in enumerate(MENU))
    foot = "".join(f"<li>{html.escape(entry)}</li>" for entry in FOOTER)
    return (
        "<!DOCTYPE html><html lang='en'><head><title>Privacy | Example</title><style>p{margin:0}</style></head><body>"
        f"<div id='cookie-banner'><p>We use cookies to give you the best experience on our site.</p><button>Accept all</button></div>"
        f"<header class='site-header'><a href='#main'>Skip to content</a><nav><ul>{links}</ul></nav></header>"
        f"<div class='wrap'><main id='main'><div class='content'>{as_html_body(markdown)}</div></main>"
        "<aside><h3>Related articles</h3><ul><li>Our new office</li><li>Ten tips</li></ul></aside></div>"
        f"<footer><ul>{foot}</ul></footer><script>var a = 'not text';</script></body></html>"
    ).encode()


def write_text(markdown: str) -> bytes:
    out, before = [], ""
    for tag, text in lines_of(as_html_body(markdown)):
        is_item = bool(re.match(r"\s*(?:- |\d+\. )", text))
        if not (is_item and before == "item") and not (tag == "tr" and before == "tr"):
            out.append("")
        out.append(flat(text))
        before = "item" if is_item else tag
    return "\n".join(out).strip().encode()


def write_wrapped(markdown: str) -> bytes:
    lines = []
    for line in write_text(markdown).decode().split("\n"):
        indent = "  " if line.startswith("- ") else "   " if re.match(r"\d+\. ", line) else ""
        lines += textwrap.wrap(line, 72, subsequent_indent=indent, break_long_words=False) or [""]
    return "\n".join(lines).encode()


def whole_paragraphs(read: list[tuple[str, str]]) -> list[str]:
    """Texts without marks; if each printed line became a paragraph, the lines of a sentence are joined."""
    texts = [re.sub(r"^\s*(?:- |\d+\. )", "", text) for _, text in read]
    pairs = list(itertools.pairwise(zip((tag for tag, _ in read), texts, strict=True)))
    cut = [
        a[0] == b[0] == "p"
        and len(a[1]) > 50
        and (a[1][-1].isalnum() or a[1][-1] == ",")
        and b[1][0].islower()
        for a, b in pairs
    ]
    if sum(cut) < 0.15 * len(texts):
        return texts
    whole = texts[:1]
    for inside, text in zip(cut, texts[1:], strict=True):
        if inside:
            whole[-1] += f" {text}"
        else:
            whole.append(text)
    return whole


def write_scrape(markdown: str) -> bytes:
    menu = ["".join(MENU), *MENU]
    lines = [entry.lower().rstrip(".") + "." for entry in menu * 2]
    for text in whole_paragraphs(lines_of(as_html_body(markdown))):
        for cell in flat(text).split(" | "):
            for sentence in nupunkt.sent_tokenize(cell):
                lines.append(sentence.strip().lower().rstrip(".!?:; ") + ".")
    lines += [entry.lower().rstrip(".") + "." for entry in FOOTER]
    return "\n".join(line for line in lines if line != ".").encode()


def is_high(row: list[str]) -> bool:
    """Whether a row may be higher than a page: many lines in a narrow cell."""
    return max(len(cell) * len(row) + 60 * cell.count("\n") for cell in row) > 3000


def write_pdf(markdown: str) -> bytes:
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    for weight in ("normal", "bold"):  # the built-in fonts lack bullets, curly quotes and most letters abroad
        font = findfont(FontProperties(family="DejaVu Sans", weight=weight))
        pdf.add_font("Sans", "B" if weight == "bold" else "", font)
    pdf.set_margin(20)
    pdf.add_page()
    pdf.set_font("Sans", size=10)
    size = {"h1": 18, "h2": 15, "h3": 13, "h4": 12, "h5": 11, "h6": 11}
    lines = lines_of(as_html_body(markdown))
    for is_row, group in itertools.groupby(lines, key=lambda line: line[0] == "tr"):
        if is_row:
            pdf.set_font("Sans", "", 9)
            rows = [[cell.replace(BREAK, "\n") for cell in text.split(CELL)] for _, text in group]
            for _, part in itertools.groupby(rows, key=lambda row: (len(row), is_high(row))):
                part = list(part)
                if is_high(part[0]):  # higher than a page
                    for line in (line for row in part for cell in row for line in cell.split("\n") if line):
                        pdf.multi_cell(0, 5, line, align="L", new_x="LMARGIN", new_y="NEXT")
                        pdf.ln(2)
                    continue
                with pdf.table(first_row_as_headings=False, num_heading_rows=0, text_align="LEFT") as table:
                    for row in part:
                        table.row(row)
            continue
        for tag, text in group:
            pdf.set_font("Sans", "B" if tag in size else "", size.get(tag, 10))
            item = bool(re.match(r"\s*(?:- |\d+\. )", text))
            pdf.set_x(26 if item else 20)
            if not item:
                pdf.ln(3)
            pdf.multi_cell(0, 5.5 if tag not in size else 8, text, align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def write_print(markdown: str) -> bytes:
    """What a browser prints: its own font sizes, margins, bullets, page headers and footers."""
    with tempfile.TemporaryDirectory() as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        # Chromium would download pictures; no format has the text in them.
        body = re.sub(r"<img[^>]*>", "", as_html_body(markdown))
        page.write_text(f"<!DOCTYPE html><meta charset='utf-8'><title>Privacy</title>{body}", "utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                   f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", page.as_uri()]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return printed.read_bytes()


WRITERS = {"html": ("html", write_html), "text": ("txt", write_text), "wrapped": ("txt", write_wrapped),
           "scrape": ("txt", write_scrape), "pdf": ("pdf", write_pdf),
           "print": ("pdf", write_print)}  # fmt: skip


def corpus_of(files: dict[str, tuple[str, bytes]]) -> pt.Corpus:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, data in files.values():
            paths.append(Path(folder) / name)
            paths[-1].write_bytes(data)
        return pt.read_policies(paths)


def measure(corpus: pt.Corpus, codebook) -> tuple[pd.DataFrame, pd.Series]:
    scores = readability(corpus.sentences).set_index("policy_id")
    scores["words"] = corpus.sentences.groupby("policy_id")["n_words"].sum()
    if codebook is None:
        return scores, pd.Series(dtype=bool)
    cells = pt.coverage(pt.code_sentences(corpus.sentences, codebook), codebook, corpus.policies)
    return scores, cells.set_index(["policy_id", "item"])["addressed"]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--texts", type=Path, required=True)
    asked.add_argument("-n", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--formats", default="html,text,wrapped,scrape,pdf")
    asked.add_argument("--worst", type=int, default=0, help="name the policies that moved most")
    asked.add_argument("--no-coverage", action="store_true")
    asked.add_argument("--keep", type=Path, help="write the made files to this folder too")
    asked = asked.parse_args()
    paths = sorted(asked.texts.glob("*.md"))
    paths = sorted(random.Random(asked.seed).sample(paths, min(asked.n, len(paths))))
    codebook = None if asked.no_coverage else pt.load_codebook("printing")
    texts = {path.stem: path.read_bytes() for path in paths}
    base, base_cells = measure(corpus_of({k: (f"{k}.md", v) for k, v in texts.items()}), codebook)
    rows = []
    for name in asked.formats.split(","):
        ending, write = WRITERS[name]
        files = {
            k: (f"{k}.{ending}", write(v.decode("utf-8")))
            for k, v in tqdm(texts.items(), desc=name, leave=False, mininterval=5)
        }
        if asked.keep:
            (asked.keep / name).mkdir(parents=True, exist_ok=True)
            for file, data in files.values():
                (asked.keep / name / file).write_bytes(data)
        got, cells = measure(corpus_of(files), codebook)
        change = (got["flesch_kincaid_grade"] - base["flesch_kincaid_grade"]).abs()
        words = (got["words"] / base["words"] - 1).abs()
        equal = (cells.reindex(base_cells.index) == base_cells).mean() if len(base_cells) else np.nan
        rows.append({"format": name, "n": len(base), "fkgl_median": change.median(), "fkgl_p95": change.quantile(0.95),
                     "fkgl_max": change.max(), "words_median": words.median(), "words_max": words.max(),
                     "words_within_1_percent": (words <= 0.01).mean(), "coverage_equal": equal})  # fmt: skip
        if asked.worst:
            worst = change.sort_values(ascending=False).head(asked.worst)
            print(
                name,
                {
                    k: f"{got.flesch_kincaid_grade[k] - base.flesch_kincaid_grade[k]:+.2f}"
                    for k in worst.index
                },
            )
            print(
                "   words",
                {
                    k: f"{got.words[k] / base.words[k] - 1:+.3f}"
                    for k in words.sort_values(ascending=False).head(asked.worst).index
                },
            )
            if len(base_cells):
                differ = cells.reindex(base_cells.index) != base_cells
                print(
                    "   cells",
                    differ[differ].groupby("item").size().sort_values(ascending=False).head(12).to_dict(),
                )
    print(pd.DataFrame(rows).round(4).to_string(index=False))


main()
