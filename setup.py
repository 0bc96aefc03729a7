"""What pyproject.toml cannot say: the notebooks go into the package, without their outputs, when it is built."""

import json
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithNotebooks(build_py):
    """Beside the package's files, the notebooks that `python -m policytools new` lays out."""

    def run(self):
        super().run()
        if self.editable_mode:
            return  # they are found where they stand
        folder = Path(self.build_lib, "policytools", "resources", "study", "notebooks")
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier build
        folder.mkdir(parents=True)
        for path in sorted(Path("notebooks").glob("*.ipynb")):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    cell.update(outputs=[], execution_count=None)
            text = json.dumps(notebook, indent=1, ensure_ascii=False)
            (folder / path.name).write_text(text + "\n", encoding="utf-8")


setup(cmdclass={"build_py": BuildWithNotebooks})
