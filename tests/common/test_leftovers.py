"""What a killed process left is removed by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from xlkpi.common.leftovers import clear, prefix, temporary_folder


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def _of(process: int) -> str:
    return prefix().replace(f"-{os.getpid()}-", f"-{process}-")


def test_what_the_dead_left_is_removed(tmp_path: Path, dead: int) -> None:
    (tmp_path / f"{_of(dead)}a1_b.tmp").touch()
    folder = tmp_path / f"{_of(dead).replace('.xlkpi.', 'xlkpi-')}abc"
    folder.mkdir()
    (folder / "表.xlsx").touch()
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_others_may_need_stays(tmp_path: Path, dead: int) -> None:
    other_machine = f".xlkpi.{'0' * 8}-{dead}-abc.tmp"
    kept = [
        other_machine, f"{prefix()}abc.tmp", f"{_of(os.getppid())}abc.tmp", f"{_of(dead)}abc.xlsx",
        f"{_of(dead)}a b.tmp", ".xlkpi.tmp", ".xlkpi.abcdefgh.tmp", "xlkpi-notes", "表.xlsx",
    ]  # fmt: skip
    for name in kept:
        (tmp_path / name).touch()
    clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_younger_process_may_have_the_number(tmp_path: Path) -> None:
    """Such as in containers, where numbers begin anew."""
    path = tmp_path / f"{prefix()}abc.tmp"
    path.touch()
    os.utime(path, (1_000_000_000, 1_000_000_000))
    clear(tmp_path)
    assert not path.exists()


def test_a_folder_that_cannot_be_read_disturbs_nobody(tmp_path: Path) -> None:
    clear(tmp_path / "nowhere")


def test_a_temporary_folder_clears_those_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: int) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"xlkpi-{_of(dead).removeprefix('.xlkpi.')}abc").mkdir()
    with temporary_folder() as folder:
        assert list(tmp_path.iterdir()) == [folder]
    assert list(tmp_path.iterdir()) == []
