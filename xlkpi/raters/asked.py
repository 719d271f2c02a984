"""What each rater is asked: a row for every person and thing that this rater judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.raters.listing.pair import Pair
from xlkpi.raters.rateable import Item, counts, items_of, relations_of

_MARK, _BETWEEN = "v:", "|"


@dataclass(frozen=True)
class Asked:
    """One row. person: in the role that is rated; role: in the language of the workbook."""

    quarter: Quarter
    pair: Pair
    person: Assignment
    role: Role
    item: Item

    @property
    def id(self) -> str:
        """The hidden id of the row: also whose workbook it belongs to."""
        return _MARK + _BETWEEN.join(
            (str(self.quarter), self.pair.rater, *self.key, self.pair.kind or self.pair.relation)
        )

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What is rated: staff number, role, first day in it ("" from before the quarter), row id of the form."""
        return *self.person.post, self.item.row


def is_row_id(text: str) -> bool:
    """Whether a text is the id of a row."""
    return text.startswith(_MARK) and text.count(_BETWEEN) >= 6


def whose(id: str) -> tuple[str, str]:
    """The quarter and the rater that the id of a row names."""
    quarter, rater, *_ = id.removeprefix(_MARK).split(_BETWEEN)
    return quarter, rater


def asked_of(
    pairs: Sequence[Pair], assignments: Sequence[Assignment], catalogue: Catalogue, quarter: Quarter, language: str
) -> dict[str, list[Asked]]:
    """Rater → rows, in the order of the list. A rater without rows is there too. Raises `CatalogueError`."""
    company = catalogue.company(None, quarter)
    rows: dict[str, list[Asked]] = {}
    for pair in pairs:
        of_rater = rows.setdefault(pair.rater, [])
        for person in (one for one in assignments if one.id == pair.person):
            role = catalogue.role(person.role, quarter, language)
            items = items_of(role, company, pair.kind, pair.relation)
            of_rater += [Asked(quarter, pair, person, role, item) for item in items]
    return rows


def unasked(
    assignments: Sequence[Assignment], asked: Iterable[Asked], catalogue: Catalogue, quarter: Quarter, language: str
) -> Iterator[Asked]:
    """What forms wait for, or show as rated by nobody, because nobody on the list rates it. Raises `CatalogueError`."""
    company = catalogue.company(None, quarter)
    known = {row.key for row in asked if not row.pair.is_self}
    kind = next((kind for kind in KINDS if counts(company, kind)), "")
    for person in assignments:
        role = catalogue.role(person.role, quarter, language)
        pair = Pair(person.id, person.name, "", "", "", kind)
        items = items_of(role, company, kind, "")
        items += [item for word in relations_of(role) for item in items_of(role, company, "", word)]
        rows = (Asked(quarter, pair, person, role, item) for item in items)
        yield from (row for row in rows if row.key not in known)
