"""A quarter collected: what counts, what does not and why, who stands where; the summary workbook."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import time
import tomllib
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support import own_roles
from tests.support.catalogues import SHIPPED, shipped_text, shipped_with
from tests.support.company import NAMES, QUARTER, ROLES, SUPERIORS, Filled, assignments, measures, put, title, workbook
from xlkpi import kpi_score
from xlkpi.appraisal.people import Person
from xlkpi.cli import main
from xlkpi.cli.quarter import collection_told
from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, UNREADABLE, BoardLine, by_superior
from xlkpi.collect.collection import Collection, _ranked, collect
from xlkpi.collect.workbook import build
from xlkpi.common.assignment import Assignment
from xlkpi.form.layout import Layout
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.problems import SEVERITIES, Problem
from xlkpi.intake.counting import quarter_of
from xlkpi.intake.received import find_files, receive_all
from xlkpi.intake.workbook import Workbook
from xlkpi.next_quarter.plan import following
from xlkpi.scoring.reasons import is_refusal

INCOMPLETE_ID, TWICE_ID, WORSE_ID, UNREAD_ID, MISSING_ID = "003", "001", "002", "004", "099"


def _factor(assignment: Assignment) -> float:
    return 0.8 + int(assignment.id) * 0.02


def _filled(assignment: Assignment, **given: Any) -> Filled:
    return Filled(assignment, **({"factor": _factor(assignment)} | given))


def _of(superior: str) -> list[Assignment]:
    return [assignment for assignment in assignments() if assignment.superior == superior]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three superiors' workbooks, and what else lies in the folder of a quarter."""
    folder = tmp_path_factory.mktemp("company") / "2026Q4"
    for superior in SUPERIORS:
        forms = [_filled(p, factor=None) if p.id == INCOMPLETE_ID else _filled(p) for p in _of(superior)]
        content = workbook(forms)
        put(folder / f"{superior}.xlsx", content, day=5)
    one = {assignment.id: assignment for assignment in assignments()}
    put(folder / "重交" / "001 较早.xlsx", workbook([_filled(one[TWICE_ID], factor=0.5)]), day=2)
    put(folder / "重交" / "001 较晚没填.xlsx", workbook([_filled(one[TWICE_ID], factor=None)]), day=9)
    put(folder / "重交" / "002 较晚.xlsx", workbook([_filled(one[WORSE_ID], factor=0.7)]), day=8)
    put(folder / "上季.xlsx", workbook([_filled(one["005"])], QUARTER.before), day=1)
    role = SHIPPED.role(one[UNREAD_ID].role)
    weight = Layout(role).address(f"i:{role.indicators[0].id}", "weight")
    sheet = workbook([_filled(replace(one[UNREAD_ID], id="098", name="坏表"), cells={weight: "无"})])
    put(folder / "坏权重.xlsx", sheet, day=5)
    stranger = Assignment("", "", "", ROLES[1])
    typed = {Layout(SHIPPED.role(stranger.role)).address("person", "name"): "=1+1"}
    put(folder / "自填.xlsx", workbook([Filled(stranger, 1.0, typed)], registered=False), day=5)
    put(folder / "空表.xlsx", workbook([Filled(stranger, None)], registered=False), day=5)
    (folder / "坏的.xlsx").write_bytes(b"PK not a workbook")
    (folder / "老格式.XLS").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "~$孙上级.xlsx").write_bytes(b"lock")
    (folder / "说明.txt").write_text("不是表", "utf-8")
    (folder / "重交" / "绕圈").symlink_to(folder, target_is_directory=True)
    return folder


def _collected(folder: Path, expected: list[Assignment] | None = None, language: str = "zh-Hans") -> Collection:
    return collect(list(receive_all(find_files([folder]), SHIPPED)), QUARTER, SHIPPED, expected, language)


@pytest.fixture(scope="module")
def collection(folder: Path) -> Collection:
    roster = [
        *assignments(),
        Assignment("098", "坏表", "", ROLES[1], SUPERIORS[0]),
        Assignment(MISSING_ID, "没交", "", ROLES[0], SUPERIORS[1]),
    ]
    return _collected(folder, roster)


def _person(collection: Collection, id: str) -> Person:
    (person,) = [ranked.person for ranked in collection.ranking if ranked.person.id == id]
    return person


# --- files ----------------------------------------------------------------------------------------------------------


def test_spreadsheets_are_found_once_and_lock_files_not_at_all(folder: Path) -> None:
    others = "上季.xlsx 坏权重.xlsx 自填.xlsx 坏的.xlsx 老格式.XLS".split()
    again = ["重交/001 较早.xlsx", "重交/001 较晚没填.xlsx", "重交/002 较晚.xlsx"]
    found = [name for name, _ in find_files([folder], [folder / "空表.xlsx"])]
    assert found == sorted([*(f"{superior}.xlsx" for superior in SUPERIORS), *others, *again])


def test_two_folders_one_in_the_other(folder: Path) -> None:
    assert len(find_files([folder, folder / "重交"])) == len(find_files([folder])) == 12


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_files([tmp_path / "没有"])


