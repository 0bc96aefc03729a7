"""HTML."""
from __future__ import annotations
def text_lines(markup: str) -> list[str]:
    from lxml import html
    try:
        tree = html.fromstring(f"<div>{markup}</div>")
    except Exception:
        return []
    return [line for line in tree.text_content().splitlines() if line.strip()]
