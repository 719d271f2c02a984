"""Installing the add-in for Excel: into folders of a test's own, on any system; Excel itself is not needed for it."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from tests.support.paths import ROOT
from xlkpi import cli
from xlkpi.addin import excel
from xlkpi.addin import install as installing
from xlkpi.addin import status as looking
from xlkpi.addin.install import InstallError, Machine, install, uninstall
from xlkpi.addin.status import Fact, status
from xlkpi.version import __version__

XLWINGS = "0.37.8"
ADDIN, NEWER = b"PK one", b"PK two"
FOREIGN = '"PYTHONPATH","D:\\我的"\r\n"interpreter_win","C:\\old\\python.exe"\n"SHOW CONSOLE","True"'.encode("gbk")
"""Somebody's own configuration, in the code page of a Chinese Windows, its last line without an end."""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Windows machine as it should be before installing: Excel, pywin32, a Python with xlwings' library beside it."""
    environment = tmp_path / "venv"
    (environment / "Scripts").mkdir(parents=True)
    for bits in (32, 64):
        (environment / f"xlwings{bits}-{XLWINGS}.dll").touch()
    home = tmp_path / "张三"
    home.mkdir()
    return Machine(
        system="win32",
        home=home,
        appdata=home / "AppData" / "Roaming",
        interpreter=environment / "Scripts" / "python.exe",
        encoding="gbk",
        excel=True,
        pywin32=True,
        xlwings=XLWINGS,
    )


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A small add-in, and what it says that it was built for; the real ones are tested with the builder."""
    said = SimpleNamespace(versions=(__version__, XLWINGS))
    monkeypatch.setattr(excel, "build", lambda: ADDIN)
    monkeypatch.setattr(looking, "built_for", lambda path: said.versions)
    return said


def inside(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: files with their bytes, folders with None."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def missing(machine: Machine) -> list[str]:
    return [fact.id for fact in status(machine) if not fact.fine]


def fact(machine: Machine, id: str) -> Fact:
    (found,) = [one for one in status(machine) if one.id == id]
    return found


def _with_foreign_config(machine: Machine) -> None:
    machine.config.parent.mkdir()
    machine.config.write_bytes(FOREIGN)


def _with_start_folder(machine: Machine) -> None:
    machine.addin.parent.mkdir(parents=True)
    (machine.addin.parent / "PERSONAL.XLSB").write_bytes(b"mine")


def _with_an_addin_copied_by_hand(machine: Machine) -> None:
    machine.addin.parent.mkdir(parents=True)
    machine.addin.write_bytes(b"PK by hand")


def _with_an_empty_config(machine: Machine) -> None:
    machine.config.parent.mkdir()
    machine.config.touch()


BEFORE = [
    lambda machine: None, _with_foreign_config, _with_start_folder, _with_an_addin_copied_by_hand, _with_an_empty_config
]  # fmt: skip
NAMES = ["nothing", "config", "start folder", "by hand", "empty config"]


@pytest.mark.parametrize("prepare", BEFORE, ids=NAMES)
@pytest.mark.parametrize("times", [1, 2])
def test_uninstalling_leaves_everything_as_it_was(machine: Machine, prepare: object, times: int) -> None:
    prepare(machine)  # type: ignore[operator]
    before = inside(machine.home)
    for content in (ADDIN, NEWER)[:times]:
        install(machine, content)
        assert machine.addin.read_bytes() == content
        assert missing(machine) == []
    assert uninstall(machine) == []
    assert inside(machine.home) == before
    assert "config" in missing(machine)


def test_the_configuration_names_this_python_before_all_others(machine: Machine) -> None:
    _with_foreign_config(machine)
    install(machine, ADDIN)
    own, foreign = machine.config.read_bytes().split(FOREIGN)
    assert foreign == b""
    assert own.decode("gbk") == f'"INTERPRETER_WIN","{machine.interpreter}"\r\n'


def test_an_update_with_another_python_leaves_one_line(machine: Machine) -> None:
    _with_foreign_config(machine)
    install(machine, ADDIN)
    moved = replace(machine, interpreter=machine.interpreter.with_name("python3.exe"))
    assert missing(moved) == ["config"]
    assert str(machine.interpreter) in fact(moved, "config").found
    install(moved, NEWER)
    assert missing(moved) == []
    assert machine.config.read_bytes().count(b"INTERPRETER_WIN") == 1
    uninstall(moved)
    assert machine.config.read_bytes() == FOREIGN


def test_lines_that_somebody_adds_later_stay(machine: Machine) -> None:
    install(machine, ADDIN)
    added = b'"SHOW CONSOLE","True"\r\n'
    machine.config.write_bytes(added + machine.config.read_bytes())
    uninstall(machine)
    assert inside(machine.home) == {".xlkpi": None, ".xlkpi/xlkpi.conf": added}


def test_another_addin_in_its_place_is_left_and_told(machine: Machine) -> None:
    install(machine, ADDIN)
    machine.addin.write_bytes(b"PK another")
    (told,) = uninstall(machine)
    assert str(machine.addin) in told
    assert machine.addin.read_bytes() == b"PK another"
    assert not machine.config.exists()


def test_an_addin_that_somebody_put_there_since_comes_back(machine: Machine) -> None:
    _with_an_addin_copied_by_hand(machine)
    install(machine, ADDIN)
    machine.addin.write_bytes(b"PK another")
    install(machine, NEWER)
    install(machine, ADDIN)  # an update of our own is not kept
    assert uninstall(machine) == []
    assert machine.addin.read_bytes() == b"PK another"


@pytest.mark.parametrize("prepare", BEFORE, ids=NAMES)
@pytest.mark.parametrize("fails", ["installed.json", "xlkpi.xlam", "xlkpi.conf"])
@pytest.mark.parametrize("installed", [False, True])
def test_a_copy_that_fails_changes_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, prepare: object, fails: str, installed: bool
) -> None:
    prepare(machine)  # type: ignore[operator]
    if installed:
        install(machine, ADDIN)
    before = inside(machine.home)

    def failing(path: Path, content: bytes, *, overwrite: bool = False) -> None:
        if path.name == fails and not failed:
            failed.append(path)
            raise PermissionError(13, "in use", str(path))
        real(path, content, overwrite=overwrite)

    real, failed = installing.write_whole, []
    monkeypatch.setattr(installing, "write_whole", failing)
    with pytest.raises(PermissionError):
        install(machine, NEWER)
    assert inside(machine.home) == before


