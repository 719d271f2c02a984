"""The buttons of the ribbon, pressed in a double of Excel: what they say, what they write, what they leave alone."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import Workbook

from tests.support import excel_double
from tests.support.catalogues import SHIPPED, shipped_text, use
from tests.support.engines import libreoffice
from tests.support.forms import (
    ROLE_ID,
    Shown,
    appraised,
    differences,
    filled_form,
    layout,
    role,
    rule_cell,
    sample_measures,
)
from tests.support.own_company import own_company
from udfs import ribbon
from udfs import session as pressed
from xlkpi.addin.install import Machine
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import EN, HANS, HANT, LANGUAGES
from xlkpi.intake.workbook import read
from xlkpi.version import __version__
from xlkpi.writer.workbook import sheets_of_roles, uncalculated

NAME = "2026Q4-示例.xlsx"
EDITED = "每低3个百分点扣4分，最多扣20分"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The log goes into a folder of the test's own."""
    machine = Machine("win32", tmp_path / "home", tmp_path / "appdata", Path("python.exe"), "gbk", True, True, "0")
    monkeypatch.setattr(pressed, "this_machine", lambda: machine)
    monkeypatch.setattr(ribbon, "this_machine", lambda: machine)
    return machine


@dataclass
class Desk:
    """A workbook in a folder, open in a double of Excel with changes that are not saved."""

    path: Path
    book: excel_double.Book

    @property
    def app(self) -> excel_double.App:
        return self.book.app

    @property
    def said(self) -> tuple[str, str | None, str | None]:
        (alert,) = self.app.alerts
        assert self.app.statuses[-1] is False
        return alert

    @property
    def made(self) -> list[str]:
        assert self.path.read_bytes() == b"as saved", "the manager's own file"
        return sorted(path.name for path in self.path.parent.iterdir() if path != self.path)


def desk(folder: Path, content: bytes, name: str = NAME, **options: object) -> Desk:
    path = folder / name
    folder.mkdir(exist_ok=True)
    path.write_bytes(b"as saved")
    selection = options.pop("selection", None)
    return Desk(path, excel_double.Book(excel_double.App(**options), str(path), content, selection))  # type: ignore[arg-type]


@cache
def filled(**cells: object) -> bytes:
    """The sample's form, calculated; `cells` are typed over it, by address."""
    return recalculate(filled_form(sample_measures(), cells=cells))  # type: ignore[arg-type]


@cache
def _empty(language: str) -> bytes:
    return recalculate(uncalculated(sheets_of_roles([role()], SHIPPED, language), SHIPPED, Quarter(2026, 4), language))


@cache
def _foreign() -> bytes:
    buffer = BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


# --- what the buttons write -------------------------------------------------------------------------------------------


def test_what_is_written_is_a_form_for_us_and_for_libreoffice(tmp_path: Path) -> None:
    """Checked, refreshed and next quarter's forms: scored by intake as they were typed, and shown so by LibreOffice."""
    libreoffice.require()
    cells = {layout().address("m:uv", "m1"): None}
    checked = desk(tmp_path / "checked", filled(**cells))
    ribbon.check(checked.book)
    refreshed = desk(tmp_path / "refreshed", filled(**{rule_cell("uv_growth"): EDITED}))
    ribbon.refresh(refreshed.book)
    followed = desk(tmp_path / "next", filled())
    ribbon.next_quarter(followed.book)

    paths = [made for one in (checked, refreshed, followed) for made in one.app.books.opened]
    assert [path.name for path in paths] == ["2026Q4-示例-检查.xlsx", "2026Q4-示例-更新.xlsx", "2027Q1-示例.xlsx"]
    shown = [Shown(path) for path in libreoffice.recalculate(paths, tmp_path / "libreoffice")]
    read_back = [read(path, SHIPPED).forms[0].appraisal for path in paths]

    measures = {id: list(values) for id, values in sample_measures().items()}
    assert differences(shown[1], read_back[1]) == []
    assert read_back[1].inputs.rules["uv_growth"] == EDITED
    assert read_back[1].total != appraised(measures).total
    measures["uv"][0] = None
    assert differences(shown[0], read_back[0]) == []
    wanted = {result.id: (result.score, result.receipt) for result in appraised(measures).indicators}
    assert {result.id: (result.score, result.receipt) for result in read_back[0].indicators} == wanted
    assert read_back[2].total is None
    assert shown[2]("m:uv_prev", "quarter") == shown[1]("m:uv", "quarter")


