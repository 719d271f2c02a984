"""Writes and reads the history: one Parquet file per quarter, one row per indicator of every form that counted.

The files are `DIR/quarter=2026Q4/part.parquet`, so pandas, DuckDB and Spark read the folder as one dataset.
Each row names the summary workbook that it was collected into. Collecting into that workbook again replaces its rows:
who was withdrawn is gone. The people of other summaries stay; whoever is in both counts as collected last.
"""

from __future__ import annotations

import io
import json
import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyarrow import Table
from pyarrow.parquet import ParquetFile, ParquetWriter

from xlkpi.appraisal.people import ranks
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.collect.changes import standings
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import CARRIED
from xlkpi.i18n.message_files import PROBLEMS, MessageError
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.scoring.reasons import VETOES

if TYPE_CHECKING:
    from collections.abc import Collection as Values
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xlkpi.appraisal.appraise import IndicatorResult
    from xlkpi.appraisal.filled import FilledForm
    from xlkpi.collect.collection import Collection, Ranked

COLUMNS = {
    "id": "str",  # staff number; "" where nobody gave one
    "name": "str",
    "department": "str",  # of the form's assignment
    "superior": "str",
    "role": "str",  # id in the catalogue
    "start": "str",  # first day of the assignment, ISO; "" where it is not known
    "days": "int64",  # of the quarter in this assignment
    "indicator": "str",  # id; +1, +2 are spare rows of the form
    "label": "str",
    "weight": "float64",  # effective, per cent of the form's total; 0 where the indicator did not apply
    "actual": "float64",  # of the first measure, a rate as a fraction; empty where it is no number
    "target": "float64",
    "actuals": "str",  # of all measures, as JSON; words of rated indicators stand here
    "targets": "str",
    "unit": "str",
    "rule": "str",
    "score": "float64",  # 0 to 100, above only where the rule says so; 0 for a veto; empty where there is none
    "deducted": "float64",
    "receipt": "str",
    "total": "float64",  # of the form: weighted total, without events
    "final": "float64",  # of the form: with events
    "grade": "str",
    "person_total": "float64",  # of the person: the mean of the forms, weighted by days
    "person_final": "float64",
    "person_grade": "str",  # the one that counts, calibrated where it was; "" without a final
    "computed_grade": "str",  # of the score, before calibration; "" without a final, and in rows of earlier versions
    "calibration_reason": "str",
    "calibration_approver": "str",
    "coefficient": "float64",  # by which pay is multiplied; empty where the company has none
    "rank": "Int64",  # among everyone in the history of the quarter, 1-1-3; empty without a final
    "alerts": "str",  # of the form: JSON, [[id, text], …]
    "measures": "str",  # of the form: JSON, measure → its three months or its quarter, as typed
    "open_appeals": "Int64",  # of the person, not ruled on when it was collected; empty in rows of earlier versions
    "met": "str",  # of the form: the day of the review meeting, ISO; "" without record
    "actions": "str",  # of the form: JSON, what was agreed in the meeting; "" on forms without its record
    "score_before": "float64",  # without what was ruled on appeals; empty where nothing was ruled on the form
    "final_before": "float64",  # of the person, likewise; empty where nothing was ruled on any form
    "summary": "str",  # the summary workbook, its path seen from the history folder
}
"""The columns and their types. `quarter` stands in the folder's name; `load` puts it in front."""


OF_PEOPLE = ("id", "name", "person_final", "person_grade", "summary")
"""What tells who has changed since a collection, and who is of another summary."""
OF_FORMS = ("id", "name", "department", "superior", "role", "start", "days", "measures", "actions", "person_final")
"""What the forms of the next quarter are held against."""
_MOST_ROWS = 2_000_000
"""Rows of a quarter that are read at most: those of 100,000 people."""


class HistoryError(MessageError):
    """A file of the history that cannot be read."""


def frame(collection: Collection, summary: str = "") -> pd.DataFrame:
    """A quarter's rows, by ranking and then by form, with the columns `COLUMNS`. summary: that of every row."""
    return pd.concat(parts(collection, summary), ignore_index=True)


def parts(collection: Collection, summary: str = "") -> Iterator[pd.DataFrame]:
    """The rows of `frame`, some people at a time: those of a large company take much memory."""
    coefficients = Coefficients(collection.catalogue, collection.quarter)
    for start in range(0, max(1, len(collection.ranking)), _AT_A_TIME):
        yield _rows(collection.ranking[start : start + _AT_A_TIME], coefficients, summary)


