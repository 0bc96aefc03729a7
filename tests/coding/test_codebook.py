"""Codebooks: the rule language, one feature a test; errors with their line."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from policytools.coding import phrases
from policytools.coding.codebook import load_codebook
from policytools.coding.coverage import code_sentences

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
    return sorted(code_sentences(units(*texts, **context), codebook)["sentence_id"].unique().tolist())


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


def test_a_fallback_rule_counts_only_where_no_other_rule_finds_anything(tmp_path):
    book = one_rule(tmp_path, 'find = ["we use"]\n[[item.rule]]\nfind = ["cookie~"]\nfallback = true\n')
    assert evidence(book, "We use cookies.", "A cookie is small.") == [0]
    assert evidence(book, "A cookie is small.", "Cookies last.") == [0]  # the first one is quoted


def test_the_vendors_own_name_is_no_evidence_where_the_rule_says_so(tmp_path):
    texts = [f"Acme does {n} with Bolt." if n == 3 else f"Acme does {n}." for n in range(8)]
    assert evidence(one_rule(tmp_path, 'find = ["acme", "bolt"]\nown_name = "void"\n'), *texts) == [3]
    assert evidence(one_rule(tmp_path, 'find = ["acme"]\nown_name = "void"\n'), *texts[:4]) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="own_name is 'no': allowed are 'counts', 'void'"):
        one_rule(tmp_path, 'find = ["acme"]\nown_name = "no"\n')


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
        (HEAD + "x = " + "[" * 5000 + "]" * 5000, "mine.toml, line 3: not valid TOML"),
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


# --- bounded in size, depth and time


def test_groups_that_double_are_refused_with_their_entry(tmp_path):
    letters = "abcdefghijklmnopqrstuvwxyz"
    groups = "".join(f'g{one} = ["{{g{two}}} {{g{two}}}"]\n' for one, two in pairwise(letters))
    with pytest.raises(
        ValueError, match=r'mine.toml, line 4, \[groups\] ga: the group "g\w" has more than 20,000 words'
    ):
        one_rule(tmp_path, 'find = ["{ga}"]\n', groups=groups + 'gz = ["word"]')


@pytest.mark.parametrize("order", [1, -1])
def test_groups_in_a_long_chain_are_refused(tmp_path, order):
    chain = [f'g{n} = ["{{g{n + 1}}}"]\n' for n in range(2000)]
    with pytest.raises(ValueError, match=r"mine.toml, line \d+, \[groups\] g\d+: .*more than 60 levels"):
        one_rule(tmp_path, 'find = ["{g0}"]\n', groups="".join(chain[::order]) + 'g2000 = ["word"]')


def test_brackets_and_tables_inside_each_other_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"mine.toml, line \d+, item 'a': .*more than 60 levels"):
        one_rule(tmp_path, f'find = ["{"(" * 5000}word{")" * 5000}"]\n')
    for deep in (f"a = {'[' * 3000}{']' * 3000}\n", f"title.{'a.' * 3000}b = 1\n"):
        with pytest.raises(ValueError, match="mine.toml"):
            load_codebook(write(tmp_path, deep + HEAD))
    assert evidence(
        one_rule(tmp_path, f'find = ["word{"?" * 5000} here"]\n'), "A word here.", "Or here."
    ) == [0, 1]


def test_optional_words_in_a_row_are_refused_or_stopped(tmp_path, monkeypatch):
    many = " ".join(["(so)?"] * 40)
    with pytest.raises(
        ValueError, match=r"mine.toml, line \d+, item 'a': .*more than 10,000,000 ways to match at one place"
    ):
        one_rule(tmp_path, f'find = ["{many} on"]\n')
    book = one_rule(tmp_path, 'find = ["on ..15 on ..15 on ..15 on ..15 end"]\n')
    assert evidence(book, "On and on, on and on, to the end.", "On to the end.") == [0]
    monkeypatch.setattr(phrases, "SECONDS", 0.05)
    with pytest.raises(
        ValueError, match=r"mine.toml, item 'a': .* took longer than 0.05 seconds in the text 'on on"
    ):
        evidence(book, "on " * 500 + "and the end")


def test_the_shipped_phrases_stay_below_the_limits():
    extents = [phrases._extent(phrase.tree) for phrase in load_codebook("printing").phrases]
    assert max(extent.words for extent in extents) < phrases.MAX_WORDS / 10
    assert max(extent.depth for extent in extents) < phrases.MAX_DEPTH / 2
    assert max(extent.ways for extent in extents) < phrases.MAX_WAYS / 10


def test_lines_of_blanks_in_a_codebook_take_no_time(tmp_path):
    blank = " " * 200_000
    text = f'{HEAD}announcements = [{blank}]\n[groups]\nword = ["""x""",\n{blank}"y"]\n'
    book = load_codebook(
        write(
            tmp_path,
            text
            + ITEM.format("a")
            + f'note = """\n[{blank}\n"""\n'.replace("note", "counts")
            + '[[item.rule]]\nfind = ["x"]\n',
        )
    )
    assert evidence(book, "An x.") == [0]


def test_a_codebook_that_is_no_unicode_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes('title = "Prüfung"\n'.encode("latin-1"))
    with pytest.raises(ValueError, match="mine.toml: not UTF-8 text"):
        load_codebook(path)
