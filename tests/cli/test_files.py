"""Files and folders of commands: targets that exist, what may not be read, what is interrupted."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner

from tests.support.forms import empty_form
from xlkpi import cli


@pytest.mark.parametrize("command", ["recalc", "refresh"])
def test_a_changed_copy_is_never_written_over_the_form(tmp_path: Path, command: str) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(content := empty_form())
    for output in (path, tmp_path / "x" / ".." / "表.xlsx"):
        result = CliRunner().invoke(cli.main, [command, str(path), "-o", str(output), "--overwrite"])
        assert result.exit_code == 2
        assert "原文件" in result.output
    assert path.read_bytes() == content


@pytest.mark.parametrize("command", ["recalc", "refresh"])
def test_a_target_that_exists_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def never(_: bytes) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr("xlkpi.calc.sandbox.recalculated", never)
    path, output = tmp_path / "表.xlsx", tmp_path / "有.xlsx"
    path.write_bytes(empty_form())
    output.write_bytes(b"")
    result = CliRunner().invoke(cli.main, [command, str(path), "-o", str(output)])
    assert result.exit_code == 2
    assert "有.xlsx：文件已存在" in result.output


def test_an_interruption_is_told_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Path) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("xlkpi.xlsx.archive.content_of", interrupted)
    (tmp_path / "表.xlsx").write_bytes(b"")
    result = CliRunner().invoke(cli.main, ["recalc", str(tmp_path / "表.xlsx")])
    assert (result.exit_code, result.output) == (1, "已中断。\n")


def _closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Close a folder and what it holds to this process; a test may run as root, whom no permission keeps out."""
    scandir = os.scandir

    def denied(path: Any = ".") -> Any:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)


@pytest.mark.parametrize("command", ["collect DIR -o all.xlsx --json", "check DIR --json", "next DIR -o next --json"])
def test_a_closed_folder_is_one_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Q4"
    closed = folder / "财务"
    closed.mkdir(parents=True)
    (folder / "表.xlsx").write_bytes(empty_form())
    _closed(closed.relative_to(tmp_path), monkeypatch)
    result = CliRunner().invoke(cli.main, command.replace("DIR", "Q4").split())
    assert result.exit_code == 1
    assert result.output.count("这个文件夹不能读取") == 1
    assert "财务" in result.output


def test_a_file_that_may_not_be_read_keeps_no_other_from_being_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def denied(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "B.xlsx":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return opened(self, *arguments, **options)

    for name in "AB":
        (tmp_path / f"{name}.xlsx").write_bytes(empty_form())
    monkeypatch.setattr(Path, "open", denied)
    monkeypatch.setattr(os, "access", lambda path, *_: not str(path).endswith("B.xlsx"))
    result = CliRunner().invoke(cli.main, ["check", str(tmp_path / "B.xlsx"), str(tmp_path / "A.xlsx"), "--json"])
    assert result.exit_code == 1
    problems = json.loads(result.stdout)
    assert [p["message"] for p in problems if p["file"] == "B.xlsx"] == ["没有这个文件，或不能读取"]
    assert any(p["file"] == "A.xlsx" for p in problems)
