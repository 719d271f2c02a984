"""Reads a calibration workbook that came back, and holds it against what was collected: it is untrusted.

A row changes a grade only where nothing in it is wrong. What it shows besides the proposal was written by us and is
held against the hidden sheet and against the collection; the coefficient is never read, it is computed anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from xlkpi.appraisal.people import Calibration, Person, red_line
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.collect.collection import Collection
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import is_number, same_number, score_text, stored_as, value_text
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.results.calibration.ids import COLUMNS, CONTRACT, FIXED, HEADER, HIDDEN_SHEET, PERSON, Kept
from xlkpi.results.people import Who
from xlkpi.scoring.grades import grade, grade_scale
from xlkpi.xlsx.reader import WorkbookReader

KIND = "calibration"
_NEEDED = frozenset(COLUMNS) - {"coefficient", "remark", "grade"}
_BETWEEN = (re.compile(r"[\W_]+"), re.compile(r"[\W_和与與及]+"))
"""Between the names of several approvers: signs, perhaps words for “and”, which also stand in names."""
Changes = dict[Who, tuple[str, Calibration]]
"""Who → the calibrated grade, and why."""


def read_calibration(content: bytes, file: str, collection: Collection) -> tuple[Changes, list[Problem]]:
    """The changes of grades that count, and what is wrong, in the language of the collection.

    Raises `UnreadableError` where the file is no calibration workbook of this quarter.
    """
    book = WorkbookReader(content)
    kept = _kept(book, collection)
    sheet = _Sheet.of(book, file)
    return _Reading(sheet, kept, collection).all()


def _kept(book: WorkbookReader, collection: Collection) -> dict[str, Kept]:
    """What was written of each person, by row id."""
    if HIDDEN_SHEET not in book.titles:
        raise UnreadableError("file", "calibration_not_ours").of(collection.language)
    rows = book.rows(HIDDEN_SHEET)
    settings = {str(row[0]): row[1] for row in rows if len(row) > 1 and row[0] != PERSON}
    if settings.get("contract") != CONTRACT:
        raise UnreadableError("file", "calibration_not_ours").of(collection.language)
    quarter = str(settings.get("quarter", ""))
    if quarter != str(collection.quarter):
        values = {"quarter": quarter or "—", "collected": str(collection.quarter)}
        raise UnreadableError("file", "calibration_quarter", **values).of(collection.language)
    people = (row for row in rows if row[0] == PERSON and len(row) >= 2 + len(FIXED))
    return {str(row[1]): _kept_in(dict(zip(FIXED, row[2:], strict=False))) for row in people}


def _kept_in(cells: Mapping[str, object]) -> Kept:
    text = {id: value_text(cell) for id, cell in cells.items()}
    total, final = (float(cell) if is_number(cell) else None for cell in (cells["total"], cells["final"]))
    who = (text["employee_id"], text["name"], text["department"], text["superior"])
    return Kept(*who, total, final, text["computed_grade"])


@dataclass(frozen=True)
class _Sheet:
    """The sheet with the column ids. at: column id → column; first: the row after the headers; all from 0."""

    file: str
    title: str
    rows: Sequence[Sequence[object]]
    at: Mapping[str, int]
    first: int
    formulas: Mapping[tuple[int, int], str]

    @classmethod
    def of(cls, book: WorkbookReader, file: str) -> _Sheet:
        """Find it, also renamed. Raises `UnreadableError` where its ids are gone, or several sheets have them."""
        found = []
        for title in book.titles:
            rows = book.rows(title)
            ids = [*enumerate(rows[0] if rows else ())]
            at = {str(cell): column for column, cell in reversed(ids) if cell in COLUMNS}
            if at.keys() >= _NEEDED:
                headers = [number for number, row in enumerate(rows) if _text(row, at["id"]) == HEADER]
                found.append(cls(file, title, rows, at, (headers or [0])[-1] + 1, book.stored(title).formulas))
        if len(found) > 1:
            raise UnreadableError("file", "calibration_sheets", sheets=tuple(sheet.title for sheet in found))
        if not found:
            raise UnreadableError("file", "calibration_ids")
        return found[0]

    def cell(self, row: int, column: str) -> object:
        """A cell; None for an empty one and for a column that is not there."""
        place = self.at.get(column, -1)
        found = self.rows[row][place] if 0 <= place < len(self.rows[row]) else None
        return None if found == "" else found

    def text(self, row: int, column: str) -> str:
        return value_text(self.cell(row, column)).strip()

    def place(self, row: int, column: str) -> Place:
        address = f"{get_column_letter(self.at[column] + 1)}{row + 1}"
        return Place(self.file, self.title, address, self.text(row, "id") or None, column)


def _text(row: Sequence[object], column: int) -> str:
    return value_text(row[column]).strip() if column < len(row) else ""


@dataclass
class _Reading:
    """The rows while they are read; `problems` collects what is wrong."""

    sheet: _Sheet
    kept: Mapping[str, Kept]
    collection: Collection
    problems: list[Problem] = field(default_factory=list)

    def all(self) -> tuple[Changes, list[Problem]]:
        sheet = self.sheet
        self._people: dict[Who, Person] = {(r.person.id, r.person.name): r.person for r in self.collection.ranking}
        self._coefficients = Coefficients(self.collection.catalogue, self.collection.quarter)
        filled = [row for row in range(sheet.first, len(sheet.rows)) if self._is_filled(row)]
        counts = Counter(sheet.text(row, "id") for row in filled)
        changes: Changes = {}
        for row in filled:
            id = sheet.text(row, "id")
            if id not in self.kept:
                self._tell("calibration_added", row, "name")
            elif counts[id] > 1:
                self._tell("calibration_doubled", row, "name", name=self.kept[id].name)
            elif change := self._change(row, self.kept[id]):
                changes[self.kept[id].who] = change
        self._find_missing(counts)
        return changes, self.problems

    def _is_filled(self, row: int) -> bool:
        return any(self.sheet.cell(row, column) is not None for column in COLUMNS if column != "remark")

    def _tell(self, key: str, row: int, column: str, severity: str = ERROR, **values: object) -> None:
        place = self.sheet.place(row, column)
        self.problems.append(Problem.at(place, KIND, self.collection.language, severity, key, **values))

    def _change(self, row: int, kept: Kept) -> tuple[str, Calibration] | None:
        """The change that a row makes; None where it makes none, or where something in it is wrong."""
        before = len(self.problems)
        self._find_typed_over(row, kept)
        person = self._people.get(kept.who)
        proposal = self.sheet.text(row, "proposal")
        if person is None:
            self._tell("calibration_unknown", row, "name", name=kept.name)
        elif not _same(kept.final, person.final) or kept.computed_grade != (person.computed_grade or ""):
            then, now = (score_text(final) or "—" for final in (kept.final, person.final))
            grades = {"old_grade": kept.computed_grade or "—", "new_grade": person.computed_grade or "—"}
            self._tell("calibration_older", row, "final", name=kept.name, then=then, now=now, **grades)
        elif proposal and proposal != person.computed_grade:
            self._find_refused(row, person, proposal)
        elif not proposal and (self.sheet.text(row, "reason") or self.sheet.text(row, "approver")):
            self._tell("calibration_no_proposal", row, "proposal", WARNING, name=kept.name)
        if person is None or len(self.problems) > before or proposal in ("", person.computed_grade):
            return None
        reason, approver = self.sheet.text(row, "reason"), self.sheet.text(row, "approver")
        return proposal, Calibration(person.computed_grade or "", reason, approver)

    def _find_typed_over(self, row: int, kept: Kept) -> None:
        """Find what was written by us and does not stand there any more."""
        nobody = [words(language)("no_superior") for language in LANGUAGES]
        for id in FIXED:
            shown, was = self.sheet.cell(row, id), getattr(kept, id)
            unnamed = id == "superior" and not was and value_text(shown) in nobody
            if not (unnamed or _same(was, shown)):
                self._tell("calibration_typed_over", row, id, was=_shown(was), shown=_shown(shown), name=kept.name)
        if self._coefficients.used and not self._is_computed(row):
            self._tell(
                "calibration_coefficient",
                row,
                "coefficient",
                name=kept.name,
                shown=self.sheet.text(row, "coefficient") or "—",
            )
        if "grade" in self.sheet.at and (row, self.sheet.at["grade"]) not in self.sheet.formulas:
            self._tell("calibration_grade_typed", row, "grade", name=kept.name)

    def _is_computed(self, row: int) -> bool:
        """Whether the coefficient is still a formula, and shows what one of the row's grades is worth."""
        sheet = self.sheet
        if "coefficient" not in sheet.at:
            return True  # it is not read, so that nothing is lost with the column
        if (row, sheet.at["coefficient"]) not in sheet.formulas:
            return False
        shown = sheet.cell(row, "coefficient")
        if not is_number(shown):
            return True
        final = sheet.cell(row, "final")
        grades = (sheet.text(row, column) for column in ("proposal", "computed_grade"))
        worth = [self._coefficients.of(grade, final if is_number(final) else None) for grade in grades if grade]
        return any(each is not None and same_number(each, float(shown)) for each in worth)

    def _find_refused(self, row: int, person: Person, proposal: str) -> None:
        """Find why a proposed grade cannot count."""
        scale = (
            person.forms[-1].appraisal.inputs.grade_scale
            or self.collection.catalogue.company(None, self.collection.quarter).grade_scale
        )
        names = [each.name for each in grade_scale(scale)]
        if not is_number(person.final):
            self._tell("calibration_no_result", row, "proposal", name=person.name)
        elif proposal not in names:
            self._tell("calibration_no_grade", row, "proposal", shown=proposal, grades=tuple(names))
        elif (ceiling := _ceiling(person, scale)) and names.index(proposal) < names.index(ceiling):
            self._tell("calibration_crossed", row, "proposal", name=person.name, shown=proposal, grade=ceiling)
        if not self.sheet.text(row, "reason"):
            self._tell("calibration_no_reason", row, "reason", name=person.name, shown=proposal)
        approver = self.sheet.text(row, "approver")
        if not approver:
            self._tell("calibration_no_approver", row, "approver", name=person.name, shown=proposal)
        elif _names(approver) & {unicodedata.normalize("NFKC", own.strip()) for own in (person.name, person.id)} - {""}:
            self._tell("calibration_own", row, "approver", name=person.name)

    def _find_missing(self, counts: Mapping[str, int]) -> None:
        """Find the people without a row: deleted ones, and those who were collected later."""
        whole = Place(self.sheet.file, self.sheet.title)
        language = self.collection.language
        for id, kept in self.kept.items():
            if id not in counts:
                name = kept.name or kept.employee_id
                self.problems.append(Problem.at(whole, KIND, language, ERROR, "calibration_missing", name=name))
        written = {kept.who for kept in self.kept.values()}
        later = tuple(person.name or person.id for who, person in self._people.items() if who not in written)
        if later:
            self.problems.append(Problem.at(whole, KIND, language, WARNING, "calibration_later", names=later))


def _names(approver: str) -> set[str]:
    """Everybody whom a text may name."""
    text = unicodedata.normalize("NFKC", approver)
    return {text, *(name for between in _BETWEEN for name in between.split(text))}


def _ceiling(person: Person, scale: str) -> str | None:
    """The best grade that a crossed red line allows; None without one."""
    totals = [
        form.appraisal.inputs.red_line_total
        for form in person.forms
        if red_line(form.appraisal) and form.appraisal.inputs.red_line_total is not None
    ]
    return grade(min(totals), scale) if totals else None


def _same(was: object, shown: object) -> bool:
    if is_number(was) and is_number(shown):
        return same_number(float(was), float(shown))
    if is_number(was) or (isinstance(was, str) and is_number(shown)):
        return isinstance(was, str) and (stored_as(was, shown) or was == value_text(shown))
    return value_text(was).strip() == value_text(None if shown == "" else shown).strip()


def _shown(value: object) -> str:
    return score_text(float(value)) if is_number(value) else value_text(value).strip() or "—"
