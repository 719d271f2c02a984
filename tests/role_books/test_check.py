"""Checking role workbooks: findings at their cells, the marked copy, and how the program says it understands a rule."""

from __future__ import annotations

import io
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.catalogues import SHIPPED
from tests.support.hostile import good as form
from tests.support.role_books import ONLINE, SIMPLE, find, good, opened, saved
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.catalogue.workbooks.draft import Question, RoleDraft
from xlkpi.catalogue.workbooks.reading.names import UnknownNameError, in_ids, in_names
from xlkpi.catalogue.workbooks.role_book import read_role_book, versions
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING
from xlkpi.role_books.book import role_book
from xlkpi.role_books.check import check_books, marked
from xlkpi.role_books.draft import draft_of, whole_data
from xlkpi.role_books.exchange import role_file
from xlkpi.role_books.understanding import understood

FILE = "岗位/测试.xlsx"
READING = "程序怎样理解"


def changed(cells: dict[tuple[str, str, str], object], book: str = "simple") -> tuple[bytes, dict[str, str]]:
    """A workbook with cells changed (block, row, column → value), and their addresses by column."""
    workbook = opened(book)
    sheet: Worksheet = workbook.worksheets[0]
    places = {column: find(sheet, block, row, column) for block, row, column in cells}
    for (_, _, column), value in cells.items():
        sheet[places[column]].value = value
    return saved(workbook), places


@pytest.mark.parametrize("book", ["online", "simple"])
def test_good_workbooks_are_fine(book: str) -> None:
    (checked,) = check_books([(FILE, good(book))])
    assert checked.fine
    assert all(problem.cell and problem.sheet and problem.advice for problem in checked.problems)
    assert all(one.versions for one in checked.sheets)


@pytest.mark.parametrize(
    ("row", "column", "value", "severity", "words"),
    [
        ("客户满意度", "汇总方式", "每月合计", WARNING, "一季就成了69%"),
        ("客户满意度", "评分标准", "每超1个百分点扣2分", WARNING, "看来越高越好"),
        ("培训场次", "目标值", 400, WARNING, "在常见范围 0 ～ 50 以外，请核对目标值，和数据的最小值、最大值"),
        ("培训场次", "目标值", None, ADVICE, "没有目标值"),
        ("培训场次", "单位", "百分比", WARNING, "无法识别单位“百分比”，会按普通数字对待，比率的单位请写 %"),
        ("投诉次数", "数据来源", None, ADVICE, "“投诉次数”没有写数据来源"),
        ("投诉次数", "评分标准", "次数多扣分", ERROR, "次数多扣分"),
    ],
)
def test_a_finding_stands_at_its_cell(row: str, column: str, value: object, severity: str, words: str) -> None:
    content, places = changed({("指标", row, column): value})
    (checked,) = check_books([(FILE, content)])
    told = [problem for problem in checked.problems if problem.cell == places[column]]
    assert any(p.severity == severity and words in f"{p.message}，{p.advice}" for p in told), checked.problems
    assert checked.fine is (severity == ADVICE)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("访客数UV－上期访客数UV÷上期访客数UV", ["算式里“访客数UV”是数量或金额，“上期访客数UV÷上期访客数UV”是比值"]),
        ("（访客数UV－上期访客数UV）÷上期访客数UV", []),
        ("访客数UV÷上期访客数UV－1", []),
    ],
)
def test_a_formula_without_its_brackets_is_told_at_its_cell(formula: str, told: list[str]) -> None:
    content, places = changed({("指标", "UV增长率", "计算方法"): formula}, "online")
    (checked,) = check_books([(FILE, content)])
    found = [problem for problem in checked.problems if problem.kind == "mixed"]
    assert [problem.cell for problem in found] == [places["计算方法"]] * len(told)
    assert [problem.message.partition("，直接")[0] for problem in found] == told
    assert checked.fine is not bool(told)


def test_a_role_in_two_files_is_told_at_the_second() -> None:
    first, second = check_books([("岗位/甲.xlsx", good("simple")), ("岗位/乙.xlsx", good("simple"))])
    assert first.fine
    told = [problem for problem in second.problems if problem.severity == ERROR]
    assert [problem.message for problem in told] == [
        "“岗位/甲.xlsx 客服主管”里也有这个岗位",
        "“岗位/甲.xlsx 客服专员”里也有这个岗位",
    ]


