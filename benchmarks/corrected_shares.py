"""How often the intervals of `corrected_share` hold the true share, and how wide they are: a simulation of known truth.

    python benchmarks/corrected_shares.py [--studies 400]

In each study the rules code all policies with a sensitivity and specificity, and a reader reads some, drawn at random.
"with error that differs" has rules that are worse (by .15) in one half of the policies, which also tells more often.
The table has the lowest and the mean coverage of 95 % intervals over all numbers of policies, accuracies and shares, and
the mean width divided by that of Wilson's interval from the cells that were read.
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np
import pandas as pd

from policytools.coding.estimates import corrected_share

POLICIES = (267, 5_000, 100_000)
ACCURACY = ((0.8, 0.8), (0.9, 0.9), (0.91, 0.96), (0.99, 0.8), (0.8, 0.99), (0.99, 0.99))
SHARES = (0.05, 0.2, 0.5, 0.8, 0.95)
READ = (20, 60, 200)


def study(
    rng: np.random.Generator, n: int, accuracy: tuple[float, float], share: float, differs: bool
) -> pd.DataFrame:
    """Truth and the rules' code of each policy."""
    half = np.arange(n) % 2 if differs else np.zeros(n)
    truth = rng.random(n) < np.clip(share + 0.05 * (2 * half - 1) * differs, 0, 1)
    worse = 0.15 * half
    found = np.where(truth, rng.random(n) < accuracy[0] - worse, rng.random(n) > accuracy[1] - worse)
    return pd.DataFrame({"policy_id": np.arange(n), "item": "x", "addressed": found, "truth": truth})


def main() -> None:
    asked = argparse.ArgumentParser(description="coverage of corrected shares")
    asked.add_argument("--studies", type=int, default=200, help="for each combination; default: 200")
    studies = asked.parse_args().studies
    rng = np.random.default_rng(2026)
    rows = []
    for n, accuracy, share, n_read, differs in itertools.product(
        POLICIES, ACCURACY, SHARES, READ, (False, True)
    ):
        if n == POLICIES[-1] and differs:
            continue
        for number in range(studies if n < POLICIES[-1] else max(studies // 4, 1)):
            cells = study(rng, n, accuracy, share, differs)
            codes = cells.iloc[rng.choice(n, n_read, replace=False)]
            codes = codes[["policy_id", "item"]].assign(code=codes["truth"].astype(int))
            for method in ("beta", "ppi"):
                row = corrected_share(cells, codes, method=method, seed=number).iloc[0]
                rows.append(
                    (method, n, accuracy, share, n_read, differs, row["low"] <= share <= row["high"],
                     row["naive_low"] <= share <= row["naive_high"], row["high"] - row["low"],
                     row["read_high"] - row["read_low"])
                )  # fmt: skip
    columns = [
        "method",
        "policies",
        "accuracy",
        "share",
        "read",
        "differs",
        "held",
        "naive",
        "width",
        "of_read",
    ]
    table = pd.DataFrame(rows, columns=columns)
    cells = table.groupby(["method", "differs", "read", "policies", "accuracy", "share"])[
        ["held", "naive", "width", "of_read"]
    ].mean()
    cells["ratio"] = cells["width"] / cells["of_read"]
    shown = cells.groupby(["method", "differs", "read"]).agg(
        lowest=("held", "min"),
        mean=("held", "mean"),
        naive=("naive", "mean"),
        width=("ratio", "mean"),
        widest=("ratio", "max"),
    )
    print(shown.round(3).to_string())


if __name__ == "__main__":
    main()