_AT_A_TIME = 100
"""People whose rows are made at a time."""


def _rows(ranking: Sequence[Ranked], coefficients: Coefficients, summary: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for ranked in ranking:
        coefficient = coefficients.of(ranked.person.grade, ranked.person.final)
        for form, days in zip(ranked.person.forms, ranked.person.days, strict=True):
            of_form = _of_form(ranked, form, days) | {"coefficient": coefficient, "summary": summary}
            rows += (of_form | _of_indicator(form, result) for result in form.appraisal.indicators)
    return _typed(pd.DataFrame(rows, columns=list(COLUMNS)))


def of_others(before: pd.DataFrame, collection: Collection, summary: str) -> pd.DataFrame:
    """The rows of a quarter's history that stay beside newly collected ones: other people of other summaries."""
    collected = {(ranked.person.id, ranked.person.name) for ranked in collection.ranking}
    new = [who in collected for who in zip(before["id"], before["name"], strict=True)]
    return before[(before["summary"] != summary) & ~np.array(new, dtype=bool)]


def joined(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows of a quarter with those of other people, ranked together."""
    if others.empty:
        return rows
    everyone = pd.concat([rows, others], ignore_index=True)
    finals = {who: standing.final for who, standing in standings(everyone).items()}
    rank = dict(zip(finals, ranks(list(finals.values())), strict=True))
    places = [rank[who] for who in zip(everyone["id"], everyone["name"], strict=True)]
    ranked = everyone.assign(rank=pd.array(places, dtype="Int64"))
    return ranked.sort_values("rank", kind="stable", na_position="last", ignore_index=True)


def _of_form(ranked: Ranked, form: FilledForm, days: int) -> dict[str, Any]:
    """What every row of a form holds."""
    person, appraisal, assignment = ranked.person, form.appraisal, form.assignment
    return {
        "id": person.id,
        "name": person.name,
        "department": assignment.department if assignment else person.department,
        "superior": assignment.superior if assignment else person.superior,
        "role": appraisal.role.id,
        "start": assignment.begins if assignment else "",
        "days": days,
        "total": _number(appraisal.total),
        "final": _number(appraisal.final),
        "grade": appraisal.grade or "",
        "person_total": _number(person.total),
        "person_final": _number(person.final),
        "person_grade": person.grade or "",
        "computed_grade": person.computed_grade or "",
        "calibration_reason": person.calibration.reason if person.calibration else "",
        "calibration_approver": person.calibration.approver if person.calibration else "",
        "rank": ranked.rank,
        "open_appeals": sum(appeal.pending for appeal in person.appeals),
        "alerts": json.dumps(appraisal.alerts, ensure_ascii=False),
        "met": form.meeting.date.isoformat() if form.meeting and form.meeting.date else "",
        "actions": json.dumps(_agreed(form), ensure_ascii=False) if form.meeting else "",
        "final_before": _number(person.final_before) if any(form.before for form in person.forms) else None,
        "measures": json.dumps(
            {id: list(values) for id, values in appraisal.inputs.measures.items()}, ensure_ascii=False
        ),
    }


def _of_indicator(form: FilledForm, result: IndicatorResult) -> dict[str, Any]:
    inputs = form.appraisal.inputs
    spare = next((spare for spare in inputs.spare if spare.id == result.id), None)
    earlier = form.before.indicators if form.before else ()
    return {
        "indicator": result.id,
        "label": result.label,
        "weight": result.weight,
        "actual": _number(result.actual[0]),
        "target": _number(result.target[0]),
        "actuals": json.dumps(result.actual, ensure_ascii=False),
        "targets": json.dumps(result.target, ensure_ascii=False),
        "unit": spare.unit if spare else inputs.units[result.id],
        "rule": spare.rule if spare else inputs.rules[result.id],
        "score": _scored(result.score),
        "deducted": result.deducted,
        "receipt": result.receipt or "",
        "score_before": next((_scored(one.score) for one in earlier if one.id == result.id), None),
    }


def open_appeals(rows: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """(id, name) of everyone in a quarter's rows who had an open appeal when it was collected."""
    of_people = rows[rows["open_appeals"].fillna(0) > 0]
    return frozenset(zip(of_people["id"], of_people["name"], strict=True))


def _agreed(form: FilledForm) -> list[dict[str, str]]:
    """The actions of a form's review meeting, as the next form gets them."""
    return [{field: getattr(review, field) for field in CARRIED} for review in form.reviews if review.actions]


def _scored(score: Value) -> float | None:
    return 0.0 if score in VETOES else _number(score)


def _number(value: Value) -> float | None:
    return float(value) if is_number(value) else None


def _typed(rows: pd.DataFrame, columns: Sequence[str] = tuple(COLUMNS)) -> pd.DataFrame:
    """The rows with these columns and the types of `COLUMNS`, whichever version of xlkpi wrote them."""
    rows = rows.reindex(columns=list(columns))
    # A column that an earlier version did not write is one of empty numbers. One that is as it should be stays: turning
    # texts into objects and back takes longer than reading them.
    return rows.assign(**{name: _typed_column(rows[name]) for name in columns if not _is_typed(rows[name])})


def _is_typed(column: pd.Series[Any]) -> bool:
    kind = COLUMNS[str(column.name)]
    return bool(column.dtype == kind) and not (kind == "str" and column.hasnans)


def _typed_column(column: pd.Series[Any]) -> pd.Series[Any]:
    kind: Any = COLUMNS[str(column.name)]
    return (column.astype(object).fillna("") if kind == "str" else column).astype(kind)


def path_from(folder: Path, summary: Path) -> str:
    """The path of a summary workbook as its rows name it."""
    try:
        return Path(os.path.relpath(summary, folder)).as_posix()
    except ValueError:  # on another drive
        return summary.absolute().as_posix()


def path_of(folder: Path, quarter: Quarter) -> Path:
    """The file of a quarter."""
    return folder / f"quarter={quarter}" / "part.parquet"


def write(folder: Path, quarter: Quarter, rows: pd.DataFrame | Iterable[pd.DataFrame]) -> None:
    """Write a quarter's rows, all or in parts; they replace those that the history has of it. Raises OSError."""
    buffer = io.BytesIO()
    tables = (
        Table.from_pandas(part, preserve_index=False) for part in ([rows] if isinstance(rows, pd.DataFrame) else rows)
    )
    first = next(tables)
    with ParquetWriter(buffer, first.schema) as file:
        for table in chain([first], tables):
            file.write_table(table)
    write_whole(path_of(folder, quarter), buffer.getvalue(), overwrite=True)


def load(
    folder: Path, columns: Sequence[str] = tuple(COLUMNS), only: Mapping[str, Values[str]] | None = None
) -> pd.DataFrame:
    """The history, the oldest quarter first: `quarter` and these columns.

    only: column → values; rows with other values are left out while their quarter is read, so that a long history of
    many people need not fit into the memory. A folder that does not exist has no rows. Raises HistoryError, OSError.
    """
    read = [*dict.fromkeys((*columns, *(only or ())))]
    frames = []
    for quarter in sorted(_quarters(folder)):
        rows = load_quarter(folder, quarter, read)
        for column, values in (only or {}).items():
            rows = rows[rows[column].isin(values)]
        frames.append(rows.assign(quarter=str(quarter))[["quarter", *columns]])
    if not frames:
        return _typed(pd.DataFrame(), columns).assign(quarter="")[["quarter", *columns]]
    return pd.concat(frames, ignore_index=True)


def load_quarter(folder: Path, quarter: Quarter, columns: Sequence[str] = tuple(COLUMNS)) -> pd.DataFrame:
    """These columns of one quarter's rows, none where it has not been collected. Raises HistoryError, OSError."""
    path = path_of(folder, quarter)
    if not path.is_file():
        return _typed(pd.DataFrame(), columns)
    try:
        content = io.BytesIO(path.read_bytes())
        file = ParquetFile(content)
        rows = file.metadata.num_rows  # compression makes millions of equal rows a small file
        if rows > _MOST_ROWS:
            raise MessageError(PROBLEMS.message("history_rows", rows=f"{rows:,}"))
        there = [name for name in file.schema_arrow.names if name in columns]
        return _typed(pd.read_parquet(content, columns=there), columns)
    except (ValueError, TypeError) as error:  # pyarrow's errors are ValueErrors
        reason = error.message if isinstance(error, MessageError) else str(error)
        raise HistoryError(PROBLEMS.message("history_damaged", path=str(path), error=reason)) from None


def _quarters(folder: Path) -> Iterator[Quarter]:
    for path in folder.glob("quarter=*/part.parquet"):
        try:
            yield Quarter.parse(path.parent.name.removeprefix("quarter="))
        except ValueError:
            continue
