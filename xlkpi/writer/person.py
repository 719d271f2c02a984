"""The cells of a form that hold one person's data: the only cells in which two forms of the same template differ.

Forms share a template if role, months in the role, whole or part quarter, and the use of a roster are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.common.assignment import Assignment
from xlkpi.common.person import IDENTITY_FIELDS
from xlkpi.common.quarter import Quarter, period_text
from xlkpi.form.blocks.meeting import HELD, HELD_CELLS, carried_places
from xlkpi.form.layout import FINAL_ROW, LETTER, MEETING, PART_COLUMN, PERSON_ROW, Layout, part_id, target_key
from xlkpi.form.part_quarter import part_notice
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import preset_contents, preset_notes
from xlkpi.form.summary_layout import SUMMARY_RANK
from xlkpi.i18n.labels import Labels
from xlkpi.scoring.formula import text_literal
from xlkpi.xlsx.edit import Content, Formula

RANK = FINAL_ROW, ord(LETTER["rank"]) - ord("A") + 1
"""Row and column of the rank, the only formula that reads another sheet."""
UNREAD = frozenset(
    {
        f"{LETTER['rank']}{FINAL_ROW}",
        f"{PART_COLUMN}{PERSON_ROW}",
        *(f"{LETTER[field]}{PERSON_ROW}" for field in (*IDENTITY_FIELDS, "period")),
    }
)
"""The person's cells that no formula of any form reads; `unread_cells` has those of one form."""


def person_cells(
    layout: Layout, labels: Labels, quarter: Quarter, assignment: Assignment | None, summary_row: int
) -> dict[str, Content]:
    """The contents of a person's cells by address; summary_row: the person's row on the sheet 汇总."""
    cells: dict[str, Content] = {
        f"{LETTER['period']}{PERSON_ROW}": _period(labels, quarter, assignment),
        f"{LETTER['rank']}{FINAL_ROW}": _rank(labels, summary_row),
    }
    if assignment is not None:
        cells |= {
            f"{LETTER[field]}{PERSON_ROW}": text or None for field, text in _roster_data(labels, assignment).items()
        }
        cells |= dict(_targets(layout, assignment))
        if MEETING in layout.blocks:
            cells |= {layout.address(HELD, HELD_CELLS[id]): getattr(assignment, id) or None for id in _TAKE_PART}
    return cells


_TAKE_PART = ("superior", "second_superior")
"""Who takes part in the meeting, unless somebody types other names."""


def unread_cells(layout: Layout) -> frozenset[str]:
    """The addresses of own contents that no formula of the form reads."""
    if MEETING not in layout.blocks:
        return UNREAD
    people = {layout.address(HELD, HELD_CELLS[id]) for id in _TAKE_PART}
    return UNREAD | people | {layout.address(*place) for place in carried_places()}


def _period(labels: Labels, quarter: Quarter, assignment: Assignment | None) -> str:
    """The quarter, or the days of the assignment in it, as text."""
    if assignment is None or not assignment.is_part(quarter):
        return period_text(quarter, labels)
    first, last = assignment.within(quarter)
    return labels("period_part", first=first, last=last, days=assignment.days(quarter))


def _rank(labels: Labels, summary_row: int) -> Formula:
    """The rank and the number of ranked people, read from the sheet 汇总."""
    sheet = f"'{labels('summary')}'!"
    rank = f"{sheet}{SUMMARY_RANK}{summary_row}"
    word, divider, _ = labels.around("rank")
    everyone = f"COUNT({sheet}${SUMMARY_RANK}:${SUMMARY_RANK})"
    return Formula(f'IF({rank}="","",{text_literal(word)}&{rank}&{text_literal(divider)}&{everyone})')


def _roster_data(labels: Labels, assignment: Assignment) -> dict[str, str]:
    """The person's data from the roster, by field."""
    identity = {id: getattr(assignment, attribute) for id, attribute in IDENTITY_FIELDS.items()}
    return identity | {"newcomer": labels("yes") if assignment.newcomer else labels("no_word")}


def preset_cells(
    layout: Layout, sheet: PlannedSheet, quarter: Quarter, part_quarter: str, labels: Labels
) -> tuple[dict[str, Content], dict[str, str]]:
    """What is filled in in advance, and what is said of the targets of a part of a quarter.

    part_quarter: the company's choice. Returns contents and cell notes, both by address.
    """
    contents, notes = preset_contents(layout, sheet.presets), preset_notes(layout, sheet.presets)
    notice = part_notice(layout.role, sheet.assignment, quarter, sheet.presets, part_quarter, labels)
    if notice is None:
        return contents, notes
    place = f"{PART_COLUMN}{PERSON_ROW}"
    at = {layout.address(row, "target"): text for row, text in notice.at.items()}
    beside = {address: "\n".join(filter(None, (notes.get(address), text))) for address, text in at.items()}
    return contents | {place: notice.text}, notes | beside | {place: "\n".join(notice.lines)}


def _targets(layout: Layout, assignment: Assignment) -> Iterator[tuple[str, Content]]:
    """The targets agreed with the person, for cells in which a target is typed."""
    for indicator in layout.role.indicators:
        for number, part in enumerate(indicator.parts):
            agreed = assignment.targets.get(target_key(indicator.id, number))
            if agreed is not None and part.target_formula is None and indicator.rule.reads_target(number):
                yield layout.address(part_id(indicator.id, number), "target"), agreed
