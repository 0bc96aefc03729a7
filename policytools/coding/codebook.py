"""Codebooks as data: the items of a coding scheme, their questions, and rules that find them in sentences.

A codebook is one TOML file. Each ``[[item]]`` holds a question, what counts and what does not, and one
or more ``[[item.rule]]``; any rule that holds for a sentence makes the sentence evidence for the item.
A rule says in phrases what to ``find`` in the sentence and, if need be, what must or must not stand
``near``, ``around``, in the ``heading`` above, in the ``lead_in`` of the list, or ``anywhere`` in the
policy. The head of ``codebooks/disclosure.toml`` describes every key and every sign with an example.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from policytools._files import PACKAGE
from policytools._wording import counted
from policytools.coding.phrases import BUILT_IN, Grammar, Phrase, PhraseError
from policytools.tables import Table, as_title, render

_SHIPPED = PACKAGE / "codebooks"
_TEXT, _LIST, _NESTED, _FLAG, _COUNT = (
    "text",
    "list of texts",
    "list of texts or of lists",
    "true or false",
    "number",
)
_TOP_KEYS = {
    "title": _TEXT,
    "version": _TEXT,
    "announcements": _LIST,
    "checklists": None,
    "groups": None,
    "item": None,
}
_ITEM_KEYS = {
    "id": _TEXT, "family": _TEXT, "question": _TEXT, "counts": _TEXT, "not": _TEXT, "refs": _LIST,
    "announcements": _FLAG, "headings": _FLAG, "exclude": _LIST, "not_near": _LIST, "rule": None,
}  # fmt: skip
# Conditions of a rule: each is a list of phrases of which one must (or, with not_, none may) match.
CONDITIONS = ("heading", "lead_in", "sentence_before", "sentence_after", "around", "anywhere")
NOT_CONDITIONS = ("not_heading", "not_around")
_RULE_KEYS = {
    "note": _TEXT, "find": _LIST, "near": _NESTED, "within": _COUNT, "not_near": _LIST, "not_within": _COUNT,
    "exclude": _LIST, "negation": _TEXT, "at_least": _COUNT, "count_in": _TEXT,
    **dict.fromkeys((*CONDITIONS, *NOT_CONDITIONS), _LIST),
}  # fmt: skip
_ALLOWED = {"negation": ("counts", "void", "required"), "count_in": ("sentence", "list", "policy")}
_ITEM_COLUMNS = ["item", "family", "question", "counts", "not", "refs"]


@dataclass(frozen=True)
class Rule:
    """One compiled rule. Phrases are held as numbers into `Codebook.phrases`."""

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
    announcements: bool = False
    headings: bool = False
    conditions: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, eq=False)  # a codebook equals itself alone, so that what is made of it can be kept
class Codebook:
    """A coding scheme with compiled rules; made by `load_codebook`.

    Attributes
    ----------
    title, version : str
    items : pandas.DataFrame
        One row for each item in the order of the file: item, family, question, counts, not (str) and
        refs (tuple of str).
    checklists : dict
        Name of a checklist -> items in it: every family, the checklists that the file defines by
        references, and "all".
    rules, phrases, announcements
        What `code_sentences` runs.

    Examples
    --------
    >>> codebook = load_codebook("disclosure")
    >>> len(codebook.items), len(codebook.checklists["CalOPPA"])
    (63, 7)
    """

    title: str
    version: str
    items: pd.DataFrame
    checklists: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...] = field(repr=False)
    phrases: tuple[Phrase, ...] = field(repr=False)
    announcements: tuple[int, ...] = field(repr=False)

    def __repr__(self) -> str:
        return f"<Codebook: {codebook_line(self)}>"

    def _repr_html_(self) -> str:
        return codebook_html(self)


def load_codebook(name_or_path: str | Path) -> Codebook:
    """Read a codebook: one that ships with the package, by name, or your own TOML file, by path.

    Parameters
    ----------
    name_or_path : str or Path
        "disclosure" for the shipped codebook of privacy disclosures, or a path that ends in ``.toml``.

    Returns
    -------
    Codebook

    Raises
    ------
    ValueError
        If the file is missing or anything in it is wrong; the message gives file, line, item, what is
        wrong and what to do.

    Examples
    --------
    >>> codebook = load_codebook("disclosure")
    >>> codebook.items.query("item == 'do_not_track'")["question"].item()
    'Does it say how browser Do Not Track or opt-out preference signals are treated?'
    >>> codebook.checklists["CalOPPA"][:2]
    ('effective_date', 'change_notice')
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = _SHIPPED / f"{name_or_path}.toml"
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in _SHIPPED.glob("*.toml")))
        raise ValueError(
            f"codebook {name_or_path!r} not found: give a path to a .toml file, or one of: {shipped}"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path.name}: not UTF-8 text (byte {error.start}): save the file as UTF-8"
        ) from error
    return _Reader(path.name, text).codebook()


