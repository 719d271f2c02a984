"""What a form holds of one person: the only cells in which two forms of the same shape differ.

A shape is a role, the months in post, whether that is a part of the quarter, and whether a roster knows the person.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.common.assignment import Assignment
from xlkpi.common.person import IDENTITY_FIELDS
from xlkpi.common.quarter import Quarter, period_text
from xlkpi.form.layout import FINAL_ROW, LETTER, PERSON_ROW, Layout, part_id, target_key
from xlkpi.form.summary_layout import SUMMARY_RANK
from xlkpi.i18n.labels import Labels
from xlkpi.scoring.formula import text_literal
from xlkpi.xlsx.edit import Content, Formula

RANK = FINAL_ROW, ord(LETTER["rank"]) - ord("A") + 1
"""Row and column of the rank, the only formula that reads another sheet."""
UNREAD = frozenset(
    {f"{LETTER['rank']}{FINAL_ROW}", *(f"{LETTER[field]}{PERSON_ROW}" for field in (*IDENTITY_FIELDS, "period"))}
)
"""The person's own cells that no formula of the form reads."""


def personal(
    layout: Layout, words: Labels, quarter: Quarter, assignment: Assignment | None, summary_row: int
) -> dict[str, Content]:
    """The contents of a person's own cells by address. `summary_row` is the person's row on the sheet 汇总."""
    cells: dict[str, Content] = {
        f"{LETTER['period']}{PERSON_ROW}": _period(words, quarter, assignment),
        f"{LETTER['rank']}{FINAL_ROW}": _rank(words, summary_row),
    }
    if assignment is not None:
        cells |= {f"{LETTER[field]}{PERSON_ROW}": text or None for field, text in _known(words, assignment).items()}
        cells |= dict(_targets(layout, assignment))
    return cells


def _period(words: Labels, quarter: Quarter, assignment: Assignment | None) -> str:
    """The quarter, or the days of it in post."""
    if assignment is None or not assignment.is_part(quarter):
        return period_text(quarter, words)
    first, last = assignment.within(quarter)
    return words("period_part", first=first, last=last, days=assignment.days(quarter))


def _rank(words: Labels, summary_row: int) -> Formula:
    sheet = f"'{words('summary')}'!"
    rank = f"{sheet}{SUMMARY_RANK}{summary_row}"
    word, divider, _ = words("rank").replace("{of}", "{rank}").split("{rank}")
    everyone = f"COUNT({sheet}${SUMMARY_RANK}:${SUMMARY_RANK})"
    return Formula(f'IF({rank}="","",{text_literal(word)}&{rank}&{text_literal(divider)}&{everyone})')


def _known(words: Labels, assignment: Assignment) -> dict[str, str]:
    """What the roster says of the person, by field."""
    who = {id: getattr(assignment, attribute) for id, attribute in IDENTITY_FIELDS.items()}
    return who | {"newcomer": words("yes") if assignment.newcomer else words("no_word")}


def _targets(layout: Layout, assignment: Assignment) -> Iterator[tuple[str, Content]]:
    """The targets that were agreed with the person, where a target is typed."""
    for indicator in layout.role.indicators:
        for number, part in enumerate(indicator.parts):
            agreed = assignment.targets.get(target_key(indicator.id, number))
            if agreed is not None and part.target_formula is None and indicator.rule.reads_target(number):
                yield layout.address(part_id(indicator.id, number), "target"), agreed
