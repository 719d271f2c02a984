"""Decides for every value whether it goes into its cell: what somebody typed stays, and differences are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xlkpi.fill.findings import CONFLICT, FAULT, Findings
from xlkpi.fill.gathering.settle import Candidate
from xlkpi.fill.targets import CellKey, Form, FormFile, Slot
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, number_text, plain, same_number, value_text

FILLED, SAME, DIFFERS, SOURCES_DIFFER, CLOSED = "filled", "same", "differs", "sources_differ", "closed"
"""What became of a cell: filled in; it held this already; it holds another number; two sources give different ones;
the form does not ask for it."""


@dataclass(frozen=True)
class Placed:
    """A cell and what became of it. before: what stood in it. value: what the source says."""

    form: Form
    slot: Slot
    candidate: Candidate
    state: str
    before: Value

    @property
    def value(self) -> float | str:
        return self.candidate.value


@dataclass
class Placing:
    """The cells of all forms. replace: whether what stands in them gives way."""

    findings: Findings
    replace: bool = False
    placed: list[Placed] = field(default_factory=list)

    def place(self, candidates: Iterable[Candidate]) -> None:
        """Decide about all values."""
        cells: dict[tuple[int, CellKey], list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            cells[id(candidate.form), candidate.key].append(candidate)
        for found in cells.values():
            self._cell(found)

    def _cell(self, found: list[Candidate]) -> None:
        first = found[0]
        form, slot = first.form, first.form.slots.get(first.key)
        if slot is None:
            return
        where = {"who": form.who, "label": first.measure.label}
        other = next((one for one in found if not _same(one.value, first.value)), None)
        if not slot.open:
            self._tell(FAULT, "fill_closed", form, slot, **where, value=_shown(first, first.value))
            state = CLOSED
        elif other is not None:
            shown = {"one": _shown(first, first.value), "other": _shown(first, other.value)}
            sources = {"first": first.origin.text, "second": other.origin.text}
            self._tell(CONFLICT, "fill_sources_differ", form, slot, **where, **shown, **sources)
            state = SOURCES_DIFFER
        elif slot.value is not None and _same(slot.value, first.value):
            state = SAME
        elif slot.value is not None and not self.replace:
            shown = {"there": _shown(first, slot.value), "value": _shown(first, first.value)}
            self._tell(CONFLICT, "fill_differs", form, slot, **where, **shown, origin=first.origin.text)
            state = DIFFERS
        else:
            state = FILLED
        self.placed.append(Placed(form, slot, first, state, slot.value))

    def _tell(self, kind: str, key: str, form: Form, slot: Slot, **values: object) -> None:
        self.findings.add(kind, key, form.file, form.sheet, slot.address, **values)

    def edits(self, file: FormFile) -> Mapping[str, Mapping[str, Placed]]:
        """What is to be written into a file: sheet → address → cell."""
        own = {id(form) for form in file.forms}
        edits: dict[str, dict[str, Placed]] = defaultdict(dict)
        for one in self.placed:
            if one.state == FILLED and id(one.form) in own:
                edits[one.form.sheet][one.slot.address] = one
        return edits


def _same(one: Value, other: Value) -> bool:
    if is_number(one) and is_number(other):
        return same_number(float(one), float(other))
    return one == other


def stored(value: float | str) -> float | str:
    """A value as it is written: to the 15 digits that spreadsheets keep."""
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _shown(candidate: Candidate, value: Value) -> str:
    """A value as the form shows it."""
    labels: Labels = words()
    if is_number(value):
        return (
            number_text(float(value), True, labels) if candidate.measure.unit == "%" else plain(round(float(value), 9))
        )
    return value_text(value)


def origin_note(placed: Placed) -> str:
    """The text of the note on a filled cell."""
    language = placed.form.language
    return note_start(language) + placed.candidate.origin.in_language(language)


def note_start(language: str) -> str:
    """How our notes on filled cells begin."""
    return words(language)("fill_note")