class _Reader:
    """Checks one codebook text from top to bottom; every error is raised by `fail` with its line."""

    def __init__(self, name: str, text: str):
        self.name, self.lines = name, text.splitlines()
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = f", line {found[1]}" if found else f", line {len(self.lines)}"
            raise ValueError(
                f"{name}{line}: not valid TOML ({error}): check quotes, brackets and commas there"
            ) from None
        self.phrases: dict[str, int] = {}
        self.compiled: list[Phrase] = []

    def codebook(self) -> Codebook:
        self._check_table(self.data, _TOP_KEYS, ())
        for key in ("title", "version"):
            if key not in self.data:
                self.fail((), key, f'no {key} given: write {key} = "..." at the top')
        groups = self.data.get("groups", {})
        self._check_groups(groups)
        self.grammar = Grammar(groups)
        for group, entries in groups.items():
            for entry in entries:
                try:
                    self.grammar.check(entry)
                except PhraseError as error:
                    self.fail(("groups",), group, str(error), phrase=entry)
        announcements = self._phrases(self.data.get("announcements", []), (), "announcements")
        items = self.data.get("item", [])
        if not isinstance(items, list) or not items:
            self.fail((), "item", "no items: write at least one [[item]]")
        rules: list[Rule] = []
        seen: dict[str, int] = {}
        for n, item in enumerate(items):
            rules += self._item(item, n, seen)
        frame = pd.DataFrame(
            {
                "item": [item["id"] for item in items],
                **{
                    key: [item.get(key, "") for item in items]
                    for key in ("family", "question", "counts", "not")
                },
                "refs": [tuple(item.get("refs", [])) for item in items],
            },
            columns=_ITEM_COLUMNS,
        )
        return Codebook(
            title=self.data["title"],
            version=self.data["version"],
            items=frame,
            checklists=self._checklists(frame),
            rules=tuple(rules),
            phrases=tuple(self.compiled),
            announcements=announcements,
        )

    def _item(self, item: dict, n: int, seen: dict[str, int]) -> list[Rule]:
        where = (("item", n),)
        self._check_table(item, _ITEM_KEYS, where)
        for key in ("id", "family", "question"):
            if not item.get(key, "").strip():
                self.fail(where, key, f'no {key} given: write {key} = "..."')
        if not re.fullmatch(r"\w+", item["id"]):
            self.fail(where, "id", f"the id {item['id']!r} must be one word of letters, digits and _")
        if item["id"] in seen:
            first = self._line((("item", seen[item["id"]]),), "id")
            self.fail(where, "id", f"the id is already taken by the item of line {first}: ids must differ")
        seen[item["id"]] = n
        if not isinstance(item.get("rule"), list) or not item["rule"]:
            self.fail(where, "", "no rule: write at least one [[item.rule]] with find = [...] below it")
        return [self._rule(rule, item, (*where, ("rule", m))) for m, rule in enumerate(item["rule"])]

    def _rule(self, rule: dict, item: dict, where: tuple) -> Rule:
        self._check_table(rule, _RULE_KEYS, where)
        for key, allowed in _ALLOWED.items():
            if key in rule and rule[key] not in allowed:
                self.fail(where, key, f"{key} is {rule[key]!r}: allowed are {', '.join(map(repr, allowed))}")
        if not rule.get("find"):
            self.fail(
                where,
                "find",
                "a rule without find finds nothing: write find = [...] with at least one phrase",
            )
        for key, other in (("within", "near"), ("not_within", "not_near"), ("count_in", "at_least")):
            if key in rule and other not in rule:
                self.fail(
                    where, key, f"{key} says how far {other} reaches, but there is no {other} in this rule"
                )
        near = rule.get("near", [])
        nested = near if near and isinstance(near[0], list) else [near] if near else []
        find = rule["find"]
        if rule.get("at_least", 1) > 1:  # what is counted are entries, so a whole group is spelled out
            find = [entry for phrase in find for entry in self._spelled_out(phrase)]
        top = where[:1]
        return Rule(
            item=item["id"],
            find=self._phrases(find, where, "find"),
            near=tuple(self._phrases(options, where, "near") for options in nested),
            within=rule.get("within", 0),
            not_near=self._phrases(rule.get("not_near", []), where, "not_near")
            + (() if rule.get("not_within") else self._phrases(item.get("not_near", []), top, "not_near")),
            not_within=rule.get("not_within", 0),
            exclude=self._phrases(rule.get("exclude", []), where, "exclude")
            + self._phrases(item.get("exclude", []), top, "exclude"),
            negation=rule.get("negation", "counts"),
            at_least=rule.get("at_least", 1),
            count_in=rule.get("count_in", "sentence"),
            announcements=item.get("announcements", False),
            headings=item.get("headings", False),
            conditions=tuple(
                (key, self._phrases(rule[key], where, key))
                for key in (*CONDITIONS, *NOT_CONDITIONS)
                if key in rule
            ),
        )

    def _spelled_out(self, phrase: str) -> list[str]:
        name = phrase.strip().removeprefix("{").removesuffix("}")
        return (
            self.grammar.groups[name]
            if phrase.strip() == f"{{{name}}}" and name in self.grammar.groups
            else [phrase]
        )

    def _checklists(self, items: pd.DataFrame) -> dict[str, tuple[str, ...]]:
        lists: dict[str, tuple[str, ...]] = {
            str(family): tuple(rows["item"]) for family, rows in items.groupby("family", sort=False)
        }
        defined = self.data.get("checklists", {})
        if not isinstance(defined, dict):
            self.fail((), "checklists", 'must be a table: write [checklists] and below it "name" = [...]')
        for name, prefixes in defined.items():
            if not isinstance(prefixes, list) or not all(isinstance(prefix, str) for prefix in prefixes):
                self.fail(("checklists",), name, "must be a list of texts, each the beginning of references")
            if name in lists or name == "all":
                self.fail(
                    ("checklists",),
                    name,
                    "is the name of a family or of the list of all items: choose another",
                )
            lists[name] = tuple(
                item
                for item, refs in zip(items["item"], items["refs"], strict=True)
                if any(ref.startswith(tuple(prefixes)) for ref in refs)
            )
        return {**lists, "all": tuple(items["item"])}

    def _phrases(self, phrases: list[str], where: tuple, key: str) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._phrase(phrase, where, key) for phrase in phrases))

    def _phrase(self, phrase: str, where: tuple, key: str) -> int:
        if phrase not in self.phrases:
            try:
                compiled = self.grammar.compile(phrase)
            except PhraseError as error:
                self.fail(where, key, str(error), phrase=phrase)
            self.phrases[phrase] = len(self.compiled)
            self.compiled.append(compiled)
        return self.phrases[phrase]

    def _check_groups(self, groups: Any) -> None:
        if not isinstance(groups, dict):
            self.fail((), "groups", "groups must be a table: write [groups] and below it name = [...]")
        for name, entries in groups.items():
            if name in BUILT_IN:
                self.fail(("groups",), name, "is built in and cannot be defined again: choose another name")
            if not re.fullmatch(r"\w+", name):
                self.fail(("groups",), name, "a group's name is one word of letters, digits and _")
            self._check_type(entries, _LIST, ("groups",), name)
            if not entries:
                self.fail(("groups",), name, "the group is empty: give at least one phrase")

    def _check_table(self, table: Any, keys: dict, where: tuple) -> None:
        if not isinstance(table, dict):
            self.fail(where, "", "must be a table: write [[item]] or [[item.rule]] on a line of its own")
        for key, value in table.items():
            if key not in keys:
                self.fail(where, key, f"unknown key {key!r}: allowed are {', '.join(keys)}")
            if keys[key]:
                self._check_type(value, keys[key], where, key)

    def _check_type(self, value: object, wanted: str, where: tuple, key: str) -> None:
        texts = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
        good = {
            _TEXT: isinstance(value, str),
            _FLAG: isinstance(value, bool),
            _COUNT: isinstance(value, int) and not isinstance(value, bool) and value > 0,
            _LIST: texts,
            _NESTED: texts
            or isinstance(value, list)
            and all(
                isinstance(part, list) and part and all(isinstance(entry, str) for entry in part)
                for part in value
            ),
        }[wanted]
        if not good:
            self.fail(where, key, f"{key} must be a {wanted}, not {value!r}"[:300])

    # --- where in the text something stands; tomllib does not tell

    def fail(self, where: tuple, key: str, problem: str, phrase: str | None = None) -> NoReturn:
        line = self._line(where, key, phrase)
        item = ""
        if where and where[0] != "groups" and where[0] != "checklists":
            name = (
                self.data["item"][where[0][1]].get("id")
                if isinstance(self.data["item"][where[0][1]], dict)
                else None
            )
            item = f", item {name!r}" if name else f", item number {where[0][1] + 1}"
        elif where:
            item = f", [{where[0]}] {key}"
        raise ValueError(f"{self.name}, line {line}{item}: {problem}")

    def _line(self, where: tuple, key: str, phrase: str | None = None) -> int:
        """Line (from 1) of a key, or of the header of its table if the table lacks the key."""
        start: int | None = None if where else 0
        found: int | None = None
        header: tuple = ()
        counts: dict[str, int] = {}
        for number, line in enumerate(self.lines, 1):
            if head := re.match(r"\s*\[(\[?)\s*([\w.\s\"-]+?)\s*\]\]?\s*(#.*)?$", line):
                if found:
                    break
                name = head[2].replace(" ", "")
                counts[name] = counts.get(name, -1) + 1
                if name == "item":
                    counts["item.rule"] = -1
                header = self._address(name, counts)
                if header == where:
                    start = number
                elif where and start is not None and header[: len(where)] != where:
                    break
            elif header == where and key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
                found = number
            if found and (phrase is None or phrase in line or phrase.replace("\\", "\\\\") in line):
                return number
        return found or start or 1

    @staticmethod
    def _address(name: str, counts: dict[str, int]) -> tuple:
        if name == "item":
            return (("item", counts["item"]),)
        if name == "item.rule":
            return (("item", counts.get("item", 0)), ("rule", counts["item.rule"]))
        return (name,)


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
