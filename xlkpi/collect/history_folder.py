"""The folder of the history. Apart from `history`, which imports pandas, because help texts name the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

HISTORY = "历史"
"""The name of the folder, which lies beside the summary workbook, the forms, or the folder of the forms."""


def history_beside(source: Path) -> pd.DataFrame | None:
    """The history beside a workbook or a folder; None where there is none. Raises HistoryError, OSError."""
    from xlkpi.collect.history import load

    folder = source.absolute().parent / HISTORY
    return load(folder) if folder.is_dir() else None
