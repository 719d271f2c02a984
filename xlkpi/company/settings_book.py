"""Writes a company's settings as a workbook (公司.xlsx), which `catalogue.workbooks.company_book` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.appraising.results import QUARTER_WEIGHTS, Results
from xlkpi.catalogue.company import ADDED_BLOCKS, BLOCKS, Company
from xlkpi.catalogue.workbooks.company_book import (
    CHOSEN,
    EXPORT_SHEET,
    GRADES_SHEET,
    SETTINGS_SHEET,
    SHARES,
    WORDS_SHEET,
    YES_NO,
)
from xlkpi.catalogue.workbooks.company_words import choices, heading, items, languages, sheet
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.scoring.grades import Grade
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page
from xlkpi.xlsx.write.saved import saved

_LINES = 60
"""Lines ready for typing below those that are filled."""
_HINT, _HEADER, _FIRST = 1, 2, 3
_LETTERS = "ABCDEFG"


@dataclass(frozen=True)
class _Sheet:
    """A sheet to write. columns: heading → width. lines: contents below. fixed: headings of what is not typed."""

    title: str
    hint: str
    columns: dict[str, float]
    lines: Sequence[Sequence[object]]
    formats: dict[str, str]
    fixed: frozenset[str] = frozenset()


def settings_book(company: Company) -> bytes:
    """The workbook with a company's settings."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for content in (_settings(company), _grades(company), _words(), _export(company.results)):
        _write(book.create_sheet(content.title), content)
    _lists(book)
    return saved(book)


def _settings(company: Company) -> _Sheet:
    yes_no = choices("yes_no")
    blocks = (*BLOCKS, *ADDED_BLOCKS)
    contents: dict[str, object] = {block: yes_no["yes" if block in company.blocks else "no"] for block in blocks}
    contents |= {
        "name": company.name,
        "events_limit": float(company.events_limit),
        "red_line_grade": company.red_line_grade,
        "share_minimum": company.share_minimum,
        "part_quarter": choices("part_quarter")[company.part_quarter],
        "lite_package": company.lite_package or None,
        "low_score": company.low_score,
        "rating_anonymous": yes_no["yes" if company.ratings.anonymous else "no"],
    }
    contents |= _results(company.results)
    contents |= {f"rating_{name}": share for name, share in vars(company.ratings.shares).items()}
    lines = [(item, contents[key], None, COMMANDS(f"setting_{key}")) for key, item in items().items()]
    columns = {heading("item"): 34.0, heading("content"): 26.0, heading("from"): 12.0, heading("note"): 72.0}
    fixed = frozenset((heading("item"), heading("note")))
    return _Sheet(sheet(SETTINGS_SHEET), COMMANDS("settings_hint"), columns, lines, {heading("from"): "@"}, fixed)


def _results(results: Results) -> dict[str, object]:
    return {
        "coefficient": choices("coefficient")[results.coefficient],
        "coefficient_lowest": results.lowest,
        "coefficient_highest": results.highest,
        **dict(zip(QUARTER_WEIGHTS, results.weights, strict=True)),
    }


def _grades(company: Company) -> _Sheet:
    scales = [("", company), *((name, company.versions.get(language)) for language, name in languages().items())]
    lines = [_grade(grade, word) for word, one in scales if one for grade in one.grades]
    keys = ("grade", "lowest", "share", "from", "language", "coefficient", "reward")
    columns = dict(zip(map(heading, keys), (18.0, 12.0, 12.0, 12.0, 10.0, 12.0, 36.0), strict=True))
    formats = {heading("share"): "0%", heading("from"): "@", heading("grade"): "@"}
    return _Sheet(sheet(GRADES_SHEET), COMMANDS("grades_hint"), columns, lines, formats)


def _grade(grade: Grade, language: str) -> tuple[object, ...]:
    lowest = None if grade.at_least is None else float(grade.at_least)
    return grade.name, lowest, grade.share, None, language or None, grade.coefficient, grade.reward or None


