"""Codebooks as data: the items of a coding scheme, their questions, and rules that find them in sentences.

A codebook is one TOML file, which may extend another (see `codebook_files`). Each ``[[item]]`` holds a question, what counts and what does not, and one or more
``[[item.rule]]``. A sentence is evidence for the item if any of its rules matches. A rule lists the phrases to
``find`` in the sentence. It can also list phrases that must or must not occur ``near`` them, in sentences ``around``,
in the ``heading`` above, in the ``lead_in`` of the list, or ``anywhere`` in the policy. The head of
``codebooks/disclosure.toml`` describes every key and every sign with an example.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from policytools._frames import check_type, frame_of_rows
from policytools._wording import counted
from policytools.coding.codebook_files import CodebookFile, read_codebook_file
from policytools.coding.phrases import BUILT_IN, Grammar, Phrase, PhraseError
from policytools.tables import Table, as_title, render

_ITEM_COLUMNS = {
    "item": "str", "label": "str", "family": "str", "question": "str", "counts": "str", "not": "str", "refs": "object"
}  # fmt: skip

# Conditions of a rule: each is a list of phrases of which one must (or, with not_, none may) match.
CONDITIONS = (
    "heading", "lead_in", "sentence_before", "sentence_after", "around", "anywhere", "not_heading", "not_around"
)  # fmt: skip

# Keys of each table in a codebook, with the type of their values; "" is checked where the value is read.
_TOP_KEYS = {
    "title": "text", "version": "text", "announcements": "list of texts", "checklists": "", "groups": "", "item": ""
}  # fmt: skip
_ITEM_KEYS = {
    "id": "text", "label": "", "family": "text", "question": "text", "counts": "text", "not": "text", "refs": "list of texts",
    "announcements": "true or false", "headings": "true or false", "exclude": "list of texts",
    "not_near": "list of texts", "rule": "",
}  # fmt: skip
_RULE_KEYS = {
    "note": "text", "find": "list of texts", "near": "list of texts or of lists of texts", "within": "number above 0",
    "not_near": "list of texts", "not_within": "number above 0", "exclude": "list of texts", "negation": "text",
    "at_least": "number above 0", "count_in": "text", "fallback": "true or false",
    "own_name": "text",
    **dict.fromkeys(CONDITIONS, "list of texts"),
}  # fmt: skip
_ALLOWED = {
    "own_name": ("counts", "void"),
    "negation": ("counts", "void", "required"),
    "count_in": ("sentence", "list", "policy"),
}
_NEEDS = {"within": "near", "not_within": "not_near", "count_in": "at_least"}  # keys that limit another key

_HEADER = re.compile(r"\s*+\[\[?([\w.\s-]++)\]\]?\s*+(#.*)?$")
_KEY = re.compile(r"\s*+[\"']?([^\"'=#]++)[\"']?\s*+=")

# A table of the file: () is the top, (name,) one of [groups] and [checklists], (n,) an item, (n, m) one of its rules.
Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Rule:
    """One compiled rule; a phrase is given by its position in `Codebook.phrases`."""

    item: str
    find: tuple[int, ...]
    near: tuple[tuple[int, ...], ...] = ()
    within: int = 0  # words; 0: anywhere in the sentence
    not_near: tuple[int, ...] = ()
    not_within: int = 0
    exclude: tuple[int, ...] = ()
    negation: str = "counts"
    at_least: int = 1
    count_in: str = "sentence"
    own_name: str = "counts"  # whether matches count that are the vendor's own name
    fallback: bool = False  # counts only in policies where the item's other rules find nothing
    announcements: bool = False
    headings: bool = False
    conditions: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, eq=False)  # compared by identity, so that a codebook can be a key of a cache
class Codebook:
    """A coding scheme with compiled rules; made by `load_codebook`.

    Attributes
    ----------
    title, version : str
    items : pandas.DataFrame
        One row for each item in the order of the file: item, label (for people; made of the id where the file has
        none), family, question, counts, not (str) and refs (tuple of str).
    checklists : dict
        Name of a checklist -> items in it: every family, the checklists that the file defines by
        references, and "all".
    rules, phrases, announcements
        What `code_sentences` matches.

    Examples
    --------
    >>> codebook = load_codebook("disclosure")
    >>> len(codebook.items), len(codebook.checklists["CalOPPA"]), codebook.labels["dpo_contact"]
    (56, 7, "Data protection officer's contact")
    """

    title: str
    version: str
    items: pd.DataFrame
    checklists: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...] = field(repr=False)
    phrases: tuple[Phrase, ...] = field(repr=False)
    announcements: tuple[int, ...] = field(repr=False)

    @property
    def labels(self) -> dict[str, str]:
        """Item -> its label for people."""
        return dict(zip(self.items["item"], self.items["label"], strict=True))

    def __repr__(self) -> str:
        return f"<Codebook: {codebook_line(self)}>"

    def _repr_html_(self) -> str:
        return codebook_html(self)


def load_codebook(name_or_path: str | Path, *, label_language: str = "en") -> Codebook:
    """Read a codebook: by name one that ships with the package, or by path your own TOML file.

    Parameters
    ----------
    name_or_path : str or Path
        "disclosure" (privacy disclosures of any service), "printing" (extends it by what makers of 3D printers tell),
        or a path that ends in ``.toml``.
    label_language : str
        Language of the items' labels, where the file has several.

    Returns
    -------
    Codebook

    Raises
    ------
    ValueError
        The file is missing or something in it, or in the codebook that it extends, is wrong. The message gives the
        file, the line, the item, what is wrong and what to do.

    Examples
    --------
    >>> codebook = load_codebook("disclosure")
    >>> codebook.items.query("item == 'do_not_track'")["question"].item()
    'Does it say how browser Do Not Track or opt-out preference signals are treated?'
    >>> codebook.checklists["CalOPPA"][:2]
    ('effective_date', 'change_notice')
    >>> len(load_codebook("printing").items)
    63
    """
    file = read_codebook_file(name_or_path)
    try:
        return _Reader(file, label_language).codebook()
    except RecursionError:
        raise ValueError(
            f"{file.path.name}: a list, table or key is nested too deeply: write it flatter"
        ) from None


AnyCodebook = Codebook | str | Path  # a codebook, the name of a shipped one or a path


def codebook_of(codebook: AnyCodebook) -> Codebook:
    """The codebook that a function was given, read if it is a name or a path."""
    if isinstance(codebook, str | Path):
        return load_codebook(codebook)
    check_type("codebook", codebook, Codebook, ", the name of a shipped one or a path")
    return codebook


class _Reader:
    """Reads and checks one codebook; every error is raised by `fail`, which adds the line."""

    def __init__(self, file: CodebookFile, label_language: str = "en"):
        self.name, self.lines, self.is_shipped = file.path.name, file.text.splitlines(), file.is_shipped
        self.data, self.own, self.label_language = file.data, file.own, label_language
        self.line_numbers = _line_numbers(self.lines)
        self.item_numbers: dict[str, int] = {}  # id -> which item of the file
        self.phrases: dict[str, int] = {}  # phrase -> position in `compiled`
        self.compiled: list[Phrase] = []

    def codebook(self) -> Codebook:
        self._check_table(self.data, _TOP_KEYS, ())
        for key in ("title", "version"):
            if key not in self.data:
                self.fail((), key, f'no {key} given: write {key} = "..." at the top')
        self.grammar = self._grammar(self.data.get("groups", {}))
        announcements = self._phrases(self.data, "announcements", ())
        items = self.data.get("item")
        if not isinstance(items, list) or not items:
            self.fail((), "item", "no items: write at least one [[item]]")
        rules = [rule for n, item in enumerate(items) for rule in self._rules(item, n)]
        frame = frame_of_rows(
            [
                (item["id"], self._label(item, n), item["family"], item["question"], item.get("counts", ""), item.get("not", ""),
                 tuple(item.get("refs", [])))
                for n, item in enumerate(items)
            ],
            _ITEM_COLUMNS,
        )  # fmt: skip
        return Codebook(
            title=self.data["title"],
            version=self.data["version"],
            items=frame,
            checklists=self._checklists(frame),
            rules=tuple(rules),
            phrases=tuple(self.compiled),
            announcements=announcements,
        )

    def _grammar(self, groups: Any) -> Grammar:
        if not isinstance(groups, dict):
            self.fail((), "groups", "groups must be a table: write [groups] and below it name = [...]")
        for name, entries in groups.items():
            if name in BUILT_IN:
                self.fail(("groups",), name, "is built in and cannot be defined again: choose another name")
            if not re.fullmatch(r"\w+", name):
                self.fail(("groups",), name, "a group's name is one word of letters, digits and _")
            self._check_type(entries, "list of texts", ("groups",), name)
            if not entries:
                self.fail(("groups",), name, "the group is empty: give at least one phrase")
        grammar = Grammar(groups)
        for name, entries in groups.items():
            for entry in entries:
                try:
                    grammar.check(entry)
                except PhraseError as error:
                    self.fail(("groups",), name, str(error), phrase=entry)
        return grammar

    def _label(self, item: dict, n: int) -> str:
        """An item's label: a text, or a table with a text for each language."""
        label = item.get("label", as_title(item["id"]))
        if isinstance(label, dict):
            if self.label_language not in label:
                languages = ", ".join(label) or "none"
                self.fail((n,), "label", f"no label in {self.label_language!r}; there are: {languages}")
            label = label[self.label_language]
        if not isinstance(label, str) or not label.strip():
            self.fail(
                (n,), "label", 'label must be a text, or a table such as { en = "Cookies", de = "Cookies" }'
            )
        return label.strip()

    def _rules(self, item: dict, n: int) -> list[Rule]:
        place = (n,)
        self._check_table(item, _ITEM_KEYS, place)
        for key in ("id", "family", "question"):
            if not item.get(key, "").strip():
                self.fail(place, key, f'no {key} given: write {key} = "..."')
        if not re.fullmatch(r"\w+", item["id"]):
            self.fail(place, "id", f"the id {item['id']!r} must be one word of letters, digits and _")
        if (first := self.item_numbers.setdefault(item["id"], n)) != n:
            line = self._line(self._in_file((first,)), "id")
            self.fail(place, "id", f"the id is already taken by the item of line {line}: ids must differ")
        if not isinstance(item.get("rule"), list) or not item["rule"]:
            self.fail(place, "", "no rule: write at least one [[item.rule]] with find = [...] below it")
        return [self._rule(rule, item, (n, m)) for m, rule in enumerate(item["rule"])]

    def _rule(self, rule: dict, item: dict, place: tuple[int, int]) -> Rule:
        self._check_rule(rule, place)
        if rule.get("at_least", 1) > 1:  # entries are counted, so a group is replaced by its entries
            rule = {**rule, "find": [entry for phrase in rule["find"] for entry in self._entries(phrase)]}
        near = rule.get("near", [])
        if near and _is_texts(near):
            near = [near]
        not_near_of_item = [] if "not_within" in rule else item.get("not_near", [])
        options = ("within", "not_within", "negation", "at_least", "count_in", "fallback", "own_name")
        return Rule(
            item=item["id"],
            find=self._phrases(rule, "find", place),
            near=tuple(self._positions(phrases, "near", place) for phrases in near),
            not_near=self._phrases(rule, "not_near", place)
            + self._positions(not_near_of_item, "not_near", place[:1]),
            exclude=self._phrases(rule, "exclude", place) + self._phrases(item, "exclude", place[:1]),
            conditions=tuple((key, self._phrases(rule, key, place)) for key in CONDITIONS if key in rule),
            **{key: rule[key] for key in options if key in rule},
            **{key: item[key] for key in ("announcements", "headings") if key in item},
        )

    def _check_rule(self, rule: dict, place: Place) -> None:
        self._check_table(rule, _RULE_KEYS, place)
        for key, allowed in _ALLOWED.items():
            if key in rule and rule[key] not in allowed:
                self.fail(place, key, f"{key} is {rule[key]!r}: allowed are {', '.join(map(repr, allowed))}")
        if not rule.get("find"):
            self.fail(place, "find", "a rule without find finds nothing: give find at least one phrase")
        for key, other in _NEEDS.items():
            if key in rule and other not in rule:
                self.fail(place, key, f"{key} limits {other}, but this rule has no {other}: add it")

    def _checklists(self, items: pd.DataFrame) -> dict[str, tuple[str, ...]]:
        checklists = {str(family): tuple(own) for family, own in items.groupby("family", sort=False)["item"]}
        defined = self.data.get("checklists", {})
        if not isinstance(defined, dict):
            self.fail((), "checklists", 'must be a table: write [checklists] and below it "name" = [...]')
        for name, prefixes in defined.items():
            if not _is_texts(prefixes):
                self.fail(("checklists",), name, "must be a list of texts, each the beginning of references")
            if name in checklists or name == "all":
                self.fail(("checklists",), name, 'is the name of a family, or "all": choose another name')
            checklists[name] = tuple(
                item
                for item, refs in zip(items["item"], items["refs"], strict=True)
                if any(ref.startswith(tuple(prefixes)) for ref in refs)
            )
        return {**checklists, "all": tuple(items["item"])}

    def _entries(self, phrase: str) -> list[str]:
        group = re.fullmatch(r"\s*\{(\w+)\}\s*", phrase)
        return self.grammar.groups.get(group[1], [phrase]) if group else [phrase]

    def _phrases(self, table: dict, key: str, place: Place) -> tuple[int, ...]:
        return self._positions(table.get(key, []), key, place)

    def _positions(self, phrases: list[str], key: str, place: Place) -> tuple[int, ...]:
        """Compile phrases; their positions in `compiled`, each once."""
        for phrase in phrases:
            if phrase not in self.phrases:
                try:
                    where = "" if self.is_shipped else f"{self.name}{self._subject(place, key)}"
                    self.compiled.append(self.grammar.compile(phrase, where))
                except PhraseError as error:
                    self.fail(place, key, str(error), phrase=phrase)
                self.phrases[phrase] = len(self.compiled) - 1
        return tuple(dict.fromkeys(self.phrases[phrase] for phrase in phrases))

    def _check_table(self, table: Any, keys: dict[str, str], place: Place) -> None:
        if not isinstance(table, dict):
            self.fail(place, "", "must be a table: write [[item]] or [[item.rule]] on a line of its own")
        for key, value in table.items():
            if key not in keys:
                self.fail(place, key, f"unknown key {key!r}: allowed are {', '.join(keys)}")
            if keys[key]:
                self._check_type(value, keys[key], place, key)

    def _check_type(self, value: object, wanted: str, place: Place, key: str) -> None:
        if not _TYPES[wanted](value):
            self.fail(place, key, f"{key} must be a {wanted}, not {value!r}"[:300])

    def fail(self, place: Place, key: str, problem: str, phrase: str = "") -> NoReturn:
        """Raise a ValueError with the file, the line, the item or table, and the problem."""
        line = self._line(self._in_file(place), key, phrase)
        raise ValueError(f"{self.name}, line {line}{self._subject(place, key)}: {problem[:600]}")

    def _subject(self, place: Place, key: str) -> str:
        """The item or table of a place, for a message."""
        if not place or not isinstance(place[0], int):
            return f", [{place[0]}] {key}" if place else ""
        item = self.data["item"][place[0]]
        name = item.get("id") if isinstance(item, dict) else None
        return f", item {name!r}" if name else f", item number {place[0] + 1}"

    def _in_file(self, place: Place) -> Place:
        """The place in the file itself; the top for what comes from the codebook that it extends."""
        if not place or not isinstance(place[0], int):
            return place
        return (self.own[place[0]], *place[1:]) if place[0] in self.own else ()

    def _line(self, place: Place, key: str, phrase: str = "") -> int:
        """The line of a phrase, or of its key, or of the header of its table."""
        first = self.line_numbers.get((place, key)) or self.line_numbers.get((place, ""), 1)
        same_table = takewhile(lambda line: not _HEADER.match(line), self.lines[first - 1 :])
        for number, line in enumerate(same_table, first):
            if phrase in line or phrase.replace("\\", "\\\\") in line:
                return number
        return first


