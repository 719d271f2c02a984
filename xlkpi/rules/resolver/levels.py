"""Clauses that name a level or an outcome and give it points."""

from __future__ import annotations

from dataclasses import replace

from xlkpi.rules.resolver.clauses import Award, Clause


def levels_of(clauses: list[Clause]) -> list[Clause]:
    """全部完成100%，大部分完成80%，少量完成30%，未完成0分: so many outcomes of one 完成 are levels."""
    meets = [c for c in clauses if c.means == "meet" and c.outcome]
    named = [c for c in clauses if c.means == "named" and "完成" in c.title]
    if (
        len(meets) + len(named) < 3
        or {c.at for c in meets} == {"eq", "gt", "lt"}
        or any(c.bound or c.points for c in clauses)
    ):
        return clauses
    return [replace(c, means="named", label=c.title) if c.means == "meet" else c for c in clauses]


def has_bare_points(clause: Clause) -> bool:
    """Whether a name has points without a word that gives them: 留存20分."""
    awards = clause.outcome is not None and clause.outcome.award is Award.POINTS
    return awards and not any(word in clause.said for word in "得計计获獲给給:：=")
