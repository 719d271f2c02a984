"""The system's Chromium, driven by Playwright, and axe-core, which finds what keeps people from using a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tests.support.engines import skip_without
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "tests" / "support" / "browser"
_AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def require() -> None:
    """Skip the test where the browser or axe-core is missing; fail it where CI promises both."""
    skip_without(lacking())


@cache
def lacking() -> str:
    """Why pages cannot be tested; empty where they can."""
    if not any(map(shutil.which, _NAMES)):
        return "no Chromium on the path: run .ci/install-browser"
    if not _AXE.is_file():
        return "axe-core is not installed: run .ci/install-browser"
    return "" if find_spec("playwright") else "playwright is not installed"


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser for several tests."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, _NAMES)))
    with sync_playwright() as playwright:
        # Tests run as root in CI, where Chromium has no sandbox; /dev/shm of a container may be small.
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield launched
        launched.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page, one line for each kind. The policy of the page stands aside for its script."""
    client = page.context.new_cdp_session(page)
    source = _AXE.read_text("utf-8") + "; axe.run().then(found => JSON.stringify(found.violations))"
    answer: dict[str, Any] = client.send("Runtime.evaluate", {"expression": source, "awaitPromise": True})
    found = page.evaluate("text => JSON.parse(text)", answer["result"]["value"])
    return [f"{one['id']}: {one['nodes'][0]['html']} ({len(one['nodes'])})" for one in found]
