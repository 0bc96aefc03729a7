"""The evidence page, as a file and in a browser, and the same evidence in a notebook."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from coded_policies import ATTACK, BREAKOUT, ROOT, hand, hostile, read
from html_page import HtmlPage

from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus, corpus_from_texts
from policytools.report.evidence import show_evidence
from policytools.report.evidence_page import write_report


@pytest.fixture(scope="module")
def by_hand():
    codes = pd.read_csv(ROOT / "data/codings/codings.csv", keep_default_na=False)
    return codes, pd.read_csv(ROOT / "data/codings/coders.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def page(corpus, codebook, codings, tmp_path_factory):
    """The five policies as the rules code them."""
    path = tmp_path_factory.mktemp("page") / "evidence.html"
    return write_report(corpus, path, codebook=codebook, codings=codings)


def data_of(path: Path) -> dict:
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', read(path), re.DOTALL)[1]
    )


# --- the file


def test_page_is_whole_and_alone(page, corpus, codebook):
    parsed = HtmlPage(read(page))
    assert parsed.open == []
    assert page.stat().st_size < 2_000_000
    # Nothing is fetched: no element that loads, no address in the style, and a policy that forbids it.
    assert not {tag for tag, _ in parsed.tags} & {"link", "img", "iframe", "object", "embed", "base", "use"}
    assert not [attrs for _, attrs in parsed.tags if "src" in attrs or "style" in attrs]
    assert not [name for _, attrs in parsed.tags for name in attrs if name.startswith("on")]
    assert "url(" not in read(page).split("</style>")[0] and "@import" not in read(page)
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    buttons = [attrs for tag, attrs in parsed.tags if tag == "button" and attrs.get("id", "").startswith("c")]
    assert len([attrs for attrs in buttons if "-" in attrs["id"]]) == len(corpus) * len(codebook.items)
    for attrs in buttons:
        assert set(attrs.get("aria-labelledby", "").split()) <= set(ids)


def test_headers_have_a_scope(page):
    heads = [attrs for tag, attrs in HtmlPage(read(page)).tags if tag == "th"]
    assert heads and {attrs["scope"] for attrs in heads} == {"row", "col", "rowgroup"}


def test_policy_allows_this_style_and_this_script_alone(page):
    text = read(page)
    csp = next(attrs["content"] for _, attrs in HtmlPage(text).tags if "http-equiv" in attrs)
    assert "default-src 'none'" in csp and "unsafe" not in csp
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        inside = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in csp


def test_script_never_makes_html_of_data():
    script = (ROOT / "policytools/resources/report/evidence_page.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script
    )


def test_counts_equal_the_frames(page, corpus, codebook, codings):
    data = data_of(page)
    cells = coverage(codings, codebook, corpus.policies)
    for policy in data["policies"]:
        own = cells[cells["policy_id"] == policy["id"]]
        assert [bool(cell[0]) for cell in policy["cells"]] == own["addressed"].tolist()
        assert [len(cell[4]) for cell in policy["cells"]] == own["n_evidence"].tolist()
        assert {cell[1] for cell in policy["cells"]} == {"the rules"}
    n = int(cells[cells["policy_id"] == "zongheng3d"]["addressed"].sum())
    assert f"{n} of {len(codebook.items)}<svg" in read(page)


def test_passages_stand_where_the_codings_say(page, corpus, codebook, codings):
    items = codebook.items["item"].tolist()
    expected = {
        (row.policy_id, row.item, row.sentence_id, row.quote[row.start : row.end])
        for row in codings.itertuples()
    }
    found = set()
    for policy in data_of(page)["policies"]:
        for item, cell in zip(items, policy["cells"], strict=True):
            for sentence_id, parts, _ in cell[4]:
                for block, start, end, _ in parts:
                    text = policy["blocks"][block][3].encode("utf-16-le")
                    found.add(
                        (policy["id"], item, sentence_id, text[2 * start : 2 * end].decode("utf-16-le"))
                    )
    assert found == expected


def test_policies_with_little_known_and_nothing_said(codebook, tmp_path):
    corpus = corpus_from_texts(
        pd.DataFrame({"policy_id": ["a", "b"], "text": ["We use cookies.", "We use cookies."]})
    )
    bare = Corpus(
        corpus.policies[["policy_id", "vendor"]].assign(title=float("nan"), vendor=None),
        corpus.blocks[corpus.blocks["policy_id"] == "a"],
        corpus.sentences[corpus.sentences["policy_id"] == "a"],
    )
    data = data_of(write_report(bare, tmp_path / "x.html", codebook=codebook))
    assert [policy["label"] for policy in data["policies"]] == ["a", "b"]
    assert data["policies"][1]["blocks"] == [] and not any(cell[0] for cell in data["policies"][1]["cells"])


def test_all_blocks_are_there_and_what_was_left_out_says_why(page, corpus):
    for policy in data_of(page)["policies"]:
        blocks = corpus.blocks[corpus.blocks["policy_id"] == policy["id"]]
        assert [block[2] for block in policy["blocks"]] == blocks["reason"].tolist()
        assert len(policy["blocks"]) == len(blocks)


def test_same_input_same_bytes(corpus, codebook, codings, page, tmp_path):
    shuffled = codings.sample(frac=1, random_state=1)
    again = write_report(corpus, tmp_path / "again.html", codebook=codebook, codings=shuffled)
    assert again.read_bytes() == page.read_bytes()


def test_input_is_not_changed(small, codebook, tmp_path):
    codes = hand()
    before = codes.copy()
    kept = [frame.copy() for frame in (small.policies, small.blocks, small.sentences)]
    coders = pd.DataFrame({"coder": ["XY"], "kind": ["person"]})
    write_report(small, tmp_path / "x.html", codebook=codebook, hand_codings=codes, coders=coders)
    pd.testing.assert_frame_equal(codes, before)
    for frame, copy in zip((small.policies, small.blocks, small.sentences), kept, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_nothing_is_left_beside_the_page(small, codebook, tmp_path, monkeypatch):
    path = write_report(small, tmp_path / "x.html", codebook=codebook)
    assert [file.name for file in tmp_path.iterdir()] == ["x.html"]
    before = path.read_bytes()

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_report(small, path, codebook=codebook, title="other")
    assert [file.name for file in tmp_path.iterdir()] == ["x.html"] and path.read_bytes() == before


def test_hand_codings_say_who_decided(corpus, codebook, codings, by_hand, tmp_path):
    codes, coders = by_hand
    path = write_report(
        corpus, tmp_path / "x.html", codebook=codebook, codings=codings, hand_codings=codes, coders=coders
    )
    assert path.stat().st_size < 2_000_000
    data = data_of(path)
    agreed = codes[codes["coder"] == "agreed"].set_index(["policy_id", "item"])["code"]
    for policy in data["policies"]:
        for item, cell in zip(data["items"], policy["cells"], strict=True):
            assert cell[0] == agreed[policy["id"], item["item"]]
            assert cell[1] == "the coders' agreed code (a language model)"
            assert cell[2] == int(
                cell[0] != cell[3]
            )  # the coders agree throughout, so only the rules can differ
            assert len(cell[5]) == 3
            if cell[0]:  # the passage that opens first is one that the decision rests on
                assert any("agreed" in data["sources"][n] for n in cell[4][cell[6]][2])
    assert "No person has confirmed it." in read(path)


@pytest.mark.parametrize(
    ("kinds", "decider"),
    [
        ({"coder_kind": "person"}, "XY (a person)"),
        ({"coder_kind": "model"}, "XY (a language model)"),
        ({}, "XY (kind of reader not stated)"),
    ],
)
def test_kind_of_coder_is_never_guessed(small, codebook, tmp_path, kinds, decider):
    data = data_of(write_report(small, tmp_path / "x.html", codebook=codebook, hand_codings=hand(**kinds)))
    number = [item["item"] for item in data["items"]].index("children")
    assert data["policies"][0]["cells"][number][:4] == [1, decider, 1, 0]


def test_quotes_are_found_whatever_their_layout(small, codebook, tmp_path):
    codes = hand(evidence="we USE\ncookies, to ... our printers || Welcome  to | like")
    data = data_of(write_report(small, tmp_path / "x.html", codebook=codebook, hand_codings=codes))
    number = [item["item"] for item in data["items"]].index("children")
    marked = []
    for _, parts, _ in data["policies"][0]["cells"][number][4]:
        for block, start, end, _ in parts:
            text = data["policies"][0]["blocks"][block][3].encode("utf-16-le")
            marked.append(text[2 * start : 2 * end].decode("utf-16-le"))
    assert marked == ["Welcome to", "We use cookies to", "like", "our printers"]


@pytest.mark.parametrize("quote", ["rememberyou", "cook-ies to", "okies to remem"])
def test_quotes_are_found_where_layout_glued_or_tore_words(small, codebook, tmp_path, quote):
    data = data_of(
        write_report(small, tmp_path / "x.html", codebook=codebook, hand_codings=hand(evidence=quote))
    )
    number = [item["item"] for item in data["items"]].index("children")
    assert len(data["policies"][0]["cells"][number][4]) == 1


def test_only_web_addresses_are_links(codebook, tmp_path):
    urls = [
        "https://good.example/privacy?a=1&b=2", "http://plain.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
        "data:text/html,x", "file:///etc/passwd", "//no.scheme", "https://bad.example/\"onclick=alert(1)", " https:///x",
        "java\nscript:alert(1)", "https://[", "vbscript:x",
    ]  # fmt: skip
    frame = pd.DataFrame(
        {"policy_id": [f"p{n}" for n in range(len(urls))], "text": "We use cookies.", "source_url": urls}
    )
    path = write_report(corpus_from_texts(frame), tmp_path / "x.html", codebook=codebook)
    links = [
        attrs for tag, attrs in HtmlPage(read(path)).tags if tag == "a" and not attrs["href"].startswith("#")
    ]
    assert [attrs["href"] for attrs in links] == urls[:2]
    assert all("noopener" in attrs["rel"] for attrs in links)
    assert [policy["url"] for policy in data_of(path)["policies"] if policy["url"]] == urls[:2]


def test_policy_text_is_escaped_everywhere(codebook, tmp_path):
    corpus, codes, coders = hostile()
    path = write_report(
        corpus, tmp_path / "x.html", codebook=codebook, hand_codings=codes, coders=coders, title=BREAKOUT
    )
    text = read(path)
    parsed = HtmlPage(text)
    assert parsed.open == []
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert text.count("<script") == 2 and text.count("</script") == 2
    assert not {"img"} & {tag for tag, _ in parsed.tags}
    block = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert not re.search("[<>&\u2028\u2029\x00]", block)
    assert any(ATTACK in row[3] for row in json.loads(block)["policies"][0]["blocks"])


# --- errors


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy_id": "nobody"}, "hand_codings, row 1: unknown policy_id: nobody"),
        ({"code": 2}, "hand_codings, row 1: code other than 0 and 1"),
        ({"evidence": ""}, "hand_codings, row 1: no evidence"),
        (
            {"evidence": "words that nobody wrote"},
            "hand_codings, row 1: the evidence of a/children/XY does not occur",
        ),
    ],
)
def test_bad_hand_codings(small, codebook, tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        write_report(small, tmp_path / "x.html", codebook=codebook, hand_codings=hand(**changes))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy_id": "nobody"}, "codings: policy_id .*nobody"),
        ({"item": "nothing"}, "codings: item .*nothing"),
        ({"sentence_id": 99}, "codings, row 1: sentence 99 of 'a' is not in the corpus"),
        ({"quote": "Another text."}, "codings, row 1: sentence . of 'a' has another text"),
        ({"end": 1000}, "codings, row 1: start . and end 1000"),
    ],
)
def test_bad_codings(small, codebook, tmp_path, changes, message):
    codings = code_sentences(small.sentences, codebook).query("policy_id == 'a'").head(1).assign(**changes)
    with pytest.raises(ValueError, match=message):
        write_report(small, tmp_path / "x.html", codebook=codebook, codings=codings)


def test_bad_coverage(small, codebook, tmp_path):
    cells = coverage(code_sentences(small.sentences, codebook), codebook, small.policies)
    for wrong, message in (
        (cells.assign(policy_id="nobody"), "coverage: policy or item unknown.*nobody"),
        (cells.iloc[1:], "coverage: no row for: a/controller_identity"),
        (pd.concat([cells, cells.head(1)]), "coverage: more than one row for: a/controller_identity"),
        (cells.drop(columns="disagreement"), "coverage: column disagreement missing"),
    ):
        with pytest.raises(ValueError, match=message):
            write_report(small, tmp_path / "x.html", codebook=codebook, coverage=wrong)


def test_bad_rest(small, codebook, tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        write_report(small, tmp_path / "none" / "x.html", codebook=codebook)
    with pytest.raises(ValueError, match="is a folder"):
        write_report(small, tmp_path, codebook=codebook)
    with pytest.raises(ValueError, match="coders: no row for coder XY"):
        write_report(
            small, tmp_path / "x.html", codebook=codebook, hand_codings=hand(),
            coders=pd.DataFrame({"coder": ["A"], "kind": ["person"]}),
        )  # fmt: skip
    empty = Corpus(small.policies.iloc[:0], small.blocks.iloc[:0], small.sentences.iloc[:0])
    with pytest.raises(ValueError, match="corpus: it holds no policy"):
        write_report(empty, tmp_path / "x.html", codebook=codebook)


# --- in a browser


@pytest.fixture
def at(browser):
    """Opens a page anew, at the size of a desktop."""

    def go(path: Path, anchor: str = "", width: int = 1400, height: int = 900, **media: str):
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get(path.as_uri() + anchor)
        return browser

    return go


def press(browser, *keys):
    from selenium.webdriver import ActionChains

    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def find(browser, selector):
    return browser.find_element("css selector", selector)


def is_in_view(browser, selector) -> bool:
    return browser.execute_script(
        """const node = document.querySelector(arguments[0]);
        const box = node.getClientRects()[0];
        const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return box.top >= 0 && box.bottom <= innerHeight && node.contains(over);""",
        selector,
    )


def cell_id(codebook, corpus, policy_id: str, item: str) -> str:
    p = corpus.policies["policy_id"].tolist().index(policy_id)
    return f"c{p}-{codebook.items['item'].tolist().index(item)}"


@pytest.mark.parametrize(
    ("policy_id", "item"),
    [("zongheng3d", "cookies"), ("tiertime-2018", "children"), ("anycubic-2019", "recipients")],
)
def test_click_opens_the_right_sentence(at, page, corpus, codebook, codings, policy_id, item):
    rows = codings.query("policy_id == @policy_id and item == @item")  # the strongest first
    first = rows[rows["sentence_id"] == rows["sentence_id"].iloc[0]]
    browser = at(page)
    find(browser, f"#{cell_id(codebook, corpus, policy_id, item)}").click()
    here = find(browser, ".here")
    assert here.get_attribute("data-sentence") == str(first["sentence_id"].iloc[0])
    assert here.get_attribute("textContent") == first["quote"].iloc[0]
    marks = [mark.get_attribute("textContent") for mark in here.find_elements("css selector", "mark")]
    assert marks == [row.quote[row.start : row.end] for row in first.itertuples()]
    assert is_in_view(browser, ".here")
    question = codebook.items.set_index("item")["question"][item]
    assert find(browser, "#reader-question").text == f"{codebook.labels[item]}: {question}"
    assert f"of {rows['sentence_id'].nunique()}" in find(browser, "#position").text
    assert browser.get_log("browser") == []


def test_next_and_previous_go_through_the_evidence(at, page, corpus, codebook, codings):
    rows = codings.query("policy_id == 'anycubic-2019' and item == 'cookies'")
    expected = [str(n) for n in rows["sentence_id"].unique()]
    browser = at(page)
    find(browser, f"#{cell_id(codebook, corpus, 'anycubic-2019', 'cookies')}").click()
    seen = []
    for _ in expected:
        seen.append(find(browser, ".here").get_attribute("data-sentence"))
        assert is_in_view(browser, ".here")
        find(browser, "#next").click()
    assert seen == expected
    assert find(browser, ".here").get_attribute("data-sentence") == expected[0]
    find(browser, "#previous").click()
    assert find(browser, ".here").get_attribute("data-sentence") == expected[-1]


def test_marks_count_characters_as_the_browser_does(at, small, codebook, tmp_path):
    path = write_report(
        small, tmp_path / "x.html", codebook=codebook, hand_codings=hand(evidence="to our shop")
    )
    browser = at(path)
    find(browser, f"#{cell_id(codebook, small, 'a', 'children')}").click()
    assert find(browser, ".here mark.read").get_attribute("textContent") == "to our shop"
    assert "XY (kind of reader not stated)" in find(browser, "#about").text


def test_a_text_with_a_script_runs_nothing(at, codebook, tmp_path):
    corpus, codes, coders = hostile()
    path = write_report(
        corpus, tmp_path / "x.html", codebook=codebook, hand_codings=codes, coders=coders, title=BREAKOUT
    )
    browser = at(path)
    number = codebook.items["item"].tolist().index("children")
    for p in range(2):
        find(browser, f"#c{p}-{number}").click()
        assert ATTACK in find(browser, "#text").text or BREAKOUT[:30] in find(browser, "#text").text
        assert find(browser, "#reader-vendor").text in (
            f"Vendor {ATTACK}",
            BREAKOUT.replace("\u2028", " "),
            BREAKOUT,
        )
        browser.execute_script(
            "document.querySelectorAll('#about details').forEach((d) => { d.open = true; })"
        )
        find(browser, "#close").click()
    scripts = browser.execute_script("return document.scripts.length")
    assert scripts == 2
    assert browser.execute_script("return document.images.length") == 0
    assert browser.execute_script("return document.querySelectorAll('[href^=\"javascript\" i]').length") == 0
    # An alert would have raised in any of these calls; the log would show a script that was stopped.
    assert browser.get_log("browser") == []


def test_by_keyboard_alone(at, page, corpus, codebook, codings):
    from selenium.webdriver.common.keys import Keys

    browser = at(page)
    active = "return document.activeElement.id"
    for _ in range(40):
        press(browser, Keys.TAB)
        if re.fullmatch(r"c\d+-\d+", browser.execute_script(active)):
            break
    assert browser.execute_script(active) == "c0-0"
    press(
        browser, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.END, Keys.ARROW_UP
    )
    assert browser.execute_script(active) == "c4-1"
    press(browser, Keys.HOME, Keys.ARROW_UP, Keys.ARROW_UP)
    assert browser.execute_script(active) == "c0-0"
    press(browser, *[Keys.ARROW_DOWN] * 10)
    cell = browser.execute_script(active)
    assert is_in_view(browser, f"#{cell}")
    row = codings[(codings["policy_id"] == "tiertime-2018") & (codings["item"] == codebook.items["item"][10])]
    expected = row["sentence_id"].unique()
    press(browser, Keys.ENTER)
    assert browser.execute_script("return document.activeElement.dataset.sentence") == str(expected[0])
    press(browser, "n")
    assert browser.execute_script("return document.activeElement.dataset.sentence") == str(
        expected[1 % len(expected)]
    )
    press(browser, Keys.ESCAPE)
    assert not find(browser, "#reader").is_displayed()
    assert browser.execute_script(active) == cell
    assert is_in_view(browser, f"#{cell}")


def test_filters(at, page, codebook):
    from selenium.webdriver.support.select import Select

    browser = at(page)

    def shown():
        return [row.get_attribute("data-i") for row in browser.find_elements("css selector", "#cells tr[data-i]:not([hidden])")
                if row.is_displayed()]  # fmt: skip

    items = codebook.items["item"].tolist()
    names = list(codebook.checklists)
    assert len(shown()) == len(items)
    Select(find(browser, "#checklist")).select_by_value(str(names.index("CalOPPA")))
    assert [items[int(i)] for i in shown()] == list(codebook.checklists["CalOPPA"])
    assert "7 of 63 items, 5 of 5 vendors" in find(browser, "#status").text
    assert re.search(r"\d/7$", find(browser, "#v0").text)
    find(browser, "#vendors summary").click()
    find(browser, "input[name=vendor][value='1']").click()
    assert not find(browser, "#v1").is_displayed() and not find(browser, "#s1").is_displayed()
    assert find(browser, "#v2").is_displayed()
    assert not browser.find_elements("css selector", "td:not([hidden])[data-p='1']")
    find(browser, "#none").click()
    assert "0 of 5 vendors" in find(browser, "#status").text
    find(browser, "#every").click()
    find(browser, "#find").send_keys("ANYC")
    assert "1 of 5 vendors" in find(browser, "#status").text
    find(browser, "#find").clear()
    assert "5 of 5 vendors" in find(browser, "#status").text
    Select(find(browser, "#checklist")).select_by_value(str(names.index("all")))
    Select(find(browser, "#which")).select_by_value("none")
    data = data_of(page)
    nobody = [
        str(i) for i in range(len(items)) if not any(policy["cells"][i][0] for policy in data["policies"])
    ]
    assert shown() == nobody


def test_left_out_text_is_shown_in_grey_and_can_be_hidden(at, page, corpus, codebook):
    browser = at(page)
    find(browser, f"#{cell_id(codebook, corpus, 'tiertime-2018', 'scope')}").click()
    out = find(browser, "#text .out")
    assert "left out: navigation" in out.text
    colour = out.value_of_css_property("color")
    assert colour != find(browser, "#text").value_of_css_property("color")
    find(browser, "#left-out").click()
    assert not find(browser, "#text .out").is_displayed()
    assert browser.find_elements("css selector", "#text h3, #text h4, #text h5, #text h6")


def test_an_address_leads_to_a_cell(at, page, codings):
    browser = at(page, "#policy=anycubic-2019&item=cookies")
    first = codings.query("policy_id == 'anycubic-2019' and item == 'cookies'")["sentence_id"].iloc[0]
    assert find(browser, ".here").get_attribute("data-sentence") == str(first)


@pytest.mark.parametrize("width", [320, 375])
def test_on_a_phone(at, page, corpus, codebook, width):
    browser = at(page, width=width, height=740)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    find(browser, f"#{cell_id(codebook, corpus, 'atomform', 'cookies')}").click()
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    assert browser.execute_script("return document.getElementById('reader').scrollWidth") <= width
    assert is_in_view(browser, ".here")
    find(browser, "#close").click()
    assert not find(browser, "#reader").is_displayed()


def test_many_policies(at, codebook, tmp_path):
    n = 120
    frame = pd.DataFrame({
        "policy_id": [f"p{i}" for i in range(n)], "vendor": [f"A vendor with a rather long name {i}" for i in range(n)],
        "text": "We use cookies. You can write to us about your data.",
    })  # fmt: skip
    path = write_report(corpus_from_texts(frame), tmp_path / "x.html", codebook=codebook)
    browser = at(path)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 1400
    browser.execute_script(
        "const s = document.querySelector('.tall'); s.scrollLeft = 1500; s.scrollTop = 900;"
    )
    number = codebook.items["item"].tolist().index("cookies")
    find(browser, f"#c77-{number}").click()
    assert find(browser, "#reader-vendor").text.endswith(" 77")
    assert find(browser, ".here").text == "We use cookies."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("reading", [False, True])
def test_accessible(at, axe, page, corpus, codebook, scheme, reading):
    browser = at(page, prefers_color_scheme=scheme)
    if reading:
        find(browser, f"#{cell_id(codebook, corpus, 'tiertime-2018', 'cookies')}").click()
    assert axe() == []


def test_a_unit_without_end_is_quoted_in_parts_and_marked_on_the_page(codebook, tmp_path):
    # 96 KB without a full stop: with the whole unit in each row the codings would fill the memory.
    wordings = "we use cookies on our site, we never sell your data, you can delete your account, "
    corpus = corpus_from_texts(
        pd.DataFrame({"policy_id": ["a"], "text": [wordings * 1200 + "and that is all."]})
    )
    codings = code_sentences(corpus.sentences, codebook)
    assert len(codings) > 1000 and codings["quote"].str.len().max() <= 2000
    text = corpus.sentences["text"].iloc[0]
    cookies = codings[codings["item"] == "cookies"]
    in_unit = [text[a:b] for a, b in zip(cookies["start"], cookies["end"], strict=True)]
    assert set(in_unit) == {in_unit[0]} and "cookies" in in_unit[0]
    passages = show_evidence(codings, "a", "cookies").passages
    in_quotes = [
        q[a:b] for q, spans in zip(passages["quote"], passages["spans"], strict=True) for a, b in spans
    ]
    assert in_quotes == in_unit
    path = write_report(corpus, tmp_path / "page.html", codebook=codebook, codings=codings)
    [policy] = data_of(path)["policies"]
    [marks] = [passage[1] for passage in policy["cells"][codebook.items["item"].tolist().index("cookies")][4]]
    assert [text[a:b] for _, a, b, _ in marks] == in_unit