def test_the_quarter_is_that_of_most_files(folder: Path) -> None:
    received = list(receive_all(find_files([folder]), SHIPPED))
    assert quarter_of(received) == QUARTER
    assert quarter_of([file for file in received if file.name == "上季.xlsx"]) == QUARTER.before
    assert quarter_of([]) is None


def test_links_to_nowhere_and_files_that_may_not_be_read_are_problems(tmp_path: Path) -> None:
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有.xlsx")
    (tmp_path / "圈.xlsx").symlink_to(tmp_path / "圈.xlsx")
    received = list(receive_all(find_files([tmp_path]), SHIPPED))
    assert [problem.kind for file in received for problem in file.problems] == ["file", "file"]


def test_an_error_of_ours_in_one_file_is_a_problem_of_that_file(folder: Path) -> None:
    sources = [source for source in find_files([folder]) if source[0] == "孙上级.xlsx"]
    (file,) = receive_all(sources, SHIPPED, check=_failing)
    assert [(problem.file, problem.kind) for problem in file.problems] == [("孙上级.xlsx", "file")]


def _failing(workbook: Workbook) -> list[Problem]:
    raise ZeroDivisionError(workbook.file)


def _changed(workbook: Workbook) -> list[Problem]:
    return [Problem(workbook.file, f"001 {ROLES[0]}", "F20", "i:uv_growth", "weight", "weights", "改过", "恢复")]


def test_a_check_gives_the_problems(folder: Path) -> None:
    sources = [source for source in find_files([folder]) if source[0] == f"{assignments()[0].superior}.xlsx"]
    result = collect(list(receive_all(sources, SHIPPED, check=_changed)), QUARTER, SHIPPED)
    assert [line.who.id for line in result.lines if line.changed] == ["001"]
    assert [p.message for p in result.problems if p.kind == "weights"] == ["改过"]


# --- what counts ----------------------------------------------------------------------------------------------------


def _states(collection: Collection) -> dict[str, list[str]]:
    return {
        file.name: [entry.state for entry in collection.entries if entry.file is file] for file in collection.received
    }


def test_everything_received_has_its_fate(collection: Collection) -> None:
    first, second = (next(p.superior for p in assignments() if p.id == id) for id in (TWICE_ID, WORSE_ID))
    states = _states(collection)
    assert states[f"{first}.xlsx"].count("counted") == 4
    assert sorted(states[f"{second}.xlsx"]) == ["counted", "counted", "counted", "older"]
    assert states["重交/001 较早.xlsx"] == ["older"]
    assert states["重交/001 较晚没填.xlsx"] == ["unfinished"]
    assert states["重交/002 较晚.xlsx"] == ["counted"]
    assert states["上季.xlsx"] == ["other_quarter"]
    assert states["空表.xlsx"] == ["blank"]
    assert states["自填.xlsx"] == ["counted"]
    assert [name for name, found in states.items() if not found] == ["坏权重.xlsx", "坏的.xlsx", "老格式.XLS"]


def test_what_does_not_count_is_told(collection: Collection) -> None:
    told = {(problem.file, problem.kind) for problem in collection.problems}
    second = next(p.superior for p in assignments() if p.id == WORSE_ID)
    third = next(p.superior for p in assignments() if p.id == INCOMPLETE_ID)
    assert told == {
        ("坏的.xlsx", "file"),
        ("老格式.XLS", "file"),
        ("坏权重.xlsx", "weight"),
        ("重交/001 较早.xlsx", "duplicate"),
        ("重交/001 较晚没填.xlsx", "duplicate"),
        (f"{second}.xlsx", "duplicate"),
        ("上季.xlsx", "quarter"),
        (f"{third}.xlsx", "incomplete"),
        ("自填.xlsx", "unexpected"),
        ("", "missing"),
    }


def _line(collection: Collection, id: str) -> BoardLine:
    (line,) = [line for line in collection.lines if line.who.id == id]
    return line


def test_the_board_tells_whose_form_is_missing_incomplete_or_unreadable(collection: Collection) -> None:
    assert len(collection.lines) == 12 + 2 + 1
    states = {id: _line(collection, id).state for id in (TWICE_ID, WORSE_ID, INCOMPLETE_ID, "098", "099", "012")}
    assert states == {
        TWICE_ID: RECEIVED,
        WORSE_ID: RECEIVED,
        INCOMPLETE_ID: INCOMPLETE,
        "098": UNREADABLE,
        "099": MISSING,
        "012": RECEIVED,
    }
    assert [len(_line(collection, id).copies) for id in (TWICE_ID, WORSE_ID, "012")] == [2, 1, 0]
    (stranger,) = [line for line in collection.lines if not line.expected]
    assert stranger.who.name == "=1+1"
    counts = by_superior(collection.lines)
    assert sum(count["expected"] for count in counts.values()) == 14
    assert counts[SUPERIORS[1]][MISSING] == 1
    assert sum(count["copies"] for count in counts.values()) == 2


