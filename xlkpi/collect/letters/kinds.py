"""The letters of each kind: which superior gets which files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi.appraisal.people import identity
from xlkpi.collect.board import BoardLine
from xlkpi.collect.letters.letter import FORMS, GUIDES, REMINDER, Letter, letter
from xlkpi.collect.letters.owed import owed, shown_names
from xlkpi.common.assignment import Identity
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.intake.received import ReceivedFile

_WORD, _PAGE = ".docx", ".html"


@dataclass(frozen=True)
class Wanted:
    """What all letters have in common. addresses: by superior. until: when an answer is wanted."""

    quarter: Quarter
    addresses: Mapping[str, str]
    until: str | None
    language: str

    def letter(
        self, kind: str, superior: str, names: Sequence[str], files: Sequence[tuple[str, Path]], lines: str = ""
    ) -> Letter:
        until = COMMANDS("send_until", self.language, until=self.until) if self.until else ""
        values = {"quarter": self.quarter, "names": tuple(names), "count": len(names), "until": until, "lines": lines}
        values["attached"] = COMMANDS("send_attached", self.language) if files else ""
        address = self.addresses.get(superior, "")
        return letter(kind, superior, values, files, to=address, language=self.language)


@dataclass(frozen=True)
class Made:
    """The letters, and a line for each file and superior that something is to be done about."""

    letters: tuple[Letter, ...]
    told: tuple[str, ...]


def forms(issued: Sequence[ReceivedFile], wanted: Wanted) -> Made:
    """A letter to each superior with the workbooks of their people; a workbook with people of several is in none."""
    told, files, people = _by_superior(issued)
    letters = [wanted.letter(FORMS, superior, shown_names(people[superior]), own) for superior, own in files.items()]
    return Made(tuple(letters), tuple(told))


def reminders(lines: Sequence[BoardLine], issued: Sequence[ReceivedFile], wanted: Wanted) -> Made:
    """A letter to each superior whose forms lack; where some never came, with the workbooks that were issued."""
    told, files, _ = _by_superior(issued)
    letters = []
    for one in owed(lines):
        everyone = (*one.missing, *one.unreadable, *one.incomplete)
        if not one.superior:
            told.append(COMMANDS("send_nobody", files=shown_names(everyone)))
            continue
        attached = files.get(one.superior, []) if one.missing or one.unreadable else []
        if issued and not attached and one.missing:
            told.append(COMMANDS("send_file_missing", superior=one.superior))
        text = one.lines(wanted.language)
        letters.append(wanted.letter(REMINDER, one.superior, shown_names(everyone), attached, text))
    return Made(tuple(letters), tuple(told))


def guides(folder: Path, wanted: Wanted) -> Made:
    """A letter for each folder of guides, which has the superior's name; of a guide in two formats the Word one."""
    known = {_folder_name(name): name for name in wanted.addresses}
    letters = []
    for own in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = [path for path in sorted(own.iterdir()) if path.suffix in (_WORD, _PAGE)]
        in_word = {path.stem for path in files if path.suffix == _WORD}
        files = [path for path in files if path.suffix == _WORD or path.stem not in in_word]
        if files:
            named = [(f"{wanted.quarter}-{path.name}", path) for path in files]
            superior = known.get(own.name, own.name)
            letters.append(wanted.letter(GUIDES, superior, [path.stem for path in files], named))
    alone = tuple(shown_name(path) for path in sorted(folder.iterdir()) if path.suffix in (_WORD, _PAGE))
    told = (COMMANDS("send_nobody", files=alone),) if alone else ()
    return Made(tuple(letters), told)


def _folder_name(superior: str) -> str:
    return FileNames("")(superior)


_Files = dict[str, list[tuple[str, Path]]]


def _by_superior(issued: Sequence[ReceivedFile]) -> tuple[list[str], _Files, dict[str, list[Identity]]]:
    """What is to be told of the files; by superior the files, and the people whose forms they hold."""
    told: list[str] = []
    files: _Files = {}
    people: dict[str, list[Identity]] = {}
    nobody = []
    for file in issued:
        who = [identity(form) for form in file.filled.forms]
        superiors = tuple(sorted({one.superior for one in who}))
        if len(superiors) > 1:
            told.append(COMMANDS("send_several", file=file.name, superiors=tuple(name or "—" for name in superiors)))
        elif not any(superiors):
            nobody.append(file.name)
        else:
            files.setdefault(superiors[0], []).append((file.path.name, file.path))
            people.setdefault(superiors[0], []).extend(who)
    if nobody:
        told.append(COMMANDS("send_nobody", files=tuple(nobody)))
    return told, files, people
