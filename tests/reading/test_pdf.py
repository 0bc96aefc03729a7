"""PDF: blocks from places of characters, on pages written here, and files that cannot be read."""

from __future__ import annotations

import base64
import shutil
import subprocess
import textwrap
import zlib

import pytest

import policytools.reading.pdf_characters as module
from policytools.reading.blocks import Block
from policytools.reading.files import read_document
from policytools.reading.pdf import read_pdf

# One page that says "We collect your name.", encrypted by RC4 with an empty and with a user password.
OPEN_TO_ALL = (
    "c-oCpyKWOf6s1F&GG8!_K`CI~v%AQ$P##uLKuK&KMMN>XbH_1qcB9>Kl<*03P=fe^NYEmnMM5-4P|yb&T2i7&%&r|{$rS8tF"
    ">~&@=bpK9Tia{hYwWr}t<&$HzaoYyF49M+-A3f@@d046YP=a014OpX04mG_p@%vh1i7t=d?BIXA+kBN72d_7=HrKmtQO<kV>"
    "Xv6{+U`ADj`rOmB<~iL$gvG1uYtuW*kQepD5-&5GyPv%pO$5xXgmdTCp3VlMPlEo+tmbyqqh48}fnQ!>X}Y`4Y@Ndhq+h(*D"
    "(F=id%qFYml~b@J}h<zG+tek|WOyYlAJ?q=uX^S4W9U!H8B^Pe|QPhP&yc4RF*&7Kxf3wNx2A<`eGzB$$)LuAEN&^RU=FggT"
    "3%*>osJ*RRX^KexxW~LdBL(j0}iA;3FlMwC>M;=N{`rhQ$lopXK+*VpU6Gs9-h%8E?%!)Lj(ph6&%%pKfNb3?KVyD4MmL{<T"
    "o@r~iG1{pPBKL4RQ!WZZjwi<PjM)ev=2Ap~#FLC#9;Z%%0tu0djbvI<8qOiZ8Omrp{{lxPI7D%T=<LH<DWR~#GmM26Hj(@<r"
    "sV?0xLClrq6?T%Yyp#e4)diMj-YIM-5)-NV2|{QB8={2%5JTNNo+IgKx)W1GfApaqf*MOq)H0yxQ>#}|4_mVujg5LeBiOZ7}"
    "3g`(l?FKLZen|eXEQ907O>-d;"
)
LOCKED = (
    "c-oCpJ#Q2-5N(kuDQHb`qCmml-nDePA|EFpphOoy0)&uvJx(q<c9UHPCBR>xfd=spC}=<wNYKzCbVziRpoj`e3M#yN$#K$Au"
    "-?Lc^JeCG{5tE){RMVjpw8EC<Ijj;ipy*pb-RdMJ=g(EmTa)2aubnty9qVskuX5L9)iL(L_U|$@(@`ax*FfYqT%D)h%A+RMZ"
    "jz(Rs1uxX;eX^PCAh*;D&aw+>f<rT$*v57(S_3gh;HhoG=GamwQznMK%@tF*?~`b*y>vAGMb=?Jq;I8Md%$<<+4Adl!BA{`1"
    "3+!<!4QcL%F)?)-kWKYsD>)cE<~JNM-5nMYga4j(`J`2N$&?Mv&u(@#&nz4740ucq`-_E8fxcgIE-A{%>IXparZ5LvV}w2H|"
    "E7~O*~%<YU+JyYd6=JBdnOhq%E#+hNsjWjypCWiaNQGg1QjbICBD~HG$?oyYjR4Jb;!L`x`60Ho?x%FCtjOkY9oH`B0Xz#!q"
    "Ex=@orqmmtspuhc4R;-bEM*>~c3^p)fKCndkYyPNP&A6kyaWXj5|vuXw4^kiwfEjqM$_3B*ss7NiW5YqAJ$3<g*~2PERL{^6"
    "n`--=P<^_9L5!$!-QgUnB+59sO)eARXgjA;eCkm$e=8vbtf*nxE!6>rAksQxN_3VECH8GMiZVSxi*^SR`>pg5<R?9<ki7W!1"
    "~ytb+A=v2cv~XozBWyAN>LTHvn@"
)

