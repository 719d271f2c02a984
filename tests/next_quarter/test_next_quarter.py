"""The quarter after: what filled forms bring into the next ones, what is told of it, files of every kind."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support import own_roles
from tests.support.catalogues import SHIPPED
from tests.support.company import put
from tests.support.forms import Shown
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout, measure_id, part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.languages import HANS, HANT
from xlkpi.i18n.numbers import Value
from xlkpi.intake.received import find_files
from xlkpi.intake.workbook import FilledWorkbook, read
from xlkpi.next_quarter.plan import NextQuarter, following
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

Q4, Q1 = Quarter(2026, 4), Quarter(2027, 1)
ECOMMERCE, WAREHOUSE, BRAND, REGION = (
    "ecommerce-operations",
    "warehouse-specialist",
    "brand-manager",
    "regional-manager",
)


def write(
    path: Path,
    role_id: str,
    assignment: Assignment | None = None,
    *,
    cells: Mapping[tuple[str, str], Value] | None = None,
    quarter: Quarter = Q4,
    measures: Mapping[str, Sequence[Value]] | None = None,
    language: str = HANS,
) -> Path:
    """A form of a role, filled with its sample quarter; `cells` by row and column id are typed over it."""
    role, sample = SHIPPED.role(role_id, quarter), SHIPPED.samples()[role_id]
    content = uncalculated([PlannedSheet("表", role, assignment)], SHIPPED, quarter, language)
    person = None if assignment else sample.person
    typed = typed_cells(role, {**sample.measures, **(measures or {})}, person, sample.targets)
    typed |= {Layout(role).address(*place): value for place, value in (cells or {}).items()}
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(fill(content, {"表": typed}))
    return path


def follow(*files: Path, language: str | None = None, catalogue: Catalogue = SHIPPED) -> NextQuarter:
    return following(files, catalogue, language, HANS)


def presets(made: NextQuarter, book: int = 0) -> dict[str, float | str]:
    return {f"{row} {column}": preset.value for (row, column), preset in made.books[book].sheets[0].presets.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three roles' forms of 2026Q4, and the forms of 2027Q1 made of them by the command."""
    folder = tmp_path_factory.mktemp("next")
    write(folder / "2026Q4" / "2026Q4-甲.xlsx", ECOMMERCE)
    write(
        folder / "2026Q4" / "2026Q4-乙.xlsx", WAREHOUSE, Assignment("7", "=1+1", "仓储", WAREHOUSE, "李", newcomer=True)
    )
    write(folder / "2026Q4" / "2026Q4-丙.xlsx", BRAND)
    (folder / "2026Q4" / "~$2026Q4-甲.xlsx").write_bytes(b"")
    result = run("next", folder / "2026Q4", "-o", folder / "2027Q1")
    assert (result.exit_code, result.stderr) == (FINE, "")
    assert (folder / "2027Q1" / "变更说明.md").read_text("utf-8") in result.stdout
    return folder


def test_every_superior_gets_a_workbook_beside_the_report(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "2027Q1").iterdir())
    assert names == sorted(["2027Q1-甲.xlsx", "2027Q1-乙.xlsx", "2027Q1-丙.xlsx", "变更说明.md"])


SUMS = {"uv_prev": "uv", "sales_prev": "sales", "orders_prev": "orders", "manuals_prev": "manuals"}


def test_values_of_the_period_before_are_the_quarter_values_of_then(folder: Path) -> None:
    measures = SHIPPED.samples()[ECOMMERCE].measures
    filled = read(folder / "2027Q1" / "2027Q1-甲.xlsx", SHIPPED)
    assert (filled.quarter, filled.problems) == ("2027Q1", ())
    given = {id: values for id, values in filled.forms[0].appraisal.inputs.measures.items() if any(values)}
    assert given == {
        **{id: [sum(measures[source])] for id, source in SUMS.items()},  # type: ignore[arg-type]
        "stock_open": measures["stock_close"],
        "sales_last_month_prev": [measures["sales"][2]],
        "target_last_month_prev": [measures["sales_target"][2]],
    }


