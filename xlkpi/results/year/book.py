"""Writes the workbook of a year: everyone's quarters, and formulas by which HR can follow the total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook

from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.appraising.results import BY_POINTS
from xlkpi.collect.outcome.columns import COEFFICIENT
from xlkpi.i18n.labels import Labels, words
from xlkpi.intake.received import OWN
from xlkpi.results.formulas import coefficient_by_grade, coefficient_by_points, grade_of
from xlkpi.results.year.totals import AWAY, NO_RESULT, Part, Year, Yearly
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, COUNT, FINAL, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_PERSON = (("rank_word", 7), ("employee_id", 11), ("name", 13), ("department", 18), ("superior", 13))
_NO_TOTAL = "—"


def year_book(year: Year, company: str, language: str) -> bytes:
    """The workbook. The same year gives the same bytes."""
    labels, book = words(language), Workbook()
    page = book.worksheets[0]
    page.title = labels("year_sheet", year=year.year)
    used = year.coefficients.used
    widths = [*(width for _, width in _PERSON), *[9] * 3 * len(year.weights), 11, 13, *[10] * used, 44]
    _Writing(TableSheet(page, widths, labels), year).write(company)
    return recalculate(saved(book, datetime(year.year, 12, 31, tzinfo=UTC), OWN))


class _Writing:
    """The sheet while it is written. Every quarter has three columns: final, days in post, grade."""

    def __init__(self, sheet: TableSheet, year: Year) -> None:
        self.sheet, self.year, self.labels = sheet, year, sheet.labels
        first = len(_PERSON)
        self.at = {quarter: first + 3 * place for place, quarter in enumerate(year.weights)}
        self.total = first + 3 * len(year.weights)
        self.weights_row = self.days_row = 0

    def write(self, company: str) -> None:
        """Write the title, the weights and days of the quarters, and everyone."""
        labels, year, sheet = self.labels, self.year, self.sheet
        notes = [labels("year_note")]
        if year.absent:
            notes.append(labels("year_absent", quarters=labels("list_separator").join(map(str, year.absent))))
        sheet.title(labels("year_title", company=company, year=year.year), *notes)
        self._above()
        headers = [labels(key) for key, _ in _PERSON]
        for quarter in year.weights:
            headers += [f"{quarter}\n{labels(key)}" for key in ("final", "year_days", "grade")]
        used = [labels("coefficient")] * year.coefficients.used
        headers += [labels("year_total"), labels("grade"), *used, labels("col_note")]
        cells = [CENTRE, CENTRE.but(format="@"), TEXT, TEXT, TEXT]
        cells += [SCORE, COUNT, CENTRE.but(size=9)] * len(year.weights)
        cells += [FINAL, CENTRE, *[COEFFICIENT] * len(used), TEXT.but(size=9)]
        table = sheet.table(headers, cells, [self._row(person) for person in year.people])
        for row, person in zip(table, year.people, strict=True):
            if person.total is not None:
                self._formulas(row, table.first, table.last)
        sheet.finish(table.first - 1, columns=3, table=table)

    def _above(self) -> None:
        """Write the weights and the days of the quarters, to which the formulas refer."""
        sheet = self.sheet
        self.weights_row, self.days_row = sheet.row, sheet.row + 1
        for row, key in ((self.weights_row, "year_weights"), (self.days_row, "year_quarter_days")):
            sheet.paint.text(f"{sheet.letter(len(_PERSON) - 1)}{row}", self.labels(key), styles.FIXED_TEXT.but(size=9))
        for quarter, weight in self.year.weights.items():
            sheet.paint.put(f"{sheet.letter(self.at[quarter])}{self.weights_row}", weight, SCORE)
            sheet.paint.put(f"{sheet.letter(self.at[quarter] + 1)}{self.days_row}", quarter.days, COUNT)
        sheet.row += 2

    def _row(self, person: Yearly) -> list[TableValue]:
        labels = self.labels
        who: list[TableValue] = [_NO_TOTAL, person.id, person.name or labels("nameless"), person.department]
        quarters: list[TableValue] = []
        for part in person.parts:
            quarters += [part.final, part.days, part.grade or None]
        remarks = "\n".join(year_remarks(person, self.year, labels))
        used = [_NO_TOTAL] * self.year.coefficients.used
        return [*who, person.superior, *quarters, _NO_TOTAL, _NO_TOTAL, *used, remarks]

    def _formulas(self, row: int, first: int, last: int) -> None:
        sheet, settings = self.sheet, self.year.coefficients.settings
        letters = [sheet.letter(self.total + place) for place in range(3)]
        total, grade = (f"{letter}{row}" for letter in letters[:2])
        sheet.paint.put(total, f"={self._total(row)}", FINAL)
        sheet.paint.put(grade, f"={grade_of(total, self.year.coefficients.own)}", CENTRE)
        everyone = f"{letters[0]}${first}:{letters[0]}${last}"
        sheet.paint.put(f"{sheet.letter(0)}{row}", f"=RANK({total},{everyone})", CENTRE)
        if self.year.coefficients.used:
            worth = [(each.name, each.coefficient) for each in self.year.coefficients.own]
            points = settings.coefficient == BY_POINTS
            value = coefficient_by_points(total, settings) if points else coefficient_by_grade(grade, worth)
            sheet.paint.put(f"{letters[2]}{row}", f"={value}", COEFFICIENT)

    def _total(self, row: int) -> str:
        """Σ final × days ÷ days of the quarter × weight, over Σ days ÷ days of the quarter × weight."""
        points, weights = [], []
        for at in self.at.values():
            final, days = self.sheet.letter(at), self.sheet.letter(at + 1)
            weight = f"{days}{row}/{days}${self.days_row}*{final}${self.weights_row}"
            points.append(f"{final}{row}*{weight}")
            weights.append(weight)
        return f"ROUND(({'+'.join(points)})/({'+'.join(weights)}),2)"


def year_remarks(person: Yearly, year: Year, labels: Labels) -> Iterator[str]:
    """What is said of somebody's year: why there is no total, quarters out of post, open appeals."""
    if person.doubled:
        yield labels("year_number", id=person.id)
    open_quarters = [part for part in person.open_quarters if year.weights[part.quarter]]
    for part in open_quarters:
        yield labels("year_no_result" if part.state == NO_RESULT else "year_doubt", quarter=part.quarter)
    if person.total is None and not open_quarters and not person.doubled:
        yield labels("year_nothing")
    if away := _quarters(person.parts, AWAY):
        yield labels("year_away", quarters=labels("list_separator").join(away))
    if appealed := [str(part.quarter) for part in person.parts if part.appealed]:
        yield labels("year_appealed", quarters=labels("list_separator").join(appealed))


def _quarters(parts: Sequence[Part], state: str) -> list[str]:
    return [str(part.quarter) for part in parts if part.state == state]