def test_check_counts_marks_and_opens_a_copy(tmp_path: Path) -> None:
    one = desk(tmp_path, filled(**{layout().address("m:uv", "m1"): None}))
    ribbon.check(one.book)
    text, title, mode = one.said
    assert (title, mode) == ("xlkpi 绩效", "critical")
    assert text.startswith("检查过了：错误1处")
    assert "表1 J" in text
    assert text.endswith("副本已打开：2026Q4-示例-检查.xlsx")
    assert one.made == ["2026Q4-示例-检查.xlsx"]


def test_checking_again_takes_another_name_and_never_one_that_is_open(tmp_path: Path) -> None:
    one = desk(tmp_path, filled(**{layout().address("m:uv", "m1"): None}))
    excel_double.Book(one.app, "/elsewhere/2026Q4-示例-检查 2.xlsx", _foreign())
    ribbon.check(one.book)
    ribbon.check(one.book)
    assert one.made == ["2026Q4-示例-检查 3.xlsx", "2026Q4-示例-检查.xlsx"]


def test_refresh_tells_what_it_cannot_read(tmp_path: Path) -> None:
    one = desk(tmp_path, filled(**{rule_cell("uv_growth"): "看情况扣分"}))
    ribbon.refresh(one.book)
    text, _, mode = one.said
    assert mode == "critical"
    assert text.startswith("0条评分标准换成了")
    assert f"表1 {rule_cell('uv_growth')}: " in text
    assert "看情况扣分" in text


def test_next_quarter_says_what_it_carried(tmp_path: Path) -> None:
    one = desk(tmp_path, filled())
    ribbon.next_quarter(one.book)
    text, _, mode = one.said
    assert mode == "info"
    assert text.startswith("2027Q1的表已打开：2027Q1-示例.xlsx\n带入数据")
    assert "带入数据0项" not in text
    assert one.made == ["2027Q1-变更说明.md", "2027Q1-示例.xlsx"]
    assert "2027Q1考核表变更说明" in (tmp_path / "2027Q1-变更说明.md").read_text("utf-8")


def test_without_a_quarter_after_the_reason_is_told(tmp_path: Path) -> None:
    left = Assignment("007", "李四", "", ROLE_ID, "", "", None, dt.date(2026, 11, 30))
    made = uncalculated([PlannedSheet("李四", role(), left)], SHIPPED, Quarter(2026, 4))
    one = desk(tmp_path, recalculate(made))
    ribbon.next_quarter(one.book)
    text, _, mode = one.said
    assert text.startswith("李四: ")
    assert "2026-11-30" in text
    assert (mode, one.made) == ("critical", [])


def test_guides_are_in_a_folder_of_their_own_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[str] = []
    monkeypatch.setattr(ribbon.click, "launch", launched.append)
    (tmp_path / "2026Q4-示例-改进指南").mkdir()
    one = desk(tmp_path, filled())
    ribbon.guides(one.book)
    folder = tmp_path / "2026Q4-示例-改进指南 2"
    assert launched == [str(folder)]
    assert one.said[0] == f"1人的改进指南（网页、Word）在：\n{folder}"
    assert one.made == ["2026Q4-示例-改进指南", folder.name]
    assert sorted(path.suffix for path in folder.iterdir()) == [".docx", ".html"]
    assert list((tmp_path / "2026Q4-示例-改进指南").iterdir()) == []


# --- a new quarter ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_quarter_has_the_roles_and_the_language_of_the_workbook(tmp_path: Path, language: str) -> None:
    one = desk(tmp_path, _empty(language), answer="2027q2")
    ribbon.new_quarter(one.book)
    assert one.app.asked[0]["Default"] == "2027Q1"
    (path,) = one.app.books.opened
    (form,) = read(path, SHIPPED).forms
    assert (form.appraisal.role.id, form.appraisal.inputs.language, read(path, SHIPPED).quarter) == (
        ROLE_ID,
        language,
        "2027Q2",
    )
    assert path.name.startswith("2027Q2-")
    assert one.made == [path.name]


def test_a_new_quarter_of_a_workbook_that_is_none_of_ours_has_all_roles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("company.toml", f"roles/{ROLE_ID}.toml"):  # all roles take seconds to write
        (path := tmp_path / "catalogue" / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shipped_text(name), "utf-8")
    use(monkeypatch, Catalogue.of(tmp_path / "catalogue"))
    one = desk(tmp_path, _foreign(), "表格.xlsx", answer="2027Q1")
    ribbon.new_quarter(one.book)
    assert one.app.asked[0]["Default"] == ""
    assert [form.appraisal.role.id for form in read(one.app.books.opened[0], SHIPPED).forms] == [ROLE_ID]


