"""Reading a filled workbook by identity: inputs only, never what its formulas show.

A returned file is untrusted. What cannot be read is a `Problem` that names file, sheet and cell; a sheet that cannot
be read does not keep the others from being read.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openpyxl.utils.cell import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from xlkpi import translate
from xlkpi.appraisal import Appraisal, Inputs, Spare, appraise
from xlkpi.catalogue import Indicator, Part, Role, load_role
from xlkpi.expression import MONTHS
from xlkpi.form import CONTRACT_VERSION, META_SHEET, SPARE, TYPED_PERSON_FIELDS, measure_id, part_id
from xlkpi.post import Post
from xlkpi.quarter import Quarter
from xlkpi.recalc import stored_cells
from xlkpi.rules.language import HANS, LANGUAGES
from xlkpi.rules.parse import parse
from xlkpi.rules.rule import Levels, RuleError
from xlkpi.scoring import Value, is_number
from xlkpi.tables import CatalogueError
from xlkpi.words import is_yes


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where, what, and what to do."""

    file: str
    sheet: str | None
    cell: str | None
    row_id: str | None
    column_id: str | None
    kind: str
    message: str
    advice: str
    severity: str = "error"


@dataclass(frozen=True)
class Form:
    """One filled sheet. `post` is whose it is, as the roster said when it was made; None without a roster."""

    sheet: str
    appraisal: Appraisal
    post: Post | None = None


@dataclass(frozen=True)
class Filled:
    """A filled workbook: what could be read, and what could not."""

    quarter: str | None
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]


_RESTORE = "请从原始文件恢复这张表，隐藏的第1行和A列不要改动"
_REGENERATE = "请用 xlkpi new 生成的文件填写"
_LARGEST_AREA = 2_000_000
"""Cells of a sheet from A1 to its last one: a whole sheet of them would not fit into the memory."""


class UnreadableError(Exception):
    """A file or a sheet that cannot be read as a form of ours; `advice` says what to do."""

    def __init__(self, message: str, advice: str, row_id: str | None = None, column_id: str | None = None) -> None:
        super().__init__(message)
        self.message, self.advice, self.row_id, self.column_id = message, advice, row_id, column_id

    def problem(self, file: str, sheet: str | None = None) -> Problem:
        kind = "file" if sheet is None else "sheet"
        return Problem(file, sheet, None, self.row_id, self.column_id, kind, self.message, self.advice)


def read(path: Path) -> Filled:
    """Read and score every form of a workbook; a file that is none of ours is a problem. Raises OSError."""
    try:
        book = Book(path.read_bytes())
        settings, sheets = meta(book)
    except UnreadableError as error:
        return Filled(None, (), (error.problem(path.name),))
    forms: list[Form] = []
    problems: list[Problem] = []
    language = language_in(settings)
    for registered in sheets:
        title = registered.title
        try:
            role = translate.role(load_role(registered.role, quarter_in(settings)), language)
            grid = book.grid(title)
            months = _months(registered.post, settings)
            inputs = replace(_inputs(grid, role, settings), months=months)
            forms.append(Form(title, appraise(role, inputs), registered.post))
            problems += _no_numbers(grid, role, months, path.name, title)
        except CatalogueError as error:
            advice = "请用生成这份表时的岗位文件"
            problems.append(Problem(path.name, title, None, None, None, "role", str(error), advice))
        except UnreadableError as error:
            problems.append(error.problem(path.name, title))
    quarter = settings.get("quarter")
    return Filled(quarter if isinstance(quarter, str) else None, tuple(forms), tuple(problems))


@dataclass(frozen=True)
class Registered:
    """A form as `_xlkpi` registers it."""

    title: str
    role: str
    digest: str
    post: Post | None


