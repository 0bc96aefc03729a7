"""A parsed HTML page, with the queries that the tests need."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class HtmlPage(HTMLParser):
    """Start tags with their attributes, the text of headings; closing an element out of order is an error."""

    VOID = frozenset({"meta", "input", "rect", "link", "br", "img", "hr", "col"})

    def __init__(self, text: str):
        super().__init__()
        self.text = text
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings.append((self.open[-1], data))

    def all(self, name: str) -> list[dict]:
        return [attrs for tag, attrs in self.tags if tag == name]
