from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from policytools.__main__ import main

RAW = Path(__file__).parent.parent / "data" / "raw"


def test_add_shows_what_was_kept_and_left_out(tmp_path: Path, capsys):
    given = [
        "add",
        str(RAW / "003_5678612fa8f2589b.txt"),
        "--vendor",
        "Anycubic",
        "--folder",
        str(tmp_path / "data"),
    ]
    assert main([*given, "--effective-on", "2019-05", "--title", "Privacy Policy", "--note", "a test"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0]
        == "added anycubic-2019 (Anycubic): raw/anycubic-2019.md, markdown, language en, 15,146 bytes"
    )
    assert lines[1:3] == ["first lines kept:", "    Privacy Policy – ANYCUBIC 3D Printing"]
    assert lines[7] == "first lines left out:" and lines[8].startswith(
        "    [archive note] The following text"
    )
    row = (tmp_path / "data" / "policies.csv").read_text().splitlines()[1]
    assert row.startswith(
        "anycubic-2019,Anycubic,Privacy Policy,https://www.anycubic.com/pages/privacy-policy,2019-12-13,2019-05,"
    )
    assert main(given) == 1
    out, err = capsys.readouterr()
    assert (
        out == ""
        and err.startswith("policytools: ")
        and "the same text already" in err
        and err.count("\n") == 1
    )
    assert main(["show", str(tmp_path / "data")]) == 0
    assert "anycubic-2019" in capsys.readouterr().out.splitlines()[1]


def test_failures_are_one_line_and_exit_code_1(tmp_path: Path):
    run = [sys.executable, "-m", "policytools", "add", "missing.html", "--vendor", "X"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "policytools: missing.html: no such file\n")
    assert not list(tmp_path.iterdir())


def test_check_codebook(tmp_path: Path, capsys):
    assert main(["check-codebook", "printing"]) == 0
    assert capsys.readouterr().out.startswith("printing: ok, 63 items in 7 families, ")
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\nversion = "1"\n\n[[item]]\nid = "a"\nquestoin = "Does it?"\n'
    )
    assert main(["check-codebook", str(tmp_path / "mine.toml")]) == 1
    error = capsys.readouterr().err
    assert "mine.toml" in error and "questoin" in error and error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["add", "x.html"]])
def test_wrong_use_is_explained(arguments: list[str], capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2 and "usage: policytools" in capsys.readouterr().err


def test_help_names_the_commands(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(command in out for command in ("add", "check-codebook", "show"))
