"""Vague terms: by hand, false friends both ways, places that lead back to the text."""

from __future__ import annotations

import sys
import time

import pandas as pd
import pytest

from policytools.measures.vagueness import LEXICON_FILE, find_vague_terms, load_hedge_lexicon, vagueness


def frame(*texts: str, policy: str = "a", kind: str = "sentence") -> pd.DataFrame:
    return pd.DataFrame(
        {"policy_id": policy, "block_id": 0, "sentence_id": range(len(texts)), "kind": kind, "section": "Use", "text": texts}
    )  # fmt: skip


def friends(text: str) -> list[tuple[str, str]]:
    found = find_vague_terms(frame(text))
    return list(zip(found["quote"], found["false_friend"]))


# The published lists, typed from Reidenberg et al. 2016.
PUBLISHED = {
    "condition": "depending, necessary, appropriate, inappropriate, as needed, as applicable, otherwise reasonably, "
    "sometimes, from time to time",
    "generalization": "generally, mostly, widely, general, commonly, usually, normally, typically, largely, often, "
    "primarily, among other things",
    "modality": "may, might, can, could, would, likely, possible, possibly",
    "numeric_quantifier": "anyone, certain, everyone, numerous, some, most, few, much, many, various, "
    "including but not limited to",
}


def test_the_lexicon_is_the_published_one():
    shipped = load_hedge_lexicon().categories
    assert shipped == {term: name for name, terms in PUBLISHED.items() for term in terms.split(", ")}


def test_counts_by_hand():
    texts = frame(
        "We may, from time to time, share some data.",  # 9 words: may; from time to time; some
        "We share nothing.",  # 3 words
        "You can delete it.",  # 4 words: can, a false friend
    )
    counted = vagueness(texts).set_index("category")
    # 4 terms in 16 words; 2 of 3 sentences
    assert counted.loc["all", ["n", "n_words", "n_sentences_with", "n_sentences", "n_false_friends"]].tolist() == [
        4, 16, 2, 3, 1,
    ]  # fmt: skip
    assert counted.loc["all", "per_hundred"] == pytest.approx(100 * 4 / 16)
    assert counted.loc["all", "share_sentences"] == pytest.approx(2 / 3)
    assert counted["n"].to_dict() == {
        "condition": 1, "generalization": 0, "modality": 2, "numeric_quantifier": 1, "all": 4,
    }  # fmt: skip
    strict = vagueness(texts, false_friends="left_out").set_index("category")
    assert strict.loc["all", ["n", "n_sentences_with", "n_false_friends"]].tolist() == [3, 1, 1]
    assert strict.loc["all", "per_hundred"] == pytest.approx(100 * 3 / 16)
    assert strict.loc["modality", "n"] == 1


def test_every_number_leads_back_to_a_sentence():
    texts = frame("Wé MAY share it,  Including, But not limited to “some”.", "Most data – 30 days.")
    found = find_vague_terms(texts)
    assert found["quote"].tolist() == ["MAY", "Including, But not limited to", "some", "Most"]
    by_id = texts.set_index("sentence_id")["text"]
    for row in found.itertuples():
        assert by_id[row.sentence_id][row.start : row.end] == row.quote
    assert vagueness(texts).query("category == 'all'")["n"].tolist() == [len(found)]


def test_a_space_of_a_term_is_also_a_hyphen(tmp_path):
    own = own_lexicon(tmp_path, "[categories]\na = ['state-of-the art', 'need to know']\n")
    found = find_vague_terms(frame("state of the art, state-of-the-art, need-to know"), lexicon=own)
    assert found["term"].tolist() == ["state-of-the art", "state-of-the art", "need to know"]
    found = find_vague_terms(frame("We change it from time-to-time, as-needed."))
    assert found["term"].tolist() == ["from time to time", "as needed"]
    assert found["quote"].tolist() == ["from time-to-time", "as-needed"]


def test_the_longer_term_counts_and_no_word_counts_twice(tmp_path):
    lexicon = tmp_path / "mine.toml"
    lexicon.write_text('[categories]\none = ["as needed", "needed"]\ntwo = ["as needed or wanted"]\n')
    found = find_vague_terms(frame("As needed or wanted, needed, as needed."), lexicon=lexicon)
    assert found["term"].tolist() == ["as needed or wanted", "needed", "as needed"]
    assert vagueness(frame("As needed."), lexicon=lexicon)["category"].tolist() == ["one", "two", "all"]


def test_patterns_of_ones_own_may_refer_to_their_groups(tmp_path):
    lexicon = tmp_path / "mine.toml"
    lexicon.write_text(
        "[categories]\none = ['may', 'can']\n"
        "[[false_friends]]\nkind = 'x'\npatterns = ['they may', '(we|you) (may|can) \\1']\n"
    )
    found = find_vague_terms(frame("You may, you can, they may. They can, we can we?"), lexicon=lexicon)
    assert found["false_friend"].tolist() == ["x", "", "x", "", "x"]


