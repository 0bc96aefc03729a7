"""Files to documents: encodings, formats, and files that cannot be read."""

from __future__ import annotations

import pytest

from policytools.reading.files import decode, detect_format, read_document

SENTENCE = "We collect the name that you give us when you open an account and we keep it for one year."


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_unicode_with_and_without_a_mark(encoding, expected):
    text = "We’ll keep your “name”. " * 5
    assert decode(text.encode(encoding), name="a.txt") == (text, expected)


def test_windows_1252():
    text = "We’ll keep your “name” – and the café’s. " * 20
    document = read_document(text.encode("cp1252"), name="a.txt")
    assert document.blocks[0].text == ("We'll keep your \"name\" – and the café's. " * 20).strip()


def test_single_bad_bytes_do_not_lose_the_text():
    document = read_document(SENTENCE.encode() + b" caf\xc3 \xff " + SENTENCE.encode(), name="a.txt")
    assert document.blocks[0].text.startswith(SENTENCE) and document.blocks[0].text.endswith(SENTENCE)


def test_null_bytes_are_dropped():
    blocks = read_document(b"We collect\0 your name.\0", name="a.txt").blocks
    assert [block.text for block in blocks] == ["We collect your name."]


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, b"PK\x03\x04" + bytes(range(32)) * 99]
)
def test_binary_files_are_refused(data):
    with pytest.raises(ValueError, match=r"a\.txt: .*binary file"):
        read_document(data, name="a.txt")


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n"])
def test_empty_files_are_refused(data):
    with pytest.raises(ValueError, match=r"a\.txt: the file is empty"):
        read_document(data, name="a.txt")


def test_files_beyond_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr("policytools.reading.files.MAX_BYTES", 100)
    with pytest.raises(ValueError, match=r"a\.txt: 101 bytes is more than a policy's 100"):
        read_document(b"x" * 101, name="a.txt")


def test_unknown_format():
    with pytest.raises(ValueError, match=r"a\.doc: format 'doc' is not one of text, markdown, html, pdf"):
        read_document(b"x", name="a.doc", format="doc")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.7\n", "policy.txt", "pdf"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", "policy.txt", "html"),
        ("\ufeff<html><p>x".encode("utf-16-le"), "policy", "html"),
        (b"# Privacy\n\nWe collect data.", "policy.md", "markdown"),
        (b"# Privacy\n\n## Data\n\n**What we do**\n\n[us](https://a.org)", "policy.txt", "markdown"),
        (b"We collect data.\n", "policy.txt", "text"),
    ],
)
def test_formats_are_known_by_content_and_name(data, name, expected):
    assert detect_format(data, name=name) == expected
