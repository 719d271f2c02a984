"""The cell functions: what a cell gets, whatever a host hands over."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
import xlwings

import udfs.kpi
import xlkpi
from tests.support.rule_cases import examples
from tests.support.strategies import Case, cases, drawn
from xlkpi.functions import (
    FUNCTIONS,
    Function,
    kpi_engine,
    kpi_explain,
    kpi_grade,
    kpi_score,
    step_deduct,
    weighted_total,
)
from xlkpi.i18n.languages import EN, HANS, LANGUAGES
from xlkpi.rules.model import RuleError
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring import reasons
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import evaluate

RATIO = "按完成率得分"
STEP = "每低5个百分点扣3分"
TWO = "每低于目标值10%扣5分；「滞销品占比」每超1个百分点扣2分"
ERRORS = ("#DIV/0!", "#N/A", {"type": "Error", "kind": "Div"})
"""An error cell as xlwings (err_to_str) and LibreOffice, and as formualizer, hand it over."""


# --- the table is the format of every workbook ----------------------------------------------------------------------


def test_names_and_arguments_are_frozen() -> None:
    assert {function.name: [argument.name for argument in function.arguments] for function in FUNCTIONS} == {
        "KPI_SCORE": ["actual", "target", "rule", "unit"],
        "STEP_DEDUCT": ["actual", "target", "step", "points", "side", "basis"],
        "WEIGHTED_TOTAL": ["scores", "weights", "partial"],
        "KPI_GRADE": ["total", "scale"],
        "KPI_EXPLAIN": ["actual", "target", "rule", "unit"],
        "KPI_ENGINE": ["anything"],
    }


by_name = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


@by_name
def test_the_xlwings_function_is_the_table_s(function: Function) -> None:
    udf = getattr(udfs.kpi, function.name)
    parameters = inspect.signature(udf).parameters
    assert list(parameters) == [argument.name for argument in function.arguments]
    for argument in function.arguments:
        assert parameters[argument.name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert parameters[argument.name].default is (None if argument.optional else inspect.Parameter.empty)
    assert udf.__doc__ == function.help.zh


@by_name
def test_the_function_of_the_table_takes_these_arguments(function: Function) -> None:
    parameters = inspect.signature(function.call).parameters
    assert list(parameters) == [argument.name for argument in function.arguments]
    optional = [parameter.default is None for parameter in parameters.values()]
    assert optional == [argument.optional for argument in function.arguments]
    assert optional == sorted(optional)  # what may be omitted comes last
    assert function.required == optional.count(False)


def test_there_are_no_other_xlwings_functions() -> None:
    upper = {name for name, value in vars(udfs.kpi).items() if inspect.isfunction(value) and name.isupper()}
    assert upper == {function.name for function in FUNCTIONS}


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[tuple[str, dict[str, Any]]]]]:
    """What the decorators of `udfs.kpi` are told; off Windows xlwings' own ones forget it."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}

    def arg(name: str, **options: Any) -> Callable[[Any], Any]:
        def declare(function: Any) -> Any:
            found.setdefault(function.__name__, []).insert(0, (name, options))
            return function

        return declare

    with monkeypatch.context() as patched:
        patched.setattr(xlwings, "arg", arg)
        importlib.reload(udfs.kpi)
        yield found
    importlib.reload(udfs.kpi)


def test_ranges_arrive_as_rows_and_errors_as_text(declared: dict[str, list[tuple[str, dict[str, Any]]]]) -> None:
    assert declared == {
        function.name: [
            (argument.name, {"doc": argument.help.zh, "err_to_str": True} | ({"ndim": 2} if argument.range else {}))
            for argument in function.arguments
        ]
        for function in FUNCTIONS
    }


