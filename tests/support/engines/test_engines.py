"""The engines themselves: what they show is calculated, not remembered."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.engines import CellContent, Shown, formualizer, libreoffice, write_cells

CELLS: dict[str, CellContent] = {
    "A1": 5.0, "A2": "=1/0", "A3": '=""', "A4": "文字", "A5": True,
    "B1": "=A1*2", "B2": "=A2", "B3": "=A3", "B4": "=A4", "B5": "=A5", "B6": "=NOSUCH(A1)",
    "B7": '=IFERROR(NOSUCH(1),"x")',
}  # fmt: skip
ADDRESSES = ["A1", "A4", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "Z99"]
VALUES: list[Shown] = [5.0, "文字", 10.0, "#DIV/0!", "", "文字", True, "#NAME?", "x", None]


def test_formualizer_shows_every_kind_of_value(tmp_path: Path) -> None:
    write_cells(tmp_path / "a.xlsx", CELLS)
    assert formualizer.evaluate(tmp_path / "a.xlsx", ADDRESSES) == VALUES


def test_libreoffice_shows_every_kind_of_value(
    recalculate: Callable[[Sequence[Path], Path], list[Path]], tmp_path: Path
) -> None:
    """Several files in one run, and a cached value that is wrong."""
    paths = [tmp_path / f"{name}.xlsx" for name in ("one", "two", "three")]
    for path in paths:
        write_cells(path, CELLS)
    _cache(paths[1], "999")
    assert libreoffice.shown(paths[1], ["B1"]) == [999.0]
    results = recalculate(paths, tmp_path / "out")
    assert [path.name for path in results] == ["one.xlsx", "two.xlsx", "three.xlsx"]
    for result in results:
        assert libreoffice.shown(result, ADDRESSES) == VALUES


def _cache(path: Path, value: str) -> None:
    """Give every formula of a workbook this cached value."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</f><v></v>", f"</f><v>{value}</v>".encode())
    parts[sheet] = parts[sheet].replace(b"</f><v/>", f"</f><v>{value}</v>".encode())
    parts[sheet] = parts[sheet].replace(b"</f><v />", f"</f><v>{value}</v>".encode())
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


@pytest.mark.usefixtures("recalculate")
def test_files_must_not_overwrite_each_other(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for paths, out_dir in (
        ([tmp_path / "a.xlsx", tmp_path / "x" / "a.xlsx"], tmp_path / "out"),
        ([tmp_path / "a.xlsx"], tmp_path),
    ):
        with pytest.raises(ValueError, match="different names"):
            libreoffice.recalculate(paths, out_dir)


def test_libreoffice_may_be_missing_but_not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "lacking", lambda: "LibreOffice is not installed")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        libreoffice.require()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not installed"):
        libreoffice.require()
