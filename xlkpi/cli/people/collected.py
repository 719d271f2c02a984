"""What `collect` records, so that the quarter can be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.i18n.labels import words
from xlkpi.i18n.problems import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xlkpi.collect.collection import Collection
    from xlkpi.form.records.collected import CollectedPerson
    from xlkpi.intake.received import ReceivedFile


def record(
    collection: Collection,
    summary: Path,
    history: Path,
    received: Sequence[ReceivedFile],
    places: tuple[Sequence[Path], Path | None],
    skipped: Sequence[Path],
) -> None:
    """Record what was collected.

    received: every file that was read. places: the folders of the forms, and that of the appeals. skipped: files and
    folders that were not read.
    """
    from xlkpi.collect.history import path_of
    from xlkpi.form.records.closed import sha256_of
    from xlkpi.form.records.collected import Collected, record_collected, seen_from
    from xlkpi.intake.received import find_files

    forms, appeals = places
    folders = [*forms, *([appeals] if appeals else [])]
    skipped = [path for path in skipped if path != appeals]
    found = {one.path: one.sha256 or sha256_of(one.path) for one in received}  # not what has come since it was read
    found |= {path: sha256_of(path) for _, path in (find_files([appeals]) if appeals else ())}
    missing = (f"{line.who.id} {line.who.name}".strip() for line in collection.lines if line.entry is None)
    record_collected(
        history,
        collection.quarter,
        Collected(
            summary_file=seen_from(history, summary),
            summary=sha256_of(summary),
            rows=sha256_of(path_of(history, collection.quarter)),
            folders=tuple(seen_from(history, folder) for folder in folders),
            skipped=tuple(seen_from(history, path) for path in skipped),
            files={seen_from(history, path): digest for path, digest in found.items()},
            beside=tuple(dict.fromkeys(seen_from(history, appeal.path) for _, _, appeal in collection.appeals)),
            people=tuple(_people(collection, history)),
            pending=tuple(_pending(collection, appeals)),
            errors=sum(problem.severity == ERROR for problem in collection.problems),
            missing=tuple(missing),
        ),
    )


def _pending(collection: Collection, folder: Path | None) -> Iterator[str]:
    """The appeals that are not settled, and the files among them that cannot be read. folder: in which they lie."""
    labels = words(collection.language)
    for person, _, appeal in collection.appeals:
        if appeal.pending:
            yield labels("pending_appeal", id=person.id, name=person.name, label=appeal.label, file=appeal.file)
    heard = {appeal.file for _, _, appeal in collection.appeals}
    unread = {
        problem.file: problem.message
        for problem in collection.problems
        if folder is not None and problem.severity == ERROR and problem.file.startswith(f"{folder.name}/")
    }
    for file, message in unread.items():
        if file not in heard:
            yield labels("problem_line", message=file, advice=message)


def _people(collection: Collection, history: Path) -> Iterator[CollectedPerson]:
    from xlkpi.catalogue.appraising.coefficients import Coefficients
    from xlkpi.form.records.collected import CollectedForm, CollectedPerson, seen_from

    coefficients = Coefficients(collection.catalogue, collection.quarter)
    for ranked in collection.ranking:
        person = ranked.person
        forms = tuple(
            CollectedForm(
                seen_from(history, entry.file.path),
                entry.form.sheet,
                entry.form.appraisal.role.id,
                days,
                entry.form.appraisal.total,
                entry.form.appraisal.final,
                entry.form.appraisal.grade,
                entry.form.signed,
            )
            for entry, days in zip(collection.entries_of(person), person.days, strict=True)
        )
        who = (person.id, person.name, person.department, person.superior, ranked.rank)
        coefficient = coefficients.of(person.grade, person.final)
        scores = (person.total, person.final, person.final_before, person.grade, coefficient)
        yield CollectedPerson(*who, *scores, forms)