def test_in_a_company_s_folder_the_buttons_go_by_its_roles(tmp_path: Path) -> None:
    company = own_company(tmp_path)
    one = desk(company.path, _foreign(), "表格.xlsx", answer="2027Q1")
    ribbon.new_quarter(one.book)
    (made,) = one.app.books.opened
    (form,) = read(made, Catalogue.of_company(company)).forms
    assert form.appraisal.role.title == "抖音主播"
    assert len(list(company.history.glob("定义/2027Q1 *.json"))) == 2  # the role and the settings


@pytest.mark.parametrize(("answer", "told"), [(False, []), ("第四季度", ["“第四季度”不是季度，应写成 2026Q4 这样。"])])
def test_without_a_quarter_nothing_is_made(tmp_path: Path, answer: object, told: list[str]) -> None:
    one = desk(tmp_path, _empty(HANS), answer=answer)
    ribbon.new_quarter(one.book)
    assert [alert[0] for alert in one.app.alerts] == told
    assert one.made == []


# --- what the buttons say ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("python", "told"), [(True, "1张考核表都由Python计分"), (False, "有1张仍由内置公式计分")])
def test_recalculate_says_which_engine_is_at_work(tmp_path: Path, python: bool, told: str) -> None:
    one = desk(tmp_path, filled_form(sample_measures()), python=python)
    ribbon.recalculate(one.book)
    assert told in one.said[0]
    assert one.said[2] == ("info" if python else "critical")
    (tmp_path / "result.xlsx").write_bytes(one.book.content)
    assert differences(Shown(tmp_path / "result.xlsx"), appraised(sample_measures())) == []


def _rows(first: str, last: str) -> str:
    rows = layout().rows
    return f"$B${rows[part_id(first)]}:$P${rows[part_id(last)]}"


def _result(indicator: str) -> tuple[str, str]:
    (result,) = [result for result in appraised(sample_measures()).indicators if result.id == indicator]
    return result.label, str(result.receipt)


def test_receipts_are_those_of_the_selected_rows(tmp_path: Path) -> None:
    areas = f"{_rows('uv_growth', 'uv_growth')},$D${layout().rows[part_id('compliance', 2)]}"
    one = desk(tmp_path, filled(), selection=("表1", areas))
    ribbon.receipts(one.book)
    (label, receipt), (second, _) = _result("uv_growth"), _result("compliance")
    lines = one.said[0].splitlines()
    assert lines[:2] == [f"{label}: 97", f"    {receipt}"]
    assert lines[2].startswith(f"{second}: ")
    assert len(lines) == 4
    assert one.made == []


@pytest.mark.parametrize("address", ["$D:$D", "$1:$99"])
def test_of_many_receipts_the_first_are_shown_and_the_others_counted(tmp_path: Path, address: str) -> None:
    one = desk(tmp_path, filled(), selection=("表1", address))
    ribbon.receipts(one.book)
    assert one.said[0].endswith(f"……还有{len(role().indicators) - 12}条")


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (("表1", "$A$1:$C$3"), "请先选中考核评分里的一行或几行"),
        (("填写说明", "$A$1"), "“填写说明”不是考核表"),
        (None, "请先选中考核评分里的一行或几行"),
    ],
)
def test_a_selection_without_scores_is_told(tmp_path: Path, selection: tuple[str, str] | None, told: str) -> None:
    one = desk(tmp_path, filled(), selection=selection)
    ribbon.receipts(one.book)
    assert told in one.said[0]


def test_an_empty_row_says_so(tmp_path: Path) -> None:
    one = desk(
        tmp_path,
        _empty(EN),
        selection=(sheets_of_roles([role()], SHIPPED, EN)[0].title, _rows("uv_growth", "uv_growth")),
    )
    ribbon.receipts(one.book)
    assert one.said[0].endswith(": not filled in")
    assert one.said[1] == "xlkpi appraisal"


@pytest.mark.parametrize("content", [filled, _foreign], ids=["ours", "none of ours"])
def test_settings_and_about_are_told_in_any_workbook(
    tmp_path: Path, machine: Machine, content: Callable[[], bytes]
) -> None:
    one = desk(tmp_path, content())
    ribbon.settings(one.book)
    ribbon.about(one.book)
    (told, *_), (about, *_) = one.app.alerts
    assert all(word in told for word in (xw.__version__, __version__, "company.toml", str(machine.config)))
    assert ("计分方式：Python" in told) == (content is filled)
    assert __version__ in about
    assert one.made == []


