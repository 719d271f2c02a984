"""Reads the company file (TOML) into a `Company`, and names every fault by file, key and value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any

from xlkpi.catalogue.appraising.ratings import Ratings, read_ratings
from xlkpi.catalogue.appraising.results import Results, check_coefficients, read_results
from xlkpi.catalogue.toml import CatalogueError, TomlTable, read_toml
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.rules.model import RuleError
from xlkpi.scoring.grades import Grade, grade_scale, write_grade_scale

BLOCKS = ("events", "review", "confirmation")
"""The parts of a form that a company may leave out."""
ADDED_BLOCKS = ("exceptions", "agreement", "ratings", "meeting")
"""The parts of a form that only companies have which ask for them: indicators that do not count (不计分事项), the
agreement of targets (目标商定), ratings by several people (自评和多方评价), the record of the meeting (面谈记录)."""
AS_IS, BY_DAYS = PART_QUARTER = "as_is", "by_days"
"""What becomes of a whole quarter's target where somebody has the role for a part of it, or works part time: it stays,
and everybody is told; or it is reduced by days in post and working time."""


@dataclass(frozen=True)
class Company:
    """One company's settings.

    grades: from the best down. blocks: the optional parts that its forms have. events_limit: points; the sum of a
    form's events counts at most so much up or down. red_line_grade: the best grade after a red line was crossed, None
    for no ceiling. share_minimum: people; smaller teams are not compared with the expected shares of grades.
    lite_package: what xlwings Lite installs (`xlkpi==…` or the https address of a wheel); "" for the published package.
    part_quarter: one of `PART_QUARTER`. notes: whether forms print the notes of their indicators; False for those that
    were sent before they did. ratings: how the ratings of several people count, where forms have that block.
    low_score: points; where forms have the record of the meeting, it says why an indicator scored less.
    results: what follows from scores; forms do not hold it.
    versions: language → the company as its file writes it in that language, where it does.
    """

    name: str
    grades: tuple[Grade, ...]
    blocks: tuple[str, ...] = BLOCKS
    events_limit: Decimal = Decimal(5)
    red_line_grade: str | None = None
    share_minimum: int = 10
    lite_package: str = ""
    part_quarter: str = AS_IS
    notes: bool = True
    ratings: Ratings = field(default_factory=Ratings)
    low_score: float = 60.0
    results: Results = field(default_factory=Results)
    versions: Mapping[str, Company] = field(default_factory=dict)

    @property
    def red_line_total(self) -> Decimal | None:
        """The highest total with the red-line grade: 0.01 below the next better grade; None without a ceiling."""
        better = next((a for a, b in pairwise(self.grades) if b.name == self.red_line_grade), None)
        return None if better is None or better.at_least is None else better.at_least - Decimal("0.01")

    @property
    def grade_scale(self) -> str:
        return write_grade_scale(self.grades)


def read_company(path: Traversable | Path) -> Company:
    """Read a company file. Raises `CatalogueError` with all its faults."""
    return company_of(read_toml(path), path.name)


def company_of(data: dict[str, Any], file: str) -> Company:
    """The company from the data of a company file. file: for messages. Raises `CatalogueError` with all faults."""
    table = TomlTable(data, file, "", [])
    company = Company(
        table.get("name", str),
        _grades(table),
        tuple(table.strings("blocks")) if "blocks" in table.data else BLOCKS,
        _decimal(table.optional("events_limit", float, 5.0)) or Decimal(0),
        table.optional("red_line_grade", str),
        int(table.optional("share_minimum", float, 10.0) or 0),
        table.optional("lite_package", str) or "",
        table.choice("part_quarter", PART_QUARTER),
        ratings=read_ratings(table),
        low_score=table.optional("low_score", float, 60.0) or 0.0,
        results=read_results(table),
    )
    if company.share_minimum < 0:
        table.fault("share_minimum", "not_negative")
    if company.events_limit < 0:
        table.fault("events_limit", "not_negative")
    if company.low_score < 0:
        table.fault("low_score", "not_negative")
    if set(company.blocks) - {*BLOCKS, *ADDED_BLOCKS}:
        table.fault("blocks", "blocks", blocks=(*BLOCKS, *ADDED_BLOCKS))
    if "agreement" in company.blocks and "confirmation" not in company.blocks:
        table.fault("agreement", "agreement_unsigned")
    _check_grades(table, company)
    check_coefficients(table, company.results, company.grades)
    versions = {}
    for language in LANGUAGES:
        if in_language := table.table(language):
            name = in_language.optional("name", str) or company.name
            version = replace(
                company,
                name=name,
                grades=_grades(in_language),
                red_line_grade=in_language.optional("red_line_grade", str),
            )
            _check_grades(in_language, version)
            versions[language] = version
    table.name_unknown_keys()
    if table.faults:
        raise CatalogueError(table.faults)
    return replace(company, versions=versions)


def company_digest(company: Company) -> str:
    """Twelve hexadecimal digits that change with everything of a company that its forms hold."""
    of_languages = [(language, other) for language, other in sorted(company.versions.items())]
    content = [
        (
            language,
            one.name,
            one.blocks,
            one.events_limit,
            one.red_line_grade,
            [(g.name, g.at_least) for g in one.grades],
        )
        for language, one in [("", company), *of_languages]
    ]
    ratings = [repr(company.ratings)] if "ratings" in company.blocks else []  # where there are none, digests stay
    low = [company.low_score] if "meeting" in company.blocks else []
    return hashlib.sha256(repr([*content, *ratings, *low]).encode()).hexdigest()[:12]


def _grades(table: TomlTable) -> tuple[Grade, ...]:
    entries = table.tables("grades")
    grades = tuple(
        Grade(
            entry.get("name", str),
            _decimal(entry.optional("at_least", float)),
            entry.optional("share", float),
            entry.optional("coefficient", float),
            entry.optional("reward", str) or "",
        )
        for entry in entries
    )
    shares = [grade.share for grade in grades if grade.share is not None]
    if shares and (len(shares) < len(grades) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9):
        table.fault("grades", "shares")
    return grades


def _check_grades(table: TomlTable, company: Company) -> None:
    if company.red_line_grade is not None and company.red_line_grade not in [grade.name for grade in company.grades]:
        table.fault("red_line_grade", "no_such_grade")
    try:
        reads_back = grade_scale(company.grade_scale) == company.grades  # forms hold the scale as text
    except RuleError as error:
        table.fault("grades", "error", error=error)
    else:
        if not reads_back:
            table.fault("grades", "grade_names")


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(repr(number))
