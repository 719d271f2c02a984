"""The rows and columns of the meeting's record (面谈记录): last quarter's actions, who met when, texts."""

from __future__ import annotations

PREVIOUS_COUNT = 3
PREVIOUS = {
    "about": "group", "actions": "definition", "due": "unit", "owner": "deducted", "state": "receipt", "remark": "next",
}  # fmt: skip
"""The column ids of an action that was agreed a quarter before, of the first of their merged cells."""
CARRIED = ("about", "actions", "due", "owner")
"""What `next` writes there; the rest is typed."""
STATES = ("done", "partly", "undone")
"""What can have become of an action: the keys of its words are `state_of_…`."""
HELD = "t:held"
"""The row that says when the meeting was and who took part."""
HELD_CELLS = {"date": "definition", "superior": "rule", "second_superior": "deducted", "others": "next"}
LOW = "t:low"
"""The row that names the indicators below the company's line, by formula."""
CAUSES = "causes"
TEXTS = ("strengths", "opinion", "comment", CAUSES, "plan", "training")
TEXT_COLUMN = "definition"
OWNER_COLUMN = "next"
"""Who sees to an action of the review (面谈与改进), on forms with the record of the meeting."""


def previous_id(number: int) -> str:
    """The row id of an action that was agreed a quarter before; number: from 1."""
    return f"p:{number}"


def text_id(field: str) -> str:
    """The row id of one of `TEXTS`."""
    return f"t:{field}"


def carried_places() -> frozenset[tuple[str, str]]:
    """The (row id, column id) of the cells that hold what was agreed a quarter before."""
    return frozenset((row, PREVIOUS[field]) for row in PREVIOUS_ROWS for field in CARRIED)


PREVIOUS_ROWS = tuple(previous_id(number) for number in range(1, PREVIOUS_COUNT + 1))
ROWS = (
    *PREVIOUS_ROWS, HELD, *map(text_id, ("strengths", "opinion", "comment")), LOW,
    *map(text_id, (CAUSES, "plan", "training")),
)  # fmt: skip
"""All row ids of the block, from top to bottom."""
PREFIXES = ("p:", "t:")
"""How its row ids begin."""
