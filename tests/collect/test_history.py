"""The history: one file per quarter, replaced whole; trends over it."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.company import QUARTER, ROLES, Filled, assignments, put, workbook
from xlkpi.cli import main
from xlkpi.closing import history_book
from xlkpi.collect import history, trend
from xlkpi.collect.changes import ScoreChange, Standing, Standings, changes, standings
from xlkpi.collect.collection import Collection, collect
from xlkpi.collect.history import COLUMNS, HistoryError
from xlkpi.common.quarter import Quarter
from xlkpi.intake.received import find_files, receive_all

QUARTERS = (QUARTER, QUARTER.after)


def _collection(folder: Path, quarter: Quarter, factor: float) -> Collection:
    people = [replace(assignment, role=ROLES[number % 2]) for number, assignment in enumerate(assignments()[:4])]
    people[3] = replace(people[3], id="", name="")
    forms = [Filled(assignment, None if assignment.id == "003" else factor) for assignment in people[:3]]
    put(folder / f"{quarter}.xlsx", workbook(forms, quarter))
    return collect(list(receive_all(find_files([folder]), SHIPPED)), quarter, SHIPPED)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two quarters of three people, one of whom never completes."""
    root = tmp_path_factory.mktemp("past")
    for number, quarter in enumerate(QUARTERS):
        collection = _collection(root / str(quarter), quarter, 0.9 + number * 0.1)
        history.write(root / "历史", quarter, history.frame(collection))
    return root / "历史"


def test_the_history_keeps_its_columns_and_types(past: Path) -> None:
    rows = history.load(past)
    assert list(rows.columns) == ["quarter", *COLUMNS]
    assert {column: str(rows[column].dtype) for column in COLUMNS} == COLUMNS
    assert list(rows["quarter"].unique()) == [str(quarter) for quarter in QUARTERS]
    assert sorted(path.name for path in past.iterdir()) == [f"quarter={quarter}" for quarter in QUARTERS]
    assert pd.read_parquet(past).shape[0] == len(rows)  # as a dataset of partitions


def test_rows_are_what_was_collected(past: Path, tmp_path: Path) -> None:
    collection = _collection(tmp_path, QUARTER, 0.9)
    rows = history.load_quarter(past, QUARTER)
    ranked = collection.ranking[0]
    (form,) = ranked.person.forms
    mine = rows[rows["id"] == ranked.person.id]
    assert list(mine["indicator"]) == [result.id for result in form.appraisal.indicators]
    for row, result in zip(mine.to_dict("records"), form.appraisal.indicators, strict=True):
        assert row["score"] == result.score or (pd.isna(row["score"]) and not result.applies)
        assert (row["weight"], row["label"]) == (result.weight, result.label)
        assert json.loads(row["actuals"]) == list(result.actual)
        assert row["receipt"] == (result.receipt or "")
    assert set(mine["person_final"]) == {ranked.person.final}
    assert set(mine["rank"]) == {1}
    assert rows[rows["id"] == "003"]["person_final"].isna().all()
    assert rows[rows["id"] == "003"]["rank"].isna().all()


def test_rows_are_the_same_however_many_people_are_put_in_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = _collection(tmp_path, QUARTER, 0.9)
    together = history.frame(collection)
    monkeypatch.setattr(history, "_AT_A_TIME", 1)
    pd.testing.assert_frame_equal(history.frame(collection), together)


def test_collecting_again_replaces_that_quarter_alone(past: Path, tmp_path: Path) -> None:
    for quarter in QUARTERS:
        history.write(tmp_path, quarter, history.load_quarter(past, quarter))
    files = [history.path_of(tmp_path, quarter) for quarter in QUARTERS]
    other, before = files[1].read_bytes(), files[0].read_bytes()
    history.write(tmp_path, QUARTER, history.load_quarter(past, QUARTER).head(3))
    assert len(history.load_quarter(tmp_path, QUARTER)) == 3
    assert files[1].read_bytes() == other
    history.write(tmp_path, QUARTER, history.load_quarter(past, QUARTER))
    assert files[0].read_bytes() == before


def test_without_a_history_the_table_is_empty_and_has_its_columns(tmp_path: Path) -> None:
    assert history.load(tmp_path / "没有").empty
    assert list(history.load(tmp_path).columns) == ["quarter", *COLUMNS]


