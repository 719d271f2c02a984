"""What is filled into forms in advance beside targets: what HR approved not to count, scores of the quarter before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import company_in_use, fail
from xlkpi.common.files import write_whole
from xlkpi.form.layout import EXCEPTIONS, part_id
from xlkpi.form.prefill import Preset
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import WARNING, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.common.assignment import Assignment
    from xlkpi.common.quarter import Quarter
    from xlkpi.form.prefill import Presets
    from xlkpi.roster.exemptions import Exemptions


def exemptions_in_use(catalogue: Catalogue, quarter: Quarter) -> Exemptions:
    """What HR has approved in a quarter; nothing without a company's folder, or where its forms have no such block."""
    from xlkpi.roster.exemptions import Exemptions, read_exemptions

    company = company_in_use()
    if company is None or not has_block(catalogue, quarter):
        return Exemptions()
    return read_exemptions(company.exemptions, catalogue, quarter)


def has_block(catalogue: Catalogue, quarter: Quarter) -> bool:
    """Whether the company's forms of a quarter have the block 不计分事项."""
    return EXCEPTIONS in catalogue.company(None, quarter).blocks


def ask_for_exemptions(catalogue: Catalogue, quarter: Quarter) -> None:
    """Write the empty table for HR's approvals into the company's folder, where its forms have the block."""
    company = company_in_use()
    if company is None or company.exemptions.exists() or not has_block(catalogue, quarter):
        return
    from xlkpi.roster.exemptions import COLUMNS
    from xlkpi.writer.sheets.exemptions import exemptions_book

    write_whole(company.exemptions, exemptions_book(COLUMNS))
    click.echo(COMMANDS("exemptions_made", path=company.exemptions))


def exempted(
    exemptions: Exemptions, assignments: Sequence[Assignment], catalogue: Catalogue, quarter: Quarter, language: str
) -> dict[tuple[str, str, str], Presets]:
    """The lines that HR's rows fill in, by post."""
    from xlkpi.roster.exemptions import exemption_presets

    found: dict[tuple[str, str, str], Presets] = {}
    for person in assignments:
        if lines := exemptions.of(person.id, person.role):
            found[person.post] = exemption_presets(lines, person.role, catalogue, quarter, language)
    return found


def unused(exemptions: Exemptions, assignments: Sequence[Assignment]) -> Iterator[Problem]:
    """Rows of HR's table that no form has: of nobody in the roster, or more than a form has lines for."""
    from xlkpi.roster.exemptions import too_many

    posts = {(person.id, person.role) for person in assignments}
    for line in exemptions.lines:
        if not posts & {(line.id, role) for role in line.indicators}:
            values = {"id": line.id, "label": line.label}
            yield Problem.at(line.place, "exemption", HANS, WARNING, "exempt_nobody", **values)
    for id, role in sorted(posts):
        yield from too_many(exemptions.of(id, role))


def carried_scores(
    assignments: Sequence[Assignment], catalogue: Catalogue, quarter: Quarter, history: Path
) -> dict[tuple[str, str, str], Presets]:
    """The scores of the quarter before that the history has, by post, for indicators that keep them without data."""
    from xlkpi.catalogue.appraising.policies import CARRY_OVER

    if not has_block(catalogue, quarter):
        return {}
    roles = {id: catalogue.role(id, quarter) for id in {person.role for person in assignments}}
    carrying = {
        id: frozenset(i.id for i in role.indicators if role.if_missing(i) == CARRY_OVER) for id, role in roles.items()
    }
    if not any(carrying.values()):
        return {}
    before = _scores(history, quarter.before)
    return {
        person.post: {
            (part_id(id), "carried"): Preset(score)
            for id, score in before.get((person.id, person.role), {}).items()
            if id in carrying[person.role]
        }
        for person in assignments
    }


def _scores(history: Path, quarter: Quarter) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """The scores of a quarter by staff number and role. A veto leaves no score, though the history has 0 for it."""
    from xlkpi.collect.history import HistoryError, load_quarter

    try:
        rows = load_quarter(history, quarter)
    except HistoryError as error:
        fail(str(error))
    found: dict[tuple[str, str], dict[str, float]] = {}
    columns = ("id", "role", "indicator", "score", "alerts")
    for values in rows.sort_values("start", kind="stable")[[*columns]].itertuples(index=False, name=None):
        id, role, indicator, score, alerts = values
        vetoed = score == 0 and any(alert == "veto" for alert, _ in json.loads(str(alerts) or "[]"))
        if id and is_number(score) and not vetoed:
            found.setdefault((str(id), str(role)), {})[str(indicator)] = float(score)
    return found


def joined(*presets: Mapping[tuple[str, str, str], Presets]) -> dict[tuple[str, str, str], Presets]:
    """Several kinds of presets together, by post."""
    posts = dict.fromkeys(post for each in presets for post in each)
    return {post: {place: one for each in presets for place, one in each.get(post, {}).items()} for post in posts}
