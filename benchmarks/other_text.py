"""How often a policy with other text is told from one without: the note "does not read like a privacy policy".

    python benchmarks/other_text.py --policies FOLDER --others FOLDER [--pages 300] [--seed 1]

FOLDER holds Markdown or text files: policies, and texts about anything else (terms, articles, manuals). Each page is a
policy with 11 to 60 % of other text before it, behind it, or in one or three places inside it.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

from policytools._statistics import wilson
from policytools.reading.blocks import Block
from policytools.reading.cleaning import clean
from policytools.reading.files import read_document
from policytools.reading.subject import describe_subject


def kept(path: Path) -> list[Block]:
    blocks = read_document(path.read_bytes(), name=path.name).blocks
    clean(blocks)
    return [block for block in blocks if block.keep]


def n_words(blocks: list[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def mixed(policy: list[Block], other: list[Block], place: str, rng: random.Random) -> list[Block]:
    """The policy with the other blocks in it; the share of words is 11 to 60 %."""
    share = rng.uniform(0.11, 0.6)
    start = rng.randrange(max(1, len(other) // 2))
    added: list[Block] = []
    while n_words(added) < share / (1 - share) * n_words(policy):
        added.append(other[(start + len(added)) % len(other)])
    cuts = {"before": [0], "after": [len(policy)]}.get(place) or sorted(
        rng.choices(range(len(policy)), k=1 if place == "inside" else 3), reverse=True
    )
    page, part = list(policy), -(-len(added) // len(cuts))
    for number, cut in enumerate(cuts):
        page[cut:cut] = added[number * part : (number + 1) * part]
    return page


def main() -> None:
    asked = argparse.ArgumentParser(description="other text in policies")
    asked.add_argument("--policies", type=Path, required=True)
    asked.add_argument("--others", type=Path, required=True)
    asked.add_argument("--pages", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked = asked.parse_args()
    rng = random.Random(asked.seed)
    policies, others = ([kept(path) for path in sorted(folder.glob("*.[mt][dx]*"))]
                        for folder in (asked.policies, asked.others))  # fmt: skip
    noted: Counter[str] = Counter(
        {"policy alone": sum(bool(describe_subject(policy)) for policy in policies)}
    )
    asked_of = Counter({"policy alone": len(policies)})
    for _ in range(asked.pages):
        place = rng.choice(["before", "after", "inside", "in three places"])
        noted[place] += bool(describe_subject(mixed(rng.choice(policies), rng.choice(others), place, rng)))
        asked_of[place] += 1
    asked_of["all with other text"] = asked.pages
    noted["all with other text"] = noted.total() - noted["policy alone"]
    for name, n in asked_of.items():
        low, high = wilson(noted[name], n)
        print(f"{name:20} noted {noted[name]:4} of {n:4}: {noted[name] / n:.1%} ({low:.1%} to {high:.1%})")


main()
