"""The cell functions (`KPI_SCORE` and the others): one table of their names, arguments, help and Python functions.

A cell gets a number or text and never an exception: `""` where an input is empty, `#KPI reason` where an input or
the rule cannot be used; an incoming `#KPI …` passes unchanged. The names and the order of the arguments are the file
format of every workbook ever made: never rename one.

Values arrive as xlwings, formualizer and LibreOffice deliver them: an empty cell is None or ""; a range is a list of
rows; an error cell is None, a text (#DIV/0!), a dict, or its number in COM; an omitted argument is None; a cell
formatted as currency is a Decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import wraps
from typing import NamedTuple

from xlkpi.i18n.languages import EN, HANT, language_of, to_traditional
from xlkpi.i18n.numbers import is_number
from xlkpi.rules.model import RuleError
from xlkpi.scoring import cells, grades, reasons
from xlkpi.scoring import scores as scoring
from xlkpi.scoring.arithmetic import NOT_PLAIN
from xlkpi.scoring.cells import CellValue, first, flat, optional_text, rule_text, true
from xlkpi.scoring.scorer import ScoreError
from xlkpi.version import __version__

CellResult = float | str


class Help(NamedTuple):
    """A help text of at most 255 characters, Excel's limit; the traditional Chinese is converted."""

    zh: str
    en: str

    def told(self, language: str) -> str:
        """The text in one of the languages of the forms."""
        if language == EN:
            return self.en
        return to_traditional(self.zh) if language == HANT else self.zh


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name in the function wizard, its help, whether it may be omitted or be a range."""

    name: str
    help: Help
    optional: bool = False
    range: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One cell function."""

    name: str
    help: Help
    arguments: tuple[Argument, ...]
    call: Callable[..., CellResult]

    @property
    def required(self) -> int:
        """How many arguments cannot be omitted."""
        return sum(not argument.optional for argument in self.arguments)


def _cell(
    sentence: int, words: Set[str] = frozenset()
) -> Callable[[Callable[..., CellResult | None]], Callable[..., CellResult]]:
    """Turn errors into the text that the cell shows, and None into an empty text.

    sentence: the index of the argument whose text decides the language of the message. words: if given, only these
    texts decide it.
    """

    def decorate(function: Callable[..., CellResult | None]) -> Callable[..., CellResult]:
        @wraps(function)
        def call(*arguments: CellValue) -> CellResult:
            try:
                result = function(*arguments)
            except RuleError as error:
                return reasons.unreadable(error)
            except ScoreError as error:
                decisive = arguments[sentence] if sentence < len(arguments) else None
                return reasons.cell_text(error.told(_language(decisive, words)).message)
            return "" if result is None else result

        return call

    return decorate


def _language(argument: CellValue, words: Set[str]) -> str:
    texts = (text for text in flat(argument) if isinstance(text, str) and not reasons.is_refusal(text))
    return language_of(next((text for text in texts if not words or text in words), ""))


def kpi_score(actual: CellValue, target: CellValue, rule: CellValue, unit: CellValue = None) -> CellResult:
    """`KPI_SCORE`: the score of one indicator."""
    try:
        return cells.plainly(rule, unit)(actual, target)[0]
    except NOT_PLAIN:
        return _kpi_score(actual, target, rule, unit)


@_cell(sentence=2)
def _kpi_score(actual: CellValue, target: CellValue, rule: CellValue, unit: CellValue) -> CellResult | None:
    return scoring.kpi_score(flat(actual), flat(target), rule_text(rule), optional_text(unit))


def step_deduct(
    actual: CellValue,
    target: CellValue,
    step: CellValue,
    points: CellValue = None,
    side: CellValue = None,
    basis: CellValue = None,
) -> CellResult:
    """`STEP_DEDUCT`: the points to deduct; with a rule as `step`, those of the rule, and `points` is the unit."""
    try:
        return cells.plainly_deducted(step, points, side, basis)(actual, target)
    except NOT_PLAIN:
        return _step_deduct(actual, target, step, points, side, basis)


@_cell(sentence=2)
def _step_deduct(
    actual: CellValue, target: CellValue, step: CellValue, points: CellValue, side: CellValue, basis: CellValue
) -> CellResult | None:
    one = first(step)
    if isinstance(one, str):
        return scoring.deduct_by_rule(flat(actual), flat(target), rule_text(one), optional_text(points))
    return scoring.step_deduct(
        first(actual), first(target), one, first(points),
        optional_text(side) or "short", optional_text(basis) or "absolute",
    )  # fmt: skip


def weighted_total(scores: CellValue, weights: CellValue, partial: CellValue = None) -> CellResult:
    """`WEIGHTED_TOTAL`: the total of a sheet."""
    try:
        if partial is None or type(partial) is bool:
            return cells.plain_total(scores, weights)
    except NOT_PLAIN:
        pass
    return _weighted_total(scores, weights, partial)