PROSE = (
    "We collect the personal information that you give us when you open an account, and we keep it for as "
    "long as the account exists. We never sell your data."
)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<<" + extra + b"/Length %d>>\nstream\n" % len(data) + data + b"\nendstream"


def write_pdf(
    contents: list[bytes],
    *,
    filters: bytes = b"",
    resources: bytes = b"",
    more: tuple[bytes, ...] = (),
    rotate: int = 0,
) -> bytes:
    """A PDF of these page descriptions; /R, /B are Courier and its bold, further objects start at number 5 + 2n."""
    n = len(contents)
    fonts = b"/Font<</R 3 0 R/B 4 0 R>>"
    kids = b" ".join(b"%d 0 R" % (5 + k) for k in range(n))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, n),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for k in range(n):
        page = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 792 792]/Rotate %d/Contents %d 0 R/Resources<<%s%s>>>>"
        )
        objects.append(page % (rotate, 5 + n + k, fonts, resources))
    objects += [stream(content, filters) for content in contents] + list(more)
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return (
        out
        + tail
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    )


def show(x: float, y: float, text: str, *, font: str = "R", size: float = 10) -> bytes:
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET\n" % (font.encode(), size, x, y, shown)


class Page:
    """Writes lines from the top down; a letter of Courier at 10 points is 6 wide."""

    def __init__(self):
        self.y = 740.0
        self.content = b""

    def text(
        self, text: str, *, x: float = 72, columns: int = 70, hang: float = 0, gap: float = 8, **style
    ) -> Page:
        """A paragraph, wrapped as a printer would, and space below it."""
        for k, line in enumerate(textwrap.wrap(text, columns)):
            self.content += show(x + (hang if k else 0), self.y, line, **style)
            self.y -= 1.2 * style.get("size", 10)
        self.y -= gap
        return self


def blocks_of(*pages: Page | bytes) -> list[Block]:
    data = write_pdf([page.content if isinstance(page, Page) else page for page in pages])
    return read_pdf(data, name="policy.pdf")[0]


def shape(blocks: list[Block]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks if block.keep]


def test_lines_are_joined_to_paragraphs_and_headings_are_known_by_size_and_weight():
    page = Page().text("Privacy Policy", size=20).text("Data We Collect", font="B").text(PROSE).text(PROSE)
    blocks = blocks_of(page)
    assert shape(blocks) == [
        ("heading", "Privacy Policy"),
        ("heading", "Data We Collect"),
        ("paragraph", PROSE),
        ("paragraph", PROSE),
    ]
    assert [block.level for block in blocks[:2]] == [1, 3]
    assert {block.line for block in blocks} == {1} and {(b.start, b.end) for b in blocks} == {(-1, -1)}


def test_a_line_that_ends_early_ends_its_block_even_without_space_below():
    page = Page().text("Example Ltd", gap=0).text("12 High Street", gap=0).text("London", gap=12).text(PROSE)
    texts = [text for _, text in shape(blocks_of(page))]
    assert texts == ["Example Ltd", "12 High Street", "London", PROSE]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["We share infor-", "mation."], "We share information."),
        (["We use third-", "party tools."], "We use third-party tools."),
        (["Read our e-", "mail."], "Read our e-mail."),
        (["See www.example.org/privacy-", "policy."], "See www.example.org/privacy-policy."),
        (["See https://example.org/", "a/b?c=1 now."], "See https://example.org/a/b?c=1 now."),
    ],
)
def test_words_cut_at_a_line_end(lines, expected):
    width = max(map(len, lines))
    filler = "A line of this text that is exactly as wide."[:width].ljust(width, "x")
    content = b"".join(show(72, 700 - 12 * k, line) for k, line in enumerate([filler, *lines]))
    text = " ".join(text for _, text in shape(blocks_of(content)))
    assert text.endswith(expected)


