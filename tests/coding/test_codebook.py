"""Codebooks: the rule language, one feature a test; errors with their line; the shipped codebook."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.coding.codebook import load_codebook
from policytools.coding.coverage import code_sentences
from policytools.coding.phrases import Grammar, PhraseError, inflections, normalize

HEAD = 'title = "Mine"\nversion = "1"\n'
ITEM = '[[item]]\nid = "{0}"\nfamily = "f"\nquestion = "q?"\n'


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def one_rule(tmp_path, rule, groups="", item=""):
    text = (
        HEAD
        + (f"[groups]\n{groups}\n" if groups else "")
        + ITEM.format("a")
        + item
        + "\n[[item.rule]]\n"
        + rule
    )
    return load_codebook(write(tmp_path, text))


def units(*texts, kinds=None, sections=None):
    n = len(texts)
    return pd.DataFrame(
        {
            "policy_id": ["p"] * n,
            "sentence_id": range(n),
            "kind": kinds or ["sentence"] * n,
            "section": sections or [""] * n,
            "text": texts,
        }
    )


def evidence(codebook, *texts, **context):
    """Numbers of the sentences that the codebook's only item is found in."""
    return code_sentences(units(*texts, **context), codebook)["sentence_id"].unique().tolist()


def matches(phrase, text, groups=None):
    return bool(Grammar(groups or {}).compile(phrase).pattern.search(normalize(text)))


# --- phrases


@pytest.mark.parametrize(
    "phrase, hits, misses",
    [
        (
            "collect data",
            ["We COLLECT\u00a0data.", "collect-data", "collect, data"],
            ["collect the data", "recollect data"],
        ),
        ("opt-out", ["opt out", "opt-out", "Optout", "opt\u2011out"], ["opt for out"]),
        ("collect~", ["collects", "collected", "collecting"], ["collection", "collector"]),
        ("sell~", ["sold", "selling"], ["seller"]),
        ("party~", ["parties", "party"], ["partial"]),
        ("(sell|rent)~ it", ["sold it", "renting it"], ["sells them"]),
        ("(print|scan)*", ["printers", "scanning"], ["blueprint"]),
        ("collect*", ["collection", "collects"], ["recollect"]),
        ("personal? data", ["data", "personal data"], ["date"]),
        ("we (may|might)? share", ["we share", "we might share"], ["we will share"]),
        ("we .. share", ["we share", "we do not usually share"], ["we one two three four five six share"]),
        ("we ..1 share", ["we may share"], ["we may not share"]),
        ("we * share", ["we may share"], ["we share", "we may not share"]),
        ("^ last updated", ["Last updated: now", "- last updated"], ["was last updated"]),
        ("{date} $", ["dated 3 May 2020."], ["3 May 2020 is the date"]),
        ("personalize~", ["personalised", "personalized"], ["personal"]),
        ("user data", ["the user's data", "the user\u2019s data"], ["users data"]),
        ("{number} day~", ["thirty (30) days", "2 days", "one day"], ["some days"]),
        ("{email}", ["me@acme.co.uk", "[email protected]", "me [at] acme.com"], ["at acme.com"]),
        (
            "{date}",
            ["25.05.2018", "May 25th, 2018", "2020-01-31", "1 sept. 2020", "june 2021"],
            ["on 25 May", "2018"],
        ),
        ("{phone}", ["+1 (555) 123-4567"], ["in 2018"]),
        ("{url}", ["see acme.com/privacy", "https://x.org"], ["see above"]),
    ],
)
def test_phrase(phrase, hits, misses):
    assert [text for text in hits if not matches(phrase, text)] == []
    assert [text for text in misses if matches(phrase, text)] == []


def test_groups_may_use_groups():
    groups = {"we": ["we", "our {firm}"], "firm": ["company", "firm"]}
    assert matches("{we} collect", "Our firm collect", groups)


def test_inflections_of_regular_and_irregular_words():
    assert inflections("share") == {"share", "shares", "shared", "sharing"}
    assert {"transfer", "transfers", "transferred", "transferring"} <= inflections("transfer")
    assert {"child", "children"} <= inflections("child")
    assert {"notified", "notifies"} <= inflections("notify")


