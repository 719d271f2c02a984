"""Who has agreed: every expected form beside the record, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from xlkpi.appraisal.people import identity
from xlkpi.collect.agreement.ready import lacking, notes
from xlkpi.collect.board import MISSING, BoardLine
from xlkpi.common.assignment import Identity
from xlkpi.form.records.agreed import Agreed, Agreements, Post, Revision
from xlkpi.i18n.problems import Problem
from xlkpi.intake.agreement.held import NOT_AGREED, Held
from xlkpi.intake.agreement.terms import Difference, differences, post_of, terms_of
from xlkpi.intake.received import ReceivedForm

AGREED, RECORDED, REVISED, REFUSED, LACKING, ABSENT = (
    "agreed", "recorded", "revised", "refused", "lacking", "absent"
)  # fmt: skip
"""What becomes of somebody's form: agreed already with the same numbers; recorded now; recorded as a revision;
refused, since other numbers were agreed; not recorded, because something is missing; there is no form that counts."""


@dataclass(frozen=True)
class Standing:
    """One person in one role.

    agreed: every agreement of theirs, with the one that is recorded now. lacking: why nothing is recorded. changes:
    from the agreement before. notes: what is worth a look on a form that is recorded.
    """

    who: Identity
    role: str
    state: str
    entry: ReceivedForm | None = None
    agreed: tuple[Agreed, ...] = ()
    changes: tuple[Difference, ...] = ()
    lacking: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def new(self) -> Agreed | None:
        """What is to be added to the record."""
        return self.agreed[-1] if self.state in (RECORDED, REVISED) else None


@dataclass(frozen=True)
class Recording:
    """How agreements are recorded. now: ISO time. revision: None for first ones."""

    now: str
    revision: Revision | None = None


def standings(lines: Iterable[BoardLine], agreements: Agreements, recording: Recording) -> list[Standing]:
    """What becomes of every line of the board."""
    return [_standing(line, agreements, recording) for line in lines]


def _standing(line: BoardLine, agreements: Agreements, recording: Recording) -> Standing:
    entry = line.entry
    if entry is None:
        known = tuple(agreements.of_person(line.who.id or line.who.name, line.role))
        return Standing(line.who, line.role, AGREED if known and line.state == MISSING else ABSENT, agreed=known)
    post = post_of(entry.form)
    known = tuple(agreements.of(post))
    standing = Standing(line.who, line.role, LACKING, entry, known)
    if known:
        changes = tuple(differences(known[-1].terms, terms_of(entry.form)))
        if not changes:
            return replace(standing, state=AGREED)
        standing = replace(standing, changes=changes)
        if recording.revision is None:
            return replace(standing, state=REFUSED)
    elif recording.revision is not None:
        first = entry.problem(NOT_AGREED, entry.file.filled.language, "agree_no_first", name=line.who.name)
        return replace(standing, lacking=(first,))
    if missing := lacking(entry, known[-1] if known else None):
        return replace(standing, lacking=tuple(missing))
    agreed = _agreed(entry, post, recording)
    state = REVISED if known else RECORDED
    told = tuple(notes(entry))
    if agreed.late:
        told += (Held(entry.file.name, entry.form, agreed).late(),)
    return replace(standing, state=state, agreed=(*known, agreed), notes=told)


def _agreed(entry: ReceivedForm, post: Post, recording: Recording) -> Agreed:
    who, signed = identity(entry.form), entry.form.agreement
    return Agreed(
        who.id, who.name, post[1], post[2], who.superior, signed.employee, signed.superior,
        terms_of(entry.form), entry.file.name, entry.file.sha256, recording.now, entry.complete,
        recording.revision,
    )  # fmt: skip


def revisions(agreed: Sequence[Agreed]) -> list[tuple[Agreed, list[Difference]]]:
    """The revisions among somebody's agreements, each with what it changed."""
    pairs = pairwise(agreed)
    return [(after, differences(before.terms, after.terms)) for before, after in pairs]