def test_columns_and_people_can_be_chosen(past: Path) -> None:
    everything = history.load(past)
    some = history.load(past, ("score", "indicator"), {"id": {"002"}, "role": {ROLES[1]}})
    wanted = everything[(everything["id"] == "002") & (everything["role"] == ROLES[1])]
    assert 0 < len(some) < len(everything)
    pd.testing.assert_frame_equal(some, wanted[["quarter", "score", "indicator"]].reset_index(drop=True))
    assert list(history.load(past / "没有", ("score",)).columns) == ["quarter", "score"]


@pytest.mark.parametrize(("column", "empty"), [("rule", ""), ("open_appeals", pd.NA), ("score_before", float("nan"))])
def test_a_column_that_an_earlier_version_did_not_write_is_empty(
    past: Path, tmp_path: Path, column: str, empty: object
) -> None:
    rows = history.load_quarter(past, QUARTER)
    history.write(tmp_path, QUARTER, rows.drop(columns=column))
    for read in (history.load_quarter(tmp_path, QUARTER), history.load(tmp_path, ("id", column))):
        assert str(read[column].dtype) == COLUMNS[column]
        assert [*map(repr, read[column])] == [repr(empty)] * len(rows)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 nothing of the kind PAR1"])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = history.path_of(tmp_path, QUARTER)
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="历史文件已损坏"):
        history.load(tmp_path)


def test_changes_between_two_collections(past: Path) -> None:
    rows = [history.load_quarter(past, quarter) for quarter in QUARTERS]
    before, after = map(standings, rows)
    assert changes(before, before) == []
    first = {change.id: change for change in changes(before, after)}
    assert "003" not in first  # without a result then and now
    assert first["001"] == ScoreChange("001", "赵一", before["001", "赵一"], after["001", "赵一"])
    gone = changes(before, _without(before, "001"))
    assert [(change.id, change.after) for change in gone] == [("001", None)]
    new = changes(_without(before, "003"), before)
    assert [(change.id, change.before, change.after) for change in new] == [("003", None, Standing(None, None))]


def _without(standings: Standings, id: str) -> Standings:
    return {who: standing for who, standing in standings.items() if who[0] != id}


def _table(path: Path, sheet: str, first: str) -> list[list[object]]:
    rows = [[cell.value for cell in row[1:]] for row in load_workbook(path)[sheet].iter_rows()]
    return rows[next(n for n, row in enumerate(rows) if row[0] == first) :]


