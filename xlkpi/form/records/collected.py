"""The record of what was collected last: from which files, to which summary, with which results.

It lies in the history folder, a file a quarter. Closing the quarter holds it against what lies there then.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.records.text import content_in, encoded
from xlkpi.i18n.message_files import PROBLEMS, MessageError
from xlkpi.i18n.numbers import Value


class CollectedError(MessageError):
    """A record that cannot be read."""


@dataclass(frozen=True)
class CollectedForm:
    """A form that counted. file: its path seen from the history. signed: who has signed the result, as typed."""

    file: str
    sheet: str
    role: str
    days: int
    total: Value
    final: Value
    grade: str | None
    signed: tuple[str, ...]


@dataclass(frozen=True)
class CollectedPerson:
    """A person of the ranking.

    final_before: without what was ruled on appeals. coefficient: of the grade or the points; None where the company has
    none.
    """

    id: str
    name: str
    department: str
    superior: str
    rank: int | None
    total: Value
    final: Value
    final_before: Value
    grade: str | None
    coefficient: float | None
    forms: tuple[CollectedForm, ...]


@dataclass(frozen=True)
class Collected:
    """What was collected last. Paths are seen from the history.

    summary, rows: SHA-256 of the summary workbook and of the quarter's rows. folders: where forms and appeals were
    looked for; skipped: what lay there and is neither. files: SHA-256 of every file that was read. beside: those of
    them that are no forms and counted: appeals. pending: the appeals that were not settled. errors: how many problems
    were errors. missing: who was expected and has no form that counts.
    """

    summary_file: str
    summary: str
    rows: str
    folders: tuple[str, ...]
    skipped: tuple[str, ...]
    files: Mapping[str, str]
    beside: tuple[str, ...]
    people: tuple[CollectedPerson, ...]
    pending: tuple[str, ...]
    errors: int
    missing: tuple[str, ...]


def seen_from(folder: Path, path: Path) -> str:
    """A path as it is seen from a folder; the whole path where it lies on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.absolute().as_posix()


def beside(folder: Path, path: str) -> Path:
    """The path that is seen so from a folder."""
    return Path(os.path.normpath(folder / path))


def path_of(history: Path, quarter: Quarter) -> Path:
    """The record of a quarter."""
    return history / f"collected={quarter}.json"


def read_collected(history: Path, quarter: Quarter) -> Collected | None:
    """The record of a quarter; None where it was not collected. Raises `CollectedError`, OSError."""
    path = path_of(history, quarter)
    if not path.is_file():
        return None
    try:
        record = content_in(path)
        people = tuple(_person(one) for one in record.pop("people"))
        tuples = {key: tuple(record.pop(key)) for key in ("folders", "skipped", "beside", "pending", "missing")}
        return Collected(**{**record, **tuples, "people": people})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CollectedError(PROBLEMS.message("collected_damaged", path=str(path), error=str(error))) from None


def _person(record: dict[str, object]) -> CollectedPerson:
    forms: list[dict[str, object]] = record.pop("forms")  # type: ignore[assignment]
    found = tuple(CollectedForm(**{**one, "signed": tuple(one["signed"])}) for one in forms)  # type: ignore[arg-type]
    return CollectedPerson(**record, forms=found)  # type: ignore[arg-type]


def record_collected(history: Path, quarter: Quarter, collected: Collected) -> None:
    """Write the record of a quarter in place of the earlier one. Raises OSError."""
    write_whole(path_of(history, quarter), encoded(asdict(collected)), overwrite=True)
