"""The rules beside a person: policies of OPP-115 that three law students each have coded (Wilson et al. 2016).

    python benchmarks/people.py FOLDER

FOLDER holds segments.csv (policy, segment, html), policy_marks.csv (policy, coder, item), item_marks.csv and
category_marks.csv (policy, segment, coder, item or category) and mapping.csv (item: the items of the codebook that the
marks answer). Of OPP-115 only the figures enter the project: it is for research, teaching and scholarship.

Where two of the three coders agree, their code is compared with that of the third person and with that of the rules.
Each of the three is left out in turn, and rules and person are judged on the same decisions.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

import policytools as pt

CODERS = ("A", "B", "C")
PLACE = ["policy", "segment"]

# The items of the codebook that together ask what a category of OPP-115 asks.
CATEGORIES = {
    "First Party Collection/Use": (
        "data_categories data_sources automatic_collection cookies location_data payment_data sensitive_data purposes "
        "marketing_use voluntary_or_required printer_telemetry printer_identifiers camera_images"
    ),
    "Third Party Sharing/Collection": (
        "recipients named_recipients affiliates legal_disclosure business_transfer sale_of_data "
        "third_party_advertising analytics_named public_content"
    ),
    "User Choice/Control": (
        "cookie_control marketing_opt_out product_data_opt_out opt_out_of_sale withdraw_consent"
    ),
    "User Access, Edit and Deletion": "right_access right_rectification right_erasure request_method",
    "Data Retention": "retention retention_period",
    "Data Security": "security_measures security_limits breach_notice",
    "Policy Change": "change_notice",
    "Do Not Track": "do_not_track",
    "International and Specific Audiences": "children regional_notice international_transfer",
    "Privacy contact information": "contact_channel",
    "Practice not covered": "third_party_links",
    "Introductory/Generic": "scope",
}


@dataclass(frozen=True)
class People:
    """The texts of a folder, and what people marked in them."""

    folder: Path

    @cached_property
    def segments(self) -> pd.DataFrame:
        return self._read("segments")

    @cached_property
    def items(self) -> list[str]:
        return self._read("mapping")["item"].to_list()

    @cached_property
    def corpus(self) -> pt.Corpus:
        texts = self.segments.groupby("policy", sort=False)["html"].agg("".join)
        pages = pd.DataFrame({"policy_id": texts.index, "text": texts.to_numpy(), "format": "html"})
        return pt.corpus_from_texts(pages)

    def marks(self, name: str, *, by: list[str], column: str) -> pd.DataFrame:
        """One row for each unit and each value of `column` that the folder names: True where coder A, B, C marked it."""
        units = self.segments[by].drop_duplicates()
        marks = self._read(f"{name}_marks").drop_duplicates()
        values = CATEGORIES if column == "category" else self.items
        cells = units.merge(pd.DataFrame({column: list(values)}), how="cross")
        marked = pd.MultiIndex.from_frame(marks[[*by, column, "coder"]])
        for coder in CODERS:
            wanted = pd.MultiIndex.from_frame(cells[[*by, column]].assign(coder=coder))
            cells[coder] = wanted.isin(marked)
        return cells

    def majority(self) -> pd.DataFrame:
        """policy_id, item, code: 1 where at least two of the three marked the item anywhere in the policy."""
        cells = self.marks("policy", by=["policy"], column="item")
        cells["code"] = (cells[list(CODERS)].sum(axis=1) >= 2).astype(int)
        return cells.rename(columns={"policy": "policy_id"})[["policy_id", "item", "code"]]

    @cached_property
    def segments_of_sentences(self) -> dict[tuple[str, int], range]:
        """For policy and sentence the segments it is in, found by its letters; sentences that are not found are absent."""
        placed: dict[tuple[str, int], range] = {}
        texts = self.segments.groupby("policy", sort=False)["html"].agg(list)
        for policy, sentences in self.corpus.sentences.groupby("policy_id", sort=False):
            letters = [_letters(html) for html in texts[policy]]
            ends = pd.Series(letters).str.len().cumsum().to_numpy()
            whole, reached = "".join(letters), 0
            for sentence in sentences.itertuples():
                own = _letters(str(sentence.text))
                start = whole.find(own, reached)
                start = start if start >= 0 else whole.find(own)
                if own and start >= 0:
                    reached = max(reached, start + len(own))
                    first, last = ends.searchsorted([start, start + len(own) - 1], side="right")
                    placed[policy, sentence.sentence_id] = range(first, last + 1)
        return placed

    def quoted(self, codings: pd.DataFrame) -> set[tuple[str, int, str]]:
        """Policy, segment and item of each piece of evidence."""
        return {
            (row.policy_id, segment, row.item)
            for row in codings.itertuples()
            for segment in self.segments_of_sentences.get((row.policy_id, row.sentence_id), ())
        }

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv", dtype={"policy": "str", "segment": "int64"})


def _letters(text: str) -> str:
    """The letters and digits of a piece of HTML, small."""
    text = re.sub(r"<[^>]+>", " ", text).replace("&amp;", "&").replace("&nbsp;", " ")
    return re.sub(r"[^a-z0-9]", "", text.lower())


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """F1 of (true, claimed) pairs; NaN where nothing is true."""
    counts = pd.Series(list(pairs)).value_counts()
    hit, extra, missed = (int(counts.get(pair, 0)) for pair in ((True, True), (False, True), (True, False)))
    return 2 * hit / (2 * hit + extra + missed) if hit + missed else float("nan")


def beside_a_person(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Macro (mean over the values of `column`) and micro F1 of a person and of the rules on the same decisions.

    `cells` has columns A, B, C and rules (bool).
    """
    decisions = []
    for judged in CODERS:
        first, second = (coder for coder in CODERS if coder != judged)
        agreed = cells[cells[first] == cells[second]]
        decisions.append(
            pd.DataFrame(
                {
                    column: agreed[column],
                    "true": agreed[first],
                    "a person": agreed[judged],
                    "the rules": agreed["rules"],
                }
            )
        )
    table = pd.concat(decisions)
    rows = {}
    for who in ("a person", "the rules"):
        pairs = {
            name: list(zip(part["true"], part[who], strict=True)) for name, part in table.groupby(column)
        }
        rows[who] = {
            "macro F1": pd.Series([f1(part) for part in pairs.values()]).mean(),
            "micro F1": f1(pair for part in pairs.values() for pair in part),
        }
    return pd.DataFrame(rows).T