def test_words_are_whole():
    assert friends("Maybe a candid, uncertain someone generalizes mostly.") == [("mostly", "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("effective may 25, 2018", "month"),
        ("Version of 25 May 2018", "month"),
        ("since the 1st of May", "month"),
        ("last updated in May.", "month"),
        ("You can also delete your account.", "reader's choice"),
        ("Data subjects may at any time withdraw consent.", "reader's choice"),
        ("How can you opt out?", "reader's choice"),
        ("Our officer can be reached by e-mail.", "how to reach"),
        ("under the General Data Protection Regulation", "name"),
        ("We use strictly necessary cookies.", "name"),
        ("the most recent version", "degree"),
        ("how much data", "degree"),
        ("Please make certain it is right.", "certainty"),
        ("If you would like to know more", "idiom"),
        ("not from anyone under 16", "idiom"),
        ("as of May our terms change", "month"),
        ("between April and May", "month"),
        ("You can print the receipt.", "reader's choice"),
        ("Registrants may also notify the registry.", "reader's choice"),
        ("Your consent may be revoked.", "reader's choice"),
        ("Tracking can easily be disabled.", "reader's choice"),
        ("where you can:", "reader's choice"),
        ("The register can be accessed here.", "how to reach"),
        ("You may find more details on our blog.", "how to reach"),
        ("We log errors so that our engineers can repair them.", "purpose"),
        ("We keep your address so the parcel can reach you.", "purpose"),
        ("Statistics can help us.", "ability"),
        ("unless the carrier can prove its claim", "ability"),
        ("This makes it possible to pay by card.", "ability"),
        ("No network can be made fully safe.", "ruled out"),
        ("We don't rent your number to anyone.", "ruled out"),
        ("Processors may not use the data for themselves.", "ruled out"),
        ("Letters go to the Solicitor General.", "name"),
        ("12. General", "name"),
        ("Strictly necessary", "name"),
        ("a format sometimes called CSV", "name"),
        ("a structured, commonly used format", "words of a law"),
        ("data from which a person can be identified", "words of a law"),
        ("the pages that are most popular", "degree"),
        ("which parts matter most", "degree"),
        ("how often you log in", "degree"),
        ("We cannot be certain.", "certainty"),
        ("We would appreciate your reply.", "idiom"),
        ("Choose the appropriate settings in your browser.", "idiom"),
    ],
)
def test_false_friends_say_why(text, expected):
    [(_, reason)] = friends(text)
    assert reason == expected


@pytest.mark.parametrize(
    "text",
    [
        "We may delete your data.",
        "You may receive mail.",
        "Third parties can access it.",
        "We ask for certain data.",
        "for general purposes",
        "on most devices",
        "We share it where necessary.",
        "Partners that we work with in may cases.",
        "This would happen.",
        "We share it with anyone.",
        "You may still see banners.",
        "posts that you may find amusing",
        "Other customers may contact you.",
        "If you agree to do so we can sell it.",
        "So the period can vary.",
        "We do not share it with anyone except our agents.",
        "for the most part",
        "Like most shops we count visits.",
        "in general",
        "a general description",
        "From time-to-time it changes.",
        "where necessary",
        "Sharing is possible.",
    ],
)
def test_true_hedges_are_no_false_friends(text):
    [(_, reason)] = friends(text)
    assert reason == ""


def test_a_hedge_beside_a_false_friend_still_counts():
    assert friends("You can generally access some data; we may keep it until May 2020.") == [
        ("can", ""), ("generally", ""), ("some", ""), ("may", ""), ("May", "month"),
    ]  # fmt: skip


def test_sentences_are_the_share_all_units_the_rate():
    texts = pd.concat(
        [frame("We may share it."), frame("Data we may share", kind="heading").assign(sentence_id=1)]
    )
    row = vagueness(texts).set_index("category").loc["all"]
    assert row[["n", "n_words", "n_sentences_with", "n_sentences"]].tolist() == [2, 8, 1, 1]
    only = vagueness(texts, kinds=["sentence"]).set_index("category").loc["all"]
    assert only[["n", "n_words"]].tolist() == [1, 4]


def test_undefined_is_nan():
    row = vagueness(frame("16", kind="heading")).iloc[-1]
    assert row["n"] == 0
    assert pd.isna(row["per_hundred"]) and pd.isna(row["share_sentences"])


def test_a_policy_without_hedges_has_its_rows():
    both = pd.concat([frame("We may."), frame("We never share.", policy="b")])
    assert vagueness(both)[["policy_id", "category", "n"]].query("policy_id == 'b'")["n"].tolist() == [0] * 5


