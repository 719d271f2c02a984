"""The catalogue: the roles that there are, as of a quarter."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from xlkpi.catalogue.role import Role
from xlkpi.catalogue.role_file import Version, read_versions
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.resources import TEMPLATES


class UnknownRoleError(CatalogueError):
    """An id that no role of the catalogue has, or a quarter before its first."""


def load_roles(quarter: Quarter | None = None) -> dict[str, Role]:
    """All roles of the catalogue by id, in the order of their files: the newest, or those that there are in a quarter.

    Raises `CatalogueError`.
    """
    known = {id: load_versions(id) for id in role_files()}
    return {
        id: load_role(id, quarter) for id, versions in known.items() if quarter is None or versions[0].first <= quarter
    }


def load_role(source: str | Path, quarter: Quarter | None = None) -> Role:
    """One role, by its id in the catalogue or by the path of a role file: the newest, or as of a quarter.

    Raises `CatalogueError`, `UnknownRoleError` where the catalogue does not have the id, or not yet in that quarter.
    """
    versions = load_versions(source)
    held = [version for version in versions if quarter is None or version.first <= quarter]
    if not held:
        role = versions[0].role
        message = f"“{role.title}”从{versions[0].first}起使用，{quarter}还没有"
        raise UnknownRoleError([Fault(f"{role.id}.toml", "effective_from", message, repr(role.effective_from))])
    return held[-1].role


def load_versions(source: str | Path) -> tuple[Version, ...]:
    """Every version of a role, oldest first. Raises as `load_role`."""
    return read_versions(source) if isinstance(source, Path) else _load_known(source)


def role_files() -> dict[str, Traversable]:
    """The role files of the catalogue by id, in the order of their names."""
    paths = sorted((files(TEMPLATES) / "roles").iterdir(), key=lambda path: path.name)
    return {path.name.removesuffix(".toml"): path for path in paths if path.name.endswith(".toml")}


@cache
def _load_known(source: str) -> tuple[Version, ...]:
    known = role_files()
    if source not in known:
        raise UnknownRoleError([Fault("", "", f"没有岗位“{source}”；已有的岗位：{'、'.join(known)}")])
    return read_versions(known[source])
