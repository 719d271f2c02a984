"""Writes the calibration workbook (校准.xlsx): everyone with a proposal to type, each superior, what to know.

Scores are locked values. The grade that counts and the coefficient are formulas over the proposal, and so are the
numbers of grades of each superior: who types a grade sees at once what becomes of the spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.appraising.results import BY_POINTS
from xlkpi.collect.outcome.columns import COEFFICIENT
from xlkpi.common.quarter import period_text
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels, words
from xlkpi.intake.received import OWN
from xlkpi.results.calibration.content import Content
from xlkpi.results.calibration.ids import COLUMNS, CONTRACT, FIXED, HEADER, HIDDEN_SHEET, PERSON, kept_of, row_id
from xlkpi.results.calibration.superiors_sheet import write_superiors
from xlkpi.results.formulas import coefficient_by_points
from xlkpi.results.people import Result
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, SCORE, SHARE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_WIDTHS = {
    "employee_id": 11, "name": 13, "department": 18, "superior": 13, "total": 10, "final": 10, "computed_grade": 13,
    "proposal": 13, "reason": 40, "approver": 13, "grade": 13, "coefficient": 10, "remark": 30,
}  # fmt: skip
_FIXED_TEXT = styles.FIXED_TEXT
_FIXED_CENTRE = styles.FIXED_CENTRE.but(wrap=True)
_FIXED_SCORE = SCORE.but(fill=styles.FIXED)
_STYLES = {
    "employee_id": _FIXED_CENTRE.but(format="@"), "name": _FIXED_TEXT, "department": _FIXED_TEXT,
    "superior": _FIXED_TEXT, "total": _FIXED_SCORE, "final": _FIXED_SCORE.but(bold=True),
    "computed_grade": _FIXED_CENTRE, "proposal": styles.INPUT_TEXT.but(align="center"), "reason": styles.INPUT_TEXT,
    "approver": styles.INPUT_TEXT.but(align="center"), "grade": CENTRE.but(bold=True), "coefficient": COEFFICIENT,
    "remark": TEXT.but(size=9),
}  # fmt: skip
_HEADINGS = {"total": "col_total", "remark": "col_note", "proposal": "proposed_grade", "grade": "grade_after"}
_LONGEST = 255
"""Characters of an input message."""


def calibration_book(content: Content, language: str) -> bytes:
    """The workbook. The same content gives the same bytes."""
    labels, book = words(language), Workbook()
    book.remove(book.worksheets[0])
    title = labels("calibration_title", company=content.company.name, period=period_text(content.quarter, labels))
    columns = [id for id in COLUMNS[1:] if id != "coefficient" or content.coefficients.used]
    pages = [book.create_sheet(labels(f"calibration_{key}")) for key in ("sheet", "superiors", "help")]
    people, superiors, help = (
        TableSheet(page, widths, labels)
        for page, widths in zip(
            pages,
            (
                [_WIDTHS[id] for id in columns],
                [14, 8, 8, 10, 10, 10, 10, 10, *[9] * 2 * len(content.grades), 44],
                [24, 12, 12, 12, 60],
            ),
            strict=True,
        )
    )
    grades = _write_help(help, content, title)
    rows = _write_people(people, content, columns, title, grades)
    letter = {id: get_column_letter(place) for place, id in enumerate(columns, start=2)}
    ranges = {
        id: f"'{people.sheet.title}'!${letter[id]}${rows.first}:${letter[id]}${rows.last}"
        for id in ("superior", "grade")
    }
    write_superiors(superiors, content, title, ranges, grades)
    for page in pages:
        page.protection.sheet = True
        page.protection.formatColumns = page.protection.formatRows = page.protection.autoFilter = False
    _register(book, content)
    last = content.quarter.last_day
    return recalculate(saved(book, datetime(last.year, last.month, last.day, tzinfo=UTC), OWN))


# --- everyone ---------------------------------------------------------------------------------------------------------


def _write_people(sheet: TableSheet, content: Content, columns: Sequence[str], title: str, grades: Span) -> Span:
    labels, page = sheet.labels, sheet.sheet
    sheet.row = 2  # the ids stand above
    sheet.title(title, labels("calibration_note"))
    headers = [labels(_HEADINGS.get(id, id)) for id in columns]
    rows = [_row(result, content, columns, labels) for result in content.results]
    table = sheet.table(headers, [_STYLES[id] for id in columns], rows)
    letters = {id: get_column_letter(place) for place, id in enumerate(columns, start=2)}
    for id, letter in ({"id": "A"} | letters).items():
        sheet.paint.text(f"{letter}1", id, styles.PLAIN.but(wrap=False))
    sheet.paint.text(f"A{table.first - 1}", HEADER, styles.PLAIN.but(wrap=False))
    for number, row in enumerate(table, start=1):
        page.row_dimensions[row].height = None  # programs fit it to the reason that somebody types
        sheet.paint.text(f"A{row}", row_id(number), styles.PLAIN.but(wrap=False))
        proposal, computed = (f"{letters[id]}{row}" for id in ("proposal", "computed_grade"))
        sheet.paint.put(
            f"{letters['grade']}{row}", f'=IF(TRIM({proposal})="",{computed}&"",TRIM({proposal}))', _STYLES["grade"]
        )
        if "coefficient" in letters:
            value = _coefficient(f"{letters['final']}{row}", f"{letters['grade']}{row}", content, labels, grades)
            sheet.paint.put(f"{letters['coefficient']}{row}", f"={value}", COEFFICIENT)
    _validate(sheet, table, letters, grades)
    _show_missing(sheet, table, letters)
    page.row_dimensions[1].hidden = page.column_dimensions["A"].hidden = True
    sheet.finish(table.first - 1, columns=2, table=table)
    return table


def _row(result: Result, content: Content, columns: Sequence[str], labels: Labels) -> list[TableValue]:
    kept = vars(kept_of(result)) | {"superior": result.superior or labels("no_superior")}
    typed = (result.grade, result.reason, result.approver) if result.calibrated else (None,) * 3
    values = {**kept, **dict(zip(("proposal", "reason", "approver"), typed, strict=True))}
    values["remark"] = content.remark(result, labels)
    return [values.get(id) for id in columns]


def _coefficient(final: str, grade: str, content: Content, labels: Labels, grades: Span) -> str:
    """The formula of a person's coefficient."""
    settings = content.coefficients.settings
    if settings.coefficient == BY_POINTS:
        return coefficient_by_points(final, settings)
    names, worth = (_of_help(labels, column, grades) for column in "BD")
    return f'IF(ISNUMBER({final}),IFERROR(INDEX({worth},MATCH({grade},{names},0)),""),"")'