def _line_numbers(lines: list[str]) -> dict[tuple[Place, str], int]:
    """(place, key) -> line of the key; the key "" is the header of the table. tomllib does not report lines."""
    numbers: dict[tuple[Place, str], int] = {}
    place: Place = ()
    item = rule = -1
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            name = "".join(header[1].split())
            if name == "item":
                item, rule = item + 1, -1
                place = (item,)
            elif name == "item.rule":
                rule += 1
                place = (item, rule)
            else:
                place = (name,)
            numbers[place, ""] = number
        elif key := _KEY.match(line):
            numbers.setdefault((place, key[1].strip()), number)
    return numbers


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


_TYPES = {  # type as an error message names it -> whether a value has it
    "text": lambda value: isinstance(value, str),
    "true or false": lambda value: isinstance(value, bool),
    "number above 0": lambda value: type(value) is int and value > 0,
    "list of texts": _is_texts,
    "list of texts or of lists of texts": lambda value: (
        _is_texts(value) or isinstance(value, list) and all(part and _is_texts(part) for part in value)
    ),
}


def codebook_html(codebook: Codebook) -> str:
    """Families that unfold to their items, with questions and numbers of rules; then the checklists."""
    items = codebook.items[["item", "question"]]
    n_rules = Counter(rule.item for rule in codebook.rules)
    items = items.assign(rules=[n_rules[item] for item in items["item"]])
    by_family = items.groupby(codebook.items["family"], sort=False)
    families = [(as_title(str(family)), Table(own, rows=len(own))) for family, own in by_family]
    others = [name for name in codebook.checklists if name not in by_family.groups]
    checklists = [f"{as_title(name)} ({len(codebook.checklists[name])})" for name in others]
    summary = codebook_line(codebook)
    return render(
        "codebook.html.jinja", summary=summary, families=families, checklists=checklists, counted=counted
    )


def codebook_line(codebook: Codebook) -> str:
    """Title, version and size of a codebook."""
    n_items, n_rules = len(codebook.items), len(codebook.rules)
    n_families = codebook.items["family"].nunique()
    return (
        f"{codebook.title}, version {codebook.version}: {counted(n_items, 'item')} in "
        f"{counted(n_families, 'family', 'families')}, {counted(n_rules, 'rule')}"
    )
