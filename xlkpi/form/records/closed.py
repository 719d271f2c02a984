"""The record of closed quarters: when, by whom, from which files; and when one was opened again, and why.

It lies in the history folder, a file a quarter. The archive has the same and more; its digest stands here, too, so that
neither can be changed without the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.records.text import content_in, encoded
from xlkpi.i18n.message_files import PROBLEMS, MessageError


class ClosedError(MessageError):
    """A record that cannot be read."""


@dataclass(frozen=True)
class Reopened:
    """A closed quarter was opened again. at: ISO time. archive: the folder to which the archive went."""

    at: str
    by: str
    reason: str
    closed_at: str
    closed_by: str
    digest: str
    archive: str


@dataclass(frozen=True)
class Closed:
    """A quarter that was closed. at: ISO time. digest: of the manifest, "" while it is open again.

    archive: the folder. files: SHA-256 of the files from which it counted, by their paths seen from the history.
    """

    at: str
    by: str
    digest: str
    archive: str
    files: Mapping[str, str]
    reopened: tuple[Reopened, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether it is closed now."""
        return bool(self.digest)

    def has(self, path: Path) -> bool:
        """Whether a file is one of those from which it counted, unchanged."""
        return sha256_of(path) in self.files.values()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits; "" where it cannot be read or is no regular file."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def path_of(history: Path, quarter: Quarter) -> Path:
    """The record of a quarter."""
    return history / f"closed={quarter}.json"


def read_closed(history: Path, quarter: Quarter) -> Closed | None:
    """The record of a quarter; None where it was never closed. Raises `ClosedError`, OSError."""
    path = path_of(history, quarter)
    if not path.is_file():
        return None
    try:
        record = content_in(path)
        reopened = tuple(Reopened(**one) for one in record.pop("reopened"))
        closed = Closed(**record, reopened=reopened)
        if not all(isinstance(text, str) for text in (closed.at, closed.by, closed.digest, *closed.files.values())):
            raise TypeError(path.name)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ClosedError(PROBLEMS.message("closed_damaged", path=str(path), error=str(error))) from None
    return closed


def record_closed(history: Path, quarter: Quarter, closed: Closed) -> None:
    """Write the record of a quarter in place of an earlier one. Raises OSError."""
    write_whole(path_of(history, quarter), encoded(asdict(closed)), overwrite=True)