def _of_help(labels: Labels, column: str, grades: Span) -> str:
    return f"'{labels('calibration_help')}'!${column}${grades.first}:${column}${grades.last}"


def _validate(sheet: TableSheet, table: Span, letters: dict[str, str], grades: Span) -> None:
    if not len(table):
        return
    labels = sheet.labels
    choice = DataValidation(type="list", formula1=_of_help(labels, "B", grades), allow_blank=True)
    choice.showErrorMessage = choice.showInputMessage = True
    choice.errorTitle, choice.error = labels("invalid_title"), labels("calibration_invalid")
    texts = [DataValidation(allow_blank=True, showInputMessage=True) for _ in range(2)]
    for id, validation in zip(("proposal", "reason", "approver"), (choice, *texts), strict=True):
        validation.promptTitle = labels(_HEADINGS.get(id, id))
        validation.prompt = labels(f"calibration_{id}")[:_LONGEST]
        validation.add(f"{letters[id]}{table.first}:{letters[id]}{table.last}")
        sheet.sheet.add_data_validation(validation)


def _show_missing(sheet: TableSheet, table: Span, letters: dict[str, str]) -> None:
    """Colour the reason and the approver where another grade is proposed and they are empty."""
    first = {id: f"${letters[id]}{table.first}" for id in ("computed_grade", "proposal", "reason", "approver")}
    changed = f'TRIM({first["proposal"]})<>"",{first["proposal"]}<>{first["computed_grade"]}'
    for id in ("reason", "approver"):
        rule = FormulaRule([f'AND({changed},TRIM({first[id]})="")'], fill=PatternFill(bgColor=styles.BAD_PALE))
        sheet.sheet.conditional_formatting.add(f"{letters[id]}{table.first}:{letters[id]}{table.last}", rule)


# --- what to know -----------------------------------------------------------------------------------------------------


def _write_help(sheet: TableSheet, content: Content, title: str) -> Span:
    """Write what to know, and the grades; returns the rows of the grades, to which formulas refer."""
    labels = sheet.labels
    sheet.title(f"{title} · {labels('calibration_help')}", *labels.lines("calibration_lines"))
    headers = [labels(key) for key in ("grade", "col_at_least", "coefficient", "col_share_wanted")]
    rows: list[list[TableValue]] = [
        [
            grade.name,
            None if grade.at_least is None else float(grade.at_least),
            content.worth(grade) if content.coefficients.settings.coefficient != BY_POINTS else None,
            grade.share,
        ]
        for grade in content.grades
    ]
    table = sheet.table(headers, [TEXT, SCORE.but(format='"≥"0.##'), COEFFICIENT, SHARE], rows)
    sheet.finish(table.first - 1)
    return table


def _register(book: Workbook, content: Content) -> None:
    sheet = book.create_sheet(HIDDEN_SHEET)
    sheet.sheet_state = "veryHidden"
    sheet.append(("contract", CONTRACT))
    sheet.append(("quarter", str(content.quarter)))
    for number, result in enumerate(content.results, start=1):
        kept = vars(kept_of(result))
        for column, value in enumerate((PERSON, row_id(number), *(kept[id] for id in FIXED)), start=1):
            cell = sheet.cell(number + 2, column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
            if isinstance(value, str):  # never a formula
                cell.data_type, cell.number_format = "s", "@"