def test_levels_are_carried_as_the_catalogue_joins_months(folder: Path) -> None:
    """The last month of followers, what was typed once of awareness."""
    measures = SHIPPED.samples()[BRAND].measures
    inputs = read(folder / "2027Q1" / "2027Q1-丙.xlsx", SHIPPED).forms[0].appraisal.inputs
    assert inputs.measures["followers_prev"] == [measures["followers"][2]]
    assert inputs.measures["awareness_prev"] == measures["awareness"]


def test_the_formulas_calculate_with_what_was_carried(folder: Path, tmp_path: Path) -> None:
    role, measures = SHIPPED.role(ECOMMERCE), SHIPPED.samples()[ECOMMERCE].measures
    typed = {m.id: measures[m.id] for m in role.measures if m.monthly or m.carried_from is None}
    address = Layout(role).address
    cells = {
        address(measure_id(id), column): value
        for id, values in typed.items()
        for column, value in zip(("m1", "m2", "m3") if len(values) == 3 else ("quarter",), values, strict=True)
    }
    path = tmp_path / "filled.xlsx"
    path.write_bytes(fill((folder / "2027Q1" / "2027Q1-甲.xlsx").read_bytes(), {"表": cells}))
    appraisal = read(path, SHIPPED).forms[0].appraisal
    assert appraisal.complete
    growth = next(result for result in appraisal.indicators if result.id == "uv_growth")
    assert growth.actual == (0,)
    assert run("recalc", path, "-o", tmp_path / "out.xlsx").exit_code == FINE
    shown = Shown(tmp_path / "out.xlsx", "表")
    assert (shown("i:uv_growth", "actual"), shown("total", "score")) == (0, appraisal.total)


def test_carried_targets_are_proposals_that_can_be_changed(folder: Path) -> None:
    sheet = load_workbook(folder / "2027Q1" / "2027Q1-丙.xlsx")["表"]
    role, sample = SHIPPED.role(BRAND), SHIPPED.samples()[BRAND]
    assert sample.targets
    for id, target in sample.targets.items():
        cell = sheet[Layout(role).address(part_id(id), "target")]
        assert (cell.value, cell.protection.locked) == (target, False)
        assert cell.comment.text == "上季（2026Q4）目标，待确认"
    carried = sheet[Layout(role).address("m:followers_prev", "quarter")]
    assert carried.comment.text == "由2026Q4带入：社交媒体粉丝数"


def test_the_person_goes_on_and_is_new_no_more(folder: Path) -> None:
    first, second = (read(folder / "2027Q1" / f"2027Q1-{name}.xlsx", SHIPPED).forms[0] for name in "甲乙")
    sample = SHIPPED.samples()[ECOMMERCE].person
    assert first.assignment is None
    assert {key: first.appraisal.inputs.person[key] for key in sample} == {**sample, "newcomer": "否"}
    assert second.assignment == Assignment("7", "=1+1", "仓储", WAREHOUSE, "李")
    assert second.appraisal.inputs.person["name"] == "=1+1"
    assert not second.appraisal.inputs.newcomer


def test_what_a_person_typed_is_never_a_formula(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "2026Q4-甲.xlsx", WAREHOUSE, cells={("person", "name"): "=1+1"})
    assert run("next", tmp_path, "-o", tmp_path / "out").exit_code == FINE
    cell = load_workbook(tmp_path / "out" / "2027Q1-甲.xlsx")["表"][
        Layout(SHIPPED.role(WAREHOUSE)).address("person", "name")
    ]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert path.exists()


# --- changed roles ----------------------------------------------------------------------------------------------------


def test_every_change_of_a_role_is_told(tmp_path: Path) -> None:
    filled = write(tmp_path / "2026Q4.xlsx", ECOMMERCE, cells={("i:uv_growth", "target"): 0.22})
    made = follow(filled, catalogue=own_roles.changed(tmp_path))
    assert [(role.id, role.title) for role in made.roles] == [(ECOMMERCE, "电商运营")]
    assert made.roles[0].changes == (
        "新增指标“案例”：权重2%，按完成率得分；封顶100分",
        "取消指标“知识沉淀”",
        "“UV增长率”的评分标准：每低5个百分点扣3分 → 每低5个百分点扣4分",
        "“UV增长率”的目标值：20% → 25%",
    )
    (person,) = made.people
    assert [(left.label, left.value, left.reason) for left in person.left] == [
        ("上期案例数", "", "2026Q4还没有“cases”这一项，请填写"),
        ("“UV增长率”的目标值", "22%", "岗位文件的目标已改为25%，以岗位文件为准"),
        ("“知识沉淀”的目标值", "1", "这个指标已取消"),
    ]
    given = presets(made)
    assert "i:uv_growth target" not in given
    assert given["i:pv_per_uv target"] == 3
    assert given["i:stock_turnover#2 target"] == 0.05
    assert "m:uv_prev quarter" in given
    assert "m:manuals_prev quarter" not in given


