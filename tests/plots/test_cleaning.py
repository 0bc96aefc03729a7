"""The figure of the files draws what its frame says."""

from __future__ import annotations

import pandas as pd
from made_up_figures import POLICIES

import policytools as pt


def test_cleaning_bars_add_up_to_the_file():
    frame = pd.DataFrame(
        {"policy_id": ["a", "a", "b"], "reason": ["", "footer", ""], "n_words": [90, 10, 50]}
    )
    ax = pt.plot_cleaning(frame, policies=POLICIES)
    assert sum(bar.get_width() for bar in ax.patches) == 150
    assert [text.get_text().strip() for text in ax.texts] == ["90% kept", "100% kept"]
