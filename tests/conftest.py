"""Fixtures of several test files: a browser, and axe-core, which finds barriers to accessibility."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def signatures(tmp_path_factory) -> Path:
    """A separate folder for Jupyter's signatures of notebooks; the tests do not touch the user's own."""
    folder = tmp_path_factory.mktemp("jupyter")
    os.environ["JUPYTER_DATA_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium without a window and without a network; the tests are skipped where it is missing."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.webdriver.chrome.service import Service

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--window-size=1400,900",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # what asks the network gets no answer
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options, Service(driver))
    started.set_script_timeout(100)  # less than the driver itself waits for
    yield started
    started.quit()


@pytest.fixture(scope="module")
def axe(browser) -> Callable[[], list[tuple[str, str, str]]]:
    """Looks at the page in the browser and gives what axe-core finds: impact, rule, first place.

    axe-core is taken from where POLICYTOOLS_AXE says, or from build/axe, where
    `npm install --no-save --prefix build/axe axe-core@4` puts it.
    """
    file = Path(os.environ.get("POLICYTOOLS_AXE") or ROOT / "build/axe/node_modules/axe-core/axe.min.js")
    if not file.is_file():
        pytest.skip("axe-core is not installed (npm install --no-save --prefix build/axe axe-core@4)")
    program = file.read_text(encoding="utf-8")

    def look() -> list[tuple[str, str, str]]:
        browser.execute_script(program)
        found = browser.execute_async_script("axe.run().then(arguments[0])")
        return [(rule["impact"], rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]]

    return look