def test_trends_by_person_department_and_indicator(past: Path, tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(trend.build(history.load(past), SHIPPED))
    header, *people = _table(tmp_path / "t.xlsx", "人员趋势", "部门")
    assert header == ["部门", "工号", "姓名", "2026Q4", "2027Q1", "变化"]
    rows = history.load(past)
    for _, id, _, old, new, change in people:
        finals = [rows[(rows["id"] == id) & (rows["quarter"] == q)]["person_final"].iloc[0] for q in header[3:5]]
        assert [old, new] == finals
        assert change == pytest.approx(finals[1] - finals[0], abs=0.0051)
    assert [person[1] for person in sorted(people, key=lambda row: str(row[1]))] == ["001", "002"]
    header, *indicators = _table(tmp_path / "t.xlsx", "指标趋势", "岗位")
    assert len(indicators) == rows[rows["score"].notna()].groupby(["role", "indicator"]).ngroups
    assert all(len(sheet._charts) == 1 for sheet in load_workbook(tmp_path / "t.xlsx"))
    assert trend.build(history.load(past), SHIPPED) == (tmp_path / "t.xlsx").read_bytes()


def _trend(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["trend", *map(str, arguments)], catch_exceptions=False)
    return result.exit_code, result.output


def test_trends_can_be_of_one_person(past: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert _trend(past.parent, "-o", path, "--person", "001")[0] == 0
    _, *people = _table(path, "人员趋势", "部门")
    assert [person[1] for person in people] == ["001"]
    assert _trend(past, "-o", path, "--person", "001")[0] == 2  # the file is there
    code, said = _trend(past, "-o", tmp_path / "u.xlsx", "--person", "007")
    assert (code, said) == (1, "历史里没有 --person 007。\n")
    code, said = _trend(tmp_path, "-o", tmp_path / "u.xlsx")
    assert (code, "先运行 xlkpi collect" in said) == (1, True)


def test_more_rows_than_a_sheet_has_are_refused(past: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = len(history.load(past))
    monkeypatch.setattr(history_book, "MOST_ROWS", rows - 1)
    code, said = _trend(past, "-o", tmp_path / "t.xlsx", "--rows")
    assert (code, f"这里有{rows:,}行" in said) == (1, True)
    monkeypatch.setattr(history_book, "MOST_ROWS", rows)
    assert _trend(past, "-o", tmp_path / "t.xlsx", "--rows")[0] == 0


def test_trends_in_english_of_people_who_never_have_a_result(past: Path, tmp_path: Path) -> None:
    rows = history.load(past)
    content = trend.build(rows[rows["id"] == "003"], SHIPPED, "en")
    (tmp_path / "t.xlsx").write_bytes(content)
    assert load_workbook(tmp_path / "t.xlsx").sheetnames == ["People", "Departments", "Indicators"]


def test_the_trend_of_many_people_takes_no_memory_for_pairs_of_numbers_and_names(past: Path) -> None:
    rows = history.load(past, trend.READ)
    person = rows[(rows["id"] == "001")]
    many = pd.concat([person.assign(id=f"{n}", name=f"员工{n}").drop_duplicates("quarter") for n in range(1500)])
    tracemalloc.start()
    try:
        trend.build(many.sort_values("quarter", kind="stable"), SHIPPED)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000  # a row for every number with every name would take more than 100 MB


def _collected_into(summary: Path, *forms: Filled) -> tuple[int, str]:
    folder = summary.parent / summary.stem
    for form in forms:
        put(folder / f"{form.assignment.id}.xlsx", workbook([form]))
    arguments = ["collect", str(folder), "-o", str(summary), "--overwrite", "--jobs", "1"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    return result.exit_code, result.output


def _in_history(folder: Path) -> dict[str, tuple[float, int]]:
    rows = history.load_quarter(folder / "历史", QUARTER)
    once = rows.drop_duplicates("id")
    assert len(rows) == len(rows.drop_duplicates(["id", "indicator"]))
    return {id: (final, rank) for id, final, rank in once[["id", "person_final", "rank"]].itertuples(index=False)}


def test_a_part_is_added_to_the_history_and_replaces_its_own_people_only(tmp_path: Path) -> None:
    first, second, third = (replace(assignment, role=ROLES[0]) for assignment in assignments()[:3])
    whole, part = tmp_path / "全公司.xlsx", tmp_path / "周组.xlsx"
    _collected_into(whole, Filled(first, 1.0), Filled(second, 0.8), Filled(third, 1.2))
    before = _in_history(tmp_path)
    _, said = _collected_into(part, Filled(third, 1.0))
    assert "这次没有表" not in said
    assert "另有2人，来自别的汇总（全公司.xlsx）" in said
    after = _in_history(tmp_path)
    assert {id: after[id][0] for id in ("001", "002")} == {id: before[id][0] for id in ("001", "002")}
    assert after["003"][0] > before["003"][0]
    assert [rank for _, rank in after.values()] == sorted(rank for _, rank in after.values())
    assert after["003"][1] < before["003"][1]


def test_who_is_withdrawn_leaves_the_history_with_the_next_summary_of_that_name(tmp_path: Path) -> None:
    first, second, third = (replace(assignment, role=ROLES[1]) for assignment in assignments()[:3])
    whole = tmp_path / "全公司.xlsx"
    _collected_into(whole, Filled(first), Filled(second))
    _collected_into(tmp_path / "周组.xlsx", Filled(third))
    (tmp_path / "全公司" / "002.xlsx").unlink()
    assert "002 钱二：这次没有表" in _collected_into(whole)[1]
    assert set(_in_history(tmp_path)) == {"001", "003"}
    told = CliRunner().invoke(main, ["collect", str(whole.with_suffix("")), "-o", str(whole), "--overwrite", "--json"])
    assert json.loads(told.stdout)["kept"] == [{"id": "003", "name": third.name, "summary": "../周组.xlsx"}]


def test_summaries_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    paths = [history.path_from(tmp_path / "历史", tmp_path / part / "汇总.xlsx") for part in ("甲", "乙")]
    assert paths == ["../甲/汇总.xlsx", "../乙/汇总.xlsx"]
