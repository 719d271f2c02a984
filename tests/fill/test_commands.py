"""`xlkpi request` and `xlkpi fill` as HR runs them: files on disk, what is printed, exit codes."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.support import filling as support
from tests.support.catalogues import use
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.fill.write import typed_in
from xlkpi.form.layout import measure_id
from xlkpi.writer.workbook import sheets_of_assignments, workbook
from xlkpi.xlsx.edit import Formula, edit

Run = Callable[..., Result]
SHOPS = {"甲店": ("001", 1000), "乙店": ("001", 2000), "丙店": ("0012", 500)}


@pytest.fixture
def run(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder with the forms in `2026Q4/表.xlsx`."""
    use(monkeypatch, support.catalogue(company))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2026Q4").mkdir()
    (tmp_path / "2026Q4" / "表.xlsx").write_bytes(support.issued(company))

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, list(map(str, arguments)))

    return invoke


def daily(path: Path, *, encoding: str = "gb18030") -> dict[tuple[str, int], int]:
    """A daily export of three shops over the 92 days of the quarter; returns the sums by person and month."""
    sums: dict[tuple[str, int], int] = {}
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["统计日期", "店铺名称", "销售额（元）", "在播小时", "备注"])
        for day in (dt.date(2026, 10, 1) + dt.timedelta(days=number) for number in range(92)):
            for shop, (number, base) in SHOPS.items():
                amount = base + day.day
                writer.writerow([day.isoformat(), shop, f"{amount:,}", 2, ""])
                sums[number, day.month] = sums.get((number, day.month), 0) + amount
    return sums


def named_shops(path: Path) -> None:
    """Write into the mapping workbook whose the shops are, and what the hours are, as HR would."""
    book = load_workbook(path)
    shops, columns = book["店铺"], book["列"]
    for row in range(4, 4 + len(SHOPS)):
        shops.cell(row, 2).value = SHOPS[str(shops.cell(row, 1).value)][0]
    for row in range(4, columns.max_row + 1):
        if columns.cell(row, 2).value == "在播小时":
            columns.cell(row, 4).value, columns.cell(row, 5).value = "数据", "直播时长"
    book.save(path)


def value(path: Path, company: Path, person: str, measure: str, column: str, title: str = "") -> Any:
    sheet, at = support.address_of(company, person, measure, column)
    return load_workbook(path, data_only=True)[title or sheet][at]


def test_a_daily_export_of_shops_fills_the_quarter(run: Run, company: Path, tmp_path: Path) -> None:
    sums = daily(tmp_path / "店铺日报.csv")
    before = (tmp_path / "2026Q4" / "表.xlsx").read_bytes()
    suggested = run("fill", "--suggest", "店铺日报.csv", "2026Q4")
    assert suggested.exit_code == 0, suggested.output
    assert "“店铺”表里有 3 个店铺" in suggested.output
    named_shops(tmp_path / "数据对应.xlsx")
    arguments = (
        "fill",
        "2026Q4",
        "--from",
        "店铺日报.csv",
        "--map",
        "数据对应.xlsx",
        "--receipt",
        "回执.xlsx",
        "-o",
        "填好",
    )
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert "填入 12 格" in result.output
    filled = tmp_path / "填好" / "表.xlsx"
    for (number, month), amount in sums.items():
        cell = value(filled, company, number, "sales", f"m{month - 9}")
        assert cell.value == amount
        assert cell.comment.text.startswith("填入：店铺日报.csv 第")
    assert value(filled, company, "001", "sales", "quarter").value == sum(a for (n, _), a in sums.items() if n == "001")
    assert (tmp_path / "2026Q4" / "表.xlsx").read_bytes() == before
    receipt = load_workbook(tmp_path / "回执.xlsx")["带入的数据"]
    assert receipt.max_row == 2 + 1 + 12
    problems = check([filled], support.catalogue(company))[0].problems
    assert {problem.kind for problem in problems} <= {"missing", "missing_target", "unsigned", "part_quarter"}, problems


