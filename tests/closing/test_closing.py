"""A quarter closed: what is archived, what is refused afterwards, and every change of it that is found."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.appealing import QUARTER, after_the_quarter, appeal_of, line, returned_quarter, typed
from tests.support.engines import libreoffice
from tests.support.own_company import HOST
from xlkpi.closing import archive as archiving
from xlkpi.closing import pdf
from xlkpi.closing.manifest import digest
from xlkpi.collect.history import path_of as rows_of
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.form.records.closed import path_of as record_of
from xlkpi.form.records.closed import sha256_of
from xlkpi.form.records.collected import path_of as collected_of

BY = ("--by", "确认人丑")


@pytest.fixture(scope="module", autouse=True)
def january() -> Iterator[None]:
    with after_the_quarter():
        yield


@pytest.fixture(scope="module")
def closed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompanyFolder]:
    """A quarter with a ruled appeal, collected and closed."""
    with pytest.MonkeyPatch.context() as patch:
        company = returned_quarter(tmp_path_factory.mktemp("closing") / "晨光")
        patch.chdir(company.path)
        assert run("appeal", "2026Q4", "--person", "1001").exit_code == FINE
        typed(appeal_of(company), line())
        assert run("collect", "2026Q4").exit_code == FINE
        result = run("finalise", "2026Q4", *BY, "--no-pdf")
        assert result.exit_code == FINE, result.output
        yield company


@pytest.fixture
def company(closed_once: CompanyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    shutil.copytree(closed_once.path, tmp_path / "晨光")
    monkeypatch.chdir(tmp_path / "晨光")
    return CompanyFolder(tmp_path / "晨光")


@pytest.fixture
def still_open(company: CompanyFolder) -> CompanyFolder:
    """The same before it was closed."""
    shutil.rmtree(company.archive(QUARTER))
    record_of(company.history, QUARTER).unlink()
    return company


def manifest(company: CompanyFolder) -> dict[str, Any]:
    found = json.loads((company.archive(QUARTER) / "manifest.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


# --- what is archived -------------------------------------------------------------------------------------------------


def test_the_archive_has_everything_that_counted(company: CompanyFolder) -> None:
    archive = company.archive(QUARTER)
    files = {path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file()}
    forms = {f"考核表/{id}.xlsx" for id in ("1001", "1002", "1003")}
    assert files == {
        "2026Q4-汇总.xlsx",
        "历史.xlsx",
        "清单.xlsx",
        "manifest.json",
        *forms,
        f"申诉/{appeal_of(company).name}",
    }
    found = manifest(company)
    assert found["files"] == {name: sha256_of(archive / name) for name in files - {"manifest.json"}}
    assert (found["quarter"], found["closed_by"], found["open_reason"]) == ("2026Q4", "确认人丑", None)
    assert found["digest"] == digest(found) == json.loads(record_of(company.history, QUARTER).read_text())["digest"]
    people = {one["id"]: one for one in found["people"]}
    assert {id: (one["rank"], one["final"], one["final_before_appeal"]) for id, one in people.items()} == {
        "1003": (1, 100.0, 100.0),
        "1002": (2, 96.0, 96.0),
        "1001": (3, 93.8, 91.8),
    }
    for id, one in people.items():
        (form,) = one["forms"]
        assert (form["sha256"], form["sheet"]) == (sha256_of(company.returned(QUARTER) / f"{id}.xlsx"), one["name"])


def test_the_list_for_people_says_the_same(company: CompanyFolder) -> None:
    sheet = load_workbook(company.archive(QUARTER) / "清单.xlsx").worksheets[0]
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    found = manifest(company)
    for person in found["people"]:
        for shown in (person["id"], person["final"], person["grade"], person["forms"][0]["sha256"]):
            assert shown in values
    assert any("确认人丑" in str(value) for value in values)
    assert any(found["summary"]["sha256"] in str(value) for value in values)


def test_the_history_is_a_row_for_each_indicator(company: CompanyFolder, tmp_path: Path) -> None:
    archived = load_workbook(company.archive(QUARTER) / "历史.xlsx").worksheets[0]
    result = run("trend", ".", "--rows", "-o", tmp_path / "历史.xlsx")
    assert result.exit_code == FINE, result.output
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "历史.xlsx").worksheets[0].iter_rows()]
    assert rows == [[cell.value for cell in row] for row in archived.iter_rows()]
    header = next(row for row in rows if "工号" in row)
    table = [dict(zip(header, row, strict=True)) for row in rows if row[1] == "2026Q4"]
    assert len(table) == 9
    (ruled,) = (row for row in table if (row["工号"], row["指标"]) == ("1001", "违规次数"))
    assert (ruled["实际完成"], ruled["得分"], ruled["原得分"], ruled["总分"], ruled["原总分"]) == (
        0,
        100,
        90,
        93.8,
        91.8,
    )
    rate = next(cell for row in archived.iter_rows() for cell in row if cell.value == 0.22)
    assert "%" in rate.number_format


def test_forms_are_printed_without_anything_from_outside(company: CompanyFolder) -> None:
    libreoffice.require()
    content = (company.returned(QUARTER) / "1001.xlsx").read_bytes()
    program = pdf.office()
    assert program is not None
    made = list(pdf.printed([(content, "员工甲"), (b"no workbook", "员工乙"), (content, "nobody")], program))
    assert [one is not None and one.startswith(b"%PDF") for one in made] == [True, False, False]
    alone = load_workbook(io.BytesIO(pdf.one_sheet(content, "员工甲")))
    assert [sheet.title for sheet in alone.worksheets if sheet.sheet_state == "visible"] == ["员工甲"]
    formulas = [cell.value for row in alone["员工甲"].iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert formulas == []
    assert any(cell.value == 91.8 for row in alone["员工甲"].iter_rows() for cell in row)


def test_an_office_program_that_hangs_or_fails_keeps_nobody_waiting(
    company: CompanyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (company.returned(QUARTER) / "1001.xlsx").read_bytes()
    monkeypatch.setattr(pdf, "SECONDS", 1)
    monkeypatch.setattr(pdf, "SECONDS_A_FORM", 0)
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 600\n")
    program.chmod(0o755)
    assert list(pdf.printed([(content, "员工甲")], str(program))) == [None]


# --- when it may be closed --------------------------------------------------------------------------------------------


def test_somebody_must_confirm_it_and_it_must_be_collected(still_open: CompanyFolder) -> None:
    assert run("finalise", "2026Q4", "--no-pdf").exit_code == USAGE
    collected_of(still_open.history, QUARTER).unlink()
    result = run("finalise", "2026Q4", *BY, "--no-pdf")
    assert (result.exit_code, "还没有汇总" in result.output) == (PROBLEMS, True)
    assert not still_open.archive(QUARTER).exists()


def _form(company: CompanyFolder) -> None:
    shutil.copy(company.returned(QUARTER) / "1002.xlsx", company.returned(QUARTER) / "1001.xlsx")


def _late(company: CompanyFolder) -> None:
    shutil.copy(company.returned(QUARTER) / "1002.xlsx", company.returned(QUARTER) / "晚.xlsx")


def _gone(company: CompanyFolder) -> None:
    (company.returned(QUARTER) / "1002.xlsx").unlink()


def _ruling(company: CompanyFolder) -> None:
    typed(appeal_of(company), {"v:1 value": 2})


def _late_appeal(company: CompanyFolder) -> None:
    shutil.copy(appeal_of(company), company.appeals(QUARTER) / "又一份.xlsx")


def _summary(company: CompanyFolder) -> None:
    path = company.summary(QUARTER) / "2026Q4-汇总.xlsx"
    book = load_workbook(path)
    book["排名"]["I6"] = 100
    book.save(path)


def _rows(company: CompanyFolder) -> None:
    path = rows_of(company.history, QUARTER)
    pd.read_parquet(path).assign(person_final=100.0).to_parquet(path, index=False)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_form, "1001.xlsx：改过"),
        (_late, "晚.xlsx：是新来的"),
        (_gone, "1002.xlsx：不在了"),
        (_ruling, "员工甲.xlsx：改过"),
        (_late_appeal, "又一份.xlsx：是新来的"),
        (_summary, "2026Q4-汇总.xlsx：汇总文件"),
        (_rows, "part.parquet：历史"),
    ],
)
def test_it_is_closed_as_it_was_collected_or_not_at_all(
    change: Callable[[CompanyFolder], None], named: str, still_open: CompanyFolder
) -> None:
    change(still_open)
    result = run("finalise", "2026Q4", *BY, "--no-pdf")
    assert result.exit_code == PROBLEMS
    assert named in result.output.replace("\n", "")
    assert not record_of(still_open.history, QUARTER).exists()


@pytest.mark.parametrize(
    "cells", [line(verdict=None, value=None, why=None, day=None), line(why=None), {"v:1 verdict": "？"}]
)
def test_an_open_appeal_must_be_ruled_or_a_reason_given(cells: dict[str, Any], still_open: CompanyFolder) -> None:
    typed(appeal_of(still_open), cells)
    run("collect", "2026Q4", "--overwrite")
    refused = run("finalise", "2026Q4", *BY, "--no-pdf")
    assert (refused.exit_code, "1001 员工甲 “违规次数”" in refused.output) == (PROBLEMS, True)
    assert not still_open.archive(QUARTER).exists()
    done = run("finalise", "2026Q4", *BY, "--no-pdf", "--with-open", "员工已离职")
    assert done.exit_code == FINE, done.output
    assert (manifest(still_open)["open_reason"], len(manifest(still_open)["open_appeals"])) == ("员工已离职", 1)


def test_an_appeal_that_cannot_be_read_is_open(still_open: CompanyFolder) -> None:
    (still_open.appeals(QUARTER) / "员工乙.xlsx").write_text("不是工作簿", "utf-8")
    run("collect", "2026Q4", "--overwrite")
    refused = run("finalise", "2026Q4", *BY, "--no-pdf")
    assert (refused.exit_code, "申诉/员工乙.xlsx" in refused.output) == (PROBLEMS, True)


# --- closed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("collect", "2026Q4", "--overwrite"),
        ("finalise", "2026Q4", *BY, "--no-pdf"),
        ("appeal", "2026Q4", "--person", "1002"),
        ("fill", "考核/2026Q4/收回", "--from", "考核", "--in-place"),
        ("raters", "make", "2026Q4"),
        ("raters", "collect", "2026Q4", "--in-place"),
        ("agree", "2026Q4"),
        ("new", "2026Q4", "--overwrite"),
        ("new", "2026Q4", "--role", HOST),
    ],
)
def test_nothing_changes_a_closed_quarter(command: tuple[str, ...], company: CompanyFolder) -> None:
    before = {path: sha256_of(path) for path in company.path.rglob("*") if path.is_file()}
    result = run(*command)
    assert (result.exit_code, "确认人丑" in result.output, "关账" in result.output) == (PROBLEMS, True, True)
    assert before == {path: sha256_of(path) for path in company.path.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        ("collect", "2026Q4", "--overwrite"),
        ("new", "2026Q4", "--overwrite"),
        ("finalise", "2026Q4", "--check"),
        ("finalise", "2026Q4", *BY, "--no-pdf"),
        ("reopen", "2026Q4", "--reason", "数据有误", *BY),
    ],
)
@pytest.mark.parametrize("record", ["gone", "of a time before"])
def test_a_record_of_closing_that_is_gone_opens_nothing(
    record: str, command: tuple[str, ...], company: CompanyFolder
) -> None:
    path = record_of(company.history, QUARTER)
    if record == "gone":
        path.unlink()
    else:
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"digest": ""}), "utf-8")
    before = {path: sha256_of(path) for path in company.path.rglob("*") if path.is_file()}
    result = run(*command)
    assert (result.exit_code, f"{path.name} 却不在了" in result.output.replace("\n", "")) == (PROBLEMS, True)
    assert before == {path: sha256_of(path) for path in company.path.rglob("*") if path.is_file()}


def test_a_late_form_is_named_when_somebody_collects_again(company: CompanyFolder) -> None:
    _late(company)
    (company.returned(QUARTER) / "晚.xlsx").write_bytes((company.returned(QUARTER) / "晚.xlsx").read_bytes() + b" ")
    result = run("collect", "2026Q4", "--overwrite")
    assert (result.exit_code, "晚.xlsx" in result.output) == (PROBLEMS, True)
    assert "1002.xlsx" not in result.output


def test_another_quarter_is_not_closed_with_it(company: CompanyFolder, tmp_path: Path) -> None:
    made = run("next", "2026Q4")
    assert made.exit_code == FINE, made.output


# --- changed later ----------------------------------------------------------------------------------------------------


def test_an_archive_that_is_as_it_was_is_said_to_be(company: CompanyFolder) -> None:
    result = run("finalise", "2026Q4", "--check")
    assert (result.exit_code, "没有变" in result.output) == (FINE, True)


def _byte(company: CompanyFolder) -> None:
    path = company.archive(QUARTER) / "考核表" / "1003.xlsx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cell(company: CompanyFolder) -> None:
    path = company.archive(QUARTER) / "清单.xlsx"
    book = load_workbook(path)
    book.worksheets[0]["H8"] = "S 卓越"
    book.save(path)


def _removed(company: CompanyFolder) -> None:
    (company.archive(QUARTER) / "历史.xlsx").unlink()


def _added(company: CompanyFolder) -> None:
    (company.archive(QUARTER) / "PDF").mkdir()
    (company.archive(QUARTER) / "PDF" / "1001.pdf").write_bytes(b"%PDF")


def _edited(company: CompanyFolder) -> None:
    path = company.archive(QUARTER) / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"final": 96.0', '"final": 99.0'), "utf-8")


def _edited_well(company: CompanyFolder) -> None:
    """Whoever edits the manifest may compute its digest, too; the history knows another one."""
    path = company.archive(QUARTER) / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    content["closed_by"] = "别人"
    path.write_text(json.dumps(content | {"digest": digest(content)}, ensure_ascii=False), "utf-8")


def _no_manifest(company: CompanyFolder) -> None:
    (company.archive(QUARTER) / "manifest.json").unlink()


def _no_json(company: CompanyFolder) -> None:
    (company.archive(QUARTER) / "manifest.json").write_text("{", "utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_byte, "考核表/1003.xlsx：关账以后改过"),
        (_cell, "清单.xlsx：关账以后改过"),
        (_removed, "历史.xlsx：归档里缺这个文件"),
        (_added, "PDF/1001.pdf：关账以后多出来的"),
        (_edited, "manifest.json：清单改过"),
        (_edited_well, "manifest.json：不是关账时写的那份清单"),
        (_no_manifest, "manifest.json"),
        (_no_json, "manifest.json"),
        (_form, "收回/1001.xlsx：改过"),
        (_gone, "收回/1002.xlsx：不在了"),
        (_late, "收回/晚.xlsx：关账以后才来的"),
        (_ruling, "员工甲.xlsx：改过"),
    ],
)
def test_every_change_after_closing_is_found(
    change: Callable[[CompanyFolder], None], named: str, company: CompanyFolder
) -> None:
    change(company)
    result = run("finalise", "2026Q4", "--check")
    assert (result.exit_code, named in result.output.replace("\n", "")) == (PROBLEMS, True), result.output


# --- opened again -----------------------------------------------------------------------------------------------------


def test_it_is_opened_with_a_reason_and_the_former_archive_stays(company: CompanyFolder) -> None:
    former = manifest(company)
    assert run("reopen", "2026Q4", "--by", "确认人丑").exit_code == USAGE
    assert run("reopen", "2026Q4", "--reason", " ", "--by", "确认人丑").exit_code == USAGE
    result = run("reopen", "2026Q4", "--reason", "退货率有误", "--by", "批准人寅")
    assert result.exit_code == FINE, result.output
    before = company.archive(QUARTER) / "第1次"
    assert json.loads((before / "manifest.json").read_text("utf-8")) == former
    assert [path.name for path in company.archive(QUARTER).iterdir()] == ["第1次"]
    assert run("finalise", "2026Q4", "--check").exit_code == PROBLEMS
    assert run("reopen", "2026Q4", "--reason", "再来", "--by", "批准人寅").exit_code == PROBLEMS
    _form(company)
    run("collect", "2026Q4", "--overwrite")
    again = run("finalise", "2026Q4", *BY, "--no-pdf", "--with-open", "表已更换")
    assert again.exit_code == FINE, again.output
    (logged,) = manifest(company)["reopened"]
    assert (logged["by"], logged["reason"], logged["digest"]) == ("批准人寅", "退货率有误", former["digest"])
    assert run("finalise", "2026Q4", "--check").exit_code == FINE
    (before / "manifest.json").write_text("{}", "utf-8")
    assert run("finalise", "2026Q4", "--check").exit_code == PROBLEMS


def test_a_closing_that_was_interrupted_closes_nothing(
    still_open: CompanyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(archiving, "manifest", fails)
    result = run("finalise", "2026Q4", *BY, "--no-pdf")
    assert result.exit_code == PROBLEMS
    assert list(still_open.archive(QUARTER).iterdir()) == []
    monkeypatch.undo()
    monkeypatch.chdir(still_open.path)
    assert run("collect", "2026Q4", "--overwrite").exit_code == FINE


def test_files_that_lie_there_are_never_overwritten(still_open: CompanyFolder) -> None:
    mine = still_open.archive(QUARTER) / "清单.xlsx"
    mine.parent.mkdir()
    mine.write_text("我的", "utf-8")
    result = run("finalise", "2026Q4", *BY, "--no-pdf")
    assert (result.exit_code, "清单.xlsx" in result.output) == (PROBLEMS, True)
    assert (mine.read_text("utf-8"), [path.name for path in mine.parent.iterdir()]) == ("我的", ["清单.xlsx"])


@pytest.mark.parametrize("record", [record_of, collected_of])
def test_a_record_that_is_damaged_is_said_in_words(record: Callable[..., Path], company: CompanyFolder) -> None:
    record(company.history, QUARTER).write_text('{"at": 1}', "utf-8")
    for command in (("finalise", "2026Q4", "--check"), ("finalise", "2026Q4", *BY)):
        result = run(*command)
        assert result.exit_code == PROBLEMS
        if record is record_of:
            assert "无法读取" in result.output
