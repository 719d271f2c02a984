"""Refreshes a workbook whose rules were edited in it: formulas, receipts and cached values follow the sentences.

Inputs stay as they are, also those with formulas that cannot be calculated here. A sentence that means something only
with its row (每低5%扣3分 by the unit) is rewritten to its full meaning, so that it means the same wherever it is
copied; the change is reported. The row of a rule that cannot be read stays as it is: its formula goes on refusing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from openpyxl.utils.cell import get_column_letter

from xlkpi.calc.sandbox import recalculated
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.check.expected import blocks_in
from xlkpi.check.formulas.found import FoundFormulas, FoundLayout
from xlkpi.form.captions import with_captions
from xlkpi.form.grid import Grid, grid_of
from xlkpi.form.layout import SPARE, measure_id, needed_rows, part_id, rating_id, reading_id
from xlkpi.form.register import language_in, quarter_in
from xlkpi.form.sheets import find_sheets, registered_in
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.problems import ERROR, Place, Problem, UnreadableError
from xlkpi.intake.cells import FormCells
from xlkpi.intake.ratings import needed_places, shares_of
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.row import Row
from xlkpi.scoring.grades import grade_scale
from xlkpi.scoring.rule_in_row import Asked, RuleInRow, choices, read_in_row, reading_of, row_of, says_itself
from xlkpi.writer.blocks.ratings import rating_criteria
from xlkpi.writer.blocks.spare import spare_formulas, typed_indicator
from xlkpi.xlsx.edit import Content, Formula, edit
from xlkpi.xlsx.reader import WorkbookReader


@dataclass(frozen=True)
class RuleChange:
    """A sentence whose formulas were made anew; `after` differs from `before` where the sentence was rewritten.

    reading: the canonical sentence, None where `after` is it.
    """

    sheet: str
    cell: str
    label: str
    before: str
    after: str
    reading: str | None = None


@dataclass(frozen=True)
class Refreshed:
    """A refreshed workbook, the changed rules, and the problems. language: that of its forms.

    restored: cells whose formulas the .xls format had lost, and that hold them again.
    """

    content: bytes
    changes: tuple[RuleChange, ...]
    problems: tuple[Problem, ...]
    language: str
    restored: int = 0


def refresh(content: bytes, file: str, catalogue: Catalogue) -> Refreshed:
    """Make the formulas of a workbook anew from the rules in it.

    file: its name, for the problems. Raises `UnreadableError` where `content` is no workbook of ours.
    """
    book = WorkbookReader(content)
    settings, sheets = registered_in(book)
    language = language_in(settings)
    edits: dict[str, dict[str, Content]] = {}
    changes: list[RuleChange] = []
    problems: list[Problem] = []
    restored = 0
    roles: dict[str, Role] = {}
    for registered in sheets:
        try:
            roles[registered.role] = catalogue.role(registered.role, quarter_in(settings), language)
        except CatalogueError as error:
            problems.append(Problem.at(Place(file, registered.title), "role", language, error=error))
    company = catalogue.company(language, quarter_in(settings))
    located = find_sheets(book, sheets, {id: frozenset(needed_rows(role)) for id, role in roles.items()})
    for registered, sheet_title in located.forms:
        title = sheet_title or registered.title
        if registered.role not in roles:
            continue
        try:
            lost = book.stored(title).lost()
            role, grid = roles[registered.role], grid_of(book, title)
            sheet = _Sheet(file, title, grid, role, words(language), shares_of(grid, role, company))
            edits[title] = {} if sheet.moved() else sheet.refresh(lost)
            restored += sum(isinstance(edits[title].get(address), Formula) for address in lost)
        except UnreadableError as error:
            with_names = with_captions(error, roles[registered.role], words(language))
            problems.append(with_names.problem(file, title, language))
        else:
            changes += sheet.changes
            problems += sheet.problems
    result = recalculated(edit(content, edits))
    problems += result.problems(file, language)
    return Refreshed(result.content, tuple(changes), tuple(problems), language, restored)


_READ_COLUMNS = (
    "weight", "target", "newcomer", "unit", "actual", "m1", "m2", "m3", "achievement", "deducted", "score", "quarter",
    "receipt", "next", "native", "effective", "check", "compiled", "definition",
)  # fmt: skip
"""The columns that the formulas are written into, or read."""


class _Letters(dict[str, str]):
    """Column id → letter. Raises `UnreadableError` for a column that is gone, where a formula needs it."""

    def __init__(self, grid: Grid, row_id: str) -> None:
        super().__init__((id, get_column_letter(place + 1)) for id, place in grid.column.items())
        self._grid, self._row_id = grid, row_id

    def __missing__(self, column_id: str) -> str:
        return self._grid.address(self._row_id, column_id)  # raises


class _Sheet:
    """One form while it is refreshed. edits: address → new content."""

    def __init__(
        self, file: str, title: str, grid: Grid, role: Role, labels: Labels, shares: Shares | None = None
    ) -> None:
        self.file, self.title, self.grid, self.role, self.labels = file, title, grid, role, labels
        self.edits: dict[str, Content] = {}
        self.changes: list[RuleChange] = []
        self.problems: list[Problem] = []
        indicators = [part_id(indicator.id) for indicator in role.indicators]
        for row_id in (*(measure_id(m.id) for m in role.measures), *indicators):
            grid.place(row_id, "rule")  # raises where a row is gone
        for column_id in _READ_COLUMNS:
            grid.place(indicators[0], column_id)
        for _, row_id, column_id in needed_places(role, shares) if shares else ():
            grid.place(row_id, column_id)
        rows = {id: place + 1 for id, place in grid.row.items()}
        letters = _Letters(grid, indicators[0])
        blocks = blocks_in(grid, shares)
        self.layout = FoundLayout(role, blocks, True, shares or Shares(), rows, letters)

    def refresh(self, lost: frozenset[str]) -> dict[str, Content]:
        """The edits of the whole sheet. lost: the addresses whose formulas the .xls format has lost."""
        indicators = tuple(self._reread(indicator) for indicator in self.role.indicators)
        formulas = self._formulas(
            replace(self.role, indicators=tuple(new or old for new, old in self._pairs(indicators)))
        )
        for indicator in filter(None, indicators):
            self._rebuild(formulas, indicator)
        for id in SPARE:
            if part_id(id) in self.grid.row:
                self._rebuild_spare(formulas, id)
        self._rebuild_ratings(formulas)
        self._grades(formulas)
        for row_id, formula in self._of_all_rows(formulas):
            if self.grid.has(row_id, "score") and self.grid.address(row_id, "score") in lost:
                self._put(row_id, "score", formula)
        return self.edits

    def _of_all_rows(self, formulas: FoundFormulas) -> Iterator[tuple[str, str]]:
        """The formulas with our functions that no rule changes: spare scores, total, grade, engine."""
        yield from (
            (part_id(id), spare_formulas(formulas, id)["score"]) for id in SPARE if part_id(id) in self.grid.row
        )
        yield "total", formulas.total()
        yield "grade", formulas.grade()
        yield "engine", formulas.engine()

    def moved(self) -> bool:
        """Whether the labels of rows were moved: their rules would be taken for those of other rows. Reports it."""
        cells = FormCells(self.file, self.title, self.role, self.grid, self.labels.language, ())
        problems = [problem for problem in cells.moved() if problem.column_id in ("label", "definition")]
        self.problems += problems
        return bool(problems)

    def _pairs(self, indicators: Sequence[Indicator | None]) -> Iterator[tuple[Indicator | None, Indicator]]:
        return zip(indicators, self.role.indicators, strict=True)

    def _formulas(self, role: Role) -> FoundFormulas:
        return FoundFormulas(replace(self.layout, role=role), self.labels)

    # --- rules and units of the file ------------------------------------------------------------------------------

    def _reread(self, indicator: Indicator) -> Indicator | None:
        """The indicator with the rule and the units of the file; None where they cannot be used."""
        row_ids = [part_id(indicator.id, index) for index in range(len(indicator.parts))]
        units = [self.grid.text(row_id, "unit") for row_id in row_ids]
        sentence = self.grid.text(row_ids[0], "rule")
        row = self._row(row_ids[0], units[0], indicator)
        read = self._read(row_ids[0], indicator.label, sentence, row)
        if read is None:
            return None
        rule = read.rule
        labels = [part.label for part in indicator.parts[1:]]
        rows = [self.grid.row[row_id] for row_id in row_ids]
        if list(rule.labels[1:]) != labels[: rule.measures - 1] or rule.measures != len(indicator.parts):
            self._refuse(row_ids[0], "refresh_measures", measures=(indicator.label, *labels))
            return None
        if isinstance(rule.base, Levels) != bool(indicator.levels):
            self._refuse(row_ids[0], "refresh_levels")
            return None
        if rows != list(range(rows[0], rows[0] + len(rows))):
            self._refuse(row_ids[0], "refresh_apart")
            return None
        parts = tuple(replace(part, unit=unit) for part, unit in zip(indicator.parts, units, strict=True))
        return indicator.saying(self._settled(row_ids[0], indicator.label, sentence, read), parts)

    def _row(self, row_id: str, unit: str, indicator: Indicator | None = None) -> Row:
        """What the row of the file knows; the direction, that the form does not show, is the catalogue's."""
        target, weight = (self.grid.get(row_id, column) for column in ("target", "weight"))
        lower_is_better = indicator.lower_is_better if indicator else None
        return row_of(unit, target, weight, lower_is_better, len(indicator.parts) if indicator else 1)

    def _read(self, row_id: str, label: str, sentence: str, row: Row) -> RuleInRow | None:
        try:
            return read_in_row(sentence, row)
        except RuleError as error:
            values = {"label": label, "sentence": sentence, "error": Asked(error)}
            instead = dict(zip(("instead", "other"), choices(error), strict=False))
            key = ("refresh_rule", "refresh_rule_instead", "rule_asked")[len(instead)]
            self._refuse(row_id, key, **values, **instead)
            return None

    def _refuse(self, row_id: str, key: str, column_id: str = "rule", kind: str = "rule", /, **values: object) -> None:
        place = Place(self.file, self.title, self.grid.address(row_id, column_id), row_id, column_id)
        self.problems.append(Problem.at(place, kind, self.labels.language, ERROR, key, **values))

    def _settled(self, row_id: str, label: str, sentence: str, read: RuleInRow) -> str:
        """The sentence; rewritten where it has its meaning only together with its row."""
        settled = read.sentence if says_itself(read.sentence, read.rule, None) else read.reading
        cell = self.grid.address(row_id, "rule")
        if settled != sentence:
            self.edits[cell] = settled
        if settled != sentence or sentence != self.grid.text(row_id, "compiled"):
            self.changes.append(RuleChange(self.title, cell, label, sentence, settled, reading_of(settled, read.rule)))
        return settled

    # --- new contents of the cells --------------------------------------------------------------------------------

    def _put(self, row_id: str, column_id: str, content: str | None, *, formula: bool = True) -> None:
        """Note an edit: a formula, with or without its =, or a text."""
        address = self.grid.address(row_id, column_id)
        self.edits[address] = Formula(content.removeprefix("=")) if formula and content is not None else content

    def _rebuild(self, formulas: FoundFormulas, indicator: Indicator) -> None:
        row_id = part_id(indicator.id)
        for column, formula in (
            ("deducted", formulas.deducted(indicator)),
            ("score", formulas.score(indicator)),
            ("receipt", formulas.receipt(indicator)),
            ("native", formulas.native(indicator)),
            ("check", formulas.check(indicator)),
        ):
            self._put(row_id, column, formula)
        self._put(row_id, "compiled", indicator.rule_text, formula=False)
        if indicator.annotated and (note := reading_id(indicator.id)) in self.grid.row:
            self._put(note, "definition", formulas.reading(indicator))
        for index in range(len(indicator.parts)):
            self._put(part_id(indicator.id, index), "next", formulas.next_step(indicator, index))

    def _rebuild_ratings(self, formulas: FoundFormulas) -> None:
        for indicator, criteria in rating_criteria(formulas.layout.rated, self.labels):
            row_id = rating_id(indicator.id)
            if self.grid.text(row_id, "definition") != criteria:
                self._put(row_id, "definition", criteria, formula=False)
            self._put(row_id, "weighted", formulas.rating_status(indicator))

    def _rebuild_spare(self, formulas: FoundFormulas, id: str) -> None:
        row_id = part_id(id)
        label, sentence, unit = (self.grid.text(row_id, column) for column in ("label", "rule", "unit"))
        indicator = None
        if sentence:
            read = self._read(row_id, label, sentence, self._row(row_id, unit))
            if read is None:
                return
            if read.rule.measures > 1:
                self._refuse(row_id, "refresh_spare")
                return
            indicator = typed_indicator(id, label, self._settled(row_id, label, sentence, read), unit)
        cells = spare_formulas(formulas, id, indicator)
        for column in ("deducted", "receipt", "next", "native"):
            self._put(row_id, column, cells[column])
        self._put(row_id, "compiled", indicator.rule_text if indicator else None, formula=False)

    def _grades(self, formulas: FoundFormulas) -> None:
        scale = self.grid.text("final", "definition")
        try:
            grades = grade_scale(scale)
        except RuleError as error:
            values = {"error": error, "instead": error.suggestions[0]}
            self._refuse("final", "refresh_grades", "definition", "grades", **values)
            return
        self._put("grade", "native", formulas.grade_native(grades, scale))