def test_a_document_that_breaks_words_differs_from_one_that_does_not():
    # "firewall" is two words as well; beside "informa-tion" the hyphen is the printer's.
    broken = ["We keep informa-", "tion behind a fire-", "wall and a pass-", "word."]
    content = b"".join(show(72, 700 - 12 * k, line) for k, line in enumerate(broken))
    assert shape(blocks_of(content)) == [
        ("paragraph", "We keep information behind a firewall and a password.")
    ]


def test_bullets_written_apart_and_drawn_become_list_items():
    items = [
        "Your name and the address that you gave us when you opened the account with us.",
        "Your IP address",
    ]
    written = Page().text(PROSE)
    for item in items:
        written.text("• " + item, x=84, columns=60, hang=12, gap=0)
    expected = [("paragraph", PROSE), *(("list_item", item) for item in items)]
    assert shape(blocks_of(written)) == expected

    apart, drawn = Page().text(PROSE), Page().text(PROSE)
    marks = b""
    for item in items:
        marks += show(84, apart.y, "•")  # after the text in the file's order
        drawn.content += b"84 %g 4 4 re f\n" % (drawn.y + 1)
        apart.text(item, x=96, columns=60, gap=0)
        drawn.text(item, x=96, columns=60, gap=0)
    apart.content += marks
    assert shape(blocks_of(apart)) == expected
    assert shape(blocks_of(drawn)) == expected


def test_page_headers_footers_and_numbers_are_left_out_and_a_sentence_runs_over_the_page():
    first = textwrap.wrap(PROSE, 70)
    rest = b"".join(show(72, 740 - 12 * k, line) for k, line in enumerate(first[1:]))
    pages = [
        Page().text(PROSE).content + show(72, 600, first[0]) + furniture(1),
        rest + furniture(2),
        Page().text("Something else stands here.").content + furniture(3),
    ]
    blocks = blocks_of(*pages)
    assert [text for _, text in shape(blocks)] == [PROSE, PROSE, "Something else stands here."]
    left_out = [(block.line, block.text, block.reason) for block in blocks if not block.keep]
    assert sorted(left_out) == [
        (n, text, "page furniture") for n in (1, 2, 3) for text in (str(n), "Example Ltd - Privacy Policy")
    ]


def furniture(number: int) -> bytes:
    return show(72, 770, "Example Ltd - Privacy Policy", size=8) + show(300, 30, str(number), size=8)


def test_a_line_that_comes_again_inside_the_pages_is_text():
    pages = []
    for _ in range(3):
        page = Page()
        for _ in range(4):
            page.text(PROSE)
        page.text("This applies to you.")
        for _ in range(4):
            page.text(PROSE)
        pages.append(page)
    assert sum(text == "This applies to you." for _, text in shape(blocks_of(*pages))) == 3


def test_cells_of_a_table_are_kept_apart_and_their_lines_together():
    rows = [
        ("Category", "Purpose", "Kept for"),
        (
            "Contact details such as name and e-mail",
            "To answer your questions and to send what you ordered",
            "one year",
        ),
        ("Device data", "To keep the service safe from attacks and abuse of any kind", "30 days"),
    ]
    content, y = show(72, 720, "Some text above the table that nobody would take for a row of it."), 690.0
    for row in rows:
        cells = [textwrap.wrap(cell, 20) for cell in row]
        for k in range(max(map(len, cells))):  # line by line over all cells, as many programs write it
            for column, cell in enumerate(cells):
                if k < len(cell):
                    content += show(72 + 150 * column, y - 12 * k, cell[k])
        y -= 12 * max(map(len, cells)) + 8
    kept = shape(blocks_of(content))
    assert [kind for kind, _ in kept[1:]] == ["table_row"] * 3
    assert [text for _, text in kept[1:]] == [" | ".join(row) for row in rows]


