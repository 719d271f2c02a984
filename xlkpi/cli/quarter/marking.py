"""Writes the copies of checked files in which the cells with findings are marked, for `xlkpi check --mark`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import USAGE, fail, may_write
from xlkpi.common.files import is_folder, write_whole
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.check.run import Checked


class MarkedType(click.Path):
    """Where to write marked copies: a workbook (.xlsx) for one file, or a folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(value))
        is_file = not is_folder(path) and (path.exists() or re.fullmatch(r"\.[A-Za-z]{2,5}", path.suffix) is not None)
        if is_file and path.suffix.lower() != ".xlsx":
            self.fail(COMMANDS("ending", ending=".xlsx", path=path), param, ctx)
        return super().convert(value, param, ctx)


@dataclass(frozen=True)
class Copies:
    """The marked copies of some files: one file, or a folder in which each has its place."""

    output: Path
    places: tuple[Path, ...]

    @property
    def in_folder(self) -> bool:
        return self.places != (self.output,)


def copies_of(named: Sequence[tuple[str, Path]], output: Path, *, overwrite: bool) -> Copies:
    """Where the copy of each file goes: `named` has its path from the folder it was found in, and its path.

    Exits with a message where one cannot be written.
    """
    if output.suffix.lower() == ".xlsx" and not is_folder(output):
        if len(named) != 1:
            fail(COMMANDS("mark_one_file"), USAGE)
        places = [output]
    else:
        places = [output / name for name, _ in named]
    if twice := next((place for place, count in Counter(places).items() if count > 1), None):
        fail(COMMANDS("renew_same_name", name=twice.name), USAGE)
    for (_, path), place in zip(named, places, strict=True):
        may_write(place, path, overwrite=overwrite)
    return Copies(output, tuple(places))


def write_marked(
    files: Sequence[Path], checked: Sequence[Checked], copies: Copies, language: str, *, overwrite: bool, quietly: bool
) -> bool:
    """Write the copies and return whether every file could be marked; in a folder only those with findings at cells."""
    from xlkpi.xlsx.annotate import mark, marks_of
    from xlkpi.xlsx.archive import content_of

    cells = written = failed = 0
    for path, one, place in zip(files, checked, copies.places, strict=False):  # behind them: what belongs to no file
        marks = marks_of(one.findings)
        if copies.in_folder and not marks:
            continue
        try:
            content = mark(content_of(path), marks)
        except UnreadableError as error:
            reason = error.in_language(one.language)
            click.echo(COMMANDS("cannot_mark", one.language, file=path, error=reason), err=True)
            failed += 1
            continue
        write_whole(place, content, overwrite=overwrite)
        cells, written = cells + sum(map(len, marks.values())), written + 1
    if not quietly and (written or copies.in_folder):
        key = "marked_folder" if copies.in_folder else "marked"
        click.echo(COMMANDS(key, language, count=cells, files=written, path=copies.output))
    return failed == 0