@pytest.mark.parametrize(
    "phrase, problem",
    [
        ("", "empty phrase"),
        ("a (b", r'"\(" without "\)"'),
        ("a) b", r'"\)" without "\("'),
        ("a (b|) c", "empty alternative"),
        (".. a", "begins or ends with a gap"),
        ("a ..40 b", "1 to 15 words, not 40"),
        ("{nope} a", 'group "{nope}", which'),
        ("a?", "gaps and optional words only"),
        ("? a", "belongs directly behind"),
        ("~ a", "belongs directly behind"),
        ("ab*", "at least three letters"),
        ("compan(y|ies)", "put a space before"),
        ("a; b", "means nothing here: ';'"),
    ],
)
def test_bad_phrase(phrase, problem):
    with pytest.raises(PhraseError, match=problem):
        Grammar({}).compile(phrase)


def test_groups_in_a_circle():
    with pytest.raises(PhraseError, match="a -> b -> a"):
        Grammar({"a": ["x {b}"], "b": ["y {a}"]}).compile("{a}")


def test_normalizing_keeps_every_offset():
    text = "İ “Quoted” – ﬁle's"
    assert len(normalize(text)) == len(text)
    assert normalize("“A–B”") == '"a-b"'


# --- conditions of a rule


def test_near_in_the_sentence_and_within_words(tmp_path):
    book = one_rule(tmp_path, 'find = ["cookie~"]\nnear = ["browser"]\nwithin = 3\n')
    assert evidence(
        book, "Cookies in your browser.", "Cookies are small, and so is the browser.", "Cookies."
    ) == [0]


def test_near_of_two_kinds(tmp_path):
    book = one_rule(tmp_path, 'find = ["data"]\nnear = [["we", "us"], ["sell~", "rent~"]]\n')
    assert evidence(book, "We sold data.", "We keep data.", "They sell data.") == [0]


def test_not_near(tmp_path):
    book = one_rule(tmp_path, 'find = ["share~"]\nnot_near = ["link"]\n')
    assert evidence(book, "We share data.", "Share this link.") == [0]
    book = one_rule(tmp_path, 'find = ["share~"]\nnot_near = ["link"]\nnot_within = 1\n')
    assert evidence(book, "Share this link.", "We share all that one may find behind a link.") == [1]


def test_exclude_voids_only_where_it_overlaps(tmp_path):
    book = one_rule(tmp_path, 'find = ["cookie~"]\nexclude = ["cookie policy"]\n')
    assert evidence(book, "See our Cookie Policy.", "Cookies: see our cookie policy.") == [1]


def test_item_wide_exclude_and_not_near(tmp_path):
    book = one_rule(
        tmp_path, 'find = ["cookie~"]\n', item='exclude = ["cookie policy"]\nnot_near = ["cake"]\n'
    )
    assert evidence(book, "Our cookie policy.", "Cookies and cake.", "We use cookies.") == [2]


def test_heading_marked_or_not(tmp_path):
    book = one_rule(tmp_path, 'find = ["delete~"]\nheading = ["your rights"]\n')
    assert evidence(book, "We delete it.", "You may delete it.", sections=["Storage", "Your Rights"]) == [1]
    assert evidence(book, "your rights", "you may delete it.", kinds=["fragment", "sentence"]) == [1]
    book = one_rule(tmp_path, 'find = ["delete~"]\nnot_heading = ["your rights"]\n')
    assert evidence(book, "We delete it.", "You may delete it.", sections=["Storage", "Your Rights"]) == [0]


def test_headings_are_no_evidence_unless_the_item_says_so(tmp_path):
    assert evidence(one_rule(tmp_path, 'find = ["{date}"]\n'), "May 2020", kinds=["heading"]) == []
    assert evidence(
        one_rule(tmp_path, 'find = ["{date}"]\n', item="headings = true\n"), "May 2020", kinds=["heading"]
    ) == [0]