def test_a_role_that_stays_has_no_changes_to_tell(folder: Path) -> None:
    assert all(role.changes == () for role in follow(*(path for _, path in find_files([folder / "2026Q4"]))).roles)


# --- what cannot be carried -------------------------------------------------------------------------------------------


def test_what_is_not_carried_is_told(tmp_path: Path) -> None:
    path = write(
        tmp_path / "2026Q4.xlsx",
        ECOMMERCE,
        cells={
            ("m:uv", "m2"): None,
            ("m:orders", "m1"): "三百",
            ("i:pv_per_uv", "target"): "三",
            ("i:silent_share", "rule"): "每低2个百分点扣6分",
            ("i:silent_share", "weight"): 0.5,
            ("i:+1", "label"): "直播场次",
            ("i:+1", "rule"): "每低1扣5分",
        },
    )
    (person,) = follow(path).people
    assert [(left.label, left.value, left.reason.removeprefix("2026Q4")) for left in person.left] == [
        ("上期访客数UV", "", "的“访客数UV”没有填全，请填写"),
        ("上期支付订单数", "#KPI “支付订单数”须为数字", "的“支付订单数”不是数字，请核对后填写"),
        ("“人均浏览量PV/UV”的目标值", "三", "没有填成数字，请商定"),
        ("静默下单率", "每低2个百分点扣6分", "在表上改过的评分标准，没有带入；要沿用请写进岗位文件"),
        ("静默下单率", "50%", "在表上改过的权重，没有带入；要沿用请写进岗位文件"),
        ("直播场次", "每低1扣5分", "在表上自行增加的指标，没有带入；要沿用请再填一次"),
    ]
    assert (person.values, person.targets) == (5, 13)


def test_a_measure_that_nothing_is_carried_into_is_told(tmp_path: Path) -> None:
    (person,) = follow(write(tmp_path / "2026Q4.xlsx", REGION)).people
    assert ("原有店铺上期销售额", "") in [(left.label, left.value) for left in person.left]


@pytest.mark.parametrize(
    ("start", "end", "gone", "part"),
    [
        (None, None, False, False),
        (dt.date(2026, 10, 1), dt.date(2027, 1, 1), False, False),
        (dt.date(2026, 10, 2), None, False, True),
        (None, dt.date(2026, 12, 31), True, False),
        (None, dt.date(2026, 11, 15), True, False),
    ],
)
def test_posts_that_ended_are_left_out(
    tmp_path: Path, start: dt.date | None, end: dt.date | None, gone: bool, part: bool
) -> None:
    made = follow(
        write(tmp_path / "2026Q4.xlsx", WAREHOUSE, Assignment("7", "甲", "", WAREHOUSE, start=start, end=end))
    )
    assert [(one.id, one.reason) for one in made.gone] == ([("7", f"任职到{end}为止")] if gone else [])
    assert len(made.people) == len(made.books) == (not gone)
    assert [("只在岗91天" in left.reason) for person in made.people for left in person.left[:1]] == [True] * part


# --- files ------------------------------------------------------------------------------------------------------------


def _saved(path: Path, day: int) -> Path:
    return put(path, path.read_bytes(), day)


