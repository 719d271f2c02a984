"""Days as people write them in cells."""

from __future__ import annotations

import datetime as dt
import re

_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: 00:00(?::00)?)?")


def day_written(value: object) -> dt.date | None:
    """The day that a date, a text such as 2027-01-08, or a spreadsheet's number of a day says; None for any other."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = f"{value:g}" if isinstance(value, float) else str(value).strip()
    try:
        if written := _DATE.fullmatch(text):
            return dt.date(*(int(part) for part in written.groups() if part))
        if re.fullmatch(r"\d{5}", text):
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
    except ValueError:
        pass
    return None
