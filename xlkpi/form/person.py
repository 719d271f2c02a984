"""The fields of the person: those in the head of a form, and the columns of a roster."""

from __future__ import annotations

PERSON_FIELDS = ("employee_id", "name", "department", "newcomer", "post", "superior", "second_superior", "period")
TYPED_PERSON_FIELDS = ("employee_id", "name", "department", "newcomer", "superior", "second_superior")


ROSTER_FIELDS = (
    "employee_id", "name", "department", "post", "superior", "second_superior", "roster_start", "roster_end",
    "newcomer",
)  # fmt: skip
"""The columns, by their keys in labels.toml."""
NEEDED_FIELDS = ("employee_id", "name", "post")
