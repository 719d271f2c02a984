"""The sheet 评分标准写法: the kinds of rules, each with an example that calculates, and sentences that are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.i18n.labels import Labels
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import empty, kpi_literal, native_score
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page

PerLanguage = str | float | Mapping[str, str]
"""One value for all languages, or one for each."""


@dataclass(frozen=True)
class Example:
    """One kind of rule: a sentence, the values of its cells, and (also) other wordings by language."""

    kind: Mapping[str, str]
    rule: PerLanguage
    actual: PerLanguage
    target: float | None = None
    unit: str = ""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """The rule in a language."""
        sentence = _in_language(self.rule, language)
        return (
            str(sentence)
            if isinstance(self.rule, Mapping) or language == HANS
            else phrase(parse(str(sentence)), language)
        )

    def actual_value(self, language: str) -> Value:
        return _in_language(self.actual, language)


@dataclass(frozen=True)
class Refused:
    """A sentence that leaves a question, by language, and one that answers it."""

    sentence: Mapping[str, str]
    better: str

    def better_in(self, language: str) -> str:
        """The better sentence in a language."""
        return self.better if language == HANS else phrase(parse(self.better), language)


def _in_language(value: PerLanguage, language: str) -> str | float:
    return value[language] if isinstance(value, Mapping) else value


@cache
def examples() -> tuple[Example, ...]:
    """The examples in wordings.toml."""
    return tuple(Example(**table) for table in _file()["examples"])


@cache
def refused() -> tuple[Refused, ...]:
    """The refused sentences in wordings.toml."""
    return tuple(Refused(**table) for table in _file()["refused"])


def _file() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((files("workbook_templates") / "wordings.toml").read_text("utf-8"))


_COLUMNS = (
    ("B", "wording_kind", 24), ("C", "rule", 40), ("D", "unit", 6), ("E", "actual", 10), ("F", "target", 10),
    ("G", "score", 10), ("H", "wording_also", 36),
)  # fmt: skip
_WIDTH = {letter: width for letter, _, width in _COLUMNS}
_TWIN, _COMPILED = "J", "K"
_HEADER_ROW = 4


def write_wordings(sheet: Worksheet, labels: Labels) -> None:
    """Write the sheet: examples, a row to try another sentence, and sentences that are refused."""
    paint = Painter(sheet, labels("font"))
    _frame(sheet)
    paint.fill("B:H", 2, styles.TITLE)
    sheet.merged_cells.add("B2:H2")
    paint.put("B2", labels("wordings_title"), styles.TITLE)
    sheet.row_dimensions[2].height = 32
    paint.put("B3", labels("wordings_hint"), styles.HINT.but(align="left"))
    for letter, key, _ in _COLUMNS:
        paint.put(f"{letter}{_HEADER_ROW}", labels(key), styles.HEADER)
    sheet.row_dimensions[_HEADER_ROW].height = 22
    row = _HEADER_ROW + 1
    for example in examples():
        _example(paint, row, example, labels)
        row += 1
    _trial(paint, row, labels)
    last = _questions(paint, row + 2, labels)
    sheet.print_area = f"B2:H{last}"


def _frame(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 2
    for letter, _, width in _COLUMNS:
        sheet.column_dimensions[letter].width = width
    for letter in (_TWIN, _COMPILED):
        sheet.column_dimensions[letter].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = f"B{_HEADER_ROW + 1}"
    fit_page(sheet, landscape=True)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _example(paint: Painter, row: int, example: Example, labels: Labels) -> None:
    language = labels.language
    sentence = example.sentence(language)
    also = "\n".join(example.also.get(language, ()))
    number = styles.INPUT_NUMBER.but(format="0%" if example.unit == "%" else "General")
    paint.put(f"B{row}", example.kind[language], styles.FIXED_TEXT.but(bold=True))
    paint.put(f"C{row}", sentence, styles.FIXED_TEXT)
    paint.put(f"D{row}", example.unit or None, styles.FIXED_CENTRE)
    paint.put(f"E{row}", example.actual_value(language), number)
    paint.put(f"F{row}", example.target, number if example.target is not None else styles.FIXED_TEXT)
    paint.put(f"G{row}", _score(row), styles.COMPUTED.but(format="0.00", bold=True))
    paint.put(f"H{row}", also or None, styles.FIXED_SMALL)
    twin = native_score(parse(sentence, example.unit or None), [f"E{row}"], [f"F{row}"], language)
    changed = kpi_literal(reasons.RULE_CHANGED, language)
    paint.sheet[f"{_TWIN}{row}"] = f"=IF(C{row}<>{_COMPILED}{row},{changed},{twin})"
    paint.sheet[f"{_COMPILED}{row}"] = sentence
    texts = ((sentence, "C", styles.FIXED_TEXT), (also, "H", styles.FIXED_SMALL), (example.kind[language], "B", _BOLD))
    paint.height(row, *((text, _WIDTH[letter], style) for text, letter, style in texts), least=20)


_BOLD = styles.FIXED_TEXT.but(bold=True)


def _score(row: int) -> str:
    target = f'IF({empty(f"F{row}")},"",F{row})'  # not every rule reads it, and some hosts pass an empty cell as 0
    called = f"IFERROR(KPI_SCORE(E{row},{target},C{row},D{row}),${_TWIN}{row})"
    return f'=IF({empty(f"E{row}")},"",{called})'


def _trial(paint: Painter, row: int, labels: Labels) -> None:
    """Write the row to try a sentence: it has no twin, so only Python scores it."""
    paint.put(f"B{row}", labels("wording_try"), _BOLD)
    for letter in "CDEF":
        paint.put(f"{letter}{row}", None, styles.INPUT_TEXT if letter == "C" else styles.INPUT_NUMBER)
    paint.put(f"G{row}", f'=IF({empty(f"C{row}")},"",{_score(row)[1:]})', styles.COMPUTED.but(format="0.00", bold=True))
    paint.put(f"H{row}", labels("wording_try_hint"), styles.FIXED_SMALL)
    paint.sheet[f"{_TWIN}{row}"] = f"={kpi_literal(reasons.RULE_CHANGED, labels.language)}"
    paint.height(row, (labels("wording_try_hint"), _WIDTH["H"], styles.FIXED_SMALL), least=32)


def _questions(paint: Painter, row: int, labels: Labels) -> int:
    """Write the refused sentences, the question about each, and a better sentence; returns the last row."""
    paint.put(f"B{row}", labels("wording_refused_title"), styles.SECTION)
    row += 1
    columns: tuple[tuple[str, str, Style], ...] = (
        ("B", "C", _BOLD),
        ("D", "G", styles.FIXED_TEXT),
        ("H", "H", styles.FIXED_TEXT),
    )
    _line(
        paint,
        row,
        [labels(key) for key in ("wording_refused", "wording_question", "wording_better")],
        columns,
        styles.HEADER,
    )
    for one in refused():
        row += 1
        sentence = one.sentence[labels.language]
        try:
            parse(sentence)
        except RuleError as error:
            _line(paint, row, [sentence, error.message, one.better_in(labels.language)], columns, None)
    return row


def _line(
    paint: Painter,
    row: int,
    texts: list[str],
    columns: tuple[tuple[str, str, Style], ...],
    style: Style | None,
) -> None:
    sized: list[tuple[str, float, Style]] = []
    for text, (first, last, own) in zip(texts, columns, strict=True):
        paint.fill(f"{first}:{last}", row, style or own)
        if first != last:
            paint.sheet.merged_cells.add(f"{first}{row}:{last}{row}")
        paint.text(f"{first}{row}", text, style or own)
        width = sum(width for letter, width in _WIDTH.items() if first <= letter <= last)
        sized.append((text, width, style or own))
    paint.height(row, *sized, least=22)
