"""Write policytools/resources/coder_accuracy.csv: how often a person and a language model are right, item by item.

    python benchmarks/coder_accuracy.py PEOPLE

PEOPLE is the folder of marks that benchmarks/people.py describes. A person is compared with the two others where these agree.
The language model's codes of 22 policies (benchmarks/codings) are compared with the same codes as settled later, when questions
of coders had been answered: five changed, from 0 to 1 (SETTLED). Both readings are of one kind, so errors that they share are not
in these counts.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from people import CODERS, People

from policytools.coding.rule_accuracy import COUNTS
from policytools.scores.coder_accuracy import ACCURACY_FILE

CODES = Path(__file__).parent / "codings" / "online-services.csv"
# Codes of the development set and the second round that were 0 before version 1.4 of the codebook.
SETTLED = [
    ("tp_link", "new_purposes"), ("overleaf", "new_purposes"), ("chayn", "new_purposes"), ("guilded", "scope"),
    ("blizzard", "scope"),
]  # fmt: skip


def counts(item: pd.Series, truth: pd.Series, code: pd.Series) -> pd.DataFrame:
    """Right and wrong codes of each item, in order of appearance."""
    outcomes = dict(zip(COUNTS, (truth & code, ~truth & code, truth & ~code, ~truth & ~code), strict=True))
    return pd.DataFrame(outcomes).groupby(item, sort=False).sum().rename_axis("item").reset_index()


def of_people(people: People) -> pd.DataFrame:
    """Counts of a person beside two others, each of the three in turn."""
    cells = people.marks("policy", by=["policy"], column="item")
    judged = []
    for coder in CODERS:
        first, second = (other for other in CODERS if other != coder)
        agreed = cells[cells[first] == cells[second]]
        judged.append(pd.DataFrame({"item": agreed["item"], "truth": agreed[first], "code": agreed[coder]}))
    table = pd.concat(judged)
    return counts(table["item"], table["truth"], table["code"])


def of_model(codes: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Counts of the codes as first given, for those of which the coder was sure and unsure."""
    read = codes[codes["set"] != "held out"]
    changed = pd.MultiIndex.from_frame(read[["policy_id", "item"]]).isin(SETTLED)
    for confidence in ("sure", "unsure"):
        of_one = read["confidence"] == confidence
        truth = read["code"][of_one] == 1
        yield confidence, counts(read["item"][of_one], truth, truth & ~changed[of_one])


def main() -> None:
    """Write the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("people", type=Path)
    asked.add_argument("--output", type=Path, default=ACCURACY_FILE)
    given = asked.parse_args()
    tables = [
        of_people(People(given.people)).assign(measured_on="people", coder_kind="person", confidence="sure")
    ]
    tables += [
        table.assign(measured_on="settled codes", coder_kind="model", confidence=confidence)
        for confidence, table in of_model(pd.read_csv(CODES))
    ]
    columns = ["measured_on", "coder_kind", "confidence", "item", *COUNTS]
    pd.concat(tables)[columns].to_csv(given.output, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