def test_of_duplicates_the_newest_complete_one_counts(tmp_path: Path) -> None:
    assignment = Assignment("7", "甲", "", WAREHOUSE)
    files = [
        _saved(write(tmp_path / "2026Q4-甲.xlsx", WAREHOUSE, assignment, measures={"work_hours": [1, 1, 1]}), 1),
        _saved(write(tmp_path / "2026Q4-甲 (1).xlsx", WAREHOUSE, assignment, measures={"work_hours": [2, 2, 2]}), 2),
        _saved(write(tmp_path / "2026Q4-甲 (2).xlsx", WAREHOUSE, assignment, measures={"accidents": [None] * 3}), 3),
    ]
    made = follow(*files)
    assert [book.name for book in made.books] == ["2027Q1-甲.xlsx"]
    assert presets(made)["m:work_hours_prev quarter"] == 6
    used = "2026Q4-甲 (1).xlsx"
    assert [(one.file, one.used) for one in made.duplicates] == [(files[0].name, used), (files[2].name, used)]


def test_files_that_cannot_be_read_do_not_stop_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "2026Q4"
    write(folder / "2026q4-甲.xlsx", WAREHOUSE)
    write(folder / "2026Q3-甲.xlsx", WAREHOUSE, quarter=Quarter(2026, 3))
    write(folder / "分部" / "乙.XLSX", BRAND)
    (folder / "坏.xlsx").write_bytes(b"no workbook")
    (folder / "夹.xlsx").mkdir()
    (folder / "说明.txt").write_text("", "utf-8")
    result = run("next", folder, "-o", tmp_path / "out", "--json")
    assert result.exit_code == PROBLEMS
    told = json.loads(result.stdout)
    assert (told["before"], told["quarter"]) == ("2026Q4", "2027Q1")
    assert told["files"] == [
        {"file": "2027Q1-甲.xlsx", "sheets": ["表"]},
        {"file": "2027Q1-乙.xlsx", "sheets": ["表"]},
    ]
    assert sorted(problem["file"] for problem in told["problems"]) == ["2026Q3-甲.xlsx", "坏.xlsx"]
    assert [person["targets"] > 0 for person in told["people"]] == [True, True]
    report = (tmp_path / "out" / "变更说明.md").read_text("utf-8")
    assert "不是2026Q4的考核表" in report
    assert "坏.xlsx" in report


def test_nothing_is_written_over_or_by_halves(tmp_path: Path) -> None:
    write(tmp_path / "2026Q4.xlsx", WAREHOUSE)
    out = tmp_path / "out"
    out.mkdir()
    (out / "变更说明.md").write_text("原来的", "utf-8")
    result = run("next", tmp_path, "-o", out)
    assert result.exit_code == USAGE
    assert "变更说明.md：文件已存在" in result.stderr
    assert [path.name for path in out.iterdir()] == ["变更说明.md"]
    assert run("next", tmp_path, "-o", out, "--overwrite").exit_code == FINE
    refused = run("next", tmp_path, "-o", tmp_path / "lite", "--lite-package", "xlkpi==9.9")
    assert (refused.exit_code, (tmp_path / "lite").exists()) == (USAGE, False)
    assert "xlwings Lite" in refused.stderr
    assert "原来的" not in (out / "变更说明.md").read_text("utf-8")


