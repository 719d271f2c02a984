"""Makes the filled workbooks of `fill`, by several processes where there are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xlkpi.cli.app import progress
from xlkpi.cli.numbers.forms import MANY
from xlkpi.cli.workers import workers
from xlkpi.common.parallel import LostError, mapped
from xlkpi.fill.findings import FAULT, NOTE
from xlkpi.fill.write import Typed, typed_in
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import Problem, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.fill.run import Filling
    from xlkpi.fill.targets import FormFile


def contents(filling: Filling, jobs: int | None) -> Iterator[tuple[FormFile, bytes | None]]:
    """Every file with its new content, None where nothing changes or it could not be calculated, which is told."""
    typed = {one.name: one for one in filling.typed()}
    with workers(jobs, None, many=len(typed) > MANY) as executor:
        made = mapped(_made, typed.values(), executor, size=lambda one: one.size, lost=_lost)
        done = dict(zip(typed, progress(made, COMMANDS("fill_writing"), len(typed)), strict=True))
    for file in filling.files:
        content, problems = done.get(file.name, (None, ()))
        if isinstance(content, str):
            filling.findings.add(FAULT, "fill_unreadable", file.name, error=content)
            content = None
        for one in problems:
            values = {"message": one.message, "advice": one.advice}
            filling.findings.add(NOTE, "fill_calculated", file.name, one.sheet, one.cell, **values)
        yield file, content


def _made(typed: Typed) -> tuple[bytes | str, Sequence[Problem]]:
    """The content; the reason, as text, where there is none."""
    try:
        return typed_in(typed)
    except UnreadableError as error:
        return str(error), ()


def _lost(typed: Typed) -> tuple[bytes | str, Sequence[Problem]]:
    raise LostError(typed.name)
