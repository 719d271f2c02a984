"""Makes drafts of roles that exist, to write them into a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlkpi.catalogue.workbooks.draft import RoleDraft


def draft_of(data: Mapping[str, Any]) -> RoleDraft:
    """The draft of a role from its data: the whole of a role file with all its periods, or `Version.data`."""
    return RoleDraft(data)
