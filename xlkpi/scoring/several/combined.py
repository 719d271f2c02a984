"""Scores several ratings of one indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.i18n.labels import is_nobody, words
from xlkpi.i18n.numbers import Value, is_number, plain
from xlkpi.rules.model import Levels
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import appraise, rule_of

BY_LEVEL = 2
"""So many ratings are levels; the one after them is a number."""
Shares = tuple[float, float, float]
LEVEL_NEEDED = reasons.SELF_LEVEL, reasons.LEAD_LEVEL


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
    whole = of_both(shares) if nobody else 1.0
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


def of_both(shares: Shares) -> float:
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
            raise ScoreError(LEVEL_NEEDED[rater])
        return outcome.score
    best = float(rule.best or 0)
    if is_nobody(rating):
        return 0.0
    if not (levels and is_number(rating) and 0 <= rating <= best):
        raise ScoreError(reasons.OTHERS_POINTS, best=plain(best), nobody=nobody_word)
    return float(rating) * 100 / float(rule.scale)


def nobody_word(language: str) -> str:
    """The word of a language that says nobody rates."""
    return words(language)("nobody")
