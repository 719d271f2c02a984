"""The record of issued forms: who got which one, and what stood in the cells that people should not change.

It lies in the history folder, a file a quarter. Returned forms are held against it: what differs from the form that was
issued is told, also a form made elsewhere; and a role file that was changed since makes no noise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role, weight_value
from xlkpi.catalogue.versions.digest import digest
from xlkpi.common.assignment import Assignment
from xlkpi.common.caches import ByIdentity
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import part_id
from xlkpi.form.prefill import Presets
from xlkpi.i18n.message_files import PROBLEMS, MessageError

Cells = Mapping[str, float | str]
"""By "row id column id"."""


class IssuedError(MessageError):
    """A record that cannot be read."""


@dataclass(frozen=True)
class IssuedForm:
    """A form as it was issued.

    id: the staff number. digest: of the role. start, end: first and last day in the role, ISO, "" where open.
    shared: what stood in rule, unit, weight and target cells of all forms of the role. own: agreed targets and carried
    values.
    """

    id: str
    name: str
    role: str
    digest: str
    start: str
    end: str
    shared: Cells
    own: Cells

    @property
    def cells(self) -> Cells:
        return {**self.shared, **self.own}


def issued_form(person: Assignment, role: Role, presets: Presets, catalogue: Catalogue, language: str) -> IssuedForm:
    """The entry of a person's form. role: as the catalogue has it; language: of the form."""
    start, end = ("" if day is None else day.isoformat() for day in (person.start, person.end))
    own: dict[str, float | str] = {f"i:{key} target": target for key, target in person.targets.items()}
    own |= {f"{row} {column}": preset.value for (row, column), preset in presets.items()}
    shared = _shared(ByIdentity(role), catalogue, language)
    return IssuedForm(person.id, person.name, role.id, digest(role), start, end, shared, own)


@lru_cache(maxsize=128)
def _shared(by_identity: ByIdentity[Role], catalogue: Catalogue, language: str) -> Cells:
    role, cells = catalogue.translated(by_identity.value, language), dict[str, float | str]()
    for indicator in role.indicators:
        cells[f"{part_id(indicator.id)} rule"] = indicator.rule_text
        cells[f"{part_id(indicator.id)} weight"] = weight_value(role.weights[indicator.id])
        for number, part in enumerate(indicator.parts):
            row = part_id(indicator.id, number)
            cells[f"{row} unit"] = part.unit
            if part.target is not None:
                cells[f"{row} target"] = part.target
    return cells


def path_of(history: Path, quarter: Quarter) -> Path:
    """The record of a quarter."""
    return history / f"issued={quarter}.json"


def read_issued(history: Path, quarter: Quarter) -> list[IssuedForm]:
    """The issued forms of a quarter; none where nothing was recorded. Raises `IssuedError`, OSError."""
    path = path_of(history, quarter)
    if not path.is_file():
        return []
    try:
        record = json.loads(path.read_text("utf-8"))
        shared: list[Cells] = record["shared"]
        return [IssuedForm(*who, shared[place], own) for *who, place, own in record["forms"]]  # type: ignore[call-arg]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise IssuedError(PROBLEMS.message("issued_damaged", path=str(path), error=str(error))) from None


def record_issued(history: Path, quarter: Quarter, forms: Iterable[IssuedForm]) -> None:
    """Add forms to the record of a quarter; one issued again replaces the earlier one. Raises as `read_issued`."""
    known = {(form.id, form.role, form.start): form for form in (*read_issued(history, quarter), *forms)}
    shared: list[Cells] = []
    places: dict[int, int] = {}
    entries = []
    for form in known.values():
        if id(form.shared) not in places:
            places[id(form.shared)] = len(shared)
            shared.append(form.shared)
        own = (places[id(form.shared)], form.own)
        entries.append((form.id, form.name, form.role, form.digest, form.start, form.end, *own))
    content = json.dumps({"shared": shared, "forms": entries}, ensure_ascii=False, indent=0)
    write_whole(path_of(history, quarter), content.encode(), overwrite=True)
