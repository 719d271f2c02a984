"""What `xlkpi collect` prints of a collection: the ranking, the board, changes, problems, whom to remind."""

from __future__ import annotations

from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import print_problems, terminal
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import SEVERITIES, UNSIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.collect.changes import ScoreChange, Standing
    from xlkpi.collect.collection import Collection


MOST_LINES = 200
"""Lines of the ranking, of the board and of problems that are printed: nobody reads those of thousands of people."""


def print_collection(
    collection: Collection,
    changes: Sequence[ScoreChange],
    kept: Sequence[tuple[str, str, str]],
    output: Path,
    history: Path,
) -> None:
    """Print a collection, and where it was written.

    kept: number, name and summary of those who stay in the history from other summaries.
    """
    from xlkpi.collect.letters.owed import reminders

    language, labels = collection.language, words(collection.language)
    _print_ranking(collection)
    _print_board(collection)
    _print_changes(changes, language)
    if collection.excepted:
        alone = sum(line.approved == "superior" for line in collection.excepted)
        values = {"count": len(collection.excepted), "by_superior": alone, "sheet": labels("sheet_excepted")}
        click.echo(COMMANDS("excepted_listed", language, **values))
    unsigned = [problem for problem in collection.problems if problem.kind == UNSIGNED]
    apart = (UNSIGNED, "missing")
    others = [problem for problem in collection.problems if problem.kind not in apart]
    if len(others) > MOST_LINES:  # else they stay beside each other by file
        others.sort(key=lambda problem: SEVERITIES.index(problem.severity))
    print_problems(others[:MOST_LINES], language)
    _print_more(len(others), "sheet_problems", language)
    for line in reminders(collection.lines, language):
        click.echo(line)
    if unsigned:
        click.echo(COMMANDS("unsigned_forms", language, count=len(unsigned), sheet=labels("sheet_problems")))
    _print_kept(kept, language)
    click.echo(COMMANDS("collected", language, path=output, history=history))


def _print_ranking(collection: Collection) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.i18n.numbers import score_text

    language, labels = collection.language, words(collection.language)
    headers = map(labels, ("rank_word", "employee_id", "name", "department", "final", "grade"))
    table = Table(*headers, title=f"{collection.quarter}", title_justify="left")
    for ranked in collection.ranking[:MOST_LINES]:
        person = ranked.person
        final = score_text(person.final) or COMMANDS("incomplete", language)
        row = (str(ranked.rank or "—"), person.id, person.name, person.department, final, person.grade or "—")
        table.add_row(*map(escape, row))
    terminal().print(table)
    _print_more(len(collection.ranking), "sheet_ranking", language)


def _print_board(collection: Collection) -> None:
    """Print how many forms of each superior are there."""
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.collect.board import STATES, by_superior

    language, labels = collection.language, words(collection.language)
    states = [f"state_{state}" for state in (*STATES, "copies", "changed")]
    board = Table(*map(labels, ("superior", "col_expected", *states)))
    keys = ("expected", *STATES, "copies", "changed")
    superiors = by_superior(collection.lines)
    for superior, count in islice(superiors.items(), MOST_LINES):
        board.add_row(escape(superior or "—"), *(str(count[key] or "") for key in keys))
    terminal().print(board)
    _print_more(len(superiors), "sheet_board", language)


def _print_more(lines: int, sheet: str, language: str) -> None:
    """Say how many lines were not printed, and where they are."""
    if lines > MOST_LINES:
        values = {"shown": MOST_LINES, "count": lines - MOST_LINES, "sheet": words(language)(sheet)}
        click.echo(COMMANDS("more_lines", language, **values))


def _print_kept(kept: Sequence[tuple[str, str, str]], language: str) -> None:
    if kept:
        summaries = tuple(sorted({PurePosixPath(summary).name or "—" for _, _, summary in kept}))
        click.echo(COMMANDS("history_kept", language, count=len(kept), summaries=summaries))


def _print_changes(changes: Sequence[ScoreChange], language: str) -> None:
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
