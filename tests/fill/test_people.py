"""Whose a row of a table is."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from xlkpi.fill import people
from xlkpi.fill.people import NotFound, People
from xlkpi.fill.targets import Form


def form(number: str, name: str) -> Form:
    known: dict[str, Any] = {"number": number, "name": name}
    return Form(**{field.name: known.get(field.name) for field in fields(Form)})


def test_a_slip_is_told_from_other_people_of_a_large_table() -> None:
    forms = People([form("10025", "赵一")], {})
    unknown = [forms.find(f"1002{n}" if n < 5 else f"77{n:04}", "", "") for n in range(people._MOST_SLIPS)]
    assert unknown[0] == NotFound("fill_unknown_number_near", {"number": "10020", "near": "10025"})
    assert unknown[-1].key == "fill_unknown_number"  # nobody is called nearly so
    assert forms.find("10024", "", "") == NotFound("fill_unknown_number", {"number": "10024"})  # one too many
    assert forms.find("10024", "赵一", "").values["near"]  # the name still tells
