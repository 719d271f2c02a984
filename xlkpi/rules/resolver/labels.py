"""Which measure a clause is of: the names that stand in a sentence, and what those without a name inherit."""

from __future__ import annotations

import re
from dataclasses import replace

from xlkpi.rules.model import RuleError
from xlkpi.rules.resolver.clauses import Award, Clause, Points
from xlkpi.rules.resolver.deciding import Open

_OF_ALL = frozenset(
    {
        "comment",
        "example",
        "scale",
        "start",
        "cap",
        "floor",
        "at_zero",
        "down_to",
        "limit",
        "and_so_on",
        "title",
        "heading",
    }
)
_RIDERS = frozenset({"part_whole", "part_none", "pro_rata", "together", "interpolated"})
_SOFT = re.compile("^(?:出现|发生|发现|出|有)|[、，,的 在]")


def labelled(clauses: list[Clause], open: Open) -> list[Clause]:
    """The clauses, each under its name or under none.

    A clause without a name is of the measure named before it, unless clauses without any came before. A name between
    quotation marks, as canonical sentences have it, counts up to the next ； only.
    """
    found: list[Clause] = []
    names: dict[str, str] = {}
    last, bare = "", False
    scope = -1  # the ； up to which a name between quotation marks counts
    in_words = _words_only(clauses)
    for clause in _based_on_points(_aimed(clauses)):
        if clause.means == "heading" and clause.label:  # 人员流失率：≤5%得100分；5%-8%得80分
            last = names.setdefault(_SOFT.sub("", clause.label).lower(), clause.label)
        if clause.means in _OF_ALL:
            found.append(replace(clause, label=None))
            continue
        if clause.means in ("named", "none") or clause in in_words:
            found.append(clause)
            continue
        if clause.label:
            last = names.setdefault(_SOFT.sub("", clause.label).lower(), clause.label)
            scope = clause.segment if clause.quoted else -1
            found.append(replace(clause, label=last))
            continue
        if scope not in (-1, clause.segment):
            last, scope = "", -1
        if clause.means not in _RIDERS and last and bare and scope == -1:
            raise RuleError(
                "这一句说的是“{label}”，还是本指标？请在每一句前写上名称", position=clause.start, label=last
            )
        bare = bare or not last
        found.append(replace(clause, label=last or None))
    return found


def _aimed(clauses: list[Clause]) -> list[Clause]:
    """准确率100%，每错1处扣2分; 零事故，发生1次扣50分: what is striven for, beside what is counted, which decides."""
    steps = {c.size.kind for c in clauses if c.means in ("step", "step_once", "loose", "both") and c.size}
    counted = "cnt" in steps or any(c.means in ("count", "count_once", "from_nth", "first_of") for c in clauses)
    found = []
    for clause in clauses:
        edge = clause.bound.edge if clause.means == "half_open" and clause.bound else None
        if counted and (clause.means == "aim" or (edge is not None and edge.percent and steps <= {"cnt"})):
            found.append(replace(clause, means="comment"))
        else:
            found.append(replace(clause, means="title") if clause.means == "aim" else clause)
    return found


def _based_on_points(clauses: list[Clause]) -> list[Clause]:
    """以20分为基数 beside occurrences tells what they are deducted from, not where a number stands."""
    if any(clause.means in ("step", "step_once", "loose", "both", "ratio", "linear") for clause in clauses):
        return clauses
    return [
        replace(
            clause, means="scale" if not any(c.bonus for c in clauses) else "start", points=Points(clause.base.value)
        )
        if clause.means == "origin" and clause.base is not None and clause.base.kind == "mark"
        else clause
        for clause in clauses
    ]


def _words_only(clauses: list[Clause]) -> list[Clause]:
    return [clause for clause in clauses if clause.outcome and clause.outcome.award is Award.VETO and not clause.bound]
