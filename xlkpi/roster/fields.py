"""Reads the fields of a roster that are no texts: a day, yes or no, a share of working time. Raises `FieldError`."""

from __future__ import annotations

import datetime as dt

from xlkpi.common.day import day_written
from xlkpi.i18n.labels import Labels, is_yes, words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import is_number, number_text, number_written
from xlkpi.roster.faults import FieldError
from xlkpi.roster.header import text_of

_NO = ("", "no", "n", "false", "0")
_YES = ("y", "true", "1", "√", "✓")


def day(value: object, field: str, labels: Labels) -> dt.date | None:
    """The date in a cell: a date, a text, or Excel's serial number of a date; None where the cell is empty."""
    text = text_of(value)
    if not text:
        return None
    found = day_written(value if isinstance(value, dt.date) else text)
    if found is None:
        raise FieldError(field, "roster_no_date", label=labels(field), text=text)
    return found


def yes_or_no(text: str, field: str, labels: Labels) -> bool:
    """Yes in any language; an empty cell is no."""
    if is_yes(text) or text.casefold() in _YES:
        return True
    if text.casefold() in (*_NO, *(words(language)("no_word").casefold() for language in LANGUAGES)):
        return False
    raise FieldError(field, "roster_yes_no", label=labels(field), text=text)


def share(value: object, field: str, labels: Labels) -> float:
    """The share of full working time, above 0 and at most 1; 1 where the cell is empty."""
    text = text_of(value)
    number = 1.0 if not text else number_written(text) if isinstance(value, str) else value
    if is_number(number) and 0 < number <= 1:
        return float(number)
    key = "roster_share_meant" if is_number(number) and 1 < number <= 100 else "roster_share"
    meant = number_text(number / 100, True, labels) if is_number(number) else ""
    raise FieldError(field, key, label=labels(field), text=text, meant=meant)
