"""Closes a quarter: writes its archive, checks it later, opens the quarter again.

The archive is made beside its place and moved there, the manifest last: without a manifest nothing is closed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.closing.history_book import history_book
from xlkpi.closing.manifest import NAME, Closing, digest, manifest, read_manifest
from xlkpi.closing.manifest_book import manifest_book
from xlkpi.closing.pdf import office, printed
from xlkpi.closing.presence import changed_files, changed_results, new_files
from xlkpi.common.company_folder import APPEALS
from xlkpi.common.files import make_folder, write_whole
from xlkpi.common.leftovers import clear, prefix
from xlkpi.form.names import FileNames
from xlkpi.form.records.closed import Closed, Reopened, record_closed, sha256_of
from xlkpi.form.records.collected import Collected, seen_from
from xlkpi.form.records.text import encoded
from xlkpi.i18n.message_files import COMMANDS


@dataclass(frozen=True)
class Places:
    """Where a quarter lies: the folder of its archive, and the history."""

    archive: Path
    history: Path


@dataclass(frozen=True)
class Archived:
    """What was written. not_printed: why forms have no PDF, "" where they have one. unprinted: forms without one."""

    digest: str
    not_printed: str
    unprinted: tuple[str, ...] = ()


def finalise(
    closing: Closing, places: Places, rows: pd.DataFrame, catalogue: Catalogue, *, pdf: bool = True
) -> Archived:
    """Write the archive and record that the quarter is closed.

    rows: the history of the quarter, with the column `quarter`. Raises FileExistsError for what lies where the archive
    goes, OSError.
    """
    folder = places.archive
    make_folder(folder)
    clear(folder)
    making = Path(tempfile.mkdtemp(dir=folder, prefix=prefix(), suffix=".tmp"))
    try:
        not_printed, unprinted = _fill(making, closing, places, rows, catalogue, pdf=pdf)
        files = {path.relative_to(making).as_posix(): sha256_of(path) for path in _files(making)}
        content = manifest(closing, files, not_printed)
        write_whole(making / NAME, encoded(content))
        for entry in making.iterdir():
            if (folder / entry.name).exists():
                raise FileExistsError(folder / entry.name)
        for entry in sorted(making.iterdir(), key=lambda entry: entry.name == NAME):
            entry.rename(folder / entry.name)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    confirmation = closing.confirmation
    where = seen_from(places.history, folder)
    record_closed(
        places.history,
        closing.quarter,
        Closed(confirmation.at, confirmation.by, content["digest"], where, closing.collected.files, closing.reopened),
    )
    return Archived(content["digest"], not_printed, unprinted)


def _fill(
    making: Path, closing: Closing, places: Places, rows: pd.DataFrame, catalogue: Catalogue, *, pdf: bool
) -> tuple[str, tuple[str, ...]]:
    """Write everything but the manifest. Returns why no form is printed, and the forms that are not."""
    collected, history = closing.collected, places.history
    write_whole(making / Path(collected.summary_file).name, (history / collected.summary_file).read_bytes())
    write_whole(making / f"{COMMANDS('archive_history')}.xlsx", history_book(rows, catalogue))
    write_whole(making / f"{COMMANDS('archive_list')}.xlsx", manifest_book(closing, catalogue))
    names = FileNames()
    for file in collected.beside:
        path = history / file
        write_whole(making / APPEALS / names(path.stem), path.read_bytes())
    names = FileNames()
    for file in dict.fromkeys(form.file for person in collected.people for form in person.forms):
        path = history / file
        write_whole(making / COMMANDS("archive_forms") / names(path.stem), path.read_bytes())
    program = office() if pdf else None
    if program is None:
        return COMMANDS("finalise_no_office" if pdf else "finalise_no_pdf"), ()
    return "", tuple(_print(making / "PDF", collected, history, program))


def _print(folder: Path, collected: Collected, history: Path, program: str) -> Iterator[str]:
    """Write the PDF of every form. The sheets that LibreOffice does not print are returned."""
    forms = [(person, form) for person in collected.people for form in person.forms]
    names = FileNames(".pdf")
    sources = [((history / form.file).read_bytes(), form.sheet) for _, form in forms]
    for (person, form), content in zip(forms, printed(sources, program), strict=True):
        if content is None:
            yield f"{form.file} {form.sheet}"
        else:
            write_whole(folder / names(f"{person.id} {person.name}".strip(), form.role), content)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def differences(closed: Closed, collected: Collected | None, places: Places) -> Iterator[str]:
    """A line for everything that is not as it was when the quarter was closed. Raises `ManifestError`, OSError."""
    content = read_manifest(places.archive)
    if digest(content) != content.get("digest"):
        yield COMMANDS("archive_edited", path=places.archive / NAME)
    elif content["digest"] != closed.digest:
        yield COMMANDS("archive_other", path=places.archive / NAME)
    earlier = [(places.history / one.archive).resolve() for one in closed.reopened]
    for one, folder in zip(closed.reopened, earlier, strict=True):
        if sha256_of(folder / NAME) and digest(read_manifest(folder)) != one.digest:
            yield COMMANDS("archive_edited", path=folder / NAME)
        elif not sha256_of(folder / NAME):
            yield COMMANDS("archive_gone", path=folder / NAME)
    there = {
        path.relative_to(places.archive).as_posix(): path
        for path in _files(places.archive)
        if path.name != NAME or path.parent != places.archive
        if not any(path.resolve().is_relative_to(folder) for folder in earlier)
    }
    for name, known in content["files"].items():
        if name not in there:
            yield COMMANDS("archive_gone", path=places.archive / name)
        elif sha256_of(there[name]) != known:
            yield COMMANDS("archive_changed", path=places.archive / name)
    yield from (COMMANDS("archive_added", path=path) for name, path in there.items() if name not in content["files"])
    yield from changed_files(content["sources"], places.history)
    yield from changed_results(content, places.history)
    if collected is not None:
        yield from (COMMANDS("archive_late", path=path) for path in new_files(collected, places.history))


def reopen(closed: Closed, places: Places, entries: Sequence[str], reopened: Reopened) -> Closed:
    """Move the archive into the folder of an earlier one, and return the record of the open quarter.

    entries: what belongs to the archive. Interrupted, it goes on when called again: the manifest is moved last.
    """
    target = places.history / reopened.archive
    make_folder(target)
    for name in sorted(entries, key=lambda name: name == NAME):
        if (places.archive / name).exists():
            (places.archive / name).rename(target / name)
    return replace(closed, digest="", reopened=(*closed.reopened, reopened))
