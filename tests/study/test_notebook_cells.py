from __future__ import annotations

import json
from pathlib import Path

import pytest

from policytools.study.notebook_cells import first_heading, read_cells


def test_sources_are_joined_and_outputs_are_there(tmp_path: Path):
    cells = [{"cell_type": "markdown", "source": ["Text\n", "## Why?"]}, {"cell_type": "code", "source": "1"}]
    (tmp_path / "a.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    read = read_cells(tmp_path / "a.ipynb")
    assert [(cell["source"], cell["outputs"]) for cell in read] == [("Text\n## Why?", []), ("1", [])]
    assert first_heading(read) == "Why?" and first_heading(read[1:]) == ""


@pytest.mark.parametrize(
    "notebook",
    [
        [],
        {"cells": []},
        {"nbformat": 4, "cells": [1]},
        {"nbformat": 4, "cells": [{"source": "x"}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "outputs": [{}]}]},
    ],
)
def test_what_is_not_a_notebook(tmp_path: Path, notebook):
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(ValueError, match="a.ipynb: not a notebook"):
        read_cells(tmp_path / "a.ipynb")


def test_a_file_nested_too_deeply(tmp_path: Path):
    (tmp_path / "a.ipynb").write_text('{"nbformat": 4, "cells": ' + "[" * 100_000)
    with pytest.raises(ValueError, match="a.ipynb: not a notebook"):
        read_cells(tmp_path / "a.ipynb")
