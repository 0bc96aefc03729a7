"""Whether each policy tells each item, given the codes: draws of the truth behind a code.

The model has three levels. z is 1 where a policy tells an item, with logit P(z = 1) = item + policy; a coder gives a 1
with the probability sensitivity if z is 1, and 1 - specificity if z is 0. `docs/the-score-model.md` has the formulas.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from policytools._statistics import stream
from policytools.scores.coder_accuracy import AccuracyDraws

POLICY_SD = 1.5
_GRID = np.linspace(-4 * POLICY_SD, 4 * POLICY_SD, 33)  # levels of a policy
_PRIOR = -0.5 * (_GRID / POLICY_SD) ** 2
_CHUNK = 250  # draws


@dataclass(frozen=True)
class Codes:
    """The codes of all cells, one row for each policy and one column for each item.

    Attributes
    ----------
    items : list of str
    code : (policies, items) of int
        1 addressed, 0 silent.
    kind : (policies, items) of str
        Kind of coder: "rules", "model", "model, unsure", "person" ...
    key : (policies, items) of str
        The words that the code rests on: its evidence, or the whole text where nothing was found.
    text : list of str
        Key of the whole text of each policy; "" where nothing was read.
    """

    items: list[str]
    code: np.ndarray
    kind: np.ndarray
    key: np.ndarray
    text: list[str]


@dataclass(frozen=True)
class Truth:
    """The codes, and what is probably true: `told` (policies, items, draws; 0 or 1), `probability` is its mean."""

    codes: Codes
    told: np.ndarray
    probability: np.ndarray


def codes_of(
    policies: Sequence[str],
    items: Sequence[str],
    sentences: pd.DataFrame,
    coverage: pd.DataFrame,
    codings: pd.DataFrame,
    hand_codings: pd.DataFrame | None,
) -> Codes:
    """The codes of a coverage frame with their kinds of coder and the words that they rest on."""
    shape = (len(policies), len(items))
    order = pd.MultiIndex.from_product([list(policies), list(items)])
    cells = coverage.set_index(["policy_id", "item"]).reindex(order)
    coder = cells["coder"].to_numpy(dtype=object)
    code = cells["addressed"].to_numpy(dtype="int8")
    text = keys_of_texts(policies, sentences)
    quotes = _evidence(codings, "quote")
    kinds = {"rules": "rules"}
    by_hand, unsure = {}, set()
    if hand_codings is not None and len(hand_codings):
        kind = (
            hand_codings["coder_kind"]
            if "coder_kind" in hand_codings
            else pd.Series("person", hand_codings.index)
        )
        kinds |= dict(zip(hand_codings["coder"].astype(str), kind))
        by_hand = _evidence(hand_codings[hand_codings["code"].astype(int) == 1], "evidence")
        if "confidence" in hand_codings:
            doubted = hand_codings[hand_codings["confidence"] == "unsure"]
            unsure = set(zip(doubted["policy_id"], doubted["item"], doubted["coder"].astype(str)))
    kind_of, key_of = [], []
    for n, (policy, item) in enumerate(order):
        marks = str(coder[n]).split(", ")
        doubt = any((policy, item, mark) in unsure for mark in marks)
        kind_of.append(kinds.get(marks[0], "person") + (", unsure" if doubt else ""))
        words = (quotes if coder[n] == "rules" else by_hand).get((policy, item), "") if code[n] else ""
        key_of.append(words or text[n // max(len(items), 1)])
    return Codes(
        list(items), code.reshape(shape), np.array(kind_of, dtype=object).reshape(shape),
        np.array(key_of, dtype=object).reshape(shape), text,
    )  # fmt: skip


def keys_of_texts(policies: Sequence[str], sentences: pd.DataFrame) -> list[str]:
    """Key of the text of each policy, the same for the same words; "" where nothing was read."""
    ordered = sentences.sort_values(["policy_id", "sentence_id"], kind="stable")
    texts = ordered.groupby("policy_id", sort=False)["text"].agg("\n".join)
    return [_digest(texts[policy]) if policy in texts else "" for policy in policies]


def _digest(words: str) -> str:
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:24]


def _evidence(frame: pd.DataFrame, column: str) -> dict[Any, str]:
    """(policy_id, item) -> key of all words quoted for it."""
    rows = frame[["policy_id", "item", column]].drop_duplicates()
    if rows.empty:
        return {}
    quoted = rows.groupby(["policy_id", "item"])[column].agg(lambda words: "\n".join(sorted(map(str, words))))
    return {cell: _digest(words) for cell, words in quoted.items()}


def draw_truth(codes: Codes, levels: np.ndarray, accuracy: AccuracyDraws) -> Truth:
    """Draws of what each policy tells.

    Parameters
    ----------
    codes : Codes
    levels : (items,) array
        Level of each item on the logit scale.
    accuracy : AccuracyDraws
        Its rates are common to all policies.

    Notes
    -----
    Each draw takes the rates of the coders, then the level of the policy given its codes (on a grid), then z of each
    cell given both. The random numbers depend on the words alone, so two identical texts have identical draws.
    """
    n, n_items = codes.code.shape
    draws, seed = accuracy.draws, accuracy.seed
    told = np.zeros((n, n_items, draws), dtype="uint8")
    probability = np.zeros((n, n_items))
    states, number = _states(codes)
    if_told, if_not = _likelihoods(codes.items, states, accuracy)
    grid = 1 / (1 + np.exp(-(levels[:, None] + _GRID)))
    place = _policy_levels(codes, states, number, (if_told, if_not), grid, seed)
    for i in range(n):
        share = grid[np.arange(n_items)[:, None], place[i]]
        there, absent = if_told[number[i]] * share, if_not[number[i]] * (1 - share)
        there = there / np.maximum(there + absent, 1e-300)
        uniform = [
            stream(seed, "cell", item, key).random(draws) for item, key in zip(codes.items, codes.key[i])
        ]
        told[i] = np.reshape(uniform, there.shape) < there
        probability[i] = there.mean(axis=1)
    return Truth(codes, told, probability)


def _states(codes: Codes) -> tuple[list[tuple[int, str, int]], np.ndarray]:
    """Item, kind of coder and code of each different state, and the number of the state of each cell."""
    known: dict[tuple[int, str, int], int] = {}
    n, n_items = codes.code.shape
    number = np.zeros((n, n_items), dtype=int)
    for i in range(n):
        for j in range(n_items):
            number[i, j] = known.setdefault((j, codes.kind[i, j], int(codes.code[i, j])), len(known))
    return list(known), number


def _likelihoods(
    items: Sequence[str], states: Sequence[tuple[int, str, int]], accuracy: AccuracyDraws
) -> tuple[np.ndarray, np.ndarray]:
    """Probability of the code of each state, (states, draws), if the item is told and if it is not."""
    if_told, if_not = [], []
    for item, kind, code in states:
        sensitivity, specificity = accuracy.rates(kind, items[item])
        if_told.append(sensitivity if code else 1 - sensitivity)
        if_not.append(1 - specificity if code else specificity)
    shape = (len(states), accuracy.draws)
    return np.reshape(if_told, shape), np.reshape(if_not, shape)


def _policy_levels(
    codes: Codes,
    states: Sequence[tuple[int, str, int]],
    number: np.ndarray,
    likelihoods: tuple[np.ndarray, np.ndarray],
    grid: np.ndarray,
    seed: int,
) -> np.ndarray:
    """Place in the grid of the level of each policy, (policies, draws), drawn given the policy's codes."""
    n, (if_told, if_not) = len(codes.text), likelihoods
    draws = if_told.shape[1]
    has = np.zeros((n, len(states)))
    np.put_along_axis(has, number, 1, axis=1)
    uniform = np.array([stream(seed, "policy", text).random(draws) for text in codes.text]).reshape(n, draws)
    share = grid[[item for item, _, _ in states]].reshape(len(states), 1, len(_GRID))
    place = np.zeros((n, draws), dtype="int64")
    for start in range(0, draws, _CHUNK):
        part = slice(start, start + _CHUNK)
        there, absent = if_told[:, part, None], if_not[:, part, None]
        logs = np.log(np.maximum(absent + (there - absent) * share, 1e-300))
        logs = logs.reshape(len(states), there.shape[1] * len(_GRID))
        for first in range(0, n, 32):
            of_policies = slice(first, first + 32)
            found = (has[of_policies] @ logs).reshape(-1, there.shape[1], len(_GRID)) + _PRIOR
            weight = np.exp(found - found.max(axis=2, keepdims=True)).cumsum(axis=2)
            below = weight < uniform[of_policies, part, None] * weight[:, :, -1:]
            place[of_policies, part] = below.sum(axis=2)
    return np.minimum(place, len(_GRID) - 1)