def test_without_a_roster_the_registrations_say_who_is_expected(folder: Path) -> None:
    result = _collected(folder)
    assert {line.who.id for line in result.lines} == {*(assignment.id for assignment in assignments()), "098", ""}
    assert all(line.expected for line in result.lines)
    assert {line.who.id: line.state for line in result.lines}["098"] == UNREADABLE


# --- results --------------------------------------------------------------------------------------------------------


def _by_hand(role_id: str, factor: float) -> float:
    """The total of a form, from the role's file alone."""
    raw = tomllib.loads((files("workbook_templates") / "roles" / f"{role_id}.toml").read_text("utf-8"))
    given, agreed = measures(role_id, factor), SHIPPED.samples()[role_id].targets
    values: dict[str, Any] = {}
    for measure in raw["measures"]:
        typed = given[measure["id"]]
        how: Mapping[str, Callable[[list[Any]], Any]] = {
            "sum": sum,
            "mean": lambda numbers: sum(numbers) / 3,
            "last": lambda numbers: numbers[-1],
        }
        monthly = measure.get("entry", "month") == "month"
        values[measure["id"]] = how[measure.get("aggregate", "sum")](typed) if monthly else typed[0]
    groups = {group["path"]: group["weight"] for group in raw["groups"]}
    parts = [(path.rpartition("/")[0], weight) for path, weight in groups.items()]
    parts += [(indicator["group"], indicator["weight"]) for indicator in raw["indicators"]]

    def share(group: str) -> float:
        """Of a group in the total."""
        if not group:
            return 1.0
        parent = group.rpartition("/")[0]
        return share(parent) * groups[group] / sum(weight for of, weight in parts if of == parent)

    points = weights = 0.0
    for group in groups:
        inside = [indicator for indicator in raw["indicators"] if indicator["group"] == group]
        met = [eval(i["applies"], {}, values) if "applies" in i else True for i in inside]
        counting = [ok or i.get("unmet") == "zero" for i, ok in zip(inside, met, strict=True)]
        whole = sum(indicator["weight"] for indicator in inside)
        left = sum(indicator["weight"] for indicator, counts in zip(inside, counting, strict=True) if counts)
        beside = sum(weight for of, weight in parts if of == group)
        for indicator, ok, counts in zip(inside, met, counting, strict=True):
            if counts:
                weight = share(group) * indicator["weight"] / beside * whole / left
                points += weight * (_score_by_hand(indicator, values, agreed) if ok else 0)
                weights += weight
    return points / weights


def _score_by_hand(indicator: dict[str, Any], values: dict[str, Any], agreed: Mapping[str, Any]) -> float:
    rows = [indicator, *indicator.get("further", [])]
    actuals = [eval(row["actual"], {}, values) for row in rows]
    targets = [
        eval(row["target_formula"], {}, values) if "target_formula" in row else row.get("target") for row in rows
    ]
    targets[0] = agreed.get(indicator["id"], targets[0])
    score = kpi_score(actuals, targets, indicator["rule"], indicator["unit"])
    assert isinstance(score, float | int)
    return score


@pytest.mark.parametrize("number", range(12))
def test_totals_are_those_computed_by_hand(collection: Collection, number: int) -> None:
    assignment = assignments()[number]
    person = _person(collection, assignment.id)
    if assignment.id == INCOMPLETE_ID:
        assert (person.final, person.grade) == (None, None)
        return
    factor = 0.7 if assignment.id == WORSE_ID else _factor(assignment)
    assert person.final == pytest.approx(_by_hand(assignment.role, factor), abs=0.005001)
    assert person.name == NAMES[number]


def test_ranks_are_1_1_3_and_those_without_a_result_come_last(collection: Collection) -> None:
    finals = [ranked.person.final for ranked in collection.ranking]
    known = [float(final) for final in finals if final is not None]
    assert known == sorted(known, reverse=True)
    assert finals[len(known) :] == [None]
    assert len(known) == 12
    for ranked, final in zip(collection.ranking, known, strict=False):
        assert ranked.rank == 1 + sum(other > final for other in known)
    assert collection.ranking[-1].rank is None


def test_ties_are_ordered_by_the_total_without_events_then_by_name(tmp_path: Path) -> None:
    event = Layout(SHIPPED.role(ROLES[1])).address("b:1", "score")
    events = {"乙": 0, "丁": 0, "丙": 0, "戊": 1}
    forms = [
        Filled(replace(assignments()[0], id=str(n), name=name, role=ROLES[1]), 1.0, {event: points})
        for n, (name, points) in enumerate(events.items())
    ]
    put(tmp_path / "表.xlsx", workbook(forms))
    ranking = _collected(tmp_path).ranking
    assert [(ranked.rank, ranked.person.name) for ranked in ranking] == [(1, "戊"), (2, "丁"), (2, "丙"), (2, "乙")]
    persons = [replace(r.person, total=99.0 if r.person.name == "乙" else r.person.total) for r in ranking]
    again = _ranked(persons)
    assert [(ranked.rank, ranked.person.name) for ranked in again] == [(1, "戊"), (2, "乙"), (2, "丁"), (2, "丙")]


