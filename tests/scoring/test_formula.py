"""The built-in twins: Python, the twin in two engines and the cell function in one of them say the same."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, cycle
from pathlib import Path

import pytest

from tests.support.engines import CellContent, Shown, formualizer, libreoffice, write_cells
from tests.support.rule_cases import examples
from tests.support.strategies import ERROR, Case, Value, cases, drawn
from xlkpi.functions import kpi_score
from xlkpi.i18n.languages import HANS, HANT, LANGUAGES, language_of
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Need
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import kpi_literal, native_base, native_deducted, native_score, text_literal, unread
from xlkpi.scoring.scorer import Outcome, ScoreError
from xlkpi.scoring.scores import evaluate

Recalculate = Callable[[Sequence[Path], Path], list[Path]]

RULES = 420
"""So many rules, each with eight inputs: several thousand rows in one workbook."""
DEDUCTING_RULES = 160

RATIO = "按完成率得分"
REFUSED: tuple[tuple[str, Value, Value], ...] = (
    (RATIO, "abc", 1.0),
    ("优秀得100分；不合格得0分", "abc", None),
    (RATIO, 1.0, "abc"),
    ("每次扣5分", -1.0, None),
    (RATIO, 1.0, 0.0),
    ("按目标值÷实际值得分；封顶100分", -1.0, 1.0),
    (RATIO, "#KPI 除数为0：订单数", 1.0),
    (RATIO, None, 1.0),
)
"""A case for every need that is not met, and two more: `in_turn` takes eight for a language."""


def python_score(case: Case, language: str = HANS) -> Shown:
    score = _python(case, lambda outcome: outcome.score, language)
    return reasons.veto(language) if score == reasons.VETO else score


def python_deducted(case: Case, language: str = HANS) -> Shown:
    return _python(case, lambda outcome: outcome.deducted * 100 / float(case.rule.scale), language)


def _python(case: Case, what: Callable[[Outcome], Shown], language: str) -> Shown:
    try:
        outcome = evaluate(case.rule, case.actuals, case.targets)
    except ScoreError as error:
        return reasons.cell_text(error.told(language).message)
    return "" if outcome is None else what(outcome)


def in_turn(found: Sequence[Case]) -> list[tuple[Case, str]]:
    """Each case with the language of its sentence, rule by rule another one.

    What a sentence does not show (甲得100分 is the same in both scripts) it cannot answer in.
    """
    turns = zip(found, chain.from_iterable([language] * 8 for language in cycle(LANGUAGES)), strict=False)
    return [(case, language_of(phrase(case.rule, language))) for case, language in turns]


def agree(one: Shown, other: Shown) -> bool:
    """Equal texts, or numbers within 1e-9 (of their size, where that is more)."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return type(one) is type(other) and one == other


class Book:
    """A workbook with one block of rows per case: actuals in A, targets in B, the rule in C, formulas behind.

    D is the twin; with a function, E is its call, F what a form holds: that, and the twin where it is unknown.
    """

    def __init__(self, path: Path, found: Sequence[Case], twin: Callable[..., str], function: str = "") -> None:
        self.path, self.rows = path, list[int]()
        cells: dict[str, CellContent] = {}
        row = 1
        for case, language in in_turn(found):
            last = row + case.rule.measures - 1
            actuals = [f"A{r}" for r in range(row, last + 1)]
            targets = [f"B{r}" for r in range(row, last + 1)]
            inputs = zip([*actuals, *targets], [*case.actuals, *case.targets], strict=True)
            cells |= {address: _content(value) for address, value in inputs}
            cells[f"C{row}"] = phrase(case.rule, language)
            cells[f"D{row}"] = "=" + twin(case.rule, actuals, targets, language)
            if function:
                cells[f"E{row}"] = f"={function}(A{row}:A{last},B{row}:B{last},C{row})"
                cells[f"F{row}"] = f"=IFERROR({function}(A{row}:A{last},B{row}:B{last},C{row}),D{row})"
            self.rows.append(row)
            row = last + 1
        write_cells(path, cells)

    def columns(self, *letters: str) -> list[str]:
        """The formulas of these columns, one column after another."""
        return [f"{letter}{row}" for letter in letters for row in self.rows]

    def each(self, shown: Sequence[Shown]) -> Iterator[Sequence[Shown]]:
        """What several columns show, split into the columns again."""
        return (shown[start : start + len(self.rows)] for start in range(0, len(shown), len(self.rows)))


