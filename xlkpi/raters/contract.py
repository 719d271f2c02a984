"""What a rater's workbook and its reading agree on: the hidden sheet, the ids of the columns."""

from __future__ import annotations

META_SHEET = "_xlkpi_rater"
CONTRACT_VERSION = 1
COLUMN_IDS = (
    "id", "employee_id", "name", "post", "relation", "item", "definition", "standard", "rating", "remark",
)  # fmt: skip
"""The ids of the columns, which stand in the hidden first row."""
TITLE_ID = "rater"
"""The hidden id of the title's row, which names the rater for people."""
