"""Files are written whole or not at all, and never over another one unasked."""

from __future__ import annotations

import errno
import os
import random
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.fuzz import examples, seed
from xlkpi.common import files
from xlkpi.common.files import free_path, write_whole


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def test_a_new_file_in_new_folders(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "四季度" / "表.xlsx"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    assert names(path.parent) == ["表.xlsx"]
    assert path.stat().st_nlink == 1


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError) as caught:
        write_whole(path, b"new")
    assert str(caught.value) == str(path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["表.xlsx"]


def test_overwriting_leaves_nothing_of_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    for content in (b"a long first content", b"short", b""):
        write_whole(path, content, overwrite=True)
        assert path.read_bytes() == content
    assert names(tmp_path) == ["表.xlsx"]


class BrokenError(Exception):
    """A failure in the middle of writing."""


def _break(*_: object, **__: object) -> NoReturn:
    raise BrokenError


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    "where", ["os.fsync", "pathlib.Path.chmod", "pathlib.Path.replace", "pathlib.Path.hardlink_to"]
)
def test_a_failure_in_the_middle_leaves_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, overwrite: bool
) -> None:
    used = {"pathlib.Path.replace": overwrite, "pathlib.Path.hardlink_to": not overwrite}.get(where, True)
    path = tmp_path / "表.xlsx"
    if overwrite:
        path.write_bytes(b"old")
    monkeypatch.setattr(where, _break)
    if used:
        with pytest.raises(BrokenError):
            write_whole(path, b"new", overwrite=overwrite)
        assert {item.name: item.read_bytes() for item in tmp_path.iterdir()} == (
            {"表.xlsx": b"old"} if overwrite else {}
        )
    else:
        write_whole(path, b"new", overwrite=overwrite)
        assert path.read_bytes() == b"new"


def test_an_interruption_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "表.xlsx", b"new")
    assert names(tmp_path) == []


def test_a_name_taken_meanwhile_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "表.xlsx"
    fsync = os.fsync

    def somebody_else_is_faster(handle: int) -> None:
        path.write_bytes(b"theirs")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", somebody_else_is_faster)
    with pytest.raises(FileExistsError) as caught:
        write_whole(path, b"ours")
    assert str(caught.value) == str(path)
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["表.xlsx"]


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    outcomes: list[str] = []

    def write(number: int) -> None:
        try:
            write_whole(path, f"{number}".encode() * 10_000)
            outcomes.append(f"{number}")
        except FileExistsError:
            outcomes.append("")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (winner,) = filter(None, outcomes)
    assert path.read_bytes() == winner.encode() * 10_000
    assert names(tmp_path) == ["表.xlsx"]


def test_file_systems_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory sticks and some network drives."""

    def unsupported(*_: object) -> NoReturn:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    path = tmp_path / "表.xlsx"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    with pytest.raises(FileExistsError):
        write_whole(path, b"new")
    assert path.read_bytes() == b"content"
    assert names(tmp_path) == ["表.xlsx"]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "文件").write_bytes(b"x")
    for path in (tmp_path / "文件" / "表.xlsx", tmp_path / "文件" / "更深" / "表.xlsx"):
        with pytest.raises(NotADirectoryError, match="文件"):
            write_whole(path, b"content")


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
def test_a_full_disk_is_told_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(where, full)
    with pytest.raises(OSError, match="No space") as caught:
        write_whole(tmp_path / "表.xlsx", b"content", overwrite=True)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "表.xlsx"))
    assert names(tmp_path) == []


@pytest.mark.parametrize(("kind", "number"), [(PermissionError, errno.EACCES), (OSError, errno.ENOSPC)])
def test_a_folder_that_cannot_be_written_is_named_by_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[OSError], number: int
) -> None:
    def denied(**_: object) -> NoReturn:
        raise kind(number, "not now", "/.xlkpi.tmp")

    monkeypatch.setattr("tempfile.mkstemp", denied)
    with pytest.raises(kind) as caught:
        write_whole(tmp_path / "表.xlsx", b"content")
    assert caught.value.filename == str(tmp_path / "表.xlsx")


def test_a_name_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    path = tmp_path / f"{'表' * 83}.xlsx"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_others_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    """Temporary files are private; a form on a shared drive must not be."""
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "表.xlsx", b"content")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "表.xlsx").stat().st_mode) == 0o644


# The module alone: a process that imported the whole package would take its time to start, every time.
_WRITER = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("files", sys.argv[2])
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
write_whole = files.write_whole
path, blocks = Path(sys.argv[1]), [bytes([letter]) * 300_000 for letter in b"ab"]
while True:
    for block in blocks:
        write_whole(path, block, overwrite=True)
        print(flush=True)
"""


def test_a_killed_process_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Killed at random moments, a few of one process after another: never a part, never nothing."""
    path = tmp_path / "form.xlsx"
    moments = random.Random(seed(7))
    for _ in range(examples(60)):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), files.__file__], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout
            writer.stdout.readline()  # the first file is whole; from here on it is replaced all the time
            time.sleep(moments.random() * 0.01)
            writer.kill()
        content = path.read_bytes()
        assert len(content) == 300_000
        assert len(set(content)) == 1


def test_a_free_name_is_taken_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    assert free_path(path) == path
    path.touch()
    (tmp_path / "表 2.xlsx").mkdir()
    assert free_path(path, ["表 3.XLSX"]).name == "表 4.xlsx"
