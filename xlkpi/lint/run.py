"""Runs all checks over a catalogue: `lint()` → findings, worst first within each file.

A file that cannot be loaded gives the loader's faults and nothing else; every other file goes through all checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.catalogue.role import Role, Version
from xlkpi.catalogue.role_file import read_versions
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import FAULTS
from xlkpi.i18n.problems import ERROR, SEVERITIES
from xlkpi.lint import clauses, direction, readings, role, units
from xlkpi.lint.findings import Finding, IndicatorCase, RoleCase

_ROLE_CHECKS: tuple[Callable[[RoleCase], Iterator[Finding]], ...] = (
    role.check_weights,
    role.check_summed_rates,
    role.check_carried,
)
_INDICATOR_CHECKS: tuple[Callable[[IndicatorCase], Iterator[Finding]], ...] = (
    clauses.check_adjustments,
    clauses.check_conditions,
    clauses.check_ends,
    direction.check_direction,
    direction.check_opposites,
    units.check_steps,
    units.check_shares_of_further,
    units.check_bounds,
    units.check_units,
    units.check_targets,
    units.check_sums,
    role.check_missing_targets,
    role.check_origins,
    readings.check_wording,
    readings.check_read_before,
    role.check_optional,
    role.check_newcomers,
)


def lint(catalogue: Catalogue, sources: Iterable[str | Path] = (), language: str = HANS) -> list[Finding]:
    """The findings in roles.

    sources: ids of roles of the catalogue, or paths of role files; without any, the company file and all roles.
    language: of the findings; what they quote from the files stays as it is.
    Raises `UnknownRoleError` where the catalogue does not have an id, OSError where a file cannot be read.
    """
    wanted = list(sources)
    findings: list[Finding] = []
    if not wanted:
        findings += _faults(catalogue.company, language)
        wanted = [*catalogue.role_ids]
    for source in wanted:
        read = partial(read_versions, source) if isinstance(source, Path) else partial(catalogue.versions, source)
        findings += sorted(_of_source(read, language), key=lambda finding: SEVERITIES.index(finding.severity))
    return findings


def _of_source(read: Callable[[], Sequence[Version]], language: str) -> Iterator[Finding]:
    """The findings in one role, whose versions `read` gives."""
    faults = list(_faults(read, language))
    yield from faults
    if not faults:
        yield from of_versions(read(), language)


def of_versions(versions: Sequence[Version], language: str, *, book: bool = False) -> Iterator[Finding]:
    """The findings in every version, each once; a finding of some versions only names its version.

    book: whether the role stands in a workbook.
    """
    by_version = [list(of_role(version.role, language, book=book)) for version in versions]
    for version, findings in zip(versions, by_version, strict=True):
        for finding in findings:
            everywhere = all(finding in others for others in by_version)
            if not everywhere:
                yield replace(finding, key=f"{finding.key} ({version})")
            elif findings is by_version[0]:
                yield finding


def of_role(role: Role, language: str, *, book: bool = False) -> Iterator[Finding]:
    """The findings of all checks in one loaded role."""
    for check_role in _ROLE_CHECKS:
        yield from check_role(RoleCase(role, language, book=book))
    for indicator in role.indicators:
        case = IndicatorCase(role, language, indicator, book=book)
        for check_indicator in _INDICATOR_CHECKS:
            yield from check_indicator(case)


def _faults(load: Callable[[], object], language: str) -> Iterator[Finding]:
    """The faults that loading a file raises, as findings."""
    try:
        load()
    except UnknownRoleError:
        raise
    except CatalogueError as error:
        for fault in error.faults:
            kind = "rule" if fault.key.endswith(".rule") else "file"
            message, advice = fault.message.pair(fault.language(language))
            advice = advice or FAULTS("lint_again", fault.language(language))
            yield Finding(fault.file, fault.key, kind, ERROR, fault.text, message, advice)
