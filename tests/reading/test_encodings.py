"""Encodings: what a file, a page and a server say, and what the bytes are."""

from __future__ import annotations

import pytest

from policytools.reading.encodings import declared_encoding, decode
from policytools.reading.files import read_document
from policytools.text.normalise import normalise

LETTERS = {
    "gb2312": "我们收集您的姓名和电子邮件地址。", "gbk": "我們收集您的姓名。", "gb18030": "我们收集您的姓名。", "big5": "我們收集您的姓名。",
    "big5-hkscs": "我們喺度收集你嘅姓名。", "ks_c_5601-1987": "이름과 주소를 수집합니다.", "euc-kr": "똠방각하 이름을 수집합니다.",
    "shift_jis": "お名前と①を収集します。", "euc-jp": "お名前を収集します。", "iso-2022-jp": "お名前を収集します。", "windows-1250": "Žádáme Vás o údaje",
    "iso-8859-2": "Żądamy tylko potrzebnych danych", "windows-1251": "Мы собираем имя", "koi8-r": "Мы собираем имя",
    "iso-8859-1": "Wir prüfen “Ihre” Größe", "latin1": "Données à caractère personnel", "x-mac-roman": "We don’t sell naïveté",
    "mac_roman": "We don’t sell naïveté", "windows-1253": "Συλλέγουμε το όνομά σας", "tis-620": "เราเก็บชื่อของคุณ",
}  # fmt: skip
_CODECS = {"gb2312": "gbk", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "big5-hkscs": "big5hkscs",
           "iso-8859-1": "cp1252", "latin1": "cp1252", "x-mac-roman": "mac_roman"}  # fmt: skip


@pytest.mark.parametrize("label", LETTERS)
@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html><head><title>Privacy</title><meta charset={}></head><body><p>{}</p>",
        "<html><head><META content='text/html; CHARSET={}' http-equiv=content-type><p>{}</p>",
        '<?xml version="1.0" encoding="{}"?><html><body><p>{}</p></body></html>',
    ],
)
def test_the_page_says_its_encoding(label, page):
    data = page.format(label, LETTERS[label]).encode(_CODECS.get(label, label))
    assert [block.text for block in read_document(data, name="a.html").blocks] == [normalise(LETTERS[label])]


@pytest.mark.parametrize("charset", ["KOI8-R", "koi8-r ", "cskoi8r"])
def test_the_server_counts_more_than_the_page(charset):
    page = f"<meta charset=windows-1251><p>{LETTERS['koi8-r']}</p>".encode("koi8-r")
    assert read_document(page, name="a.html", charset=charset).blocks[0].text == LETTERS["koi8-r"]
    text = LETTERS["koi8-r"].encode("koi8-r")
    assert read_document(text, name="a.txt", charset=charset).blocks[0].text == LETTERS["koi8-r"]


def test_bytes_in_utf_8_are_read_as_such_whatever_the_page_says():
    page = "<meta charset=gb2312><p>Wir prüfen – und löschen – Ihre Größe.</p>".encode()
    document = read_document(page, name="a.html")
    assert (document.blocks[0].text, document.encoding) == ("Wir prüfen – und löschen – Ihre Größe.", "utf-8")


def test_a_byte_order_mark_counts_most():
    page = "<meta charset=big5><p>Größe</p>"
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_document(page.encode(encoding), name="a.html", charset="big5").encoding == encoding


@pytest.mark.parametrize(
    "label", ["utf-8", "utf-16", "no-such", "", "punycode", "rot13", "unicode_escape", "\x00"]
)
def test_a_declaration_that_cannot_be_true_is_not_followed(label):
    text = "Nous gardons vos données à caractère personnel. " * 20
    document = read_document(f"<meta charset='{label}'><p>{text}</p>".encode("cp1252"), name="a.html")
    assert (document.blocks[0].text, document.encoding) == (text.strip(), "cp1252")


def test_a_broken_character_does_not_change_the_encoding():
    data = ("<meta charset=utf-8><p>" + "Größe und Höhe. " * 30).encode() + b"\xc3"
    document = read_document(data, name="a.html")
    assert document.encoding == "utf-8" and document.blocks[0].text.startswith("Größe und Höhe. Größe")
    assert decode("Größe und Höhe. ".encode() * 9 + b"\xe2\x80", name="a.txt")[1] == "utf-8"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<!-- <meta charset=big5> --><meta charset='koi8-r'>", "koi8-r"),
        (b"<script>'<meta charset=big5>'</script><meta name=d content='charset=big5'><meta charset=euc-kr>", "euc-kr"),
        (b"<meta name=viewport content='width=1'><meta  charset = \"Shift_JIS\" />", "Shift_JIS"),
        (b"<style>" + b"p{}" * 2_000 + b"</style><meta charset=big5>", "big5"),
        (b"<p>charset=big5", ""),
        (b"<!--" * 25_000, ""),
    ],
)  # fmt: skip
def test_where_a_page_declares_its_encoding(page, expected):
    assert declared_encoding(page) == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_without_a_mark(encoding):
    page = "<html><head><meta charset=utf-16></head><body><p>We collect your name – and your café.</p>"
    assert [block.text for block in read_document(page.encode(encoding), name="a.html").blocks] == [
        "We collect your name – and your café."
    ]
