"""Builds 清单.xlsx, the manifest for people: who closed the quarter, what counted, from which file."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.closing.manifest import Closing, people
from xlkpi.common.quarter import period_text
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number
from xlkpi.intake.received import OWN
from xlkpi.writer.sheets.tables import CENTRE, FINAL, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_WIDTHS = (7, 11, 13, 16, 13, 11, 11, 11, 12, 9, 34, 14, 24, 40)
_SMALL = TEXT.but(size=8)


def manifest_book(closing: Closing, catalogue: Catalogue, language: str = HANS) -> bytes:
    """The workbook. The same closing gives the same bytes."""
    labels = words(language)
    company = catalogue.company(language, closing.quarter)
    book = Workbook()
    sheet = TableSheet(book.worksheets[0], _WIDTHS, labels)
    sheet.sheet.title = labels("closed_sheet")
    title = labels("closed_title", company=company.name, period=period_text(closing.quarter, labels))
    sheet.title(title, *_notes(closing, labels))
    keys = "rank_word employee_id name department superior col_total final col_final_before grade col_coefficient"
    headers = [labels(key) for key in (*keys.split(), "col_file", "col_sheet", "col_signed", "col_sha256")]
    cells = [CENTRE, CENTRE, TEXT, TEXT, TEXT, SCORE, FINAL, SCORE, CENTRE, SCORE, _SMALL, TEXT, TEXT, _SMALL]
    table = sheet.table(headers, cells, list(_rows(closing, labels)))
    sheet.finish(table.first - 1, columns=3, table=table)
    return saved(book, category=OWN)


def _notes(closing: Closing, labels: Labels) -> Iterator[str]:
    confirmation, collected = closing.confirmation, closing.collected
    yield labels("closed_by", by=confirmation.by, at=confirmation.at.replace("T", " "))
    yield labels("closed_summary", file=collected.summary_file.removeprefix("../"), digest=collected.summary)
    separator = labels("list_separator")
    if collected.missing:
        yield labels("closed_missing", people=separator.join(collected.missing))
    if collected.errors:
        yield labels("closed_errors", count=collected.errors)
    if confirmation.with_open:
        yield labels("closed_open", appeals=separator.join(collected.pending), reason=confirmation.with_open)
    for one in closing.reopened:
        values = {"closed": one.closed_at.replace("T", " "), "at": one.at.replace("T", " ")}
        yield labels("closed_reopened", by=one.by, reason=one.reason, archive=one.archive, **values)


def _rows(closing: Closing, labels: Labels) -> Iterator[list[TableValue]]:
    """A row for each form; what is the person's stands in the first of them."""
    for person in people(closing):
        for number, form in enumerate(person["forms"]):
            own: list[TableValue] = [
                person["rank"] or "—", person["id"], person["name"] or labels("nameless"), person["department"],
                person["superior"], person["total"], person["final"], _before(person), person["grade"] or "—",
                person["coefficient"],
            ]  # fmt: skip
            signed = labels("list_separator").join(form["signed"]) or labels("closed_unsigned")
            file = form["file"].removeprefix("../")  # as it lies in the company's folder
            yield [*(own if number == 0 else [None] * len(own)), file, form["sheet"], signed, form["sha256"]]


def _before(person: dict[str, TableValue]) -> TableValue:
    """The final score before appeals, where it was another one."""
    before, final = person["final_before_appeal"], person["final"]
    return before if is_number(before) and before != final else None