def test_running_it_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    daily(tmp_path / "店铺日报.csv")
    run("fill", "--suggest", "店铺日报.csv", "2026Q4")
    named_shops(tmp_path / "数据对应.xlsx")
    source = ("--from", "店铺日报.csv", "--map", "数据对应.xlsx")
    for folder in ("一", "二"):
        assert run("fill", "2026Q4", *source, "-o", folder).exit_code == 0
    once = (tmp_path / "一" / "表.xlsx").read_bytes()
    assert (tmp_path / "二" / "表.xlsx").read_bytes() == once
    again = run("fill", "一", *source, "--in-place")
    assert (again.exit_code, "没有要填的，文件没有变" in again.output) == (0, True), again.output
    assert (tmp_path / "一" / "表.xlsx").read_bytes() == once
    replaced = run("fill", "一", *source, "--in-place", "--replace")
    assert replaced.exit_code == 0
    assert (tmp_path / "一" / "表.xlsx").read_bytes() == once


def test_replacing_a_number_replaces_its_note(run: Run, company: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("工号,月份,销售额\n001,10月,100\n", "utf-8")
    (tmp_path / "b.csv").write_text("工号,月份,销售额\n001,10月,110\n", "utf-8")
    assert run("fill", "2026Q4", "--from", "a.csv", "--in-place").exit_code == 0
    kept = run("fill", "2026Q4", "--from", "b.csv", "--in-place")
    assert kept.exit_code == 1
    assert "已填 100，数据是 110（b.csv 第2行），没有动" in kept.output.replace("\n", "")
    assert run("fill", "2026Q4", "--from", "b.csv", "--in-place", "--replace").exit_code == 0
    cell = value(tmp_path / "2026Q4" / "表.xlsx", company, "001", "sales", "m1")
    assert (cell.value, cell.comment.text) == (110, "填入：b.csv 第2行")


def test_requests_are_made_and_come_back(run: Run, company: Path, tmp_path: Path) -> None:
    made = run("request", "2026Q4", "2026Q4", "-o", "数据")
    assert made.exit_code == 0, made.output
    assert "“直接上级”的 4 项由上级直接填在考核表里" in made.output
    assert sorted(path.name for path in (tmp_path / "数据").iterdir()) == [
        f"2026Q4-数据-{owner}.xlsx" for owner in ("平台后台", "财务", "质检")
    ]
    path = tmp_path / "数据" / "2026Q4-数据-质检.xlsx"
    book = load_workbook(path)
    book.worksheets[0]["H5"] = 77
    book.save(path)
    assert "文件已存在" in run("request", "2026Q4", "2026Q4", "-o", "数据").output
    filled = run("fill", "2026Q4", "--from", "数据", "-o", "填好")
    assert (filled.exit_code, "填入 1 格" in filled.output) == (0, True), filled.output
    only = run("request", "2026Q4", "2026Q4", "-o", "别处", "--owner", "直接上级", "--by", "person")
    assert only.exit_code == 0
    assert [path.name for path in (tmp_path / "别处").iterdir()] == ["2026Q4-数据-直接上级.xlsx"]
    assert "没有叫“财物”的数据来源" in run("request", "2026Q4", "2026Q4", "-o", "别处", "--owner", "财物").output


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_forms_in_other_languages(language: str, run: Run, company: Path, tmp_path: Path) -> None:
    own = support.catalogue(company)
    sheets = sheets_of_assignments(support.PEOPLE[:3], own, language, support.QUARTER)
    (tmp_path / "2026Q4" / "表.xlsx").write_bytes(workbook(sheets, own, support.QUARTER, language))
    assert run("request", "2026Q4", "2026Q4", "-o", "数据").exit_code == 0
    path = min((tmp_path / "数据").iterdir(), key=lambda path: len(load_workbook(path).worksheets[0]["A"]))
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet[next(at for at in ("H5", "K5") if sheet[at].fill.fgColor.rgb.endswith("FFF9DB"))] = 77
    book.save(path)
    assert run("fill", "2026Q4", "--from", "数据", "--in-place").exit_code == 0
    sheet = load_workbook(tmp_path / "2026Q4" / "表.xlsx").worksheets[0]
    notes = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment and cell.value == 77]
    start = {"en": "Filled in: ", "zh-Hant": "填入："}[language]
    assert len(notes) == 1
    assert notes[0].startswith(start)
    (tmp_path / "a.csv").write_text("工号,岗位,月份,直播时长\n001,主播,10月,9\n", "utf-8")
    assert run("fill", "2026Q4", "--from", "a.csv", "--in-place").exit_code == 0
    assert value(tmp_path / "2026Q4" / "表.xlsx", company, "001", "hours", "m1", sheet.title).value == 9


