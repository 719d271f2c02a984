"""Two processes never hold one folder; whoever is killed holds nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from xlkpi.common import lock
from xlkpi.common.lock import BusyError, locked

_HOLDER = """
import sys, time
from pathlib import Path
from xlkpi.common.lock import locked
with locked(Path(sys.argv[1])):
    print(flush=True)
    time.sleep(float(sys.argv[2]))
"""


def _holder(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, str(folder), str(seconds)], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    return holder


def test_a_folder_is_made_and_held_and_nothing_stays(tmp_path: Path) -> None:
    with locked(tmp_path / "历史"):
        assert (tmp_path / "历史" / lock.NAME).exists()
    assert list((tmp_path / "历史").iterdir()) == []


def test_another_process_is_waited_for(tmp_path: Path) -> None:
    with _holder(tmp_path, 0.5):
        started = time.monotonic()
        with locked(tmp_path):
            assert time.monotonic() - started > 0.2


def test_another_process_that_does_not_let_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "SECONDS", 0.2)
    with _holder(tmp_path, 60) as holder:
        with pytest.raises(BusyError), locked(tmp_path):
            pass
        holder.kill()


def test_a_killed_process_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "SECONDS", 5)
    with _holder(tmp_path, 60) as holder:
        holder.kill()
    assert (tmp_path / lock.NAME).exists()
    with locked(tmp_path):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows locks otherwise")
def test_a_file_system_without_locks_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> NoReturn:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", unsupported)
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "历史").touch()
    with pytest.raises(NotADirectoryError, match="历史"), locked(tmp_path / "历史"):
        pass
