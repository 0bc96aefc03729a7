"""The evidence page: one self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import quote as url_quoted
from urllib.parse import urlsplit

import pandas as pd

from policytools._files import write_whole
from policytools._frames import require_columns
from policytools.coding.codebook import Codebook, load_codebook
from policytools.coding.coverage import code_sentences, coverage_scores
from policytools.coding.coverage import coverage as decide
from policytools.coding.hand_codings import UNSTATED, coder_kinds, coder_marks, decider_of
from policytools.coding.quotes import TextPlaces
from policytools.corpus.corpus import Corpus
from policytools.report.evidence import ADDRESSED, CODINGS, COVERAGE, DISAGREEMENT, SILENT
from policytools.tables import escape, names, printable, spoken

_FACTS = ("title", "source_url", "captured_on", "effective_on", "language")


def write_report(
    corpus: Corpus,
    path: str | Path,
    *,
    codebook: Codebook | None = None,
    codings: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    hand_codings: pd.DataFrame | None = None,
    coders: pd.DataFrame | None = None,
    title: str = "What the policies disclose",
    home: str = "",
) -> Path:
    """Write the evidence page: items by vendors, each cell leading to the sentences behind it.

    The page is one HTML file that needs no network: it opens from disk, can be printed, works by keyboard and
    on a phone. What cleaning left out is shown in grey with the reason.

    Parameters
    ----------
    corpus : Corpus
    path : path
        The file to write, usually ending in ``.html``. Its folder must exist.
    codebook : Codebook, optional
        The shipped codebook "disclosure" if absent.
    codings : DataFrame, optional
        From `code_sentences`; made here if absent.
    coverage : DataFrame, optional
        From `coverage`; made here from `codings` and `hand_codings` if absent.
    hand_codings : DataFrame, optional
        As `load_codings` reads them and `coverage` takes them: policy_id, item, coder, code, evidence (quotes
        separated by " || "), and where known coder_kind ("person", "model"), confidence and note.
    coders : DataFrame, optional
        Who the coders are: coder, kind ("person", "language model"), description. Fills in coder_kind.
    title : str
        Heading of the page.
    home : str
        Name of a page in the same folder that this one leads back to; "" for none.

    Returns
    -------
    Path
        Of the file written. The same input gives the same bytes.

    Raises
    ------
    ValueError
        If a frame lacks a column, names a policy, item or sentence that is not there, `coverage` does not hold
        each policy and item once, or quoted evidence does not occur in the policy; the message gives the rows.
    FileNotFoundError
        If the folder of `path` does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We use cookies. We never sell data."]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(corpus, Path(folder) / "evidence.html").name
    'evidence.html'
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise ValueError(
            f"path: {path} is a folder; give the name of a file, such as {path / 'evidence.html'}"
        )
    if not len(corpus):
        raise ValueError("corpus: it holds no policy, so there is nothing to show")
    codebook = load_codebook("disclosure") if codebook is None else codebook
    codings = (
        code_sentences(corpus.sentences, codebook) if codings is None else codings.reset_index(drop=True)
    )
    require_columns(codings, "codings", CODINGS)
    hand = None if hand_codings is None else _with_kinds(hand_codings, coders)
    decided = decide(
        codings, codebook, corpus.policies, hand_codings=hand
    )  # also checks codings and hand codings
    if coverage is not None:
        _check_coverage(coverage, decided)
        decided = coverage
    data = _data(corpus, codebook, codings, decided, hand, title)
    page = _page(data, corpus, codebook, decided, hand, coders, home)
    write_whole(path, page)
    return path


# --- checks


def _with_kinds(hand: pd.DataFrame, coders: pd.DataFrame | None) -> pd.DataFrame:
    """Hand codings with the kinds of coder that are known, in the words that `coverage` takes."""
    hand = hand.reset_index(drop=True)
    require_columns(hand, "hand_codings", ("policy_id", "item", "coder", "code", "evidence"))
    if coders is not None:
        require_columns(coders, "coders", ("coder", "kind"))
        kinds = dict(zip(coders["coder"], coders["kind"], strict=True))
        if unknown := sorted(set(hand["coder"].astype(str)) - set(kinds)):
            raise ValueError(f"coders: no row for coder {', '.join(unknown[:5])} of hand_codings")
        if "coder_kind" not in hand:
            hand["coder_kind"] = hand["coder"].map(kinds)
    if "coder_kind" in hand:
        hand["coder_kind"] = hand["coder_kind"].replace("language model", "model")
    return hand


