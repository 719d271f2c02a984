"""A role on its way from somebody's table into a role workbook: what was understood, and what is left to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """Something only the company can answer.

    key: where the answer goes, as in faults of role files, such as `indicators[ontime].rule`; "" for the whole role.
    text: the question in Chinese, as HR reads it. choices: answers to copy, if there are some.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoleDraft:
    """A role as far as it is known.

    data: as in a role file (see docs of role files); keys may still be missing. originals: indicator id → heading of
    the table → its text, in order, as it stands there. unread: indicator id → what could not be placed, as text.
    left: texts of the table that belong to no indicator, each with its cell. questions: in the order in which people
    can answer them.
    """

    data: Mapping[str, Any]
    originals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
