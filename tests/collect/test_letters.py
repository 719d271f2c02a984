"""What superiors owe, in one line each, and drafts of letters to them: their own files, and no guessed address."""

from __future__ import annotations

import csv
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.support.company import SUPERIORS, Filled, assignments, put, workbook
from xlkpi.cli import main
from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, UNREADABLE, BoardLine
from xlkpi.collect.letters.owed import owed, reminders, shown_names
from xlkpi.common.assignment import Identity
from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.roster.addresses import addresses_of

FINE, PROBLEMS, USAGE = 0, 1, 2
FIRST, SECOND = SUPERIORS[:2]


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def _line(name: str, superior: str, state: str, id: str = "") -> BoardLine:
    return BoardLine(Identity(id, name, "", superior), "role", state, expected=True)


BOARD = [
    _line("刘芳", "李婷", MISSING, "1"), _line("王丹", "李婷", MISSING, "2"), _line("周舟", "李婷", INCOMPLETE, "3"),
    _line("何静", "王强", RECEIVED, "4"), _line("林可", "赵敏", UNREADABLE, "5"), _line("陈晨", "", MISSING, "6"),
]  # fmt: skip


# --- what is owed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (HANS, ["请催 李婷 交 2 份：刘芳、王丹", "没有写上级的，还缺 1 份：陈晨"]),
        (HANT, ["請催 李婷 交 2 份：刘芳、王丹", "沒有寫主管的，還缺 1 份：陈晨"]),
        (EN, ["Remind 李婷, forms not received: 2 (刘芳, 王丹)", "Without a superior, forms not received: 1 (陈晨)"]),
    ],
)
def test_a_superior_is_reminded_in_one_line(language: str, wanted: list[str]) -> None:
    assert reminders(BOARD, language) == wanted


def test_what_is_owed_is_told_by_kind_and_who_owes_nothing_is_left_out() -> None:
    told = {one.superior: one.lines(HANS) for one in owed(BOARD)}
    assert told == {
        "李婷": "还没有收到 2 份：刘芳、王丹\n收到了，没有填完或有填错 1 份：周舟",
        "赵敏": "收到了，无法读取 1 份：林可",
        "": "还没有收到 1 份：陈晨",
    }


def test_names_are_told_apart_by_numbers_and_nobody_is_named_twice() -> None:
    people = [
        Identity("1", "刘芳"),
        Identity("2", "刘芳"),
        Identity("3", "王丹"),
        Identity("3", "王丹"),
        Identity("9", ""),
    ]
    assert shown_names(people) == ("刘芳 1", "刘芳 2", "王丹", "9")


# --- addresses --------------------------------------------------------------------------------------------------------


def _table(path: Path, *rows: tuple[str, ...]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([("姓名", "邮箱"), ("李婷", "li@example.com"), ("王强", "")], {"李婷": "li@example.com"}),
        ([("通讯录",), (), ("Name", "E-mail"), ("Lee", "lee@example.com")], {"Lee": "lee@example.com"}),
        ([("姓名", "直接上级", "上级邮箱"), ("刘芳", "李婷", "li@example.com")], {"李婷": "li@example.com"}),
        ([("姓名", "邮箱"), ("李婷", "li@example"), ("王强", "a@b.com; c@d.com")], {"李婷": "", "王强": ""}),
        ([("姓名", "邮箱"), ("李婷", "a@example.com"), ("李婷", "b@example.com")], {"李婷": ""}),
        ([("姓名", "邮箱"), ("李婷", "a@example.com"), ("李婷", "a@example.com")], {"李婷": "a@example.com"}),
        ([("姓名", "邮箱"), ("李婷", "a@example.com\nBcc: x@example.com")], {"李婷": ""}),
        ([("姓名", "电话"), ("李婷", "1380000")], {}),
        ([], {}),
    ],
)
def test_addresses_are_read_and_none_is_guessed(
    tmp_path: Path, rows: list[tuple[str, ...]], wanted: dict[str, str]
) -> None:
    assert addresses_of(_table(tmp_path / "t.csv", *rows)) == wanted


# --- drafts -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def issued(tmp_path: Path) -> Path:
    """A workbook for each superior."""
    for superior in SUPERIORS:
        own = [Filled(one, None) for one in assignments() if one.superior == superior]
        put(tmp_path / "发出" / f"2026Q4-{superior}.xlsx", workbook(own), day=1)
    return tmp_path / "发出"


def _names(superior: str) -> list[str]:
    return [one.name for one in assignments() if one.superior == superior]


