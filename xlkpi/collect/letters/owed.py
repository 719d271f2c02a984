"""What superiors owe: the forms that have not come, and those that are incomplete, of each superior's people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.collect.board import INCOMPLETE, MISSING, UNREADABLE, BoardLine
from xlkpi.common.assignment import Identity
from xlkpi.i18n.message_files import COMMANDS


@dataclass(frozen=True)
class Owed:
    """The people of one superior, by what is wanted; whoever owes two forms is there twice."""

    superior: str
    missing: tuple[Identity, ...]
    incomplete: tuple[Identity, ...]
    unreadable: tuple[Identity, ...]

    def lines(self, language: str) -> str:
        """A line for each kind of what is wanted."""
        kinds = (("missing", self.missing), ("unreadable", self.unreadable), ("incomplete", self.incomplete))
        return "\n".join(
            COMMANDS(f"send_{kind}", language, count=len(people), names=shown_names(people))
            for kind, people in kinds
            if people
        )


def owed(lines: Sequence[BoardLine]) -> list[Owed]:
    """What each superior owes, in the order of the board; who owes nothing is left out."""
    by_superior: dict[str, list[BoardLine]] = {}
    for line in lines:
        if line.state in (MISSING, INCOMPLETE, UNREADABLE):
            by_superior.setdefault(line.who.superior, []).append(line)
    return [
        Owed(superior, *(tuple(line.who for line in own if line.state == state) for state in _STATES))
        for superior, own in by_superior.items()
    ]


_STATES = (MISSING, INCOMPLETE, UNREADABLE)


def shown_names(people: Sequence[Identity]) -> tuple[str, ...]:
    """Each name once, with the staff number where several people have it; the number where there is no name."""
    ids: dict[str, dict[str, None]] = {}
    for who in people:
        ids.setdefault(who.name or who.id or "—", {})[who.id] = None
    counts = Counter({name: len(of_name) for name, of_name in ids.items()})
    return tuple(f"{name} {id}" if counts[name] > 1 else name for name, of_name in ids.items() for id in of_name)


def reminders(lines: Sequence[BoardLine], language: str) -> list[str]:
    """One line for each superior whose forms have not come, to be pasted into a message."""
    told = []
    for one in owed(lines):
        if one.missing:
            key = "remind" if one.superior else "remind_nobody"
            names = shown_names(one.missing)
            told.append(COMMANDS(key, language, superior=one.superior, count=len(one.missing), names=names))
    return told