def test_two_posts_are_one_person_with_both_results(tmp_path: Path) -> None:
    first = replace(assignments()[0], end=dt.date(2026, 10, 31))
    second = replace(assignments()[0], role=ROLES[1], superior=SUPERIORS[1], start=dt.date(2026, 11, 1))
    put(tmp_path / "甲.xlsx", workbook([Filled(first, 0.9)]))
    put(tmp_path / "乙.xlsx", workbook([Filled(second, 1.1)]))
    (ranked,) = _collected(tmp_path).ranking
    finals = [form.appraisal.final for form in ranked.person.forms]
    together = (finals[0] * 31 + finals[1] * 61) / 92  # type: ignore[operator]
    assert ranked.person.final == pytest.approx(together, abs=0.0051)
    assert ranked.person.days == (31, 61)


def test_one_role_twice_in_a_quarter_counts_twice_and_overlapping_dates_are_copies(tmp_path: Path) -> None:
    first, second = (
        replace(assignments()[0], end=dt.date(2026, 10, 31)),
        replace(assignments()[0], start=dt.date(2026, 11, 1)),
    )
    put(tmp_path / "甲.xlsx", workbook([Filled(first)]), day=1)
    put(tmp_path / "乙.xlsx", workbook([Filled(second)]), day=2)
    assert [len(ranked.person.forms) for ranked in _collected(tmp_path).ranking] == [2]
    corrected = replace(assignments()[0], start=dt.date(2026, 10, 31))
    put(tmp_path / "丙.xlsx", workbook([Filled(corrected)]), day=3)
    result = _collected(tmp_path)
    assert [entry.state for entry in result.entries] == ["counted", "older", "older"]


@pytest.mark.parametrize(
    ("ids", "names", "kinds"),
    [
        (("1", "1"), ("甲", "乙"), ["identity", "identity"]),
        (("1", "2"), ("甲", "甲"), []),
        (("", ""), ("", ""), ["identity", "identity"]),
        (("1", "1"), ("甲", "甲"), ["identity"]),
    ],
)
def test_doubts_about_who_it_is_are_told(
    tmp_path: Path, ids: tuple[str, str], names: tuple[str, str], kinds: list[str]
) -> None:
    for number, (id, name) in enumerate(zip(ids, names, strict=True)):
        assignment = Assignment("", "", "", ROLES[number + 1])
        layout = Layout(SHIPPED.role(assignment.role))
        cells = {layout.address("person", "employee_id"): id, layout.address("person", "name"): name}
        put(tmp_path / f"{number}.xlsx", workbook([Filled(assignment, 1.0, cells)], registered=False))
    assert [problem.kind for problem in _collected(tmp_path).problems] == kinds


# --- the workbook ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(collection: Collection, folder: Path) -> Path:
    path = folder.parent / "汇总.xlsx"
    path.write_bytes(build(collection, path.parent))
    return path


def _rows(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row[1:]] for row in sheet.iter_rows()]


def test_the_sheets_hold_values_only(written: Path) -> None:
    book = load_workbook(written)
    assert book.sheetnames == ["概览", "排名", "部门", "指标矩阵", "分布", "问题", "回收情况", "文件"]
    for sheet in book:
        assert not [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type in ("f", "e")], sheet.title
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
        assert sheet.oddFooter.center.text == "&P / &N"
    for name in ("排名", "部门", "问题", "回收情况", "文件"):
        assert book[name].auto_filter.ref, name


