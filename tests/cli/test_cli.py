"""The command line: exit codes, the stable JSON, messages a manager can read."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED
from tests.support.forms import ROLE_ID, empty_form, filled_form, layout, role, sample_measures
from xlkpi import cli
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.cli.forms import recalc
from xlkpi.form.layout import LETTER
from xlkpi.i18n.message_files import FAULTS
from xlkpi.xlsx.edit import fill

FINE, PROBLEMS, USAGE = 0, 1, 2


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert "Errno" not in result.output
    return result


def process(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    command = [sys.executable, "-c", "from xlkpi.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The sample quarter, filled in."""
    path = tmp_path / "张三.xlsx"
    path.write_bytes(filled_form(sample_measures()))
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file that is no workbook."""
    path = tmp_path / "坏.xlsx"
    path.write_text("不是工作簿", "utf-8")
    return path


# --- roles ------------------------------------------------------------------------------------------------------------


def test_roles_lists_every_role() -> None:
    result = run("roles")
    assert result.exit_code == FINE
    assert all(role.id in result.stdout and role.title in result.stdout for role in SHIPPED.roles().values())
    assert "100%" in result.stdout


def test_the_json_of_roles_keeps_its_shape() -> None:
    result = run("roles", "--json")
    assert (result.exit_code, result.stderr) == (FINE, "")
    listed = json.loads(result.stdout)
    assert [entry["id"] for entry in listed] == list(SHIPPED.roles())
    for entry in listed:
        assert list(entry) == ["id", "title", "source", "effective_from", "duties", "indicators"]
        assert all(list(duty) == ["heading", "text", "share"] for duty in entry["duties"])
        for indicator in entry["indicators"]:
            assert list(indicator) == [
                "id", "label", "group", "weight", "unit", "target", "target_formula", "rule", "rule_in_file",
                "rule_on_form", "note",
            ]  # fmt: skip
        assert sum(indicator["weight"] for indicator in entry["indicators"]) == pytest.approx(100)


def test_the_json_of_an_indicator_keeps_its_shape() -> None:
    (entry,) = (entry for entry in json.loads(run("roles", "--json").stdout) if entry["id"] == ROLE_ID)
    indicators = {indicator["id"]: indicator for indicator in entry["indicators"]}
    assert indicators["conversion"] | {"note": ""} == {
        "id": "conversion",
        "label": "支付转化率",
        "group": "核心业绩/流量与转化",
        "weight": 20 / 3,
        "unit": "%",
        "target": None,
        "target_formula": "industry_conversion * 1.05",
        "rule": "每低于目标值的2%扣5分",
        "rule_in_file": "每低于目标值的2%扣5分",
        "rule_on_form": "每低于目标值的2%扣5分",
        "note": "",
    }
    compliance = indicators["compliance"]  # several measures: lists
    assert (compliance["target"], compliance["target_formula"]) == ([0, 0, 0], [None, None, None])


# --- new --------------------------------------------------------------------------------------------------------------


def test_new_writes_a_form_for_every_role(tmp_path: Path) -> None:
    path = tmp_path / "各季" / "2026Q4.xlsx"
    result = run("new", "2026q4", "-o", path)
    assert (result.exit_code, result.stderr) == (FINE, "")
    assert f"已生成 {path}：2026Q4" in result.stdout
    assert [item.name for item in path.parent.iterdir()] == ["2026Q4.xlsx"]
    assert [role.title for role in SHIPPED.roles().values()] == CalamineWorkbook.from_path(str(path)).sheet_names[:-4]
    assert json.loads(run("score", path, "--json").stdout)["quarter"] == "2026Q4"


def test_new_with_a_role_named_twice_has_it_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert run("new", "2026Q4", "--role", ROLE_ID, "--role", ROLE_ID, "-o", path).exit_code == FINE
    sheets = [role().title, "汇总", "填写说明", "评分标准写法", "_xlkpi"]
    assert CalamineWorkbook.from_path(str(path)).sheet_names == sheets


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2026Q5", "-o", "a.xlsx"], "季度“2026Q5”应写成 2026Q4 这样的形式"),
        (["第四季度", "-o", "a.xlsx"], "季度“第四季度”应写成 2026Q4 这样的形式"),
        (["2026Q4", "--role", "nobody", "-o", "a.xlsx"], "没有岗位“nobody”；已有的岗位：admin-supervisor"),
        (["2026Q4"], "--output"),
        (["2026Q4", "-o", "a.xls"], "文件名须以 .xlsx 结尾：a.xls"),
        ([], "QUARTER"),
    ],
)
def test_new_called_wrongly_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("new", *arguments)
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert words in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_takes_the_title_of_a_role(tmp_path: Path) -> None:
    done = run("new", "2026Q4", "--role", role().title, "--role", ROLE_ID, "-o", tmp_path / "a.xlsx")
    assert (done.exit_code, done.stdout) == (FINE, f"已生成 {tmp_path / 'a.xlsx'}：2026Q4，1 张考核表。\n")


def test_new_never_takes_over_a_file(form: Path) -> None:
    before = form.read_bytes()
    result = run("new", "2026Q4", "-o", form)
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert result.stderr == f"{form}：文件已存在。换一个文件名，或加 --overwrite 覆盖。\n"
    assert form.read_bytes() == before
    spared = run("new", "2026Q4", "-o", form, "--overwrite")
    assert (spared.exit_code, "没有覆盖" in spared.stderr) == (PROBLEMS, True)
    assert form.read_bytes() == before
    form.write_bytes(empty_form())
    assert run("new", "2026Q4", "-o", form, "--overwrite").exit_code == FINE
    assert form.read_bytes() not in (before, empty_form())


def test_new_into_a_folder_that_is_a_file(form: Path) -> None:
    result = run("new", "2026Q4", "-o", form / "a.xlsx")
    assert result.exit_code == PROBLEMS
    assert result.stderr.startswith(f"{form}：不能读写")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "a.xlsx"), "a.xlsx：没有读写的权限，或文件正在Excel里打开"),
        (PermissionError(errno.EACCES, "denied", "a.tmp", None, "a.xlsx"), "a.xlsx：没有读写的权限"),
        (OSError(errno.ENOSPC, "No space left on device", "a.xlsx"), "a.xlsx：不能读写：磁盘满了。"),
        (
            CatalogueError([Fault("a.toml", key, FAULTS.message("identifier")) for key in ("id", "title")]),
            "a.toml：id：只能用英文字母、数字和下划线，不以数字开头\na.toml：title：只能用",
        ),
    ],
)
def test_what_goes_wrong_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Path, error: Exception, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(recalc, "write_whole", fail)
    result = run("recalc", form)
    assert (result.exit_code, result.stdout) == (PROBLEMS, "")
    assert words in result.stderr


# --- recalc -----------------------------------------------------------------------------------------------------------


def test_recalc_writes_beside_the_file(form: Path) -> None:
    before = form.read_bytes()
    result = run("recalc", form)
    written = form.with_name("张三-recalc.xlsx")
    assert (result.exit_code, result.stdout) == (FINE, f"已重新计算，写到 {written}。\n")
    assert form.read_bytes() == before
    assert sorted(item.name for item in form.parent.iterdir()) == ["张三-recalc.xlsx", "张三.xlsx"]
    row, column = layout().rows["final"], ord(LETTER["score"]) - ord("A")
    rows = CalamineWorkbook.from_path(str(written)).get_sheet_by_name("表1").to_python(skip_empty_area=False)
    assert rows[row - 1][column] == 93.85
    assert run("recalc", form).exit_code == USAGE
    assert run("recalc", form, "--overwrite").exit_code == FINE
    assert run("recalc", form, "-o", form.with_name("b.xlsx")).exit_code == FINE


def test_recalc_of_what_is_no_workbook(broken: Path, tmp_path: Path) -> None:
    result = run("recalc", broken)
    assert (result.exit_code, result.stdout) == (PROBLEMS, "")
    assert f"{broken}：不是能打开的Excel工作簿" in result.stderr
    assert [item.name for item in tmp_path.iterdir()] == ["坏.xlsx"]


@pytest.mark.parametrize("command", ["recalc", "score"])
def test_a_file_that_is_not_there(tmp_path: Path, command: str) -> None:
    result = run(command, tmp_path / "没有.xlsx")
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert result.stderr == f"{tmp_path / '没有.xlsx'}：没有这个文件。\n"
    assert run(command, tmp_path).exit_code == USAGE


# --- score ------------------------------------------------------------------------------------------------------------


def test_score_shows_name_total_grade_and_receipts(form: Path) -> None:
    result = run("score", form)
    assert (result.exit_code, result.stderr) == (FINE, "")
    for words in ("电商运营 · 示例员工 · 2026Q4", "销售额达成率", "4.44%", "总分 93.85", "A 优秀", "低6.4个百分点"):
        assert words in result.stdout


def test_an_empty_form_has_no_score_and_no_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(empty_form())
    result = run("score", path)
    assert result.exit_code == FINE
    assert "（未填姓名）" in result.stdout
    assert "（数据未填完）" in result.stdout
    (sheet,) = json.loads(run("score", path, "--json").stdout)["sheets"]
    assert [sheet[key] for key in ("person", "total", "final", "grade", "rank", "complete")] == [None] * 5 + [False]
    for indicator in sheet["indicators"]:
        assert [indicator[key] for key in ("score", "deducted", "receipt")] == [None, None, None]


def test_the_json_of_a_score_keeps_its_shape(form: Path) -> None:
    result = run("score", form, "--json")
    assert (result.exit_code, result.stderr) == (FINE, "")
    told = json.loads(result.stdout)
    assert list(told) == ["quarter", "sheets", "problems"]
    assert (told["quarter"], told["problems"]) == ("2026Q4", [])
    (sheet,) = told["sheets"]
    assert list(sheet) == [
        "sheet", "role", "person", "total", "final", "grade", "rank", "complete", "indicators", "alerts",
        "actions", "meeting",
    ]  # fmt: skip
    del sheet["indicators"]
    assert sheet == {
        "sheet": "表1",
        "role": ROLE_ID,
        "person": "示例员工",
        "total": 93.85,
        "final": 93.85,
        "grade": "A 优秀",
        "rank": 1,
        "complete": True,
        "alerts": [],
        "actions": [],
        "meeting": None,
    }


def test_the_json_of_scored_indicators_keeps_its_shape(form: Path) -> None:
    (sheet,) = json.loads(run("score", form, "--json").stdout)["sheets"]
    frozen = ["id", "label", "applies", "weight", "actual", "target", "score", "deducted", "receipt"]
    assert all(list(indicator) == [*frozen, "situation", "veto"] for indicator in sheet["indicators"])
    indicators = {indicator["id"]: indicator for indicator in sheet["indicators"]}
    assert list(indicators) == [indicator.id for indicator in role().indicators]
    assert indicators["promotion_ratio"] == {
        "id": "promotion_ratio",
        "label": "推广费占比",
        "applies": True,
        "weight": 5.0,
        "actual": 0.16,
        "target": 0.15,
        "score": 98.0,
        "deducted": 2.0,
        "receipt": "实际16%，目标15%，高1个百分点，计1档，扣2分，得98分",
        "situation": None,
        "veto": False,
    }
    turnover = indicators["stock_turnover"]
    assert (turnover["actual"], turnover["target"]) == ([pytest.approx(3.6), 0.07], [4.0, 0.05])


def test_ranks_alerts_and_what_does_not_apply(tmp_path: Path) -> None:
    sample = sample_measures()
    bad = sample | {"severe_violations": [1, 0, 0], "organic_uv": [0, 0, 0]}
    path = tmp_path / "a.xlsx"
    path.write_bytes(filled_form(bad, sample, sample, sample | {"uv": [None, 1, 1]}))
    sheets = json.loads(run("score", path, "--json").stdout)["sheets"]
    assert [sheet["rank"] for sheet in sheets] == [3, 1, 1, None]
    assert sheets[0]["alerts"] == [
        {"id": "severe_violation", "message": "红线：本季有严重违规，请核实处理"},
        {"id": "weight_moved", "message": "有指标不适用，其权重已分给同组其他指标"},
    ]
    uv_growth = sheets[0]["indicators"][1]
    assert (uv_growth["applies"], uv_growth["weight"], uv_growth["score"]) == (False, 0.0, None)
    assert "提醒：红线" in run("score", path).stdout


def test_a_veto_is_a_score_of_0_and_an_alert(tmp_path: Path) -> None:
    cells = {layout().address("i:compliance", "rule"): "实际>0一票否决；「严重违规」每次扣1分；「数据违规」每次扣1分"}
    path = tmp_path / "a.xlsx"
    path.write_bytes(fill(filled_form(sample_measures()), {"表1": dict(cells)}))
    (sheet,) = json.loads(run("score", path, "--json").stdout)["sheets"]
    compliance = sheet["indicators"][-1]
    assert (compliance["score"], compliance["veto"]) == (0.0, True)
    assert (sheet["total"], sheet["grade"]) == (0.0, "D 不合格")
    assert [alert["id"] for alert in sheet["alerts"]] == ["veto"]
    assert "一票否决" in run("score", path).stdout


PROBLEM = ["file", "sheet", "cell", "row_id", "column_id", "kind", "severity", "message", "advice"]


def test_problems_are_told_and_counted(form: Path) -> None:
    cell = layout().address("m:sales", "m2")
    form.write_bytes(fill(form.read_bytes(), {"表1": {cell: "约[b]5万[/b]"}}))
    result = run("score", form)
    assert result.exit_code == PROBLEMS
    assert f"问题：张三.xlsx 表1 {cell}：“销售额”须为数字，现在是“约[b]5万[/b]”。" in result.stdout
    result = run("score", form, "--json")
    assert (result.exit_code, result.stderr) == (PROBLEMS, "")
    told = json.loads(result.stdout)
    (problem,) = told["problems"]
    assert sorted(problem) == sorted(PROBLEM)
    assert (problem["cell"], problem["row_id"], problem["column_id"]) == (cell, "m:sales", "m2")
    assert told["sheets"][0]["total"] == "#KPI “销售额”须为数字"
    assert told["sheets"][0]["rank"] is None


def test_score_of_what_is_no_workbook(broken: Path) -> None:
    result = run("score", broken)
    assert result.exit_code == PROBLEMS
    assert "问题：坏.xlsx：不是能打开的Excel工作簿（.xlsx）。请用Excel打开后另存为 .xlsx 再试" in result.stdout
    result = run("score", broken, "--json")
    assert (result.exit_code, result.stderr) == (PROBLEMS, "")
    told = json.loads(result.stdout)
    assert (told["quarter"], told["sheets"]) == (None, [])
    assert sorted(told["problems"][0]) == sorted(PROBLEM)
    assert (told["problems"][0]["file"], told["problems"][0]["sheet"]) == ("坏.xlsx", None)


# --- the program itself -----------------------------------------------------------------------------------------------


def test_every_module_adds_the_commands_that_it_is_said_to_add() -> None:
    for module in walk_packages(cli.__path__, f"{cli.__name__}."):
        import_module(module.name)
    added = {name: command.callback.__module__ for name, command in cli.main.commands.items() if command.callback}
    assert added == cli.main.modules


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], *([name, "-h"] for name in cli.main.modules)])
def test_every_command_has_its_help(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (FINE, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("scor", "没有命令 scor，是不是 score？"),
        ("addin buld", "没有命令 buld，是不是 build？"),
        ("score", "没有写 FILE：文件。"),
        ("new 2026Q4", "没有写 -o/--output：写到哪里"),
        ("new 2026-4 -o a.xlsx", "QUARTER：季度“2026-4”应写成 2026Q4 这样的形式。"),
        ("new 2026Q4 -o a.xlsx --lang cn", "--lang：“cn”须为 zh-Hans、zh-Hant、en 之一。"),
        ("new 2026Q4 -o a --roster r.csv --jobs 0", "--jobs：这里须为不小于1的整数。"),
        ("new 2026Q4 -o", "选项 -o 后面没有写内容。"),
        ("score --json=1 a.xlsx", "选项 --json 后面不能写内容。"),
        ("score --outpu a.xlsx", "没有选项 --outpu"),
        ("score .", "FILE：“.”须为一个能打开的文件。"),
        ("collect pyproject.toml -o a.xlsx", "DIR：“pyproject.toml”须为一个能打开的文件夹。"),
        ("roles x", "没有命令 x"),
        ("check tests/cases/lint", "文件夹里没有 .xlsx 文件。"),
    ],
)
def test_wrong_usage_is_told_in_chinese(arguments: str, told: str) -> None:
    """What is wrong, in words of its own: none of click's, which are English."""
    result = run(*arguments.split())
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert result.stderr.startswith(told)
    assert not re.search("Error|Usage|Missing|Invalid|No such|Try|unexpected", result.stderr)


def test_json_is_utf8_whatever_the_pipe_says(form: Path) -> None:
    """A Windows pipe has the encoding of the country, mostly not a Chinese one."""
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = process("score", form, "--json", env=environment)
    assert (done.returncode, done.stderr) == (FINE, b"")
    assert json.loads(done.stdout.decode())["sheets"][0]["grade"] == "A 优秀"


@pytest.mark.parametrize("arguments", [["roles"], ["--help"], ["score", "没有.xlsx"]], ids=" ".join)
def test_a_pipe_without_chinese_is_no_reason_to_fail(arguments: list[str]) -> None:
    done = process(*arguments, env=os.environ | {"PYTHONIOENCODING": "cp1252"})
    assert done.returncode == (USAGE if "score" in arguments else FINE)
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_gone_is_no_problem(form: Path) -> None:
    command = [sys.executable, "-c", "from xlkpi.cli import main; main()", "score", str(form), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
