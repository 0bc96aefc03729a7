"""Made-up policies and frames of any number of policies, for the tests of the figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

import policytools as pt

POLICIES = pd.DataFrame(
    {"policy_id": ["a", "b"], "vendor": ["Ada", "Bob"], "effective_on": ["2018", ""], "captured_on": ["", ""]}
)


def some_policies(n: int) -> pd.DataFrame:
    ids = [f"p{i:03}" for i in range(n)]
    return pd.DataFrame(
        {"policy_id": ids, "vendor": [f"Vendor {i}" for i in range(n)], "effective_on": "", "captured_on": ""}
    )


def frames(n: int) -> dict[str, pd.DataFrame]:
    """Made-up frames of n policies for every plotting function, the same each time."""
    ids = list(some_policies(n)["policy_id"])
    u = np.random.default_rng(7).random((n, 6)).round(3)
    groups = ["readability", "coverage", "specificity"]
    profile = [(p, d, u[i, j], max(0, u[i, j] - 0.1), min(1, u[i, j] + 0.1)) for i, p in enumerate(ids)
               for j, d in enumerate(groups)]  # fmt: skip
    items = [("identity", "contact"), ("identity", "scope"), ("rights", "access"), ("rights", "erasure")]
    return {
        "cleaning": pd.DataFrame(
            [(p, reason, words) for i, p in enumerate(ids) for reason, words in (("", 900 + i), ("footer", 10 * i))],
            columns=["policy_id", "reason", "n_words"],
        ),
        "readability": pd.DataFrame(
            {"policy_id": ids, "flesch_kincaid_grade": 10 + 6 * u[:, 0], "low": 9 + 6 * u[:, 0], "high": 11 + 6 * u[:, 0]}
        ),
        "sensitivity": pd.DataFrame(
            [(p, c, 12 + u[i, j]) for i, p in enumerate(ids) for j, c in enumerate(["own", "other", "lines"])],
            columns=["policy_id", "choice", "flesch_kincaid_grade"],
        ),
        "coverage": pd.DataFrame(
            [(p, item, family, bool(u[i, j] > 0.4)) for i, p in enumerate(ids) for j, (family, item) in enumerate(items)],
            columns=["policy_id", "item", "family", "addressed"],
        ),
        "scores": pd.DataFrame(
            [(p, c, 4, round(4 * u[i, j]), round(4 * u[i, j]) / 4) for i, p in enumerate(ids) for j, c in enumerate(["GDPR", "all"])],
            columns=["policy_id", "checklist", "n_items", "n_addressed", "share"],
        ),
        "terms": pd.DataFrame(
            [(p, f"term{j}", u[i, j]) for i, p in enumerate(ids) for j in range(6)], columns=["policy_id", "term", "tf_idf"]
        ),
        "vagueness": pd.DataFrame(
            [(p, c, u[i, j]) for i, p in enumerate(ids) for j, c in enumerate(["condition", "modality"])],
            columns=["policy_id", "category", "per_hundred"],
        ),
        "dispersion": pd.DataFrame([(p, x) for i, p in enumerate(ids) for x in u[i, : 1 + i % 5]], columns=["policy_id", "position"]),
        "shared_text": pd.DataFrame(
            [(p, q, float(u[i, j % 6] / 9)) for i, p in enumerate(ids) for j, q in enumerate(ids) if i != j],
            columns=["policy_id", "other_id", "containment"],
        ),
        "profile": pd.DataFrame(profile, columns=["policy_id", "dimension", "score", "low", "high"]),
    }  # fmt: skip


def draw(name: str, n: int, policies: pd.DataFrame | None = None):
    return getattr(pt, f"plot_{name}")(
        frames(n)[name], policies=some_policies(n) if policies is None else policies
    )


NAMES = list(frames(2))  # of the plotting functions, without plot_


def dots(ax):
    return [line for line in ax.lines if line.get_marker() not in ("None", "", None, "|")]
