"""Targets agreed: who is recorded and who is not, every change afterwards at its cell, revisions, the record itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.agreeing import (
    NUMBERS,
    QUARTER,
    SHEETS,
    agreeing_company,
    at,
    key_action,
    layout,
    numbers,
    returned,
    signed,
)
from tests.support.own_company import HOST, catalogue_of, change, own_company
from xlkpi.calc.engine import recalculate
from xlkpi.cli import main
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.form.blocks.agreement import SIGNED
from xlkpi.form.layout import LETTER
from xlkpi.form.prefill import typed_cells
from xlkpi.form.records.agreed import path_of
from xlkpi.i18n.numbers import Value
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.edit import Formula, edit, fill

LOWERED = 1_500_000
ACTION = ("GMV", "每周三场大促直播", "员工甲", "2026-12-10")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose forms are sent."""
    folder = tmp_path_factory.mktemp("sent") / "晨光"
    company = agreeing_company(folder)
    roster = ("--roster", folder / "名册.csv", "-o", company.issued(QUARTER))
    assert run("new", "2026Q4", *roster, "--company", folder).exit_code == FINE
    return folder


@pytest.fixture(scope="module")
def agreed(sent: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same once everyone has agreed."""
    folder = tmp_path_factory.mktemp("agreed") / "晨光"
    shutil.copytree(sent, folder)
    company = CompanyFolder(folder)
    returned(company, "A1", signed(company, "A1"), key_action(company, 1, *ACTION))
    returned(company, "A2", signed(company, "A2"))
    done = run("agree", "2026Q4", "--company", folder)
    assert done.exit_code == FINE, done.output
    return folder


@pytest.fixture
def company(agreed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    """A copy of it, in which commands run."""
    shutil.copytree(agreed, tmp_path / "晨光")
    monkeypatch.chdir(tmp_path / "晨光")
    return CompanyFolder(tmp_path / "晨光")


@pytest.fixture
def fresh(sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    """A copy of the company in which nobody has agreed."""
    shutil.copytree(sent, tmp_path / "晨光")
    monkeypatch.chdir(tmp_path / "晨光")
    return CompanyFolder(tmp_path / "晨光")


def filled(company: CompanyFolder, who: str, *cells: Mapping[str, Value | Formula], **options: str) -> Path:
    """A form at the end of the quarter: with everything as agreed, but for `cells`."""
    actions = key_action(company, 1, *ACTION) if who == "A1" else {}
    return returned(company, who, signed(company, who), actions, numbers(company), *cells, **options)


def agree(*arguments: object) -> dict[str, dict[str, Any]]:
    """What `agree --json` says of everyone, by staff number."""
    result = CliRunner().invoke(main, ["agree", *map(str, arguments), "--json"])
    assert result.stdout, result.output
    return {person["id"]: person for person in json.loads(result.stdout)["people"]}


def collected(*options: str) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["collect", "2026Q4", "--roster", "名册.csv", "--json", "--overwrite", *options])
    assert result.stdout, result.output
    return dict(json.loads(result.stdout))


def told(found: dict[str, Any] | list[dict[str, Any]], *kinds: str) -> list[tuple[str | None, str]]:
    """Cell and severity of the problems of these kinds, in the order of the cells."""
    problems = found["problems"] if isinstance(found, dict) else found
    wanted = kinds or ("agreed", "not_agreed")
    return sorted(((p["cell"], p["severity"]) for p in problems if p["kind"] in wanted), key=str)


def messages(found: dict[str, Any], kind: str = "agreed") -> str:
    return "\n".join(problem["message"] for problem in found["problems"] if problem["kind"] == kind)


def checked() -> list[dict[str, Any]]:
    return list(json.loads(CliRunner().invoke(main, ["check", "2026Q4", "--json"]).stdout))


def flat(result: Result) -> str:
    return result.output.replace("\n", "")


# --- recorded ---------------------------------------------------------------------------------------------------------


def _without(company: CompanyFolder, who: str) -> dict[str, Value]:
    return {at(company, "c:targets", SIGNED[who]): None}


LACKING: dict[str, Callable[[CompanyFolder], dict[str, Value]]] = {
    "nobody has signed": lambda c: {**_without(c, "employee"), **_without(c, "superior")},
    "only the superior": lambda c: _without(c, "employee"),
    "only the employee": lambda c: _without(c, "superior"),
    "no date": lambda c: {at(c, "c:targets", SIGNED["employee"]): "员工甲"},
    "a date alone": lambda c: {at(c, "c:targets", SIGNED["superior"]): "2026-10-02"},
    "somebody else": lambda c: {at(c, "c:targets", SIGNED["employee"]): "员工丁 2026-10-02"},
    "a target is empty": lambda c: {at(c, "i:gmv", "target"): None},
    "a target is a word": lambda c: {at(c, "i:gmv", "target"): "待定"},
    "a rule cannot be read": lambda c: {at(c, "i:gmv", "rule"): "看情况"},
    "the weights are not 100 %": lambda c: {at(c, "i:gmv", "weight"): 0.4},
    "a spare row without a rule": lambda c: {at(c, "i:+1", "label"): "新客", at(c, "i:+1", "weight"): 0.1},
}


@pytest.mark.parametrize("what", LACKING)
def test_what_is_not_signed_or_not_whole_is_not_recorded(fresh: CompanyFolder, what: str) -> None:
    cells = LACKING[what](fresh)
    returned(fresh, "A1", signed(fresh, "A1"), cells)
    returned(fresh, "A2", signed(fresh, "A2"))
    people = agree("2026Q4", "--roster", "名册.csv")
    assert (people["A1"]["state"], people["A2"]["state"]) == ("lacking", "recorded")
    found = {problem["cell"] for problem in people["A1"]["lacking"]}
    assert found & {*cells, at(fresh, "total", "weight"), at(fresh, "i:+1", "rule")}, people["A1"]["lacking"]
    assert "A1" not in path_of(fresh.history, QUARTER).read_text("utf-8")
    again = agree("2026Q4", "--list", "--roster", "名册.csv")
    assert {id: one["state"] for id, one in again.items()} == {"A1": "none", "A2": "agreed"}


@pytest.mark.parametrize(("about", "state", "where"), [("", "recorded", "notes"), ("转化率", "lacking", "lacking")])
def test_a_key_action_may_be_about_no_indicator_but_not_about_an_unknown_one(
    fresh: CompanyFolder, about: str, state: str, where: str
) -> None:
    returned(fresh, "A1", signed(fresh, "A1"), key_action(fresh, 1, about, *ACTION[1:]))
    one = agree("2026Q4", "--roster", "名册.csv")["A1"]
    assert one["state"] == state
    assert [problem["kind"] for problem in one[where]] == ["key_action"]
    recorded = path_of(fresh.history, QUARTER)
    assert (recorded.exists() and ACTION[1] in recorded.read_text("utf-8")) == (state == "recorded")


def test_who_sent_nothing_is_listed_by_superior(fresh: CompanyFolder) -> None:
    returned(fresh, "A2", signed(fresh, "A2"))
    result = run("agree", "2026Q4", "--roster", "名册.csv")
    assert result.exit_code == PROBLEMS
    assert "没有表" in result.output
    assert result.output.index("考核员乙") < result.output.index("考核员己")


def test_the_record_says_who_agreed_what_when_and_from_which_file(company: CompanyFolder) -> None:
    people = agree("2026Q4", "--list")
    one = people["A1"]
    assert one["agreed"]["employee"] == "员工甲 2026-10-02"
    assert one["agreed"]["file"] == "员工甲.xlsx"
    assert len(one["agreed"]["hash"]) == 64
    assert one["agreed"]["recorded"][:2] == "20"
    terms = one["terms"]
    assert (terms["i:gmv target"], terms["i:gmv weight"], terms["i:gmv rule"]) == (
        1_800_000, 0.5, "按完成率得分，封顶120分",
    )  # fmt: skip
    assert terms["k:1 definition"] == ACTION[1]


def test_recording_again_changes_nothing(company: CompanyFolder) -> None:
    before = path_of(company.history, QUARTER).read_bytes()
    assert run("agree", "2026Q4").exit_code == FINE
    assert path_of(company.history, QUARTER).read_bytes() == before


def test_the_form_of_another_person_is_not_recorded(fresh: CompanyFolder) -> None:
    person = {at(fresh, "person", "employee_id"): "A1", at(fresh, "person", "name"): "员工甲"}
    returned(fresh, "A2", signed(fresh, "A1"), person, name="员工甲.xlsx")
    people = agree("2026Q4", "--roster", "名册.csv")
    assert {one["state"] for one in people.values()} == {"absent", "lacking"}
    assert not path_of(fresh.history, QUARTER).exists()


# --- changed afterwards -----------------------------------------------------------------------------------------------


def test_an_honest_quarter_has_nothing_to_tell(company: CompanyFolder) -> None:
    filled(company, "A1")
    filled(company, "A2")
    found = collected()
    assert {problem["kind"] for problem in found["problems"]} == {"unsigned"}
    assert {person["final"] for person in found["people"]} == {91.8}
    assert {problem["kind"] for problem in checked()} == {"unsigned"}


def test_a_lowered_target_is_told_with_both_numbers_and_both_scores(company: CompanyFolder) -> None:
    """1,620,000 of 1,500,000 is 108 % instead of 90 %: half of 18 points more."""
    filled(company, "A1", {at(company, "i:gmv", "target"): LOWERED})
    filled(company, "A2")
    found = collected()
    assert told(found) == [(at(company, "i:gmv", "target"), "warning")]
    for text in ("150万", "180万", "按商定得91.8分", "按表上得100.8分"):
        assert text in messages(found)
    assert told(checked()) == told(found)
    assert not told(found, "target", "issued"), "the same change is told once"
    ranking = load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx")["排名"]
    line = next(row for row in ranking.iter_rows(values_only=True) if "员工甲" in row)
    assert any("按商定得91.8分" in str(cell) for cell in line), "the ranking marks the doubtful result"


CHANGES: dict[str, tuple[dict[tuple[str, str], Value], str, str]] = {
    "target lowered": ({("i:gmv", "target"): LOWERED}, "91.8", "100.8"),
    "target raised by a thousandth": ({("i:gmv", "target"): 1_801_800}, "91.8", "91.76"),
    "weight moved": ({("i:gmv", "weight"): 0.3, ("i:returned", "weight"): 0.5}, "91.8", "93"),
    "rule replaced": ({("i:violations", "rule"): "每次扣1分"}, "91.8", "93.6"),
    "target emptied": ({("i:gmv", "target"): None}, "得91.8分", "没有总分"),
    "unit changed": ({("i:returned", "unit"): "元"}, "91.8", ""),
}
"""What is typed, the final as agreed, and the final on the form."""


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_after_the_agreement_is_a_warning_at_its_cell(company: CompanyFolder, what: str) -> None:
    changed, before, after = CHANGES[what]
    cells = {at(company, *place): value for place, value in changed.items()}
    filled(company, "A1", cells)
    filled(company, "A2")
    found = collected()
    assert told(found) == sorted((cell, "warning") for cell in cells)
    assert before in messages(found)
    assert after in messages(found)
    assert told(checked()) == told(found)


def test_a_spare_row_added_afterwards_is_told(company: CompanyFolder) -> None:
    cells: dict[tuple[str, str], Value] = {
        ("i:+1", "label"): "新粉丝", ("i:+1", "weight"): 0.2, ("i:+1", "target"): 100,
        ("i:+1", "rule"): "按完成率得分，封顶120分", ("i:+1", "unit"): "人", ("i:+1", "actual"): 130,
    }  # fmt: skip
    filled(company, "A1", {at(company, *place): value for place, value in cells.items()})
    filled(company, "A2")
    found = collected()
    warned = {cell for cell, severity in told(found) if severity == "warning"}
    assert warned == {at(company, "i:+1", column) for column in ("weight", "target", "rule", "unit")}
    assert "按商定得91.8分" in messages(found)


def test_a_key_action_changed_afterwards_is_advice(company: CompanyFolder) -> None:
    filled(company, "A1", key_action(company, 1, "GMV", "每周一场直播", "员工甲", "2026-12-10"))
    filled(company, "A2", key_action(company, 2, "GMV", "后来加的", "员工丁", "2026-12-20"))
    found = collected()
    assert {severity for _, severity in told(found)} == {"advice"}
    cells = {cell for cell, _ in told(found)}
    assert cells >= {at(company, "k:1", "definition"), at(company, "k:2", "definition")}
    assert told(checked()) == told(found)


@pytest.mark.parametrize("formula", [Formula("1500000"), Formula("1000000+500000")])
def test_a_target_typed_over_by_a_formula_is_told(company: CompanyFolder, formula: Formula) -> None:
    filled(company, "A1", {at(company, "i:gmv", "target"): formula})
    assert told(checked()) == [(at(company, "i:gmv", "target"), "warning")]


def test_a_copied_signature_is_told(company: CompanyFolder) -> None:
    """The sheet of somebody else was signed by cutting and pasting."""
    filled(company, "A1")
    filled(company, "A2", signed(company, "A1"))
    found = collected()
    row = layout(company).rows["c:targets"]
    cells = sorted(f"{LETTER[SIGNED[who]]}{row}" for who in ("employee", "superior"))
    assert told(found) == [(cell, "warning") for cell in cells]
    assert "员工甲 2026-10-02" in messages(found)


def test_a_complete_form_without_an_agreement_is_told(fresh: CompanyFolder) -> None:
    returned(fresh, "A1", numbers(fresh))
    returned(fresh, "A2", signed(fresh, "A2"))
    agree("2026Q4", "--roster", "名册.csv")
    found = collected()
    assert told(found) == [(None, "warning")]
    assert "没有员工甲的目标商定记录" in messages(found, "not_agreed")
    assert told(checked()) == told(found)


def test_an_agreement_recorded_when_the_result_was_known_is_told(fresh: CompanyFolder) -> None:
    returned(fresh, "A1", signed(fresh, "A1"), numbers(fresh), {at(fresh, "i:gmv", "target"): LOWERED})
    returned(fresh, "A2", signed(fresh, "A2"))
    people = agree("2026Q4", "--roster", "名册.csv")
    assert {one["state"] for one in people.values()} == {"recorded"}
    assert any("已经填完" in note["message"] for note in people["A1"]["notes"])
    assert not people["A2"]["notes"]
    returned(fresh, "A2", signed(fresh, "A2"), numbers(fresh))
    found = collected()
    assert told(found) == [(None, "advice")]
    assert "已经填完" in messages(found)


def test_a_form_beside_no_company_is_held_against_nothing(
    company: CompanyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(company, "A1", {at(company, "i:gmv", "target"): LOWERED})
    monkeypatch.chdir(tmp_path)
    said = json.loads(CliRunner().invoke(main, ["check", str(path), "--json"]).stdout)
    assert not told(said)


# --- the record by hand -----------------------------------------------------------------------------------------------


def _edit_number(record: dict[str, Any]) -> None:
    record["entries"][0]["terms"]["i:gmv target"] = LOWERED


def _edit_signature(record: dict[str, Any]) -> None:
    record["entries"][0]["employee"] = "员工丁 2026-10-02"


def _drop_first(record: dict[str, Any]) -> None:
    record["entries"].pop(0)


def _drop_last(record: dict[str, Any]) -> None:
    record["entries"].pop()


def _exchange(record: dict[str, Any]) -> None:
    record["entries"].reverse()


@pytest.mark.parametrize("change", [_edit_number, _edit_signature, _drop_first, _drop_last, _exchange])
def test_a_record_edited_by_hand_is_an_error(company: CompanyFolder, change: Any) -> None:
    path = path_of(company.history, QUARTER)
    record = json.loads(path.read_text("utf-8"))
    change(record)
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    low = {at(company, "i:gmv", "target"): LOWERED}
    filled(company, "A1", low)
    filled(company, "A2", name="员工丁.xlsx")
    for found in (collected(), {"problems": checked()}):
        assert (None, "error") in told(found)
        assert "手工改过" in messages(found)
    returned(company, "A2", signed(company, "A2", day="2026-11-02"), {at(company, "i:gmv", "target"): 1})
    before = path.read_bytes()
    options = ("--revise", "--from", "2026-11-01", "--reason", "试", "--approver", "考核员丙", "--person", "A2")
    refused = run("agree", "2026Q4", *options)
    assert refused.exit_code == PROBLEMS
    assert path.read_bytes() == before, "nothing new is sealed on top of an edited record"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"entries": [{}], "seal": ""}', '{"entries": [5], "seal": ""}'])
def test_a_damaged_record_is_told_in_words(company: CompanyFolder, text: str) -> None:
    path_of(company.history, QUARTER).write_text(text, "utf-8")
    for command in (("agree", "2026Q4"), ("agree", "2026Q4", "--list"), ("collect", "2026Q4"), ("check", "2026Q4")):
        said = run(*command)
        assert (said.exit_code, "读不出来" in flat(said)) == (PROBLEMS, True), said.output


# --- revised ----------------------------------------------------------------------------------------------------------

WHY = ("--from", "2026-11-15", "--reason", "直播间停播两周", "--approver", "考核员丙")


def revised(company: CompanyFolder, *cells: Mapping[str, Value], day: str = "2026-11-16") -> Path:
    low = {at(company, "i:gmv", "target"): LOWERED}
    return returned(company, "A1", signed(company, "A1", day=day), key_action(company, 1, *ACTION), low, *cells)


def test_other_numbers_are_refused_with_both(company: CompanyFolder) -> None:
    path = revised(company)
    before = path_of(company.history, QUARTER).read_bytes()
    said = run("agree", path)
    assert said.exit_code == PROBLEMS
    assert "180万 → 150万" in flat(said)
    assert path_of(company.history, QUARTER).read_bytes() == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--revise",), "--from、--reason、--approver"),
        (("--revise", *WHY[:2], *WHY[4:]), "--reason"),
        (("--revise", *WHY[2:]), "--from"),
        (("--revise", *WHY[:4]), "--approver"),
        (("--revise", "--from", "2026-11-15", "--reason", " ", "--approver", "考核员丙"), "--reason"),
        (("--revise", "--from", "十一月", *WHY[2:]), "不是日期"),
        (("--revise", "--from", "2027-01-01", *WHY[2:]), "不在 2026Q4 里"),
        (WHY, "--revise"),
    ],
)
def test_a_revision_says_from_when_why_and_who_approved(
    company: CompanyFolder, options: tuple[str, ...], says: str
) -> None:
    before = path_of(company.history, QUARTER).read_bytes()
    said = run("agree", revised(company), *options)
    assert (said.exit_code, says in flat(said)) == (USAGE, True), said.output
    assert path_of(company.history, QUARTER).read_bytes() == before


def test_a_revision_is_for_people_who_are_named(company: CompanyFolder) -> None:
    revised(company)
    said = run("agree", "2026Q4", "--revise", *WHY)
    assert (said.exit_code, "--person" in said.output) == (USAGE, True)
    assert run("agree", "2026Q4", "--revise", *WHY, "--person", "A9").exit_code == PROBLEMS
    assert agree("2026Q4", "--revise", *WHY, "--person", "A1")["A1"]["state"] == "revised"


def test_a_revision_needs_new_signatures_of_both(company: CompanyFolder) -> None:
    person = agree(revised(company, day="2026-10-02"), "--revise", *WHY)["A1"]
    assert person["state"] == "lacking"
    assert len(person["lacking"]) == 2
    assert "还是上一次的" in person["lacking"][0]["message"]


def test_a_revision_needs_a_first_agreement(fresh: CompanyFolder) -> None:
    person = agree(revised(fresh), "--revise", *WHY)["A1"]
    assert (person["state"], "没有可修订的" in person["lacking"][0]["message"]) == ("lacking", True)


def test_after_a_revision_both_are_readable_and_the_new_one_counts(company: CompanyFolder) -> None:
    assert agree(revised(company), "--revise", *WHY)["A1"]["state"] == "revised"
    listed = agree("2026Q4", "--list")["A1"]
    (revision,) = listed["revisions"]
    assert (revision["since"], revision["reason"], revision["approver"]) == WHY[1::2]
    assert revision["changes"] == [{"row_id": "i:gmv", "column_id": "target", "before": 1_800_000, "after": LOWERED}]
    assert listed["agreed"]["employee"] == "员工甲 2026-10-02", "the first one stays"
    revised(company, numbers(company))
    filled(company, "A2")
    found = collected()
    assert not told(found)
    assert {person["id"]: person["final"] for person in found["people"]} == {"A1": 100.8, "A2": 91.8}
    filled(company, "A1")  # the old form, with the old target and the old signatures
    cells = {cell for cell, _ in told(collected())}
    assert at(company, "i:gmv", "target") in cells
    text = flat(run("agree", "2026Q4", "--list"))
    assert "自 2026-11-15 起修订（直播间停播两周；考核员丙批准）" in text


# --- the summary, the roster ------------------------------------------------------------------------------------------


def test_the_summary_has_a_sheet_about_agreements(company: CompanyFolder) -> None:
    assert agree(revised(company), "--revise", *WHY)["A1"]["state"] == "revised"
    revised(company, numbers(company))
    filled(company, "A2", {at(company, "i:gmv", "target"): LOWERED})
    collected()
    sheet = load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx")["目标商定"]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    of = {row[2]: row for row in rows if len(row) > 5 and row[2] in SHEETS.values()}
    first = next(row for row in rows if "员工甲" in row and "已商定" in row)
    assert first[6:] == ["员工甲 2026-11-16", "考核员乙 2026-11-16", 1, 100.8, 100.8]
    assert of["员工丁"][4:5] + of["员工丁"][8:] == ["与登记不同", 1, 91.8, 100.8]
    revision = next(row for row in rows if "直播间停播两周" in row)
    assert {"2026-11-15", "考核员丙", "“GMV”目标值：180万 → 150万"} <= {*revision}


def test_the_guide_shows_key_actions_beside_the_loss_and_in_a_table(company: CompanyFolder) -> None:
    filled(company, "A1")
    filled(company, "A2")
    assert run("guide", "2026Q4").exit_code == FINE
    texts = {}
    for path in company.guides(QUARTER).rglob("员工*.*"):
        content = path.read_bytes()
        texts[path.name] = (unpack(content)["word/document.xml"] if path.suffix == ".docx" else content).decode()
    for ending in ("html", "docx"):
        own, other = texts[f"员工甲.{ending}"], texts[f"员工丁.{ending}"]
        assert f"（核心抓手：{ACTION[1]}）" in own
        assert own.count(ACTION[1]) == 2, "beside the loss, and with owner and date"
        assert own.count(ACTION[3]) == 1
        assert "核心抓手" not in other


def test_a_company_without_agreements_has_no_such_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = own_company(tmp_path / "晨光")
    monkeypatch.chdir(company.path)
    assert run("new", "2026Q4", "--role", HOST).exit_code == FINE
    typed = typed_cells(catalogue_of(company).role(HOST), NUMBERS, {"name": "员工甲", "newcomer": "否"})
    path = company.returned(QUARTER) / "员工甲.xlsx"
    path.parent.mkdir(parents=True)
    form = (company.issued(QUARTER) / "2026Q4.xlsx").read_bytes()
    path.write_bytes(recalculate(fill(form, {"抖音主播": typed})))
    said = json.loads(run("collect", "2026Q4", "--json").stdout)
    assert not told(said)
    assert "目标商定" not in load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx").sheetnames


def test_a_recorded_target_goes_before_the_roster(company: CompanyFolder) -> None:
    assert agree(revised(company), "--revise", *WHY)["A1"]["state"] == "revised"
    lines = (company.path / "名册.csv").read_text("utf-8").splitlines()
    targets = ("目标:GMV", "1800000", "1800000")
    text = "\n".join(f"{line},{target}" for line, target in zip(lines, targets, strict=True))
    (company.path / "名册.csv").write_text(text, "utf-8")
    revised(company, numbers(company))
    filled(company, "A2", {at(company, "i:gmv", "target"): LOWERED})
    found = collected()
    cell = at(company, "i:gmv", "target")
    assert {person["id"]: person["final"] for person in found["people"]} == {"A1": 100.8, "A2": 91.8}
    assert told(found, "against_roster") == [(cell, "advice"), (cell, "error")]
    assert told(found) == [(cell, "warning")], "of the one who lowered it"


def test_two_assignments_of_one_person_are_two_agreements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """46 and 31 of 92 days: the targets are reduced to 900,000 and 606,521.74."""
    company = agreeing_company(tmp_path / "晨光")
    monkeypatch.chdir(company.path)
    change(company.settings, {"B10": "按天折算"}, "公司")
    days = ("任职开始日,任职结束日", ",2026-11-15", "2026-12-01,")
    head, line, *_ = (company.path / "名册.csv").read_text("utf-8").splitlines()
    text = "\n".join(f"{one},{more}" for one, more in zip((head, line, line), days, strict=True))
    (company.path / "名册.csv").write_text(text, "utf-8")
    assert run("new", "2026Q4", "--roster", "名册.csv", "-o", company.issued(QUARTER)).exit_code == FINE
    (sent,) = company.issued(QUARTER).glob("*.xlsx")
    sheets, path = ("员工甲", "员工甲 抖音主播"), company.returned(QUARTER) / "员工甲.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    both = signed(company, "A1")

    def send(*second: Mapping[str, Value]) -> None:
        typed = [{address: value for each in cells for address, value in each.items()} for cells in ((both,), second)]
        if second[1:]:
            typed[0] |= {at(company, f"m:{id}", m): NUMBERS[id][0] for id in NUMBERS for m in ("m1", "m2")}
        path.write_bytes(recalculate(edit(sent.read_bytes(), dict(zip(sheets, typed, strict=True)))))

    send(both)
    assert run("agree", "2026Q4").exit_code == FINE
    record = json.loads(path_of(company.history, QUARTER).read_text("utf-8"))["entries"]
    targets = {one["start"]: one["terms"]["i:gmv target"] for one in record}
    assert targets == {"": 900_000, "2026-12-01": pytest.approx(606_521.739, abs=0.01)}
    december: dict[str, Value] = {at(company, f"m:{id}", "m3"): NUMBERS[id][0] for id in NUMBERS}
    send(both, december)
    assert not told(collected())
    send(both, december, {at(company, "i:gmv", "target"): 500_000})
    problems = [problem for problem in collected()["problems"] if problem["kind"] == "agreed"]
    assert [(one["sheet"], one["cell"]) for one in problems] == [(sheets[1], at(company, "i:gmv", "target"))]


def test_numbers_are_those_worked_out_by_hand() -> None:
    assert sum(map(float, NUMBERS["gmv"])) == 1_620_000  # type: ignore[arg-type]