def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged():
    texts = pd.concat([frame("We may share some data.", "You can delete it."), frame("Most do.", policy="b")])
    shuffled = texts.sample(frac=1, random_state=2).set_index(pd.Index([5, 5, 0]))
    before = shuffled.copy()
    for measure in (vagueness, find_vague_terms):
        pd.testing.assert_frame_equal(measure(texts), measure(shuffled))
    pd.testing.assert_frame_equal(shuffled, before)


@pytest.mark.parametrize("measure", [vagueness, find_vague_terms])
def test_empty_input_gives_the_same_columns_and_dtypes(measure):
    texts = frame("We may share it.")
    pd.testing.assert_series_equal(measure(texts).dtypes, measure(texts.iloc[:0]).dtypes)
    assert measure(texts.iloc[:0]).empty


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="false_friends: must be 'counted' or 'left_out', not 'maybe'"):
        vagueness(frame("We may."), false_friends="maybe")
    with pytest.raises(ValueError, match=r"sentences: column kind missing"):
        vagueness(frame("We may.").drop(columns="kind"))
    for text in (
        "categories = 3",
        "[categories]\n",
        "[categories]\nall = ['may']",
        "no toml",
        "[categories]\na = ['...']",
    ):
        broken = tmp_path / "broken.toml"
        broken.write_text(text)
        with pytest.raises(ValueError, match=r"lexicon: .*broken\.toml"):
            vagueness(frame("We may."), lexicon=broken)


def test_an_unknown_set_in_a_false_friend_is_an_error(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text(
        "[categories]\na = ['may']\n[[false_friends]]\nkind = 'x'\npatterns = ['{nobody} may']\n"
    )
    with pytest.raises(ValueError, match="nobody"):
        vagueness(frame("We may."), lexicon=broken)


def own_lexicon(folder, text: str, encoding: str = "utf-8"):
    file = folder / "my.toml"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[categories]\na = 'may'", "categories.a must be a list of texts in square brackets, not 'may'"),
        ("[categories]\na = [1]", "categories.a must be a list"),
        ("[categories]\na = ['may']\n[sets]\nb = 'x'", "sets.b must be a list"),
        (
            "[categories]\na = ['may']\n[[false_friends]]\nkind = 'x'\npatterns = 'may'",
            "patterns of 'x' must be",
        ),
        (
            "[categories]\na = ['may']\n[[false_friends]]\npatterns = ['may']",
            "KeyError.'kind'.; see the head of hedges",
        ),
        (
            "[categories]\na = ['may']\n[[false_friends]]\nkind = 'x'\npatterns = ['(may']",
            r"\(may' is no regular",
        ),
        ("[categories]\na = ['may']\n[[false_friends]]\nkind = 'x'\npatterns = ['may(?R)']", "calls itself"),
        ("[categories]\na = " + "[" * 2000 + "]" * 2000, "RecursionError"),
        ("[categories]\na = ['caf\xe9']", "not UTF-8 text"),
    ],
)
def test_an_error_in_a_lexicon_names_the_file_and_the_entry(tmp_path, text, message):
    file = own_lexicon(tmp_path, text, "latin-1")
    with pytest.raises(ValueError, match=message) as caught:
        find_vague_terms(frame("We may."), lexicon=file)
    assert "my.toml" in str(caught.value)


def test_patterns_of_ones_own_are_bounded_in_time(tmp_path, monkeypatch):
    lexicon = own_lexicon(
        tmp_path, "[categories]\na = ['may']\n[[false_friends]]\nkind = 'x'\npatterns = ['(?:w|ww)+ may$']"
    )
    monkeypatch.setattr(sys.modules[find_vague_terms.__module__], "SECONDS", 0.2)
    with pytest.raises(ValueError, match="the false friends 'x' has too many ways to match"):
        vagueness(frame("w" * 60 + "x we may"), lexicon=lexicon)


def test_a_copy_of_the_shipped_lexicon_finds_the_same(tmp_path):
    copy = own_lexicon(tmp_path, LEXICON_FILE.read_text(encoding="utf-8"))
    texts = frame(
        "You can opt out so that we can stop, from time to time.", "We may keep most data.", "Who can see it?"
    )
    pd.testing.assert_frame_equal(find_vague_terms(texts, lexicon=copy), find_vague_terms(texts))


def test_the_shipped_lexicon_is_in_the_package():
    assert LEXICON_FILE.is_file()


@pytest.mark.parametrize("text", ["may ", "you may delete it in may 2018 and as needed "])
def test_many_terms_in_one_unit_take_bounded_time(text):
    sentences = frame(text * 20_000)
    start = time.process_time()
    assert len(find_vague_terms(sentences)) == 20_000 * (3 if "needed" in text else 1)
    assert time.process_time() - start < 30
