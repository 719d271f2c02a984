"""Commands that are killed leave no process and no temporary file; the next run removes what lies beside its target."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.support.fuzz import seed
from tests.support.kills import killed, prepared, run, side_files
from xlkpi.common.leftovers import prefix

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("command", ["costly", "collect"])
def test_no_process_and_no_temporary_file_stays(folder: Path, command: str, how: int) -> None:
    """While another process calculates what would take it half a minute, or while several read forms."""
    left = killed(folder, command, 0.8 + random.Random(seed(how)).random(), how)
    assert left.hit
    assert (left.processes, left.temporary) == (0, 0)


def test_the_next_run_removes_what_the_killed_ones_left(folder: Path) -> None:
    dead = run(folder, "mark")
    dead.wait()
    (folder / "made" / f"{prefix().replace(f'-{os.getpid()}-', f'-{dead.pid}-')}abc.tmp").touch()
    assert side_files(folder)
    assert run(folder, "mark").wait() in (0, 1)
    assert side_files(folder) == []