def test_lead_in_of_a_list(tmp_path):
    book = one_rule(tmp_path, 'find = ["name"]\nlead_in = ["collect~"]\n')
    texts = ["We collect:", "your name", "We delete your name."]
    assert evidence(book, *texts, kinds=["sentence", "fragment", "sentence"]) == [1, 2]
    assert evidence(book, "We publish:", "your name") == []
    kinds = ["sentence", "heading", "sentence"]
    assert evidence(book, "We collect:", "Use", "Your name is nice.", kinds=kinds) == []


def test_lead_in_of_a_list_in_a_list(tmp_path):
    book = one_rule(tmp_path, 'find = ["name"]\nlead_in = ["collect~"]\n')
    assert evidence(book, "We collect:", "From you:", "your name") == [2]


@pytest.mark.parametrize(
    "key, expected",
    [("sentence_before", [1]), ("sentence_after", [0]), ("around", [0, 1, 2]), ("anywhere", [0, 1, 2, 3])],
)
def test_neighbours(tmp_path, key, expected):
    book = one_rule(tmp_path, f'find = ["it"]\n{key} = ["cookie~"]\n')
    texts = {
        "sentence_before": ["Cookies.", "Refuse it.", "Keep it."],
        "sentence_after": ["We use it.", "Cookies.", "It."],
    }
    default = ["Refuse it.", "Cookies and it.", "Keep it.", "Use it."]
    assert evidence(book, *texts.get(key, default)) == ([0] if key == "sentence_after" else expected)


def test_not_around(tmp_path):
    book = one_rule(tmp_path, 'find = ["it"]\nnot_around = ["cookie~"]\n')
    assert evidence(book, "Refuse it.", "Cookies.", "Keep it.", "Use it.") == [3]


def test_negation(tmp_path):
    texts = ["We sell data.", "We do not sell data.", "No data is sold.", "We never, in no case, sell data."]
    assert evidence(one_rule(tmp_path, 'find = ["sell~"]\n'), *texts) == [0, 1, 2, 3]
    assert evidence(one_rule(tmp_path, 'find = ["sell~"]\nnegation = "void"\n'), *texts) == [0]
    assert evidence(one_rule(tmp_path, 'find = ["sell~"]\nnegation = "required"\n'), *texts) == [1, 2, 3]


def test_at_least_in_a_sentence_a_list_a_policy(tmp_path):
    kinds = 'kind = ["name~", "e-mail~", "phone~"]'
    rule = 'find = ["{kind}"]\nat_least = 2\n'
    assert evidence(one_rule(tmp_path, rule, kinds), "Name and email.", "Name, names.", "Phone.") == [0]
    rule += 'count_in = "list"\n'
    assert evidence(one_rule(tmp_path, rule, kinds), "We collect:", "name", "phone") == [1, 2]
    assert evidence(one_rule(tmp_path, rule, kinds), "Name.", "Phone.") == []
    rule = rule.replace("list", "policy")
    assert evidence(one_rule(tmp_path, rule, kinds), "Name.", "Phone.") == [0, 1]
    assert evidence(one_rule(tmp_path, rule, kinds), "Name.", "Names.") == []


def test_announcements_are_no_evidence_unless_the_item_says_so(tmp_path):
    text = (
        'announcements = ["this policy explains"]\n'
        + HEAD
        + ITEM.format("a")
        + "{}[[item.rule]]\nfind = ['we']\n"
    )
    sentence = "This policy explains how we use data."
    assert evidence(load_codebook(write(tmp_path, text.replace("{}", ""))), sentence) == []
    assert evidence(
        load_codebook(write(tmp_path, text.replace("{}", "announcements = true\n"))), sentence
    ) == [0]


# --- errors of a researcher's own codebook, each with its line


GOOD = HEAD + "[groups]\nwe = ['we']\n" + ITEM.format("a") + "\n[[item.rule]]\nfind = ['x']\n"


