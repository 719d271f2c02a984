"""Reads a company's settings from its workbook (公司.xlsx) into the data that a company file (TOML) has.

Sheets: 公司, a line for each setting; 等级, a line for each grade; 用词, how the company's words are said in other
languages; 导出, a line for each column of the payroll table. A setting and a scale of grades hold from the quarter of
their column 起始季度 on, or always where it is empty. Sheets and columns are found by their names, so that they may be
moved, and others may stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.appraising.results import QUARTER_WEIGHTS, TEXT
from xlkpi.catalogue.company import ADDED_BLOCKS, BLOCKS
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.catalogue.workbooks.company_words import choices, heading, items, languages, sheet
from xlkpi.catalogue.workbooks.table import Line, fault_at, lines_of, rate_of, text_of
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.i18n.message_files import BOOKS, FAULTS, PROBLEMS, Message, MessageError
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.reader import WorkbookReader

SETTINGS_SHEET, GRADES_SHEET, WORDS_SHEET, EXPORT_SHEET = "settings", "grades", "words", "export"
CHOSEN = ("part_quarter", "coefficient")
"""The settings that are chosen from a list."""
SHARES = tuple(f"rating_{field.name}" for field in fields(Shares))
_LIMITS = ("coefficient_lowest", "coefficient_highest")
_NUMBERS = frozenset(("events_limit", "share_minimum", "low_score", *SHARES, *_LIMITS, *QUARTER_WEIGHTS))
YES_NO = frozenset((*BLOCKS, *ADDED_BLOCKS, "rating_anonymous"))
"""The settings that are yes or no."""


@dataclass(frozen=True)
class CompanyBook:
    """The lines of a company's workbook. settings: key → (quarter from which it holds, value, line).

    grades: language → (quarter, grades, line of the first). words: language → word → translation. export: the columns
    of the payroll table.
    """

    file: str
    settings: Mapping[str, Sequence[tuple[Quarter | None, Any, Line]]]
    grades: Mapping[str, Sequence[tuple[Quarter | None, list[dict[str, Any]], Line]]]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    export: Sequence[dict[str, str]] = ()

    def data(self, quarter: Quarter | None) -> dict[str, Any]:
        """The data of a company file as of a quarter; None for the newest."""
        chosen = {key: value for key, lines in self.settings.items() for value, _ in [_as_of(lines, quarter)]}
        chosen = {key: value for key, value in chosen.items() if value is not None}
        blocks = [block for block in BLOCKS if chosen.pop(block, True)]
        blocks += [block for block in ADDED_BLOCKS if chosen.pop(block, False)]
        data: dict[str, Any] = {**chosen, "blocks": blocks}
        if self.export:
            data["export"] = [*self.export]
        for language, scales in self.grades.items():
            entries, _ = _as_of(scales, quarter)
            if entries and language == HANS:
                data["grades"] = entries
            elif entries:
                data[language] = {"grades": entries, **_red_line(data, entries)}
        return data

    def located(self, fault: Fault, quarter: Quarter | None) -> Fault:
        """A fault of the data, at the cell that it comes from, in the words of the workbook."""
        fault = replace(fault, message=_in_words(fault.message))
        language, _, key = fault.key.rpartition(".") if fault.key.startswith((HANT, EN)) else (HANS, "", fault.key)
        name = key.partition("[")[0].partition(".")[0]
        lines = self.grades.get(language or HANS, ()) if name == "grades" else self.settings.get(name, ())
        _, line = _as_of(lines, quarter)
        if name == "red_line_grade" and line and (first := self._since(quarter)):
            values = {"first": str(first), "grade": text_of(line.get(heading("content"))), "item": items()[name]}
            return fault_at(line, heading("content"), FAULTS.message("red_line_later", **values))
        if line is None:
            place = sheet(GRADES_SHEET if name == "grades" else SETTINGS_SHEET)
            return Fault(self.file, items().get(name, ""), fault.message, fault.text, place)
        return fault_at(line, heading("grade" if name == "grades" else "content"), fault.message)

    def _since(self, quarter: Quarter | None) -> Quarter | None:
        """From when the scale of grades holds that holds in a quarter; None where it always has."""
        entries, _ = _as_of(self.grades.get(HANS, ()), quarter)
        return next((first for first, each, _ in self.grades.get(HANS, ()) if each is entries), None)


def _in_words(message: Message) -> Message:
    """A message of company files, as books.toml has it where it speaks of keys."""
    key, known = f"company_{message.key}", BOOKS.keys()
    return BOOKS.message(key, **message.values) if key in known else message


def _as_of(lines: Sequence[tuple[Quarter | None, Any, Line]], quarter: Quarter | None) -> tuple[Any, Line | None]:
    """The value that holds in a quarter, and its line; the last line of those that begin in the same quarter."""
    best: tuple[Quarter | None, Any, Line | None] = (None, None, None)
    for first, value, line in lines:
        begun = first is None or quarter is None or first <= quarter
        if begun and (best[2] is None or (first or _EVER) >= (best[0] or _EVER)):
            best = (first, value, line)
    return best[1], best[2]


_EVER = Quarter(1, 1)


def _red_line(data: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The highest grade under a red line in another language: the one of the same place."""
    names = [grade["name"] for grade in data.get("grades", ())]
    name = data.get("red_line_grade")
    if name not in names or len(entries) != len(names):
        return {}
    return {"red_line_grade": entries[names.index(name)]["name"]}


