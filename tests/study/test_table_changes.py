from __future__ import annotations

import pytest

from policytools.study.table_changes import describe_change


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("p,n\na,1\n", "p,n\na,1\n", ""),
        ("p,n\na,1\nb,2\n", "p,n\nb,2\na,1\n", "the same values in another order"),
        # Keyed by what tells the rows apart, not by place: only b changed.
        ("p,n\na,1\nb,2\nc,9\n", "p,n\nc,9\nb,2.5\na,1\n", "n of b 2 -> 2.5; 1 of 3 rows changed"),
        # The number that moved furthest by the spread of its column: 0.5 of 0..1, not 10 of 0..1000.
        (
            "p,share,words\na,0,0\nb,1,1000\nc,0.1,10\n",
            "p,share,words\na,0,0\nb,1,1000\nc,0.6,20\n",
            "share of c 0.1 -> 0.6; 1 of 3 rows changed in share, words",
        ),
        ("p,t,n\na,x,1\na,y,1\n", "p,t,n\na,x,1\na,y,4\n", "n of a, y 1 -> 4; 1 of 2 rows changed"),
        ("p,n\na,1\n", "p,n\nb,1\nc,2\n", "2 rows added; 1 row removed"),
        ("p,n\na,1\n", "p,n,m\na,1,2\n", "new column m"),
        ("p,n,m\na,1,2\n", "p,n\na,1\n", "gone: column m"),
        (
            "p,hit\na,True\nb,True\n",
            "p,hit\na,True\nb,False\n",
            "hit of b 'True' -> 'False'; 1 of 2 rows changed",
        ),
        ("p,n\na,\nb,2\n", "p,n\na,3\nb,2\n", "n of a nothing -> 3; 1 of 2 rows changed"),
        # Rows that share a key are matched in their order.
        ("p,at\na,0.1\na,0.2\n", "p,at\na,0.1\na,0.4\n", "at of a 0.2 -> 0.4; 1 of 2 rows changed"),
        ("n\n1\n2\n", "n\n1\n2.0004\n", "n of row 2 2 -> 2.0004; 1 of 2 rows changed"),
        ("", "p,n\na,1\n", "new column p, n; 1 row added"),
    ],
)
def test_one_line_for_each_kind_of_change(before, after, said):
    assert describe_change(before.encode(), after.encode()) == said


def test_a_line_stays_short():
    header = "p," + ",".join(f"column{n}" for n in range(30))
    before = f"{header}\n{'x' * 500}{',1' * 30}\n"
    after = f"{header}\n{'x' * 500}{',2' * 30}\n"
    assert len(describe_change(before.encode(), after.encode())) < 250


def test_the_largest_change_is_not_a_cell_without_a_number():
    before = b"policy_id,strength\na,\nb,0.5\nc,0.2\n"
    after = b"policy_id,strength\na,\nb,0.9\nc,0.1\n"
    assert describe_change(before, after).startswith("strength of b 0.5")
