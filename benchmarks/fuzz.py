"""Hostile files from end to end: no crash but a clear ValueError, no hang, no visible word that is in no block.

    python benchmarks/fuzz.py --texts FOLDER [-n 5000] [--seed 1] [--kinds html,markdown,...] [--keep FOLDER]

FOLDER holds files of any format, which are cut, mixed and damaged; others are made here. Each file is read, cut into
sentences, measured and coded in a worker process with a limit of time. Words are compared with those
outside of what the HTML standard hides; in Markdown markdown-it makes the HTML. --keep writes the files that failed.
"""

from __future__ import annotations

import argparse
import email
import multiprocessing
import random
import re
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from linear_time import one_page
from markdown_it import MarkdownIt
from tqdm import tqdm

import policytools as pt

MARKUP = {
    "html": "<p> </p> <div> </div> <ul> <li> </li> <table> <tr> <td> </td> </table> <h2> </h2> <b> </b> <br> <br/> <a~href='x> </a> "
    "<!-- --> <!--> <script> </script> <style> </style> <svg> </svg> <math> <select> <option> </select> <textarea> </textarea> <iframe> "
    "</iframe> <noscript> </noscript> <template> </template> <object> <embed> <video> <head> </head> <head/> <title> </title> <body> "
    "</body> </html> <form> <button> </button> <details> <summary> </summary> <nav> </nav> <footer> <p/> <p~class=\"x\"~id=y> <![CDATA[ "
    "]]> <?x ?> <!doctype~html> &amp; &lt; &#0; &#x110000; &nosuch; &copy < > <> </> <1 <a< \"> ' &# \0 <x-y> </x-y> <frameset> <plaintext>",
    "markdown": "# ## - * + 1. > ``` ~~~ ` ** __ _ ~~ | --- === [ ] ( ) ](x) ![ [^1] [a]: <br> <div> </div> <!-- --> <script> </script> "
    "<?x <![CDATA[ <b> </b> \\ \\* &amp; &nosuch; <http://a.org> |-|-| : \t ~~~~ ~~~~~~~~ <table> <td> • ·x -x \0 \ufeff",
    "text": "- * • · 1. a) (i) | || \t . , ; : ? ! ... # > [ ] ( ) \" ' “ ” – — / \\ \0 \x0c \x0b \x85 \u2028 \xa0 \u200b \u0301 \u202e "
    "\ufeff \ud800 ﬁ Ã© â€™ a@b.org www.a.org http:// 5.1.2 U.S. e.g. No. CO₂ m² ½ ① ١ 漢字 ภาษา 😀 \ufffd \U000e0001",
}  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "cp1251", "koi8-r",
             "gb18030", "big5", "shift_jis", "euc-kr", "mac-roman", "iso-8859-2", "cp037", "cp874", "iso2022_jp"]  # fmt: skip
ENDINGS = {"html": "html", "markdown": "md", "text": "txt", "pdf": "pdf", "mhtml": "mhtml"}
PHRASES = ["We may share your personal data with partners.", "We keep it for 30 days, e.g. in the U.S.; you can ask us to delete it.",
           "Privacy Policy", "What we collect:", "your name;", "You have the right to object.", "Sie haben das Recht."]  # fmt: skip
HIDDEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(script|style|textarea)\b.*?</\1", re.DOTALL | re.IGNORECASE
)


# ---------------------------------------------------------------- made files


def mixed(draw: random.Random, kind: str) -> str:
    """Words that occur once, phrases of policies, and pieces of markup, at times many of one piece."""
    marks = [mark.replace("~", " ") for mark in MARKUP[kind].split(" ")]
    pieces = []
    for number in range(draw.choice([5, 20, 60, 200])):
        word = f"word{number}x"
        pieces.append(draw.choice([word, word, draw.choice(PHRASES), *draw.choices(marks, k=3)]))
        if draw.random() < 0.02:
            pieces[-1] *= draw.choice([2, 50, 3000])
        pieces.append(draw.choice(["", " ", " ", "\n", "\n\n", "\r\n", "  \n", "    "]))
    return "".join(pieces)