def _check_coverage(coverage: pd.DataFrame, expected: pd.DataFrame) -> None:
    require_columns(coverage, "coverage", COVERAGE)
    cells = list(zip(coverage["policy_id"], coverage["item"], strict=True))
    wanted = dict.fromkeys(zip(expected["policy_id"], expected["item"], strict=True))
    for problem, wrong in (
        ("policy or item unknown to corpus and codebook", [cell for cell in cells if cell not in wanted]),
        ("no row for", list(wanted.keys() - set(cells))),
        (
            "more than one row for",
            [] if len(set(cells)) == len(cells) else [c for c in wanted if cells.count(c) > 1],
        ),
    ):
        if wrong:
            named = ", ".join(f"{policy}/{item}" for policy, item in sorted(wrong, key=str)[:5])
            raise ValueError(
                f"coverage: {problem}: {named}" + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
            )


# --- what the page's script reads


def _data(
    corpus: Corpus,
    codebook: Codebook,
    codings: pd.DataFrame,
    coverage: pd.DataFrame,
    hand: pd.DataFrame | None,
    title: str,
) -> dict:
    items = codebook.items["item"].to_list()
    number = {item: n for n, item in enumerate(items)}
    kind_of = coder_kinds(hand)
    sources = {"rules": "the rules"} | {
        coder: f"{coder} ({kind_of.get(coder, UNSTATED)})"
        for coder in sorted({*codings["coder"], *([] if hand is None else hand["coder"])} - {"rules"})
    }
    source_number = {source: n for n, source in enumerate(sources)}
    cells = {(row["policy_id"], row["item"]): row for row in coverage.to_dict("records")}
    policies = []
    by_policy = [
        dict(list(frame.groupby("policy_id"))) for frame in (corpus.blocks, corpus.sentences, codings)
    ]
    hand_of = {} if hand is None else dict(list(hand.groupby("policy_id")))
    labels = names(corpus.policies)
    for policy in corpus.policies.to_dict("records"):
        policy_id = policy["policy_id"]
        known = {key: "" if pd.isna(policy.get(key, "")) else str(policy.get(key, "")) for key in _FACTS}
        blocks, sentences, own = (
            frames.get(policy_id, frame.iloc[:0])
            for frames, frame in zip(by_policy, (corpus.blocks, corpus.sentences, codings), strict=True)
        )
        text = TextPlaces(blocks, sentences)
        readings = hand_of.get(policy_id)
        spots = _spots(text, policy_id, own, readings)
        opinions = _opinions(readings, sources)
        shown = []
        for item in items:
            cell = cells[policy_id, item]
            passages = _passages(text, spots.get(item, []), source_number)
            decider = decider_of(cell["coder"], kind_of)
            backing = {
                source_number[coder]
                for coder in coder_marks(cell["coder"], kind_of)
                if coder in source_number
            }
            first = next((n for n, passage in enumerate(passages) if backing & set(passage[2])), 0)
            shown.append(
                [int(cell["addressed"]), decider[1], int(cell["disagreement"]), int(cell["rules_addressed"]), passages,
                 opinions.get(item, []), first]
            )  # fmt: skip
        policies.append({
            "id": policy_id, "label": labels[policy_id], "title": known["title"], "url": _safe_url(known["source_url"]),
            "captured": known["captured_on"], "effective": known["effective_on"],
            "language": _language(known["language"]), "cells": shown,
            "blocks": [
                [block["kind"], int(block["level"]), "" if block["keep"] else block["reason"] or "left out", shown_text,
                 [[i, _utf16(shown_text, start), _utf16(shown_text, end)] for i, start, end in places]]
                for block, shown_text, places in zip(text.blocks, text.texts, text.sentences, strict=True)
            ],
        })  # fmt: skip
    return {
        "title": title,
        "items": [
            {key: row[key] for key in ("item", "question", "counts", "not")} | {"refs": list(row["refs"])}
            for row in codebook.items.to_dict("records")
        ],
        "checklists": [[number[item] for item in listed] for listed in codebook.checklists.values()],
        "sources": list(sources.values()),
        "policies": policies,
    }


