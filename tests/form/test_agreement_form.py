"""The form of a company that agrees targets: its stages, its key actions, and what is found when they are changed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.agreeing import QUARTER
from tests.support.catalogues import shipped_text, shipped_with
from tests.support.engines import libreoffice
from tests.support.forms import ROLE_ID, Shown, sample_measures
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Indicator
from xlkpi.check.run import check
from xlkpi.form.blocks.agreement import KEY_ACTION, SIGNED
from xlkpi.form.layout import AGREEMENT, LEAD, LETTER, RATING_LETTERS, Layout, rating_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import Value
from xlkpi.intake.agreement.reading import read_agreement
from xlkpi.intake.workbook import open_workbook
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import edit, patch

SHEET = "表1"
BLOCKS = 'blocks = ["events", "review", "confirmation", "agreement"]'
LOST = "运营优化提案"
"""An indicator that loses points in the sample quarter."""


@cache
def catalogue(folder: Path) -> Catalogue:
    text = shipped_text("company.toml").replace('blocks = ["events", "review", "confirmation"]', BLOCKS)
    return shipped_with(folder, {"company.toml": text})


@pytest.fixture(scope="module")
def agreeing(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return catalogue(tmp_path_factory.getbasetemp())


def layout_of(agreeing: Catalogue) -> Layout:
    return Layout(agreeing.role(ROLE_ID), agreeing.company().blocks)


def empty(agreeing: Catalogue, language: str = "zh-Hans") -> bytes:
    role = agreeing.role(ROLE_ID, None, language)
    return uncalculated([PlannedSheet(SHEET, role)], agreeing, QUARTER, language)


def signatures(layout: Layout, what: str) -> dict[str, Value]:
    row = layout.rows[f"c:{what}"]
    return {f"{LETTER[SIGNED[who]]}{row}": f"{who} 10-02" for who in ("employee", "superior")}


def key_action(layout: Layout, place: int, *texts: Value) -> dict[str, Value]:
    cells = zip(KEY_ACTION.values(), texts, strict=False)
    return {f"{LETTER[column]}{layout.rows[f'k:{place}']}": text for column, text in cells}


def typed(layout: Layout, what: str) -> dict[str, Value]:
    """What is typed up to a stage."""
    numbers = typed_cells(layout.role, sample_measures(), {"name": "员工甲", "newcomer": "否"})
    first = dict(list(typed_cells(layout.role, {"sales": [1, 2, 3]}).items())[:3])
    open_target: dict[str, Value] = {layout.address("i:uv_growth", "target"): None}
    agreed = signatures(layout, "targets")
    stages: dict[str, dict[str, Value]] = {
        "nothing": open_target,
        "targets": {},
        "signed": agreed,
        "begun": agreed | first,
        "unsigned data": numbers,
        "filled": agreed | numbers,
        "wrong": agreed | numbers | {layout.address("m:sales", "m1"): "很多"},
        "one has confirmed": agreed | numbers | dict([*signatures(layout, "result").items()][:1]),
        "confirmed": agreed | numbers | signatures(layout, "result"),
        "emptied again": agreed | numbers | open_target,
    }
    return stages[what]


STAGES = {
    "nothing": "目标商定（目标待填1项）",
    "targets": "目标商定（待双方签名；数据已填0/73）",
    "signed": "填报（已填0/73）",
    "begun": "填报（已填3/73）",
    "unsigned data": "目标商定（待双方签名；数据已填73/73）",
    "filled": "待确认",
    "wrong": "填报（已填73/73）",
    "one has confirmed": "待确认",
    "confirmed": "已确认",
    "emptied again": "目标商定（目标待填1项）",
}


@pytest.mark.parametrize("what", STAGES)
def test_the_stage_follows_from_what_is_filled_in_and_signed(agreeing: Catalogue, what: str, tmp_path: Path) -> None:
    layout = layout_of(agreeing)
    content = edit(empty(agreeing), {SHEET: typed(layout, what)})
    (tmp_path / "with.xlsx").write_bytes(recalculate(content))
    (tmp_path / "twins.xlsx").write_bytes(patch(content, evaluate(content, functions=False)))
    shown = {name: Shown(tmp_path / f"{name}.xlsx")("grade", "filled") for name in ("with", "twins")}
    assert shown == dict.fromkeys(shown, STAGES[what])


def test_libreoffice_shows_the_same_stages(agreeing: Catalogue, tmp_path: Path) -> None:
    libreoffice.require()
    layout = layout_of(agreeing)
    paths = []
    for number, what in enumerate(STAGES):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(edit(empty(agreeing), {SHEET: typed(layout, what)}))
    results = libreoffice.recalculate(paths, tmp_path / "libreoffice")
    assert [Shown(path)("grade", "filled") for path in results] == list(STAGES.values())


RATED = {"operations-specialist": "data_analysis", "web-editor": "copywriting"}
"""Roles with rated indicators; every indicator of the second is."""


@pytest.mark.parametrize("id", RATED)
def test_missing_ratings_are_a_stage_of_their_own(id: str, tmp_path: Path) -> None:
    text = shipped_text("company.toml").replace('blocks = ["events", "review", "confirmation"]', BLOCKS)
    rating = shipped_with(tmp_path, {"company.toml": text.replace('"agreement"]', '"agreement", "ratings"]')})
    role = rating.role(id)
    layout = Layout(role, rating.company().blocks)
    content = uncalculated([PlannedSheet(SHEET, role)], rating, QUARTER)
    sample = rating.samples()[id]
    numbers = typed_cells(role, {m: v for m, v in sample.measures.items() if m not in layout.rated_measures})
    data = {layout.address(row, column): value for row, column, value in _placed(numbers, Layout(role), layout)}
    data |= {layout.address(f"i:{key}", "target"): target for key, target in sample.targets.items()}
    data |= {
        layout.address(f"i:{i.id}", "target"): 1 for i in role.indicators if _open(i) and i.id not in sample.targets
    }
    data |= signatures(layout, "targets")
    levels = {i.id: layout.role.levels[i.rated][0] for i in layout.rated}
    rated = {f"{RATING_LETTERS[LEAD]}{layout.rows[rating_id(i)]}": level for i, level in levels.items()}
    shown = []
    for cells in (data, data | dict([*rated.items()][1:]), data | rated):
        (tmp_path / "form.xlsx").write_bytes(recalculate(edit(content, {SHEET: cells})))
        shown.append(Shown(tmp_path / "form.xlsx")("grade", "filled"))
    assert shown == ["待评分", "待评分", "待确认"]


def _open(indicator: Indicator) -> bool:
    return indicator.parts[0].target is None and indicator.rule.reads_target(0)


def _placed(cells: dict[str, Value], plain: Layout, layout: Layout) -> Iterator[tuple[str, str, Value]]:
    """The typed cells by row and column id, because a block above moves their rows."""
    rows = {row: id for id, row in plain.rows.items()}
    columns = {LETTER[id]: id for id in ("m1", "m2", "m3", "quarter")}
    for address, value in cells.items():
        if (id := rows[int(address[1:])]).startswith("m:") and id[2:] not in layout.rated_measures:
            yield id, columns[address[0]], value


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_its_stage_in_every_language(agreeing: Catalogue, language: str, tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(recalculate(empty(agreeing, language)))
    stage = words(language)("stage_sign_targets", filled=0, all=73)
    assert Shown(tmp_path / "form.xlsx")("grade", "filled") == stage


def test_the_review_shows_the_key_action_of_a_lost_indicator(agreeing: Catalogue, tmp_path: Path) -> None:
    layout = layout_of(agreeing)
    actions = key_action(layout, 1, LOST, "每月评审一次") | key_action(layout, 3, LOST, "提案写明收益")
    actions |= key_action(layout, 2, "", "没有选指标的不列出")
    content = edit(empty(agreeing), {SHEET: typed(layout, "filled") | actions})
    (tmp_path / "with.xlsx").write_bytes(recalculate(content))
    paths = [tmp_path / "with.xlsx"]
    if not libreoffice.lacking():
        (tmp_path / "source.xlsx").write_bytes(content)
        paths += libreoffice.recalculate([tmp_path / "source.xlsx"], tmp_path / "libreoffice")
    for path in paths:
        shown = Shown(path)
        lines = {str(shown(f"r:{n}", "group")): str(shown(f"r:{n}", "weight")) for n in (1, 2, 3)}
        assert lines[LOST].endswith("得50分\n抓手：每月评审一次\n抓手：提案写明收益")
        assert sum("抓手" in text for text in lines.values()) == 1, lines


def test_key_actions_are_read_back_by_identity(agreeing: Catalogue) -> None:
    layout = layout_of(agreeing)
    cells = key_action(layout, 2, LOST, "做好评审", "员工甲", "2026-11-30") | signatures(layout, "targets")
    workbook = open_workbook(edit(empty(agreeing), {SHEET: cells}), "表.xlsx", agreeing)
    agreement = read_agreement(workbook.readings[0].grid)
    (action,) = agreement.actions
    assert vars(action) == {"place": 2, "about": LOST, "action": "做好评审", "owner": "员工甲", "due": "2026-11-30"}
    assert (agreement.employee, agreement.superior) == ("employee 10-02", "superior 10-02")
    assert agreement.cells["k:2 group"] == layout.address("k:2", "group")


# --- what check finds -------------------------------------------------------------------------------------------------


def checked(content: bytes, agreeing: Catalogue, folder: Path) -> list[tuple[str, str | None, str]]:
    """Kind, cell and severity of what is found, without what is not filled in yet."""
    (folder / "表.xlsx").write_bytes(content)
    (one,) = check([folder / "表.xlsx"], agreeing)
    return [(p.kind, p.cell or p.row_id, p.severity) for p in one.findings]


def saved(content: bytes, change: Callable[[Any, Layout], None], layout: Layout) -> bytes:
    book: Workbook = load_workbook(io.BytesIO(content))
    change(book[SHEET], layout)
    buffer = io.BytesIO()
    book.save(buffer)
    return recalculate(buffer.getvalue())


def good(agreeing: Catalogue) -> bytes:
    layout = layout_of(agreeing)
    action = key_action(layout, 1, LOST, "每月评审一次", "员工甲", "2026-11-30")
    return recalculate(edit(empty(agreeing), {SHEET: typed(layout, "filled") | action}))


def test_an_honest_form_has_no_findings(agreeing: Catalogue, tmp_path: Path) -> None:
    assert checked(good(agreeing), agreeing, tmp_path) == []


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_deleted_key_action_is_found(agreeing: Catalogue, place: int, tmp_path: Path) -> None:
    def empty_row(sheet: Any, layout: Layout) -> None:
        sheet[f"A{layout.rows[f'k:{place}']}"] = None

    found = checked(saved(good(agreeing), empty_row, layout_of(agreeing)), agreeing, tmp_path)
    assert ("row_deleted", f"k:{place}", "advice") in found


def test_a_form_whose_whole_block_is_gone_is_found(agreeing: Catalogue, tmp_path: Path) -> None:
    def delete(sheet: Any, layout: Layout) -> None:
        for place in (1, 2, 3):
            sheet[f"A{layout.rows[f'k:{place}']}"] = None

    found = checked(saved(good(agreeing), delete, layout_of(agreeing)), agreeing, tmp_path)
    assert {cell for kind, cell, _ in found if kind == "formula"} >= {layout_of(agreeing).address("grade", "filled")}


def test_a_typed_over_number_and_formula_are_found(agreeing: Catalogue, tmp_path: Path) -> None:
    layout = layout_of(agreeing)
    stage, receipt, number = (layout.address(*at) for at in (("grade", "filled"), ("r:1", "weight"), ("k:2", "no")))
    cells: dict[str, Value] = {stage: "已确认", receipt: "没有失分", number: 7}
    found = checked(edit(good(agreeing), {SHEET: cells}), agreeing, tmp_path)
    assert {(kind, cell) for kind, cell, _ in found} == {
        ("overwritten", stage),
        ("overwritten", receipt),
        ("label", number),
    }


def test_a_row_that_somebody_added_is_found(agreeing: Catalogue, tmp_path: Path) -> None:
    def add(sheet: Any, layout: Layout) -> None:
        below = layout.rows["k:3"] + 1
        sheet[f"{LETTER[KEY_ACTION['action']]}{below}"] = "第四件事"

    content = saved(good(agreeing), add, layout_of(agreeing))
    cell = f"{LETTER[KEY_ACTION['action']]}{layout_of(agreeing).rows['k:3'] + 1}"
    assert checked(content, agreeing, tmp_path) == [("own_row", cell, "warning")]


@pytest.mark.parametrize(("about", "severity"), [("", "advice"), ("没有的指标", "warning")])
def test_a_key_action_about_no_indicator_is_asked_about(
    agreeing: Catalogue, about: str, severity: str, tmp_path: Path
) -> None:
    layout = layout_of(agreeing)
    content = edit(good(agreeing), {SHEET: key_action(layout, 2, about, "做好评审")})
    found = checked(recalculate(content), agreeing, tmp_path)
    assert found == [("key_action", layout.address("k:2", "group"), severity)]


def test_without_the_block_a_form_is_what_it_was(agreeing: Catalogue) -> None:
    role = agreeing.role(ROLE_ID)
    plain, agreed = Layout(role), layout_of(agreeing)
    assert AGREEMENT not in plain.blocks
    assert {row for row in agreed.rows if row not in plain.rows} == {"k:1", "k:2", "k:3"}
    above = [row for row in plain.rows if not row.startswith(("r:", "c:", "d:"))]
    assert [plain.rows[row] for row in above] == [agreed.rows[row] for row in above]