@pytest.mark.parametrize("written", [1, 2])
@pytest.mark.parametrize("installed", [False, True])
def test_what_was_killed_half_way_can_be_taken_away(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, written: int, installed: bool
) -> None:
    _with_an_addin_copied_by_hand(machine)
    before = inside(machine.home)
    if installed:
        install(machine, NEWER)
    real, files = installing.write_whole, []

    def killed(path: Path, content: bytes, *, overwrite: bool = False) -> None:
        if len(files) < written:
            files.append(path)
            real(path, content, overwrite=overwrite)

    with monkeypatch.context() as patch:  # nothing is written after the kill, nothing is raised
        patch.setattr(installing, "write_whole", killed)
        install(machine, ADDIN)
    assert inside(machine.home) != before
    assert uninstall(machine) == []
    assert inside(machine.home) == before


def test_a_path_that_excel_cannot_read_is_refused_before_anything_is_written(machine: Machine) -> None:
    with pytest.raises(InstallError, match="只有英文字母的文件夹"):
        install(replace(machine, interpreter=Path("C:/Ελλάδα-ไทย/python.exe")), ADDIN)
    assert inside(machine.home) == {}


def test_a_damaged_record_is_told(machine: Machine) -> None:
    install(machine, ADDIN)
    machine.record.write_text("{}")
    for action in (lambda: install(machine, ADDIN), lambda: uninstall(machine)):
        with pytest.raises(InstallError, match="安装记录已损坏"):
            action()


# --- status -----------------------------------------------------------------------------------------------------------


def test_status_before_installing_says_what_to_run(machine: Machine) -> None:
    assert missing(machine) == ["addin", "versions", "config"]
    assert all("xlkpi addin install" in one.advice for one in status(machine) if not one.fine)


def test_status_names_what_is_missing_and_how_to_get_it(machine: Machine, built: SimpleNamespace) -> None:
    install(machine, ADDIN)
    assert missing(machine) == []
    assert "python.org" not in "".join(one.advice for one in status(machine))
    bare = replace(machine, excel=False, pywin32=False, interpreter=machine.home / "python.exe")
    assert missing(bare) == ["excel", "pywin32", "library", "config"]
    assert "-m pip install pywin32" in fact(bare, "pywin32").advice
    assert f"xlwings=={XLWINGS}" in fact(bare, "library").advice
    built.versions = (__version__, "0.36.0")
    assert missing(machine) == ["versions"]
    assert f"xlwings {XLWINGS}：请关闭Excel，运行 xlkpi addin install" in fact(machine, "versions").advice
    assert "0.36.0" in fact(machine, "versions").found


def test_a_library_of_another_version_does_not_count(machine: Machine) -> None:
    assert missing(replace(machine, xlwings="0.38.0"))[0] == "library"


