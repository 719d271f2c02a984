"""`udfs/kpi.py` as Excel on Windows reaches it: through xlwings' own `call_udf`, on what COM hands over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest

from tests.support.engines.windows import ERRORS, OMITTED, Time, cells, column, xlwings_on_windows
from tests.support.rule_cases import examples
from xlkpi.functions import ENGINE, FUNCTIONS

STEP = "每低5个百分点扣3分"
BARE = "每低5%扣3分"
RATIO = "按完成率得分"
TWO = "每低于目标值10%扣5分；「滞销品占比」每超1个百分点扣2分"
RECEIPT = "实际12%，目标20%，低8个百分点，计1档，扣3分，得97分"
NO_ACTUAL, NO_TARGET = "#KPI 实际完成须为数字", "#KPI 目标值须为数字"
EMPTY = cells([None])
DAY = Time(2026, 10, 1)

Call = Callable[..., float | str]


@pytest.fixture(scope="module")
def windows() -> Iterator[tuple[ModuleType, ModuleType]]:
    with xlwings_on_windows("udfs.kpi") as loaded:
        yield loaded


@pytest.fixture(scope="module")
def call(windows: tuple[ModuleType, ModuleType]) -> Call:
    """`call(name, *arguments)`: what the cell shows; arguments that are left out are omitted in the formula."""
    xlwings, _ = windows

    def call(name: str, *given: Any) -> Any:
        # The wrapper in VBA hands over all arguments, those that the formula does not give as "missing".
        (function,) = (function for function in FUNCTIONS if function.name == name)
        arguments = (*given, *[OMITTED] * (len(function.arguments) - len(given)))
        ((shown,),) = xlwings.udfs.call_udf("udfs.kpi", name, arguments, caller=cells([0.0]))
        return shown

    return call


def test_the_decorators_are_those_of_windows(windows: tuple[ModuleType, ModuleType]) -> None:
    xlwings, kpi = windows
    assert xlwings.func is xlwings.udfs.xlfunc
    assert {name for name, value in vars(kpi).items() if hasattr(value, "__xlfunc__")} == {f.name for f in FUNCTIONS}


SHOWN: list[tuple[str, tuple[Any, ...], float | str]] = [
    # references to single cells, plain values, constants in braces, columns, rows
    ("KPI_SCORE", (cells([0.12]), cells([0.2]), cells([STEP]), cells(["%"])), 97.0),
    ("KPI_SCORE", (0.12, 0.2, STEP), 97.0),
    ("KPI_SCORE", (((0.12,),), ((0.2,),), ((STEP,),)), 97.0),
    ("KPI_SCORE", (column(2.4, 0.12), column(3.0, 0.1), TWO), 86.0),
    ("KPI_SCORE", (cells([2.4, 0.12]), cells([3.0, 0.1]), TWO), 86.0),
    ("KPI_SCORE", (((2.4,), (0.12,)), (3.0, 0.1), TWO), 86.0),
    ("STEP_DEDUCT", (cells([0.12]), cells([0.2]), cells([STEP])), 3.0),
    ("STEP_DEDUCT", (column(2.4, 0.12), column(3.0, 0.1), cells([TWO]), cells(["次"])), 14.0),
    ("STEP_DEDUCT", (cells([0.12]), cells([0.2]), cells([0.05]), cells([3.0])), 3.0),
    ("STEP_DEDUCT", (0.16, 0.15, 0.01, 2.0, "over"), 2.0),
    ("STEP_DEDUCT", (2.85, 3.0, 0.05, 3.0, "short", "relative"), 3.0),
    ("STEP_DEDUCT", (2.85, 3.0, 0.05, 3.0, OMITTED, "relative"), 3.0),
    ("WEIGHTED_TOTAL", (column(80.0, 90.0), column(1.0, 3.0)), 87.5),
    ("WEIGHTED_TOTAL", (cells([80.0]), cells([1.0])), 80.0),
    ("WEIGHTED_TOTAL", (column(80.0, "不适用"), column(1.0, 3.0)), 80.0),
    ("WEIGHTED_TOTAL", (column(80.0, "一票否决"), column(1.0, 3.0)), 0.0),
    ("KPI_GRADE", (cells([92.0]),), "A 优秀"),
    ("KPI_GRADE", (cells([92.0]), cells(["優≥90；甲≥80；丁"])), "優"),
    ("KPI_EXPLAIN", (cells([0.12]), cells([0.2]), cells([STEP]), cells(["%"])), RECEIPT),
    ("KPI_ENGINE", (), ENGINE),
    ("KPI_ENGINE", (column(1.0, None),), ENGINE),
    # a per cent or a currency is a format of the cell; the second comes as a Decimal
    ("KPI_SCORE", (0.15, 0.2, BARE, "%"), 97.0),
    (
        "KPI_SCORE",
        (0.15, 0.2, BARE, OMITTED),
        "#KPI 评分标准：5%是5个百分点，还是目标值的5%？（实际76%、目标80%时：100分，还是97分？）",
    ),
    ("KPI_SCORE", (Decimal("114000"), Decimal("120000"), RATIO, "元"), 95.0),
    ("KPI_EXPLAIN", (Decimal("114000"), Decimal("120000"), RATIO), "实际114000，目标120000，完成率95%，得95分"),
    ("STEP_DEDUCT", (Decimal("9"), Decimal("10"), Decimal("1"), Decimal("2")), 2.0),
    ("WEIGHTED_TOTAL", (((Decimal("80.5"),),), ((Decimal("1"),),)), 80.5),
    ("KPI_GRADE", (Decimal("92.5"),), "A 优秀"),
    # empty cells, and cells that a formula left as ""
    ("KPI_SCORE", (EMPTY, 0.2, STEP), ""),
    ("KPI_SCORE", (cells([""]), 0.2, STEP), ""),
    ("KPI_SCORE", (0.12, EMPTY, STEP), ""),
    ("KPI_SCORE", (column(2.4, None), column(3.0, 0.1), TWO), ""),
    ("KPI_SCORE", (3.0, EMPTY, "每次扣10分"), 70.0),
    ("KPI_SCORE", (0.12, 0.2, EMPTY), "#KPI 评分标准须为文字"),
    ("KPI_SCORE", (0.12, 0.2, STEP, EMPTY), 97.0),
    ("STEP_DEDUCT", (EMPTY, 0.2, 0.05, 3.0), ""),
    ("STEP_DEDUCT", (0.12, 0.2, 0.05, 3.0, EMPTY, EMPTY), 3.0),
    ("WEIGHTED_TOTAL", (column(80.0, None), column(1.0, 3.0)), ""),
    ("WEIGHTED_TOTAL", (column(80.0, None), column(1.0, 3.0), EMPTY), ""),
    ("WEIGHTED_TOTAL", (column(80.0, None), column(1.0, None)), 80.0),
    ("KPI_GRADE", (EMPTY,), ""),
    ("KPI_EXPLAIN", (EMPTY, 0.2, STEP), ""),
    # omitted between commas: KPI_SCORE(,0.2,…)
    ("KPI_SCORE", (OMITTED, 0.2, STEP), ""),
    ("KPI_GRADE", (OMITTED,), ""),
    # booleans
    ("KPI_SCORE", (True, 1.0, RATIO), NO_ACTUAL),
    ("KPI_SCORE", (1.0, cells([False]), RATIO), NO_TARGET),
    ("WEIGHTED_TOTAL", (column(80.0, None), column(1.0, 3.0), True), 80.0),
    ("WEIGHTED_TOTAL", (column(80.0, None), column(1.0, 3.0), cells([False])), ""),
    ("WEIGHTED_TOTAL", (column(True), column(1.0)), "#KPI 得分须为数字"),
    ("KPI_GRADE", (True,), "#KPI 总分须为数字"),
    # dates, where a number was typed into a cell formatted as one
    ("KPI_SCORE", (cells([DAY]), 1.0, RATIO), NO_ACTUAL),
    ("KPI_SCORE", (1.0, DAY, RATIO), NO_TARGET),
    ("WEIGHTED_TOTAL", (column(DAY), column(1.0)), "#KPI 得分须为数字"),
    ("KPI_GRADE", (cells([DAY]),), "#KPI 总分须为数字"),
    # text
    ("KPI_SCORE", (cells(["１２％"]), 0.2, STEP), NO_ACTUAL),
    ("KPI_SCORE", (cells(["优秀"]), EMPTY, "优秀得100分；合格得60分"), 100.0),
    ("KPI_SCORE", ("#KPI 除数为0：订单数", 0.2, STEP), "#KPI 除数为0：订单数"),
    ("KPI_SCORE", (1.0, EMPTY, "实际>0一票否决"), "一票否决"),
    ("WEIGHTED_TOTAL", (column(80.0, "#KPI x"), column(1.0, 3.0)), "#KPI x"),
]


@pytest.mark.parametrize(("name", "arguments", "shown"), SHOWN, ids=[f"{n}: {row[0]}" for n, row in enumerate(SHOWN)])
def test_a_cell_shows_what_the_call_gives_through_com(
    call: Call, name: str, arguments: tuple[Any, ...], shown: float | str
) -> None:
    found = call(name, *arguments)
    assert type(found) is type(shown)
    assert found == (pytest.approx(shown, abs=1e-9) if isinstance(shown, float) else shown)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_cell_is_never_taken_for_a_number(call: Call, name: str) -> None:
    """xlwings knows the errors of old by name; those of newer Excels come through as the number that COM gives them."""
    code = ERRORS[name]
    for error in (code, cells([code])):
        assert call("KPI_SCORE", error, 0.2, STEP) == NO_ACTUAL
        assert call("KPI_SCORE", 0.12, error, STEP) == NO_TARGET
        assert call("KPI_EXPLAIN", error, 0.2, STEP) == NO_ACTUAL
        assert call("STEP_DEDUCT", error, 0.2, 0.05, 3.0) == NO_ACTUAL
        assert call("KPI_GRADE", error) == "#KPI 总分须为数字"
        assert call("KPI_ENGINE", error) == ENGINE
        for arguments in ((0.12, 0.2, error), (0.12, 0.2, 0.05, error)):
            assert str(call("STEP_DEDUCT", *arguments)).startswith("#KPI ")
        assert str(call("KPI_SCORE", 0.12, 0.2, error)).startswith("#KPI ")
    assert call("KPI_SCORE", column(2.4, code), column(3.0, 0.1), TWO) == NO_ACTUAL
    assert call("WEIGHTED_TOTAL", column(80.0, code), column(1.0, 3.0)) == "#KPI 得分须为数字"
    assert call("WEIGHTED_TOTAL", column(80.0, 90.0), column(1.0, code)) == "#KPI 权重须为数字"
    assert call("WEIGHTED_TOTAL", column(80.0, None), column(1.0, 3.0), code) == ""


def test_the_scores_of_the_tables(call: Call) -> None:
    """Of every second line: the way through xlwings is the same for all."""
    for example in examples()[::2]:
        actual, target = column(*example.actual), column(*example.target)
        unit = OMITTED if example.unit is None else cells([example.unit])
        expected = example.score if isinstance(example.score, str) else pytest.approx(example.score)
        assert call("KPI_SCORE", actual, target, cells([example.rule]), unit) == expected, example.id
        if example.receipt is not None:
            assert call("KPI_EXPLAIN", actual, target, example.rule, unit) == example.receipt, example.id


def test_xlwings_own_wrappers_are_those_of_the_table(windows: tuple[ModuleType, ModuleType]) -> None:
    """What its button “Import Functions” writes into a workbook and tells the function wizard."""
    written: list[str] = []
    book = MagicMock(Application=MagicMock(Version="16.0"))
    book.Name = "book.xlsm"
    book.VBProject.VBComponents.Import = lambda path: written.append(Path(path).read_text("ascii"))
    windows[0].udfs.import_udfs("udfs.kpi", book)

    signatures = dict(re.findall(r"^Function (\w+)\((.*)\)", written[0], re.M))
    assert signatures == {
        function.name: ", ".join("Optional " * argument.optional + argument.name for argument in function.arguments)
        for function in FUNCTIONS
    }
    handed = set(re.findall(r'= XLPy\.CallUDF\("udfs\.kpi", "(\w+)", Array\((.*?)\)', written[0]))
    assert handed == {(f.name, ", ".join(argument.name for argument in f.arguments)) for f in FUNCTIONS}

    told = {
        called.args[0]: (called.kwargs["Description"], called.kwargs["ArgumentDescriptions"])
        for called in book.Application.MacroOptions.call_args_list
    }
    assert told == {
        f"'book.xlsm'!{function.name}": (function.help.zh, [argument.help.zh for argument in function.arguments])
        for function in FUNCTIONS
    }
