"""Quoted words: whether they occur in a policy's text, and where."""

import re
from collections import defaultdict
from itertools import accumulate, chain

import pandas as pd

from policytools._frames import check_frame, in_reading_order
from policytools.coding.phrases import normalize

MAX_QUOTE = 2000  # characters; a longer unit is a text without full stops, not a sentence
_BEFORE = MAX_QUOTE // 2  # characters of a quote before the evidence
_LEFT_OUT = "[…]"
_LONGEST_WORD = 50
_BETWEEN_PASSAGES = re.compile(r"\s\|\|?\s")
_ELLIPSIS = re.compile(r"\s*\[?(?:\.\.\.|…)\]?\s*")


def quoted_passages(evidence: str) -> list[str]:
    """The passages that the evidence of a hand coding quotes.

    Examples
    --------
    >>> quoted_passages("We use cookies. || You can refuse them.")
    ['We use cookies.', 'You can refuse them.']
    """
    return [passage for part in _BETWEEN_PASSAGES.split(evidence) if (passage := part.strip())]


def quote_of(text: str, start: int) -> str:
    """The text of a unit as it is quoted for evidence that begins at `start`: whole, or cut around it.

    A cut is marked by "[…]" and made between words (inside one of more than 50 characters). Blanks behind the first
    mark keep the evidence at character 1,000 of the quote.

    Examples
    --------
    >>> quote_of("We use cookies.", 7)
    'We use cookies.'
    >>> cut = quote_of("word " * 900 + "cookies " + "word " * 900, 4500)
    >>> len(cut), cut[:9], cut[1000:1007], cut[-8:]
    (1996, '[…]  word', 'cookies', 'word […]')
    """
    if len(text) <= MAX_QUOTE:
        return text
    left, lead, end = max(start - _BEFORE, 0), "", ""
    right = left + MAX_QUOTE
    if left:
        first = left + len(_LEFT_OUT) + 1
        first = max(text.find(" ", first - 1, first + _LONGEST_WORD) + 1, first)
        lead, left = _LEFT_OUT.ljust(first - left), first
    if right < len(text):
        least = right - len(_LEFT_OUT) - 1 - _LONGEST_WORD
        end, right = f" {_LEFT_OUT}", max(text.rfind(" ", least, least + _LONGEST_WORD + 1), least)
    return f"{lead}{text[left:right]}{end}"


def span_in_quote(quote: str, start: int, end: int) -> tuple[int, int]:
    """Where evidence is in its quote, from where it is in the unit."""
    shift = start - _BEFORE if start > _BEFORE and quote.startswith(f"{_LEFT_OUT} ") else 0
    return start - shift, min(end - shift, len(quote))


def check_evidence(hand_codings: pd.DataFrame, sentences: pd.DataFrame) -> None:
    """Raise a ValueError unless each quote of the hand codings occurs in the text of its policy.

    Parameters
    ----------
    hand_codings : pandas.DataFrame
        As for `coverage`: policy_id, item, evidence. " || " separates several quotes of one cell, "..." marks
        words left out.
    sentences : pandas.DataFrame
        policy_id, sentence_id, text. A quote may span several sentences; case, spacing and punctuation do not
        matter.

    Raises
    ------
    ValueError
        A column is missing, or a quote does not occur; the message names the first such row (counted from 1).

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [1], "text": ["We use cookies. Really."]})
    >>> by_hand = pd.DataFrame({"policy_id": ["a"], "item": ["cookies"], "evidence": ["we sell cookies"]})
    >>> check_evidence(by_hand, sentences)
    Traceback (most recent call last):
    ...
    ValueError: hand_codings, row 1: evidence does not occur in the text of a/cookies: 'we sell cookies'
    """
    hand_codings = check_frame(hand_codings, "hand_codings", ("policy_id", "item", "evidence"))
    ordered = in_reading_order(sentences)
    texts = {policy: _letters(" ".join(units["text"])) for policy, units in ordered.groupby("policy_id")}
    columns = (hand_codings["policy_id"], hand_codings["item"], hand_codings["evidence"].fillna(""))
    for row, (policy, item, evidence) in enumerate(zip(*columns, strict=True), 1):
        for quote in chain.from_iterable(map(_ELLIPSIS.split, quoted_passages(evidence))):
            if _letters(quote) not in texts.get(policy, ""):
                raise ValueError(
                    f"hand_codings, row {row}: evidence does not occur in the text of {policy}/{item}: {quote[:80]!r}"
                )


