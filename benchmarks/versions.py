"""Versions of policies: suspects that were planted, edits that were planted, and how long an alignment takes.

    python benchmarks/versions.py FOLDER

FOLDER holds index.csv (file, vendor, captured_on) and the texts in Markdown. Between two versions of a policy a broken copy
is planted: cut to 20 to 60 % of its lines, a log-in page, an error page, another vendor's policy. Edits are planted in
whole policies: sentences left out, added, moved, reworded in one to three words.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import pandas as pd

import policytools as pt
from policytools.versions.align import align
from policytools.versions.states import histories
from policytools.versions.units import Units, words_of

PAGES = (
    "# Log in\n\nEnter your e-mail address and your password to go on. Forgot your password? Create an account.",
    "# 404\n\nThe page that you are looking for does not exist. Go back to the start page.",
    "# Access denied\n\nYour browser could not be verified. Switch on JavaScript and cookies, and load the page again.",
)


def planted(texts: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """The versions, with a broken copy between two of them for every second vendor that has at least three."""
    rows, n = [], 0
    for number, (vendor, own) in enumerate(texts.groupby("vendor", sort=False)):
        rows += own.assign(planted="").to_dict("records")
        if number % 2 or len(own) < 3:
            continue
        base = own.iloc[rng.randrange(1, len(own) - 1)]
        lines, kind = base["text"].splitlines(), n % 6
        n += 1
        if kind < 3:
            text = "\n".join(lines[: int(len(lines) * rng.uniform(0.2, 0.6))])
        elif kind < 5:
            text = rng.choice(PAGES)
        else:
            text = rng.choice(texts.loc[texts["vendor"] != vendor, "text"].tolist())
        if text.strip():
            date = (pd.Timestamp(base["captured_on"]) + pd.Timedelta(days=1)).date().isoformat()
            kinds = ("cut", "cut", "cut", "page", "page", "other")
            rows.append(
                {
                    **base,
                    "policy_id": f"{base['policy_id']}-planted",
                    "captured_on": date,
                    "text": text,
                    "planted": kinds[kind],
                }
            )
    return pd.DataFrame(rows)


def edited(units: Units, rng: random.Random) -> tuple[Units, dict[int, tuple[str, int]]]:
    """A policy with planted edits, and for each unit of the new version what it was made of."""
    texts = [(n, "same", text) for n, text in enumerate(units.texts)]
    for n in rng.sample(range(len(texts)), len(texts) // 10):
        words = texts[n][2].split()
        if len(words) >= 8:
            for _ in range(rng.randint(1, 3)):
                words[rng.randrange(len(words))] = rng.choice(
                    ("partners", "may", "shall", "records", "within")
                )
            texts[n] = (n, "edited", " ".join(words))
    kept = [row for row in texts if rng.random() > 0.05]
    start = rng.randrange(max(len(kept) - 6, 1))
    block, kept = kept[start : start + 5], kept[:start] + kept[start + 5 :]
    at = rng.randrange(len(kept) + 1)
    kept = kept[:at] + block + kept[at:]
    made = Units(
        list(range(len(kept))),
        [text for *_, text in kept],
        [""] * len(kept),
        [words_of(text) for *_, text in kept],
    )
    return made, {n: (status, old) for n, (old, status, _) in enumerate(kept)}


def main() -> None:
    asked = argparse.ArgumentParser(description="suspects and edits that were planted")
    asked.add_argument("folder", type=Path)
    folder, rng = asked.parse_args().folder, random.Random(2026)
    index = pd.read_csv(folder / "index.csv")
    texts = [(folder / name).read_text(encoding="utf-8") for name in index["file"]]
    index = index.assign(
        policy_id=[name.removesuffix(".md") for name in index["file"]], text=texts, format="markdown"
    )
    index = index.drop_duplicates(["vendor", "captured_on"])
    frame = planted(index[["policy_id", "vendor", "captured_on", "text", "format"]], rng)
    corpus = pt.corpus_from_texts(frame.drop(columns="planted"))
    start = time.perf_counter()
    table = pt.version_table(corpus).merge(frame[["policy_id", "planted"]], on="policy_id")
    print(
        f"{len(table)} versions of {table['vendor'].nunique()} vendors in {time.perf_counter() - start:.1f} s"
    )
    print(table["state"].value_counts().to_string())
    suspect, bad = table["state"] == "suspect", table["planted"] != ""
    print(
        f"suspects: {(suspect & bad).sum()} of {bad.sum()} planted found; {(suspect & ~bad).sum()} others called suspect"
    )
    print(table[bad].groupby("planted")["state"].value_counts().to_string())
    print(table.loc[suspect & ~bad, ["policy_id", "reason", "n_words", "n_same", "n_removed"]].to_string())
    hit = extra = missed = 0
    for versions in histories(corpus)[:60]:
        old = versions[0].units
        if len(old.keys) < 30:
            continue
        new, truth = edited(old, rng)
        found = {b: a for pair in align(old, new) for b in pair.later for a in pair.earlier}
        for n, (_, origin) in truth.items():
            same = n in found and old.keys[found[n]] == old.keys[origin]
            hit, extra, missed = hit + same, extra + (n in found and not same), missed + (not same)
        extra += sum(n not in truth for n in found)
    print(f"planted edits: F1 {2 * hit / (2 * hit + extra + missed):.3f}")
    longest = max((v for versions in histories(corpus) for v in versions), key=lambda v: v.n_words)
    start = time.perf_counter()
    align(longest.units, edited(longest.units, rng)[0])
    print(f"{longest.n_words} words against as many: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
