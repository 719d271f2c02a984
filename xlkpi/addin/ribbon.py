"""The one table of the buttons in Excel's ribbon: its XML, its words and its documentation follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.i18n.labels import Labels

TAB = "xlkpi"
GROUPS = ("form", "quarter", "program")


@dataclass(frozen=True, slots=True)
class Button:
    """A button. name: of its function in `udfs.ribbon`. group: one of GROUPS. image: Office's name of its picture."""

    name: str
    group: str
    image: str


BUTTONS = (
    Button("recalculate", "form", "CalculateNow"),
    Button("check", "form", "ErrorChecking"),
    Button("receipts", "form", "FunctionWizard"),
    Button("refresh", "quarter", "RefreshAll"),
    Button("new_quarter", "quarter", "FileNew"),
    Button("next_quarter", "quarter", "CalendarInsert"),
    Button("guides", "quarter", "ExportWord"),
    Button("settings", "program", "PropertySheet"),
    Button("about", "program", "Info"),
)
"""From left to right."""


def ribbon_words(words: Labels) -> dict[str, str]:
    """What the ribbon says in one language, by the id of the control; a button's tip by its id and `.tip`."""
    said = {TAB: words("ribbon_tab")} | {group: words(f"ribbon_group_{group}") for group in GROUPS}
    for button in BUTTONS:
        said[button.name] = words(f"button_{button.name}")
        said[f"{button.name}.tip"] = words(f"button_{button.name}_tip")
    return said