def test_the_head_of_a_table_that_goes_on_over_the_page_is_text_once():
    pages = []
    for number in (1, 2, 3):
        content = show(72, 740, PROSE[:70]) if number == 1 else b""
        for k, row in enumerate(
            [("Category", "Purpose"), ("Name", f"Reason {number}"), ("Email", f"Cause {number}")]
        ):
            for column, cell in enumerate(row):
                content += show(72 + 200 * column, 700 - 20 * k - 30 * number, cell)
        pages.append(content)
    texts = [text for _, text in shape(blocks_of(*pages))][1:]
    assert texts == [
        "Category | Purpose",
        *(f"{a} {n}" for n in (1, 2, 3) for a in ("Name | Reason", "Email | Cause")),
    ]


def cell(x: float, y: float, text: str, *, columns: int, step: float = 12) -> tuple[bytes, int]:
    lines = textwrap.wrap(text, columns)
    return b"".join(show(x, y - step * k, line) for k, line in enumerate(lines)), len(lines)


def test_cells_that_stand_half_a_line_lower_than_their_neighbours():
    content = show(72, 740, PROSE[:70])
    texts = []
    for row, y in enumerate((700, 590, 480)):
        long = (
            f"We keep what is named on the right of number {row} for as long as you have an account with us."
        )
        short = f"Your name, your address and your language, number {row}"
        content += cell(72, y, long, columns=17, step=17)[0] + cell(200, y - 8.5, short, columns=60)[0]
        texts += [long, short]
    kept = " | ".join(text for _, text in shape(blocks_of(content))[1:])
    assert kept.split(" | ") == texts


def test_two_tables_of_other_widths_at_one_left_edge():
    narrow = ["We keep your name to know you again later", "We keep your mail to write to you about it"]
    wide = ["We keep what you write to us in the chat of the page for a year"] * 2
    content, y = show(72, 740, PROSE[:70]), 700.0
    for words, columns, right in ((narrow, 18, 200), (wide, 46, 400)):
        for text in words:
            drawn, n = cell(72, y, text, columns=columns)
            content += drawn + show(right, y, "Contract")
            y -= 12 * n + 10
        content += show(72, y - 10, PROSE[:70])
        y -= 40
    texts = [text for _, text in shape(blocks_of(content)) if "We keep" in text]
    assert [text.removesuffix(" | Contract") for text in texts] == narrow + wide


def test_letters_inside_a_sentence_that_a_line_end_puts_first():
    lines = [
        "We collect for this (a) the name that you give us here, (b) the mail",
        "(c) the language of your device and of the app that you use, and all",
        "that you write to us.",
    ]
    content = b"".join(show(72, 700 - 12 * k, line) for k, line in enumerate(lines)) + show(
        72, 640, PROSE[:70]
    )
    assert shape(blocks_of(content))[0] == ("paragraph", " ".join(lines))


def test_items_of_one_list_in_a_cell():
    items = ["To keep the service up,", "To find and mend bugs,", "To send the bills to you,"]
    content = show(72, 740, PROSE[:70])
    for k, item in enumerate(items):
        content += show(72, 700 - 12 * k, item) + show(260, 700 - 12 * k, f"Reason number {k}")
    texts = " | ".join(text for _, text in shape(blocks_of(content))[1:]).split(" | ")
    assert set(items) <= set(texts)


def test_two_columns_are_read_one_after_the_other():
    content = b""
    for x in (60, 320):
        y = 740
        for _ in range(5):
            for line in textwrap.wrap(PROSE, 38):
                content += show(x, y, line)
                y -= 12
            y -= 8
    assert shape(blocks_of(content)) == [("paragraph", PROSE)] * 10


def test_a_watermark_is_left_out():
    page = Page().text(PROSE)
    page.content += b"BT /B 60 Tf 0.7 0.7 -0.7 0.7 150 200 Tm (DRAFT) Tj ET\n"
    blocks = blocks_of(page)
    assert shape(blocks) == [("paragraph", PROSE)]
    assert [(block.text, block.reason) for block in blocks if not block.keep] == [("DRAFT", "page furniture")]