def _draft(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert (message["X-Unsent"], message["From"]) == ("1", None)
    return message


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_forms_go_to_their_superiors(tmp_path: Path, issued: Path) -> None:
    addresses = _table(tmp_path / "邮箱.csv", ("姓名", "邮箱"), (FIRST, "first@example.com"))
    result = run("send", "forms", issued, "--drafts", tmp_path / "草稿", "--addresses", addresses, "--until", "1月10日")
    assert result.exit_code == FINE, result.output
    assert sorted(path.name for path in (tmp_path / "草稿").iterdir()) == sorted(
        f"考核表 {one}.eml" for one in SUPERIORS
    )
    for superior in SUPERIORS:
        message = _draft(tmp_path / "草稿" / f"考核表 {superior}.eml")
        assert message["To"] == ("first@example.com" if superior == FIRST else None)
        assert message["Subject"] == "2026Q4 绩效考核表，请填写"
        (attached,) = message.iter_attachments()
        assert attached.get_filename() == f"2026Q4-{superior}.xlsx"
        assert attached.get_content() == (issued / f"2026Q4-{superior}.xlsx").read_bytes()
        text = _text(message)
        assert text.startswith(f"{superior}，您好：")
        assert "在1月10日前把文件发回" in text
        assert all(name in text for name in _names(superior))
    assert f"没有邮箱，收件人请自己填：{'、'.join(sorted(SUPERIORS[1:]))}" in result.output.replace("\n", "")
    assert "没有发送" in result.output


def test_a_file_of_several_superiors_is_in_no_letter(tmp_path: Path, issued: Path) -> None:
    put(issued / "全部.xlsx", workbook([Filled(one, None) for one in assignments()]), day=1)
    result = run("send", "forms", issued, "--drafts", tmp_path / "草稿")
    assert result.exit_code == FINE
    assert "全部.xlsx：里面有几位上级的人" in result.output
    for path in (tmp_path / "草稿").iterdir():
        assert [part.get_filename() for part in _draft(path).iter_attachments()] != ["全部.xlsx"]


def test_a_reminder_names_what_lacks_and_attaches_the_own_forms(tmp_path: Path, issued: Path) -> None:
    first, *others = [one for one in assignments() if one.superior == FIRST]
    put(tmp_path / "收回" / "a.xlsx", workbook([Filled(first, None), *(Filled(one, 1.0) for one in others)]), day=5)
    roster = tmp_path / "名册.csv"
    rows = [(one.id, one.name, one.department, one.role, one.superior) for one in assignments()]
    _table(roster, ("工号", "姓名", "部门", "岗位", "直接上级"), *rows)
    result = run(
        "send", "reminder", tmp_path / "收回", "--issued", issued, "--roster", roster, "--drafts", tmp_path / "草稿"
    )
    assert result.exit_code == FINE, result.output
    one, two = (_draft(tmp_path / "草稿" / f"催交 {superior}.eml") for superior in (FIRST, SECOND))
    assert f"收到了，没有填完或有填错 1 份：{first.name}" in _text(one)
    assert "还没有收到" not in _text(one)
    assert list(one.iter_attachments()) == []
    assert "附件" not in _text(one)
    assert "附件是原来发出的空表" in _text(two)
    assert f"还没有收到 {len(_names(SECOND))} 份：" in _text(two)
    assert [part.get_filename() for part in two.iter_attachments()] == [f"2026Q4-{SECOND}.xlsx"]


def test_guides_go_to_the_superior_whose_folder_they_lie_in(tmp_path: Path) -> None:
    folder = tmp_path / "指南"
    for name in ("李婷/刘芳.html", "李婷/刘芳.docx", "王 强/何静.html", "没上级.html", "李婷/说明.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    addresses = _table(tmp_path / "邮箱.csv", ("姓名", "邮箱"), ("王/强", "w@example.com"))
    arguments = ("send", "guides", folder, "--drafts", tmp_path / "草稿", "--addresses", addresses)
    assert "请加 --quarter" in run(*arguments).output
    result = run(*arguments, "--quarter", "2026Q4")
    assert result.exit_code == FINE, result.output
    assert "没有写上级，没有附上：没上级.html" in result.output
    one, two = (_draft(tmp_path / "草稿" / f"改进指南 {name}.eml") for name in ("李婷", "王 强"))
    assert [part.get_filename() for part in one.iter_attachments()] == ["2026Q4-刘芳.docx"]
    assert [part.get_filename() for part in two.iter_attachments()] == ["2026Q4-何静.html"]
    assert two["To"] == "w@example.com"
    assert run(*arguments, "--quarter", "2026Q4").exit_code == USAGE  # they exist


def test_bad_arguments_are_told(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    for arguments, message in (
        (("forms", tmp_path / "没有", "--drafts", tmp_path / "草稿"), "没有这个文件夹"),
        (("forms", tmp_path / "空", "--drafts", tmp_path / "草稿"), "没有要写的信"),
        (("letters", tmp_path / "空", "--drafts", tmp_path / "草稿"), "须为 forms、reminder、guides 之一"),
        (("forms", tmp_path / "空"), "--drafts"),
    ):
        result = run("send", *arguments)
        assert result.exit_code == USAGE, result.output
        assert message in result.output
    assert not (tmp_path / "草稿").exists()


def test_collect_prints_a_line_for_each_superior(tmp_path: Path) -> None:
    own = [Filled(one, 1.0) for one in assignments() if one.superior == FIRST]
    put(tmp_path / "收回" / "a.xlsx", workbook(own), day=5)
    rows = [(one.id, one.name, one.department, one.role, one.superior) for one in assignments()]
    roster = _table(tmp_path / "名册.csv", ("工号", "姓名", "部门", "岗位", "直接上级"), *rows)
    result = run("collect", tmp_path / "收回", "-o", tmp_path / "all.xlsx", "--roster", roster)
    assert result.exit_code == PROBLEMS
    lines = [line for line in result.output.splitlines() if line.startswith("请催")]
    assert {line.split()[1] for line in lines} == set(SUPERIORS) - {FIRST}
    assert all(name in "".join(lines) for name in _names(SECOND))
    assert "还没有收到" not in result.output
    problems = load_workbook(tmp_path / "all.xlsx")["问题"]
    told = [str(cell.value) for row in problems.iter_rows() for cell in row if "还没有" in str(cell.value)]
    assert [("签名" in text) for text in told] == sorted("签名" in text for text in told)  # signatures last
    assert sum("签名" in text for text in told) == len(own)
