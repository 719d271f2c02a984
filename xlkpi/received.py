"""The filled workbooks of a folder: every form once, duplicates told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from xlkpi.files import shown_name
from xlkpi.intake import Filled, Form, open_workbook, scored
from xlkpi.problems import Problem
from xlkpi.quarter import Quarter
from xlkpi.unpacked import attempt, content_of


@dataclass(frozen=True)
class Duplicate:
    """A form that another file has too, and the file that counts."""

    file: str
    sheet: str
    name: str
    used: str


def filled_files(folder: Path) -> list[Path]:
    """The workbooks of a folder by name, without the lock files of Excel. Raises OSError."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".xlsx" and not p.name.startswith("~$"))


@dataclass(frozen=True)
class Received:
    """A form that came back: its file, when that was changed, of which quarter it is."""

    path: Path
    changed: float
    quarter: Quarter
    form: Form
    lite: str | None = None
    """The package of its workbook's functions for xlwings Lite."""

    @property
    def rank(self) -> tuple[bool, float, str]:
        """Of duplicates the newest complete one counts."""
        return self.form.appraisal.complete, self.changed, self.path.name

    @property
    def name(self) -> str:
        """Whose it is, as the roster says or as typed."""
        return self.form.post.name if self.form.post else self.form.appraisal.inputs.person.get("name", "")

    @property
    def id(self) -> str:
        """The staff number."""
        return self.form.post.id if self.form.post else self.form.appraisal.inputs.person.get("employee_id", "")

    @property
    def key(self) -> tuple[object, ...]:
        """What duplicates have in common: the post; without a roster the role and whoever typed their name."""
        role, post = self.form.appraisal.role.id, self.form.post
        if post is not None:
            return role, post.id, post.start
        return (role, self.id, self.name) if self.id or self.name else (self.path, self.form.sheet)


def received_from(files: Sequence[Path]) -> tuple[list[Received], list[Problem]]:
    """The forms of the files; what cannot be read."""
    received: list[Received] = []
    problems: list[Problem] = []
    for path in files:
        file = shown_name(path)
        read = attempt(file, partial(_scored, file, path))
        if isinstance(read, Problem):
            problems.append(read)
            continue
        filled, changed = read, path.stat().st_mtime
        # What is wrong in single cells is told where it keeps something from being carried over.
        problems += [problem for problem in filled.problems if problem.cell is None]
        try:
            quarter = Quarter.parse(filled.quarter or "")
        except ValueError as error:
            if filled.forms:
                problems.append(
                    Problem(file, None, None, None, None, "quarter", str(error), "请用 xlkpi new 生成的文件填写")
                )
            continue
        received += [Received(path, changed, quarter, form, filled.lite) for form in filled.forms]
    return received, problems


def _scored(file: str, path: Path) -> Filled:
    return scored(open_workbook(content_of(path), file))


def quarter_of(received: Sequence[Received]) -> Quarter:
    """The quarter of most files, the newest of several."""
    files = Counter({(one.path, one.quarter): one.quarter for one in received}.values())
    return max(files, key=lambda quarter: (files[quarter], quarter))


def of_another_quarter(path: Path, quarter: Quarter) -> Problem:
    """A file that has no form of the quarter."""
    return Problem(
        shown_name(path), None, None, None, None, "quarter", f"不是{quarter}的考核表", "请放到那一季的文件夹里"
    )


def chosen_of(received: Sequence[Received]) -> tuple[list[tuple[Path, Received]], list[Duplicate]]:
    """Every form once, with the workbook that it is in; the duplicates that do not count.

    A form's place is the file with the shortest name: copies have longer ones.
    """
    groups: dict[tuple[object, ...], list[Received]] = {}
    for one in received:
        groups.setdefault(one.key, []).append(one)
    chosen: list[tuple[Path, Received]] = []
    duplicates: list[Duplicate] = []
    for group in groups.values():
        best = max(group, key=lambda one: one.rank)
        chosen.append((min((one.path for one in group), key=lambda path: (len(path.name), path.name)), best))
        duplicates += [
            Duplicate(shown_name(o.path), o.form.sheet, o.name, shown_name(best.path)) for o in group if o is not best
        ]
    return sorted(chosen, key=lambda pair: pair[0]), duplicates
