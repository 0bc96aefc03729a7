"""Write policytools/__init__.pyi, which shows the public names to editors and type checkers.

Run it after a change of the table in policytools/__init__.py: ``make stub``. A test compares the two.
"""

from __future__ import annotations

from pathlib import Path

import policytools

STUB = Path(policytools.__file__).with_suffix(".pyi")


def stub() -> str:
    """The text of the stub: one explicit re-export for each public name."""
    lines = ["# Written by benchmarks/public_names.py from the table in __init__.py.", ""]
    for module, names in policytools._PUBLIC.items():
        lines += [f"from policytools.{module} import {name} as {name}" for name in names.split()]
    lines += ["", "__version__: str", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
