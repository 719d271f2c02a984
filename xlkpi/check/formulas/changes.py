"""Finds the indicators whose formulas on a form were made from other sentences, or for other units, than the role's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlkpi.catalogue.role import Indicator, Role
from xlkpi.check.formulas.places import Place
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.form.grid import Ids
from xlkpi.form.layout import part_id
from xlkpi.intake.reading import FormReading
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse


class Change(NamedTuple):
    """An indicator, and the sentence and the units that its formulas were made of."""

    id: str
    sentence: str
    units: tuple[str, ...]


def changes_of(reading: FormReading, *, units: bool) -> tuple[Change, ...]:
    """The changes of a form. units: take the units of the form too, not those of the catalogue."""
    rows, unchanged = reading.grid.rows, _sentences_and_units(ByIdentity(reading.role), ByIdentity(reading.grid.ids))
    if not reading.grid.errors and all(rows[row][column] == text for row, column, text in unchanged):
        return ()  # as it would be below, at less cost
    return tuple(filter(None, (_change(reading, indicator, units=units) for indicator in reading.role.indicators)))


@kept(128)
def _sentences_and_units(role: ByIdentity[Role], ids: ByIdentity[Ids]) -> Sequence[tuple[int, int, str]]:
    """What the formulas of a form are made of where nothing was changed: row and column in the sheet, and text."""
    texts: dict[Place, str] = {}
    for indicator in role.value.indicators:
        texts[part_id(indicator.id), "compiled"] = indicator.rule_text
        texts |= {(part_id(indicator.id, n), "unit"): part.unit for n, part in enumerate(indicator.parts)}
    row, column = ids.value.row, ids.value.column
    return [(row[r], column[c], text) for (r, c), text in texts.items() if r in row and c in column]


def _change(reading: FormReading, indicator: Indicator, *, units: bool) -> Change | None:
    """The indicator's change; None where there is none, or a form could not be generated with it."""
    grid, row = reading.grid, part_id(indicator.id)
    if not grid.has(row, "compiled"):
        return None
    sentence, units_of_role = grid.text(row, "compiled"), tuple(part.unit for part in indicator.parts)
    own_units = units_of_role
    if units:
        rows = [part_id(indicator.id, number) for number in range(len(units_of_role))]
        own_units = tuple(
            grid.text(id, "unit") if grid.has(id, "unit") else unit
            for id, unit in zip(rows, units_of_role, strict=True)
        )
    if sentence == indicator.rule_text and own_units == units_of_role:
        return None
    change = Change(indicator.id, sentence, own_units)
    try:
        rule = parse(sentence, own_units[0] or None)
    except RuleError:
        return None
    if rule.measures != len(own_units) or isinstance(rule.base, Levels) != bool(indicator.levels):
        return None
    return change