def _spots(
    text: TextPlaces, policy_id: str, codings: pd.DataFrame, readings: pd.DataFrame | None
) -> dict[str, list[tuple]]:
    """item -> (block, start, end, anchor, coder) of all its evidence, whoever found it."""
    spots: dict[str, list[tuple]] = {}
    for row, item, sentence_id, start, end, quote, coder in codings[list(CODINGS[1:])].itertuples(name=None):
        block, at, sentence = text.place.get(sentence_id, (0, 0, None))
        if sentence is None or quote != sentence:
            raise ValueError(
                f"codings, row {row + 1}: sentence {sentence_id} of {policy_id!r} "
                + ("is not in the corpus" if sentence is None else "reads otherwise in the corpus")
                + ": the codings must be those of this corpus"
            )
        if not 0 <= start <= end <= len(sentence):
            raise ValueError(f"codings, row {row + 1}: start {start} and end {end} do not lie in the quote")
        spots.setdefault(item, []).append((block, at + start, at + end, (block, at), coder))
    if readings is not None:
        for row, item, coder, quote in readings[["item", "coder", "evidence"]].itertuples(name=None):
            places = text.find("" if pd.isna(quote) else str(quote))
            if places is None:
                raise ValueError(
                    f"hand_codings, row {row + 1}: the evidence of {policy_id}/{item}/{coder} does not occur in the text: "
                    f"{str(quote)[:80]!r}"
                )
            for block, start, end in places:
                spots.setdefault(item, []).append((block, start, end, text.anchor(block, start), coder))
    return spots


def _passages(text: TextPlaces, spots: list[tuple], source_number: dict[str, int]) -> list[list]:
    """One passage for each sentence, in reading order: sentence_id, its marked words, who marked them."""
    found: dict[tuple[int, int], tuple[set, set]] = {}
    for block, start, end, anchor, coder in spots:
        parts, sources = found.setdefault(anchor, (set(), set()))
        parts.add(
            (block, _utf16(text.texts[block], start), _utf16(text.texts[block], end), int(coder != "rules"))
        )
        sources.add(source_number[coder])
    return [
        [
            next((i for i, start, _ in text.sentences[anchor[0]] if start == anchor[1]), -1),
            sorted(parts),
            sorted(sources),
        ]
        for anchor, (parts, sources) in sorted(found.items())
    ]


def _opinions(readings: pd.DataFrame | None, sources: dict[str, str]) -> dict[str, list[list]]:
    """item -> (coder, code, confidence, note) of each hand coding."""
    found: dict[str, list[list]] = {}
    if readings is not None:
        for row in readings.to_dict("records"):
            extra = [
                "" if pd.isna(row.get(key, "")) else str(row.get(key, "")) for key in ("confidence", "note")
            ]
            found.setdefault(row["item"], []).append([sources[row["coder"]], int(row["code"]), *extra])
    return found


def _safe_url(url: object) -> str:
    """The address if it is one of the web, else nothing."""
    text = str(url).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    safe = (
        parts.scheme.lower() in ("http", "https")
        and parts.netloc
        and not re.search(r"[\s\x00-\x20\"<>\\^`{|}]", text)
    )
    return text if safe else ""


def _language(language: object) -> str:
    return str(language) if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", str(language)) else ""


def _utf16(text: str, position: int) -> int:
    """The position as JavaScript counts it."""
    return position if text.isascii() else position + sum(char > "\uffff" for char in text[:position])


# --- the page


def _json(data: dict) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return printable(text)


