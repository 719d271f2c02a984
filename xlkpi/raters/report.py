"""The report for HR (评价汇总.xlsx): what ratings come to, who has not returned, hints, remarks, problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain
from xlkpi.i18n.problems import Problem
from xlkpi.raters.combined import Combined
from xlkpi.raters.hints import Hint
from xlkpi.raters.reading.received import Received
from xlkpi.writer.sheets.tables import CENTRE, SCORE, TEXT, TableSheet
from xlkpi.writer.styles import Style
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_PEOPLE = ("number", "name", "post", "item", "self", *KINDS, "others", "combined", "count", "missing")


@dataclass(frozen=True)
class Report:
    """What the report says. results: in any order. anonymous: whether remarks do not say whose they are."""

    quarter: Quarter
    results: Sequence[Combined]
    received: Received
    hints: Sequence[Hint]
    problems: Sequence[Problem]
    anonymous: bool

    def book(self) -> bytes:
        """The workbook."""
        book = Workbook()
        book.remove(book.worksheets[0])
        note = COMMANDS("raters_report_anonymous" if self.anonymous else "raters_report_open")
        centre = (CENTRE,) * len(KINDS)
        styles = (CENTRE, TEXT, TEXT, TEXT, CENTRE, *centre, CENTRE, SCORE, CENTRE, TEXT)
        _sheet(book, "results", (10, 12, 14, 20, 10, 15, 15, 15, 15, 10, 11, 34), _PEOPLE, styles, self._people(), note)
        silent = ((number, name) for number, name in self.received.silent.items())
        _sheet(book, "silent", (14, 20), ("rater", "rater_name"), (CENTRE, TEXT), silent)
        of_hints = ((hint.number, hint.name, hint.text) for hint in self.hints)
        names = ("number", "name", "hint")
        _sheet(book, "hints", (12, 14, 90), names, (CENTRE, TEXT, TEXT), of_hints, COMMANDS("raters_hints_note"))
        remarks = ("number", "name", "item", "remark") + (() if self.anonymous else ("rater_name",))
        widths, looks = (12, 14, 22, 70, 14)[: len(remarks)], (CENTRE, TEXT, TEXT, TEXT, TEXT)[: len(remarks)]
        _sheet(book, "remarks", widths, remarks, looks, self._remarks())
        of_problems = ((p.file, p.sheet or "", p.cell or "", p.message, p.advice) for p in self.problems)
        told = ("file", "sheet", "cell", "problem", "advice")
        _sheet(book, "problems", (26, 12, 8, 60, 50), told, (TEXT, TEXT, CENTRE, TEXT, TEXT), of_problems)
        return saved(book)

    def _people(self) -> Iterator[Sequence[TableValue]]:
        own = {result.asked.key: result for result in self.results if result.is_self}
        keys = dict.fromkeys(result.asked.key for result in self.results)
        others = {result.asked.key: result for result in self.results if not result.is_self}
        for key in sorted(keys, key=lambda key: key[0]):
            one, result = own.get(key), others.get(key)
            asked = (result or own[key]).asked
            of_self = "" if one is None or one.place is None else [*one.asked.item.levels][one.place]
            missing = (*(one.missing if one else ()), *(result.missing if result else ()))
            nobody = words(HANS)("nobody") if result is not None and asked.item.levels else ""
            shown = _shown(result)
            combined = None if result is None else nobody if result.value is None else result.value
            yield (
                asked.pair.person, asked.pair.name, asked.role.title, asked.item.label, of_self,
                *(shown.get(kind, "") for kind in (*KINDS, "others")), combined, self._count(result),
                words(HANS)("list_separator").join(missing),
            )  # fmt: skip

    def _count(self, result: Combined | None) -> int | str:
        """How many rated; nothing where so few did that nothing but the whole is shown."""
        if result is None or (self.anonymous and not result.groups and result.count):
            return ""
        return result.count

    def _remarks(self) -> Iterator[Sequence[TableValue]]:
        for answer in sorted(self.received.answers, key=lambda answer: (answer.asked.key, answer.remark)):
            if answer.remark and not answer.asked.pair.is_self:
                pair = answer.asked.pair
                row = (pair.person, pair.name, answer.asked.item.label, answer.remark)
                yield row if self.anonymous else (*row, pair.rater_name)


def _shown(result: Combined | None) -> Mapping[str, str]:
    """Column → the mean of a group and its size."""
    found: dict[str, str] = {}
    for group in result.groups if result else ():
        column = group.kinds[0] if len(group.kinds) == 1 and group.kinds[0] in KINDS else "others"
        found[column] = COMMANDS("raters_mean_of", points=plain(group.points), count=group.count)
    return found


def _sheet(
    book: Workbook, name: str, widths: Sequence[float], columns: Sequence[str], styles: Sequence[Style],
    rows: Iterator[Sequence[TableValue]], *notes: str,
) -> None:  # fmt: skip
    sheet = TableSheet(book.create_sheet(COMMANDS(f"raters_sheet_{name}")), widths, words(HANS))
    sheet.title(COMMANDS(f"raters_sheet_{name}"), *notes)
    header = sheet.row
    span = sheet.table([COMMANDS(f"raters_col_{column}") for column in columns], styles, rows)
    sheet.finish(header, table=span)
