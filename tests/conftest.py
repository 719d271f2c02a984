"""What all tests share: the profiles of hypothesis, and LibreOffice where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import fuzz
from tests.support.engines import libreoffice as office

# The same examples in every run: what fails on one machine fails on every one. No deadline: the first parse builds
# the grammar, and a loaded machine is no fault of the code.
settings.register_profile(
    "xlkpi",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.register_profile("fuzz", settings.get_profile("xlkpi"), derandomize=False, print_blob=True)
settings.load_profile("fuzz" if fuzz.EXAMPLES else "xlkpi")


_LONG = (
    "test_parity.py", "test_hostile.py", "test_two_quarters.py", "test_printer.py", "test_all_roles.py",
    "test_check.py", "test_parallel.py", "test_libreoffice.py", "test_formula.py", "test_parser.py", "test_start.py",
)  # fmt: skip
"""The modules that take longest are begun first: at the end one process would have to wait for the other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    turns = {name: turn for turn, name in enumerate(_LONG)}
    items.sort(key=lambda item: turns.get(item.path.name, len(turns)))


def pytest_sessionfinish() -> None:
    office.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if fuzz.EXAMPLES:
        terminalreporter.write_line(fuzz.summary())


@pytest.fixture(scope="session")
def recalculate() -> Callable[[Sequence[Path], Path], list[Path]]:
    """`recalculate(paths, out_dir)` by LibreOffice; skips the test where it is missing, fails it under CI=true."""
    office.require()
    return office.recalculate
