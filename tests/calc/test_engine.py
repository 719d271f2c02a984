"""Recalculation: values change, nothing else does."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook

from tests.support.archives import parts_of
from tests.support.forms import Shown, empty_form, filled_form, recalculated, sample_measures
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.calc.kept import is_strange
from xlkpi.calc.sandbox import recalculated as recalculated_apart
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.edit import fill, patch

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _without_values(data: bytes) -> bytes:
    """A sheet's XML without the cached values of its formulas, which are what may change."""
    root = etree.fromstring(data)
    for cell in root.iter(f"{_MAIN}c"):
        if cell.find(f"{_MAIN}f") is not None:
            cell.attrib.pop("t", "")
            for value in cell.findall(f"{_MAIN}v"):
                cell.remove(value)
    return etree.tostring(root, method="c14n")


def test_only_cached_values_change() -> None:
    before = parts_of(filled_form(sample_measures()))
    after = parts_of(recalculate(filled_form(sample_measures())))
    assert before.keys() == after.keys()
    for name, data in before.items():
        if name.startswith("xl/worksheets/sheet"):
            assert _without_values(data) == _without_values(after[name]), name
        else:
            assert data == after[name], name
    assert any("chart" in name for name in before)
    assert any("comment" in name for name in before)


def test_recalculating_again_changes_nothing() -> None:
    once = recalculate(filled_form(sample_measures()))
    assert parts_of(recalculate(once)) == parts_of(once)


def test_what_somebody_sent_gets_the_same_values() -> None:
    content = filled_form(sample_measures())
    assert recalculated_apart(content).content == recalculate(content)


@pytest.mark.parametrize(
    "formula",
    ["sum(A:A)", "SUM('a b'!$A:$B)", "SUM(A1:A9999)", "SUM(5:99999)", "rept(A1,9)", "_xlfn.SEQUENCE (9)", "IF(1,字(2))",
     "COUNT(A1)+COUNT(SEARCH(A1,A2))", '"a"&SUM(A:A)&"b"'],
)  # fmt: skip
def test_formulas_unlike_ours_are_strange(formula: str) -> None:
    assert is_strange(formula)


def test_stale_values_are_replaced(tmp_path: Path) -> None:
    content = patch(filled_form(sample_measures()), lambda *_: 12345.0)
    assert Shown(recalculated(content, tmp_path / "form.xlsx"))("total", "score") == 93.85


def test_every_kind_of_value_is_stored(tmp_path: Path) -> None:
    book = Workbook()
    (sheet,) = book.worksheets
    formulas = ["=1/3", '="文字<&>"', "=1=1", "=1/0", '=""', "=B1", "=NOSUCH(1)"]
    for row, formula in enumerate(formulas, start=1):
        sheet.cell(row, 1, formula)
    buffer = io.BytesIO()
    book.save(buffer)
    root = etree.fromstring(parts_of(recalculate(buffer.getvalue()))["xl/worksheets/sheet1.xml"])
    stored = [(cell.get("t"), cell.findtext(f"{_MAIN}v") or "") for cell in root.iter(f"{_MAIN}c")]
    assert stored == [
        (None, repr(1 / 3)),
        ("str", "文字<&>"),
        ("b", "1"),
        ("e", "#DIV/0!"),
        ("str", ""),
        (None, "0"),
        ("e", "#NAME?"),
    ]


def test_days_and_times_are_stored_as_numbers() -> None:
    book = Workbook()
    (sheet,) = book.worksheets
    for row, formula in enumerate(["=DATE(2026,11,30)", "=DATE(2026,11,30)+1", "=TIME(12,0,0)"], start=1):
        sheet.cell(row, 1, formula)
    buffer = io.BytesIO()
    book.save(buffer)
    root = etree.fromstring(parts_of(recalculate(buffer.getvalue()))["xl/worksheets/sheet1.xml"])
    stored = [(cell.get("t"), cell.findtext(f"{_MAIN}v")) for cell in root.iter(f"{_MAIN}c")]
    assert stored == [(None, "46356"), (None, "46357"), (None, "0.5")]


def test_python_is_called_and_the_twins_are_not_missed() -> None:
    content = filled_form(sample_measures())
    with_python, without = evaluate(content), evaluate(content, functions=False)
    assert str(with_python("表1", 7, 13)).startswith("Python")
    assert str(without("表1", 7, 13)).startswith("内置公式")


@pytest.mark.parametrize("content", [b"", b"PK", b"no workbook", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError, match="不是能打开的Excel工作簿"):
        recalculate(content)


def test_typing_into_cells_keeps_their_style_and_refuses_unknown_ones() -> None:
    content = fill(empty_form(), {"表1": {"J10": 5.0, "K10": "文字", "L10": None}})
    before, after = (parts_of(data)["xl/worksheets/sheet1.xml"] for data in (empty_form(), content))
    styles = [{c.get("r"): c.get("s") for c in etree.fromstring(data).iter(f"{_MAIN}c")} for data in (before, after)]
    assert styles[0] == styles[1]
    with pytest.raises(KeyError):
        fill(empty_form(), {"表1": {"ZZ9999": 1.0}})
