"""The language of a text: what is flagged as not English."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from policytools.corpus.corpus import corpus_from_texts, read_policies
from policytools.reading.blocks import Block
from policytools.reading.language import describe_language, is_english, is_mostly_foreign

POLICY = (
    "Privacy Policy\n\nWe collect your name and your e-mail address when you order a printer from us, and we use this personal data "
    "to send you the goods and to answer your questions.\n\nWe share your personal information with carriers only, and we never sell "
    "it to third parties. You have the right to access, correct and delete your personal data at any time.\n"
)


FRENCH = (
    "Nous recueillons votre nom et votre adresse lorsque vous commandez une imprimante sur notre site et que vous payez la "
    "commande. Nous ne vendons jamais vos données personnelles à des tiers, et vous pouvez demander leur effacement.\n"
)


def test_text_that_is_not_english_is_warned_of_and_flagged(tmp_path: Path):
    (tmp_path / "fr.txt").write_text(FRENCH * 4, encoding="utf-8")
    with pytest.warns(UserWarning, match=r"^fr \(fr\.txt\): language: not English \(fr\)"):
        corpus = read_policies(tmp_path)
    assert corpus.policies["language"].tolist() == ["fr"]
    assert "not English (fr)" in corpus.policies["note"].item()


def test_many_texts_that_are_not_english_give_one_warning():
    frame = pd.DataFrame({"policy_id": list("abcde"), "text": [FRENCH * 4] * 5})
    with pytest.warns(UserWarning) as caught:
        corpus = corpus_from_texts(frame)
    (warning,) = caught
    assert str(warning.message).startswith("a (text): language") and "and 2 more" in str(warning.message)
    assert corpus.policies["note"].str.contains("not English").all()


def test_two_languages_side_by_side_are_flagged():
    text = f"{POLICY}\n\n{FRENCH}"
    with pytest.warns(UserWarning, match="words are in fr blocks"):
        corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": [text]}))
    assert "fr blocks" in corpus.policies["note"].item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We keep data FOR You,", True),  # none of them in lower case and without a mark
        ("data data data data the", True),
        ("data data data data data the", False),
        ("", False),
    ],
)
def test_a_fifth_of_function_words_is_english(text, expected):
    assert is_english(text.split()) is expected


def test_scripts_without_spaces_are_counted_by_their_letters():
    chinese = "我们收集您的姓名和地址，以便为您送达包裹。您可以随时要求删除您的个人信息。"
    menu = [Block("paragraph", "We use cookies to make this site work for you and for all of our visitors.")]
    blocks = [*menu, *(Block("paragraph", chinese) for _ in range(4))]
    assert describe_language(blocks) == (
        "zh",
        "language: not English (zh); the measures are made for English",
    )
    assert is_mostly_foreign(block.text for block in blocks)
    assert not is_mostly_foreign(block.text for block in [*menu, *menu, blocks[1]])