@pytest.mark.parametrize("title", ["客服主管", "客服 主管"])
def test_a_title_of_two_roles_is_told_at_the_second(title: str) -> None:
    second, places = changed({("head", "", "代号"): "service-lead-2", ("head", "", "岗位名称"): title})
    first, other = check_books([("岗位/甲.xlsx", good("simple")), ("岗位/乙.xlsx", second)])
    assert first.fine
    (told,) = [problem for problem in other.problems if problem.kind == "title"]
    assert (told.severity, told.cell) == (WARNING, places["岗位名称"])
    assert "“岗位/甲.xlsx 客服主管”也是叫这个名称的岗位" in told.message


def test_the_copy_marks_cells_and_says_anew_how_rules_are_read() -> None:
    cells = {
        ("指标", "投诉次数", "评分标准"): "允许3次，之后每次扣10分",
        ("指标", "投诉次数", READING): "早就不对了",
        ("指标", "培训场次", "权重"): "不少",
    }
    content, places = changed(cells)
    (checked,) = check_books([(FILE, content)])
    copy = load_workbook(io.BytesIO(marked(content, checked)))
    sheet, before = copy.worksheets[0], load_workbook(io.BytesIO(content)).worksheets[0]
    reading = str(sheet[places[READING]].value)
    assert reading.startswith("读作：允许3次，之后每次扣10分\n")
    assert "4次得90分" in reading
    assert reading.endswith("实际值每月填一个数，三个月相加")
    assert "须为一个数" in str(getattr(sheet[places["权重"]].comment, "text", ""))
    assert sheet[places["权重"]].fill.fgColor.rgb == "FFFFC7CE"
    row = sheet[places[READING]].row
    assert sheet.row_dimensions[row].height >= before.row_dimensions[row].height
    kept = {c.coordinate: c.value for row in before.iter_rows() for c in row if c.value is not None}
    now = {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}
    column = places[READING].rstrip("0123456789")
    assert {at for at in kept if kept[at] != now.get(at)} <= {at for at in now if at.startswith(column)}


def test_what_is_no_workbook_is_a_fault_of_the_file() -> None:
    for content in (b"", b"PK", "岗位".encode()):
        book = read_role_book(content, FILE)
        assert not book.sheets
        assert [str(fault).startswith(FILE) for fault in book.faults] == [True]
    (fault,) = read_role_book(form(), FILE).faults
    assert "这是发出的考核表" in str(fault)
    workbook = opened("simple")
    for sheet in workbook.worksheets[:2]:
        workbook.remove(sheet)
    (fault,) = read_role_book(saved(workbook), FILE).faults
    assert "工作簿里没有岗位" in str(fault)


def test_a_sheet_that_is_no_role_says_how_to_keep_it() -> None:
    workbook = opened("simple")
    workbook.create_sheet("备忘")["B3"].value = "记得问财务"
    workbook.create_sheet("_参考")["A1"].value = "行业数据"
    *roles, other = read_role_book(saved(workbook), FILE).sheets
    assert all(map(versions, roles))
    with pytest.raises(CatalogueError) as refused:
        versions(other)
    told = str(refused.value).splitlines()
    assert told[0].startswith(f"{FILE} “备忘” B3：")
    assert any("请把页名改成以 _ 开头" in line for line in told)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_asks_in_order_and_drops_nothing() -> None:
    data = {"title": "抖音主播", "effective_from": "2026Q4"} | {
        "indicators": [{"id": "hours", "label": "直播时长", "group": "业绩", "weight": 100, "rule": "看完成情况"}]
    }
    questions = (
        Question("indicators[hours].unit", "直播时长的单位是什么？", ("小时", "分钟")),
        Question("indicators[hours].rule", "怎样计分？", ("按完成率得分；封顶100分",)),
        Question("", "这个岗位从哪一季起考核？"),
    )
    originals = {"hours": {"考核项目": "直播时长", "标准": "看完成情况"}}
    draft = RoleDraft(data, originals, {"hours": "自评 10"}, ("制表人 A9",), questions)
    workbook = load_workbook(io.BytesIO(role_book([draft])))
    asked, role = workbook.worksheets[:2]
    assert asked.title == "待确认"
    lines = [[cell.value for cell in row] for row in asked.iter_rows(min_row=3)]
    assert [line[3] for line in lines[:3]] == [question.text for question in questions]
    assert lines[0][2] == find(role, "指标", "直播时长", "单位")
    assert lines[0][4] == "小时\n分钟"
    assert "制表人 A9" in str(lines[3][3])
    texts = {str(cell.value) for row in role.iter_rows() for cell in row if cell.value is not None}
    assert {"考核项目：直播时长\n标准：看完成情况", "自评 10", "看完成情况"} <= texts
    assert any(text.startswith("要问清楚：") for text in texts)


