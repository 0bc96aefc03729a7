"""A small corpus in the formats of large ones, and helpers that read what was measured."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd

from policytools.scale.process import Setup, versions
from policytools.scale.sources import RawPolicy, Source

TOPICS = [
    "We collect your name, your e-mail address and the IP address of your device when you visit our website.",
    "We may share some of your personal information with service providers, from time to time, as needed.",
    "You have the right to access, correct or delete your personal data; write to privacy@example.org.",
    "We keep your account data for 30 days after you close your account, and log files for one year.",
    "Our website uses cookies. You can refuse cookies in the settings of your browser at any time.",
    "We do not knowingly collect personal information from children under 13. We never sell your data.",
    "We will post changes to this privacy policy on this page and notify you by e-mail if they matter.",
]


TEXTS = {
    f"policy-{i}": "# Privacy policy\n\n"
    + "\n\n".join(f"## Part {j}\n\n{TOPICS[(i * j + i) % 7]} {TOPICS[(i + 2 * j) % 7]}" for j in range(1, 4))
    for i in range(8)
}


KEYS = {
    "policies": ["policy_id"],
    "readability": ["policy_id"],
    "coverage": ["policy_id", "item"],
    "codings": ["policy_id", "item", "sentence_id", "start"],
    "vagueness": ["policy_id", "category"],
    "terms": ["policy_id", "term"],
    "shingles": ["policy_id"],
}


def table(texts: dict[str, str], **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"policy_id": list(texts), "text": list(texts.values()), "format": "markdown", **columns}
    )


def write_lines(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_json(path, orient="records", lines=True)
    return path


def setup(*measures: str, codebook: str = "", **limits: float) -> Setup:
    limits = {"time_limit": 60, "memory_limit": 2**31} | limits
    return Setup(measures, "c.toml", codebook, versions(), run_id=os.urandom(4).hex(), **limits)


def documents(source: Path, **options) -> list[RawPolicy]:
    options = {"text": "text", "policy_id": "policy_id", "format": None, "max_bytes": 10**6} | options
    return list(Source(source, **options).documents())


def in_order(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame.sort_values(keys, ignore_index=True)


def rows_of(folder: Path) -> dict[str, list[str]]:
    """Names of the Parquet files of each frame."""
    return {
        part.name: sorted(file.name for file in part.iterdir())
        for part in folder.iterdir()
        if part.is_dir() and part.name != "parts"
    }


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
