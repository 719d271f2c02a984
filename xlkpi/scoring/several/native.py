"""The built-in formula for the score by several ratings: the twin of `combined`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlkpi.i18n.labels import nobody_words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import plain
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import any_holds, empty, kpi_literal, level_is_known, level_points, refuses, text_literal
from xlkpi.scoring.several.combined import BY_LEVEL, LEVEL_NEEDED, Shares, nobody_word, of_both


def unrated(cells: Sequence[str], shares: Shares) -> str:
    """The condition (without =) that a rating that counts is empty."""
    return any_holds([empty(cell) for cell, share in zip(cells, shares, strict=True) if share > 0])


def nobody_rates(cell: str) -> str:
    """The condition that the others' cell holds the word for nobody, in any language."""
    tests = ",".join(f"{cell}={text_literal(word)}" for word in nobody_words())
    return f"IF(ISTEXT({cell}),OR({tests}),0)"


def by_shares(points: Sequence[str], shares: Shares, others: str) -> str:
    """The formula (without =) for the score from the formulas for the points of each rating. others: their cell."""
    both = [rater for rater in range(BY_LEVEL) if shares[rater] > 0]
    # Also 1*…: it makes an error of a text, which gives way to the twin.
    counted = [f"{plain(share)}*{one}" for one, share in zip(points, shares, strict=True) if share > 0]
    rated, rated_by_both = "+".join(counted), "+".join(counted[: len(both)])
    if not shares[BY_LEVEL] or not both:
        return rated
    alone = f"({rated_by_both})/{plain(of_both(shares))}" if len(both) > 1 else f"1*{points[both[0]]}"
    return f"IF({nobody_rates(others)},{alone},{rated})"


def others_points(rule: Rule, cell: str, otherwise: str) -> str:
    """The formula (without =) for the others' points on the 100 scale; `otherwise` for what are none."""
    scaled = cell if rule.scale == 100 else f"{cell}*100/{plain(rule.scale)}"
    # Text is greater than any number, so it is asked first.
    return f"IF(COUNT({cell})=1,IF(AND({cell}>=0,{cell}<={_best(rule)}),{scaled},{otherwise}),{otherwise})"


def native_combined(rule: Rule, cells: Sequence[str], shares: Shares, language: str = HANS) -> str:
    """The formula (without =) for the score by several ratings: a number, "" or `#KPI …`."""
    others = cells[BY_LEVEL]
    points = [f"({level_points(rule, cell)})" for cell in cells[:BY_LEVEL]]
    points.append(others if rule.scale == 100 else f"({others}*100/{plain(rule.scale)})")
    formula = by_shares(points, shares, others)
    for condition, refused in reversed(list(_needs(rule, cells, shares, language))):
        formula = f"IF({condition},{formula},{refused})"
    return f'IF({unrated(cells, shares)},"",{formula})'


def _needs(rule: Rule, cells: Sequence[str], shares: Shares, language: str) -> Iterator[tuple[str, str]]:
    """(condition, what is shown where it does not hold), in the order of `combined`."""
    for rater, cell in enumerate(cells[:BY_LEVEL]):
        if shares[rater] > 0:
            refused = kpi_literal(LEVEL_NEEDED[rater], language)
            yield level_is_known(rule, cell), f"IF({refuses(cell)},{cell},{refused})"
    if shares[BY_LEVEL] > 0:
        others = cells[BY_LEVEL]
        refused = kpi_literal(reasons.OTHERS_POINTS, language, best=_best(rule), nobody=nobody_word)
        passed = f"IF({refuses(others)},{others},{refused})"
        if not any(shares[:BY_LEVEL]):
            yield f"IF({nobody_rates(others)},0,1)", kpi_literal(reasons.NO_RATER, language)
        yield f"IF({nobody_rates(others)},1,{others_points(rule, others, '-1')}>=0)", passed


def _best(rule: Rule) -> str:
    return plain(rule.best or 0)