ASKED = {"title": "抖音主播", "effective_from": "2026Q4", "groups": [{"path": "业绩", "weight": 100}]} | {
    "measures": [{"id": "hours", "label": "直播时长", "definition": "直播时长", "unit": "小时", "owner": "财务"}],
    "indicators": [
        {
            "id": "hours", "label": "直播时长", "group": "业绩", "weight": 100, "unit": "小时", "actual": "hours",
            "definition": "直播时长", "target": 60, "rule": "按完成率得分；封顶100分",
        }
    ],
}  # fmt: skip
QUESTIONS = (
    Question("indicators[hours].target", "目标值是每月60还是每季60？"),
    Question("", "这个岗位从哪一季起考核？"),
)


def open_questions(workbook: Workbook) -> list[tuple[str | None, str | None, str]]:
    """Sheet, cell and message of every question that `check` calls open."""
    (checked,) = check_books([(FILE, saved(workbook))])
    questions = [problem for problem in checked.problems if problem.kind == "question"]
    assert all(problem.severity == WARNING for problem in questions)
    assert not (checked.fine and questions)
    return [(problem.sheet, problem.cell, problem.message) for problem in questions]


def asked_book() -> tuple[Workbook, Worksheet, Worksheet]:
    """A workbook with two questions: it, the sheet 待确认, and the role's."""
    workbook = load_workbook(io.BytesIO(role_book([RoleDraft(ASKED, questions=QUESTIONS, left=("制表人 A9",))])))
    asked, role = workbook.worksheets[:2]
    return workbook, asked, role


def test_a_question_is_open_until_its_cell_is_changed_or_it_is_struck_out() -> None:
    workbook, asked, role = asked_book()
    target = find(role, "指标", "直播时长", "目标值")
    both = [
        ("抖音主播", target, "还没有答复：目标值是每月60还是每季60？"),
        ("抖音主播", find(role, "head", "", "岗位名称"), "还没有答复：这个岗位从哪一季起考核？"),
    ]
    assert open_questions(workbook) == both
    (state,) = [cell for cell in asked[2] if cell.value == "状态"]
    assert any(
        state.offset(row=1).coordinate in validation.sqref for validation in asked.data_validations.dataValidation
    )
    assert asked.column_dimensions["G"].hidden
    assert asked.column_dimensions["H"].hidden
    role[target].value = 180
    assert open_questions(workbook) == both[1:]
    state.offset(row=2).value = "问了财务"
    assert open_questions(workbook) == both[1:], "that is no answer yet"
    state.offset(row=2).value = "已确认"
    assert open_questions(workbook) == []


def test_an_open_question_is_found_where_its_cell_has_gone() -> None:
    workbook, _, role = asked_book()
    role.insert_rows(2, 3)
    role.insert_cols(1)
    label = next(cell for line in role.iter_rows() for cell in line if cell.value == "目标值")
    moved = next(role.cell(row, label.column).coordinate for row in range(label.row + 1, 40) if role.cell(row, 3).value)
    assert open_questions(workbook)[0][:2] == ("抖音主播", moved)
    role.title = "主播"
    assert open_questions(workbook)[0][:2] == ("主播", moved), "the title of the role is the same"


def test_a_question_whose_row_has_gone_is_told_beside_it() -> None:
    workbook, asked, role = asked_book()
    role[find(role, "指标", "直播时长", "代号")].value = "other"
    sheet, cell, message = open_questions(workbook)[0]
    assert (sheet, cell, asked[str(cell)].value) == ("待确认", "D3", QUESTIONS[0].text)
    assert "找不到了" in message


def test_a_workbook_of_an_earlier_release_says_nothing_of_its_questions() -> None:
    workbook, asked, _ = asked_book()
    asked.delete_cols(6, 3)
    assert open_questions(workbook) == []


# --- how the program reads a row --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "now"),
    [
        ("评分标准", "允许3次，之后每次扣10分", "现在读作：允许3次，之后每次扣10分"),
        (READING, "读作：别的", "现在读作：允许2次，之后每次扣5分"),
        ("汇总方式", "整季填一个数", "实际值一季填一个数"),
    ],
)
def test_an_earlier_reading_is_told_at_its_cell(column: str, value: str, now: str) -> None:
    content, _ = changed({("指标", "投诉次数", column): value})
    (checked,) = check_books([(FILE, content)])
    (told,) = [problem for problem in checked.problems if problem.kind == "stale"]
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert told.cell == find(sheet, "指标", "投诉次数", READING)
    assert (told.severity, now in told.message) == (ADVICE, True)
    copy = marked(content, checked)
    assert not [p for p in check_books([(FILE, copy)])[0].problems if p.kind == "stale"], "the copy has it anew"
    assert load_workbook(io.BytesIO(copy)).worksheets[0][str(told.cell)].comment is None


