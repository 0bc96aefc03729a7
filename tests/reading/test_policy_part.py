"""The policy's part of a page: mock pages of many layouts, each with a policy and other text around it."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from policytools.reading.cleaning import REASONS, clean
from policytools.reading.files import read_text

# --- a policy in words of our own, and other text

_DATA = ["your telephone number", "your invoices", "the pages that you open", "your photograph", "your age"]
_USE = ["to deliver the parcels", "to answer complaints", "to prevent fraud", "to print the monthly bill"]
_SENTENCES = [
    f"We {verb} {data} {use}, and we delete this information after {months} months."
    for months, (verb, data, use) in enumerate(product(["collect", "store", "share"], _DATA, _USE), start=3)
]
TITLES = [
    "Scope",
    "Information we collect",
    "Purposes",
    "Recipients",
    "Choices",
    "Security",
    "Children",
    "News",
]
SECTIONS = [(title, _SENTENCES[7 * k : 7 * k + 7]) for k, title in enumerate(TITLES)]
HEAD = ["Garden Tools Privacy Policy", "Last updated: 3 March 2021"]
POLICY = [*HEAD, *(text for title, texts in SECTIONS for text in [title, *texts])]
STORIES = [
    "The gardener planted forty roses along the wall, and by June none of them had survived the slugs.",
    "A good spade has a handle of ash, because that wood bends a little before it breaks in wet clay.",
    "Visitors came from three villages to see the pumpkin, which weighed more than the boy who grew it.",
    "The fair opens on Saturday at nine, and the brass band will play until the last cake has been sold.",
    "Her second novel is about a lighthouse keeper who paints the same rock each morning for forty years.",
    "Mix the flour with the butter until it feels like sand, then add the cold water one spoon at a time.",
]
MENU = (
    "<ul>"
    + "".join(f"<li><a>{entry}</a></li>" for entry in ["Home", "Shop", "Blog", "Careers", "Cart"])
    + "</ul>"
)
FOOT = "<p>© 2021 Garden Tools Ltd. All rights reserved.</p><p>4 Mill Lane, Leeds</p>"
TITLE, DATE = f"<h1>{HEAD[0]}</h1>", f"<p>{HEAD[1]}</p>"


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def body(section: str = "<h2>{title}</h2>{text}") -> str:
    return "".join(section.format(title=title, text=paragraphs(texts)) for title, texts in SECTIONS)


STORY = "<h3>Latest</h3>" + paragraphs(STORIES)
# Layouts of pages. What they keep must be the policy, no more and no less.
LAYOUTS = {
    "old tables, sidebar": f"<table><tr><td colspan=2>{MENU}</td></tr><tr><td width=150>{MENU}{STORY}</td><td>{TITLE}{DATE}{body()}</td></tr><tr><td>{FOOT}</td></tr></table>",
    "tables in tables": f"<table><tr><td><table><tr><td>{MENU}</td><td><table><tr><td>{TITLE}{DATE}{body('<h4>{title}</h4>{text}')}</td></tr></table></td><td>{STORY}</td></tr></table></td></tr></table>",
    "shop": f"<header class=site-header>{MENU}</header><main><div class='policy__title'>{TITLE}</div><div class='policy__body rte'>{DATE}{body()}</div></main><div class='jdgm-widget'>{STORY}</div><div class='klaviyo-form needsclick'>{STORY}</div>",
    "blog": f"<div class='site has-sidebar'><article><header class=entry-header>{TITLE}</header><div class=entry-content>{DATE}{body()}</div></article><div class=comments-area><ol class=comment-list>{STORY}</ol></div><aside id=secondary>{STORY}</aside></div>",
    "sidebar beside content": f"<div class=content-sidebar-wrap><main>{TITLE}<div class=meta>{DATE}</div><div>{body()}</div></main><div class='sidebar sidebar-primary'>{STORY}</div></div>",
    "site builder": f"<div id=SITE_CONTAINER><div id=SITE_HEADER>{MENU}</div><div id=PAGES><div class=k1>{TITLE}</div><div class=k1>{DATE}</div>{body('<div class=k2><div><h2>{title}</h2>{text}</div></div>')}</div><div id=SITE_FOOTER>{STORY}{FOOT}</div></div>",
    "documentation": f"<div class=layout><nav class=menu>{MENU}</nav><main><article>{TITLE}{DATE}<div class=markdown>{body()}</div></article></main></div>",
    "closed accordion": f"<main>{TITLE}{DATE}{body('<div class=item><h2>{title}</h2><div class=collapse style=visibility:hidden>{text}</div></div>')}</main>",
    "sections like menus": f"<main>{TITLE}{DATE}{body('<section class=menu-item><h2>{title}</h2>{text}</section>')}</main>",
    "roles of menus": f"<main>{TITLE}{DATE}<ul role=menu>{body('<li role=menuitem><h2>{title}</h2><div role=menu>{text}</div></li>')}</ul></main>",
    "hashed names": f"<div id=__next><div class=Header_nav__x9>{MENU}</div><div class=Legal_hero__z1>{TITLE}{DATE}</div><div class=Legal_body__q2>{body()}</div><div class=Related_list__p0>{STORY}</div></div>",
    "no names at all": f"<div><div>{MENU}</div><div><div>{TITLE}</div><div>{DATE}</div></div><div><div>{body()}</div><div>{STORY}</div></div></div>",
    "languages": f"<ul>{''.join(f'<li>{name}</li>' for name in ['English', 'Deutsch', 'Español'])}</ul><div><div>{TITLE}{DATE}</div><div>{body()}</div></div>",
    "right rail": f"<article><div class=row><div class=policy>{TITLE}{DATE}{body()}</div><div class=right-rail>{STORY}</div></div></article>",
    "aside": f"<div><div id=main>{TITLE}{DATE}{body()}</div><aside>{STORY}</aside></div>",
    "stories behind": f"<div class=page>{TITLE}<div>{DATE}</div><div class=text>{body()}</div></div><div class=more>{STORY}</div>",
    "table with no footer": f"<main>{TITLE}{DATE}<div class='table-wrapper no-footer'>{body()}</div></main>",
    "doubled for narrow screens": f"<div class=wide>{TITLE}{DATE}{body()}</div><div class=narrow>{TITLE}{DATE}{body()}</div>",
    "each section doubled": f"<main>{TITLE}{DATE}{body('<div class=wide><h2>{title}</h2>{text}</div><div class=narrow><h2>{title}</h2>{text}</div>')}</main>",
    "notice of a consent manager": f"<div id=otnotice-1f class=otnotice>{TITLE}{DATE}{body('<section class=otnotice-section><h2>{title}</h2>{text}</section>')}</div>",
    "policy of a generator": f"<div id=iubenda_policy class=iubenda_fluid_policy><div class=iub_content>{TITLE}{DATE}{body()}</div></div>",
    "chat and accessibility": f"<div>{TITLE}{DATE}{body()}</div><div class=intercom-app>{STORY}</div><div class='uwy acsb-popup'>{STORY}</div><div id=disqus_thread>{STORY}</div>",
    "title in a header": f"<div class=top><h1>{HEAD[0]}</h1><div class=date>{HEAD[1]}</div></div><div class=body>{body()}</div><div>{STORY}</div>",
    "wrapper named menu": f"<div class='nav-page menu-content'>{TITLE}{DATE}{body()}</div>",
    "bold titles": f"<div><div>{TITLE}{DATE}</div>{body('<div><b>{title}</b><br>{text}</div>')}</div><div>{STORY}</div>",
}  # fmt: skip


def kept(html: str) -> tuple[list[str], list[str], dict[str, str]]:
    """Kept texts, notes, and the reason of each text that is left out."""
    blocks = read_text(f"<!doctype html><html lang=en><body>{html}</body></html>", format="html").blocks
    notes = clean(blocks)
    assert {block.reason for block in blocks} <= {"", *REASONS}
    return [b.text for b in blocks if b.keep], notes, {b.text: b.reason for b in blocks if not b.keep}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_keeps_the_policy_and_nothing_else(layout):
    texts, notes, _ = kept(LAYOUTS[layout])
    assert Counter(texts) == Counter(POLICY)
    assert not any("does not read like" in note for note in notes)


# --- consent managers and widgets

CONSENT = [
    f"Vendor {n} stores cookies on your device and shares personal data with its advertising partners."
    for n in range(60)
]


@pytest.mark.parametrize(
    "names",
    [
        "id=onetrust-pc-sdk", "id=CybotCookiebotDialog role=dialog", "id=usercentrics-root", "class=qc-cmp2-container",
        "class='cky-modal cky-hide'", "class=klaro", "id=cmplz-cookiebanner-container", "id=iubenda-cs-banner",
        "id=didomi-host", "class=osano-cm-window", "id=truste-consent-track", "class=optanon-alert-box",
    ],
)  # fmt: skip
def test_a_consent_manager_is_left_out_however_long_it_is(names):
    texts, _, reasons = kept(
        f"<main>{TITLE}{DATE}{body()}</main><div {names}><div>{paragraphs(CONSENT)}</div></div>"
    )
    assert texts == POLICY
    assert {reasons[text] for text in CONSENT} == {"consent banner"}


def test_a_small_hidden_part_between_sections_is_policy_and_a_hidden_dialogue_is_not():
    sections = body().replace("<p>", "<p style='visibility: hidden'>", 1)
    dialogue = f"<div style='visibility: hidden'>{paragraphs(CONSENT[:3])}</div>"
    texts, _, reasons = kept(f"<div>{TITLE}{DATE}{paragraphs(CONSENT[5:6])}{sections}</div>{dialogue}")
    assert SECTIONS[0][1][0] in texts
    assert {reasons[text] for text in CONSENT[:3]} == {"hidden"}


@pytest.mark.parametrize(
    "line",
    ["Version 4.1 – 9 July 2020", "Effective from 2019-05-25", "Revised: 05/24/13", "12 May 2022", "v2.3"],
)
def test_dates_and_versions_above_the_text_are_policy(line):
    texts, _, reasons = kept(
        f"<div>{MENU}<div>{TITLE}<span>{line}</span></div></div><div>{body()}</div><div>{STORY}</div>"
    )
    assert texts[:2] == [HEAD[0], line]
    assert reasons["Cart"] == "outside the policy"


# --- other languages

GERMAN = [
    f"Wir speichern Ihre Anschrift für die Lieferung Nummer {n}, und Sie können jederzeit Auskunft über Ihre Daten verlangen."
    for n in range(9)
]
CHINESE = [
    f"我们收集您的姓名和地址，以便为您送达第{n}个包裹。您可以随时要求删除您的个人信息。" for n in range(9)
]


@pytest.mark.parametrize("texts", [GERMAN, CHINESE], ids=["German", "Chinese"])
def test_a_policy_in_another_language_stays_whole(texts):
    menu = "<div><p>We use cookies to make this site work for all of our visitors.</p><a>Home</a><a>Terms</a></div>"
    page = f"{menu}<div><h1>Titel</h1>{paragraphs(texts)}<table><tr><td>是</td><td>Ja</td></tr></table></div><p>© 2020</p>"
    assert kept(page)[2] == {}
    banner = f"<div id=onetrust-banner-sdk>{paragraphs(GERMAN[:2])}</div>"
    assert set(kept(f"{banner}{paragraphs(texts[2:])}")[2].values()) == {"consent banner"}
    unseen = (
        f"<template>{paragraphs(GERMAN[:1])}</template><noscript><p>Bitte Skripte erlauben.</p></noscript>"
    )
    assert set(kept(f"{unseen}{paragraphs(texts[2:])}")[2].values()) == {"hidden"}
