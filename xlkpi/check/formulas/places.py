"""What a cell of a form is called: by the id of its row, and that id of its column which the row uses."""

from __future__ import annotations

from xlkpi.common.person import HEAD_FIELDS
from xlkpi.form.layout import COLUMNS, EXCEPTION_ONLY, LETTER, RATING_LETTERS

Place = tuple[str, str]
"""Row id and column id."""

_IDS = {column.letter: column.ids for column in (*COLUMNS, *EXCEPTION_ONLY)}
_RATERS = {letter: rater for rater, letter in RATING_LETTERS.items()}
_OWN_COLUMNS = {
    "person": HEAD_FIELDS,
    "m": ("owner", "m1", "m2", "m3", "quarter"),
    "final": ("rank",),
    "grade": ("filled",),
}
"""Row, or family of rows → the ids of shared columns (`a/b`) that these rows use; other rows use the first id."""


def is_content(letter: str) -> bool:
    """Whether a sheet column is one of a form's, but for that of the row ids."""
    return letter in _IDS and letter != LETTER["id"]


def place_of(row_id: str, letter: str) -> Place:
    """The place of a cell; in a shared column it has the id that its row uses."""
    family = row_id.partition(":")[0]
    if family == "s" and letter in _RATERS:
        return row_id, _RATERS[letter]
    ids = _IDS[letter]
    own = _OWN_COLUMNS.get(row_id if row_id in _OWN_COLUMNS else family, ())
    return row_id, next((id for id in ids if id in own), ids[0])
