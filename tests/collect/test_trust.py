"""Where roster and history know better than a form, they count, and the form is told; so is what cannot be honest."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.catalogues import SHIPPED, shipped_text, shipped_with
from tests.support.company import saved_at
from tests.support.forms import layout, role, sample_measures
from xlkpi.calc.engine import recalculate
from xlkpi.check.run import check_workbook
from xlkpi.cli import main
from xlkpi.collect.against.issued import held_against_issued
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import HISTORY
from xlkpi.common.quarter import Quarter
from xlkpi.form.issued import path_of, read_issued
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value
from xlkpi.intake.received import receive_all
from xlkpi.writer.workbook import workbook
from xlkpi.xlsx.edit import fill
from xlkpi.xlsx.reader import WorkbookReader

Q3, Q4 = Quarter(2026, 3), Quarter(2026, 4)
HEAD = "工号,姓名,部门,岗位,直接上级,任职结束日,本季新任职,目标:UV增长率\n"
LINE = "E001,张三,运营部,电商运营,王五,,否,25%\n"
POST = Assignment("E001", "张三", "运营部", role().id, "王五", targets={"uv_growth": 0.25})
SAVED = dt.datetime(2026, 11, 20, 8)


def form(
    folder: Path,
    post: Assignment = POST,
    cells: dict[str, Value] | None = None,
    quarter: Quarter = Q4,
    saved: dt.datetime = SAVED,
    **measures: list[Value],
) -> Path:
    """A filled form of a person, as saved then."""
    content = workbook([PlannedSheet("表", role(), post)], SHIPPED, quarter)
    content = fill(content, {"表": typed_cells(role(), sample_measures() | measures) | (cells or {})})
    folder.mkdir(exist_ok=True)
    path = folder / f"{quarter}-{post.id}-{len([*folder.iterdir()])}.xlsx"
    path.write_bytes(saved_at(recalculate(content), saved))
    return path


def collected(folder: Path, *options: object) -> tuple[dict[str, float], list[dict[str, str]]]:
    """Final scores by staff number, and the problems."""
    output = folder.parent / f"{folder.name}-汇总.xlsx"
    result = CliRunner().invoke(main, ["collect", str(folder), "-o", str(output), "--json", *map(str, options)])
    said = json.loads(result.stdout)
    return {person["id"]: person["final"] for person in said["people"]}, said["problems"]


def told(problems: list[dict[str, str]], kind: str) -> list[tuple[str, str]]:
    return [(problem["cell"], problem["severity"]) for problem in problems if problem["kind"] == kind]


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "名册.csv"
    path.write_text(HEAD + LINE, "utf-8")
    return path


def test_an_honest_form_is_not_asked_about_its_agreed_target(tmp_path: Path, roster: Path) -> None:
    form(tmp_path / "收回")
    _, problems = collected(tmp_path / "收回", "--roster", roster)
    assert {problem["kind"] for problem in problems} == {"unsigned"}


def test_the_agreed_target_counts(tmp_path: Path, roster: Path) -> None:
    honest, lowered = tmp_path / "一", tmp_path / "二"
    form(honest)
    target = layout().address("i:uv_growth", "target")
    form(lowered, cells={target: 0.02})
    finals, problems = collected(lowered, "--roster", roster)
    assert finals == collected(honest, "--roster", roster)[0]
    assert told(problems, "against_roster") == [(target, "error")]


def test_who_is_new_stands_on_the_roster(tmp_path: Path, roster: Path) -> None:
    honest, new = tmp_path / "一", tmp_path / "二"
    form(honest)
    cell = layout().address("person", "newcomer")
    form(new, cells={cell: "是"})
    finals, problems = collected(new, "--roster", roster)
    assert finals == collected(honest, "--roster", roster)[0]
    assert told(problems, "against_roster") == [(cell, "error")]
    roster.write_text("工号,姓名,部门,岗位,直接上级\nE001,张三,运营部,电商运营,王五\n", "utf-8")
    assert not told(collected(new, "--roster", roster, "--overwrite")[1], "against_roster"), (
        "it does not say who is new"
    )


def test_a_form_of_other_months_is_told(tmp_path: Path, roster: Path) -> None:
    form(tmp_path / "收回", Assignment("E001", "张三", "运营部", role().id, "王五", end=dt.date(2026, 11, 30)))
    _, problems = collected(tmp_path / "收回", "--roster", roster)
    (message,) = (problem["message"] for problem in problems if problem["cell"] == layout().address("person", "period"))
    assert "只算10月、11月" in message
    assert "在岗的是10月、11月、12月" in message


def test_a_form_saved_after_today_does_not_replace_another(tmp_path: Path) -> None:
    folder = tmp_path / "收回"
    form(folder)
    honest = collected(folder)[0]
    form(folder, saved=dt.datetime(2099, 1, 1), sales=[1000, 1000, 1000])
    finals, problems = collected(folder, "--overwrite")
    assert finals == honest
    assert told(problems, "saved_ahead") == [("", "warning")] or told(problems, "saved_ahead") == [(None, "warning")]


def test_equal_numbers_of_two_people_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "收回"
    form(folder)
    form(folder, Assignment("E002", "李四", "运营部", role().id, "王五"))
    form(folder, Assignment("E003", "周七", "运营部", role().id, "王五"), sales=[3100000, 5500000, 2900000])
    _, problems = collected(folder)
    said = [problem["message"] for problem in problems if problem["kind"] == "alike"]
    assert len(said) == 2
    assert any("李四" in message for message in said)
    assert any("张三" in message for message in said)


def test_a_number_carried_over_and_changed_is_told(tmp_path: Path) -> None:
    before, now = tmp_path / "上季", tmp_path / "本季"
    form(before, quarter=Q3)
    collected(before)
    sums = {id: sum(sample_measures()[id]) for id in ("uv", "sales", "orders")}  # type: ignore[arg-type]
    carried: dict[str, list[Value]] = {f"{id}_prev": [value] for id, value in sums.items()}
    carried |= {
        "stock_open": [sample_measures()["stock_close"][0]],
        "manuals_prev": [sum(sample_measures()["manuals"])],
    }  # type: ignore[arg-type]
    carried |= {
        "sales_last_month_prev": [sample_measures()["sales"][2]],
        "target_last_month_prev": [sample_measures()["sales_target"][2]],
    }
    form(now, **carried)
    assert not told(collected(now)[1], "carried")
    form(now, saved=dt.datetime(2026, 11, 21, 8), **(carried | {"uv_prev": [1500000]}))
    _, problems = collected(now, "--overwrite")
    assert told(problems, "carried") == [(layout().address("m:uv_prev", "quarter"), "warning")]


def test_a_form_of_the_quarter_before_under_a_new_date_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "收回"
    path = form(folder, quarter=Q3)
    period = layout().address("person", "period")
    redated = fill(path.read_bytes(), {"_xlkpi": {"B3": "2026Q4"}, "表": {period: "2026年第4季度（10–12月）"}})
    path.write_bytes(redated)
    _, problems = collected(folder)
    (message,) = (problem["message"] for problem in problems if problem["kind"] == "quarter")
    assert "月份是7月、8月、9月" in message


# --- the record of what was issued ------------------------------------------------------------------------------------


@pytest.fixture
def issued(tmp_path: Path, roster: Path) -> Path:
    """The form of a person as `xlkpi new` wrote and recorded it, filled in."""
    result = CliRunner().invoke(main, ["new", "2026Q4", "--roster", str(roster), "-o", str(tmp_path / "发出")])
    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "发出").glob("*.xlsx")
    return _typed(path, {})


def _typed(path: Path, cells: dict[str, Value]) -> Path:
    inputs = typed_cells(role(), sample_measures()) | cells
    path.write_bytes(recalculate(fill(path.read_bytes(), {"张三": inputs})))
    return path


def test_an_issued_form_is_told_nothing(issued: Path) -> None:
    _, problems = collected(issued.parent)
    assert {problem["kind"] for problem in problems} == {"target", "unsigned"}


def test_changes_of_an_english_form_are_told_as_those_of_any_other(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("工号,姓名,部门,岗位,直接上级\nE001,Ann Lee,Ops,电商运营,Bo Chen\n", "utf-8")
    made = CliRunner().invoke(
        main, ["new", "2026Q4", "--roster", str(roster), "-o", str(tmp_path / "sent"), "--lang", "en"]
    )
    assert made.exit_code == 0, made.output
    (path,) = (tmp_path / "sent").glob("*.xlsx")
    weight = layout().address("i:uv_growth", "weight")
    inputs = typed_cells(role(), sample_measures()) | {weight: 0.5}
    path.write_bytes(recalculate(fill(path.read_bytes(), {"Ann Lee": inputs})))
    _, problems = collected(path.parent)
    assert told(problems, "weights") == [(weight, "warning")]


def test_a_form_that_was_not_issued_is_told(issued: Path) -> None:
    form(issued.parent, Assignment("E009", "钱九", "运营部", role().id, "王五"), sales=[3100000, 5500000, 2900000])
    _, problems = collected(issued.parent)
    assert [problem["message"] for problem in problems if problem["kind"] == "issued"] == [
        "发出的记录里没有钱九的这张表"
    ]


def test_what_differs_from_the_issued_form_is_told(issued: Path) -> None:
    target = layout().address("i:uv_growth", "target")
    _typed(issued, {target: 0.02})
    _, problems = collected(issued.parent)
    assert (target, "warning") in told(problems, "issued") or (target, "advice") in told(problems, "target")


def test_another_version_of_the_role_than_the_issued_one_is_told(issued: Path) -> None:
    rows = WorkbookReader(issued.read_bytes()).rows("_xlkpi")
    number = next(number for number, row in enumerate(rows, start=1) if row[0] == "sheet")
    issued.write_bytes(fill(issued.read_bytes(), {"_xlkpi": {f"D{number}": "000000000000"}}))
    _, problems = collected(issued.parent)
    assert told(problems, "issued") == [(None, "error")]


def test_a_role_changed_after_the_forms_were_issued_makes_no_noise(issued: Path, tmp_path: Path) -> None:
    shipped = shipped_text(f"roles/{role().id}.toml")
    changed = shipped.replace('rule = "每低5个百分点扣3分"', 'rule = "每低5个百分点扣4分"', 1)
    assert changed != shipped
    catalogue = shipped_with(tmp_path / "岗位", {f"roles/{role().id}.toml": changed})
    (received,) = receive_all([(issued.name, issued)], catalogue, check=check_workbook)
    kinds = {problem.kind for problem in received.problems}
    assert {"digest", "rule"} <= kinds
    (held,) = held_against_issued([received], read_issued(issued.parent.parent / HISTORY, Q4), Q4, catalogue)
    assert {problem.kind for problem in held.problems} <= {"unsigned", "stale", "rule_reading"}


def test_a_damaged_record_is_told(issued: Path) -> None:
    path_of(issued.parent.parent / HISTORY, Q4).write_text("[", "utf-8")
    result = CliRunner().invoke(main, ["collect", str(issued.parent), "-o", str(issued.parent.parent / "汇总.xlsx")])
    assert result.exit_code != 0
    assert "发出的记录已损坏" in result.output
    assert "Traceback" not in result.output
