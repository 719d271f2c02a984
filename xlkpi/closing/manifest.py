"""The manifest of an archive: what counted, from which file, who confirmed it; with a digest over all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xlkpi.common.quarter import Quarter
from xlkpi.form.records.closed import Reopened
from xlkpi.form.records.collected import Collected
from xlkpi.form.records.text import content_in, encoded
from xlkpi.i18n.message_files import PROBLEMS, MessageError
from xlkpi.version import __version__

CONTRACT = 1
NAME = "manifest.json"


class ManifestError(MessageError):
    """A manifest that cannot be read."""


@dataclass(frozen=True)
class Confirmation:
    """Who closes a quarter, when (ISO time), and why with appeals that are not settled; "" for none."""

    by: str
    at: str
    with_open: str = ""


@dataclass(frozen=True)
class Closing:
    """All that a quarter is closed with. rows: the history of the quarter is not in it: it is written beside."""

    quarter: Quarter
    collected: Collected
    confirmation: Confirmation
    reopened: tuple[Reopened, ...] = ()


def manifest(closing: Closing, files: Mapping[str, str], pdf: str) -> dict[str, Any]:
    """The manifest.

    files: SHA-256 of every other file of the archive. pdf: why forms are not printed, "" where they are.
    """
    collected, confirmation = closing.collected, closing.confirmation
    content: dict[str, Any] = {
        "contract": CONTRACT,
        "xlkpi": __version__,
        "quarter": str(closing.quarter),
        "closed_at": confirmation.at,
        "closed_by": confirmation.by,
        "open_appeals": list(collected.pending),
        "open_reason": confirmation.with_open or None,
        "errors": collected.errors,
        "missing": list(collected.missing),
        "summary": {"file": collected.summary_file, "sha256": collected.summary},
        "history": collected.rows,
        "people": people(closing),
        "sources": dict(collected.files),
        "files": dict(files),
        "not_printed": pdf or None,
        "reopened": [asdict(one) for one in closing.reopened],
    }
    return {**content, "digest": digest(content)}


def people(closing: Closing) -> list[dict[str, Any]]:
    """Everyone, in the order of the ranking, with the files that counted."""
    digests = closing.collected.files
    return [
        {
            "rank": person.rank,
            "id": person.id,
            "name": person.name,
            "department": person.department,
            "superior": person.superior,
            "total": person.total,
            "final": person.final,
            "final_before_appeal": person.final_before,
            "grade": person.grade,
            "coefficient": person.coefficient,
            "forms": [
                {**asdict(form), "signed": list(form.signed), "sha256": digests.get(form.file, "")}
                for form in person.forms
            ],
        }
        for person in closing.collected.people
    ]


def digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 over a manifest without its digest, whatever the order of its keys and its spaces."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(encoded(rest, indent=None, sort_keys=True)).hexdigest()


def read_manifest(archive: Path) -> dict[str, Any]:
    """The manifest of an archive. Raises `ManifestError`, OSError."""
    path = archive / NAME
    try:
        content = content_in(path)
        if not isinstance(content, dict) or not all(
            isinstance(content[key], dict) and all(isinstance(text, str) for text in content[key].values())
            for key in ("files", "sources")
        ):
            raise TypeError(NAME)
    except FileNotFoundError:
        raise ManifestError(PROBLEMS.message("manifest_gone", path=str(path))) from None
    except (ValueError, TypeError, KeyError) as error:
        raise ManifestError(PROBLEMS.message("manifest_damaged", path=str(path), error=str(error))) from None
    return content