def _content(value: Value) -> CellContent:
    """What to write for an input: an empty text and an error come out of formulas."""
    return {"": '=""', ERROR: "=1/0"}.get(value, value) if isinstance(value, str) else value


def differences(found: Sequence[Case], expected: Sequence[Shown], shown: Sequence[Shown]) -> list[str]:
    """A line to read for each case that an engine sees differently."""
    return [
        f"{phrase(case.rule)} | {case.actuals} | {case.targets}: Python {wanted!r}, engine {got!r}"
        for case, wanted, got in zip(found, expected, shown, strict=True)
        if not agree(wanted, got)
    ]


@pytest.fixture(scope="module")
def scored() -> list[Case]:
    """What is refused, in every language; random rules, and the examples of the tables."""
    told = [
        Case(parse(example.rule, example.unit), example.actual, example.target)
        for example in examples()
        if len(example.actual) == len(example.target) == parse(example.rule, example.unit).measures
    ]
    refused = [Case(parse(rule), (actual,), (target,)) for rule, actual, target in REFUSED]
    return [*refused * len(LANGUAGES), *chain.from_iterable(drawn(cases(), RULES)), *told]


@pytest.fixture(scope="module")
def deducting() -> list[Case]:
    return list(chain.from_iterable(drawn(cases(only_deducts=True), DEDUCTING_RULES)))


@pytest.fixture(scope="module")
def scores(scored: list[Case]) -> list[Shown]:
    """What Python says to each of them."""
    return [python_score(case, language) for case, language in in_turn(scored)]


@pytest.fixture(scope="module")
def deductions(deducting: list[Case]) -> list[Shown]:
    return [python_deducted(case, language) for case, language in in_turn(deducting)]


