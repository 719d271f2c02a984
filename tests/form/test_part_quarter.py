"""Targets of a whole quarter for a part of it: which, by how much, and what forms, checks and summaries say of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support.archives import parts_of
from tests.support.catalogues import SHIPPED, shipped_text, shipped_with, use
from tests.support.engines import libreoffice
from tests.support.forms import Shown, differences
from tests.support.own_company import own_company
from tests.support.paths import CASES
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.form.part_quarter import flows, part_notice, part_targets, part_text, prorated, reduced_presets
from xlkpi.form.prefill import Preset, typed_cells
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.intake.workbook import read
from xlkpi.next_quarter.plan import following
from xlkpi.writer.workbook import sheets_of_assignments, uncalculated, workbook
from xlkpi.xlsx.edit import fill

Q4, Q1 = Quarter(2026, 4), Quarter(2027, 1)
SELLER = "part-seller"
WHOLE = Assignment("0", "全季", "一部", SELLER, "上级")
PART = Assignment("1", "甲", "一部", SELLER, "上级", start=dt.date(2026, 10, 31))
HALF = replace(PART, id="2", name="乙", share=0.5)
PART_TIME = Assignment("3", "丙", "一部", SELLER, "上级", share=0.5)
AGREED = replace(PART, id="4", name="丁", targets={"sales": 1000.0})
MEASURES: dict[str, list[Any]] = {
    "sales": [300_000, 500_000, 400_000], "refunds": [10_000, 20_000, 30_000], "orders": [900, 1000, 1100],
    "plan": [400_000, 400_000, 400_000], "return_rate": [0.1, 0.12, 0.14], "stock": [400, 400, 400],
    "staff": [5, 5, 5], "once": [2], "complaints": [0, 0, 1], "rank": ["良好"],
}  # fmt: skip


@pytest.fixture(scope="module", params=["as_is", "by_days"])
def choice(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Catalogue]:
    """The catalogue with the example role, where targets stay as they are, and where they are reduced."""
    role = (CASES / "part_quarter" / f"{SELLER}.toml").read_text("utf-8")
    company = shipped_text("company.toml")
    texts = {"as_is": company, "by_days": company.replace('"as_is"', '"by_days"')}
    return {
        name: shipped_with(tmp_path_factory.mktemp(name), {f"roles/{SELLER}.toml": role, "company.toml": text})
        for name, text in texts.items()
    }


@pytest.fixture(scope="module")
def role(companies: Mapping[str, Catalogue]) -> Role:
    return companies["as_is"].role(SELLER)


# --- which targets, and by how much -----------------------------------------------------------------------------------


def test_only_what_adds_up_over_the_months_is_reduced(role: Role) -> None:
    assert [indicator.id for indicator, _, _ in flows(role)] == ["sales", "net", "open"]


@cache
def _target(role: Role) -> Any:
    return part_targets(role, PART, Q4)


def test_the_parts_are_days_and_working_time(role: Role) -> None:
    sales = {post.id: part_targets(role, post, Q4) for post in (WHOLE, PART, HALF, PART_TIME, AGREED)}
    assert sales["0"] == ()
    assert [targets[0].share for id, targets in sales.items() if id != "0"] == [
        Fraction(62, 92), Fraction(31, 92), Fraction(1, 2), Fraction(62, 92),
    ]  # fmt: skip
    assert sales["1"][0].reduced == pytest.approx(1_800_000 * 62 / 92, abs=1e-6)
    assert sales["3"][0].reduced == 900_000
    assert sales["1"][2].reduced is None
    labels = words("zh-Hans")
    texts = [part_text(post, Q4, labels) for post in (PART, HALF, PART_TIME)]
    assert texts == ["62/92天", "62/92天 × 50%工时", "50%工时"]


@given(st.data())
def test_the_parts_of_a_quarter_make_the_whole(data: st.DataObject) -> None:
    quarter = Quarter(data.draw(st.integers(2024, 2030)), data.draw(st.integers(1, 4)))
    last = quarter.first_day + dt.timedelta(days=data.draw(st.integers(0, quarter.days - 2)))
    first = Assignment("1", "甲", end=last)
    second = Assignment("1", "甲", start=last + dt.timedelta(days=1))
    target = data.draw(st.floats(0.01, 1e12, allow_nan=False).map(lambda number: round(number, 2)))
    assert first.part(quarter) + second.part(quarter) == 1
    parts = [prorated(target, post.part(quarter)) for post in (first, second)]
    assert sum(parts) == pytest.approx(target, rel=1e-12)
    assert min(parts) > 0
    share = data.draw(st.sampled_from([0.1, 0.25, 0.5, 0.8, 1.0]))
    assert prorated(target, replace(first, share=share).part(quarter)) == pytest.approx(parts[0] * share, rel=1e-12)


@given(st.integers(1, 91), st.integers(1, 91))
def test_more_days_never_make_a_smaller_target(one: int, other: int) -> None:
    def target(days: int) -> float:
        return prorated(1_800_000, Assignment("1", "甲", end=Q4.first_day + dt.timedelta(days=days - 1)).part(Q4))

    assert (target(one) <= target(other)) is (one <= other)


def test_whoever_has_an_own_target_keeps_it(role: Role) -> None:
    presets = reduced_presets(role, AGREED, Q4, "by_days", words("zh-Hans"))
    assert {row for row, _ in presets} == {"i:net"}
    notice = part_notice(role, AGREED, Q4, presets, "by_days", words("zh-Hans"))
    assert notice is not None
    assert notice.lines[0] == "“销售额”：名册上与本人商定的目标是1,000，照写，没有折算"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (1_800_000.0, "全季目标1,800,000，没有折算；按62/92天为1,213,043.48"),
        (1_213_043.48, "全季目标1,800,000 × 62/92天 = 1,213,043.48"),
        (1_000_000.0, None),
    ],
)
def test_a_form_made_anew_says_of_a_typed_target_what_it_is(
    role: Role, choice: str, typed: float, said: str | None
) -> None:
    """A target that was typed on the form before is no proposal: it has no note."""
    notice = part_notice(role, PART, Q4, {("i:sales", "target"): Preset(typed)}, choice, words("zh-Hans"))
    assert notice is not None
    assert [line for line in notice.lines if "“销售额”" in line] == ([f"“销售额”：{said}"] if said else [])


# --- forms ------------------------------------------------------------------------------------------------------------


def _sheets(post: Assignment, catalogue: Catalogue, language: str = "zh-Hans") -> bytes:
    return uncalculated(sheets_of_assignments([post], catalogue, language, Q4), catalogue, Q4, language)


def test_forms_of_whole_quarters_do_not_depend_on_the_choice(companies: Mapping[str, Catalogue]) -> None:
    for language in LANGUAGES:
        as_is, by_days = (parts_of(_sheets(WHOLE, catalogue, language)) for catalogue in companies.values())
        assert {name for name in as_is if as_is[name] != by_days[name]} <= {"docProps/core.xml"}
        assert words(language)("part_header").encode() not in as_is["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("post", [PART, HALF, PART_TIME, AGREED], ids=lambda post: post.name)
def test_a_form_for_a_part_says_so_beside_the_period(
    companies: Mapping[str, Catalogue], choice: str, post: Assignment, language: str, tmp_path: Path
) -> None:
    catalogue = companies[choice]
    (tmp_path / "f.xlsx").write_bytes(_sheets(post, catalogue, language))
    sheet = load_workbook(tmp_path / "f.xlsx")[post.name]
    labels, layout = words(language), Layout(catalogue.role(SELLER))
    assert sheet["P3"].value == labels("part_header")
    said = sheet["P4"].value
    part = part_text(post, Q4, labels)
    assert part in said
    assert len(sheet["P4"].comment.text.splitlines()) == 3
    sales, net = (sheet[layout.address(f"i:{id}", "target")] for id in ("sales", "net"))
    share = float(post.part(Q4))
    whole_sales = post.targets.get("sales", 1_800_000)
    if choice == "by_days":
        assert net.value == pytest.approx(1_500_000 * share)
        assert sales.value == pytest.approx(post.targets.get("sales", 1_800_000 * share))
        assert "1,500,000" in net.comment.text
        assert part in net.comment.text
    else:
        assert (sales.value, net.value) == (whole_sales, 1_500_000)
        assert f"{1_500_000 * share:,.2f}".rstrip("0").rstrip(".") in net.comment.text
    assert (sales.comment is None) is (post is AGREED)


def test_a_form_without_such_targets_says_nothing() -> None:
    post = Assignment("1", "甲", "一部", "web-editor", "上级", start=dt.date(2026, 11, 1))
    assert not any(flows(SHIPPED.role("web-editor")))
    assert part_notice(SHIPPED.role("web-editor"), post, Q4, {}, "as_is", words("zh-Hans")) is None


def _filled(catalogue: Catalogue, *posts: Assignment, sales: float | None = None) -> bytes:
    sheets = sheets_of_assignments(posts, catalogue, quarter=Q4)
    typed: dict[str, dict[str, Any]] = {}
    for sheet in sheets:
        assert sheet.assignment is not None
        inside = [month in sheet.assignment.months(Q4) for month in ("m1", "m2", "m3")]
        measures = {
            id: [value if len(values) == 1 or asked else None for value, asked in zip(values, inside, strict=False)]
            for id, values in MEASURES.items()
        }
        targets: dict[str, Any] = {"open": 2000.0} | ({} if sales is None else {"sales": sales})
        typed[sheet.title] = typed_cells(sheet.role, measures, targets=targets)
    return fill(workbook(sheets, catalogue, Q4), typed)


def test_a_reduced_form_scores_alike_in_python_and_libreoffice(
    companies: Mapping[str, Catalogue], choice: str, tmp_path: Path
) -> None:
    catalogue, path = companies[choice], tmp_path / "f.xlsx"
    path.write_bytes(recalculate(_filled(catalogue, HALF, PART_TIME, WHOLE)))
    libreoffice.require()
    (result,) = libreoffice.recalculate([path], tmp_path / "libreoffice")
    for book in (path, result):
        filled = read(book, catalogue)
        assert not filled.problems
        for form in filled.forms:
            assert form.appraisal.complete
            assert not differences(Shown(book, form.sheet), form.appraisal)
        (sales,) = (r for r in filled.forms[1].appraisal.indicators if r.id == "sales")
        assert sales.target[0] == (900_000 if choice == "by_days" else 1_800_000)
        assert sales.score == (120.0 if choice == "by_days" else pytest.approx(1_200_000 / 1_800_000 * 100))


# --- check, collect ---------------------------------------------------------------------------------------------------


def _told(path: Path, catalogue: Catalogue, *kinds: str) -> list[tuple[str | None, str, str]]:
    (checked,) = check([path], catalogue)
    return [(p.row_id, p.severity, p.message + p.advice) for p in checked.problems if p.kind in kinds]


def test_check_asks_for_what_the_form_does_not_reduce(
    companies: Mapping[str, Catalogue], choice: str, tmp_path: Path
) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(recalculate(_filled(companies[choice], PART)))
    told = _told(path, companies[choice], "part_quarter", "target")
    if choice == "by_days":
        assert told == []
        return
    assert [(row, severity) for row, severity, _ in told] == [("i:sales", "advice"), ("i:net", "advice")]
    assert "“销售额”的目标1,800,000却是全季的" in told[0][2]
    assert "按62/92天折算为1,213,043.48" in told[0][2]


def test_check_of_a_whole_quarter_says_nothing(companies: Mapping[str, Catalogue], choice: str, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(recalculate(_filled(companies[choice], WHOLE)))
    assert _told(path, companies[choice], "part_quarter", "target", "label") == []


def test_a_changed_target_is_told_whatever_the_choice(
    companies: Mapping[str, Catalogue], choice: str, tmp_path: Path
) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(recalculate(_filled(companies[choice], PART, sales=5000.0)))
    (told,) = [each for each in _told(path, companies[choice], "target", "part_quarter") if each[0] == "i:sales"]
    assert ("与按62/92天折算的1,213,043.48不同" if choice == "by_days" else "与岗位标准180万不同") in told[2]


@pytest.mark.parametrize("given_target", [1_800_000.0, 1_800_000 * 62 / 92])
def test_the_form_itself_knows_with_which_choice_it_was_made(
    companies: Mapping[str, Catalogue], choice: str, given_target: float, tmp_path: Path
) -> None:
    """A form that is out stays as it was made, also where the company chooses otherwise later."""
    path, other = tmp_path / "f.xlsx", {"as_is": "by_days", "by_days": "as_is"}[choice]
    path.write_bytes(recalculate(_filled(companies[choice], PART, sales=given_target)))
    for catalogue in (companies[choice], companies[other]):
        told = _told(path, catalogue, "target"), _told(path, catalogue, "part_quarter")
        kinds = [any(row == "i:sales" for row, *_ in each) for each in told]
        whole = given_target == 1_800_000
        assert kinds == ([not whole, whole] if choice == "as_is" else [whole, False])


@pytest.fixture
def sent(
    companies: Mapping[str, Catalogue], choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, str]:
    """The forms of a roster as `new` makes and records them, filled in; and what `new` said."""
    use(monkeypatch, companies[choice])
    roster = tmp_path / "名册.csv"
    rows = ["工号,姓名,部门,岗位,直接上级,任职开始日,工时比例,目标:净销售额"]
    rows += [
        "1,甲,一部,示例销售,上级,2026-10-31,,",
        "2,乙,一部,示例销售,上级,2026-10-31,50%,3000",
        "0,全季,一部,示例销售,上级,,,",
    ]
    roster.write_text("\n".join(rows), "utf-8-sig")
    result = CliRunner().invoke(main, ["new", "2026Q4", "--roster", str(roster), "-o", str(tmp_path / "表")])
    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "表").glob("*.xlsx")
    layout = Layout(companies[choice].role(SELLER))
    typed = {}
    for title, inside in (("甲", (1, 2, 3)), ("乙", (1, 2, 3)), ("全季", (1, 2, 3))):
        cells = typed_cells(layout.role, {id: values for id, values in MEASURES.items() if inside})
        typed[title] = cells | {layout.address("i:open", "target"): 2000.0}
    path.write_bytes(recalculate(fill(path.read_bytes(), typed)))
    return tmp_path, result.output


def test_new_says_what_became_of_the_targets(sent: tuple[Path, str], choice: str) -> None:
    _, said = sent
    assert "2张表不是全季全日制" in said
    assert ("没有折算；要按在岗天数折算，请改 company.toml 的 part_quarter，" in said) is (choice == "as_is")
    if choice == "by_days":
        assert "甲（1）“销售额”：全季目标1,800,000 × 62/92天 = 1,213,043.48" in said
        assert "“销售额”：全季目标1,800,000 × 62/92天 × 50%工时 = 606,521.74" in said
    else:
        assert "甲（1）“销售额”：全季目标1,800,000，没有折算；按62/92天为1,213,043.48" in said
    assert "“净销售额”：名册上与本人商定的目标是3,000，照写，没有折算" in said
    assert "“订单数”：还没有目标值，请按62/92天商定后填写" in said
    assert "全季（0）" not in said


def test_in_a_company_s_folder_new_names_the_setting_of_its_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = own_company(tmp_path / "公司")
    monkeypatch.chdir(company.path)
    rows = "工号,姓名,部门,岗位,直接上级,任职开始日\n1,甲,一部,抖音主播,上级,2026-10-31"
    (company.path / "名册.csv").write_text(rows, "utf-8-sig")
    result = CliRunner().invoke(main, ["new", "2026Q4", "--roster", "名册.csv", "-o", "表"])
    assert result.exit_code == 0, result.output
    assert "请改 公司.xlsx 的“任职不满一季的目标”一项，再生成一次" in result.output
    assert "part_quarter" not in result.output


def _collected(folder: Path, *options: str) -> dict[str, Any]:
    output = folder / "汇总.xlsx"
    arguments = ["collect", str(folder / "表"), "-o", str(output), "--json", "--overwrite", *options]
    result = CliRunner().invoke(main, arguments)
    return dict(json.loads(result.stdout))


def test_collect_takes_the_reduced_target_for_the_issued_one(sent: tuple[Path, str], choice: str) -> None:
    folder, _ = sent
    for options in ((), ("--roster", str(folder / "名册.csv"))):
        problems = _collected(folder, *options)["problems"]
        ours = [p for p in problems if p["row_id"] in ("i:sales", "i:net") and p["kind"] != "range"]
        kinds = sorted((p["kind"], p["sheet"], p["row_id"]) for p in ours)
        asked = [("part_quarter", "甲", "i:net"), ("part_quarter", "甲", "i:sales"), ("part_quarter", "乙", "i:sales")]
        agreed = [] if options else [("target", "乙", "i:net")]
        assert kinds == sorted(agreed + (asked if choice == "as_is" else []))


def test_the_ranking_says_it_beside_the_person(sent: tuple[Path, str], choice: str) -> None:
    folder, _ = sent
    _collected(folder)
    sheet = load_workbook(folder / "汇总.xlsx")["排名"]
    remarks = {row[3].value: " ".join(str(cell.value or "") for cell in row[11:]) for row in sheet.iter_rows(min_row=5)}
    said = (
        "“销售额”的目标已按62/92天折算为1,213,043.48"
        if choice == "by_days"
        else "“销售额”的目标1,800,000是全季的，没有折算；按62/92天为1,213,043.48"
    )
    assert said in remarks["甲"]
    assert "折算" not in remarks["全季"]


def test_a_changed_target_is_told_against_what_was_issued(
    sent: tuple[Path, str], companies: Mapping[str, Catalogue], choice: str
) -> None:
    folder, _ = sent
    (path,) = (folder / "表").glob("*.xlsx")
    cell = Layout(companies[choice].role(SELLER)).address("i:sales", "target")
    path.write_bytes(recalculate(fill(path.read_bytes(), {"甲": {cell: 500_000.0}})))
    found = [p for p in _collected(folder)["problems"] if (p["sheet"], p["row_id"]) == ("甲", "i:sales")]
    assert len(found) == 1
    assert found[0]["kind"] in ("issued", "target")


def test_the_roster_knows_the_days_better(sent: tuple[Path, str], choice: str) -> None:
    folder, _ = sent
    roster = folder / "名册.csv"
    roster.write_text(
        roster.read_text("utf-8-sig").replace(
            "1,甲,一部,示例销售,上级,2026-10-31", "1,甲,一部,示例销售,上级,2026-10-21"
        ),
        "utf-8-sig",
    )
    said = _collected(folder, "--roster", str(roster))
    found = [p for p in said["problems"] if p["kind"] == "against_roster"]
    if choice == "as_is":
        assert found == []
        return
    assert [p["row_id"] for p in found] == ["i:sales", "i:net"]
    assert "是按62/92天折算的，名册上是72/92天，应为1,408,695.65" in found[0]["message"]
    text = roster.read_text("utf-8-sig").replace(",工时比例", ",备注")  # without the column the form's own share holds
    roster.write_text(text, "utf-8-sig")
    again = [p for p in _collected(folder, "--roster", str(roster))["problems"] if p["kind"] == "against_roster"]
    assert [p["sheet"] for p in again] == ["甲", "甲"]


# --- the next quarter -------------------------------------------------------------------------------------------------


def _presets(folder: Path, catalogue: Catalogue, roster: str) -> dict[str, tuple[float | str, str]]:
    path = folder / "r.csv"
    path.write_text(roster, "utf-8-sig")
    made = following([*(folder / "表").glob("*.xlsx")], catalogue, None, None, path)
    return {
        f"{sheet.title} {row}": (preset.value, preset.note)
        for book in made.books
        for sheet in book.sheets
        for (row, column), preset in sheet.presets.items()
        if column == "target"
    }


HEAD = "工号,姓名,部门,岗位,直接上级,任职结束日,工时比例\n"


def test_the_next_quarter_begins_with_whole_targets_again(
    sent: tuple[Path, str], companies: Mapping[str, Catalogue], choice: str
) -> None:
    folder, _ = sent
    found = _presets(folder, companies[choice], HEAD + "1,甲,一部,示例销售,上级,,\n0,全季,一部,示例销售,上级,,\n")
    assert found["甲 i:sales"] == (1_800_000, "上季（2026Q4）目标，待确认")
    assert found["甲 i:open"] == (2000, "上季（2026Q4）目标，那一季不是全季全日制，待确认")
    assert found["全季 i:open"] == (2000, "上季（2026Q4）目标，待确认")
    assert found["甲 i:rate"] == found["全季 i:rate"] == (0.2, "上季（2026Q4）目标，待确认")


def test_the_next_quarter_reduces_carried_targets(
    sent: tuple[Path, str], companies: Mapping[str, Catalogue], choice: str
) -> None:
    folder, _ = sent
    rows = (
        "1,甲,一部,示例销售,上级,2027-01-31,\n0,全季,一部,示例销售,上级,,50%\n8,新人,一部,示例销售,上级,2027-01-31,\n"
    )
    found = _presets(folder, companies[choice], HEAD + rows)
    if choice == "as_is":
        assert found["甲 i:sales"][0] == 1_800_000
        assert "新人 i:sales" not in found
    else:
        assert found["甲 i:sales"][0] == found["新人 i:sales"][0] == pytest.approx(1_800_000 * 31 / 90)
        assert found["甲 i:sales"][1] == "全季目标1,800,000 × 31/90天 = 620,000"
        assert found["全季 i:open"] == (1000, "全季目标2,000 × 50%工时 = 1,000")
    assert "甲 i:open" not in found  # agreed for a part of the quarter before


def test_whoever_always_works_half_the_time_keeps_the_own_target(
    companies: Mapping[str, Catalogue], choice: str, tmp_path: Path
) -> None:
    (tmp_path / "表").mkdir()
    (tmp_path / "表" / "2026Q4-上级.xlsx").write_bytes(
        recalculate(_filled(companies[choice], PART_TIME, sales=700_000.0))
    )
    found = _presets(tmp_path, companies[choice], HEAD + "3,丙,一部,示例销售,上级,,50%\n")
    note = "上季（2026Q4）目标，待确认"
    assert (found["丙 i:sales"], found["丙 i:open"]) == ((700_000, note), (2000, note))
    net = (750_000, "全季目标1,500,000 × 50%工时 = 750,000") if choice == "by_days" else (1_500_000, note)
    assert found["丙 i:net"] == net
    path = tmp_path / "r.csv"
    made = following([tmp_path / "表" / "2026Q4-上级.xlsx"], companies[choice], None, None, path)
    (sheet,) = made.books[0].sheets
    notice = part_notice(sheet.role, sheet.assignment, Q1, sheet.presets, choice, words("zh-Hans"))
    assert notice is not None
    assert [line.split("：")[0] for line in notice.lines] == ["“净销售额”"]