def _count(n: int, singular: str, plural: str = "") -> str:
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def _page(
    data: dict,
    corpus: Corpus,
    codebook: Codebook,
    coverage: pd.DataFrame,
    hand: pd.DataFrame | None,
    coders: pd.DataFrame | None,
    home: str,
) -> bytes:
    folder = files("policytools") / "resources" / "report"
    style, script, page = (
        (folder / name).read_text("utf-8") for name in ("report.css", "report.js", "report.html")
    )
    many = len(data["policies"]) > 8
    filled = Template(page).substitute(
        style=style,
        script=script,
        style_hash=_sha256(style),
        script_hash=_sha256(script),
        title=escape(data["title"]),
        home=f'<p><a href="{escape(url_quoted(home))}">Back to the overview</a></p>\n' if home else "",
        lede=_lede(data, codebook, coverage),
        options=_options(codebook),
        vendors=_vendors(data["policies"]),
        n_policies=len(data["policies"]),
        many=" many" if many else "",
        scores=_scores(data["policies"], codebook, coverage),
        matrix=_matrix(data, codebook, coverage, coder_kinds(hand)),
        coders=_coders(hand, coders),
        policies=_policies(data["policies"], corpus),
        data=_json(data),
    )
    return filled.encode("utf-8")


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _lede(data: dict, codebook: Codebook, coverage: pd.DataFrame) -> str:
    n_items = len(data["items"])
    deciders = pd.Series([cell[1] for policy in data["policies"] for cell in policy["cells"]])
    counts = deciders.value_counts(sort=False).sort_index()
    decided = "; ".join(
        f"{'all' if len(counts) == 1 else f'{n:,}'} by {escape(who)}" for who, n in counts.items()
    )
    n_split = int(coverage["disagreement"].sum())
    return (
        f"<p>{_count(len(data['policies']), 'policy', 'policies')}, {_count(n_items, 'item')} of the codebook "
        f"<cite>{escape(codebook.title)}</cite>, version {escape(codebook.version)}. "
        f"{_count(len(deciders), 'cell')}, decided: {decided}. "
        f"In {n_split:,} of them the rules or another reading say otherwise.</p>"
    )


def _options(codebook: Codebook) -> str:
    names = list(codebook.checklists)
    return "".join(
        f'<option value="{n}"{" selected" if name == "all" else ""}>'
        f"{escape(spoken(name))} ({len(codebook.checklists[name])})</option>"
        for n, name in sorted(enumerate(names), key=lambda pair: (pair[1] != "all", pair[0]))
    )


def _vendors(policies: list[dict]) -> str:
    return "".join(
        f'<label><input type="checkbox" name="vendor" value="{n}" checked> {escape(policy["label"])}</label>'
        for n, policy in enumerate(policies)
    )


def _heads(policies: list[dict], prefix: str) -> str:
    return "".join(
        f'<th scope="col" id="{prefix}{n}" data-p="{n}"><span class="vendor">{escape(policy["label"])}</span></th>'
        for n, policy in enumerate(policies)
    )


