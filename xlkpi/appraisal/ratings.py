"""What several people think of an indicator, and the score and the receipt that come of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, plain, round_half_up
from xlkpi.scoring.several.combined import Combined, Term, combined

_WHO = ("self", "lead", "others")


@dataclass(frozen=True)
class Rating:
    """The ratings of one indicator, as typed.

    Of a rated indicator self and superior are levels, others a number of points or the word for nobody; of one scored
    by numbers self and superior are points, which do not count.
    """

    self: Value = None
    superior: Value = None
    others: Value = None

    @property
    def given(self) -> bool:
        """Whether anybody has rated."""
        return any(value not in (None, "") for value in vars(self).values())


def score_of(
    rating: Rating, shares: Shares, sentence: str, unit: str | None, language: str
) -> tuple[float, str] | None:
    """The score of a rated indicator (0–100 scale) and its receipt; None while a rating that counts is empty.

    Raises as `combined`.
    """
    result = combined((rating.self, rating.superior, rating.others), shares.by_rater, sentence, unit)
    return None if result is None else (result.score, _receipt(result, shares, words(language)))


def _receipt(result: Combined, shares: Shares, labels: Labels) -> str:
    """自评良好85×30%＋上级评优秀100×70%＝95.5, as the form shows it."""
    score = _points(result.score * result.scale / 100)
    if max(shares.by_rater) == 1:
        (term,) = result.terms
        told = labels(f"receipt_only_{_WHO[term.rater]}", level=term.said, score=score)
    else:
        told = labels("receipt_plus").join(_term(term, labels) for term in result.terms)
        told += labels("receipt_combined", score=score)
        told += labels("receipt_nobody") if result.nobody else ""
    return told + ("" if result.scale == 100 else labels("receipt_out_of", scale=plain(result.scale)))


def _term(term: Term, labels: Labels) -> str:
    points = _points(term.points)
    share = plain(round(term.share * 100, 2))
    return labels(f"receipt_{_WHO[term.rater]}", level=term.said, points=points, share=share)


def _points(number: float) -> str:
    return plain(round_half_up(number))