@pytest.mark.parametrize(
    "text, message",
    [
        (HEAD + "title = 'twice'\n", "mine.toml, line 3: not valid TOML"),
        ("version = '1'\n" + ITEM.format("a"), "no title given"),
        (HEAD, "no items: write at least one"),
        (HEAD + "colour = 1\n" + ITEM.format("a"), "line 3: unknown key 'colour'"),
        (
            GOOD + "colour = 1\n",
            "mine.toml, line 12, item 'a': unknown key 'colour': allowed are note, find, near",
        ),
        (GOOD.replace("question", "query"), "line 8, item 'a': unknown key 'query'"),
        (GOOD.replace('question = "q?"\n', ""), "line 5, item 'a': no question given"),
        (GOOD.replace('"a"', '"a b"'), "line 6, item 'a b': the id 'a b' must be one word"),
        (
            GOOD + GOOD[GOOD.index("[[item]]") :],
            "line 13, item 'a': the id is already taken by the item of line 6",
        ),
        (HEAD + ITEM.format("a"), "line 3, item 'a': no rule"),
        (GOOD.replace("find = ['x']", "note = 'n'"), "line 10, item 'a': a rule without find finds nothing"),
        (GOOD.replace("['x']", "'x'"), "line 11, item 'a': find must be a list of texts, not 'x'"),
        (GOOD.replace("['x']", "[1]"), "line 11, item 'a': find must be a list of texts"),
        (GOOD.replace("['x']", "[\n  'ok',\n  '(b',\n]"), r"line 13, item 'a': \"\(b\" has a \"\(\" without"),
        (
            GOOD.replace("['x']", "['{us} x']"),
            r"line 11, item 'a': refers to the group \"{us}\".*Known groups: .*we",
        ),
        (GOOD.replace("we = ['we']", "we = []"), r"line 4, \[groups\] we: the group is empty"),
        (GOOD.replace("we = ['we']", "we = ['we (']"), r"line 4, \[groups\] we: \"we \(\""),
        (GOOD.replace("we = ['we']", "date = ['we']"), r"line 4, \[groups\] date: is built in"),
        (
            GOOD + "negation = 'maybe'\n",
            "line 12, item 'a': negation is 'maybe': allowed are 'counts', 'void', 'required'",
        ),
        (GOOD + "at_least = true\n", "line 12, item 'a': at_least must be a number"),
        (GOOD + "within = 3\n", "line 12, item 'a': within limits near, but this rule has no near"),
        (
            GOOD.replace("[groups]", "[checklists]\nf = ['GDPR']\n[groups]"),
            r"\[checklists\] f: is the name of a family",
        ),
        (GOOD.replace("family", "refs = 'GDPR'\nfamily"), "line 7, item 'a': refs must be a list of texts"),
    ],
)
def test_errors_name_file_line_and_item(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        load_codebook(write(tmp_path, text))


def test_unknown_name_and_wrong_encoding(tmp_path):
    with pytest.raises(
        ValueError, match="'nothing' not found: give a path to a .toml file, or one of: .*disclosure"
    ):
        load_codebook("nothing")
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "ü"'.encode("latin-1"))
    with pytest.raises(ValueError, match="latin.toml: not UTF-8"):
        load_codebook(path)


# --- the shipped codebook


def test_shipped_codebook_is_whole():
    book = load_codebook("disclosure")
    assert list(book.items.columns) == ["item", "family", "question", "counts", "not", "refs"]
    assert len(book.items) == 63 and book.items["item"].is_unique
    assert {rule.item for rule in book.rules} == set(book.items["item"])
    assert (book.items[["question", "counts", "not"]] != "").all(axis=None)
    assert list(book.checklists)[:3] == ["identity", "collection", "3d_printing"]
    assert {"GDPR 13/14", "CCPA 7011(e)", "CalOPPA", "OPP-115", "3dp"} < set(book.checklists)
    assert list(book.checklists)[-1] == "all" and len(book.checklists["all"]) == 63
    assert book.checklists["CalOPPA"] == (
        "effective_date", "change_notice", "data_categories", "cookies", "do_not_track", "third_party_advertising",
        "right_access",
    )  # fmt: skip
    assert "right_erasure" in book.checklists["GDPR 13/14"]  # Article 13(2)(b) names the right of Article 17
    assert "response_time" not in book.checklists["GDPR 13/14"]


def test_loading_twice_gives_the_same_codebook():
    one, two = load_codebook("disclosure"), load_codebook("disclosure")
    assert one.rules == two.rules and one.items.equals(two.items)
