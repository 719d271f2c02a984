"""What every written file says of its origin: xlkpi, and no other program, name or day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.archives import parts_of
from tests.support.company import Filled, assignments, put, workbook
from xlkpi.cli import main

FOREIGN = re.compile("openpyxl|Macintosh|python-docx|Microsoft Office|2013", re.IGNORECASE)
MAKERS = {"xlkpi 0.1.0", "Microsoft Excel Compatible / xlkpi 0.1.0"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files that the commands write, but for the add-ins."""
    folder = tmp_path_factory.mktemp("metadata")
    put(folder / "Q4" / "form.xlsx", workbook([Filled(assignments()[3], 0.9)]))
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.chdir(folder)
    for command in (
        "new 2026Q4 --role ecommerce-operations -o new.xlsx", "roster-template -o roster.xlsx",
        "collect Q4 -o all.xlsx", "trend . -o trend.xlsx", "check Q4/form.xlsx --mark marked.xlsx",
        "recalc Q4/form.xlsx -o recalc.xlsx", "refresh Q4/form.xlsx -o refresh.xlsx", "guide Q4 -o guides",
        "next Q4 -o next",
    ):  # fmt: skip
        result = CliRunner().invoke(main, command.split())
        assert result.exit_code in (0, 1), (command, result.output)
    monkeypatch.undo()
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _properties(path: Path) -> Iterator[str]:
    for name, data in parts_of(path.read_bytes()).items():
        if name.startswith("docProps/"):
            yield data.decode()


def test_every_kind_is_there(written: dict[str, Path]) -> None:
    assert {"new.xlsx", "roster.xlsx", "all.xlsx", "trend.xlsx", "marked.xlsx", "recalc.xlsx", "refresh.xlsx"} <= set(
        written
    )
    assert any(name.startswith("guides/") and name.endswith(".docx") for name in written)


def test_office_files_name_xlkpi_alone(written: dict[str, Path]) -> None:
    for name, path in written.items():
        if path.suffix not in (".xlsx", ".docx"):
            continue
        text = "".join(_properties(path))
        assert FOREIGN.search(text) is None, (name, text)
        assert re.findall("creator(?: [^>]*)?>([^<]+)<", text) == ["xlkpi"], name
        assert set(re.findall("<Application>([^<]+)<", text)) <= MAKERS, name
        assert re.findall("lastModifiedBy>([^<]+)<", text) in ([], ["xlkpi"]), name


def test_pages_name_no_other_program(written: dict[str, Path]) -> None:
    pages = [path.read_text("utf-8") for path in written.values() if path.suffix == ".html"]
    assert pages
    assert [page for page in pages if re.search("generator", page, re.IGNORECASE)] == []
