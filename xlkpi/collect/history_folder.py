"""Where the history lies; apart from `history`, which brings pandas, because commands name the folder in their help."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

HISTORY = "历史"
"""The folder of the history beside the summary, the forms or their folder."""


def history_beside(source: Path) -> pd.DataFrame | None:
    """The history beside a workbook or a folder; None where there is none. Raises HistoryError."""
    from xlkpi.collect.history import load

    folder = source.absolute().parent / HISTORY
    return load(folder) if folder.is_dir() else None