@_cell(sentence=0, words=scoring.NOT_APPLICABLE | set(reasons.VETOES))
def _weighted_total(scores: CellValue, weights: CellValue, partial: CellValue) -> CellResult | None:
    return scoring.weighted_total(flat(scores), flat(weights), true(partial))


@_cell(sentence=1)
def kpi_grade(total: CellValue, scale: CellValue = None) -> CellResult | None:
    """`KPI_GRADE`: the grade of a total."""
    number = first(total)
    if number is None or number == "":
        return None
    if reasons.is_refusal(number):
        return str(number)
    if not is_number(number):
        raise ScoreError(reasons.TOTAL_NOT_NUMBER)
    try:
        return grades.grade(float(number), optional_text(scale) or grades.DEFAULT_GRADES)
    except RuleError as error:  # of the scale, not of a scoring rule
        raise ScoreError(error.source, **error.values) from None


@_cell(sentence=2)
def kpi_explain(actual: CellValue, target: CellValue, rule: CellValue, unit: CellValue = None) -> CellResult | None:
    """`KPI_EXPLAIN`: the receipt of a score."""
    from xlkpi.scoring.receipt import explain  # here: it loads the words of all rules, and no form of ours calls it

    return explain(flat(actual), flat(target), rule_text(rule), optional_text(unit))


@_cell(sentence=0)
def kpi_engine(anything: CellValue = None) -> CellResult | None:
    """`KPI_ENGINE`: which engine is at work; the argument only makes it recalculate with its inputs."""
    return ENGINE


ENGINE = f"Python (xlkpi {__version__})"

_ACTUAL = Argument(
    "actual",
    Help(
        "实际完成：一个单元格；评分标准说到几个数据项时为一列单元格",
        "The actual: one cell, or a column of cells where the rule names several measures",
    ),
    range=True,
)
_TARGET = Argument(
    "target", Help("目标值：与实际完成同样大小", "The target: of the same size as the actual"), range=True
)
_RULE = Argument(
    "rule",
    Help("评分标准的文字，如 每低5个百分点扣3分", "The text of the scoring rule, such as: every 5 pp short: -3"),
)
_UNIT = Argument(
    "unit",
    Help("单位；% 表示“每低5%”是5个百分点", "The unit; with % “every 5% short” means 5 percentage points"),
    optional=True,
)

FUNCTIONS = (
    Function(
        "KPI_SCORE",
        Help("按评分标准计分（百分制）", "The score by a scoring rule, on the scale of 100"),
        (_ACTUAL, _TARGET, _RULE, _UNIT),
        kpi_score,
    ),
    Function(
        "STEP_DEDUCT",
        Help("每差一档扣几分：应扣的分数（不小于0）", "The points to deduct, so many for each whole step (0 or more)"),
        (
            _ACTUAL,
            _TARGET,
            Argument(
                "step",
                Help(
                    "每档的大小（5个百分点写0.05），或评分标准的文字",
                    "The size of a step (0.05 for 5 percentage points), or the text of a scoring rule",
                ),
            ),
            Argument(
                "points",
                Help(
                    "每档扣几分；前一项是评分标准时为单位",
                    "Points for each step; after the text of a rule it is the unit",
                ),
                optional=True,
            ),
            Argument(
                "side",
                Help("short 低于目标时扣（默认），over 超出时扣", "short of the target (default), or over it"),
                optional=True,
            ),
            Argument(
                "basis",
                Help(
                    "absolute 绝对值（默认），relative 目标值的比例",
                    "absolute (default), or relative: the step is a share of the target",
                ),
                optional=True,
            ),
        ),
        step_deduct,
    ),
    Function(
        "WEIGHTED_TOTAL",
        Help("加权总分，四舍五入到两位小数", "The weighted total, rounded half up to two decimals"),
        (
            Argument("scores", Help("各指标得分", "The scores of the indicators"), range=True),
            Argument(
                "weights",
                Help("各指标权重，与得分同样大小", "Their weights, of the same size as the scores"),
                range=True,
            ),
            Argument(
                "partial",
                Help("TRUE 表示只按已填的指标计算", "TRUE counts only the indicators filled so far"),
                optional=True,
            ),
        ),
        weighted_total,
    ),
    Function(
        "KPI_GRADE",
        Help("总分对应的等级", "The grade of a total"),
        (
            Argument("total", Help("总分", "The total")),
            Argument(
                "scale",
                Help("等级标准，如 S 卓越≥95；A 优秀≥85；D 不合格", "The grades, such as: S ≥ 95; A ≥ 85; D"),
                optional=True,
            ),
        ),
        kpi_grade,
    ),
    Function(
        "KPI_EXPLAIN",
        Help("得分是怎样算出来的", "How the score came about"),
        (_ACTUAL, _TARGET, _RULE, _UNIT),
        kpi_explain,
    ),
    Function(
        "KPI_ENGINE",
        Help("正在计分的程序", "The engine at work"),
        (Argument("anything", Help("任何单元格", "Any cell"), optional=True),),
        kpi_engine,
    ),
)
"""The six functions; `Function.call` takes the arguments by position."""