def test_the_ranking_sheet_is_the_ranking(written: Path, collection: Collection) -> None:
    rows = _rows(load_workbook(written)["排名"])
    start = next(n for n, row in enumerate(rows) if row[0] == "排名") + 1
    end = start + len(collection.ranking)
    shown = [(row[0], row[1] or "", row[2], row[8]) for row in rows[start:end]]
    assert shown == [
        (r.rank or "—", r.person.id, r.person.name, "未填完" if r.person.final is None else r.person.final)
        for r in collection.ranking
    ]
    assert ("=1+1") in [name for _, _, name, _ in shown]
    below = [(row[1], row[2], str(row[11])[:4]) for row in rows[end:] if row[0] == "—"]
    assert below == [
        (MISSING_ID, "没交", "✗ 未交"),
        ("098", "坏表", "⚠ 读不"),
        *[(None, "（不知道是谁）", "无法读取")] * 2,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_scored_is_told_in_words(tmp_path: Path, language: str) -> None:
    assignment, said = replace(assignments()[0], role=ROLES[1]), words(language)
    role = SHIPPED.role(assignment.role)
    cell = Layout(role).address(f"m:{role.measures[0].id}", "m1")
    put(tmp_path / "表.xlsx", workbook([Filled(assignment, 1.0, {cell: "三百"})]))
    result = _collected(tmp_path)
    (path := tmp_path / "汇总.xlsx").write_bytes(build(result, tmp_path, language))
    refused = [one for one in _person(result, assignment.id).forms[0].appraisal.indicators if is_refusal(one.score)]
    book = load_workbook(path)
    (row,) = [row for row in _rows(book[said("sheet_ranking")]) if row[1] == assignment.id]
    assert (row[6], row[8], row[9]) == (said("no_score"), said("no_score"), "—")
    assert len(refused) == len(row[11].splitlines())
    for indicator, line in zip(refused, row[11].splitlines(), strict=True):
        reason = str(indicator.score).removeprefix("#KPI ")
        assert line == said("note_refused", indicator=indicator.label, reason=reason)
    shown = [value for row in _rows(book[said("sheet_matrix")]) for value in row]
    assert shown.count(said("no_score")) == len(refused) + 1
    assert not [value for value in shown if str(value).startswith("#KPI")]


def test_departments_are_counted_by_hand(written: Path, collection: Collection) -> None:
    rows = _rows(load_workbook(written)["部门"])
    start = next(n for n, row in enumerate(rows) if row[0] == "部门") + 1
    found = {row[0]: row[1:] for row in rows[start:]}
    for department in {assignment.department for assignment in assignments()}:
        mine = [r.person for r in collection.ranking if r.person.department == department]
        finals = sorted(float(p.final) for p in mine if p.final is not None)  # type: ignore[arg-type]
        middle = (finals[(len(finals) - 1) // 2] + finals[len(finals) // 2]) / 2
        numbers = [len(mine), len(finals), sum(finals) / len(finals), middle, finals[-1], finals[0]]
        assert found[department][:6] == [pytest.approx(number, abs=0.0051) for number in numbers]
        assert sum(count or 0 for count in found[department][6:]) == len(finals)
    assert found["全公司"][:2] == [13, 12]


def test_the_matrix_has_every_score(written: Path, collection: Collection) -> None:
    rows = _rows(load_workbook(written)["指标矩阵"])
    shown = [row for row in rows if row[0] in NAMES]
    assert len(shown) == 12
    person = _person(collection, TWICE_ID)
    scores = [result.score for result in person.forms[0].appraisal.indicators]
    (row,) = [row for row in shown if row[0] == person.name]
    assert row[2 : 2 + len(scores)] == [pytest.approx(score) for score in scores]
    assert row[2 + len(scores)] == person.final


def test_links_lead_to_the_files_and_cells(written: Path) -> None:
    book = load_workbook(written)
    links = [cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) > 30
    for link in links:
        assert (written.parent / unquote(link.target)).is_file(), link.target
    cells = [cell for row in book["问题"].iter_rows() for cell in row if cell.hyperlink and cell.hyperlink.location]
    assert [(cell.value, cell.hyperlink.location.partition("!")[2]) for cell in cells] == [] or all(
        cell.value == cell.hyperlink.location.partition("!")[2] for cell in cells
    )


def test_a_problem_links_to_its_cell(tmp_path: Path) -> None:
    cell = Layout(SHIPPED.role(ROLES[1])).address(f"m:{SHIPPED.role(ROLES[1]).measures[0].id}", "m1")
    put(
        tmp_path / "季 度" / "表#1.xlsx",
        workbook([Filled(replace(assignments()[0], role=ROLES[1]), 1.0, {cell: "三百"})]),
    )
    result = _collected(tmp_path)
    (path := tmp_path / "汇总.xlsx").write_bytes(build(result, tmp_path))
    (found,) = [c for row in load_workbook(path)["问题"].iter_rows() for c in row if c.value == cell]
    assert (tmp_path / unquote(found.hyperlink.target)).is_file()
    assert found.hyperlink.location == f"'{title(replace(assignments()[0], role=ROLES[1]))}'!{cell}"


@pytest.mark.parametrize(("minimum", "told"), [(12, "多"), (13, "少于13人，不比较")])
def test_the_distribution_advises_from_the_minimum_on(
    collection: Collection, tmp_path: Path, minimum: int, told: str
) -> None:
    shares = (0.0, 0.0, 0.0, 0.0, 1.0)
    written = shipped_text("company.toml").replace("share_minimum = 10", f"share_minimum = {minimum}")
    for grade, share in zip(SHIPPED.company().grades, shares, strict=True):
        written = written.replace(f'name = "{grade.name}"\n', f'name = "{grade.name}"\nshare = {share}\n')
    catalogue = shipped_with(tmp_path, {"company.toml": written})
    content = build(replace(collection, catalogue=catalogue), tmp_path)
    (path := tmp_path / "汇总.xlsx").write_bytes(content)
    rows = _rows(load_workbook(path)["分布"])
    start = next(n for n, row in enumerate(rows) if row[0] == "等级") + 1
    counts = {row[0]: row[1] for row in rows[start : start + 5]}
    assert sum(counts.values()) == 12
    assert told in rows[start + 5][0]
    if minimum == 12:
        few = counts["D 不合格"]
        assert f"D 不合格 {few}人，比参考人数（约12人）少{12 - few}人" in rows[start + 5][0]


def test_a_quarter_is_collected_again_after_its_roles_changed(tmp_path: Path) -> None:
    """From 2027Q1 an indicator is gone and another one is there; the summary of 2026Q4 has the roles of 2026Q4."""
    changed = own_roles.changed(tmp_path)
    put(tmp_path / "in" / "a.xlsx", workbook([Filled(assignments()[0])]))
    result = collect(list(receive_all(find_files([tmp_path / "in"]), changed)), QUARTER, changed)
    (path := tmp_path / "汇总.xlsx").write_bytes(build(result, tmp_path))
    shown = [str(value) for row in _rows(load_workbook(path)["指标矩阵"]) for value in row]
    assert any(value.startswith("知识沉淀\n") for value in shown)
    assert not any(value.startswith("案例\n") for value in shown)


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_workbook_in_other_languages(folder: Path, tmp_path: Path, language: str) -> None:
    result = _collected(folder, assignments(), language)
    (path := tmp_path / "s.xlsx").write_bytes(build(result, tmp_path, language))
    titles = load_workbook(path).sheetnames
    assert len(titles) == 8
    assert titles[:2] == {"zh-Hant": ["概覽", "排名"], "en": ["Overview", "Ranking"]}[language]


# --- again, in processes, killed ------------------------------------------------------------------------------------


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)
    return result.exit_code, result.output


def test_collecting_again_gives_the_same_bytes_and_tells_what_changed(folder: Path, tmp_path: Path) -> None:
    company = tmp_path / "2026Q4"
    shutil.copytree(folder, company, symlinks=True)
    (company / "重交" / "绕圈").unlink()
    output = company / "2026Q4-汇总.xlsx"
    code, said = _run("collect", company, "-o", output)
    assert code == 1  # there are problems
    assert "与上次汇总相比" not in said
    first = output.read_bytes()
    time.sleep(1.1)  # what stands in a zip or a property changes with the second
    assert _run("collect", company, "-o", output)[0] == 2
    code, said = _run("collect", company, "-o", output, "--overwrite")
    assert "与上次汇总相比" not in said
    assert output.read_bytes() == first
    one = {assignment.id: assignment for assignment in assignments()}
    put(company / "补交.xlsx", workbook([_filled(one[INCOMPLETE_ID])]), day=20)
    put(
        company / "新人.xlsx",
        workbook([_filled(Assignment("013", "新来", "运营一部", ROLES[1], SUPERIORS[0]))]),
        day=20,
    )
    (company / "自填.xlsx").unlink()
    code, said = _run("collect", company, "-o", output, "--overwrite")
    assert "与上次汇总相比，3人有变化" in said
    assert f"{INCOMPLETE_ID} {one[INCOMPLETE_ID].name}：没有总分 → " in said
    assert "013 新来：新增，" in said
    assert "=1+1：这次没有表" in said
    code, said = _run("collect", company, "-o", output, "--overwrite", "--json")
    told = json.loads(said)
    assert told["changes"] == []
    assert {"quarter", "people", "board", "files", "problems", "changes"} <= told.keys()
    assert len(told["people"]) == 13
    assert {file["file"] for file in told["files"]} >= {"坏的.xlsx", "老格式.XLS", "空表.xlsx"}


def test_of_a_large_company_the_first_lines_are_printed(
    folder: Path, collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, everything = _run("collect", folder, "-o", tmp_path / "汇总.xlsx")
    assert "这里只列出" not in everything
    monkeypatch.setattr(collection_told, "MOST_LINES", 2)
    _, told = _run("collect", folder, "-o", tmp_path / "汇总.xlsx", "--overwrite")
    names = [ranked.person.name for ranked in collection.ranking]
    assert sum(name in told.split("这里只列出")[0] for name in names) == 2
    assert f"这里只列出前2行，还有{len(names) - 2}行，见汇总的“排名”表。" in told
    assert told.count("这里只列出前2行") == 3  # ranking, superiors, problems
    worst = min((p for p in collection.problems), key=lambda p: SEVERITIES.index(p.severity))
    assert told.split("这里只列出")[2].count(worst.message) >= 1


def test_processes_give_what_one_gives(folder: Path) -> None:
    sources = find_files([folder])
    alone = build(collect(list(receive_all(sources, SHIPPED)), QUARTER, SHIPPED), folder)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        received = list(receive_all(sources, SHIPPED, executor))
    assert build(collect(received, QUARTER, SHIPPED), folder) == alone


def test_the_roster_says_who_is_expected(tmp_path: Path) -> None:
    (first, second, third) = (replace(assignment, role=ROLES[1]) for assignment in assignments()[:3])
    put(tmp_path / "表.xlsx", workbook([Filled(first), Filled(third)]))
    role = SHIPPED.role(ROLES[1]).title
    lines = [f"{assignment.id},{assignment.name},{role},{assignment.superior}" for assignment in (first, second)]
    (tmp_path / "名册.csv").write_text("\n".join(["工号,姓名,岗位,直接上级", *lines, "005,,,"]), "utf-8-sig")
    code, said = _run("collect", tmp_path, "-o", tmp_path / "s.xlsx", "--roster", tmp_path / "名册.csv", "--json")
    told = json.loads(said)
    assert code == 1
    board = {(line["id"], line["state"], line["expected"]) for line in told["board"]}
    assert board == {(first.id, RECEIVED, True), (second.id, MISSING, True), (third.id, RECEIVED, False)}
    kinds = [(problem["file"], problem["kind"]) for problem in told["problems"]]
    assert ("名册.csv", "roster") in kinds
    # What checking finds in the file is the business of its own tests.
    assert {"missing", "unexpected"} <= {kind for file, kind in kinds if file != "名册.csv"}


def test_with_nothing_to_collect_no_workbook_is_written(tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"no")
    code, said = _run("collect", tmp_path, "-o", tmp_path / "汇总.xlsx")
    assert code == 1
    assert "坏.xlsx" in said
    assert not (tmp_path / "汇总.xlsx").exists()


def test_a_damaged_history_is_told(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "历史" / f"quarter={QUARTER}" / "part.parquet"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"PAR1 no")
    code, said = _run("collect", folder, "-o", tmp_path / "汇总.xlsx")
    assert (code, "历史文件已损坏" in said) == (1, True)
    assert not (tmp_path / "汇总.xlsx").exists()


@pytest.mark.parametrize("write", [1, 2])
def test_interrupted_while_writing_leaves_old_or_new_and_tells_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    """The first file written is the summary, the second the history."""
    person = replace(assignments()[0], role=ROLES[1])
    output, past = tmp_path / "汇总.xlsx", tmp_path / "历史" / f"quarter={QUARTER}" / "part.parquet"
    put(tmp_path / "表.xlsx", workbook([Filled(person, 0.8)]))
    _run("collect", tmp_path, "-o", output)
    old, old_past = output.read_bytes(), past.read_bytes()
    put(tmp_path / "表.xlsx", workbook([Filled(person, 1.1)]))
    rename, writes = Path.replace, [0]

    def interrupted(self: Path, target: Path) -> Path:
        writes[0] += 1
        if writes[0] == write:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        assert _run("collect", tmp_path, "-o", output, "--overwrite")[0] == 1
    assert (output.read_bytes() == old) == (write == 1)
    assert past.read_bytes() == old_past
    assert not list(tmp_path.rglob("*.tmp"))
    assert f"1人有变化：\n  {person.id} {person.name}" in _run("collect", tmp_path, "-o", output, "--overwrite")[1]
    assert past.read_bytes() != old_past


# --- copies that were saved at the same moment ------------------------------------------------------------------------


def _copies(folder: Path, *factors: float, days: tuple[int, ...] = (3, 3, 3)) -> Collection:
    person = replace(assignments()[0], role=ROLES[1])
    for name, factor, day in zip("甲乙丙", factors, days, strict=False):
        put(folder / f"{name}.xlsx", workbook([Filled(person, factor)]), day=day)
    return _collected(folder, [person])


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_different_forms_of_one_moment_neither_counts(tmp_path: Path, language: str) -> None:
    result = _copies(tmp_path, 0.5, 1.0, 0.7, days=(3, 3, 1))
    states = {entry.file.name: entry.state for entry in result.entries}
    assert states == {"甲.xlsx": "undecided", "乙.xlsx": "undecided", "丙.xlsx": "older"}
    assert (result.ranking, [line.state for line in result.lines]) == ((), [UNREADABLE])
    told = {problem.file: problem.message for problem in result.problems}
    assert "和 乙.xlsx 内容不同，保存时间却相同" in told["甲.xlsx"]
    assert "和 甲.xlsx 内容不同，保存时间却相同" in told["乙.xlsx"]
    assert "还没有定下" in told["丙.xlsx"]
    assert build(_collected(tmp_path, None, language), tmp_path)


def test_equal_forms_of_one_moment_count_once(tmp_path: Path) -> None:
    result = _copies(tmp_path, 1.0, 1.0)
    assert sorted(entry.state for entry in result.entries) == ["counted", "same"]
    assert len(result.ranking) == 1
    (problem,) = [problem for problem in result.problems if problem.kind == "duplicate"]
    assert "内容相同的几份" in problem.message


def test_the_next_quarter_is_not_made_of_one_of_them_in_silence(tmp_path: Path) -> None:
    _copies(tmp_path, 0.5, 1.0)
    planned = following(sorted(tmp_path.iterdir()), SHIPPED, None, "zh-Hans")
    assert [problem.kind for problem in planned.problems] == ["duplicate", "duplicate"]


# --- a workbook that was split into files -----------------------------------------------------------------------------


def _split(folder: Path, posts: list[Assignment], *, registered: bool = True) -> Collection:
    content = workbook([_filled(post) for post in posts], registered=registered)
    for post in posts:
        book = load_workbook(io.BytesIO(content))
        for other in posts:
            if other is not post:
                del book[title(other)]
        book.save(folder / f"{post.id}.xlsx")
    return collect(list(receive_all(find_files([folder]), SHIPPED)), QUARTER, SHIPPED)


@pytest.mark.parametrize("registered", [True, False])
def test_a_workbook_that_was_split_has_no_sheets_gone(tmp_path: Path, registered: bool) -> None:
    posts = assignments()[:3]
    result = _split(tmp_path, posts, registered=registered)
    assert len(result.ranking) == 3 if registered else result.ranking
    assert [problem for problem in result.problems if problem.kind == "sheet_gone"] == []
    assert all("不见了" not in str(cell) for row in _cells(build(result, tmp_path)) for cell in row)
    (tmp_path / f"{posts[0].id}.xlsx").unlink()
    rest = collect(list(receive_all(find_files([tmp_path]), SHIPPED)), QUARTER, SHIPPED)
    assert {problem.sheet for problem in rest.problems if problem.kind == "sheet_gone"} == {title(posts[0])}


@pytest.mark.parametrize(("people", "told"), [(4, 3), (5, 1)])
def test_a_file_says_how_many_of_its_forms_count_and_where_the_others_are(
    tmp_path: Path, people: int, told: int
) -> None:
    posts = assignments()[:people]
    (tmp_path / "汇总.xlsx").write_bytes(build(_split(tmp_path, posts), tmp_path))
    rows = {row[0]: row for row in _rows(load_workbook(tmp_path / "汇总.xlsx")["文件"])}
    note = rows[f"{posts[0].id}.xlsx"][5].splitlines()
    assert rows[f"{posts[0].id}.xlsx"][3:5] == [people, 1]
    assert note[0] == f"共{people}张，计入1张"
    assert len(note) == 1 + told
    assert (f"“{title(posts[1])}”：计入的是 {posts[1].id}.xlsx" in note) is (told > 1)


def test_a_file_of_which_everything_counts_says_so(folder: Path, written: Path) -> None:
    notes = {row[0]: row[5] for row in _rows(load_workbook(written)["文件"])}
    whole = [name for name, note in notes.items() if note == "全部计入"]
    second = next(p.superior for p in assignments() if p.id == WORSE_ID)
    assert whole == sorted(["自填.xlsx", "重交/002 较晚.xlsx", *(f"{s}.xlsx" for s in SUPERIORS if s != second)])
    assert notes[f"{second}.xlsx"].startswith("共4张，计入3张\n")


def _cells(content: bytes) -> list[tuple[object, ...]]:
    book = load_workbook(io.BytesIO(content))
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


# --- files that are no forms ------------------------------------------------------------------------------------------


def _unread(folder: Path, output: Path) -> dict[str, tuple[str, str]]:
    told = json.loads(_run("collect", folder, "-o", output, "--overwrite", "--json")[1])
    problems = [problem for problem in told["problems"] if problem["kind"] == "not_read"]
    assert len({problem["file"] for problem in problems}) == len(problems)
    return {problem["file"]: (problem["severity"], problem["message"]) for problem in problems}


def test_side_files_of_programs_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "2026Q4"
    put(folder / "表.xlsx", workbook([_filled(assignments()[0])]))
    sides = "~$表.xlsx ._表.xlsx .~表.xlsx .~lock.表.xlsx# .DS_Store Thumbs.db desktop.ini __MACOSX/表.xlsx".split()
    for side in sides:
        (folder / side).parent.mkdir(exist_ok=True)
        (folder / side).write_bytes(b"\x00\x05\x16\x07")
    assert [name for name, _ in find_files([folder])] == ["表.xlsx"]
    assert _unread(folder, tmp_path / "汇总.xlsx") == {}


def test_every_other_file_of_the_folder_is_accounted_for(tmp_path: Path) -> None:
    folder = tmp_path / "2026Q4"
    content = workbook([_filled(assignments()[0])])
    put(folder / "表.xlsx", content)
    for name in ("全部.zip", "甲.csv", "说明.docx", "甲.xlsx.bak", *(f"照片{number}.jpg" for number in range(5))):
        (folder / name).write_bytes(content if name.endswith("bak") else b"PK")
    first = _unread(folder, folder / "汇总.xlsx")
    assert {name: severity for name, (severity, _) in first.items()} == {
        "全部.zip": "warning",
        "甲.csv": "warning",
        "甲.xlsx.bak": "warning",
        "说明.docx": "advice",
        "照片0.jpg": "advice",
    }
    assert "压缩包" in first["全部.zip"][1]
    assert "里面是Excel工作簿" in first["甲.xlsx.bak"][1]
    assert "有5个 .jpg 文件" in first["照片0.jpg"][1]
    again = _unread(folder, folder / "另一个.xlsx")
    assert again.keys() - first.keys() == {"汇总.xlsx"}


def test_a_folder_of_nothing_but_an_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / "全部.zip").write_bytes(b"PK")
    code, said = _run("collect", tmp_path, "-o", tmp_path / "汇总.xlsx")
    assert (code, "请解压到这个文件夹" in said) == (1, True)
