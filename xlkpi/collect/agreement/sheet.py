"""The sheet 目标商定 of the summary workbook: who agreed what and when, what was revised, which forms differ."""

from __future__ import annotations

from xlkpi.catalogue.catalogue import UnknownRoleError
from xlkpi.catalogue.role import Role
from xlkpi.collect.agreement.standing import revisions
from xlkpi.collect.board import BoardLine
from xlkpi.collect.collection import Collection
from xlkpi.form.records.agreed import Agreed, Agreements
from xlkpi.intake.agreement.held import Held
from xlkpi.intake.agreement.terms import post_of
from xlkpi.intake.agreement.words import TermWords
from xlkpi.writer.sheets.tables import CENTRE, COUNT, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue

AGREED_WIDTHS = (14, 12, 13, 20, 16, 12, 22, 22, 10, 10, 12, 12)
_PEOPLE = (
    "superior", "employee_id", "name", "post", "agreed_state", "agreed_day", "signed_employee", "signed_superior",
    "agreed_revised", "agreed_differing", "agreed_final", "agreed_final_now",
)  # fmt: skip
_REVISIONS = (
    "superior", "employee_id", "name", "post", "agreed_since", "agreed_day", "agreed_what", "agreed_reason",
    "agreed_approver",
)  # fmt: skip


def write_agreed(sheet: TableSheet, collection: Collection, agreements: Agreements) -> None:
    """Write a line for everyone on the board, and one for each revision."""
    labels = sheet.labels
    rows = [_line(line, collection, agreements, sheet) for line in collection.lines]
    cells = [TEXT, CENTRE, TEXT, TEXT, CENTRE, CENTRE, TEXT, TEXT, COUNT, COUNT, SCORE, SCORE]
    table = sheet.table([labels(key) for key in _PEOPLE], cells, rows)
    revised = [line for line in collection.lines if len(_agreed(line, agreements)) > 1]
    if revised:
        sheet.heading(labels("agreed_revisions"))
        rows = [row for line in revised for row in _revisions(line, collection, agreements, sheet)]
        cells = [TEXT, CENTRE, TEXT, TEXT, CENTRE, CENTRE, TEXT, TEXT, TEXT]
        sheet.table([labels(key) for key in _REVISIONS], cells, rows)
    sheet.finish(table.first - 1, columns=3, table=table)


def _agreed(line: BoardLine, agreements: Agreements) -> list[Agreed]:
    if line.entry is not None:
        return agreements.of(post_of(line.entry.form))
    return agreements.of_person(line.who.id or line.who.name, line.role)


def _line(line: BoardLine, collection: Collection, agreements: Agreements, sheet: TableSheet) -> list[TableValue]:
    labels, agreed = sheet.labels, _agreed(line, agreements)
    last = agreed[-1] if agreed else None
    state, differing = "agreed" if last else "none", 0
    finals: list[TableValue] = [None, None]
    if last is not None and line.entry is not None:
        held = Held(line.entry.file.name, line.entry.form, last)
        differing = len(held.differences)
        state = "differs" if differing else "agreed"
        finals = [held.final, line.entry.form.appraisal.final]
    signed = [last.recorded[:10], last.employee, last.superior] if last else [None, None, None]
    who, title = line.who, _title(line, collection, sheet)
    counts = [max(0, len(agreed) - 1) or None, differing or None]
    return [who.superior or "—", who.id, who.name, title, labels(f"agreed_state_{state}"), *signed, *counts, *finals]


def _revisions(
    line: BoardLine, collection: Collection, agreements: Agreements, sheet: TableSheet
) -> list[list[TableValue]]:
    labels, rows = sheet.labels, list[list[TableValue]]()
    role = _role(line, collection, sheet)
    for agreed, changes in revisions(_agreed(line, agreements)):
        if agreed.revision is None or role is None:
            continue
        said = TermWords(role, agreed.terms, labels)
        what = "\n".join(map(said.change, changes))
        who, why = line.who, agreed.revision
        title = _title(line, collection, sheet)
        days = (why.since, agreed.recorded[:10])
        rows.append([who.superior or "—", who.id, who.name, title, *days, what, why.reason, why.approver])
    return rows


def _role(line: BoardLine, collection: Collection, sheet: TableSheet) -> Role | None:
    try:
        return collection.role(line.role, sheet.labels.language)
    except UnknownRoleError:
        return None


def _title(line: BoardLine, collection: Collection, sheet: TableSheet) -> str:
    role = _role(line, collection, sheet)
    return line.role if role is None else role.title