TURNS = {90: b"0 -1 1 0 0 792", 180: b"-1 0 0 -1 792 792", 270: b"0 1 -1 0 792 0"}  # clockwise, as /Rotate


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_page_is_read_like_an_upright_one(turn):
    page = Page().text("Privacy Policy", size=20).text("Data We Collect", font="B").text(PROSE)
    page.text(
        "\u2022 your name, which we need for the account, for bills and for the letters that we send", hang=12
    )
    page.content += b"72 %g 4 4 re f\n" % page.y  # a bullet that is drawn
    page.text("your address", x=84).text(PROSE, columns=50)
    page.content += show(72, 300, "Purpose") + show(300, 300, "Kept for") + show(72, 285, "Orders", font="B")
    upright = shape(blocks_of(page))
    assert len(upright) == 8
    turned = b"q %s cm %s Q" % (TURNS[turn], page.content)
    for content, rotate in ((page.content, turn), (turned, 0), (turned, 360 - turn)):
        assert shape(read_pdf(write_pdf([content], rotate=rotate), name="policy.pdf")[0]) == upright


def test_words_of_a_justified_line_are_no_cells():
    lines = ["We remember which letter you", "saw, and unsubscribing takes", "effect immediately; afterwards",
             "nothing whatsoever is", "sent to the address that you", "gave us."]  # fmt: skip
    page = b""
    for k, line in enumerate(lines):
        words, x = line.split(), 72.0
        space = (180 - 6 * sum(map(len, words))) / (len(words) - 1) if k < 5 else 6
        for word in words:
            page += show(x, 700 - 12 * k, word)
            x += 6 * len(word) + space
    assert shape(blocks_of(page)) == [("paragraph", " ".join(lines))]
    # The space between two cells is not that inside them, even where the row ends at the edge of the text.
    row = show(72, 600, "Your name") + show(204, 600, "One year")
    assert shape(blocks_of(page + row))[1:] == [("table_row", "Your name | One year")]


