"""The fields of a person: the one table from which roster, form, register, checks and results take them.

To add a field, add a row here, an attribute of the same name to `Identity` and `Assignment` (`common.assignment`), its
column id to `layout.COLUMNS`, and its words to `labels.toml`: the key `id`, and `roster_prompt_<id>` for the roster.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from xlkpi.common.assignment import Identity


@dataclass(frozen=True)
class PersonField:
    """One field of a person.

    id: its column id in the head of a form, and the key of its label. attribute: the attribute of `Assignment` that
    holds it, "" for none. head: whether it stands in the head of a form; typed: whether somebody types it there.
    roster: whether a roster has a column for it; needed: whether every row must fill it.
    """

    id: str
    attribute: str = ""
    head: bool = True
    typed: bool = False
    roster: bool = True
    needed: bool = False


FIELDS = (
    PersonField("employee_id", "id", typed=True, needed=True),
    PersonField("name", "name", typed=True, needed=True),
    PersonField("department", "department", typed=True),
    PersonField("post", "role", needed=True),
    PersonField("superior", "superior", typed=True),
    PersonField("second_superior", "second_superior", typed=True),
    PersonField("roster_start", "start", head=False),
    PersonField("roster_end", "end", head=False),
    PersonField("newcomer", "newcomer", typed=True),
    PersonField("work_share", "share", head=False),
    PersonField("period", roster=False),
)
"""Every field of a person, in the order of a roster's columns."""

HEAD_FIELDS = tuple(field.id for field in FIELDS if field.head)
TYPED_FIELDS = tuple(field.id for field in FIELDS if field.typed)
ROSTER_FIELDS = tuple(field.id for field in FIELDS if field.roster)
NEEDED_FIELDS = tuple(field.id for field in FIELDS if field.needed)
IDENTITY_FIELDS = {
    field.id: field.attribute for field in FIELDS if field.attribute in {f.name for f in fields(Identity)}
}
"""The fields that say who somebody is: column id → attribute of `Identity` and of `Assignment`."""
