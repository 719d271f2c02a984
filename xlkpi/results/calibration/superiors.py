"""The figures of each superior for the calibration: level and spread of the scores, and how they moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, pstdev

from xlkpi.i18n.numbers import round_half_up
from xlkpi.results.people import Result, Who


@dataclass(frozen=True)
class Figures:
    """The people of a superior, or everyone. scored: those with a result, to whom the figures belong.

    mean, spread: of the totals; spread is the standard deviation of all of them. against_company: mean − that of
    everyone. drift: the mean change of those who had a result in the quarter before as well, who are `compared`. All
    None without people. grades: people by the grade of the score.
    """

    superior: str
    people: int
    scored: int
    mean: float | None
    spread: float | None
    against_company: float | None
    drift: float | None
    compared: int
    grades: Mapping[str, int]


def figures(results: Sequence[Result], before: Sequence[Result]) -> list[Figures]:
    """The figures of every superior, the most people first, and those of everyone at the end, whose superior is "".

    before: the quarter before.
    """
    earlier = {result.who: result.final for result in before}
    company = [result.final for result in results if result.final is not None]
    level = mean(company) if company else None
    teams: dict[str, list[Result]] = {}
    for result in results:
        teams.setdefault(result.superior, []).append(result)
    ordered = sorted(teams.items(), key=lambda team: (-len(team[1]), team[0]))
    return [*(_of(name, team, level, earlier) for name, team in ordered), _of("", results, level, earlier)]


def _of(name: str, team: Sequence[Result], level: float | None, earlier: Mapping[Who, float | None]) -> Figures:
    finals = [result.final for result in team if result.final is not None]
    moved = [
        result.final - was
        for result in team
        if result.final is not None and (was := earlier.get(result.who)) is not None
    ]
    return Figures(
        name,
        len(team),
        len(finals),
        round_half_up(mean(finals)) if finals else None,
        round_half_up(pstdev(finals)) if finals else None,
        round_half_up(mean(finals) - level) if finals and level is not None else None,
        round_half_up(mean(moved)) if moved else None,
        len(moved),
        Counter(result.computed_grade for result in team if result.final is not None),
    )
