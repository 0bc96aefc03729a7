"""What a text is about: stretches that do not read like a privacy policy."""

from __future__ import annotations

from policytools.reading.blocks import Block
from policytools.reading.subject import count_subject_words, describe_subject, is_about_privacy, other_subject

PRIVACY = "We share your personal information with advertisers if you consent to cookies."
OTHER = "The ferry to the island leaves at noon, and it takes eleven cars and forty people."


def blocks(*texts: str) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


def test_subject_words_are_whole_words():
    assert count_subject_words("Personal data: opt-out of ads, third parties, IP addresses") == 6
    assert count_subject_words("The database was downloaded by an admin.") == 0


def test_three_or_four_of_a_hundred_words_decide():
    # 0.08 against 0.01: k log 8 > (n - k) log(0.99 / 0.92), so 4 of 100 words are enough and 3 are not.
    assert is_about_privacy(4, 100) and not is_about_privacy(3, 100)
    assert not is_about_privacy(0, 0)


def test_a_long_stretch_about_something_else_is_found_and_a_short_one_is_not():
    long = blocks(*[PRIVACY] * 10, *[OTHER] * 15, *[PRIVACY] * 10)
    assert other_subject(long) == [False] * 10 + [True] * 15 + [False] * 10
    assert not any(other_subject(blocks(*[PRIVACY] * 10, *[OTHER] * 3, *[PRIVACY] * 10)))
    assert other_subject([]) == []


def test_rows_of_tables_and_other_languages_are_no_evidence():
    rows = [Block("table_row", OTHER) for _ in range(20)]
    french = blocks(*["Le bateau part à midi et il prend onze voitures avec quarante personnes à bord."] * 20)
    assert not any(other_subject(blocks(*[PRIVACY] * 5) + rows + french))


def test_the_share_is_of_words_of_kept_blocks():
    page = blocks(*[PRIVACY] * 15, *[OTHER] * 12)
    n_other, n_words = 12 * 16, 15 * 12 + 12 * 16
    assert describe_subject(page) == (
        f"about {n_other / n_words:.0%} of the kept text does not read like a privacy policy; see the blocks"
    )
    for block in page[15:]:
        block.leave_out("outside the policy")
    assert describe_subject(page) == ""