def made(draw: random.Random, kind: str) -> bytes:
    if kind == "pdf":
        shown = [
            text.encode("cp1252", "replace") for text in draw.choices([*PHRASES, "word1x", "(", "\\"], k=9)
        ]
        operators = [b"(%s) Tj T* ", b"[(%s) -500] TJ ", b"1 0 0 1 40 300 Tm (%s) Tj ", b"0 1 -1 0 300 40 Tm (%s) Tj ",
                     b"/R 0 Tf (%s) Tj ", b"q 9e9 0 0 1 0 0 cm (%s) Tj ", b"BT (%s) ' ET ", b"3 Tr (%s) Tj "]  # fmt: skip
        content = b"".join(draw.choice(operators) % text for text in shown)
        return one_page(b"BT /R 12 Tf 14 TL 40 700 Td " + content + b"ET")
    if kind == "mhtml":
        page = mixed(draw, "html").encode("utf-8", "replace")
        head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        return head + page + draw.choice([b"\r\n--b--", b""])
    return mixed(draw, kind).encode("utf-8", "surrogatepass" if draw.random() < 0.1 else "replace")


def damaged(draw: random.Random, data: bytes, other: bytes) -> bytes:
    """The data cut, repeated, with wrong bytes, or with a part of another file inside."""
    data = data[:60_000]
    for _ in range(draw.randint(1, 4)):
        a, b = sorted(draw.choices(range(len(data) + 1), k=2))
        change = draw.randrange(6)
        if change == 0:
            data = data[:b]
        elif change == 1:
            data = data[:a] + data[b:]
        elif change == 2:
            data = data[:a] + draw.randbytes(draw.choice([1, 4, 40])) + data[a:]
        elif change == 3:
            data = data[:b] + other[:2_000] + data[b:]
        elif change == 4:
            data = data[:a] + data[a:b][:30] * draw.choice([2, 300]) + data[b:]
        else:
            data = data.replace(
                *draw.choice(
                    [(b">", b""), (b"\n", b"\r"), (b" ", b""), (b"\n", b" "), (b"/", b"<!--"), (b"e", b"\0")]
                )
            )
    return data or b"x"


def file_of(number: int, seed: int, kinds: list[str], seeds: list[Path]) -> tuple[str, bytes]:
    """Name and content of a file; the same number and seed give the same file."""
    draw = random.Random(f"{seed}-{number}")
    kind = draw.choice(kinds)
    if kind == "damaged":
        path, other = draw.choice(seeds), draw.choice(seeds)
        return f"{number}{path.suffix}", damaged(draw, path.read_bytes(), other.read_bytes())
    if kind == "encoded":
        like = draw.choice(list(MARKUP))
        data = mixed(draw, like).encode(draw.choice(ENCODINGS), "ignore")
        return f"{number}.{ENDINGS[like]}", (
            data if draw.random() < 0.7 else damaged(draw, data, data)
        ) or b"x"
    data = made(draw, kind)
    if draw.random() < (0.8 if kind == "pdf" else 0.1):
        data = damaged(draw, data, made(draw, kind))
    return f"{number}.{ENDINGS[kind]}", data


# ---------------------------------------------------------------- words that must be in a block

# By the HTML standard comments, these elements and tags go on to the end of the page if nothing closes them. In SVG the
# elements are like others, and a page inside a frame is one of its own: a word counts as visible if it is so in every way of
# reading.
NO_TEXT = (
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?=[^a-z]))[^>]*(?:>|\Z)"
    r"|</?[a-z](?:[^>=]|=\s*(?:\"[^\"]*\"|'[^']*'|(?![\"'\s])))*+(?:>|(?:=\s*[\"'].*)?\Z)"
)
RAW = r"<({})(?=[\s/>]).*?(?:</\1(?=[\s/>])[^>]*>|\Z)|"
RAW_TAGS = "script|style|title|textarea|xmp"
FRAME_TAGS = "iframe|noscript|noembed|noframes"
NOT_SHOWN = [
    re.compile(raw + NO_TEXT, re.DOTALL | re.IGNORECASE)
    for raw in (RAW.format(f"{RAW_TAGS}|{FRAME_TAGS}"), RAW.format(RAW_TAGS), "")
]


