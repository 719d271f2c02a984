"""What `xlkpi agree` tells: a table by superior, what is missing or refused, the revisions; the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.cli.app import print_problems, terminal
from xlkpi.collect.agreement.standing import AGREED, RECORDED, REFUSED, REVISED, Standing, revisions
from xlkpi.common.assignment import Assignment, Identity
from xlkpi.common.quarter import Quarter
from xlkpi.form.issued import IssuedForm
from xlkpi.form.records.agreed import Agreed, Agreements
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ERROR, Problem
from xlkpi.intake.agreement.held import record_problem
from xlkpi.intake.agreement.terms import Difference
from xlkpi.intake.agreement.words import TermWords

NONE = "none"
"""The state of somebody who is expected and has nothing recorded."""


@dataclass(frozen=True)
class Result:
    """What a run of the command comes to. problems: of whole files."""

    quarter: Quarter
    agreements: Agreements
    standings: tuple[Standing, ...]
    problems: tuple[Problem, ...]
    language: str

    @property
    def fine(self) -> bool:
        """Whether everyone has agreed, and the record is whole."""
        settled = all(standing.state in (AGREED, RECORDED, REVISED) for standing in self.standings)
        return settled and self.agreements.untouched and all(p.severity != ERROR for p in self.problems)


def listed(
    agreements: Agreements, expected: Sequence[Assignment] | None, issued: Sequence[IssuedForm]
) -> Iterator[Standing]:
    """Everyone who is expected or has agreed. issued: who is expected where no roster says it."""
    known: dict[tuple[str, str], Identity] = {}
    if expected is not None:
        known = {(one.id or one.name, one.role): one.identity for one in expected}
    else:
        known = {(one.id or one.name, one.role): Identity(one.id, one.name) for one in issued}
    recorded = {
        (one.id or one.name, one.role): Identity(one.id, one.name, "", one.manager) for one in agreements.entries
    }
    people = {key: recorded.get(key, who) if not who.superior else who for key, who in known.items()}
    people |= {key: who for key, who in recorded.items() if key not in people}
    for (person, role), who in sorted(people.items(), key=lambda item: (item[1].superior, item[0])):
        agreed = tuple(agreements.of_person(person, role))
        yield Standing(who, role, AGREED if agreed else NONE, agreed=agreed)


# --- for people -------------------------------------------------------------------------------------------------------


def print_result(result: Result, catalogue: Catalogue, *, listing: bool) -> None:
    """Print the table, then what has to be done, in Chinese."""
    labels = words(HANS)
    keys = ("superior", "employee_id", "name", "post", "agreed_state", "agreed_day")
    headers = [*map(labels, keys), labels("signed_employee"), labels("signed_superior")]
    table = Table(*headers, title=f"{result.quarter}", title_justify="left")
    for one in result.standings:
        last = one.agreed[-1] if one.agreed else None
        signed = (last.recorded[:10], last.employee, last.superior) if last else ("—", "—", "—")
        title = role_title(catalogue, one.role, result.quarter, labels)
        row = (one.who.superior or "—", one.who.id, one.who.name, title, labels(f"agreed_state_{one.state}"), *signed)
        table.add_row(*map(escape, row))
    terminal().print(table)
    for one in result.standings:
        for line in _lines(one, catalogue, result.quarter, labels):
            click.echo(line)
    print_problems([*result.problems, *(p for one in result.standings for p in (*one.lacking, *one.notes))])
    if result.agreements.incomplete or result.agreements.edited:
        print_problems([record_problem(result.agreements, HANS)])
    agreed = sum(one.state in (AGREED, RECORDED, REVISED) for one in result.standings)
    key = "agree_listed" if listing else "agree_done"
    new = sum(one.state in (RECORDED, REVISED) for one in result.standings)
    values = {"count": len(result.standings), "agreed": agreed, "new": new, "path": result.agreements.file}
    click.echo(COMMANDS(key, **values))


def role_title(catalogue: Catalogue, role: str, quarter: Quarter, labels: Labels) -> str:
    """The title of a role; its id where the catalogue has none."""
    try:
        return catalogue.role(role, quarter, labels.language).title
    except UnknownRoleError:
        return role


def _lines(one: Standing, catalogue: Catalogue, quarter: Quarter, labels: Labels) -> Iterator[str]:
    """The revisions of somebody, and the differences for which nothing was recorded."""
    for agreed, changes in revisions(one.agreed):
        if agreed.revision is not None:
            text = _changes(one, agreed, changes, catalogue, quarter, labels)
            yield COMMANDS("agree_revision", name=agreed.name, **asdict(agreed.revision), changes=text)
    if one.state == REFUSED:
        text = _changes(one, one.agreed[-1], one.changes, catalogue, quarter, labels)
        yield COMMANDS("agree_refused", name=one.who.name, changes=text)


def _changes(
    one: Standing, agreed: Agreed, changes: Sequence[Difference], catalogue: Catalogue, quarter: Quarter, labels: Labels
) -> str:
    try:
        role = catalogue.role(one.role, quarter, labels.language)
    except UnknownRoleError:
        return labels("list_separator").join(f"{change.row} {change.column}" for change in changes)
    said = TermWords(role, agreed.terms, labels)
    return COMMANDS("agree_and").join(map(said.change, changes))


# --- for programs -----------------------------------------------------------------------------------------------------


def result_json(result: Result) -> dict[str, Any]:
    """`agree --json`."""
    return {
        "quarter": str(result.quarter),
        "record": result.agreements.file,
        "untouched": result.agreements.untouched,
        "people": [_person_json(one) for one in result.standings],
        "problems": [asdict(problem) for problem in result.problems],
    }


def _person_json(one: Standing) -> dict[str, Any]:
    first = one.agreed[0] if one.agreed else None
    return {
        **{key: getattr(one.who, key) for key in ("id", "name", "superior")},
        "role": one.role,
        "state": one.state,
        "file": one.entry.file.name if one.entry else None,
        "sheet": one.entry.form.sheet if one.entry else None,
        "agreed": None if first is None else _agreed_json(first),
        "terms": dict(one.agreed[-1].terms) if one.agreed else None,
        "changes": [_change_json(change) for change in one.changes],
        "lacking": [asdict(problem) for problem in one.lacking],
        "notes": [asdict(problem) for problem in one.notes],
        "revisions": [
            {**_agreed_json(agreed), **asdict(agreed.revision), "changes": [*map(_change_json, changes)]}
            for agreed, changes in revisions(one.agreed)
            if agreed.revision is not None
        ],
    }


def _agreed_json(agreed: Agreed) -> dict[str, Any]:
    kept = ("recorded", "employee", "superior", "file", "hash")
    return {key: getattr(agreed, key) for key in kept}


def _change_json(change: Difference) -> dict[str, Any]:
    return {"row_id": change.row, "column_id": change.column, "before": change.was, "after": change.now}