HELPS = [help for function in FUNCTIONS for help in (function.help, *(a.help for a in function.arguments))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_the_function_wizard(language: str) -> None:
    for help in HELPS:
        assert 0 < len(help.told(language)) <= 255


def test_help_is_in_its_language() -> None:
    for help in HELPS:
        assert help.told(HANS) == help.zh
        assert not re.search("[\u3400-\u9fff]", help.told(EN))


def test_the_functions_need_no_office_and_no_table_library() -> None:
    """Rules and scoring also run under Pyodide, on the standard library; the first sentence loads the reader."""
    script = (
        "import sys; import xlkpi.functions, xlkpi.scoring.formula; reader = 'xlkpi.rules.parser.parse';"
        "assert reader not in sys.modules;"
        "xlkpi.functions.kpi_score(1.0, 1.0, '每次扣1分'); assert reader in sys.modules;"
        "print(*{name.split('.')[0] for name in sys.modules} & {'numpy', 'pandas', 'openpyxl', 'xlwings', 'lxml'})"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


# --- shapes ---------------------------------------------------------------------------------------------------------


def shapes(*values: Any) -> Iterator[Any]:
    """A column of cells as the hosts hand it over; one cell may also come bare."""
    yield [[value] for value in values]
    yield [list(values)]
    yield tuple((value,) for value in values)
    yield list(values)
    if len(values) == 1:
        yield values[0]


def test_a_range_of_one_cell_is_that_cell() -> None:
    for actual in shapes(0.12):
        for target in shapes(0.2):
            assert kpi_score(actual, target, STEP) == 97
            assert step_deduct(actual, target, STEP) == 3
            assert step_deduct(actual, target, 0.05, 3) == 3
            assert kpi_explain(actual, target, STEP) == "实际12%，目标20%，低8个百分点，计1档，扣3分，得97分"
    assert kpi_score([[0.12]], [[0.2]], [[STEP]], [["%"]]) == 97
    assert step_deduct(0.12, 0.2, [[0.05]], [[3.0]], [["short"]], [["absolute"]]) == 3
    assert kpi_grade([[95.0]]) == "S 卓越"
    assert weighted_total([[80.0]], [[10.0]]) == 80
    assert weighted_total(80.0, 10.0, [[None]]) == 80


def test_a_range_has_a_cell_for_each_measure() -> None:
    for actual in shapes(3.6, 0.06):
        for target in shapes(4.0, 0.05):
            assert kpi_score(actual, target, TWO) == 93
            assert step_deduct(actual, target, TWO) == 7


def test_a_range_may_be_longer_than_the_rule_needs_where_the_rest_is_empty() -> None:
    for empty in (None, ""):
        assert kpi_score([[0.12], [empty]], [[0.2], [empty]], [[STEP], [empty]], [["%", empty]]) == 97
        assert step_deduct([[0.12, empty]], 0.2, 0.05, [[3.0, empty]]) == 3
        assert kpi_grade([[95.0], [empty]]) == "S 卓越"


@pytest.mark.parametrize("further", [0.25, 0.0, "x", True, *ERRORS, "#KPI x", dt.date(2026, 10, 1)], ids=str)
def test_filled_cells_beyond_the_measures_are_refused(further: Any) -> None:
    refused = "#KPI 单元格比评分标准说到的数据项多"
    for function in (kpi_score, kpi_explain, step_deduct):
        for more in shapes(0.12, further):
            assert function(more, 0.2, STEP) == function(0.12, more, STEP) == refused
            assert function([[None], [further]], 0.2, STEP) == refused
        assert function([[3.6], [0.06], [further]], [[4.0], [0.05]], TWO) == refused
        english = function([[0.12, further]], 0.2, "every 5 percentage points short: -3")
        assert english == "#KPI there are more cells than the scoring rule speaks of measures"


def test_filled_cells_beyond_the_first_are_refused_where_one_is_meant() -> None:
    refused = "#KPI 这一项只能是一个单元格"
    assert kpi_score(0.12, 0.2, [[STEP], [RATIO]]) == refused
    assert kpi_score(0.12, 0.2, STEP, [["%", "天"]]) == refused
    assert step_deduct([[0.12, 0.15]], 0.2, 0.05, 3.0) == refused
    assert step_deduct(0.12, [[0.2], [0.3]], 0.05, 3.0) == refused
    assert step_deduct(0.12, 0.2, [[0.05], [0.1]], 3.0) == refused
    assert step_deduct(0.12, 0.2, 0.05, [[3.0], [2.0]]) == refused
    assert kpi_grade([[95.0], [60.0]]) == refused
    assert kpi_grade(95.0, [["优≥90；良", "优≥80；良"]]) == refused
    assert weighted_total([[80.0]], [[1.0]], [[True, False]]) == refused


@pytest.mark.parametrize("empty", [None, "", [[None]], [[""]]])
def test_an_empty_cell_gives_an_empty_text(empty: Any) -> None:
    assert kpi_score(empty, 0.2, STEP) == ""
    assert kpi_score(0.12, empty, STEP) == ""
    assert kpi_explain(empty, 0.2, STEP) == ""
    assert step_deduct(empty, 0.2, STEP) == ""
    assert step_deduct(0.12, empty, 0.05, 3) == ""
    assert kpi_grade(empty) == ""
    assert weighted_total([[80.0], [None]], [[1.0], [1.0]]) == ""


@pytest.mark.parametrize("omitted", [None, "", 0.0, [[None]], [[""]], [[0.0]], " "])
def test_an_omitted_argument_arrives_in_many_ways(omitted: Any) -> None:
    assert kpi_score(0.12, 0.2, STEP, omitted) == 97
    assert kpi_score(0.12, 0.2, "每低5%扣3分", omitted) == kpi_score(0.12, 0.2, "每低5%扣3分")
    assert step_deduct(0.12, 0.2, STEP, omitted) == 3
    assert step_deduct(0.12, 0.2, 0.05, 3.0, omitted, omitted) == 3
    assert kpi_grade(95.0, omitted) == "S 卓越"
    assert kpi_explain(0.12, 0.2, STEP, omitted) == "实际12%，目标20%，低8个百分点，计1档，扣3分，得97分"
    assert "xlkpi" in str(kpi_engine(omitted))
    assert weighted_total([[80.0], [None]], [[1.0], [1.0]], omitted) == ""


def test_a_number_that_com_has_for_an_error_is_one_in_cells_only() -> None:
    number = -2146826246  # #N/A
    rule = "实际<0得100分；实际≥0得0分"
    assert kpi_score(number, None, rule) == "#KPI 实际完成须为数字"
    assert xlkpi.kpi_score(number, None, rule) == 100


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_cell_is_named_never_swallowed(error: Any) -> None:
    assert kpi_score(error, 0.2, STEP) == "#KPI 实际完成须为数字"
    assert kpi_score([[error]], [[0.2]], STEP) == "#KPI 实际完成须为数字"
    assert kpi_score(0.12, error, STEP) == "#KPI 目标值须为数字"
    assert kpi_explain(error, 0.2, STEP) == "#KPI 实际完成须为数字"
    assert step_deduct(error, 0.2, 0.05, 3) == "#KPI 实际完成须为数字"
    assert str(kpi_score(0.12, 0.2, error)).startswith("#KPI ")
    assert str(step_deduct(0.12, 0.2, error)).startswith("#KPI ")
    assert str(step_deduct(0.12, 0.2, 0.05, error)).startswith("#KPI ")
    assert weighted_total([[80.0], [error]], [[1.0], [1.0]]) == "#KPI 得分须为数字"
    assert weighted_total([[80.0], [90.0]], [[1.0], [error]]) == "#KPI 权重须为数字"
    assert kpi_grade(error) == "#KPI 总分须为数字"
    assert str(kpi_engine(error)).startswith("Python")


@pytest.mark.parametrize("value", [True, False, dt.datetime(2026, 10, 1), "12", "abc"], ids=str)
def test_booleans_dates_and_text_are_no_numbers(value: Any) -> None:
    assert kpi_score(value, 1.0, RATIO) == "#KPI 实际完成须为数字"
    assert kpi_score(1.0, value, RATIO) == "#KPI 目标值须为数字"
    assert step_deduct(value, 1.0, 1.0, 1.0) == "#KPI 实际完成须为数字"
    assert weighted_total([[value]], [[1.0]]) == "#KPI 得分须为数字"
    assert kpi_grade(value) == "#KPI 总分须为数字"


def test_an_incoming_kpi_text_passes_unchanged() -> None:
    passed = "#KPI 除数为0：订单数"
    assert kpi_score(passed, 0.2, STEP) == passed
    assert kpi_score(0.12, passed, STEP) == passed
    assert kpi_score(0.12, 0.2, passed) == passed
    assert kpi_explain(passed, 0.2, STEP) == passed
    assert step_deduct(passed, 0.2, STEP) == passed
    assert step_deduct(0.12, 0.2, passed) == passed
    assert step_deduct(passed, 0.2, 0.05, 3) == passed
    assert weighted_total([[90.0], [passed]], [[1.0], [1.0]]) == passed
    assert weighted_total([[90.0], [80.0]], [[1.0], [passed]]) == passed
    assert kpi_grade(passed) == passed
    for odd in ("#KPI", "#KPI  x ", "#KPI：x", "#kpi x"):
        assert kpi_score(odd, 0.2, STEP) == odd
        assert weighted_total([[odd]], [[1.0]]) == odd
        assert kpi_grade(odd) == odd


def test_a_target_that_no_clause_reads_may_hold_anything() -> None:
    for target in (None, "", "待定", "#KPI x", *ERRORS, True):
        assert kpi_score(3.0, target, "每次扣10分") == 70


# --- what each function says ----------------------------------------------------------------------------------------


def test_a_cell_shows_the_scores_of_the_tables() -> None:
    for example in examples():
        result = kpi_score([[value] for value in example.actual], list(example.target), example.rule, example.unit)
        expected = example.score if isinstance(example.score, str) else pytest.approx(example.score)
        assert result == expected, example.id


def test_a_cell_gets_a_number_or_a_text_whatever_it_holds() -> None:
    for case in chain.from_iterable(drawn(cases(), 60)):
        for function in (kpi_score, kpi_explain, step_deduct):
            assert isinstance(function(list(case.actuals), list(case.targets), phrase(case.rule)), float | str)


def test_a_rule_that_cannot_be_read_asks_its_question() -> None:
    asked = kpi_score(0.12, 0.2, "每低5%扣3分")
    assert asked == "#KPI 评分标准：5%是5个百分点，还是目标值的5%？（实际76%、目标80%时：100分，还是97分？）"
    assert step_deduct(0.12, 0.2, "每低5%扣3分") == asked
    assert kpi_explain(0.12, 0.2, "每低5%扣3分") == asked
    assert kpi_score(0.12, 0.2, "每低5%扣3分", "%") == 97
    assert step_deduct(0.12, 0.2, "每低5%扣3分", "%") == 3
    assert step_deduct(2.85, 3.0, "每低5%扣3分", "页") == 3
    assert kpi_score(0.12, 0.2, "") == "#KPI 评分标准是空的"
    for no_text in (None, 5.0, True):
        assert kpi_score(0.12, 0.2, no_text) == "#KPI 评分标准须为文字"


def test_side_and_basis_of_a_single_step() -> None:
    assert step_deduct(0.16, 0.15, 0.01, 2.0, "over") == 2
    assert step_deduct(0.16, 0.15, 0.01, 2.0) == 0
    assert step_deduct(2.85, 3.0, 0.05, 3.0, "short", "relative") == 3
    assert step_deduct(2.85, 3.0, 0.05, 3.0, None, "absolute") == 9
    wrong = "#KPI side 须为 short 或 over，basis 须为 absolute 或 relative"
    assert step_deduct(1.0, 1.0, 1.0, 1.0, "below") == step_deduct(1.0, 1.0, 1.0, 1.0, None, "percent") == wrong
    assert step_deduct(1.0, 1.0, 0.0, 1.0) == step_deduct(1.0, 1.0, 1.0) == "#KPI 每档的大小须大于0，扣分须不小于0"


def test_a_rule_that_no_longer_only_deducts() -> None:
    assert step_deduct(0.12, 0.2, RATIO) == "#KPI 本行不再是纯扣分，请联系人力资源更新"
    assert step_deduct(None, None, RATIO) == "#KPI 本行不再是纯扣分，请联系人力资源更新"


def test_the_deductions_of_a_rule_are_on_the_100_scale_and_not_clipped() -> None:
    assert step_deduct(3.0, None, "满分20分；每次扣2分") == 30
    assert step_deduct(30.0, None, "每次扣10分") == 300


def test_a_veto_shows_as_its_text() -> None:
    assert kpi_score(1.0, None, "实际>0一票否决") == reasons.VETO
    assert weighted_total([[reasons.VETO], [90.0]], [[1.0], [1.0]]) == 0


def test_a_total_waits_for_every_score_unless_asked_not_to() -> None:
    scores, weights = [[80.0], [None]], [[1.0], [3.0]]
    for partial in (None, "", False, 0.0, *ERRORS):
        assert weighted_total(scores, weights, partial) == ""
    for partial in (True, 1.0):
        assert weighted_total(scores, weights, partial) == 80
    assert weighted_total([[80.0], [90.0]], [[1.0]]) == "#KPI 得分与权重的单元格数目不同"


def test_a_total_gets_its_grade_and_a_wrong_scale_its_reason() -> None:
    assert kpi_grade(0.0) == "D 不合格"
    assert kpi_grade(84.99) == "B 良好"
    assert kpi_grade(90.0, "優≥90；甲≥80；丁") == "優"
    assert kpi_grade(90.0, "优；甲≥80") == "#KPI 等级须从高到低写，最后一级不写分数线"


def test_the_functions_raise_what_the_python_api_raises() -> None:
    """A cell shows `#KPI` exactly where the Python API raises."""
    for case in chain.from_iterable(drawn(cases(), 40)):
        shown = kpi_score(list(case.actuals), list(case.targets), phrase(case.rule))
        assert (isinstance(shown, str) and shown.upper().startswith("#KPI")) is _raises(case)


def _raises(case: Case) -> bool:
    try:
        evaluate(case.rule, case.actuals, case.targets)
    except (RuleError, ScoreError):
        return True
    return False