@pytest.mark.parametrize("id", SHIPPED.role_ids)
def test_a_reading_as_the_program_wrote_it_is_not_told(id: str) -> None:
    content = role_book([draft_of(whole_data(SHIPPED.versions(id)))])
    (checked,) = check_books([(FILE, content)])
    assert not [problem for problem in checked.problems if problem.kind == "stale"]


def test_an_empty_reading_is_not_told() -> None:
    content, _ = changed(
        {("指标", "投诉次数", READING): None, ("指标", "投诉次数", "评分标准"): "允许3次，之后每次扣10分"}
    )
    assert not [problem for problem in check_books([(FILE, content)])[0].problems if problem.kind == "stale"]


def test_every_shipped_rule_is_said_with_its_edges() -> None:
    for id in SHIPPED.role_ids:
        (version,) = SHIPPED.versions(id)
        for entry, text in zip(version.data["indicators"], understood(version.data), strict=True):
            first, *others = text.split("\n")
            assert first.startswith("读作："), (id, entry["id"], text)
            assert others, (id, entry["id"])
    texts = dict(zip((i["id"] for i in SIMPLE["indicators"]), understood(SIMPLE), strict=True))  # type: ignore[index]
    assert texts["satisfaction"].split("\n") == [
        "读作：每低1个百分点扣2分，最多扣20分",
        "85%得80分；92%得94分；93%得96分；94%得98分；95%得100分",
        "实际值每月填一个数，三个月取平均",
    ]


# --- names in formulas ------------------------------------------------------------------------------------------------

NAMES = {
    "访客数UV": "uv", "上期访客数UV": "uv_prev", "运营手册/案例": "manuals", "上期运营手册/案例": "manuals_prev",
    "销售额": "sales", "3C销售额": "sales_3c", "uv": "uv", "sales": "sales", "双名": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("（访客数UV－上期访客数UV）÷上期访客数UV", "(uv - uv_prev) / uv_prev"),
        ("( 访客数ＵＶ - 上期访客数uv ) / 「上期访客数UV」", "(uv - uv_prev) / uv_prev"),
        ("(uv-上期访客数UV)/上期访客数UV", "(uv - uv_prev) / uv_prev"),
        ("运营手册/案例＋上期运营手册/案例", "manuals + manuals_prev"),
        ("销售额第3个月", "sales.m3"),
        ("销售额（第二月）÷ sales.m1", "sales.m2 / sales.m1"),
        ("3C销售额÷销售额×100%", "sales_3c / sales * 1"),
        ("－销售额×1,200.50", "-sales * 1200.50"),
        ("销售额>=60% 且 uv＜5", "sales >= 0.6 and uv < 5"),
        ("销售额≥1 AND uv≤2", "sales >= 1 and uv <= 2"),
        ("销售额×2.5%", "sales * 0.025"),
    ],
)
def test_formulas_are_read_with_names_or_ids(typed: str, meant: str) -> None:
    assert in_ids(typed, NAMES) == meant


@pytest.mark.parametrize("typed", ["销售", "销售额度", "「销售」", "双名÷销售额", "访客数", "总销售额"])
def test_a_name_that_is_not_quite_one_is_never_guessed(typed: str) -> None:
    with pytest.raises(UnknownNameError):
        in_ids(typed, NAMES)


LABELS = {
    "a": "访客数UV",
    "b": "上期访客数UV",
    "c": "3C销售额",
    "d": "手册/案例",
    "e": "且慢",
    "f": "m1",
    "g": "销售额",
}
OPERANDS = st.sampled_from([*LABELS, "g.m1", "a.m3", "2", "1.05"])


@given(st.recursive(OPERANDS, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner)))
def test_names_and_ids_say_the_same(expression: str) -> None:
    names = {label: id for id, label in LABELS.items()} | {id: id for id in LABELS}
    assert in_ids(in_names(expression, LABELS, names), names) == expression


def test_the_sheet_of_instructions_is_no_role() -> None:
    assert [sheet.id for sheet in read_role_book(good("online"), FILE).sheets] == [ONLINE, "customer-service"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.one_of(st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False))


@given(TEXTS, NUMBERS, st.booleans())
def test_role_files_keep_every_text_and_number(text: str, number: float, yes: bool) -> None:
    part = {"label": text, "target": number, "choices": [{"label": text, "value": number}]}
    data = {"id": text, "compare_periods": yes, "guidance": [text, ""], "duties": [{"heading": text, "text": text}]}
    data["indicators"] = [part | {"lower_is_better": yes, "further": [part]}, part]
    assert tomllib.loads(role_file(data)) == data