def measure(people: People, codebook: pt.Codebook) -> Mapping[str, pd.DataFrame]:
    """For policies, segments and segments by category the F1 of a person and of the rules."""
    codings = pt.code_sentences(people.corpus.sentences, codebook)
    covered = pt.coverage(codings, codebook, people.corpus.policies)
    told = set(covered.loc[covered["addressed"], ["policy_id", "item"]].itertuples(index=False, name=None))
    quoted = people.quoted(codings)
    category = {item: name for name, items in CATEGORIES.items() for item in items.split()}
    by_category = {(policy, segment, category.get(item)) for policy, segment, item in quoted}

    def with_rules(cells: pd.DataFrame, found: set) -> pd.DataFrame:
        keys = cells.drop(columns=list(CODERS)).itertuples(index=False, name=None)
        return cells.assign(rules=[key in found for key in keys])

    policies = with_rules(people.marks("policy", by=["policy"], column="item"), told)
    segments = with_rules(people.marks("item", by=PLACE, column="item"), quoted)
    groups = with_rules(people.marks("category", by=PLACE, column="category"), by_category)
    return {
        f"policies, {len(people.items)} items": beside_a_person(policies, "item"),
        f"segments, {len(people.items)} items": beside_a_person(segments, "item"),
        f"segments, {len(CATEGORIES)} categories": beside_a_person(groups, "category"),
    }


def main() -> None:
    """Print the F1 of a person and of the rules."""
    asked = argparse.ArgumentParser(description="the coding rules beside a person, on OPP-115")
    asked.add_argument("folder", type=Path, help="the tables described above")
    people = People(asked.parse_args().folder)
    print(f"{people.segments['policy'].nunique()} policies, {len(people.segments)} segments")
    print(pd.concat(measure(people, pt.load_codebook("printing"))).round(3).to_string())


if __name__ == "__main__":
    main()
