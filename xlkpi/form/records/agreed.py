"""The record of agreed targets: with whom which targets, weights and rules were agreed, who signed, and every revision.

It lies in the history folder, a file a quarter; nothing in it is ever replaced. Returned forms are held against it.
Every entry carries a seal of its content and of the entry before it, so that a record edited by hand is noticed;
whoever computes the seals anew can still edit it: it guards against a changed number, not against a forger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.records.text import content_in, encoded
from xlkpi.i18n.message_files import PROBLEMS, MessageError

Terms = Mapping[str, float | str]
"""What is agreed, by "row id column id": targets, weights, rules, units, spare rows, key actions. Nothing for empty."""
Post = tuple[str, str, str]
"""Whose agreement it is: staff number (the name where there is none), role, and first day in it (ISO, "" for open)."""


class AgreedError(MessageError):
    """A record that cannot be read."""


@dataclass(frozen=True)
class Revision:
    """Why an agreement was revised. since: ISO date from which it holds. approver: who approved it."""

    since: str
    reason: str
    approver: str


@dataclass(frozen=True)
class Agreed:
    """One agreement with a person; where it is a revision, the earlier ones of the person stay beside it.

    id: the staff number. start: as in `Post`. employee, superior: their signatures as typed. file, hash: the form it
    was read from, and the SHA-256 of that file. recorded: ISO time. late: whether the form had its final score by then,
    so that it was known what the targets come to. revision: None for the first agreement.
    """

    id: str
    name: str
    role: str
    start: str
    manager: str
    employee: str
    superior: str
    terms: Terms
    file: str
    hash: str
    recorded: str
    late: bool = False
    revision: Revision | None = None

    @property
    def post(self) -> Post:
        return self.id or self.name, self.role, self.start


@dataclass(frozen=True)
class Agreements:
    """The record of a quarter, in the order of recording.

    file: its path. edited: the posts of which an entry was changed by hand. incomplete: whether entries were taken out,
    put in or moved by hand.
    """

    file: str = ""
    entries: tuple[Agreed, ...] = ()
    edited: frozenset[Post] = frozenset()
    incomplete: bool = False

    @cached_property
    def _by_post(self) -> dict[Post, list[Agreed]]:
        found: dict[Post, list[Agreed]] = {}
        for entry in self.entries:
            found.setdefault(entry.post, []).append(entry)
        return found

    @cached_property
    def _by_person(self) -> dict[tuple[str, str], list[Agreed]]:
        found: dict[tuple[str, str], list[Agreed]] = {}
        for entry in self.entries:
            found.setdefault(entry.post[:2], []).append(entry)
        return found

    def of(self, post: Post) -> list[Agreed]:
        """The agreements with a person in a role, the last one last."""
        return self._by_post.get(post, [])

    def of_person(self, person: str, role: str) -> list[Agreed]:
        """The agreements with a person, by number or else name, in a role, whenever it began."""
        return self._by_person.get((person, role), [])

    def latest(self, post: Post) -> Agreed | None:
        """The agreement that holds; None without any."""
        known = self.of(post)
        return known[-1] if known else None

    @property
    def untouched(self) -> bool:
        """Whether nobody edited the record."""
        return not self.edited and not self.incomplete


def path_of(history: Path, quarter: Quarter) -> Path:
    """The record of a quarter."""
    return history / f"agreed={quarter}.json"


def read_agreed(history: Path, quarter: Quarter) -> Agreements:
    """The agreements of a quarter; none where nothing was recorded. Raises `AgreedError`, OSError."""
    path = path_of(history, quarter)
    if not path.is_file():
        return Agreements(str(path))
    try:
        record = content_in(path)
        sealed = [_Sealed.of(entry) for entry in record["entries"]]
        links = [("", sealed[0].after)] if sealed else []
        links += [(before.seal, after.after) for before, after in pairwise(sealed)]
        links.append((sealed[-1].seal if sealed else "", record["seal"]))
        edited = frozenset(one.agreed.post for one in sealed if one.seal != _seal(one.after, one.agreed))
        broken = any(one != other for one, other in links)
        return Agreements(str(path), tuple(one.agreed for one in sealed), edited, broken)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise AgreedError(PROBLEMS.message("agreed_damaged", path=str(path), error=str(error))) from None


def record_agreed(history: Path, quarter: Quarter, agreements: Iterable[Agreed]) -> None:
    """Add agreements to the record of a quarter. Hold the history's lock.

    Raises as `read_agreed`, and `AgreedError` for a record that was edited by hand: new seals would hide it.
    """
    path, last, known = path_of(history, quarter), "", read_agreed(history, quarter)
    if not known.untouched:
        raise AgreedError(PROBLEMS.message("agreed_touched", path=known.file))
    entries: list[dict[str, Any]] = []
    for agreed in (*known.entries, *agreements):
        seal = _seal(last, agreed)
        entries.append(asdict(agreed) | {"after": last, "seal": seal})
        last = seal
    write_whole(path, encoded({"entries": entries, "seal": last}), overwrite=True)


@dataclass(frozen=True)
class _Sealed:
    """An entry with its seal, and the seal of the entry before it ("" for the first)."""

    agreed: Agreed
    after: str
    seal: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> _Sealed:
        fields = dict(entry)
        after, seal, revision = fields.pop("after"), fields.pop("seal"), fields.pop("revision")
        agreed = Agreed(**fields)
        texts = [value for name, value in vars(agreed).items() if name not in ("terms", "late", "revision")]
        if not all(isinstance(text, str) for text in texts) or not isinstance(agreed.terms, dict):
            raise TypeError(f"{agreed.name}")
        return cls(replace(agreed, revision=Revision(**revision) if revision else None), after, seal)


def _seal(after: str, agreed: Agreed) -> str:
    return hashlib.sha256(encoded([after, asdict(agreed)], indent=None, sort_keys=True)).hexdigest()[:32]
