"""Whose results have changed since the quarter was collected before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from xlkpi.i18n.numbers import is_number

if TYPE_CHECKING:
    from xlkpi.collect.collection import Collection


@dataclass(frozen=True)
class Standing:
    """A person's final score and grade in a quarter; None without a result."""

    final: float | None
    grade: str | None


Standings = dict[tuple[str, str], Standing]
"""By staff number and name."""


@dataclass(frozen=True)
class ScoreChange:
    """A person whose result has changed. before, after: None where the person was not there, or is not there now."""

    id: str
    name: str
    before: Standing | None
    after: Standing | None


def changes(before: Standings, after: Standings) -> list[ScoreChange]:
    """The changes between two collections of a quarter: people of the second one first, then people who are gone."""
    people = dict.fromkeys((*after, *before))
    return [ScoreChange(*who, before.get(who), after.get(who)) for who in people if before.get(who) != after.get(who)]


def standings_of(collection: Collection) -> Standings:
    """Those of everyone in a collection."""
    persons = (ranked.person for ranked in collection.ranking)
    return {
        (one.id, one.name): Standing(float(one.final) if is_number(one.final) else None, one.grade or None)
        for one in persons
    }


def standings(rows: pd.DataFrame) -> Standings:
    """(id, name) → standing, for everyone in a quarter's rows."""
    names = ["id", "name", "person_final", "person_grade"]
    once = rows[names].drop_duplicates(["id", "name"])
    columns = (once[column].tolist() for column in names)
    return {
        (id, name): Standing(None if pd.isna(final) else final, grade or None)
        for id, name, final, grade in zip(*columns, strict=True)
    }
