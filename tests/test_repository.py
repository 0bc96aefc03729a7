"""The files around the package: lock, citation, changelog, licence, and what must not be in any of them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import policytools as pt

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

# A path from the root of somebody's machine; not the end of a URL or of a path inside the project.
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])(/(home|root|tmp|work|Users|private/var)/\w|[A-Z]:\\Users\\)")


def locked() -> dict[str, list[tuple[Requirement, str]]]:
    """The requirements of the lock by name, each with the lines of its hashes."""
    found: dict[str, list[tuple[Requirement, str]]] = {}
    for entry in re.split(r"\n(?=\S)", LOCK.strip()):
        line, _, hashes = entry.partition("\\\n")
        requirement = Requirement(line.strip())
        found.setdefault(canonicalize_name(requirement.name), []).append((requirement, hashes))
    return found


def tracked_text_files() -> list[Path]:
    """Text files that git tracks, except the policies' own texts."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    files = [ROOT / name for name in names if not name.startswith("data/raw/")]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()]


def test_every_locked_file_is_hashed():
    for name, entries in locked().items():
        for requirement, hashes in entries:
            assert [spec.operator for spec in requirement.specifier] == ["=="], name
            assert re.fullmatch(r"( +--hash=sha256:[0-9a-f]{64}( \\\n|$))+", hashes), name


def test_lock_names_no_host():
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host| @ ", LOCK)


def test_lock_holds_every_dependency_in_a_version_it_allows():
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["build-system"]["requires"],
        *(line for extra in extras.values() for line in extra),
    ]
    pinned = locked()
    for requirement in map(Requirement, wanted):
        entries = pinned.get(canonicalize_name(requirement.name), [])
        assert entries, f"{requirement.name} is not in requirements.lock: make lock"
        for entry, _ in entries:
            (pin,) = entry.specifier
            assert requirement.specifier.contains(pin.version), (
                f"{requirement}, locked {pin.version}: make lock"
            )


def test_every_import_of_the_package_is_a_declared_dependency():
    # dev is not there for someone who only installs the package; lab and scale are imported where they are asked for.
    extras = PROJECT["project"]["optional-dependencies"]
    declared = PROJECT["project"]["dependencies"] + extras["lab"] + extras["scale"]
    names = {canonicalize_name(Requirement(line).name) for line in declared}
    sold_as = packages_distributions()
    for file in (ROOT / "policytools").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        imports = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        imports += [
            node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
        ]
        for module in (
            {name.split(".")[0] for name in imports} - set(sys.stdlib_module_names) - {"policytools"}
        ):
            assert names & {canonicalize_name(name) for name in sold_as.get(module, [module])}, (
                file.name,
                module,
            )


def test_no_line_names_a_path_of_a_machine():
    found = []
    for file in tracked_text_files():
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [f"{file.relative_to(ROOT)}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert found == []


def test_citation_is_valid():
    # The keys and values that the Citation File Format 1.2.0 requires or restricts, of those used.
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in ("software", "dataset")
    assert all(isinstance(citation[key], str) and citation[key] for key in ("message", "title", "abstract"))
    assert citation["authors"] and all(
        "name" in author or "family-names" in author for author in citation["authors"]
    )
    assert len(set(citation["keywords"])) == len(citation["keywords"])
    known = "cff-version message title abstract type version authors license keywords doi url date-released"
    known += " repository-code preferred-citation references identifiers"
    assert set(citation) <= set(known.split())


def test_one_version_and_one_licence_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = pt.__version__
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "policytools.__version__"}
    assert str(citation["version"]) == version
    assert re.findall(r"^## \[(\d[^]]*)]", changelog, flags=re.MULTILINE)[0] == version
    assert citation["license"] == PROJECT["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_what_is_made_is_documented():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE).group(1).split()
    for target in set(targets) - {"help", "setup"}:
        assert f'@echo "make {target} ' in makefile, target
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