@pytest.fixture(scope="module")
def score_book(scored: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(tmp_path_factory.mktemp("score") / "score.xlsx", scored, native_score, "KPI_SCORE")


@pytest.fixture(scope="module")
def deducted_book(deducting: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(tmp_path_factory.mktemp("deducted") / "deducted.xlsx", deducting, native_deducted, "STEP_DEDUCT")


# --- all say the same -----------------------------------------------------------------------------------------------


def test_the_cases_reach_every_kind_of_result(scores: list[Shown]) -> None:
    results = {value if isinstance(value, str) else "number" for value in scores}
    assert {"number", "", *reasons.VETOES, "#KPI 除数为0：订单数"} <= results
    # A sentence of levels may not show that it is traditional.
    every = [(reason, language) for reason in reasons.NEED.values() for language in LANGUAGES]
    rated = reasons.cell_text(reasons.NEED[Need.ACTUAL_LEVEL], HANT)
    assert {reasons.cell_text(reason, language) for reason, language in every} - {rated} <= results


def test_formualizer_scores_as_python(scored: list[Case], scores: list[Shown], score_book: Book) -> None:
    for shown in score_book.each(formualizer.evaluate(score_book.path, score_book.columns("D", "F"))):
        assert not differences(scored, scores, shown)


def test_the_score_function_scores_as_python(scored: list[Case], scores: list[Shown], score_book: Book) -> None:
    shown = formualizer.evaluate(score_book.path, score_book.columns("E"), functions=True)
    assert not differences(scored, scores, shown)


def test_libreoffice_scores_as_python(
    scored: list[Case], scores: list[Shown], score_book: Book, recalculate: Recalculate, tmp_path: Path
) -> None:
    (result,) = recalculate([score_book.path], tmp_path)
    for shown in score_book.each(libreoffice.shown(result, score_book.columns("D", "F"))):
        assert not differences(scored, scores, shown)


def test_formualizer_deducts_as_python(deducting: list[Case], deductions: list[Shown], deducted_book: Book) -> None:
    for shown in deducted_book.each(formualizer.evaluate(deducted_book.path, deducted_book.columns("D", "F"))):
        assert not differences(deducting, deductions, shown)


def test_the_deducting_function_deducts_as_python(
    deducting: list[Case], deductions: list[Shown], deducted_book: Book
) -> None:
    shown = formualizer.evaluate(deducted_book.path, deducted_book.columns("E"), functions=True)
    assert not differences(deducting, deductions, shown)


def test_libreoffice_deducts_as_python(
    deducting: list[Case], deductions: list[Shown], deducted_book: Book, recalculate: Recalculate, tmp_path: Path
) -> None:
    (result,) = recalculate([deducted_book.path], tmp_path)
    for shown in deducted_book.each(libreoffice.shown(result, deducted_book.columns("D", "F"))):
        assert not differences(deducting, deductions, shown)


def test_elsewhere_the_deductions_are_the_base_less_the_score(
    scored: list[Case], scores: list[Shown], tmp_path: Path
) -> None:
    """Base − score where something was deducted, else 0: the arithmetic of the form's own 扣分 cell."""
    found = [
        case
        for case, score in zip(scored, scores, strict=True)
        if not case.rule.only_deducts and isinstance(score, float)
    ]
    book = Book(tmp_path / "base.xlsx", found, lambda *cells: native_base(*cells[:3]), "KPI_SCORE")
    for case, base in zip(found, formualizer.evaluate(book.path, book.columns("D")), strict=True):
        outcome = evaluate(case.rule, case.actuals, case.targets)
        assert outcome is not None
        assert isinstance(base, float)
        deducts = bool(case.rule.cliffs) or not all(adjustment.bonus for adjustment in case.rule.adjustments)
        expected = max(0.0, base - float(outcome.score) * float(case.rule.scale) / 100) if deducts else 0.0
        assert outcome.deducted == pytest.approx(expected, rel=1e-9, abs=1e-9), phrase(case.rule)


LETTERS = ["Ⅲ级", "ⅲ级", "Äb", "äB", "Σ", "σ", "Ａ级", "ab", "AB"]


def test_small_and_large_letters_of_a_level_are_one_for_both(tmp_path: Path) -> None:
    """Spreadsheets know few letters as small and large ones of each other; Python knows all."""
    cells: dict[str, CellContent] = {}
    levels = [(level, written) for level in LETTERS for written in (level, level.lower(), level.upper())]
    for row, (level, written) in enumerate(levels, start=1):
        rule = parse(f"优秀得100分；{level}得50分")
        assert kpi_score(written, None, phrase(rule)) == 50
        cells |= {f"A{row}": written, f"C{row}": "=" + native_score(rule, [f"A{row}"], [f"B{row}"])}
    write_cells(tmp_path / "letters.xlsx", cells)
    addresses = [f"C{row}" for row in range(1, len(levels) + 1)]
    assert formualizer.evaluate(tmp_path / "letters.xlsx", addresses) == [50.0] * len(levels)


# --- where the engines are known to differ --------------------------------------------------------------------------

NOT_A_NUMBER = "#KPI 实际完成须为数字"
# An actual of 按完成率得分 against 1 that nobody can type into a form, only paste: Excel hands our functions a
# boolean or a date as such, which they refuse; a twin sees a date's number, and LibreOffice a boolean's too. (There
# ISLOGICAL asks whether the cell's format is boolean, and a form's cells have formats of numbers.)
KNOWN_DIFFERENCES = [
    # (cell, our function called by Excel, the twin in formualizer, the twin in LibreOffice)
    (True, NOT_A_NUMBER, NOT_A_NUMBER, 100.0),
    (False, NOT_A_NUMBER, NOT_A_NUMBER, 0.0),
    (dt.date(2026, 10, 1), NOT_A_NUMBER, 4629600.0, 4629600.0),
    (dt.datetime(2026, 10, 1, 12), NOT_A_NUMBER, 4629650.0, 4629650.0),
]


@pytest.fixture
def odd_book(tmp_path: Path) -> Path:
    rule = parse("按完成率得分")
    cells: dict[str, CellContent] = {}
    for row, (content, *_) in enumerate(KNOWN_DIFFERENCES, start=1):
        cells |= {f"A{row}": content, f"B{row}": 1.0, f"C{row}": "=" + native_score(rule, [f"A{row}"], [f"B{row}"])}
    write_cells(tmp_path / "odd.xlsx", cells)
    return tmp_path / "odd.xlsx"


ODD_TWINS = [f"C{row}" for row in range(1, len(KNOWN_DIFFERENCES) + 1)]


def test_booleans_and_dates_in_formualizer(odd_book: Path) -> None:
    for content, by_excel, _, _ in KNOWN_DIFFERENCES:
        assert kpi_score(content, 1.0, "按完成率得分") == by_excel
    assert formualizer.evaluate(odd_book, ODD_TWINS) == [twin for _, _, twin, _ in KNOWN_DIFFERENCES]


def test_booleans_and_dates_in_libreoffice(odd_book: Path, recalculate: Recalculate, tmp_path: Path) -> None:
    (result,) = recalculate([odd_book], tmp_path / "out")
    assert libreoffice.shown(result, ODD_TWINS) == [twin for _, _, _, twin in KNOWN_DIFFERENCES]


# --- the formulas themselves ----------------------------------------------------------------------------------------

# What Excel 2010, WPS and LibreOffice 7 share.
COMMON_FUNCTIONS = {
    "IF", "IFERROR", "AND", "OR", "MIN", "MAX", "ROUND", "INT", "ABS", "COUNT", "COUNTIF", "ISTEXT", "LEN",
}  # fmt: skip


def test_formulas_stay_within_what_every_spreadsheet_reads(scored: list[Case]) -> None:
    for case in scored:
        cells = [f"A{row}" for row in range(1, case.rule.measures + 1)]
        for formula in (native_score(case.rule, cells, cells), native_base(case.rule, cells, cells)):
            assert len(formula) < 8192
            outside = re.sub(r'"[^"]*"', "", formula)
            assert set(re.findall(r"[A-Z]{2,}", outside)) <= COMMON_FUNCTIONS
            depth = 0
            for letter in outside:
                depth += {"(": 1, ")": -1}.get(letter, 0)
                assert depth <= 64


def test_the_cells_that_a_rule_reads_are_asked_whether_they_are_empty() -> None:
    one = parse("每低5个百分点扣3分")
    assert unread(one, ["J9"], ["H9"]) == "IFERROR(LEN(J9)=0,0)+IFERROR(LEN(H9)=0,0)>0"
    two = parse("每低5个百分点扣3分；「投诉」每次扣5分")
    three = "IFERROR(LEN(J9)=0,0)+IFERROR(LEN(J12)=0,0)+IFERROR(LEN(H9)=0,0)>0"
    assert unread(two, ["J9", "J12"], ["H9", "H13"]) == three
    # TRUE is greater than any number, and so is FALSE: by itself it is not compared.
    assert unread(parse("每次扣5分"), ["$J$9"], ["$H$9"]) == "IFERROR(LEN($J$9)=0,0)"
    assert unread(parse("以95%为基准，每低1个百分点扣1分"), ["J9"], ["H9"]) == "IFERROR(LEN(J9)=0,0)"


def test_a_text_in_a_formula_is_quoted_and_not_too_long() -> None:
    assert text_literal('say "x"') == '"say ""x"""'
    assert kpi_literal("目标值须为数字") == '"#KPI 目标值须为数字"'
    assert len(text_literal("字" * 255)) == 257
    with pytest.raises(ValueError, match="255"):
        text_literal("字" * 256)
