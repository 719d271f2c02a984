"""`xlkpi roles` in a company's folder: list, show, copy, check, export, import."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.role_books import ONLINE, find, good, opened, saved
from xlkpi.catalogue.role_file import read_versions
from xlkpi.catalogue.workbooks.role_book import read_role_book, versions
from xlkpi.cli import main

FINE, PROBLEMS, USAGE = 0, 1, 2


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run("init", tmp_path / "公司").exit_code == FINE
    monkeypatch.chdir(tmp_path / "公司")
    return tmp_path / "公司"


def test_a_new_company_has_no_roles_but_is_told_where_to_get_them(company: Path) -> None:
    result = run("roles")
    assert (result.exit_code, "xlkpi roles --samples" in result.stdout) == (FINE, True)
    assert run("roles", "--json").stdout.strip() == "[]"
    assert all(id in run("roles", "--samples").stdout for id in SHIPPED.role_ids)
    assert run("roles", "check").exit_code == USAGE


def test_copied_samples_are_the_company_s_roles(company: Path) -> None:
    result = run("roles", "copy", "客服专员", ONLINE)
    assert (result.exit_code, result.stdout.count("已写到")) == (FINE, 2)
    assert sorted(path.name for path in (company / "岗位").iterdir()) == ["客服专员.xlsx", "电商运营.xlsx"]
    listed = json.loads(run("roles", "--json").stdout)
    samples = {entry["id"]: entry for entry in json.loads(run("roles", "--samples", "--json").stdout)}
    assert listed == [samples["customer-service"], samples[ONLINE]]
    shown = run("roles", "show", "电商运营").stdout
    assert all(text in shown for text in ("店铺全域运营管理", "UV增长率", "行业平均转化率×1.05", "每低5个百分点扣3分"))
    assert run("roles", "check").exit_code == FINE


def test_nothing_is_overwritten_unless_asked(company: Path) -> None:
    path = company / "岗位" / "客服专员.xlsx"
    run("roles", "copy", "客服专员")
    before = path.read_bytes()
    again = run("roles", "copy", "客服专员")
    assert (again.exit_code, "公司已有这些岗位：customer-service" in again.stderr) == (USAGE, True)
    assert run("roles", "copy", ONLINE, "-o", path).exit_code == USAGE
    assert run("roles", "check", path, "-o", path).exit_code == USAGE
    assert path.read_bytes() == before
    assert run("roles", "copy", "客服专员", "--overwrite").exit_code == FINE
    assert run("roles", "copy", "没有的岗位").exit_code == USAGE


def test_one_broken_role_keeps_no_other_from_working(company: Path) -> None:
    run("roles", "copy", "客服专员", ONLINE)
    book = opened("simple")
    sheet = book.worksheets[0]
    place = find(sheet, "指标", "培训场次", "权重")
    sheet[place].value = "不少"
    book.remove(book.worksheets[1])
    (company / "岗位" / "主管.xlsx").write_bytes(saved(book))
    (company / "岗位" / "坏了.xlsx").write_bytes(b"PK no workbook")
    (company / "岗位" / "夹.xlsx").mkdir()
    (company / "岗位" / "~$主管.xlsx").write_bytes(b"of Excel, while the file is open")
    listed = run("roles")
    assert listed.exit_code == PROBLEMS
    assert "customer-service" in listed.stdout
    assert ONLINE in listed.stdout
    assert f"岗位/主管.xlsx “客服主管” {place}：不少" in listed.stderr
    assert "岗位/坏了.xlsx" in listed.stderr
    assert "~$" not in listed.stderr
    checked = run("roles", "check", "--json")
    errors = [problem for problem in json.loads(checked.stdout) if problem["severity"] == "error"]
    assert checked.exit_code == PROBLEMS
    assert [(error["file"], error["cell"]) for error in errors] == [
        ("岗位/主管.xlsx", place),
        ("岗位/坏了.xlsx", None),
        ("岗位/夹.xlsx", None),
    ]
    assert run("roles", "show", "客服专员").exit_code == FINE


def test_lint_leaves_workbooks_to_roles_check(company: Path, tmp_path: Path) -> None:
    run("roles", "copy", "客服专员")
    told = run("lint")
    assert (told.exit_code, "xlkpi roles check" in told.stderr) == (USAGE, True)
    run("roles", "export", "客服专员", "-o", tmp_path)
    assert run("lint", tmp_path / "customer-service.toml").exit_code == FINE


def test_a_marked_copy_of_one_file(company: Path, tmp_path: Path) -> None:
    source = tmp_path / "主管.xlsx"
    source.write_bytes(good("simple"))
    result = run("roles", "check", source, "-o", tmp_path / "标注.xlsx")
    assert (result.exit_code, "可以使用的岗位：客服主管、客服专员" in result.stdout) == (FINE, True)
    assert load_workbook(tmp_path / "标注.xlsx").sheetnames[0] == "客服主管"
    assert source.read_bytes() == good("simple")
    assert run("roles", "check", source, source, "-o", tmp_path / "b.xlsx").exit_code in (FINE, USAGE)
    assert run("roles", "check", "没有.xlsx").exit_code == USAGE


@pytest.mark.parametrize("id", SHIPPED.role_ids)
def test_roles_go_out_as_toml_and_come_back(id: str, tmp_path: Path) -> None:
    assert run("roles", "export", id, "--samples", "-o", tmp_path).exit_code == FINE
    file = tmp_path / f"{id}.toml"
    assert read_versions(file) == SHIPPED.versions(id)
    assert run("roles", "import", file, "-o", tmp_path / "a.xlsx").exit_code == FINE
    (sheet,) = read_role_book((tmp_path / "a.xlsx").read_bytes(), "a.xlsx").sheets
    assert versions(sheet) == SHIPPED.versions(id)
    assert run("roles", "export", id, "--samples", "-o", tmp_path).exit_code == USAGE, "the file is there"


def test_a_faulty_role_file_is_not_taken_in(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('id = "x"\n', "utf-8")
    result = run("roles", "import", tmp_path / "x.toml", "-o", tmp_path / "x.xlsx")
    assert (result.exit_code, (tmp_path / "x.xlsx").exists()) == (PROBLEMS, False)
    assert "x.toml" in result.stderr


def test_without_a_company_a_copy_needs_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("roles", "copy", ONLINE).exit_code == USAGE
    assert run("roles", "copy", ONLINE, "客服专员", "-o", "两个.xlsx").exit_code == FINE
    assert [s.id for s in read_role_book(Path("两个.xlsx").read_bytes(), "").sheets] == [ONLINE, "customer-service"]
    as_books = run("roles", "export", ONLINE, "--format", "xlsx", "-o", "books")
    assert (as_books.exit_code, Path("books", f"{ONLINE}.xlsx").exists()) == (FINE, True)


# --- ids that were given out ------------------------------------------------------------------------------------------


def checked_ids(*files: Path) -> list[dict[str, str]]:
    """What `roles check` says of ids that were changed."""
    return [
        problem for problem in json.loads(run("roles", "check", *files, "--json").stdout) if problem["kind"] == "id"
    ]


def rename(path: Path, before: str, after: str) -> None:
    """Write another text into the cells of a workbook that have one."""
    book = load_workbook(path)
    cells = [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value == before]
    assert cells
    for cell in cells:
        cell.value = after
    book.save(path)


def test_an_id_changed_after_forms_were_given_out_is_told(company: Path) -> None:
    run("roles", "copy", "客服专员", ONLINE)
    path = company / "岗位" / "客服专员.xlsx"
    rename(path, "customer-service", "kefu-0")
    assert checked_ids() == [], "nothing was given out yet"
    rename(path, "kefu-0", "customer-service")
    assert run("new", "2026Q4", "--role", "customer-service", "-o", "表.xlsx").exit_code == FINE
    assert checked_ids() == []
    rename(path, "customer-service", "kefu")
    (told,) = checked_ids()
    assert told == checked_ids(path)[0] | {"file": "岗位/客服专员.xlsx"}
    assert (told["file"], told["severity"]) == ("岗位/客服专员.xlsx", "warning")
    assert load_workbook(path).worksheets[0][told["cell"]].value == "kefu"
    assert "2026Q4发出的考核表上，“客服专员”的代号是 customer-service，这里却是 kefu" in told["message"]
    assert run("roles", "check").exit_code == PROBLEMS
    rename(path, "客服专员", "售后专员")
    assert checked_ids() == [], "another role"


def test_an_id_of_which_forms_were_given_out_since_is_right(company: Path) -> None:
    run("roles", "copy", "客服专员")
    path = company / "岗位" / "客服专员.xlsx"
    assert run("new", "2026Q4", "--role", "customer-service", "-o", "表.xlsx").exit_code == FINE
    rename(path, "customer-service", "kefu")
    assert run("new", "2027Q1", "--role", "kefu", "-o", "表二.xlsx").exit_code == FINE
    assert checked_ids() == []
    rename(path, "kefu", "customer-service")
    (told,) = checked_ids()
    assert "2027Q1发出的考核表上，“客服专员”的代号是 kefu" in told["message"]
    for kept in (company / "历史" / "定义").iterdir():
        kept.write_bytes(b"{")
    assert checked_ids() == [], "what is damaged says nothing"
