"""Where quoted words are in a policy's text."""

from __future__ import annotations

import re

import pandas as pd

_BETWEEN_QUOTES = re.compile(r"\s\|\|?\s")
_ELLIPSIS = re.compile(r"\s*\[?(?:\.\.\.|…)\]?\s*")


# --- where the evidence stands


class TextPlaces:
    """The blocks of one policy, and where in them sentences and quoted words stand."""

    def __init__(self, blocks: pd.DataFrame, sentences: pd.DataFrame):
        self.blocks = blocks.to_dict("records")
        units: dict[int, list[tuple[int, str]]] = {}
        for block_id, sentence_id, text in zip(
            sentences["block_id"], sentences["sentence_id"], sentences["text"], strict=True
        ):
            units.setdefault(block_id, []).append((sentence_id, text))
        self.texts: list[str] = []
        self.sentences: list[list[tuple[int, int, int]]] = []  # for each block: sentence_id, start, end
        self.place: dict[int, tuple[int, int, str]] = {}  # sentence_id -> block, start, text
        for number, block in enumerate(self.blocks):
            own = units.get(block["block_id"], [])
            text, starts = _laid_out(block["text"], [text for _, text in own])
            self.texts.append(text)
            self.sentences.append(
                [(i, start, start + len(t)) for (i, t), start in zip(own, starts, strict=True)]
            )
            self.place.update({i: (number, start, t) for (i, t), start in zip(own, starts, strict=True)})
        self._joined = "\n".join(self.texts)
        self._starts = [0]
        for text in self.texts:
            self._starts.append(self._starts[-1] + len(text) + 1)

    def anchor(self, block: int, start: int) -> tuple[int, int]:
        """Start of the sentence that a place is in, which is what the reader is led to."""
        return block, next((s for _, s, end in self.sentences[block] if s <= start < end), 0)

    def find(self, quote: str) -> list[tuple[int, int, int]] | None:
        """Places (block, start, end) of quoted words, whatever their case, spacing and punctuation."""
        found = []
        for part in _BETWEEN_QUOTES.split(quote.strip()):
            if not part.strip():
                continue
            spans = self._span(part)
            if spans is None:  # a quote may leave words out
                pieces = [self._span(piece) for piece in _ELLIPSIS.split(part) if piece]
                if not pieces or None in pieces:
                    return None
                spans = [span for piece in pieces for span in piece or ()]
            found += spans
        return found

    def _span(self, quote: str) -> list[tuple[int, int, int]] | None:
        words = re.findall(r"[^\W_]+", quote)
        pattern = r"[\W_]+".join(map(re.escape, words))
        whole, letters = rf"(?<![^\W_]){pattern}(?![^\W_])", r"[\W_]*".join("".join(words))
        # Whole words if they are there, else part of a word, else words that layout glued or tore apart.
        tries = (re.search(attempt, self._joined, re.IGNORECASE) for attempt in (whole, pattern, letters))
        match = next(filter(None, tries), None) if words else None
        if not match:
            return None
        spans = []
        for block, text in enumerate(self.texts):
            start = max(match.start() - self._starts[block], 0)
            end = min(match.end() - self._starts[block], len(text))
            if start < end:
                spans.append((block, start, end))
        return spans


def _laid_out(block: str, sentences: list[str]) -> tuple[str, list[int]]:
    """Text of a block as it is shown, and where its sentences start in it."""
    starts, cursor = [], 0
    for sentence in sentences:
        start = block.find(sentence, cursor)
        if start < 0:  # splitting mended a space, so the sentences are shown as they were measured
            lengths = [len(sentence) + 1 for sentence in sentences]
            return " ".join(sentences), [sum(lengths[:n]) for n in range(len(sentences))]
        starts.append(start)
        cursor = start + len(sentence)
    return block, starts
