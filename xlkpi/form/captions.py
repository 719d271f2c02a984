"""What people call the rows and columns of a form, which the program knows by their ids."""

from __future__ import annotations

from xlkpi.catalogue.role import Role
from xlkpi.common.quarter import MONTHS
from xlkpi.form.blocks.agreement import KEY_ACTION
from xlkpi.form.layout import LETTER, needed_rows, rating_id
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.problems import UnreadableError

_KEY_ACTION = dict(
    zip(KEY_ACTION.values(), ("indicator", "key_action", "key_action_owner", "key_action_due"), strict=True)
)


def row_caption(row_id: str, role: Role, labels: Labels) -> str:
    """A row by the label of its measure or indicator, or by its own; by its id where it has none."""
    rated = next((i.label for i in role.indicators if rating_id(i.id) == row_id), None)
    if rated is not None:
        return labels("rating_of", label=rated)
    try:
        return needed_rows(role).get(row_id) or labels("name" if row_id == "person" else row_id)
    except KeyError:
        return row_id


def rating_caption(row_id: str, rater: str, role: Role, labels: Labels) -> str:
    """A rating by its indicator and by who gives it: “服务” 自评."""
    label = next((i.label for i in role.indicators if rating_id(i.id) == row_id), row_id)
    return labels("rating_by", label=label, who=labels(rater))


def column_caption(column_id: str, labels: Labels, row_id: str = "") -> str:
    """A column by its header in the block of a row; the hidden ones by their letter."""
    if column_id in MONTHS:
        return labels("nth_month", number=MONTHS.index(column_id) + 1)
    captions = {"label": "indicator", "quarter": "quarter_value", "rank": "rank_word"}
    if row_id.startswith("m:"):
        captions |= {"label": "measure", "weighted": "status", "receipt": "plausible"}
    if row_id.startswith("s:"):
        captions |= {"definition": "criteria", "score": "combined", "weighted": "status"}
    if row_id.startswith("k:"):
        captions |= _KEY_ACTION
    try:
        return labels(captions.get(column_id, column_id))
    except KeyError:
        return labels("hidden_column", letter=LETTER[column_id])


def with_captions(error: UnreadableError, role: Role, labels: Labels) -> UnreadableError:
    """The error in the words of the form, where it speaks of a cell that is gone, or of a row or column there twice."""
    row_id, column_id = error.row_id, error.column_id
    if error.key not in ("cell_gone", "rows_doubled", "columns_doubled") or row_id is None or column_id not in LETTER:
        return error
    row, column = row_caption(row_id, role, labels), column_caption(column_id, labels, row_id)
    if error.key == "cell_gone":
        return UnreadableError(error.kind, error.key, row_id, column_id, row=row, column=column)
    return UnreadableError(
        error.kind, error.key, row_id, column_id, label=row if error.key == "rows_doubled" else column
    )
