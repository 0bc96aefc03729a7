"""What a study chose, in one place that all its notebooks read: data/study.toml."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from policytools._wording import listed, probably
from policytools.coding.codebook import Codebook, load_codebook
from policytools.scores.dimensions import CHECKLISTS, FORMULA, FORMULAS

FILE = "study.toml"


@dataclass(frozen=True)
class Study:
    """What a study chose; made by `load_study`.

    Attributes
    ----------
    codebook_file : str
        Name of a shipped codebook, or the path of your own.
    checklists : tuple of str
        Those that figures and scores use.
    formula : str
        The readability formula of figures and scores; one of those that `score_draws` takes.
    highlight : tuple of str
        Vendors or policy_ids that figures name where there are many.
    label_language : str
        Language of the items' labels.
    codebook : Codebook
        The codebook, read when it is first asked for.
    scoring : dict
        codebook, checklists and formula, as `score_draws`, `population_scores` and `dimension_table` take them.

    Examples
    --------
    >>> Study().codebook.title
    'Privacy disclosure items'
    """

    codebook_file: str = "disclosure"
    checklists: tuple[str, ...] = ()
    formula: str = FORMULA
    highlight: tuple[str, ...] = ()
    label_language: str = "en"

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook, read when it is first asked for."""
        return load_codebook(self.codebook_file, label_language=self.label_language)

    @property
    def scoring(self) -> dict[str, Any]:
        """Codebook, checklists and formula, as `score_draws`, `population_scores` and `dimension_table` take them."""
        return {"codebook": self.codebook, "checklists": self.checklists or None, "formula": self.formula}


def load_study(folder: str | Path) -> Study:
    """Read what a study chose: codebook, checklists, formula, vendors to highlight, language of labels.

    Parameters
    ----------
    folder : path
        The folder that `load_corpus` reads. A key that its study.toml lacks has its default: codebook "disclosure", the
        legal checklists that the codebook has, "flesch_kincaid_grade", nobody, "en". A study without the file has all
        defaults.

    Returns
    -------
    Study

    Raises
    ------
    ValueError
        The file is not valid TOML, or has an unknown key or value. The message names the file and the key.

    Notes
    -----
    The path of a codebook of your own counts from the folder.

    Examples
    --------
    >>> study = load_study("data")
    >>> study.codebook.title
    'Privacy disclosure items for connected 3D-printing products'
    >>> study.checklists
    ('GDPR 13/14', 'CCPA 7011(e)', 'CalOPPA', '3dp')
    """
    path = Path(folder) / FILE
    if not path.parent.is_dir():
        raise ValueError(f"folder: {folder} is not a folder; give the folder that holds policies.csv")
    if not path.is_file():
        return _study({}, path)
    try:
        return _study(tomllib.loads(path.read_text(encoding="utf-8-sig")), path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path}: not valid TOML in UTF-8 ({error}): check quotes, brackets and commas"
        ) from None


def _study(given: dict[str, Any], path: Path) -> Study:
    keys = ("codebook", "checklists", "formula", "highlight", "label_language")
    if unknown := [key for key in given if key not in keys]:
        raise ValueError(
            f"{path}: unknown key {unknown[0]!r}{probably(unknown[0], keys)}; allowed are {', '.join(keys)}"
        )
    for key, value in given.items():
        is_list = key in ("checklists", "highlight")
        if not (isinstance(value, list) if is_list else isinstance(value, str)) or not all(
            isinstance(entry, str) for entry in value
        ):
            raise ValueError(
                f"{path}: {key} must be a {'list of texts' if is_list else 'text'}, not {value!r}"
            )
    codebook = given.get("codebook", "disclosure")
    if codebook.endswith(".toml"):
        codebook = str(path.parent / codebook)
    formula = given.get("formula", FORMULA)
    if formula not in FORMULAS:
        raise ValueError(
            f"{path}: formula: no formula {formula!r}{probably(formula, FORMULAS)}; there are {listed(FORMULAS, 15)}"
        )
    study = Study(codebook, (), formula, tuple(given.get("highlight", ())), given.get("label_language", "en"))
    try:
        known = study.codebook.checklists
    except ValueError as error:
        raise ValueError(f"{path}: codebook: {error}") from None
    checklists = tuple(given.get("checklists", (name for name in CHECKLISTS if known.get(name))))
    if unknown := [name for name in checklists if name not in known]:
        raise ValueError(
            f"{path}: checklists: the codebook has no {listed(unknown)}{probably(unknown[0], known)}; "
            f"there are {listed(known, 20)}"
        )
    return Study(codebook, checklists, formula, study.highlight, study.label_language)
