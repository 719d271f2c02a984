"""Which measure a clause is of: the names that stand in a sentence, and what those without a name inherit."""

from __future__ import annotations

import re
from dataclasses import replace

from xlkpi.rules.model import RuleError
from xlkpi.rules.resolver.clauses import Award, Clause, Points
from xlkpi.rules.resolver.deciding import Open

_OF_ALL = frozenset({"comment", "example", "scale", "start", "cap", "floor", "at_zero", "down_to", "limit", "and_so_on", "title"})
_RIDERS = frozenset({"part_whole", "part_none", "pro_rata", "together", "interpolated"})
_LEADING = frozenset({"origin", "tolerance", "allowance"})
"""Said before what they are about, which then is of the same measure."""
_SOFT = re.compile("^(?:出现|发生|发现|出|有)|[、，,的 在]")


def labelled(clauses: list[Clause], open: Open) -> list[Clause]:
    """The clauses, each under its name or under none.

    A clause without a name is of the measure named before it, unless clauses without any came before.
    """
    found: list[Clause] = []
    names: dict[str, str] = {}
    last, bare, led = "", False, False
    in_words = _words_only(clauses)
    clauses = _based_on_points(clauses)
    for clause in clauses:
        if clause.means in _OF_ALL:
            found.append(replace(clause, label=None))
            continue
        if clause.means in ("named", "none") or clause in in_words:
            found.append(clause)
            continue
        if clause.label:
            name = names.setdefault(_SOFT.sub("", clause.label).lower(), clause.label)
            leading = clause.means in _LEADING
            last = "" if clause.quoted and not leading else name
            led = leading and clause.quoted
            found.append(replace(clause, label=name))
            continue
        if clause.means not in _RIDERS and last and bare:
            raise RuleError(
                "这一句说的是“{label}”，还是本指标？请在每一句前写上名称", position=clause.start, label=last
            )
        bare = bare or not last
        found.append(replace(clause, label=last or None))
        if led:
            last = ""
        led = clause.means in _LEADING and led
    return found


def _based_on_points(clauses: list[Clause]) -> list[Clause]:
    """以20分为基数 beside occurrences tells what they are deducted from, not where a number stands."""
    if any(clause.means in ("step", "step_once", "loose", "both", "ratio", "linear") for clause in clauses):
        return clauses
    return [
        replace(clause, means="scale" if not any(c.bonus for c in clauses) else "start", points=Points(clause.base.value))
        if clause.means == "origin" and clause.base is not None and clause.base.kind == "mark"
        else clause
        for clause in clauses
    ]


def _words_only(clauses: list[Clause]) -> list[Clause]:
    return [clause for clause in clauses if clause.outcome and clause.outcome.award is Award.VETO and not clause.bound]