def test_bold_words_that_fill_the_first_line_are_no_heading():
    page = Page().text("Personal data that is collected by the devices", font="B", gap=0)
    page.text(
        "which you use: the model, its system and the time of your visit, and no more than that.", columns=46
    )
    assert len(blocks_of(page)) == 1


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Prints a page by Chromium, with its header and footer; the tests are skipped where it is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("chromium is not installed")
    folder = tmp_path_factory.mktemp("print")

    def print_page(page: str) -> bytes:
        (folder / "page.html").write_text(page, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
                 f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={folder / 'page.pdf'}"]  # fmt: skip
        command = [chromium, *flags, (folder / "page.html").as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=100)
        return (folder / "page.pdf").read_bytes()

    return print_page


@pytest.mark.parametrize("align", ["left", "justify"])
@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_narrow_page_printed_with_header_and_footer_keeps_its_words(printed, width, align):
    topics = (
        "your order",
        "your telephone number",
        "the model of your printer",
        "your payments",
        "the pages you visit",
    )
    paragraphs = [
        f"We store {topic} for {n} days so that our staff can answer your questions. Nobody else sees {topic}, and after "
        f"{n + 3} weeks it is erased, unless the law on taxes requires otherwise." for n, topic in enumerate(2 * topics, 5)
    ]  # fmt: skip
    body = "".join(f"<h2>{n}. About part {n}</h2><p>{text}</p>" for n, text in enumerate(paragraphs, 1))
    style = f"@page{{size:A4;margin:18mm}}body{{width:{width}mm;font:10pt serif;text-align:{align}}}"
    page = f"<!doctype html><title>Data</title><style>{style}</style><h1>Privacy of Example Prints</h1>{body}"
    source = read_document(page.encode(), name="page.html").blocks
    blocks = read_document(printed(page), name="page.pdf").blocks
    assert [block.text for block in blocks if block.keep] == [block.text for block in source]


def test_without_large_or_heavy_letters_headings_are_found_as_in_plain_text():
    page = Page().text("Data We Collect").text(PROSE).text("1. How We Use Your Data").text(PROSE)
    assert [kind for kind, _ in shape(blocks_of(page))] == ["heading", "paragraph", "heading", "paragraph"]


def test_read_document_takes_a_pdf_by_its_content():
    document = read_document(write_pdf([Page().text(PROSE).content]), name="policy.txt")
    assert (document.format, document.encoding, document.notes) == ("pdf", "", [])
    assert [block.text for block in document.blocks] == [PROSE]


# --- files that cannot be read, or only in part


def unpack(packed: str) -> bytes:
    return zlib.decompress(base64.b85decode(packed))


def test_a_password_is_asked_for_and_an_empty_one_is_none():
    assert [block.text for block in read_pdf(unpack(OPEN_TO_ALL), name="a.pdf")[0]] == [
        "We collect your name."
    ]
    with pytest.raises(ValueError, match=r"a\.pdf: the PDF is encrypted and needs a password"):
        read_pdf(unpack(LOCKED), name="a.pdf")


def test_a_scan_has_no_text_layer():
    with pytest.raises(
        ValueError, match=r"scan\.pdf: the PDF has no text layer \(2 pages, probably scanned\)"
    ):
        read_pdf(write_pdf([b"0 0 500 500 re f"] * 2), name="scan.pdf")


def test_pages_without_text_are_said():
    _, notes = read_pdf(write_pdf([Page().text(PROSE).content, b"0 0 500 500 re f"]), name="a.pdf")
    assert notes == ["no text on 1 of the PDF's 2 pages (2), perhaps pictures of text"]


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_cut_file(share):
    data = write_pdf([Page().text(PROSE).content])
    with pytest.raises(ValueError, match=r"a\.pdf: the PDF is damaged or cut off"):
        read_pdf(data[: int(share * len(data))], name="a.pdf")


def test_only_the_end_is_cut():
    blocks, notes = read_pdf(write_pdf([Page().text(PROSE).content])[:-5], name="a.pdf")
    assert [block.text for block in blocks] == [PROSE]
    assert notes == ["the end of the PDF is missing; text may be missing with it"]


def test_something_else_under_the_name():
    with pytest.raises(ValueError, match=r"a\.pdf: not a PDF"):
        read_pdf(b"We collect your name.", name="a.pdf")


def test_too_many_pages_or_characters():
    few = write_pdf([show(72, 700, "x")])
    many = few.replace(b"/Kids[5 0 R]/Count 1", b"/Kids[" + b"5 0 R " * 1_001 + b"]/Count 1001")
    with pytest.raises(ValueError, match=r"a\.pdf: 1,001 pages are more than a policy's 1,000"):
        read_pdf(many, name="a.pdf")
    lines = b"".join(show(72, 12 * k, "We collect data. " * 5) for k in range(24_000))
    with pytest.raises(ValueError, match=r"a\.pdf: more than 2,000,000 characters by page 1"):
        read_pdf(write_pdf([zlib.compress(lines)], filters=b"/Filter/FlateDecode"), name="a.pdf")


@pytest.mark.skipif(
    "not __import__('sys').platform.startswith('linux')", reason="memory is limited on Linux only"
)
def test_a_decompression_bomb_is_stopped(monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMORY", 300_000_000)
    packer = zlib.compressobj(1)
    bomb = b"".join(packer.compress(b" " * 10_000_000) for _ in range(40)) + packer.flush()
    with pytest.raises(ValueError, match=r"a\.pdf: the PDF is damaged or needs more than 300 MB of memory"):
        read_pdf(write_pdf([bomb], filters=b"/Filter/FlateDecode"), name="a.pdf")


def test_a_page_that_never_ends_is_stopped(monkeypatch):
    # Ten forms, each of which draws the next one ten times.
    monkeypatch.setattr(module, "MAX_SECONDS", 2)
    forms = []
    for k in range(10):
        inner = b"/Font<</R 3 0 R>>" if k == 9 else b"/XObject<</X %d 0 R>>" % (8 + k)
        content = show(72, 700, "x") if k == 9 else b"/X Do " * 10
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<<%s>>" % inner
        forms.append(stream(content, head))
    data = write_pdf([b"/X Do"], resources=b"/XObject<</X 7 0 R>>", more=tuple(forms))
    with pytest.raises(
        ValueError, match=r"a\.pdf: the PDF (could not be read within 2 seconds|is damaged or needs)"
    ):
        read_pdf(data, name="a.pdf")