class Book:
    """A workbook's sheets. Raises `UnreadableError` where there is no reading them."""

    def __init__(self, content: bytes) -> None:
        self.errors: dict[str, dict[tuple[int, int], str]] = {}
        self._last: dict[str, tuple[int, int]] = {}
        try:
            for sheet, row, column, error in stored_cells(content):
                last_row, last_column = self._last.get(sheet, (0, 0))
                self._last[sheet] = max(last_row, row), max(last_column, column)
                if error is not None:
                    self.errors.setdefault(sheet, {})[row - 1, column - 1] = error
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        except (CalamineError, ValueError) as error:
            raise UnreadableError(
                "不是能打开的Excel工作簿（.xlsx）", f"请用Excel打开后另存为 .xlsx 再试（{error}）"
            ) from None

    @property
    def titles(self) -> list[str]:
        return self._book.sheet_names

    def rows(self, title: str) -> list[list[object]]:
        """The values from A1 on. Raises `UnreadableError` where the sheet is missing or damaged."""
        if title not in self.titles:
            raise UnreadableError("工作表不见了，可能被删除或改名", _RESTORE)
        rows, columns = self._last.get(title, (0, 0))
        if rows * columns > _LARGEST_AREA:
            raise UnreadableError(
                f"表太大：直到第{rows}行、第{columns}列还有内容", "请删去考核表以外的行和列，另存后再试"
            )
        try:
            return self._book.get_sheet_by_name(title).to_python(skip_empty_area=False)  # type: ignore[return-value]
        except CalamineError as error:
            raise UnreadableError(f"工作表已损坏（{error}）", "请用Excel打开，修复后另存为 .xlsx 再试") from None

    def grid(self, title: str) -> Grid:
        return Grid(self.rows(title), self.errors.get(title, {}))


def meta(book: Book) -> tuple[dict[str, object], list[Registered]]:
    """Settings, and what is registered of every form."""
    if META_SHEET not in book.titles:
        raise UnreadableError(f"不是 xlkpi 生成的考核表（缺少 {META_SHEET} 表）", _REGENERATE)
    settings: dict[str, object] = {}
    sheets: list[Registered] = []
    for key, *values in book.rows(META_SHEET):
        if key == "sheet" and len(values) >= 2:
            sheets.append(_registered([str(value) for value in values]))
        elif values:
            settings[str(key)] = values[0]
    contract = settings.get("contract")
    if contract != CONTRACT_VERSION:
        said = f"{contract:g}" if isinstance(contract, float) else contract or "没有写明"
        raise UnreadableError(f"考核表的版本是 {said}，本程序读的是 {CONTRACT_VERSION}", "请用同一版本的 xlkpi")
    if not sheets:
        raise UnreadableError(f"{META_SHEET} 表里没有登记考核表", _REGENERATE)
    return settings, sheets


def _registered(row: list[str]) -> Registered:
    title, role, digest, id, name, department, superior, second, start, end = [*row, *[""] * 10][:10]
    post = Post(id, name, department, role, superior, second, _day(start), _day(end)) if id else None
    return Registered(title, role, digest, post)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


class Grid:
    """A sheet as (row id, column id) → value."""

    def __init__(self, rows: Sequence[Sequence[object]], errors: Mapping[tuple[int, int], str]) -> None:
        self.rows, self.errors = rows, errors
        self.column = _places("列", [id for ids in rows[:1] for id in map(str, ids)])
        if "id" not in self.column:
            raise UnreadableError("隐藏的第1行（列标识）不见了", _RESTORE)
        self.row = _places("行", [str(row[self.column["id"]]) for row in rows])

    def place(self, row_id: str, column_id: str) -> tuple[int, int]:
        """Row and column from 0. Raises `UnreadableError` where the identity is gone."""
        if row_id not in self.row or column_id not in self.column:
            raise UnreadableError(f"找不到“{row_id}”行的“{column_id}”列，可能被删除", _RESTORE, row_id, column_id)
        return self.row[row_id], self.column[column_id]

    def address(self, row_id: str, column_id: str) -> str:
        """Where it stands in this file, such as J9."""
        row, column = self.place(row_id, column_id)
        return f"{get_column_letter(column + 1)}{row + 1}"

    def __call__(self, row_id: str, column_id: str) -> Value:
        """The value; None for an empty cell, text for anything that is no number: an error, a date, a boolean."""
        row, column = place = self.place(row_id, column_id)
        value = self.errors.get(place, self.rows[row][column])
        if value == "" or value is None:
            return None
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float | str):
            return value
        return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)

    def text(self, row_id: str, column_id: str) -> str:
        value = self(row_id, column_id)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value)


def _places(kind: str, cells: Sequence[str]) -> dict[str, int]:
    """Where every id stands; a cell may hold several, joined by /."""
    ids = [(id, place) for place, cell in enumerate(cells) for id in cell.split("/") if id]
    doubled = sorted(id for id, times in Counter(id for id, _ in ids).items() if times > 1)
    if doubled:
        raise UnreadableError(f"{kind}标识重复：{'、'.join(doubled)}", _RESTORE)
    return dict(ids)


def _columns(monthly: bool) -> tuple[str, ...]:
    return MONTHS if monthly else ("quarter",)


