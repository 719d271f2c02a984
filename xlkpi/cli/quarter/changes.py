"""What `xlkpi collect` says of the history: whose score has changed since the last time, and who stays in it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import terminal
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.collect.history import ScoreChange, Standing


def print_kept(kept: Sequence[tuple[str, str, str]], language: str) -> None:
    """Print whoever stays in the history from other summaries: number, name and summary of each."""
    if kept:
        summaries = tuple(sorted({PurePosixPath(summary).name or "—" for _, _, summary in kept}))
        click.echo(COMMANDS("history_kept", language, count=len(kept), summaries=summaries))


def print_changes(changes: Sequence[ScoreChange], language: str) -> None:
    """Print the changes since the last collection; nothing after the first one."""
    from rich.markup import escape

    if not changes or all(change.before is None for change in changes):
        return
    console = terminal()
    console.print(COMMANDS("changes", language, count=len(changes)))
    for change in changes:
        key = "new" if change.before is None else "gone" if change.after is None else "moved"
        before, after = _standing(change.before, language), _standing(change.after, language)
        person = " ".join(filter(None, (change.id, change.name)))
        line = COMMANDS(f"change_{key}", language, who=person, before=before, after=after)
        console.print(escape(f"  {line}"), highlight=False)


def _standing(standing: Standing | None, language: str) -> str:
    from xlkpi.i18n.numbers import score_text

    if standing is None or standing.final is None:
        return COMMANDS("no_total", language)
    return f"{score_text(standing.final)} {standing.grade or ''}".strip()
