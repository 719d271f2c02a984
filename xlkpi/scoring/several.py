"""The score of an indicator that several people rate: the points of every rating by its share.

In Python, and as a built-in formula. Ratings, shares and cells are those of the person, the superior and the others, in
this order. The first two are levels of the rule; the third is a number of points on the rule's scale, or the word for
nobody: then the share of the others goes to the first two in proportion. A rating with share 0 is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlkpi.i18n.labels import is_nobody, nobody_words, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value, is_number, plain
from xlkpi.rules.model import Levels
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import any_holds, empty, kpi_literal, level_is_known, level_points, refuses, text_literal
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import appraise, rule_of

BY_LEVEL = 2
"""So many ratings are levels; the one after them is a number."""
Shares = tuple[float, float, float]
_LEVEL = reasons.SELF_LEVEL, reasons.LEAD_LEVEL


@dataclass(frozen=True)
class Term:
    """One rating that counts. rater: its place, from 0. points: on the rule's scale. share: of all that count, 0–1."""

    rater: int
    said: Value
    points: float
    share: float


@dataclass(frozen=True)
class Combined:
    """The score (0–100 scale, unrounded) of several ratings, and what it is made of. nobody: no others rate."""

    score: float
    terms: tuple[Term, ...]
    scale: float
    nobody: bool = False


def combined(ratings: Sequence[Value], shares: Shares, sentence: str, unit: str | None) -> Combined | None:
    """Score by several ratings; None while one that counts is empty.

    Raises `RuleError` for the sentence, `ScoreError` for the first rating that cannot be used, and where nobody rates.
    """
    rule = rule_of(sentence, unit)
    counted = [rater for rater, share in enumerate(shares) if share > 0]
    if any(ratings[rater] in (None, "") for rater in counted):
        return None
    points = {rater: _points(rater, ratings[rater], sentence, unit, rule) for rater in counted}
    nobody = shares[BY_LEVEL] > 0 and is_nobody(ratings[BY_LEVEL])
    if nobody:
        del points[BY_LEVEL]
    whole = _whole(shares) if nobody else 1.0
    if not points:
        raise ScoreError(reasons.NO_RATER)
    score = 0.0
    for rater, one in points.items():  # in the order of the formula
        score += shares[rater] * one if len(points) > 1 else one
    if nobody and len(points) > 1:
        score /= whole
    scale = float(rule.scale)
    terms = (Term(r, ratings[r], one * scale / 100, shares[r] / whole) for r, one in points.items())
    return Combined(score, tuple(terms), scale, nobody)


def _whole(shares: Shares) -> float:
    """What the shares of the person and the superior come to."""
    return round(shares[0] + shares[1], 9)


def _points(rater: int, rating: Value, sentence: str, unit: str | None, rule: Rule) -> float:
    """The points of a rating on the 100 scale; 0 for nobody."""
    if reasons.is_refusal(rating):
        raise ScoreError(reasons.PASSED, text=rating)
    levels = isinstance(rule.base, Levels) and rule.measures == 1
    if rater < BY_LEVEL:
        try:
            outcome = appraise([rating], [None], sentence, unit) if levels else None
        except ScoreError:
            outcome = None
        if outcome is None or isinstance(outcome.score, str):
            raise ScoreError(_LEVEL[rater])
        return outcome.score
    best = float(rule.best or 0)
    if is_nobody(rating):
        return 0.0
    if not (levels and is_number(rating) and 0 <= rating <= best):
        raise ScoreError(reasons.OTHERS_POINTS, best=plain(best), nobody=_nobody)
    return float(rating) * 100 / float(rule.scale)


def _nobody(language: str) -> str:
    return words(language)("nobody")


# --- as a formula ---------------------------------------------------------------------------------------------------


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
    rated, of_both = "+".join(counted), "+".join(counted[: len(both)])
    if not shares[BY_LEVEL] or not both:
        return rated
    alone = f"({of_both})/{plain(_whole(shares))}" if len(both) > 1 else f"1*{points[both[0]]}"
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
            refused = kpi_literal(_LEVEL[rater], language)
            yield level_is_known(rule, cell), f"IF({refuses(cell)},{cell},{refused})"
    if shares[BY_LEVEL] > 0:
        others = cells[BY_LEVEL]
        refused = kpi_literal(reasons.OTHERS_POINTS, language, best=_best(rule), nobody=_nobody)
        passed = f"IF({refuses(others)},{others},{refused})"
        if not any(shares[:BY_LEVEL]):
            yield f"IF({nobody_rates(others)},0,1)", kpi_literal(reasons.NO_RATER, language)
        yield f"IF({nobody_rates(others)},1,{others_points(rule, others, '-1')}>=0)", passed


def _best(rule: Rule) -> str:
    return plain(rule.best or 0)
