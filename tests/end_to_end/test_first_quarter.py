"""From an old table to the first quarter: an installed wheel, an empty folder, and nothing but files and commands.

The same story with the same numbers is told in docs/first-quarter.zh.md, with every score worked out by hand there.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.paths import ROOT
from tests.support.tables import CASES, table_file
from tests.support.wheel import installed_wheel

ROSTER = (
    ("工号", "姓名", "部门", "岗位", "直接上级", "手机"),
    ("0001", "林可", "直播部", "主播", "何总", "略"),
    ("0002", "周舟", "直播部", "主播", "何总", "略"),
    ("0003", "何静", "客服部", "客服主管", "何总", "略"),
)
SHOPS = {"晨光旗舰店": "0001", "晨光优选店": "0002"}
DAILY = {"晨光旗舰店": (20_000, 4, 520), "晨光优选店": (18_000, 3.8, 450)}
"""GMV, hours on air and viewers of every one of 92 days."""
TYPED = {
    ("林可", "千川ROI"): (3.2, 3.2, 3.2),
    ("林可", "转化率"): (0.042, 0.04, 0.041),
    ("林可", "退货率"): (0.04, 0.04, 0.04),
    ("周舟", "千川ROI"): (2.85, 2.85, 2.85),
    ("周舟", "转化率"): (0.034, 0.034, 0.034),
    ("周舟", "退货率"): (0.06, 0.06, 0.06),
    ("何静", "响应时长"): (28, 28, 28),
    ("何静", "3分钟回复率"): (0.96, 0.96, 0.96),
    ("何静", "满意度"): (0.94, 0.94, 0.94),
    ("何静", "投诉"): (1, 0, 1),
    ("何静", "退款纠纷率"): (0.0125, 0.0125, 0.0125),
    ("何静", "询单转化率"): (0.57, 0.57, 0.57),
    ("何静", "培训场次"): (2, 2, 1),
}
HOST = ("GMV", "千川ROI", "直播时长", "平均在线", "转化率", "退货率", "违规次数")
SERVICE = ("响应时长", "3分钟回复率", "满意度", "投诉", "退款纠纷率", "询单转化率", "培训场次")
SCORES = {
    "林可": dict(zip(HOST, (102.22, 100, 100, 100, 100, 100, 100), strict=True)),
    "周舟": dict(zip(HOST, (92, 95, 95, 90, 95, 80, 90), strict=True)),
    "何静": dict(zip(SERVICE, (100, 92, 98, 80, 90, 95, 90), strict=True)),
}
TOTALS = {"林可": 100.67, "周舟": 91.6, "何静": 92.65}

Run = Callable[..., str]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def run(program: Path, tmp_path: Path) -> Run:
    """A command of the installed program, in the company's folder."""
    company = tmp_path / "晨光"
    company.mkdir()

    def command(*arguments: str, code: int = 0) -> str:
        environment = os.environ | {"PYTHONPATH": str(program), "PYTHONIOENCODING": "utf-8"}
        line = [sys.executable, "-m", "xlkpi", *arguments]
        done = subprocess.run(line, cwd=company, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return command


def saved(path: Path, rows: Sequence[Sequence[object]]) -> None:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


def write_beside(path: Path, sheet: int | str, answers: Mapping[str, object]) -> None:
    """Write into the second column of a sheet, beside what stands in the first."""
    book = load_workbook(path)
    page = book.worksheets[sheet] if isinstance(sheet, int) else book[sheet]
    for line in page.iter_rows(min_col=1, max_col=2):
        if line[0].value in answers:
            line[1].value = answers[line[0].value]  # type: ignore[union-attr]
    book.save(path)


def settle(path: Path) -> None:
    """Write 已确认 beside every question of a role workbook."""
    book = load_workbook(path)
    sheet = book["待确认"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for row in range(3, sheet.max_row + 1):
        if sheet.cell(row, columns["写在哪里"]).value:
            sheet.cell(row, columns["状态"]).value = "已确认"
    book.save(path)


def write_daily(path: Path) -> None:
    """The export of a platform: a line for each shop and day, as a Chinese Excel saves it."""
    lines = ["日期,店铺,GMV,直播时长,平均在线,违规次数"]
    for day in range(92):
        date = dt.date(2026, 10, 1) + dt.timedelta(days=day)
        for shop, numbers in DAILY.items():
            broken = int(shop == "晨光优选店" and date == dt.date(2026, 11, 11))
            lines.append(",".join(map(str, (date, shop, *numbers, broken))))
    path.write_text("\n".join(lines), "gb18030")


def answer_requests(folder: Path) -> int:
    """Type the numbers that data owners are asked for, and return how many."""
    typed = 0
    for path in sorted(folder.glob("*.xlsx")):
        book = load_workbook(path)
        sheet = book.worksheets[0]
        ids = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            key = tuple(sheet.cell(row, ids[name]).value for name in ("name", "measure"))
            for month, value in zip(("m1", "m2", "m3"), TYPED.get(key, ()), strict=False):  # type: ignore[call-overload]
                sheet.cell(row, ids[month]).value = value
                typed += 1
        book.save(path)
    return typed


def test_from_an_old_table_to_the_first_quarter(run: Run, tmp_path: Path) -> None:
    company, quarter = tmp_path / "晨光", "2026Q4"
    table = table_file(CASES / "newcomer.toml", tmp_path)
    run("init", "--name", "晨光小店")
    assert "抖音主播" in run("adopt", str(table), "-o", "岗位/直播与客服.xlsx")
    assert run("roles", "check", code=1).count("还没有答复") == 2
    settle(company / "岗位" / "直播与客服.xlsx")
    assert "还没有答复" not in run("roles", "check")
    assert [role["title"] for role in json.loads(run("roles", "--json"))] == ["抖音主播", "客服主管"]

    saved(company / "名册.xlsx", ROSTER)
    assert "“主播”（2人）" in run("new", quarter, code=1)
    write_beside(company / "岗位对应.xlsx", 0, {"主播": "抖音主播"})
    assert "3 人，3 张考核表" in run("new", quarter, "--overwrite")

    write_daily(tmp_path / "日报.csv")
    run("fill", "--suggest", str(tmp_path / "日报.csv"))
    write_beside(company / "数据对应.xlsx", "店铺", SHOPS)
    assert "填入 24 格" in run("fill", quarter, "--from", str(tmp_path / "日报.csv"), "--in-place")
    assert "39 格待填" in run("request", quarter)
    assert answer_requests(company / "考核" / quarter / "数据") == 39
    assert "填入 39 格" in run("fill", quarter, "--from", f"考核/{quarter}/数据", "--in-place")

    (company / "考核" / quarter / "发出").rename(company / "考核" / quarter / "收回")
    result = json.loads(run("collect", quarter, "--json"))
    assert {person["name"]: person["final"] for person in result["people"]} == TOTALS
    scored = json.loads(run("score", str(next((company / "考核" / quarter / "收回").glob("*.xlsx"))), "--json"))
    found = {
        sheet["person"]: {one["label"]: round(one["score"], 2) for one in sheet["indicators"]}
        for sheet in scored["sheets"]
    }
    assert found == SCORES
    assert (company / "考核" / quarter / "汇总" / "2026Q4-汇总.xlsx").is_file()


def test_the_document_tells_the_same_numbers() -> None:
    text = (ROOT / "docs" / "first-quarter.zh.md").read_text("utf-8")
    for name, total in TOTALS.items():
        assert f"{total}" in text, name
