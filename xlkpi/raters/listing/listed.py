"""Reads the list of raters (评价人.xlsx). A line with a fault gives a problem at its cell and counts for nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.common.assignment import Assignment
from xlkpi.common.files import shown_name
from xlkpi.form.grid import address
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.raters.listing import words
from xlkpi.raters.listing.pair import Pair
from xlkpi.roster.faults import not_as_shown
from xlkpi.roster.header import folded, text_of
from xlkpi.roster.table import FileTable, read_table

_SEARCHED = 20
"""Rows in which the headings are looked for."""


@dataclass(frozen=True)
class RaterList:
    """The lines without a fault, in their order, and what is wrong with the others."""

    pairs: tuple[Pair, ...]
    problems: tuple[Problem, ...]

    def of(self, rater: str) -> list[Pair]:
        """Whom a rater rates."""
        return [pair for pair in self.pairs if pair.rater == rater]

    @property
    def raters(self) -> dict[str, str]:
        """Staff number → name of every rater, in the order of the list."""
        return {pair.rater: pair.rater_name for pair in self.pairs}


def read_list(path: Path, assignments: Sequence[Assignment], named: Sequence[str], counted: Sequence[str]) -> RaterList:
    """Read the list against the roster's people.

    named: the relations that roles name. counted: the kinds whose ratings count. Raises OSError.
    """
    file = shown_name(path)
    try:
        table = read_table(path)
        row, columns = _header(table)
    except UnreadableError as error:
        return RaterList((), (error.problem(file),))
    reader = _Reader(file, table, columns, assignments, {folded(word): word for word in named}, counted)
    pairs = tuple(reader.pairs(row + 1))
    return RaterList(pairs, tuple(reader.problems))


def _header(table: FileTable) -> tuple[int, dict[str, int]]:
    """The row of the headings, and their columns, from 0."""
    known = words.headings()
    for number, cells in enumerate(table.rows[:_SEARCHED]):
        texts = {folded(text_of(cell)): at for at, cell in reversed([*enumerate(cells)])}
        found = {known[text]: at for text, at in texts.items() if text in known}
        if {"person", "rater", "relation"} <= found.keys():
            return number, found
    wanted = tuple(words.heading(column) for column in words.COLUMNS)
    raise UnreadableError("raters", "raters_no_header", columns=wanted)


@dataclass
class _Reader:
    """Reads the lines below the headings, and collects the problems."""

    file: str
    table: FileTable
    columns: Mapping[str, int]
    assignments: Sequence[Assignment]
    named: Mapping[str, str]
    counted: Sequence[str]
    problems: list[Problem] = field(default_factory=list)
    _seen: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _kinds: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {one.id: one for one in self.assignments}
        self._names |= {id: one.name for id, one in self.people.items()}

    def pairs(self, first: int) -> Iterator[Pair]:
        """The lines that can be used."""
        for number in range(first, len(self.table.rows)):
            row = {column: self._text(number, at) for column, at in self.columns.items()}
            if not any(row.values()):
                continue
            before = sum(problem.severity == ERROR for problem in self.problems)
            pair = self._pair(number, row)
            if pair is not None and sum(problem.severity == ERROR for problem in self.problems) == before:
                yield pair

    def _text(self, row: int, at: int) -> str:
        cells = self.table.rows[row]
        return self.table.shown.get((row, at)) or (text_of(cells[at]) if at < len(cells) else "")

    def _tell(self, row: int, column: str, key: str, severity: str = ERROR, /, **values: object) -> None:
        place = Place(self.file, self.table.sheet, address(row, self.columns.get(column, 0)), None, column)
        self.problems.append(Problem.at(place, "raters", HANS, severity, key, **values))

    def _pair(self, row: int, text: Mapping[str, str]) -> Pair | None:
        for column in ("person", "rater", "relation"):
            if not text[column]:
                self._tell(row, column, "raters_empty", column=words.heading(column))
                return None
        for column in ("person", "rater"):
            raw = self.table.rows[row][self.columns[column]]
            for fault in not_as_shown({"employee_id": self.table.shown.get((row, self.columns[column]), raw)}):
                self._tell(row, column, fault.key, **fault.values)
        person, rater = text["person"], text["rater"]
        if person not in self.people:
            self._tell(row, "person", "raters_unknown", number=person)
            return None
        self._name(row, "name", person, text.get("name", ""))
        self._name(row, "rater_name", rater, text.get("rater_name", ""))
        relation = self._relation(row, person, rater, text["relation"])
        if relation is None:
            return None
        kind, word = relation
        self._twice(row, person, rater, kind or word)
        place = address(row, self.columns["relation"])
        return Pair(person, self.people[person].name, rater, self._names[rater], word, kind, place)

    def _name(self, row: int, column: str, number: str, name: str) -> None:
        """Hold a name against the one known of a number; a rater may be nobody of the roster."""
        if number in self.people:
            known = self._names[number]
            if name and folded(name) != folded(known):
                self._tell(row, column, "raters_other_name", number=number, name=name, known=known)
            return
        if not name:
            self._tell(row, column, "raters_no_name", number=number)
        elif number in self._names and folded(self._names[number]) != folded(name):
            self._tell(row, column, "raters_other_name", number=number, name=name, known=self._names[number])
        elif number not in self._names:
            self._tell(row, "rater", "raters_outside", ADVICE, number=number, name=name)
        self._names.setdefault(number, name)

    def _relation(self, row: int, person: str, rater: str, text: str) -> tuple[str, str] | None:
        """Kind and word of a relation; None where it is none, or cannot be."""
        kind = words.relations().get(folded(text), "")
        word = self.named.get(folded(text), "")
        if kind == words.SUPERIOR and not word:
            self._tell(row, "relation", "raters_superior")
            return None
        if not kind and not word:
            choices = (*map(words.relation, words.RELATIONS), *self.named.values())
            self._tell(row, "relation", "raters_relation", text=text, choices=choices)
            return None
        if (person == rater) != (kind == words.SELF):
            key = "raters_self_relation" if person == rater else "raters_self_other"
            self._tell(row, "relation", key, name=self.people[person].name)
            return None
        kind = "" if kind == words.SUPERIOR else kind
        if kind in KINDS and kind not in self.counted and not word:
            self._tell(row, "relation", "raters_no_share", WARNING, relation=words.relation(kind))
        self._plausible(row, person, rater, kind)
        return kind, word or words.relation(kind)

    def _plausible(self, row: int, person: str, rater: str, kind: str) -> None:
        """Advice where the roster says that a rater is something else to the person."""
        one, other = self.people[person], self.people.get(rater)
        if other is None or kind not in KINDS:
            return
        values = {"person": one.name, "rater": other.name}
        if one.superior and folded(one.superior) == folded(other.name):
            self._tell(row, "relation", "raters_is_superior", WARNING, **values)
        elif kind == "subordinates" and folded(other.superior) != folded(one.name):
            self._tell(row, "relation", "raters_no_subordinate", ADVICE, superior=other.superior, **values)

    def _twice(self, row: int, person: str, rater: str, relation: str) -> None:
        first = self._seen.setdefault((person, rater, relation), row)
        values = {"person": self._names[person], "rater": self._names[rater]}
        if first != row:
            self._tell(row, "rater", "raters_twice", row=first + 1, **values)
            return
        if relation in KINDS:
            other = self._kinds.setdefault((person, rater), relation)
            if other != relation:
                self._tell(row, "relation", "raters_two_kinds", relation=words.relation(other), **values)