def _scores(policies: list[dict], codebook: Codebook, coverage: pd.DataFrame) -> str:
    found = coverage_scores(coverage, codebook)
    scores = {(row["policy_id"], row["checklist"]): row for row in found.to_dict("records")}
    families = set(codebook.items["family"])
    rows = []
    for name, items in sorted(
        codebook.checklists.items(), key=lambda pair: (pair[0] != "all", pair[0] in families)
    ):
        cells = []
        for n, policy in enumerate(policies):
            score = scores[policy["id"], name]
            bar = (
                '<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" '
                f'height="4"/><rect class="part" width="{100 * score["share"]:.1f}" height="4"/></svg>'
            )
            shown = f"{score['n_addressed']} of {score['n_items']}{bar}" if items else "no items"
            cells.append(f'<td data-p="{n}">{shown}</td>')
        label = escape(spoken(name))
        kind = ' class="family"' if name in families else ""
        rows.append(f'<tr{kind}><th scope="row">{label}</th>{"".join(cells)}</tr>')
    return (
        '<table><caption class="vh">Number of items addressed, by checklist and vendor</caption><thead><tr>'
        f'<th scope="col">Checklist</th>{_heads(policies, "s")}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _matrix(data: dict, codebook: Codebook, coverage: pd.DataFrame, kinds: dict[str, str]) -> str:
    policies = data["policies"]
    letters = {
        (policy, item): decider_of(coder, kinds)[0]
        for policy, item, coder in zip(
            coverage["policy_id"], coverage["item"], coverage["coder"], strict=True
        )
    }
    number = {item: n for n, item in enumerate(codebook.items["item"])}
    bodies = []
    for family, rows in codebook.items.groupby("family", sort=False):
        lines = []
        for row in rows.itertuples():
            i = number[row.item]
            cells = "".join(
                _cell(policy["cells"][i], p, i, letters[policy["id"], row.item])
                for p, policy in enumerate(policies)
            )
            lines.append(
                f'<tr data-i="{i}"><th scope="row" id="i{i}">{escape(row.question)} <code>{escape(row.item)}</code></th>{cells}</tr>'
            )
        counts = "".join(
            f'<td data-p="{p}">{sum(policy["cells"][number[item]][0] for item in rows["item"])}/{len(rows)}</td>'
            for p, policy in enumerate(policies)
        )
        bodies.append(
            f'<tbody><tr class="group"><th scope="rowgroup">{escape(spoken(str(family)))}</th>{counts}</tr>{"".join(lines)}</tbody>'
        )
    return (
        '<table id="cells" aria-describedby="keys"><caption class="vh">Disclosure items by vendor</caption><thead><tr>'
        f'<th scope="col">Item</th>{_heads(policies, "v")}</tr></thead>{"".join(bodies)}</table>'
    )


def _cell(cell: list, p: int, i: int, letter: str) -> str:
    addressed, decider, split, _, passages, *_ = cell
    n = f"<i>{len(passages)}</i> " if addressed and passages else ""
    mark = f'<u aria-hidden="true">{DISAGREEMENT}</u> ' if split else ""
    words = "addressed" if addressed else "silent"
    words += f", {_count(len(passages), 'passage')}" if passages else ""
    words += f", decided by {decider}" + (", others say otherwise" if split else "")
    state = ("yes" if addressed else "no") + (" split" if split else "")
    return (
        f'<td class="{state}" data-p="{p}"><button type="button" id="c{p}-{i}" aria-labelledby="v{p} i{i} c{p}-{i}">'
        f'<b aria-hidden="true">{ADDRESSED if addressed else SILENT}</b> {n}{mark}<small>{letter}</small> '
        f'<span class="vh">{escape(words)}</span></button></td>'
    )


def _coders(hand: pd.DataFrame | None, coders: pd.DataFrame | None) -> str:
    lines = ["<dt>rules</dt><dd>The phrases of the codebook, matched in each sentence by this program.</dd>"]
    described: dict[str, str] = {}
    if coders is not None and "description" in coders:
        described = dict(
            zip(coders["coder"].astype(str), coders["description"].fillna("").astype(str), strict=True)
        )
    for coder, kind in coder_kinds(hand).items():
        kind = kind[0].upper() + kind[1:]
        lines.append(f"<dt>{escape(coder)}</dt><dd>{escape(kind)}. {escape(described.get(coder, ''))}</dd>")
    return f"<dl>{''.join(lines)}</dl>"


def _policies(policies: list[dict], corpus: Corpus) -> str:
    kept = (
        corpus.blocks.groupby("policy_id")["keep"].agg(["sum", "size"])
        if len(corpus.blocks)
        else pd.DataFrame()
    )
    words = corpus.sentences.groupby("policy_id")["n_words"].sum()
    notes = dict(zip(corpus.policies["policy_id"], corpus.policies.get("note", ""), strict=False))
    rows = []
    for policy in policies:
        name = policy["id"]
        n_kept, n_blocks = (
            (int(kept.loc[name, column]) for column in ("sum", "size")) if name in kept.index else (0, 0)
        )
        address = f'<a href="{escape(policy["url"])}" rel="noopener noreferrer" target="_blank">{escape(policy["url"])}</a>'
        rows.append(
            f'<tr><th scope="row">{escape(policy["label"])}</th><td>{escape(policy["title"])}</td>'
            f"<td>{escape(policy['captured'])}</td><td>{escape(policy['effective'])}</td>"
            f"<td>{int(words.get(name, 0)):,}</td><td>{n_blocks - n_kept:,} of {n_blocks:,}</td>"
            f"<td>{address if policy['url'] else ''}</td><td>{escape(notes.get(name, ''))}</td></tr>"
        )
    heads = (
        "Vendor",
        "Title",
        "Captured",
        "Effective",
        "Words",
        "Blocks left out",
        "Source",
        "Notes on reading",
    )
    return (
        '<table><caption class="vh">The policies</caption><thead><tr>'
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f"</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