def lost(source: str, format: str, blocks: str) -> list[str]:
    """Made-up words of the source that are in no block.

    In Markdown a word counts as visible if it is so with and without what comments and scripts hide: where they cross
    each other, parsers differ.
    """
    sources = [source, HIDDEN.sub(" ", source)] if format == "markdown" else [source]
    if format == "markdown":
        sources = list(map(MarkdownIt("commonmark", {"html": True}).enable("table").render, sources))
    if format != "text":
        sources = [hidden.sub("", page) for page in sources for hidden in NOT_SHOWN]
    words = [dict.fromkeys(re.findall(r"word\d+x", shown)) for shown in sources]
    read = re.sub(r"[^a-z0-9]", "", blocks.lower())
    return [word for word in words[0] if all(word in more for more in words) and word not in read]


# ---------------------------------------------------------------- the product at work


@cache
def codebook() -> pt.Codebook:
    return pt.load_codebook("printing")


def page_of(data: bytes) -> bytes:
    """The page of an MHTML file; other files as they are."""
    if b"MIME-Version" not in data[:200]:
        return data
    parts = [part for part in email.message_from_bytes(data).walk() if part.get_content_type() == "text/html"]
    return parts[0].get_payload(decode=True) if parts else b""


def verdict(path: Path) -> str:
    """ "" if all went well, else what went wrong."""
    try:
        corpus = pt.read_policies([path])
    except ValueError as error:
        return "" if path.name in str(error) else f"ValueError that does not name the file: {error}"
    sentences = corpus.sentences
    pt.readability(sentences)
    pt.vagueness(sentences)
    try:
        pt.term_frequencies(sentences)
    except ValueError as error:
        if "no term is left" not in str(error):
            raise
    pt.coverage(pt.code_sentences(sentences, codebook()), codebook(), corpus.policies)
    format = corpus.policies["format"].iloc[0]
    try:
        source = page_of(path.read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    words = lost(source, format, " ".join(corpus.blocks["text"])) if format != "pdf" else []
    return f"lost words in {format}: {' '.join(words[:5])}" if words else ""


def work(pipe: Connection, limit: float) -> None:
    warnings.simplefilter("ignore")
    while True:
        path = pipe.recv()
        # Ends the process, also within a search that Python cannot interrupt. Other work of the machine does not count.
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        try:
            pipe.send(verdict(path))
        except Exception as error:  # noqa: BLE001
            place = [
                frame
                for frame in traceback.extract_tb(error.__traceback__)
                if "policytools" in frame.filename
            ][-1]
            pipe.send(
                f"{type(error).__name__} in {Path(place.filename).name}, {place.name}: {str(error)[:100]}"
            )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--texts", type=Path, required=True)
    asked.add_argument("-n", type=int, default=5_000)
    asked.add_argument("--first", type=int, default=0, help="number of the first file")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kinds", default="html,markdown,text,pdf,mhtml,encoded,damaged")
    asked.add_argument("--limit", type=float, default=10, help="seconds of processor time for a file")
    asked.add_argument("--keep", type=Path, help="write the files that failed to this folder")
    asked = asked.parse_args()
    seeds = sorted(path for path in asked.texts.rglob("*") if path.is_file())
    found: Counter[str] = Counter()
    worker = None
    codebook()  # once, before the workers are forked
    with tempfile.TemporaryDirectory() as folder:
        for number in tqdm(range(asked.first, asked.first + asked.n), mininterval=5):
            if worker is None:
                pipe, theirs = multiprocessing.Pipe()
                worker = multiprocessing.get_context("fork").Process(
                    target=work, args=(theirs, asked.limit), daemon=True
                )
                worker.start()
                theirs.close()
            name, data = file_of(number, asked.seed, asked.kinds.split(","), seeds)
            path = Path(folder) / name
            path.write_bytes(data)
            pipe.send(path)
            try:
                answer = pipe.recv()
            except EOFError:
                worker.join()
                answer = f"the process ended with code {worker.exitcode} (-26: it needed over {asked.limit:g} seconds)"
                worker = None
            if answer:
                found[re.sub(r"\d+", "#", answer)[:120]] += 1
                print(f"{name}: {answer}", flush=True)
                if asked.keep:
                    asked.keep.mkdir(parents=True, exist_ok=True)
                    (asked.keep / name).write_bytes(data)
            path.unlink()
    print(f"{asked.n} files, {sum(found.values())} failures")
    for kind, n in found.most_common():
        print(f"{n:6} {kind}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
