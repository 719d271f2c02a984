"""The quarter before, as the history knows it: each person's final score, and whether the quarter was a whole one."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xlkpi.common.quarter import Quarter


@dataclass(frozen=True)
class PastPerson:
    """A person in the quarter before. final: None without a result. whole: in post on every day of that quarter."""

    id: str
    name: str
    department: str
    superior: str
    roles: frozenset[str]
    final: float | None
    whole: bool


def past_people(rows: pd.DataFrame, quarter: Quarter) -> list[PastPerson]:
    """Everyone in a quarter's rows of the history, with the department and superior of the last post.

    Whoever has neither number nor name is left out: nobody can say who that was.
    """
    forms = rows.drop_duplicates(["id", "name", "role", "start"])
    forms = forms[(forms["id"] != "") | (forms["name"] != "")]
    columns = ("id", "name", "department", "superior", "role", "days", "person_final")
    by_person: dict[tuple[str, str], list[tuple[str, str, str, int, float]]] = {}
    for id, name, *form in zip(*(forms[column].tolist() for column in columns), strict=True):
        by_person.setdefault((id, name), []).append(tuple(form))
    days = days_of(quarter)
    return [
        PastPerson(
            id,
            name,
            department=posts[-1][0],
            superior=posts[-1][1],
            roles=frozenset(role for _, _, role, _, _ in posts),
            final=None if pd.isna(posts[-1][4]) else float(posts[-1][4]),
            whole=sum(of_post for *_, of_post, _ in posts) >= days,
        )
        for (id, name), posts in by_person.items()
    ]


def days_of(quarter: Quarter) -> int:
    """The days of a quarter."""
    return (quarter.last_day - quarter.first_day).days + 1
