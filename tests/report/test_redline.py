"""The redline: what changed between two versions, as a page in a browser."""

from __future__ import annotations

import pandas as pd
import pytest
from lxml import html

from policytools.corpus.corpus import Corpus, corpus_from_texts
from policytools.report.redline import write_redline

ATTACK = "<img src=x onerror='window.attacked = true'>"
WRITTEN = ATTACK.replace("<", "&lt;").replace(">", "&gt;")  # as Markdown has to write it
KEPT = "\n\n".join(
    f"We keep the records of department {n} for {n} years after the order was sent." for n in range(3, 20)
)
SIGNALS = "We do not respond to the Do Not Track signals of your browser."
OLD = f"# Privacy {WRITTEN}\n\nWe use cookies for {WRITTEN} one purpose.\n\n{KEPT}\n\nWe never sell your data to anybody at all.\n\n## Last\n\nGoodbye then, dear reader of this page."
NEW = f"# Privacy {WRITTEN}\n\nWe use cookies for {WRITTEN} two purposes.\n\nGoodbye then, dear reader of this page.\n\n{KEPT}\n\n{SIGNALS}\n\n## Last"


def versions(
    old: str = OLD, new: str = NEW, dates: tuple[str, str] = ("2020-01-01", "2022-01-01"), vendor: str = "Ada"
) -> Corpus:
    return corpus_from_texts(pd.DataFrame({
        "policy_id": ["a", "b"], "vendor": vendor, "text": [old, new], "format": "markdown", "captured_on": dates,
    }))  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_redline(
        versions(vendor=f"Ada {ATTACK}"), "a", "b", tmp_path_factory.mktemp("red") / "red.html"
    )


def find(node: html.HtmlElement, *names: str) -> list[html.HtmlElement]:
    """The elements with these classes (or this tag), each inside one of the names before."""
    found = [node]
    for name in names:
        found = [
            inner
            for outer in found
            for inner in (outer.find_class(name[1:]) if name[0] == "." else outer.iter(name))
        ]
    return found


def lines(page: html.HtmlElement) -> list[html.HtmlElement]:
    return [row for row in find(page, ".row") if row.get("id")]


def test_each_change_is_shown(path):
    page = html.parse(str(path)).getroot()
    rows = {row.get("class").split()[1]: row for row in lines(page)}
    assert set(rows) == {"same", "edited", "moved", "added", "removed"}
    assert [
        part.text_content()
        for side, tag in ((".earlier", "del"), (".later", "ins"))
        for part in find(rows["edited"], side, tag)
    ] == [
        "one purpose.",
        "two purposes.",
    ]
    assert find(rows["edited"], ".inline")[0].text_content().split() == [
        "We", "use", "cookies", "for", "<img", "src=x", "onerror='window.attacked", "=", "true'>", "one", "purpose.", "two", "purposes."]  # fmt: skip
    assert find(rows["added"], ".later", "ins")[0].text_content() == SIGNALS
    assert "moved from “Last”" in rows["moved"].text_content()
    told = {(link.get("href")[1:], link.text_content().split()[0]) for link in find(page, ".told", "a")}
    assert {(rows["added"].get("id"), "gained"), (rows["removed"].get("id"), "lost")} <= told
    folded = find(page, "details")
    assert [len(find(part, ".row")) for part in folded] == [13]  # 17 less two beside each change
    assert find(folded[0], "summary")[0].text_content() == "13 unchanged lines"
    assert not find(page, "img")


def test_all_words_of_both_versions_are_on_the_page(path):
    page = html.parse(str(path)).getroot()
    corpus = versions(vendor=f"Ada {ATTACK}")
    for policy_id, side in (("a", "earlier"), ("b", "later")):
        shown = " ".join(
            part.text_content() for part in [inner for row in lines(page) for inner in find(row, f".{side}")]
        )
        own = " ".join(corpus.sentences.loc[corpus.sentences["policy_id"] == policy_id, "text"])
        assert sorted(shown.split()) == sorted(own.split())


def test_in_a_browser(browser, path):
    from selenium.webdriver.common.keys import Keys

    browser.get(path.as_uri())
    body = browser.find_element("tag name", "body")
    n = len(browser.find_elements("css selector", "[data-change]"))
    for key, said in (("n", 1), ("n", 2), ("p", 1), ("p", n)):
        body.send_keys(key)
        assert browser.find_element("id", "at").text == f"change {said} of {n}"
    inline = browser.find_element("css selector", ".edited .inline")
    assert not inline.is_displayed()
    browser.find_element("id", "view").send_keys(Keys.ENTER)
    assert inline.is_displayed()
    browser.find_element("id", "view").send_keys(Keys.ENTER)
    browser.set_window_size(420, 900)
    assert inline.is_displayed()
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.execute_script("return window.attacked") is None
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_no_barriers(browser, axe, path):
    browser.get(path.as_uri())
    assert axe() == []


def test_equal_versions(tmp_path):
    page = write_redline(versions(OLD, OLD), "a", "b", tmp_path / "red.html").read_text("utf-8")
    assert (
        "No disclosure was gained or lost." in page
        and "data-change" not in page.split("<script>")[0].split("<main")[1]
    )


def test_wrong_input(tmp_path):
    corpus = versions(dates=("2022-01-01", "2020-01-01"))
    cases = [
        (
            ("a", "b", tmp_path / "x.html"),
            ValueError,
            "earlier: 'a' is of 2022-01-01, after 'b' of 2020-01-01; swap them",
        ),
        (("a", "a", tmp_path / "x.html"), ValueError, "later: 'a' is the earlier version too"),
        (("z", "b", tmp_path / "x.html"), ValueError, "earlier: no policy 'z'"),
        (("a", "b", tmp_path), ValueError, "path: .* is a folder; give the name of a file"),
        (("a", "b", tmp_path / "none" / "x.html"), FileNotFoundError, "path: there is no folder"),
    ]
    for arguments, kind, said in cases:
        with pytest.raises(kind, match=said):
            write_redline(corpus, *arguments)
    assert list(tmp_path.iterdir()) == []
