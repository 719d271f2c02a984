"""Finds the forms of the person, or the shop, that a row of a table names."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xlkpi.fill.targets import Form
from xlkpi.fill.words import near
from xlkpi.roster.header import folded

Forms = tuple[Form, ...]


@dataclass(frozen=True)
class NotFound:
    """Why a row is nobody's: the key of a message, and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The people of a row, each with all forms of theirs. by_shop: what the row says is a shop's, not a person's."""

    people: tuple[Forms, ...]
    by_shop: bool = False


_MOST_SLIPS = 100
"""Unknown people of a table that may be slips of the pen. With more, it is about others, too: comparing each of them
with everybody would take longer than all the rest."""


class People:
    """The people whose forms are to be filled in. shops: folded shop (or nickname) → staff numbers."""

    def __init__(self, forms: Iterable[Form], shops: Mapping[str, tuple[str, ...]]) -> None:
        by_number: dict[str, list[Form]] = defaultdict(list)
        by_name: dict[str, dict[str, list[Form]]] = defaultdict(lambda: defaultdict(list))
        for form in forms:
            if form.number:
                by_number[_key(form.number)].append(form)
            by_name[_key(form.name)][form.number].append(form)
        self._by_number = {number: tuple(forms) for number, forms in by_number.items()}
        self._by_name = {name: [tuple(forms) for forms in people.values()] for name, people in by_name.items() if name}
        self._short: dict[str, list[Forms]] = defaultdict(list)
        for number, same in self._by_number.items():
            self._short[_short(number)].append(same)
        self._shops = shops
        self._looked = 0

    def find(self, number: str, name: str, shop: str) -> Found | NotFound:
        """Whose a row is: by staff number, else by name where only one person has it, else by shop."""
        if number:
            return self._of_number(number, name)
        if name:
            return self._of_name(name)
        return self._of_shop(shop) if shop else NotFound("fill_nobody")

    def _of_number(self, number: str, name: str) -> Found | NotFound:
        found = self._by_number.get(_key(number))
        alike = self._short.get(_short(_key(number)), [])
        if found is None and len(alike) == 1:
            found = alike[0]  # a spreadsheet has dropped the zeros of 0012
        if found is None:
            return self._of_mapped(number) or _unknown("number", number, self._near(number, name))
        if name and _key(found[0].name) != _key(name):
            return NotFound("fill_other_name", {"number": number, "name": name, "known": found[0].name})
        return Found((found,))

    def _near(self, number: str, name: str) -> str:
        same = self._by_name.get(_key(name), []) if name else []
        if len(same) == 1:
            return same[0][0].who
        return self._nearest(number, [forms[0].number for forms in self._by_number.values()])

    def _nearest(self, text: str, known: Sequence[str]) -> str:
        """Which of these is written nearly so, among the first `_MOST_SLIPS` that nobody has."""
        self._looked += 1
        return near(text, known) if self._looked <= _MOST_SLIPS else ""

    def _of_name(self, name: str) -> Found | NotFound:
        people = self._by_name.get(_key(name), [])
        if len(people) == 1:
            return Found((people[0],))
        if people:
            return NotFound("fill_name_twice", {"name": name, "who": tuple(forms[0].who for forms in people)})
        known = [forms[0].name for same in self._by_name.values() for forms in same]
        return self._of_mapped(name) or _unknown("name", name, self._nearest(name, known))

    def _of_mapped(self, text: str) -> Found | None:
        """By the sheet of shops, which also holds nicknames; None where it does not know the text."""
        found = self._of_shop(text) if folded(text) in self._shops else None
        return found if isinstance(found, Found) else None

    def _of_shop(self, shop: str) -> Found | NotFound:
        numbers = self._shops.get(folded(shop))
        if numbers is None:
            return _unknown("shop", shop, near(shop, list(self._shops)))
        found = [self._by_number.get(_key(number)) for number in numbers]
        people = tuple(forms for forms in found if forms is not None)
        if not people:
            return NotFound("fill_shop_nobody", {"shop": shop, "number": numbers})
        return Found(people, by_shop=True)


def _unknown(kind: str, text: str, near: str) -> NotFound:
    """Nobody is called so; near: who is called nearly so, "" for nobody."""
    values = {kind: text, "near": near} if near else {kind: text}
    return NotFound(f"fill_unknown_{kind}_near" if near else f"fill_unknown_{kind}", values)


def _key(text: str) -> str:
    """A text for looking up: without spaces, and a number without the .0 that other programs add to it."""
    key = unicodedata.normalize("NFKC", text).strip().casefold().replace(" ", "")
    return key.removesuffix(".0") if key.removesuffix(".0").isdecimal() else key


def _short(number: str) -> str:
    return number.lstrip("0") if number.isdecimal() else number
