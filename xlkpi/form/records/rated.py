"""The record of ratings: what the ratings of a quarter came to, person by person, as they were written into forms.

It lies in the history folder, a file a quarter, and holds combined values only: nobody's single rating but the person's
own. Forms are held against it: a superior who types over them is told. A digest shows whether somebody edited it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from xlkpi.catalogue.role import Role
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import OTHERS, SELF, rating_id
from xlkpi.form.records.text import content_in, encoded
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import PROBLEMS, MessageError
from xlkpi.i18n.numbers import Value, is_number, same_number, value_text


class RatedError(MessageError):
    """A record that cannot be read, or that somebody has edited."""


@dataclass(frozen=True)
class Rated:
    """A cell that ratings fill in.

    id: staff number. start: first day in the role, ISO, "" from before the quarter. row, column: of the form. value:
    points; for a self rating the place of its level, from the best one on; None where nobody rated.
    """

    id: str
    role: str
    start: str
    row: str
    column: str
    value: float | None


def path_of(history: Path, quarter: Quarter) -> Path:
    """The record of a quarter."""
    return history / f"rated={quarter}.json"


def read_rated(history: Path, quarter: Quarter) -> list[Rated]:
    """The ratings of a quarter; none where none were recorded. Raises `RatedError`, OSError."""
    path = path_of(history, quarter)
    if not path.is_file():
        return []
    try:
        record = content_in(path)
        rated = [Rated(*entry) for entry in record["rated"]]
        intact = record["digest"] == _digest(rated, quarter)
    except (ValueError, TypeError, KeyError) as error:
        raise RatedError(PROBLEMS.message("rated_damaged", path=str(path), error=str(error))) from None
    if not intact or not all(map(_is_sound, rated)):
        raise RatedError(PROBLEMS.message("rated_edited", path=str(path), quarter=quarter))
    return rated


def all_rated(history: Path) -> tuple[dict[str, list[Rated]], dict[str, RatedError]]:
    """The ratings of every quarter; and by name of file why a record cannot be read: it has none. Raises OSError."""
    found: dict[str, list[Rated]] = {}
    errors: dict[str, RatedError] = {}
    for path in sorted(history.glob("rated=*.json")) if history.is_dir() else ():
        name = path.stem.removeprefix("rated=")
        try:
            found[name] = read_rated(history, Quarter.parse(name))
        except RatedError as error:
            found[name], errors[path.name] = [], error
        except ValueError:  # no record of ours
            continue
    return found, errors


def record_rated(history: Path, quarter: Quarter, rated: Iterable[Rated]) -> None:
    """Write the record of a quarter in the place of an earlier one. Raises OSError."""
    rated = list(rated)
    content = {"rated": [astuple(one) for one in rated], "digest": _digest(rated, quarter)}
    write_whole(path_of(history, quarter), encoded(content, indent=0), overwrite=True)


def recorded(role: Role, one: Rated, language: str) -> float | str | None:
    """What stands in a cell of a form by the record; None where the role has no such level, or nobody gave a number."""
    if one.column == SELF:
        levels = next((i.levels for i in role.indicators if rating_id(i.id) == one.row), ())
        place = None if one.value is None else int(one.value)
        return levels[place] if place is not None and 0 <= place < len(levels) else None
    if one.value is None:
        return words(language)("nobody") if one.column == OTHERS else None
    return one.value


def is_same(now: Value, was: float | str) -> bool:
    """Whether a cell holds what is recorded."""
    if is_number(now) and is_number(was):
        return same_number(float(now), float(was))
    return value_text(now).strip().casefold() == value_text(was).casefold()


def _is_sound(one: Rated) -> bool:
    texts = all(isinstance(text, str) for text in (one.id, one.role, one.start, one.row, one.column))
    return texts and one.column in (SELF, OTHERS, "quarter") and (one.value is None or is_number(one.value))


def _digest(rated: Iterable[Rated], quarter: Quarter) -> str:
    return hashlib.sha256(encoded([str(quarter), [astuple(one) for one in rated]], indent=None)).hexdigest()
