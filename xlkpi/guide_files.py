"""The files of improvement guides: where the history lies that they tell of, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlkpi.naming import FileNames

if TYPE_CHECKING:
    import pandas as pd

    from xlkpi.guide import Guide

HISTORY = "历史"
"""The folder of the history beside the summary, the forms or their folder."""


def history_beside(source: Path) -> pd.DataFrame | None:
    """The history beside a workbook or a folder; None where there is none. Raises HistoryError."""
    from xlkpi.history import load

    folder = source.absolute().parent / HISTORY
    return load(folder) if folder.is_dir() else None


def named(guides: Sequence[Guide]) -> list[tuple[str, Guide]]:
    """Every guide with its file's name, without the ending."""
    name = FileNames(".html")
    named = []
    for guide in guides:
        person = guide.person
        who = [part for part in (person.id, person.name) if part] or [guide.forms[0].form.sheet]
        named.append((name("-".join([str(guide.quarter), *who])).removesuffix(".html"), guide))
    return named