def test_a_file_that_windows_blocked_is_told(machine: Machine) -> None:
    install(machine, ADDIN)
    Path(f"{machine.addin}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3")
    assert missing(machine) == ["blocked"]
    assert "解除锁定" in fact(machine, "blocked").advice


def test_a_later_line_of_the_configuration_does_not_count(machine: Machine) -> None:
    install(machine, ADDIN)
    machine.config.write_bytes(b'"Interpreter_Win","C:\\old\\python.exe"\r\n' + machine.config.read_bytes())
    assert missing(machine) == ["config"]
    assert "C:\\old\\python.exe" in fact(machine, "config").found


# --- the command line -------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, ["addin", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def used(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(installing, "this_machine", lambda: machine)
    return machine


def test_install_status_uninstall(used: Machine, tmp_path: Path) -> None:
    before = inside(used.home)
    assert run("status").exit_code == 1
    result = run("install")
    assert (result.exit_code, result.stderr) == (0, "")
    assert str(used.addin) in result.stdout
    assert used.addin.read_bytes() == ADDIN
    facts = run("status", "--json")
    assert facts.exit_code == 0
    assert [list(one) for one in json.loads(facts.stdout)] == [["id", "name", "fine", "found", "advice"]] * 8
    own = tmp_path / "own.xlam"
    with zipfile.ZipFile(own, "w") as archive:
        archive.writestr("docProps/custom.xml", '<p><p name="xlkpi">1</p><p name="xlwings">2</p></p>')
    assert run("install", "--file", own).exit_code == 0
    assert used.addin.read_bytes() == own.read_bytes()
    assert run("uninstall").exit_code == 0
    assert inside(used.home) == before
    again = run("uninstall")
    assert (again.exit_code, again.stderr) == (1, "没有安装过。\n")


def test_a_file_that_is_no_addin_is_not_installed(used: Machine, tmp_path: Path) -> None:
    own = tmp_path / "own.xlam"
    own.write_bytes(b"PK no archive")
    result = run("install", "--file", own)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{own}：不是 xlkpi 的加载项。\n"
    assert inside(used.home) == {}


def test_install_ends_with_what_is_still_missing(monkeypatch: pytest.MonkeyPatch, machine: Machine) -> None:
    monkeypatch.setattr(installing, "this_machine", lambda: replace(machine, pywin32=False))
    result = run("install")
    assert result.exit_code == 1
    assert machine.addin.exists()
    # However long the folder is, and so wherever the table breaks the line.
    said = re.sub(r"[\s│]", "", result.stdout)
    assert "-mpipinstallpywin32" in said
    assert "解除锁定" not in said


def test_a_running_excel_is_told_as_a_file_in_use(used: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file that Excel has loaded cannot be replaced; elsewhere it can, so that is played here."""
    real = installing.write_whole

    def locked(path: Path, content: bytes, *, overwrite: bool = False) -> None:
        if path == used.addin:
            raise PermissionError(13, "in use", "a.tmp", 32, str(path))
        real(path, content, overwrite=overwrite)

    monkeypatch.setattr(installing, "write_whole", locked)
    result = run("install")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{used.addin}：没有读写的权限，或文件正在Excel里打开。关闭后再试。\n"
    assert inside(used.home) == {}


@pytest.mark.parametrize(("system", "words"), [("linux", "unopkg add xlkpi.oxt"), ("darwin", "xlwings Lite")])
def test_elsewhere_it_says_what_to_do_instead(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, system: str, words: str
) -> None:
    monkeypatch.setattr(installing, "this_machine", lambda: replace(machine, system=system))
    result = run("install")
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert inside(machine.home) == {}
    status = run("status", "--json")
    assert status.exit_code == 1
    assert [(one["id"], one["fine"]) for one in json.loads(status.stdout)] == [("system", False)]


def test_this_machine_is_told_without_excel() -> None:
    machine = installing.this_machine()
    assert machine.interpreter == Path(sys.executable)
    assert (machine.system, machine.excel) == (sys.platform, sys.platform == "win32" and machine.excel)


def test_the_troubleshooting_quotes_what_the_program_says() -> None:
    root = ROOT
    page = (root / "docs" / "addin.md").read_text("utf-8")
    sources = [(root / "xlkpi" / "i18n" / "commands.toml").read_text("utf-8")]
    quoted = [*re.findall(r"^\| (?:install|status): ([^|]+) \|", page, re.MULTILINE), "被Windows锁定"]
    assert len(quoted) > 4
    for words in quoted:
        for part in re.findall(r"[^ ✗，]+", words.removesuffix(" is ✗")):
            assert any(part in source for source in sources), part