def test_a_folder_without_forms_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"")
    result = run("next", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == PROBLEMS
    assert "没有读到填好的考核表" in result.stderr
    assert "坏.xlsx" in result.stdout
    assert run("next", tmp_path / "nowhere", "-o", tmp_path / "out").exit_code == USAGE
    assert not (tmp_path / "out").exists()


# --- a roster of the next quarter ------------------------------------------------------------------------------------

ROSTER = """工号,姓名,部门,岗位,直接上级,任职开始日,本季新任职,目标:账实相符率
7,甲,新仓,warehouse-specialist,李,,,
8,乙,仓储,warehouse-specialist,李,,,0.99
9,丙,仓储,warehouse-specialist,李,2027-02-01,是,
5,丁,市场,brand-manager,王,,,
"""


def _team(folder: Path) -> None:
    """李 has 甲 and 乙, 王 has 丁, and 戊, whom the roster does not know any more."""
    warehouse, brand = SHIPPED.role(WAREHOUSE, Q4), SHIPPED.role(BRAND, Q4)
    for file, sheets in {
        "2026Q4-李.xlsx": [
            PlannedSheet(name, warehouse, Assignment(id, name, "仓储", WAREHOUSE, "李")) for id, name in ("7甲", "8乙")
        ],
        "2026Q4-王组.xlsx": [
            PlannedSheet(name, brand, Assignment(id, name, "市场", BRAND, "王")) for id, name in ("5丁", "6戊")
        ],
    }.items():
        typed = {
            sheet.title: typed_cells(sheet.role, sample.measures, None, sample.targets)
            for sheet in sheets
            for sample in [SHIPPED.samples()[sheet.role.id]]
        }
        folder.mkdir(exist_ok=True)
        (folder / file).write_bytes(fill(uncalculated(sheets, SHIPPED, Q4), typed))


def test_a_roster_of_the_next_quarter(tmp_path: Path) -> None:
    _team(tmp_path / "2026Q4")
    roster = tmp_path / "名册.csv"
    roster.write_text(ROSTER.replace("账实相符率", SHIPPED.role(WAREHOUSE).indicators[0].label), "utf-8")
    result = run("next", tmp_path / "2026Q4", "-o", tmp_path / "2027Q1", "--roster", roster)
    assert (result.exit_code, result.stderr) == (FINE, "")
    assert "丙** · 9 · 仓储管理专员 · 新加入" in result.stdout
    assert "戊 · 品牌经理 · 名册里没有这个人的这个岗位" in result.stdout
    one, other = (read(tmp_path / "2027Q1" / f"2027Q1-{name}.xlsx", SHIPPED) for name in ("李", "王组"))
    assert [form.sheet for form in one.forms] == ["甲", "乙", "丙"]
    assert [form.sheet for form in other.forms] == ["丁"]
    moved, stays, new = one.forms
    assert (moved.assignment and moved.assignment.department, stays.assignment and stays.assignment.department) == (
        "新仓",
        "仓储",
    )
    hours = [sum(SHIPPED.samples()[WAREHOUSE].measures["work_hours"])]  # type: ignore[arg-type]
    carried = [form.appraisal.inputs.measures["work_hours_prev"] for form in one.forms]
    assert carried == [hours, hours, [None]]
    assert new.appraisal.inputs.newcomer
    first = SHIPPED.role(WAREHOUSE).indicators[0].id
    agreed = [form.appraisal.inputs.targets[first][0] for form in one.forms]
    assert agreed[1] == 0.99 != agreed[0]
    sheet = load_workbook(tmp_path / "2027Q1" / "2027Q1-李.xlsx")["乙"]
    assert sheet[Layout(SHIPPED.role(WAREHOUSE)).address(part_id(first), "target")].comment is None, "agreed already"


def test_what_is_wrong_in_the_roster_is_told(tmp_path: Path) -> None:
    _team(tmp_path / "2026Q4")
    roster = tmp_path / "名册.csv"
    roster.write_text("工号,姓名,岗位\n7,甲,warehouse-specialist\n8,乙,nobody\n", "utf-8")
    result = run("next", tmp_path / "2026Q4", "-o", tmp_path / "2027Q1", "--roster", roster)
    assert result.exit_code == PROBLEMS
    assert "没有岗位“nobody”" in result.stdout
    assert (tmp_path / "2027Q1" / "2027Q1-李.xlsx").exists()


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "language", "note"), [(None, HANT, "帶入"), ("en", "en", "Carried over")])
def test_the_next_form_is_in_the_language_of_this_one_or_the_one_asked_for(
    tmp_path: Path, asked: str | None, language: str, note: str
) -> None:
    made = follow(write(tmp_path / "2026Q4.xlsx", WAREHOUSE, language=HANT), language=asked)
    (book,) = made.books
    assert book.language == language
    assert note in book.sheets[0].presets["m:work_hours_prev", "quarter"].note
    assert made.people[0].left == ()
    assert made.people[0].role == "仓储管理专员"


def test_the_report_in_english(tmp_path: Path) -> None:
    write(tmp_path / "2026Q4.xlsx", WAREHOUSE, Assignment("7", "a|b*c", "", WAREHOUSE))
    assert run("next", tmp_path, "-o", tmp_path / "out", "--lang", "en").exit_code == FINE
    report = (tmp_path / "out" / "changes.md").read_text("utf-8")
    assert report.startswith("# What changes in the forms of 2027Q1\n")
    assert "**a\\|b\\*c** · 7" in report
    filled: FilledWorkbook = read(tmp_path / "out" / "2027Q1.xlsx", SHIPPED)
    assert filled.forms[0].appraisal.inputs.language == "en"
