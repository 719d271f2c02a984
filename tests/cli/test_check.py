"""`xlkpi check` as people read it: one line for a clean batch, signatures apart, and marked copies of many files."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.forms import empty_form, filled_form, layout, sample_measures
from xlkpi.calc.engine import recalculate

MISSING = layout().address("m:uv", "m1")


@pytest.fixture(scope="module")
def fine() -> bytes:
    """A complete form that nobody has signed."""
    return recalculate(filled_form(sample_measures()))


@pytest.fixture(scope="module")
def lacking() -> bytes:
    """The same with one empty cell."""
    return recalculate(filled_form(sample_measures(), cells={MISSING: None}))


@pytest.fixture
def folder(tmp_path: Path, fine: bytes, lacking: bytes) -> Path:
    """Two fine files, one of them in a folder below, and one with an empty cell."""
    (tmp_path / "Q4" / "华东").mkdir(parents=True)
    (tmp_path / "Q4" / "张三.xlsx").write_bytes(fine)
    (tmp_path / "Q4" / "华东" / "李四.xlsx").write_bytes(fine)
    (tmp_path / "Q4" / "华东" / "王五.xlsx").write_bytes(lacking)
    return tmp_path / "Q4"


def _marked(path: Path) -> list[str]:
    """The cells with our notes."""
    sheet = load_workbook(BytesIO(path.read_bytes())).worksheets[0]
    return [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment and "→" in cell.comment.text]


def test_a_clean_batch_is_one_line(folder: Path) -> None:
    (folder / "华东" / "王五.xlsx").unlink()
    result = run("check", folder)
    assert result.exit_code == FINE
    assert result.output == "2个文件、2张表：没有问题；还有2张没有签名（表1、表1）。\n"
    assert {problem["kind"] for problem in json.loads(run("check", folder, "--json").output)} == {"unsigned"}


def test_many_unsigned_forms_are_counted_and_not_named(tmp_path: Path) -> None:
    path = tmp_path / "很多.xlsx"
    path.write_bytes(recalculate(filled_form(*[sample_measures()] * 6)))
    line = run("check", path).output.splitlines()[-1]
    assert line.endswith("；还有6张没有签名。")


def test_findings_are_a_table_and_signatures_stand_in_the_last_line(folder: Path) -> None:
    result = run("check", folder)
    assert result.exit_code == PROBLEMS
    *table, last = result.output.splitlines()
    assert last.startswith("3个文件、3张表：错误1处，警告0处，建议0处；还有3张没有签名")
    text = "\n".join(table)
    assert "王五.xlsx" in text
    assert "张三" not in text
    assert "签名" not in text
    assert MISSING in text


def test_the_line_has_the_language_of_the_forms(tmp_path: Path) -> None:
    assert (
        run("new", "2026Q4", "--role", "ecommerce-operations", "--lang", "en", "-o", tmp_path / "e.xlsx").exit_code == 0
    )
    last = run("check", tmp_path / "e.xlsx").output.splitlines()[-1]
    assert last.startswith("Files: 1, forms: 1, errors: ")
    assert "; not signed yet: 1 (" in last


def test_a_folder_of_marked_copies_has_the_files_with_findings_in_their_places(folder: Path) -> None:
    output = folder.parent / "标注"
    result = run("check", folder, "--mark", output)
    assert result.exit_code == PROBLEMS
    assert [path.relative_to(output).as_posix() for path in output.rglob("*.xlsx")] == ["华东/王五.xlsx"]
    assert _marked(output / "华东" / "王五.xlsx") == [MISSING]
    assert f"已标注 1 个文件的 1 格，写到 {output}。" in result.output.replace("\n", "")


def test_marked_copies_below_the_checked_folder_are_no_forms_that_came_back(folder: Path) -> None:
    output = folder / "标注"
    run("check", folder, "--mark", output)
    again = run("check", folder, "--mark", output, "--overwrite")
    assert "3个文件" in again.output
    exists = run("check", folder, "--mark", output)
    assert (exists.exit_code, "文件已存在" in exists.output) == (USAGE, True)


def test_a_copy_never_takes_the_place_of_what_came_back(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.xlsx")}
    result = run("check", folder, "--mark", folder, "--overwrite")
    assert (result.exit_code, "原文件" in result.output) == (USAGE, True)
    assert {path: path.read_bytes() for path in folder.rglob("*.xlsx")} == before


def test_files_of_one_name_are_not_marked_over_each_other(folder: Path, fine: bytes) -> None:
    (folder / "张三.xlsx").rename(folder / "王五.xlsx")
    result = run("check", folder / "王五.xlsx", folder / "华东" / "王五.xlsx", "--mark", folder / "标注")
    assert (result.exit_code, "同名：王五.xlsx" in result.output) == (USAGE, True)


def test_what_is_no_workbook_keeps_no_other_from_being_marked(folder: Path) -> None:
    (folder / "坏.xlsx").write_text("不是工作簿", "utf-8")
    output = folder.parent / "标注"
    result = run("check", folder, "--mark", output)
    assert result.exit_code == PROBLEMS
    assert [path.name for path in output.rglob("*.xlsx")] == ["王五.xlsx"]


@pytest.mark.parametrize(
    ("output", "message"),
    [("标注.xlsx", "--mark 后面是文件名时只能查一个文件"), ("标注.xls", "文件名须以 .xlsx 结尾")],
)
def test_one_file_cannot_hold_the_marks_of_several(folder: Path, output: str, message: str) -> None:
    result = run("check", folder, "--mark", folder.parent / output)
    assert (result.exit_code, message in result.output) == (USAGE, True)


def test_one_file_is_marked_into_a_file(folder: Path) -> None:
    result = run("check", folder / "华东" / "王五.xlsx", "--mark", folder.parent / "标注.xlsx")
    assert "已标注 1 格" in result.output
    assert _marked(folder.parent / "标注.xlsx") == [MISSING]
    empty = folder.parent / "空.xlsx"
    empty.write_bytes(empty_form())
    assert run("check", empty, "--mark", folder.parent / "空标注.xlsx").exit_code == PROBLEMS
    assert MISSING in _marked(folder.parent / "空标注.xlsx")
