"""Forms with ratings for the tests: a role with three rated indicators, whose levels are 100, 85, 70, 50 and 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.support.catalogues import shipped_text, shipped_with
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import RATERS, Layout, measure_id, part_id, rating_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import edit, fill

QUARTER = Quarter(2026, 4)
RATED, MIXED = "admin-supervisor", "sales-manager"
"""A role with rated indicators only, and one with four of ten."""
FIRST, SECOND, THIRD = "management", "liaison", "service"
USUAL = "优秀得100分；良好得85分；合格得70分；待改进得50分；不合格得0分"
SHEET = "表1"
BOTH = Shares(self=0.3, superior=0.7)
THREE = Shares(self=0.3, superior=0.5, peers=0.2)
Ratings = Mapping[str, Sequence[Value]]
"""Indicator → what self, superior and others say."""


def company_with(folder: Path, shares: Shares = BOTH, texts: Mapping[str, str] | None = None) -> Catalogue:
    """A catalogue whose forms have ratings. texts: other files that differ from the program's, by path."""
    written = "\n".join(f"rating_{who} = {share}" for who, share in vars(shares).items())
    company = shipped_text("company.toml").replace('"confirmation"]', '"confirmation", "ratings"]', 1)
    return shipped_with(folder, {"company.toml": f"{written}\n{company}", **(texts or {})})


def with_rule(folder: Path, shares: Shares, sentence: str) -> Catalogue:
    """As `company_with`; the rated role has this rule for all its indicators."""
    file = f"roles/{RATED}.toml"
    return company_with(folder, shares, {file: shipped_text(file).replace(USUAL, sentence)})


def all_rated(folder: Path, shares: Shares = BOTH) -> Catalogue:
    """As `company_with`; the mixed role wants an opinion on every indicator."""
    file = f"roles/{MIXED}.toml"
    return company_with(folder, shares, {file: f"all_rated = true\n{shipped_text(file)}"})


def layout_of(catalogue: Catalogue, id: str = RATED, language: str = HANS) -> Layout:
    company = catalogue.company(language, QUARTER)
    return Layout(catalogue.role(id, QUARTER, language), company.blocks, company.notes, company.ratings.shares)


def address(catalogue: Catalogue, row: str, column: str, id: str = RATED) -> str:
    return layout_of(catalogue, id).address(row, column)


@cache
def empty(catalogue: Catalogue, sheets: int = 1, id: str = RATED, language: str = HANS) -> bytes:
    """A workbook of so many forms, named 表1, 表2, …; formulas without values."""
    role = catalogue.role(id, QUARTER)
    return uncalculated([PlannedSheet(f"表{n + 1}", role) for n in range(sheets)], catalogue, QUARTER, language)


def rated(catalogue: Catalogue, *forms: Ratings, id: str = RATED, language: str = HANS) -> bytes:
    """One form per set of ratings; whatever else is typed on it is 10."""
    layout = layout_of(catalogue, id, language)
    cells = [{**_numbers(layout), **_cells(layout, ratings)} for ratings in forms]
    typed = {f"表{number}": one for number, one in enumerate(cells, start=1)}
    return fill(empty(catalogue, len(forms), id, language), typed)


def _cells(layout: Layout, ratings: Ratings) -> dict[str, Value]:
    return {
        layout.address(rating_id(id), rater): value
        for id, values in ratings.items()
        for rater, value in zip(RATERS, values, strict=False)
    }


def _numbers(layout: Layout) -> dict[str, Value]:
    """10 in every cell for a number."""
    role: Role = layout.role
    measures = [measure for measure in role.measures if measure.id not in layout.rated_measures]
    columns = {m.id: ("m1", "m2", "m3") if m.monthly else ("quarter",) for m in measures}
    cells: dict[str, Value] = {layout.address(measure_id(id), c): 10 for id, names in columns.items() for c in names}
    for indicator in role.indicators:
        for number, part in enumerate(indicator.parts):
            if part.target is None and part.target_formula is None and indicator.rule.reads_target(number):
                cells[layout.address(part_id(indicator.id, number), "target")] = 10
    return cells


def changed(content: bytes, catalogue: Catalogue, cells: Mapping[str, Value]) -> bytes:
    """The form with other contents: `s:service lead` → value. A formula there is gone."""
    layout = layout_of(catalogue)
    return edit(content, {SHEET: {layout.address(*key.split()): value for key, value in cells.items()}})
