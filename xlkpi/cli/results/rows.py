"""The rows of the history that a command about results works on: those of a quarter, or of a summary workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xlkpi.cli.app import USAGE, fail
from xlkpi.cli.places import history_of, quarter_named
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    import pandas as pd


def refuse_changed(history: Path, quarter: Quarter) -> None:
    """Exit with a message where the results of a quarter are not those that were collected last."""
    from xlkpi.collect.history import path_of
    from xlkpi.form.records.closed import sha256_of
    from xlkpi.form.records.collected import CollectedError, read_collected

    try:
        collected = read_collected(history, quarter)
    except CollectedError as error:
        fail(str(error))
    path = path_of(history, quarter)
    if collected is not None and sha256_of(path) != collected.rows:
        fail(COMMANDS("results_changed", quarter=quarter, path=path))


@dataclass(frozen=True)
class Rows:
    """The rows of one quarter in a folder of the history."""

    quarter: Quarter
    history: Path
    rows: pd.DataFrame


def rows_of(source: Path, quarter: Quarter | None, history: Path | None) -> Rows:
    """The rows that a summary workbook was collected into, or all of the quarter that `source` names.

    Exits with a message where there are none, or where it is not clear which.
    """
    from xlkpi.collect.history import HistoryError, load, load_quarter, path_from

    named = quarter_named(source)
    folder = history_of(history, source.absolute().parent)
    try:
        if named is not None:
            found = load_quarter(folder, named).assign(quarter=str(named))
        else:
            if not source.exists():
                raise FileNotFoundError(2, "", str(source))
            found = load(folder, only={"summary": [path_from(folder, source)]})
    except HistoryError as error:
        fail(str(error))
    if quarter is not None:
        found = found[found["quarter"] == str(quarter)]
    quarters = tuple(found["quarter"].unique())
    if not quarters:
        fail(COMMANDS("no_results", source=source, path=folder), USAGE)
    if len(quarters) > 1:
        fail(COMMANDS("several_quarters", source=source, quarters=quarters), USAGE)
    refuse_changed(folder, Quarter.parse(quarters[0]))
    return Rows(Quarter.parse(quarters[0]), folder, found)
