"""What `collect` prints: the ranking, the board, the changes since the last time, the problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import print_problems, terminal
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UNSIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.collect.collection import Collection
    from xlkpi.collect.history import ScoreChange


def print_collected(
    collection: Collection,
    changes: Sequence[ScoreChange],
    kept: Sequence[tuple[str, str, str]],
    output: Path,
    history: Path,
) -> None:
    """Print the ranking, the board, the changes and the problems, and where the results are."""
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.cli.quarter.changes import print_changes, print_kept
    from xlkpi.collect.board import STATES, by_superior
    from xlkpi.collect.letters.owed import reminders
    from xlkpi.i18n.numbers import score_text

    language = collection.language
    console, labels = terminal(), words(language)
    headers = map(labels, ("rank_word", "employee_id", "name", "department", "final", "grade"))
    table = Table(*headers, title=f"{collection.quarter}", title_justify="left")
    for ranked in collection.ranking:
        person = ranked.person
        final = score_text(person.final) or COMMANDS("incomplete", language)
        row = (str(ranked.rank or "—"), person.id, person.name, person.department, final, person.grade or "—")
        table.add_row(*map(escape, row))
    console.print(table)
    states = [f"state_{state}" for state in (*STATES, "copies", "changed")]
    board = Table(*map(labels, ("superior", "col_expected", *states)))
    keys = ("expected", *STATES, "copies", "changed")
    for superior, count in by_superior(collection.lines).items():
        board.add_row(escape(superior or "—"), *(str(count[key] or "") for key in keys))
    console.print(board)
    print_changes(changes, language)
    if collection.excepted:
        alone = sum(line.approved == "superior" for line in collection.excepted)
        values = {"count": len(collection.excepted), "by_superior": alone, "sheet": labels("sheet_excepted")}
        click.echo(COMMANDS("excepted_listed", language, **values))
    unsigned = [problem for problem in collection.problems if problem.kind == UNSIGNED]
    apart = (UNSIGNED, "missing")
    print_problems([problem for problem in collection.problems if problem.kind not in apart], language)
    for line in reminders(collection.lines, language):
        click.echo(line)
    if unsigned:
        click.echo(COMMANDS("unsigned_forms", language, count=len(unsigned), sheet=labels("sheet_problems")))
    print_kept(kept, language)
    click.echo(COMMANDS("collected", language, path=output, history=history))
