"""Tells roles whose 代号 was changed after forms of them were given out: then those are forms of another role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from xlkpi.catalogue.workbooks.kept import Issued
from xlkpi.catalogue.workbooks.reading.grid import folded
from xlkpi.catalogue.workbooks.role_book import RoleSheet
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import BOOKS
from xlkpi.i18n.problems import WARNING, Problem


def changed_ids(sheet: RoleSheet, issued: Sequence[Issued], ids: Set[str]) -> Iterator[Problem]:
    """A problem where forms of the sheet's title have an id that no role has any more. ids: of all roles today.

    Forms that were last given out before the first ones of today's id are past.
    """
    same = [one for one in issued if folded(one.title) == folded(sheet.title)]
    since = min((one.quarter for one in same if one.id == sheet.id), default="")
    gone = [one for one in same if one.id not in ids and one.quarter >= since]
    if gone:
        last = max(gone, key=lambda one: one.quarter)
        values = {"title": last.title, "quarter": last.quarter, "before": last.id, "now": sheet.id}
        message, advice = BOOKS.pair("issued_id", HANS, **values)
        cell = sheet.places.get("id") or sheet.places[""]
        yield Problem(sheet.file, sheet.sheet, cell, None, None, "id", message, advice, WARNING)
