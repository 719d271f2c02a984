"""The command `adopt`: what it writes and says, and what it refuses."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from tests.support import hostile
from tests.support.tables import CASES, table_file
from xlkpi.cli.app import main


def _adopt(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["adopt", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return table_file(CASES / "newcomer.toml", tmp_path)


def test_a_table_becomes_a_role_workbook(newcomer: Path) -> None:
    result = _adopt(str(newcomer), "-o", "岗位/直播.xlsx")
    assert result.exit_code == 0
    assert "抖音主播" in result.output
    assert "“转化率”是直接填一个百分比" in result.output
    assert "已写到 岗位/直播.xlsx，有 2 个问题" in result.output
    book = load_workbook("岗位/直播.xlsx")
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [
        "待确认",
        "抖音主播",
        "客服主管",
        "说明",
    ]
    texts = [str(cell.value) for row in book["抖音主播"].iter_rows() for cell in row if cell.value is not None]
    assert "≥3.0得100分，每低0.1扣5分" in texts
    assert any("目标值：≥3.0" in text for text in texts)


def test_what_was_made_once_is_not_overwritten(newcomer: Path) -> None:
    Path("有.xlsx").write_bytes(b"x")
    result = _adopt(str(newcomer), "-o", "有.xlsx")
    assert (result.exit_code, "文件已存在" in result.output) == (2, True)
    assert Path("有.xlsx").read_bytes() == b"x"
    assert _adopt(str(newcomer), "-o", "有.xlsx", "--overwrite").exit_code == 0
    content = newcomer.read_bytes()
    assert _adopt(str(newcomer), "-o", str(newcomer), "--overwrite").exit_code == 2
    assert newcomer.read_bytes() == content


def test_json_needs_no_output(newcomer: Path) -> None:
    result = _adopt(str(newcomer), "--sheet", "客服主管", "--id", "cs-lead", "--json")
    (table,) = json.loads(result.output)
    assert (table["sheet"], table["headings"], table["data"]["id"]) == ("客服主管", "A3:G3", "cs-lead")
    assert table["questions"] == []
    assert [one["label"] for one in table["data"]["indicators"]][:2] == ["响应时长", "3分钟回复率"]
    assert len(list(Path().iterdir())) == 1


def test_the_quarter_is_that_of_the_table_else_the_one_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = table_file(CASES / "stacked.toml", tmp_path)
    result = _adopt(str(path), "--from", "2027q1", "--json")
    assert {one["data"]["effective_from"] for one in json.loads(result.output)} == {"2027Q1"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--json", "--sheet", "财务"], 2, "没有工作表“财务”，有：主播、客服主管"),
        ([], 2, "没有写 -o"),
        (["-o", "a.csv"], 2, ".xlsx"),
        (["--json", "--id", "x"], 2, "有 2 张"),
    ],
)
def test_wrong_usage_is_told(newcomer: Path, arguments: list[str], code: int, said: str) -> None:
    result = _adopt(str(newcomer), *arguments)
    assert (result.exit_code, said in result.output) == (code, True), result.output


def _book(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    return path


def test_a_file_without_a_table_says_what_was_looked_for_and_seen(tmp_path: Path) -> None:
    path = _book(tmp_path / "名单.xlsx", ["工号", "姓名", "部门", "备注"], ["001", "王一", "客服", ""])
    result = _adopt(str(path), "-o", str(tmp_path / "x.xlsx"))
    assert result.exit_code == 1
    assert "没有找到考核表" in result.output
    assert "评分标准" in result.output
    assert "工号、姓名、部门、备注" in result.output
    assert not (tmp_path / "x.xlsx").exists()


def test_a_form_of_ours_is_no_old_table(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(hostile.good())
    result = _adopt(str(tmp_path / "表.xlsx"), "--json")
    assert (result.exit_code, "不是旧表" in result.output) == (1, True)


@pytest.mark.parametrize("name", ["表.docx", "表.xlsx", "表.xls", "表.csv"])
def test_damaged_and_empty_files_are_refused_in_words(tmp_path: Path, name: str) -> None:
    for content in (b"", b"PK\x03\x04rubbish", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, b"\xff\xfe\x00"):
        (tmp_path / name).write_bytes(content)
        result = _adopt(str(tmp_path / name), "-o", str(tmp_path / "x.xlsx"))
        assert result.exit_code == 1
        assert result.output.startswith(name)
        assert "程序出错" not in result.output
    assert not (tmp_path / "x.xlsx").exists()
    assert _adopt(str(tmp_path / "没有.xlsx"), "--json").exit_code == 2


def test_merged_cells_over_everything_do_no_harm(tmp_path: Path) -> None:
    path = _book(tmp_path / "a.xlsx", ["考核指标", "权重", "评分标准"], ["客诉", 1, "每次扣5分"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for area in ("A4:XFD1048576", "D1:XFD1", "A3:C2"):
        merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'.encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data.replace(b"</sheetData>", merged) if name == sheet else data)
        assert _adopt(str(path), "--json").exit_code == 0


@pytest.mark.parametrize("seed", range(60))
def test_any_rows_are_read_or_refused(seed: int, tmp_path: Path) -> None:
    """Tables with words of real ones in any order and number, and with rubbish between."""
    pick = random.Random(seed)
    words = [
        *(
            "考核指标",
            "权重",
            "分值",
            "目标值",
            "评分标准",
            "考核项目",
            "合计",
            "小计",
            "备注",
            "一、业绩（60%）",
            "岗位：客服",
        ),
        *(
            "30%",
            0.3,
            30,
            "≥95%",
            "每低1%扣2分",
            "按完成率得分",
            "",
            None,
            None,
            None,
            "#N/A",
            "客服考核表",
            "数据来源",
            True,
        ),
        *(
            "得分",
            "＝",
            "（",
            "1.",
            "①",
            "\n",
            "=1/0",
            "x" * 300,
            -5,
            1e300,
            "每月60万",
            "90%-95%",
            "满分10分；每次扣2分",
        ),
    ]
    rows = [[pick.choice(words) for _ in range(pick.randint(1, 8))] for _ in range(pick.randint(1, 14))]
    rows.insert(pick.randint(0, len(rows)), ["考核指标", "权重", "目标值", "评分标准"][: pick.randint(2, 4)])
    result = _adopt(str(_book(tmp_path / "a.xlsx", *rows)), "-o", str(tmp_path / "b.xlsx"))
    assert result.exit_code in (0, 1)
    assert "程序出错" not in result.output, result.output
    assert (tmp_path / "b.xlsx").exists() == (result.exit_code == 0)