def share_words(quotes: str, sentence: str) -> bool:
    """Whether a passage of some evidence is in a sentence, or holds it.

    Examples
    --------
    >>> share_words("We use cookies. || Never.", "- We use cookies, and so on."), share_words("We sell.", "We use cookies.")
    (True, False)
    """
    own = _letters(sentence)
    passages = filter(None, map(_letters, quoted_passages(quotes)))
    return any(passage in own or own in passage for passage in passages)


def _letters(text: str) -> str:
    """Letters and digits only, which a change of layout leaves as they are."""
    return re.sub(r"[\W_]+", "", normalize(text))


class TextPlaces:
    """The blocks of one policy, and where in them sentences and quoted words are.

    Attributes
    ----------
    blocks : list of dict
        The rows of the blocks.
    texts : list of str
        The text of each block as it is shown.
    sentences : list of list
        The sentences of each block: (sentence_id, start, end) in its text.
    place : dict
        sentence_id -> (number of the block, start, text of the sentence).
    """

    def __init__(self, blocks: pd.DataFrame, sentences: pd.DataFrame):
        self.blocks = blocks.to_dict("records")
        units: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for block_id, sentence_id, text in zip(
            sentences["block_id"], sentences["sentence_id"], sentences["text"], strict=True
        ):
            units[block_id].append((sentence_id, text))
        self.texts: list[str] = []
        self.sentences: list[list[tuple[int, int, int]]] = []
        self.place: dict[int, tuple[int, int, str]] = {}
        for number, block in enumerate(self.blocks):
            own = units[block["block_id"]]
            text, starts = _shown_text(block["text"], [text for _, text in own])
            self.texts.append(text)
            self.sentences.append([])
            for (sentence_id, sentence), start in zip(own, starts, strict=True):
                self.sentences[-1].append((sentence_id, start, start + len(sentence)))
                self.place[sentence_id] = (number, start, sentence)
        self._joined = "\n".join(self.texts)
        self._starts = list(accumulate((len(text) + 1 for text in self.texts), initial=0))

    def anchor(self, block: int, start: int) -> tuple[int, int]:
        """Block and start of the sentence that holds a place: a link to the place leads there."""
        return block, next((s for _, s, end in self.sentences[block] if s <= start < end), 0)

    def find(self, quote: str) -> list[tuple[int, int, int]] | None:
        """Places (block, start, end) of quoted words, whatever their case, spacing and punctuation.

        None if a part of the quote does not occur.
        """
        found = []
        for passage in quoted_passages(quote):
            spans = self._spans(passage)
            if not spans:  # the quote may leave words out
                pieces = [self._spans(piece) for piece in _ELLIPSIS.split(passage) if piece]
                if not pieces or not all(pieces):
                    return None
                spans = list(chain.from_iterable(pieces))
            found += spans
        return found

    def _spans(self, quote: str) -> list[tuple[int, int, int]]:
        words = re.findall(r"[^\W_]+", quote)
        if not words:
            return []
        pattern = r"[\W_]+".join(map(re.escape, words))
        whole, letters = rf"(?<![^\W_]){pattern}(?![^\W_])", r"[\W_]*".join("".join(words))
        # Try whole words, then parts of words, then words that the layout joined or split.
        tries = (re.search(attempt, self._joined, re.IGNORECASE) for attempt in (whole, pattern, letters))
        match = next(filter(None, tries), None)
        if not match:
            return []
        spans = []
        for block, text in enumerate(self.texts):
            start = max(match.start() - self._starts[block], 0)
            end = min(match.end() - self._starts[block], len(text))
            if start < end:
                spans.append((block, start, end))
        return spans


def _shown_text(block: str, sentences: list[str]) -> tuple[str, list[int]]:
    """Text of a block as it is shown, and where its sentences start in it."""
    starts, cursor = [], 0
    for sentence in sentences:
        start = block.find(sentence, cursor)
        if start < 0:  # the sentence splitter repaired a space: show the sentences as they were measured
            lengths = [len(sentence) + 1 for sentence in sentences]
            return " ".join(sentences), list(accumulate(lengths[:-1], initial=0))
        starts.append(start)
        cursor = start + len(sentence)
    return block, starts