# --- what goes wrong --------------------------------------------------------------------------------------------------

WORKING = [
    ribbon.recalculate, ribbon.check, ribbon.receipts, ribbon.refresh, ribbon.next_quarter, ribbon.guides
]  # fmt: skip
WRITING = [*WORKING, ribbon.new_quarter]
Button = Callable[[object], None]


def _name(button: Button) -> str:
    return button.__name__


@pytest.mark.parametrize("button", WORKING, ids=_name)
def test_a_workbook_that_is_none_of_ours_is_told(tmp_path: Path, button: Button) -> None:
    one = desk(tmp_path, _foreign(), python=False)
    button(one.book)
    assert f"不是 xlkpi 生成的考核表（缺少隐藏的 {META_SHEET} 表）" in one.said[0]
    assert one.made == []


@pytest.mark.parametrize("button", WRITING, ids=_name)
def test_a_workbook_that_was_never_saved_is_told_to_be_saved(button: Button) -> None:
    app = excel_double.App(answer="2027Q1")
    button(excel_double.Book(app, "工作簿1", filled()))
    assert [alert[0] for alert in app.alerts] == [words()("ribbon_unsaved")]
    assert app.books.opened == []


class _Online(excel_double.Book):
    """A workbook on OneDrive of which xlwings finds no local file."""

    @property
    def fullname(self) -> str:
        raise xw.XlwingsError("Couldn't find your local OneDrive file, see: xlwings.org/error")


@pytest.mark.parametrize("kind", [_Online, excel_double.Book])
def test_a_workbook_without_a_folder_on_this_computer_is_told(kind: type[excel_double.Book]) -> None:
    app = excel_double.App()
    ribbon.check(kind(app, "https://d.docs.live.net/1/表.xlsx", _empty(HANT)))
    assert [alert[0] for alert in app.alerts] == [words(HANT)("ribbon_online")]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "denied", "a.tmp", None, "/x/表.xlsx"), "/x/表.xlsx：没有读写的权限"),
        (OSError(28, "No space left on device", "/x/表.xlsx"), "不能读写（磁盘满了）"),
    ],
)
def test_files_that_cannot_be_written_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pressed, "write_whole", fail)
    one = desk(tmp_path, filled())
    ribbon.refresh(one.book)
    assert told in one.said[0]
    assert one.made == []


@pytest.mark.parametrize("logged", [True, False])
def test_what_nobody_expected_is_told_and_kept_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: Machine, logged: bool
) -> None:
    if not logged:
        machine.home.write_text("a file where the folder should be")
    one = desk(tmp_path, filled())
    monkeypatch.setattr(one.app.api, "CalculateFullRebuild", lambda: 1 / 0)
    ribbon.recalculate(one.book)
    text, _, mode = one.said
    assert mode == "critical"
    assert "Traceback" not in text
    assert (str(machine.log) if logged else "ZeroDivisionError") in text
    if logged:
        assert "ZeroDivisionError" in machine.log.read_text("utf-8")


def test_without_a_workbook_the_program_ends_with_words(
    monkeypatch: pytest.MonkeyPatch, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pressed where no workbook is to be had: xlwings shows what the program says last, and that is no traceback."""
    monkeypatch.setattr("sys.argv", ["-c"])
    with pytest.raises(SystemExit) as ended:
        ribbon.check()
    assert str(machine.log) in str(ended.value)


# --- the double and the real thing ------------------------------------------------------------------------------------


def test_the_double_has_what_xlwings_has() -> None:
    for double, real in (
        (excel_double.App, xw.App), (excel_double.Book, xw.Book), (excel_double.Sheet, xw.Sheet),
        (excel_double.Range, xw.Range), (excel_double.Sheets, xw.main.Sheets), (excel_double.Books, xw.main.Books),
    ):  # fmt: skip
        names = {name for name in dir(double) if not name.startswith("_")} - {"answer", "python", "values"}
        assert [name for name in names if not hasattr(real, name)] == []
    ours, theirs = inspect.signature(excel_double.App.alert), inspect.signature(xw.App.alert)
    assert list(ours.parameters) == list(theirs.parameters)[: len(ours.parameters)]


def test_the_buttons_are_all_there_and_take_a_workbook_or_none() -> None:
    for name in ribbon.__all__:
        button = getattr(ribbon, name)
        assert button.__doc__
        assert inspect.signature(button, follow_wrapped=False).parameters["book"].default is None