def read_company_book(content: bytes, file: str) -> CompanyBook:
    """Read a company's workbook. Raises `CatalogueError` with all its faults at their cells."""
    try:
        book = WorkbookReader(content)
        own = [*map(sheet, (SETTINGS_SHEET, GRADES_SHEET, WORDS_SHEET, EXPORT_SHEET))]
        rows = {title: book.rows(title) for title in book.titles if title in own}
    except UnreadableError as error:
        raise CatalogueError([Fault(file, "", PROBLEMS.message(error.key, **error.values))]) from None
    reading = _Reading(file, rows)
    for line in reading.lines(SETTINGS_SHEET, "item", "content"):
        reading.setting(line)
    for line in reading.lines(GRADES_SHEET, "grade", "lowest"):
        reading.grade(line)
    if sheet(WORDS_SHEET) in rows:
        for line in reading.lines(WORDS_SHEET, "simplified"):
            reading.word(line)
    if sheet(EXPORT_SHEET) in rows:
        for line in reading.lines(EXPORT_SHEET, "column", "content"):
            reading.export_column(line)
    reading.find_uneven()
    if reading.faults:
        raise CatalogueError(reading.faults)
    return CompanyBook(file, reading.settings, reading.grades, reading.words, reading.export)


class _Reading:
    """The lines of a workbook while they are read; `faults` collects what is wrong. Columns are named by their keys."""

    def __init__(self, file: str, rows: Mapping[str, Sequence[Sequence[object]]]) -> None:
        self.file, self.rows = file, rows
        self.faults: list[Fault] = []
        self.settings: dict[str, list[tuple[Quarter | None, Any, Line]]] = {}
        self.grades: dict[str, list[tuple[Quarter | None, list[dict[str, Any]], Line]]] = {}
        self.words: dict[str, dict[str, str]] = {HANT: {}, EN: {}}
        self.export: list[dict[str, str]] = []

    def lines(self, name: str, *columns: str) -> Iterator[Line]:
        return lines_of(self.file, sheet(name), self.rows, [*map(heading, columns)], self.faults)

    def _fault(self, line: Line, column: str, key: str, **values: object) -> None:
        self.faults.append(fault_at(line, heading(column), FAULTS.message(key, **values)))

    def setting(self, line: Line) -> None:
        """Read a line of the sheet 公司."""
        name, content = _text(line, "item"), line.get(heading("content"))
        key = {item: key for key, item in items().items()}.get(name)
        if key is None:
            if name:
                self._fault(line, "item", "no_such_item", name=name, known=tuple(items().values()))
            return
        value: Any = text_of(content) or None
        if value is None:
            pass
        elif key in YES_NO:
            value = self._chosen(line, value, choices("yes_no")) == "yes"
        elif key in CHOSEN:
            value = self._chosen(line, value, choices(key))
        elif key in _NUMBERS:
            value = self._number(line, "content")
        self.settings.setdefault(key, []).append((self._quarter(line), value, line))

    def grade(self, line: Line) -> None:
        """Read a line of the sheet 等级."""
        name, word, first = _text(line, "grade"), _text(line, "language"), self._quarter(line)
        language = {name: language for language, name in languages().items()}.get(word) if word else HANS
        if language is None:
            self._fault(line, "language", "one_of", choices=tuple(languages().values()))
            return
        if not name:
            self._fault(line, "grade", "needed", kind=FAULTS.message("kind_text"))
            return
        columns = (("lowest", "at_least"), ("share", "share"), ("coefficient", "coefficient"))
        numbers = {key: self._number(line, column) for column, key in columns if _text(line, column)}
        entry: dict[str, Any] = {"name": name, "reward": _text(line, "reward")}
        entry = {key: value for key, value in (entry | numbers).items() if value not in (None, "")}
        scales = self.grades.setdefault(language, [])
        for quarter, entries, _ in scales:
            if quarter == first:
                entries.append(entry)
                return
        scales.append((first, [entry], line))

    def export_column(self, line: Line) -> None:
        """Read a line of the sheet 导出."""
        title, word = _text(line, "column"), _text(line, "content")
        if not title:
            self._fault(line, "column", "needed", kind=FAULTS.message("kind_text"))
        content = self._chosen(line, word, choices(EXPORT_SHEET))
        if content is not None:
            fixed = {TEXT: _text(line, "fixed_text")} if content == TEXT else {}
            self.export.append({"heading": title, "content": content, **fixed})

    def word(self, line: Line) -> None:
        """Read a line of the sheet 用词."""
        for column, language in (("traditional", HANT), ("english", EN)):
            if translation := _text(line, column):
                self.words[language][_text(line, "simplified")] = translation

    def find_uneven(self) -> None:
        """Find scales of other languages in which the highest grade under a red line has no place."""
        simplified = [len(entries) for _, entries, _ in self.grades.get(HANS, ())]
        if self.faults or "red_line_grade" not in self.settings or not simplified:
            return
        for _, entries, line in (scale for scales in self.grades.values() for scale in scales):
            if len(entries) not in simplified:
                values = {"language": _text(line, "language"), "count": len(entries), "expected": simplified[-1]}
                self._fault(line, "grade", "company_grades", **values)

    def _quarter(self, line: Line) -> Quarter | None:
        text = _text(line, "from")
        try:
            return Quarter.parse(text) if text else None
        except MessageError as error:
            self.faults.append(fault_at(line, heading("from"), error.message))
            return None

    def _chosen(self, line: Line, word: str, words: Mapping[str, str]) -> str | None:
        """What was chosen. words: what can be chosen → its word."""
        if word not in words.values():
            self._fault(line, "content", "one_of", choices=tuple(words.values()))
        return {each: value for value, each in words.items()}.get(word)

    def _number(self, line: Line, column: str) -> float | None:
        number = rate_of(line.get(heading(column)))
        if number is None:
            self._fault(line, column, "must_be", kind=FAULTS.message("kind_number"))
        return number


def _text(line: Line, column: str) -> str:
    return text_of(line.get(heading(column)))
