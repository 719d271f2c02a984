"""Reads the ratings of a form, and tells which of their cells are gone or hold something that is no rating."""

from __future__ import annotations

from collections.abc import Container, Iterator

from xlkpi.appraisal.ratings import Rating
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.form.grid import Grid
from xlkpi.form.layout import LEAD, RATERS, RATINGS, rating_id
from xlkpi.i18n.numbers import Value


def shares_of(grid: Grid, role: Role, company: Company) -> Shares | None:
    """What the ratings count on a form; None on one without ratings.

    A form has them where it was made with them, and also where only a part of them is left: who deletes rows must not
    get another score.
    """
    rows = any(row.startswith("s:") for row in (*grid.row, *grid.doubled_rows))
    columns = any(id in grid.column or id in grid.doubled_columns for id in RATERS)
    wanted = RATINGS in company.blocks and bool(role.rated or role.all_rated)
    return company.ratings.shares if rows or columns or wanted else None


def rated_places(role: Role, rows: Container[str]) -> Iterator[tuple[str, str]]:
    """(row id, column id) of the ratings of a form, also of those that only stand beside a score. rows: their ids."""
    for indicator in role.indicators:
        if rating_id(indicator.id) in rows:
            yield from ((rating_id(indicator.id), rater) for rater in RATERS)


def needed_places(role: Role, shares: Shares) -> Iterator[tuple[Indicator, str, str]]:
    """(indicator, row id, column id) of the ratings without which there is no score."""
    counted = [rater for rater, share in zip(RATERS, shares.by_rater, strict=True) if share > 0]
    for indicator in role.rated:
        yield from ((indicator, rating_id(indicator.id), rater) for rater in counted)


def read_ratings(role: Role, grid: Grid) -> dict[str, Rating]:
    """By indicator, what people typed; empty where a row is gone."""
    return {
        indicator.id: Rating(*(grid.get(rating_id(indicator.id), rater) for rater in RATERS))
        for indicator in role.indicators
        if rating_id(indicator.id) in grid.row or indicator in role.rated
    }


def superiors_words(role: Role, grid: Grid) -> dict[str, list[Value]]:
    """Rated measure → what the superior chose: their own cells only show it."""
    return {measure: [grid.get(rating_id(indicator.id), LEAD)] for measure, indicator in role.rated_measures.items()}