def test_parquet_and_json(run: Run, tmp_path: Path) -> None:
    table = pandas.DataFrame(
        {"工号": ["001", "0012"], "月份": ["2026-10", "2026-11"], "销售额": [100.5, 200], "退款率": ["3%", None]}
    )
    table.to_parquet(tmp_path / "数据.parquet")
    result = run("fill", "2026Q4", "--from", "数据.parquet", "-o", "填好", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert {(cell["person"], cell["measure"], cell["month"]): cell["value"] for cell in said["cells"]} == {
        ("001", "sales", "2026-10"): 100.5,
        ("001", "refund_rate", "2026-10"): 0.03,
        ("0012", "sales", "2026-11"): 200,
    }
    assert said["findings"] == []


def test_a_database_is_read_and_never_changed(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table t (number text, month text, amount real)")
        database.execute("insert into t values ('001', '2026-10', 7.5)")
    before = (tmp_path / "a.db").read_bytes()
    query = 'select number as "工号", month as "月份", amount as "销售额" from t'
    result = run("fill", "2026Q4", "--from", "sqlite:///a.db", "--query", query, "-o", "填好")
    assert (result.exit_code, "填入 1 格" in result.output) == (0, True), result.output
    for bad, said in (
        ("delete from t", "只能查"),
        ("with x as (select 1) delete from t", "没有给出结果"),
        ("select * from nothing", "没有给出结果"),
        ("select 1; drop table t", "没有给出结果"),
    ):
        refused = run("fill", "2026Q4", "--from", "sqlite:///a.db", "--query", bad, "-o", "别处")
        assert (refused.exit_code, said in refused.output) == (1, True), refused.output
    assert (tmp_path / "a.db").read_bytes() == before
    missing = run("fill", "2026Q4", "--from", "sqlite:///b.db", "--query", query, "-o", "别处")
    assert "没有这个数据库文件" in missing.output
    assert not (tmp_path / "b.db").exists()


def test_a_password_is_never_shown(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    url = "postgresql+nodriver://hr:geheim123@db/x"
    result = run("fill", "2026Q4", "--from", url, "--query", "select 1", "-o", "填好")
    assert result.exit_code == 1
    assert "geheim123" not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fill",), "考核表在哪里？"),
        (("fill", "2026Q4"), "数据在哪里？"),
        (("fill", "2026Q4", "--from", "a.csv"), "填好的表写到哪里？"),
        (("fill", "2026Q4", "--from", "a.csv", "-o", "x", "--in-place"), "只能写一个"),
        (("fill", "2026Q4", "--from", "a.csv", "-o", "x", "--query", "select 1"), "--query 要和数据库地址一起用"),
        (("fill", "2026Q4", "--from", "sqlite:///a.db", "-o", "x"), "数据库要写查什么"),
        (("fill", "2026Q4", "--from", "没有.csv", "-o", "x"), "没有这个文件"),
        (("fill", "2027Q1", "--from", "a.csv", "-o", "x"), "只有在公司文件夹里"),
        (("request", "2026Q4"), "考核表在哪里？"),
        (("request", "2026Q4", "2026Q4"), "写到哪里？"),
        (("fill", "--suggest", "a.csv", "-o", "a.csv"), "须以 .xlsx 结尾"),
    ],
)
def test_what_is_missing_is_said(arguments: Sequence[str], said: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("工号,月份,销售额\n001,10月,1\n", "utf-8")
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026Q4", "a.csv"]


def test_files_that_are_no_tables_are_told_and_the_others_read(run: Run, company: Path, tmp_path: Path) -> None:
    folder = tmp_path / "数据"
    folder.mkdir()
    (folder / "a.csv").write_text("工号,月份,销售额\n001,10月,1\n", "utf-8")
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    (folder / "表.xlsx").write_bytes(support.issued(company))
    (folder / "坏.parquet").write_bytes(b"PAR1")
    (folder / "~$a.xlsx").write_bytes(b"lock")
    result = run("fill", "2026Q4", "--from", "数据", "-o", "填好")
    assert result.exit_code == 1
    for said in ("坏.xlsx：不能读取", "这是考核表，不是数据表", "不是能读的Parquet文件", "填入 1 格"):
        assert said in result.output.replace("\n", ""), said
    assert "~$" not in result.output


def test_copies_of_a_form_and_forms_with_moved_rows_are_not_filled(run: Run, company: Path, tmp_path: Path) -> None:
    (tmp_path / "2026Q4" / "副本.xlsx").write_bytes(support.issued(company))
    (tmp_path / "a.csv").write_text("工号,月份,销售额\n001,10月,1\n", "utf-8")
    result = run("fill", "2026Q4", "--from", "a.csv", "-o", "填好")
    assert result.exit_code == 1
    assert "001 赵一 的考核表有两份" in result.output.replace("\n", "")
    (tmp_path / "2026Q4" / "副本.xlsx").unlink()
    sheet, at = support.address_of(company, "001", "hours", "label")
    moved = edit(support.issued(company), {sheet: {at: "销售额"}})
    (tmp_path / "2026Q4" / "表.xlsx").write_bytes(moved)
    result = run("fill", "2026Q4", "--from", "a.csv", "-o", "填好", "--overwrite")
    assert result.exit_code == 1
    assert "填入 0 格" in result.output


def test_formulas_of_others_are_calculated_apart(company: Path, tmp_path: Path) -> None:
    sheet, at = support.address_of(company, "001", "sales", "m2")
    content = edit(support.issued(company), {sheet: {at: Formula('SUM(1,2)+LEN(REPT("x",3))')}})
    (file,) = support.form_files(company, content, "公式.xlsx")
    assert not file.ours
    (own,) = support.form_files(company, support.issued(company), "自己.xlsx")
    assert own.ours
    source = tmp_path / "a.csv"
    source.write_text("工号,月份,销售额\n001,10月,1\n001,11月,5\n", "utf-8")
    found = support.filled(company, content, [source])
    assert support.cells_of(found, "filled") == {"001 sales m1": 1}
    assert len(support.told(found, "conflict")) == 1
    (typed,) = found.typed()
    made, _ = typed_in(typed)
    (tmp_path / "x.xlsx").write_bytes(made)
    role = support.catalogue(company).role("host")
    assert measure_id(role.measures[0].id) == "m:sales"
    formula = load_workbook(tmp_path / "x.xlsx")[sheet][at].value
    assert str(formula).startswith("=SUM(1,2)")


def test_a_second_table_is_added_to_the_mapping(run: Run, tmp_path: Path) -> None:
    daily(tmp_path / "店铺日报.csv")
    (tmp_path / "质检.csv").write_text("客服姓名,月度,抽检得分\n孙三,10月,3\n", "utf-8")
    assert run("fill", "--suggest", "店铺日报.csv").exit_code == 0
    named_shops(tmp_path / "数据对应.xlsx")
    assert run("fill", "--suggest", "质检.csv").exit_code == 0
    again = run("fill", "--suggest", "质检.csv")
    book = load_workbook(tmp_path / "数据对应.xlsx")
    tables = [row[0] for row in book["列"].iter_rows(min_row=4, values_only=True) if row[0]]
    assert tables == ["店铺日报"] * 5 + ["质检"] * 3
    assert [row[:2] for row in book["店铺"].iter_rows(min_row=4, max_row=6, values_only=True)] == [
        (shop, number) for shop, (number, _) in SHOPS.items()
    ]
    assert again.exit_code == 0, again.output
    book.create_sheet("我的")
    book.save(tmp_path / "数据对应.xlsx")
    (tmp_path / "别的.csv").write_text("工号,月份,销售额\n001,10月,3\n", "utf-8")
    refused = run("fill", "--suggest", "别的.csv")
    assert (refused.exit_code, "我的" in refused.output) == (2, True)


def test_a_company_folder_names_forms_data_and_mapping(
    run: Run, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Catalogue, "of_company", staticmethod(lambda folder: support.catalogue(company)))
    home = tmp_path / "公司"
    issued = home / "考核" / "2026Q4" / "发出"
    issued.mkdir(parents=True)
    (home / "公司.xlsx").write_bytes(support.workbook_of({"公司": [["名称"]]}))
    (issued / "表.xlsx").write_bytes(support.issued(company))
    monkeypatch.chdir(home)
    made = run("request", "2026Q4")
    assert made.exit_code == 0, made.output
    assert len(list((home / "考核" / "2026Q4" / "数据").glob("*.xlsx"))) == 3
    daily(home / "店铺日报.csv")
    assert run("fill", "--suggest", "店铺日报.csv", "2026Q4").exit_code == 0
    named_shops(home / "数据对应.xlsx")
    filled = run("fill", "2026Q4", "--from", "店铺日报.csv", "--from", "考核/2026Q4/数据", "--in-place")
    assert filled.exit_code == 0, filled.output
    assert "填入 12 格" in filled.output
    assert value(issued / "表.xlsx", company, "001", "sales", "m1").value is not None


def test_files_of_one_name_in_two_folders_stay_apart(run: Run, company: Path, tmp_path: Path) -> None:
    own = support.catalogue(company)
    for folder, people in (("甲", support.PEOPLE[:1]), ("乙", support.PEOPLE[1:2])):
        (tmp_path / folder).mkdir()
        sheets = sheets_of_assignments(people, own, quarter=support.QUARTER)
        (tmp_path / folder / "表.xlsx").write_bytes(workbook(sheets, own, support.QUARTER))
    (tmp_path / "a.csv").write_text("工号,月份,销售额\n001,10月,1\n0012,10月,2\n", "utf-8")
    assert run("fill", "甲", "乙", "甲/表.xlsx", "--from", "a.csv", "--from", "a.csv", "-o", "填好").exit_code == 0
    found = {path.parent.name: path for path in (tmp_path / "填好").rglob("*.xlsx")}
    assert set(found) == {"甲", "乙"}
    cells = [
        cell.value for path in found.values() for row in load_workbook(path).worksheets[0].iter_rows() for cell in row
    ]
    assert {1, 2} <= {value for value in cells if isinstance(value, int)}
    refused = run("fill", "甲/表.xlsx", "乙/表.xlsx", "--from", "a.csv", "-o", "别处")
    assert (refused.exit_code, "互相覆盖" in refused.output) == (2, True), refused.output


def columns_of(path: Path) -> list[tuple[Any, ...]]:
    """The lines of a mapping workbook."""
    rows = load_workbook(path)["列"].iter_rows(min_row=4, values_only=True)
    return [row for row in rows if row[0]]


def test_a_renamed_measure_in_the_mapping_stops_nothing_else(run: Run, company: Path, tmp_path: Path) -> None:
    path = support.mapping_of(
        tmp_path,
        [
            ("店铺", "工号", "工号"),
            ("店铺", "月", "月份"),
            ("店铺", "成交", "数据", "店铺销售额", "", "", 10000, "合计"),
            ("店铺", "时长", "数据", "直播时长"),
        ],
    )
    (tmp_path / "别的.csv").write_text("工号,月份,销售额\n001,10月,3\n", "utf-8")
    other = run("fill", "2026Q4", "--from", "别的.csv", "--map", path, "-o", "一")
    assert (other.exit_code, "填入 1 格" in other.output) == (0, True), other.output
    (tmp_path / "店铺.csv").write_text("工号,月,成交,时长\n001,10月,3,4\n", "utf-8")
    own = run("fill", "2026Q4", "--from", "店铺.csv", "--map", path, "-o", "二")
    assert own.exit_code == 1
    assert "没有叫“店铺销售额”的数据项，最接近的是“原有店铺销售额”" in own.output.replace("\n", "")
    assert value(tmp_path / "二" / "表.xlsx", company, "001", "hours", "m1").value == 4
    assert value(tmp_path / "二" / "表.xlsx", company, "001", "sales", "m1").value is None
    suggested = run("fill", "--suggest", "别的.csv")
    assert suggested.exit_code == 0, suggested.output
    lines = columns_of(path)
    assert [line[0] for line in lines] == ["店铺"] * 4 + ["别的"] * 3
    assert lines[2][:9] == ("店铺", "成交", None, "数据", "店铺销售额", None, None, 10000, "合计")


def test_a_second_table_is_drafted_before_the_shops_of_the_first_are_named(run: Run, tmp_path: Path) -> None:
    daily(tmp_path / "店铺日报.csv")
    (tmp_path / "质检.csv").write_text("客服姓名,月度,抽检得分\n孙三,10月,3\n", "utf-8")
    assert run("fill", "--suggest", "店铺日报.csv").exit_code == 0
    first = columns_of(tmp_path / "数据对应.xlsx")
    second = run("fill", "--suggest", "质检.csv")
    assert second.exit_code == 0, second.output
    lines = columns_of(tmp_path / "数据对应.xlsx")
    assert lines[: len(first)] == first
    assert len(lines) == len(first) + 3
    assert load_workbook(tmp_path / "数据对应.xlsx")["店铺"]["A4"].value == "甲店"


def test_a_table_with_more_columns_than_a_known_one_is_added(run: Run, tmp_path: Path) -> None:
    (tmp_path / "一.csv").write_text("工号,月份,销售额\n001,10月,3\n", "utf-8")
    (tmp_path / "二.csv").write_text("工号,月份,销售额,提成\n001,10月,3,4\n", "utf-8")
    for name in ("一", "二"):
        assert run("fill", "--suggest", f"{name}.csv").exit_code == 0
    assert [line[0] for line in columns_of(tmp_path / "数据对应.xlsx")] == ["一"] * 3 + ["二"] * 4
    (tmp_path / "三.csv").write_text("工号,月份,销售额,提成\n001,10月,3,4\n", "utf-8")
    assert "“二”的列和 三.csv 的一样" in run("fill", "--suggest", "三.csv").output.replace("\n", "")
    filled = run("fill", "2026Q4", "--from", "三.csv", "--map", "数据对应.xlsx", "-o", "填好")
    assert (filled.exit_code, "填入 1 格" in filled.output) == (0, True), filled.output


@pytest.mark.parametrize(
    ("table", "kinds", "remark"),
    [
        ("工号,月份,科目,金额\n001,10月,销售额,62\n", ["工号", "月份", "数据项名", "数值"], ""),
        ("工号,月份,名目,数\n001,10月,销售额,62\n", ["工号", "月份", "不用", "不用"], "选“数据项名”，数字一列选“数值”"),
        ("工号,10月销售金额(万)\n001,62\n", ["工号", "不用"], "“是什么”选“某月的数”"),
        ("工号,月份,投放花销(万元)\n001,10月,6\n", ["工号", "月份", "不用"], "单位是“万元”的，如："),
        ("工号,月份,退款率\n001,10月,0.12\n", ["工号", "月份", "数据"], "在“单位”写 % 或 小数"),
    ],
)
def test_a_draft_says_what_to_do(table: str, kinds: list[str], remark: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table, "utf-8")
    result = run("fill", "--suggest", "a.csv")
    lines = columns_of(tmp_path / "数据对应.xlsx")
    assert [line[3] for line in lines] == kinds
    assert any(remark in (line[9] or "") for line in lines)
    assert ("，0 处请核对" in result.output.replace("\n", "")) == (not remark), result.output
