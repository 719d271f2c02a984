"""Workbooks that are ours to the last byte of their formulas are calculated here, and no other formula is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tests.support.catalogues import SHIPPED
from tests.support.forms import empty_form, filled_form, sample_measures
from xlkpi.calc import own, sandbox
from xlkpi.calc.own import recalculated_if_own
from xlkpi.calc.sandbox import recalculated
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import Value
from xlkpi.writer.workbook import sheets_of_roles, uncalculated
from xlkpi.xlsx.archive import pack, unpack
from xlkpi.xlsx.edit import Content, Formula, edit, fill

FORM = "xl/worksheets/sheet1.xml"


def filled(cells: Mapping[str, Value] | None = None) -> bytes:
    return filled_form(sample_measures(), cells=cells)


@pytest.fixture
def _no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sandbox, "_recalculated_apart")


@pytest.mark.usefixtures("_no_other_process")
@pytest.mark.parametrize("id", ["ecommerce-operations", "web-editor", "sales-manager"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_of_ours_needs_no_other_process(id: str, language: str) -> None:
    role = SHIPPED.role(id, language=language)
    content = uncalculated(sheets_of_roles([role], SHIPPED, language), SHIPPED, Quarter(2027, 2), language)
    assert recalculated(content).language == language


TYPED: tuple[Mapping[str, Value], ...] = (
    {},
    {"J10": None, "K10": "abc", "M31": -5.0},
    {"J10": "#KPI 除数为0", "K10": 1e300, "L10": -1e300},
    {"H49": "按完成率得分", "H50": "每低5%扣3分", "H51": "=1+1", "H52": ""},
    {"E5": "S≥95；D", "F49": 5.0, "D70": "自行增加", "F70": 0.1, "H70": "每次扣1分", "J70": 3.0},
)


@pytest.mark.parametrize("cells", TYPED, ids=str)
def test_both_ways_give_the_same_bytes(cells: Mapping[str, Value]) -> None:
    here, apart = recalculated_if_own(filled(cells)), sandbox._recalculated_apart(filled(cells))
    assert here == replace(apart, language="zh-Hans")


# --- what is not ours -----------------------------------------------------------------------------------------------


def with_cells(**cells: Content) -> bytes:
    return edit(filled(), {"表1": cells})


def with_part(change: Callable[[bytes], bytes], part: str = FORM) -> bytes:
    parts = unpack(filled())
    before, parts[part] = parts[part], change(parts[part])
    assert before != parts[part]
    return pack(parts)


def with_first_formula(new: bytes) -> bytes:
    return with_part(lambda data: re.sub(rb"<f>([^<]*)</f>", new, data, count=1))


def many_cells_show(text: str) -> bytes:
    parts = unpack(with_cells(D4=text))
    last = parts["xl/sharedStrings.xml"].count(b"<si>") - 1
    parts[FORM] = re.sub(rb't="s"><v>[0-9]+</v>', b't="s"><v>%d</v>' % last, parts[FORM])
    assert parts[FORM].count(b"<v>%d</v>" % last) > 300
    return pack(parts)


CHANGED: dict[str, Callable[[], bytes]] = {
    "one more, in a cell for a number": lambda: with_cells(J10=Formula("1+1")),
    "one more, as costly as may be": lambda: with_cells(J10=Formula("SUMPRODUCT((A:A=A:A)*(B:B=B:B))")),
    "one more, that doubles a text": lambda: with_cells(J10=Formula("K10&K10"), K10=Formula("L10&L10")),
    "one less": lambda: with_cells(M49=97.0),
    "one letter more": lambda: with_first_formula(rb"<f>\1 </f>"),
    "another number": lambda: with_cells(M5=Formula("1E+99")),
    "of an array": lambda: with_first_formula(rb'<f t="array" ref="A1:XFD999999">\1</f>'),
    "shared": lambda: with_first_formula(rb'<f t="shared" si="0" ref="A1:A9999">\1</f>'),
    "of another namespace": lambda: with_first_formula(rb'<x:f xmlns:x="urn:x" t="array" ref="A1:B9">\1</x:f>'),
    "on the guide": lambda: edit(filled(), {"填写说明": {"A1": Formula("1+1")}}),
    "on 汇总": lambda: edit(filled(), {"汇总": {"B5": Formula("SUM(A:XFD)")}}),
    "a name that stands for a formula": lambda: with_part(
        lambda data: data.replace(b"</definedNames>", b'<definedName name="x">SUM(A:A)</definedName></definedNames>'),
        "xl/workbook.xml",
    ),
    "two forms": lambda: filled_form(sample_measures(), sample_measures()),
    "a cell far away": lambda: with_part(
        lambda data: data.replace(b"</sheetData>", b'<row r="99999"><c r="ZZ99999"><v>1</v></c></row></sheetData>')
    ),
    "a text of a hundred thousand letters in each of many cells": lambda: many_cells_show("字" * 100_000),
    "a text of a million letters": lambda: with_cells(D4="字" * 700_000),
}


@pytest.mark.parametrize("changed", CHANGED)
def test_a_formula_that_is_not_ours_to_the_last_byte_never_runs_here(
    changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = CHANGED[changed]()

    def never(*_: object) -> None:
        raise AssertionError("the engine got it")

    monkeypatch.setattr(own, "loaded", never)
    assert recalculated_if_own(content) is None


def test_the_engine_would_get_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(own, "loaded", reached)
    for content in (filled(), empty_form(), fill(filled(), {"表1": {"J10": "x"}})):
        with pytest.raises(LookupError):
            recalculated_if_own(content)