def _inputs(grid: Grid, role: Role, settings: Mapping[str, object]) -> Inputs:
    return Inputs(
        measures={m.id: [grid(measure_id(m.id), column) for column in _columns(m.monthly)] for m in role.measures},
        targets={i.id: [_target(grid, part_id(i.id, n), p) for n, p in enumerate(i.parts)] for i in role.indicators},
        rules={i.id: grid.text(part_id(i.id), "rule") for i in role.indicators},
        units={i.id: grid.text(part_id(i.id), "unit") for i in role.indicators},
        weights={i.id: _weight(grid, part_id(i.id)) for i in role.indicators},
        spare=[_spare(grid, id) for id in SPARE if part_id(id) in grid.row],
        person={field: grid.text("person", field) for field in TYPED_PERSON_FIELDS},
        newcomer=is_yes(grid.text("person", "newcomer")),
        language=language_in(settings),
        grade_scale=grid.text("final", "definition"),
        events=[grid(row_id, "score") for row_id in grid.row if row_id.startswith("b:")],
        **_company(settings),
    )


def _months(post: Post | None, settings: Mapping[str, object]) -> tuple[str, ...]:
    """The months in post: all of them without a roster, or where the workbook no longer says of which quarter it is."""
    try:
        return post.months(Quarter.parse(str(settings.get("quarter")))) if post else MONTHS
    except ValueError:
        return MONTHS


def language_in(settings: Mapping[str, object]) -> str:
    """The language of the form; its words and reasons are in it."""
    language = settings.get("language")
    return language if language in LANGUAGES else HANS


def quarter_in(settings: Mapping[str, object]) -> Quarter | None:
    """The quarter of the form, None where it does not say one."""
    try:
        return Quarter.parse(str(settings.get("quarter")))
    except ValueError:
        return None


def _spare(grid: Grid, id: str) -> Spare:
    row = part_id(id)
    label, rule, unit = (grid.text(row, column) for column in ("label", "rule", "unit"))
    return Spare(id, label, grid(row, "weight"), grid(row, "actual"), grid(row, "target"), rule, unit)


def _company(settings: Mapping[str, object]) -> dict[str, Any]:
    """The company's settings that the form was made with."""
    return {key: value for key in ("events_limit", "red_line_total") if is_number(value := settings.get(key))}


def _target(grid: Grid, row_id: str, part: Part) -> Value:
    return None if part.target_formula else grid(row_id, "target")


def _weight(grid: Grid, row_id: str) -> float:
    """A fraction of 1. Without it there is no total, and a wrong one must not pass for one."""
    weight = grid(row_id, "weight")
    if not (is_number(weight) and 0 <= weight <= 1):  # type: ignore[operator]
        where = grid.address(row_id, "weight")
        raise UnreadableError(f"{where}的权重须为0%到100%的数字，现在是“{weight or ''}”", _RESTORE, row_id, "weight")
    return float(weight)  # type: ignore[arg-type]


def _levels(grid: Grid, indicator: Indicator) -> tuple[str, ...]:
    """The words that the form's own rule knows; those of the catalogue where it cannot be read."""
    try:
        base = parse(grid.text(part_id(indicator.id), "rule"), grid.text(part_id(indicator.id), "unit")).base
    except RuleError:
        return indicator.levels
    return tuple(name for name, _ in base.levels) if isinstance(base, Levels) else indicator.levels


def _no_numbers(grid: Grid, role: Role, months: tuple[str, ...], file: str, sheet: str) -> Iterator[Problem]:
    """Typed cells that hold something else than a number: what they belong to is `#KPI`."""
    typed = [
        (measure_id(m.id), column, m.label) for m in role.measures for column in (months if m.monthly else ("quarter",))
    ]
    typed += [
        (part_id(indicator.id, n), "target", f"{part.label}的目标值")
        for indicator in role.indicators
        for n, part in enumerate(indicator.parts)
        if part.target_formula is None
    ]
    rated = {
        measure_id(indicator.parts[0].actual.operands[0].measure): _levels(grid, indicator)
        for indicator in role.indicators
        if indicator.levels
    }
    for row_id, column_id, label in typed:
        value = grid(row_id, column_id)
        levels = rated.get(row_id, ())
        if levels and value is not None and value not in levels:
            message = f"“{label}”须为{'、'.join(levels)}之一，现在是“{value}”"
            advice = "请从下拉列表里选"
            yield Problem(file, sheet, grid.address(row_id, column_id), row_id, column_id, "level", message, advice)
        elif value is not None and not levels and not is_number(value):
            message = f"“{label}”须为数字，现在是“{value}”"
            advice = "请只填数字，不带单位和空格；没有发生填0"
            yield Problem(file, sheet, grid.address(row_id, column_id), row_id, column_id, "number", message, advice)
