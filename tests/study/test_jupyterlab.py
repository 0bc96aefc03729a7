"""The notebooks as a researcher has them: in a real JupyterLab, in a browser, without a network."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

import policytools

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 300  # seconds for what takes a few on a quiet machine; nothing waits for them to pass
ATTACK = "<script>window.attacked = true</script><img src=x onerror='window.attacked = true'>"

# What the notebook in front shows: a list of code cells, each with its count, whether it still runs, and its outputs.
CELLS = """
return window.jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.model.type === "code" && cell.model.sharedModel.getSource().trim())
  .map((cell) => ({count: cell.model.executionCount, busy: cell.model.executionState === "running" || cell.promptNode?.textContent.includes("*"),
                   outputs: cell.model.outputs.toJSON()}));"""
KERNEL = "return window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status;"
IMAGES = """
return [...window.jupyterapp.shell.currentWidget.node.querySelectorAll(".jp-OutputArea img")]
  .map((image) => ({alt: image.alt, complete: image.complete, width: image.naturalWidth}));"""


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """A copy of the notebooks without outputs, and of the data."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "notebooks").mkdir()
    (folder / "figures").mkdir()
    for name in NOTEBOOKS:
        notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / name)
    return folder


@pytest.fixture(scope="module")
def lab(study, tmp_path_factory):
    """Address of a JupyterLab that only this machine can reach."""
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    home = tmp_path_factory.mktemp("home")
    # Cells outside the window are drawn too, so that all pictures can be looked at.
    settings = home / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {name: str(home / name.lower()) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR")}  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "POLICYTOOLS_FIGURES"} | own
    path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    environment |= {"PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
    log = home / "log"
    with log.open("w") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
             "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={study}",
             f"--LabApp.user_settings_dir={home / 'settings'}", f"--LabApp.workspaces_dir={home / 'workspaces'}",
             "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
            env=environment, stdout=told, stderr=told, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        from selenium.webdriver.support.wait import WebDriverWait

        def answers(_) -> bool:
            assert server.poll() is None, log.read_text()
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{address}/api?token={token}", timeout=5).close()
                return True
            return False

        WebDriverWait(None, PATIENCE).until(answers, "JupyterLab did not start")
        yield f"{address}/lab?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def app(browser, lab):
    """The browser with JupyterLab open in it."""
    browser.get(lab)
    until(
        browser,
        lambda: browser.execute_script("return Boolean(window.jupyterapp?.shell)"),
        "JupyterLab did not open",
    )
    browser.execute_script("window.jupyterapp.restored.then(() => { window.restored = true; });")
    until(browser, lambda: browser.execute_script("return window.restored"), "JupyterLab did not come up")
    return browser


def until(browser, true, message: str):
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, PATIENCE).until(lambda _: true(), message)


def run_all(app, path: str) -> list[dict]:
    """Open a notebook, restart its kernel, run all its cells, and give what they show."""
    app.execute_script(
        """window.opened = null;
        window.jupyterapp.commands.execute("docmanager:open", {path: arguments[0]}).then(async (panel) => {
          await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
          window.opened = panel.id;
        }, (error) => { window.opened = String(error); });""",
        path,
    )

    def opened():
        asked = app.find_elements("css selector", ".jp-Dialog")
        assert not asked, f"{path}: JupyterLab asks before it opens the notebook: {asked[0].text}"
        return app.execute_script("return window.opened")

    until(app, opened, f"{path} did not open")
    # A kernel that is restarted before it has come up may never tell of the cells that it ran.
    until(app, lambda: app.execute_script(KERNEL) == "idle", f"{path}: its kernel did not start")
    assert app.execute_script("return window.opened === window.jupyterapp.shell.currentWidget?.id"), (
        "not in front"
    )
    app.execute_script("window.jupyterapp.commands.execute('notebook:restart-run-all');")
    accept = ".jp-Dialog .jp-mod-accept"
    until(app, lambda: app.find_elements("css selector", accept), "JupyterLab did not ask before it restarts")
    app.find_element("css selector", accept).click()

    def finished():
        cells = app.execute_script(CELLS)
        failed = any(output["output_type"] == "error" for cell in cells for output in cell["outputs"])
        return cells if failed or all(cell["count"] and not cell["busy"] for cell in cells) else None

    from selenium.common.exceptions import TimeoutException

    try:
        return until(app, finished, f"{path} did not come to its end")
    except TimeoutException:
        shown = [(cell["count"], cell["busy"], len(cell["outputs"])) for cell in app.execute_script(CELLS)]
        pytest.fail(
            f"{path} did not come to its end; its kernel is {app.execute_script(KERNEL)}; "
            f"count, busy and outputs of its cells: {shown}",
            pytrace=False,
        )


def close(app):
    app.execute_script(
        """const panel = window.jupyterapp.shell.currentWidget; window.closed_ = false;
        panel.sessionContext.shutdown().then(() => { panel.dispose(); window.closed_ = true; });"""
    )
    until(app, lambda: app.execute_script("return window.closed_"), "the kernel did not end")


@pytest.fixture
def opened(app):
    """Runs a notebook; closes it and its kernel at the end of the test."""
    yield lambda path: run_all(app, path)
    close(app)


def pictures(app) -> list[dict]:
    """The pictures of the notebook in front, when all of them are drawn."""
    until(
        app,
        lambda: all(image["complete"] for image in app.execute_script(IMAGES)),
        "pictures are still loading",
    )
    return app.execute_script(IMAGES)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_from_its_first_cell_to_its_last(app, opened, study, name):
    cells = opened(f"notebooks/{name}")
    errors = [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert [f"{error['ename']}: {error['evalue']}" for error in errors] == []
    code = [
        cell
        for cell in nbformat.read(study / "notebooks" / name, as_version=4).cells
        if cell.cell_type == "code"
    ]
    assert [cell["count"] for cell in cells] == list(range(1, len(code) + 1))
    wanted = sum(len(re.findall(r"\bsave_figure\(", cell.source)) for cell in code)
    shown = pictures(app)
    assert len(shown) >= wanted  # one in a loop is shown several times
    assert all(image["width"] > 0 for image in shown)
    told = [output["metadata"].get("image/png", {}).get("alt", "") for cell in cells for output in cell["outputs"]
            if "image/png" in output.get("data", {})]  # fmt: skip
    assert len(told) == len(shown) and all(len(alt) > 20 for alt in told)


def test_tables_are_searched_and_texts_run_nothing(app, opened, study):
    """What a policy holds is shown as text, in the plain displays and in the interactive table."""
    source = f"""import pandas as pd
import policytools as pt
attack = {ATTACK!r}
texts = pd.DataFrame({{"policy_id": ["a", "b"], "vendor": [attack, "Bo"], "title": attack, "note": attack,
                      "text": ["We use cookies " + attack + " here.", "We sell no data."]}})
corpus = pt.corpus_from_texts(texts)
display(corpus, pt.table(corpus.sentences, policies=corpus.policies))
frame = corpus.sentences.assign(**{{attack: attack}})
pt.explore(frame, policies=corpus.policies)"""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel)
    nbformat.write(notebook, study / "notebooks" / "attack.ipynb")
    cells = opened("notebooks/attack.ipynb")
    assert [output["output_type"] for output in cells[0]["outputs"]] == [
        "display_data",
        "display_data",
        "execute_result",
    ]
    table = ".jp-OutputArea table.dataTable"
    until(
        app, lambda: app.find_elements("css selector", f"{table} tbody tr"), "the table did not come to life"
    )

    def rows() -> list[str]:
        return [row.text for row in app.find_elements("css selector", f"{table} tbody tr")]

    until(app, lambda: len(rows()) == 2, "not all rows are there")
    assert ATTACK in rows()[0]
    app.find_elements("css selector", f"{table} tfoot input")[0].send_keys("Bo")
    until(app, lambda: len(rows()) == 1, "the table was not filtered")
    assert rows()[0].startswith("Bo")
    assert app.execute_script("return window.attacked") is None
    plain = app.find_elements("css selector", ".jp-OutputArea .policytools-table")
    assert [part.text.count(ATTACK) for part in plain] == [5, 2]  # vendor, titles and notes; vendor and text


def test_a_table_is_set_as_a_reader_expects(app, opened, study):
    """JupyterLab sets every cell to the right; ours has texts left, numbers right, and fits a window of 960 pixels."""
    source = """import policytools as pt
corpus = pt.load_corpus("../data")
display(pt.table(corpus.policies[["policy_id", "vendor", "title", "n_bytes", "note"]]))
display(pt.table(pt.readability(corpus.sentences), policies=corpus.policies))
corpus"""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel)
    nbformat.write(notebook, study / "notebooks" / "set.ipynb")
    app.set_window_size(1300, 900)  # beside JupyterLab's side bar, some 960 for the notebook
    opened("notebooks/set.ipynb")
    cells = app.execute_script(
        """return [...document.querySelectorAll(".jp-OutputArea .policytools-table :is(th, td)")].map(
        (cell) => [cell.className, getComputedStyle(cell).textAlign, getComputedStyle(cell).verticalAlign])"""
    )
    assert {kind for kind, *_ in cells} >= {"number", "short"}
    assert {align for kind, align, _ in cells if kind == "number"} == {"right"}
    assert {align for kind, align, _ in cells if kind != "number"} == {"left"}
    assert {vertical for *_, vertical in cells} <= {"top", "bottom"}
    hidden = app.execute_script(
        """return [...document.querySelectorAll(".jp-OutputArea .policytools-table")].map(
        (table) => [table.rows[0].cells.length, table.offsetWidth - table.parentElement.clientWidth])"""
    )
    assert hidden and all(rest <= 1 for columns, rest in hidden if columns <= 9)
    wide = app.execute_script(
        """const table = [...document.querySelectorAll(".jp-OutputArea .policytools-table")].at(-1);
        table.parentElement.scrollLeft = 9999;
        return [table.parentElement.scrollLeft, table.tBodies[0].rows[0].cells[0].getBoundingClientRect().left
                - table.parentElement.getBoundingClientRect().left]"""
    )
    assert wide[0] > 0 and abs(wide[1]) <= 1, (
        "a wider table is moved sideways, and the names of its rows stay"
    )


def test_start_page_leads_to_every_notebook():
    start = nbformat.read(ROOT / "notebooks" / NOTEBOOKS[0], as_version=4)
    linked = re.findall(r"\]\(([^)]+\.ipynb)\)", "\n".join(cell.source for cell in start.cells))
    assert linked == NOTEBOOKS[1:]


def test_tab_shows_the_public_names_only():
    completer = pytest.importorskip("IPython.core.completer", reason="IPython is not installed")
    for use_jedi in (False, True):
        shell = completer.IPCompleter(namespace={"pt": policytools}, use_jedi=use_jedi)
        with completer.provisionalcompleter():
            found = {
                completion.text.lstrip(".").removeprefix("pt.") for completion in shell.completions("pt.", 3)
            }
        assert set(policytools.__all__) <= found
        assert {name for name in found if not name.startswith("__")} <= set(policytools.__all__)
