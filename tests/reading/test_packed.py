"""Policies packed in other files, and files of kinds that are not read."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import quopri
import zipfile

import pytest

from policytools.reading.files import raw_text, read_document
from policytools.reading.packed import unpack

SENTENCES = "We keep your naïve letters for a year. We show them to nobody."
PAGE = f"<!doctype html><title>t</title><h1>Privacy Policy</h1><p>{SENTENCES}</p>"
BLOCKS = [("heading", "Privacy Policy"), ("paragraph", SENTENCES)]


def blocks(data: bytes, name: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_document(data, name=name).blocks]


def zstd(data: bytes) -> bytes:
    try:
        from compression.zstd import compress
    except ImportError:
        from backports.zstd import compress
    return compress(data)


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


# --- compressed files


@pytest.mark.parametrize(
    ("ending", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd)]
)  # fmt: skip
def test_compressed_files(ending, compress):
    assert blocks(compress(PAGE.encode()), f"a.html{ending}") == BLOCKS
    assert blocks(compress(PAGE.encode()), "misnamed.txt") == BLOCKS
    assert blocks(compress(f"# Privacy Policy\n\n{SENTENCES}".encode()), f"a.md{ending}") == BLOCKS
    assert raw_text(compress(PAGE.encode()), name="a") == PAGE
    cut = compress(PAGE.encode() * 50)[:-9]
    with pytest.raises(ValueError, match="a.gz: the compressed file is cut short; copy it again"):
        read_document(cut, name="a.gz")


def test_a_compressed_file_without_text_or_damaged():
    with pytest.raises(ValueError, match="holds no text"):
        read_document(gzip.compress(b" ", mtime=0), name="a.gz")
    with pytest.raises(ValueError, match="the compressed file is damaged"):
        read_document(gzip.compress(PAGE.encode())[:-8] + b"x" * 8, name="a.gz")


def test_a_small_file_that_holds_too_much(monkeypatch):
    monkeypatch.setattr("policytools.reading.packed.MAX_BYTES", 10_000)
    bomb = b"<p>x" + b" " * 1_000_000
    with pytest.raises(ValueError, match="a: holds more than 10,000 bytes"):
        read_document(gzip.compress(bomb, mtime=0), name="a")
    with pytest.raises(ValueError, match="a: the archive holds more than 10,000 bytes"):
        read_document(zipped(**{"word/document.xml": bomb.decode()}), name="a")


# --- pages that a browser saved


def saved_page(encoding: str, content: bytes, charset: str, start: str = "", before: str = "") -> bytes:
    return (
        f"From: <Saved by Blink>\r\nSubject: Privacy\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        f'\ttype="text/html";\r\n\tboundary="--b"{start}\r\n\r\n\r\n{before}----b\r\nContent-Type: text/html{charset}\r\n'
        f"Content-ID: <page>\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode() + content + b"\r\n----b\r\nContent-Type: text/css\r\n\r\np { color: red }\r\n----b--\r\n"  # fmt: skip


def test_saved_pages():
    quoted = quopri.encodestring(PAGE.encode())
    assert blocks(saved_page("quoted-printable", quoted, "; charset=utf-8"), "a.mhtml") == BLOCKS
    in_latin = base64.encodebytes(PAGE.encode("iso-8859-1"))
    assert blocks(saved_page("base64", in_latin, "; charset=iso-8859-1"), "a.mht") == BLOCKS
    cyrillic = PAGE.replace(SENTENCES, "Мы собираем имя").replace("<title>", "<meta charset=koi8-r><title>")
    found = blocks(saved_page("8bit", cyrillic.encode("koi8-r"), ""), "a.txt")
    assert found[1] == ("paragraph", "Мы собираем имя")


def test_the_root_of_a_saved_page_is_not_its_first_frame():
    frame = "----b\r\nContent-Type: text/html\r\nContent-ID: <frame>\r\n\r\n<p>Advertisement\r\n"
    data = saved_page("8bit", PAGE.encode(), "; charset=utf-8", '; start="<page>"', frame)
    assert blocks(data, "a.mhtml") == BLOCKS


@pytest.mark.parametrize(
    ("frame", "head"),
    [
        ('<iframe title="a" src="cid:inner"></iframe>', "Content-ID: <inner>"),
        ("<iframe src=/b.html?x=1&amp;y=2></iframe>", "Content-Location: https://a.org/b.html?x=1&y=2"),
        ("<frameset><FRAME name=x src='cid:inner'></frameset>", "Content-ID: <inner>"),
    ],
)
def test_a_frame_of_a_saved_page_is_read_in_its_place(frame: str, head: str):
    inner = f'----b\r\nContent-Type: text/html; charset=utf-8\r\n{head}\r\n\r\n<p>Café &amp; "data".{frame}</p>\r\n'
    page = f"<!doctype html><p>First.</p>{frame}<p>Last.</p><iframe src='cid:none'></iframe>".encode()
    data = saved_page("8bit", page, "", '; start="<page>"\r\nX-A: b', inner).replace(
        b"Content-ID: <page>", b"Content-ID: <page>\r\nContent-Location: https://a.org/a.html"
    )
    found = [block.text for block in read_document(data, name="a.mhtml").blocks]
    assert found[:2] == ["First.", 'Café & "data".']
    assert found[-1] == "Last."
    assert len(found) == 3  # a frame that shows its own page ends


def test_a_saved_page_without_a_page():
    data = saved_page("8bit", b"", "").replace(b"text/html", b"image/png")
    with pytest.raises(ValueError, match=r"a\.mhtml: the saved page .* holds no text"):
        read_document(data, name="a.mhtml")


def test_a_text_that_begins_like_a_mail_is_a_text():
    text = f"Subject: our policy\nFrom: Acme\n\n{SENTENCES}"
    assert blocks(text.encode(), "a.txt")[-1] == ("paragraph", SENTENCES)


# --- Word documents and books


def word_document(body: str) -> bytes:
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package, office = (
        "http://schemas.openxmlformats.org/package/2006",
        "http://schemas.openxmlformats.org/officeDocument/2006",
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{style}"/></w:style>'
        for name, style in [("H1", "heading 1"), ("Title", "Title")]
    )
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>'
    return zipped(**{
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/'
        f'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{kind}.document.'
        f'main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/relationships/'
        f'officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="s" Type="{office}/'
        f'relationships/styles" Target="styles.xml"/><Relationship Id="n" Type="{office}/relationships/numbering" '
        f'Target="numbering.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{main}">{styles}</w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{main}"><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "word/document.xml": f'<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>',
    })  # fmt: skip


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_document_gives_the_blocks_of_the_page():
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Cookie", "Purpose"))
    more = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("sid", "log in"))
    data = word_document(
        paragraph("Privacy Policy", '<w:pStyle w:val="Title"/>')
        + paragraph("What We Keep", '<w:pStyle w:val="H1"/>')
        + paragraph(SENTENCES)
        + paragraph("your name", item)
        + paragraph("your address", item)
        + f"<w:tbl><w:tr>{cells}</w:tr><w:tr>{more}</w:tr></w:tbl>"
    )
    page = (
        f"<h1>Privacy Policy</h1><h1>What We Keep</h1><p>{SENTENCES}</p><ul><li>your name</li><li>your address</li></ul>"
        "<table><tr><td>Cookie</td><td>Purpose</td></tr><tr><td>sid</td><td>log in</td></tr></table>"
    )
    assert blocks(data, "a.docx") == blocks(page.encode(), "a.html")
    assert len(blocks(data, "named.pdf")) == 7


def book(**chapters: str) -> bytes:
    items = "".join(f'<item id="{name}" href="text/{name}%20.xhtml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in sorted(chapters))
    return zipped(**{
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{spine}</spine>'
        f'</package>',
        **{f"OEBPS/text/{name} .xhtml": text for name, text in chapters.items()},
    })  # fmt: skip


def test_the_chapters_of_a_book_in_reading_order():
    head = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>'
    data = book(
        c2=f"{head}<p>{SENTENCES}</p></body></html>", c1=f"{head}<h1>Privacy Policy</h1></body></html>"
    )
    assert blocks(data, "a.epub") == BLOCKS


@pytest.mark.parametrize(
    "data",
    [
        word_document("<w:p>" * 5_000 + "</w:p>" * 5_000),
        word_document("<w:p>"),
        zipped(**{"word/document.xml": "<a/>"}),
        zipped(**{"META-INF/container.xml": "<a/>"}),
        zipped(**{"META-INF/container.xml": "<a><rootfile full-path='../../etc/passwd'/></a>"}),
        book(c1="x")[:-40],
    ],
)
def test_damaged_documents_give_a_clear_error(data):
    with pytest.raises(ValueError, match=r"^a\.docx: .*(damaged|nothing|empty|no text)"):
        read_document(data, name="a.docx")


# --- what is not read


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (rb"{\rtf1\ansi We keep your name.}", "an RTF document"),
        (b"\xef\xbb\xbf{\\rtf1 x}", "an RTF document"),
        (gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n", mtime=0), "a WARC archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "Word 97"),
        (zipped(**{"xl/workbook.xml": "<a/>"}), "neither .docx nor EPUB"),
        (b"\xff\xd8\xff\xe0JFIF" + b"\0" * 50, "a JPEG image"),
        (b"bplist00" + b"\0" * 50, "Safari"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a"])
def test_other_kinds_are_named_whatever_the_ending(data, kind, name):
    with pytest.raises(ValueError, match=rf"^{name}: .*{kind}.*; save the policy as text"):
        read_document(data, name=name)


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (PAGE.encode(), ""),
        (gzip.compress(PAGE.encode(), mtime=0), ".gz"),
        (saved_page("8bit", PAGE.encode(), ""), ".mhtml"),
        (word_document(paragraph("x")), ".docx"),
        (book(c1="x"), ".epub"),
    ],
)
def test_the_ending_of_the_packing(data, ending):
    assert unpack(data, name="a.html").ending == ending
