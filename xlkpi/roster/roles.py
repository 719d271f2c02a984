"""Finds the role that a title names: by its id, by its title in any language, or by likeness."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.roster.header import folded

_ALIKE = 0.45
"""The likeness from which on a role is named as what may be meant: 主播 and 抖音主播 have 0.67, 主播 and 主管 0.5."""


def roles_named(text: str, catalogue: Catalogue, quarter: Quarter | None = None) -> tuple[Role, ...]:
    """The roles of a quarter with this id or title. Raises `CatalogueError`."""
    return _roles(catalogue, quarter).get(folded(text), ())


def nearest_title(text: str, catalogue: Catalogue, quarter: Quarter | None, language: str) -> str:
    """The title of the role that a text is most like; "" where it is like none. Raises `CatalogueError`."""
    roles = _roles(catalogue, quarter)
    near = difflib.get_close_matches(folded(text), roles, 1, _ALIKE)
    return catalogue.title(roles[near[0]][0], language) if near else ""


@lru_cache(maxsize=16)
def _roles(catalogue: Catalogue, quarter: Quarter | None) -> Mapping[str, tuple[Role, ...]]:
    """Folded id, or folded title in any language → the roles that have it."""
    by_name: dict[str, tuple[Role, ...]] = {}
    for role in catalogue.roles(quarter).values():
        for name in {folded(role.id), *(folded(catalogue.title(role, language)) for language in LANGUAGES)}:
            by_name[name] = (*by_name.get(name, ()), role)
    return by_name
