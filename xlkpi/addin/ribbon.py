"""The table of the buttons in Excel's ribbon, from which its XML, its labels and its documentation are made."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.i18n.labels import Labels

TAB = "xlkpi"
GROUPS = ("form", "quarter", "program")


@dataclass(frozen=True, slots=True)
class Button:
    """A button. name: of its function in `udfs.ribbon`. group: one of GROUPS. image: Office's name of its icon."""

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
"""The buttons, from left to right."""


def ribbon_labels(labels: Labels) -> dict[str, str]:
    """Id of a control → its label in one language; a button's tip has the button's id and `.tip`."""
    label_of = {TAB: labels("ribbon_tab")} | {group: labels(f"ribbon_group_{group}") for group in GROUPS}
    for button in BUTTONS:
        label_of[button.name] = labels(f"button_{button.name}")
        label_of[f"{button.name}.tip"] = labels(f"button_{button.name}_tip")
    return label_of
