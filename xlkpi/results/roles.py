"""What the catalogue says of the roles in the history: their titles, and which of their alerts are red lines."""

from __future__ import annotations

import json

import pandas as pd

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.quarter import Quarter
from xlkpi.results.people import Who


def role_in(catalogue: Catalogue, id: str, quarter: Quarter, language: str | None = None) -> Role | None:
    """A role of a quarter; None where the catalogue no longer has it."""
    try:
        return catalogue.role(id, quarter, language)
    except CatalogueError:
        return None


def red_lines(rows: pd.DataFrame, catalogue: Catalogue, quarter: Quarter) -> frozenset[Who]:
    """Who crossed a red line in a quarter."""
    crossed = set()
    forms = rows.drop_duplicates(["id", "name", "role", "start"])
    for id, name, role, alerts in forms[["id", "name", "role", "alerts"]].itertuples(index=False):
        raised = {alert for alert, _ in json.loads(alerts or "[]")}
        of_role = role_in(catalogue, role, quarter) if raised else None
        if of_role is not None and any(alert.red_line and alert.id in raised for alert in of_role.alerts):
            crossed.add((id, name))
    return frozenset(crossed)
