"""What a study chose: data/study.toml, its defaults and its errors."""

from __future__ import annotations

import re

import pytest

import policytools as pt


def test_defaults_of_a_study_without_the_file(tmp_path):
    study = pt.load_study(tmp_path)
    assert study == pt.Study(checklists=("GDPR 13/14", "CCPA 7011(e)", "CalOPPA"))
    assert study.codebook.title == "Privacy disclosure items"


def test_a_codebook_of_ones_own_beside_the_file(tmp_path):
    own = 'extends = "disclosure"\ntitle = "Mine"\n[leave_out]\nchecklists = ["CalOPPA"]\n'
    (tmp_path / "mine.toml").write_text(own, encoding="utf-8")
    text = 'codebook = "mine.toml"\nhighlight = ["Ada"]\nformula = "smog_index"\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    study = pt.load_study(tmp_path)
    assert study.codebook.title == "Mine" and study.highlight == ("Ada",) and study.formula == "smog_index"
    assert study.checklists == ("GDPR 13/14", "CCPA 7011(e)")
    assert study.scoring["codebook"] is study.codebook and study.scoring["formula"] == "smog_index"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('code_book = "printing"', "unknown key 'code_book'; did you mean 'codebook'"),
        ("codebook = 3", "codebook must be a text"),
        ('checklists = "all"', "checklists must be a list of texts"),
        ('checklists = ["3dp"]', "checklists: the codebook has no 3dp"),
        ('codebook = "printer"', "codebook: codebook 'printer' not found"),
        ('formula = "flesh"', "formula: no formula 'flesh'"),
        ('formula = "lix"', "formula: no formula 'lix'"),
        ("codebook = ", "not valid TOML"),
    ],
)
def test_errors_name_the_file_and_the_key(tmp_path, text, said):
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{re.escape(str(tmp_path / 'study.toml'))}.*{said}"):
        pt.load_study(tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="folder: .* is not a folder"):
        pt.load_study(tmp_path / "none")
