"""What is wrong or risky in a catalogue: `lint()` → findings, worst first within each file.

A file that cannot be used is told by the loader's faults alone; the others go through all checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.role_file import Version, read_versions
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import FAULTS
from xlkpi.i18n.problems import ERROR, SEVERITIES
from xlkpi.lint import clauses, direction, readings, role, units
from xlkpi.lint.findings import Finding, IndicatorCase, RoleCase

_OF_ROLES: tuple[Callable[[RoleCase], Iterator[Finding]], ...] = (role.check_weights, role.check_carried)
_OF_INDICATORS: tuple[Callable[[IndicatorCase], Iterator[Finding]], ...] = (
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
    role.check_missing_targets,
    role.check_origins,
    readings.check_wording,
    readings.check_read_before,
    role.check_optional,
    role.check_newcomers,
)


def lint(catalogue: Catalogue, sources: Iterable[str | Path] = (), language: str = HANS) -> list[Finding]:
    """The findings in roles, by their ids in the catalogue or by the paths of role files; without any, in all of it.

    language: in which they are told; what they speak of stays as the files have it.
    Raises `UnknownRoleError` where the catalogue does not have an id, OSError where a file cannot be read.
    """
    given = list(sources)
    findings: list[Finding] = []
    if not given:
        findings += _faults(catalogue.company, language)
        given = [*catalogue.role_ids]
    for source in given:
        read = partial(read_versions, source) if isinstance(source, Path) else partial(catalogue.versions, source)
        findings += sorted(_of_source(read, language), key=lambda found: SEVERITIES.index(found.severity))
    return findings


def _of_source(read: Callable[[], Sequence[Version]], language: str) -> Iterator[Finding]:
    """The findings in one role, whose versions `read` gives."""
    faults = list(_faults(read, language))
    yield from faults
    if not faults:
        yield from _of_versions(read(), language)


def _of_versions(versions: Sequence[Version], language: str) -> Iterator[Finding]:
    """The findings in every version, each once; one that not all versions have says which has it."""
    found = [list(of_role(version.role, language)) for version in versions]
    for version, findings in zip(versions, found, strict=True):
        for finding in findings:
            everywhere = all(finding in others for others in found)
            if not everywhere:
                yield replace(finding, key=f"{finding.key} ({version})")
            elif findings is found[0]:
                yield finding


def of_role(role: Role, language: str) -> Iterator[Finding]:
    """The findings in a role that could be loaded."""
    for check in _OF_ROLES:
        yield from check(RoleCase(role, language))
    for case in [IndicatorCase(role, language, indicator) for indicator in role.indicators]:
        for inspect in _OF_INDICATORS:
            yield from inspect(case)


def _faults(load: Callable[[], object], language: str) -> Iterator[Finding]:
    try:
        load()
    except UnknownRoleError:
        raise
    except CatalogueError as error:
        for fault in error.faults:
            kind = "rule" if fault.key.endswith(".rule") else "file"
            message, advice = fault.message.pair(language)
            advice = advice or FAULTS("lint_again", language)
            yield Finding(fault.file, fault.key, kind, ERROR, fault.text, message, advice)
