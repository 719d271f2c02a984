"""One line of the list of raters."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.raters.listing.words import SELF


@dataclass(frozen=True)
class Pair:
    """Somebody who rates somebody. person, rater: staff numbers.

    relation: as the list has it. kind: one of `words.RELATIONS`, "" where a role names the relation. cell: of the
    relation, "" in a draft.
    """

    person: str
    name: str
    rater: str
    rater_name: str
    relation: str
    kind: str
    cell: str = ""

    @property
    def is_self(self) -> bool:
        return self.kind == SELF