def _words() -> _Sheet:
    columns = dict(zip(map(heading, ("simplified", "traditional", "english")), (34.0, 34.0, 44.0), strict=True))
    return _Sheet(sheet(WORDS_SHEET), COMMANDS("words_hint"), columns, (), dict.fromkeys(columns, "@"))


def _export(results: Results) -> _Sheet:
    columns = dict(zip(map(heading, ("column", "content", "fixed_text")), (24.0, 16.0, 36.0), strict=True))
    contents = choices(EXPORT_SHEET)
    lines = [(column.heading, contents[column.content], column.text or None) for column in results.export]
    return _Sheet(sheet(EXPORT_SHEET), COMMANDS("export_hint"), columns, lines, {heading("fixed_text"): "@"})


def _write(sheet: Worksheet, content: _Sheet) -> None:
    paint = Painter(sheet, words(HANS)("font"))
    last = chr(ord("A") + len(content.columns) - 1)
    sheet.merge_cells(f"A{_HINT}:{last}{_HINT}")
    paint.text(f"A{_HINT}", content.hint, styles.PLAIN)
    paint.height(_HINT, (content.hint, sum(content.columns.values()), styles.PLAIN))
    for letter, (title, width) in zip(_LETTERS, content.columns.items(), strict=False):
        sheet.column_dimensions[letter].width = width
        paint.put(f"{letter}{_HEADER}", title, styles.HEADER)
    sheet.row_dimensions[_HEADER].height = 22
    empty = [[None] * len(content.columns)] * _LINES
    for row, line in enumerate([*content.lines, *empty], start=_FIRST):
        _write_line(paint, row, line, content)
    sheet.freeze_panes = f"A{_FIRST}"
    fit_page(sheet, landscape=True)
    sheet.print_title_rows = f"{_HEADER}:{_HEADER}"
    sheet.print_area = f"A{_HINT}:{last}{_FIRST + len(content.lines) + 5}"


def _write_line(paint: Painter, row: int, line: Sequence[object], content: _Sheet) -> None:
    texts = []
    for letter, value, (title, width) in zip(_LETTERS, line, content.columns.items(), strict=False):
        style = styles.FIXED_TEXT if title in content.fixed and value is not None else styles.INPUT_TEXT
        style = style.but(format=content.formats.get(title, "General"))
        if isinstance(value, str):
            paint.text(f"{letter}{row}", value, style)
            texts.append((value, width, style))
        else:
            paint.put(f"{letter}{row}", value, style)
    paint.height(row, *texts)


def _lists(book: Workbook) -> None:
    """Add the drop-downs: yes and no, the choices of a setting, grades, languages. Shares are shown in per cent."""
    settings, grades = book[sheet(SETTINGS_SHEET)], book[sheet(GRADES_SHEET)]
    for number, key in enumerate(items(), start=_FIRST):
        if key in YES_NO:
            _choose(settings, f"B{number}", _list(choices("yes_no").values()))
        elif key in CHOSEN:
            _choose(settings, f"B{number}", _list(choices(key).values()))
        elif key in SHARES:
            settings[f"B{number}"].number_format = "0%"
        elif key == "red_line_grade":
            _choose(settings, f"B{number}", f"{grades.title}!$A${_FIRST}:$A${_FIRST + _LINES}")
    _choose(book[sheet(EXPORT_SHEET)], f"B{_FIRST}:B{_FIRST + _LINES}", _list(choices(EXPORT_SHEET).values()))
    _choose(grades, f"E{_FIRST}:E{_FIRST + _LINES}", _list(languages().values()))


def _list(words: Iterable[str]) -> str:
    return f'"{",".join(words)}"'


def _choose(sheet: Worksheet, cells: str, choices: str) -> None:
    validation = DataValidation(type="list", formula1=choices, allow_blank=True)
    validation.errorStyle, validation.showErrorMessage = "warning", True
    validation.add(cells)
    sheet.add_data_validation(validation)
