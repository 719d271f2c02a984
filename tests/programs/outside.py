"""Run by the Python in which the other programs' libraries are: `outside.py REQUEST.json`.

save: open `source`, type `value` into `cell` of `sheet` unless there is none, save as `target`.
calculate: evaluate the formulas of `source`, and write what the `cells` (by sheet) show to `target` as JSON: numbers,
texts, booleans, null where a cell is empty, errors as "#N/A" and the like.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

Shown = dict[str, dict[str, Any]]


def _address(cell: str) -> tuple[int, int]:
    """Row and column from 1."""
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(row), column


# --- writers --------------------------------------------------------------------------------------------------------


def save_openpyxl(asked: dict[str, Any], library: str = "openpyxl", **options: Any) -> None:
    book = import_module(library).load_workbook(asked["source"], **options)
    if "value" in asked:
        book[asked["sheet"]][asked["cell"]] = asked["value"]
    book.save(asked["target"])


def save_wolfxl(asked: dict[str, Any]) -> None:
    save_openpyxl(asked, "wolfxl", modify=True)


def save_pandas(asked: dict[str, Any]) -> None:
    """Values only: what a script does that reads all sheets and writes them into a new workbook."""
    pandas = import_module("pandas")
    frames = pandas.read_excel(asked["source"], sheet_name=None, header=None, dtype=object)
    if "value" in asked:
        row, column = _address(asked["cell"])
        frames[asked["sheet"]].iloc[row - 1, column - 1] = asked["value"]
    with pandas.ExcelWriter(asked["target"], engine="openpyxl") as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name, header=False, index=False)


def save_formualizer(asked: dict[str, Any]) -> None:
    book = import_module("formualizer").load_workbook(asked["source"])
    if "value" in asked:
        book.set_value(asked["sheet"], *_address(asked["cell"]), asked["value"])
    book.evaluate_all()
    Path(asked["target"]).write_bytes(book.to_xlsx_bytes())


def save_excelize(asked: dict[str, Any]) -> None:
    book = import_module("excelize").open_file(asked["source"])
    if "value" in asked:
        book.set_cell_value(asked["sheet"], asked["cell"], asked["value"])
    book.save_as(asked["target"])
    book.close()


def save_ironcalc(asked: dict[str, Any]) -> None:
    model = import_module("ironcalc").load_from_xlsx(asked["source"], "en", "UTC", "en")
    if "value" in asked:
        names = [sheet["name"] for sheet in model.get_worksheets_properties()]
        model.set_user_input(names.index(asked["sheet"]), *_address(asked["cell"]), str(asked["value"]))
    model.evaluate()
    model.save_to_xlsx(asked["target"])


def save_betteroffice(asked: dict[str, Any]) -> None:
    book = import_module("betteroffice_xlsx").Workbook.open(Path(asked["source"]).read_bytes())
    if "value" in asked:
        book.set(asked["sheet"], asked["cell"], asked["value"])
    Path(asked["target"]).write_bytes(book.save())


def save_cellrune(asked: dict[str, Any]) -> None:
    with import_module("cellrune").Workbook.open_path(asked["source"]) as book:
        if "value" in asked:
            book.set_number(asked["sheet"], asked["cell"], asked["value"])
        Path(asked["target"]).write_bytes(book.edits_to_bytes())


def save_aspose(asked: dict[str, Any]) -> None:
    book = import_module("aspose.cells_foss").Workbook(asked["source"])
    if "value" in asked:
        (sheet,) = (sheet for sheet in book.worksheets if sheet.name == asked["sheet"])
        sheet.cells[asked["cell"]].value = asked["value"]
    book.save(asked["target"])


# --- engines --------------------------------------------------------------------------------------------------------


def calculate_ironcalc(asked: dict[str, Any]) -> Shown:
    model = import_module("ironcalc").load_from_xlsx(asked["source"], "en", "UTC", "en")
    model.evaluate()
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    return {
        sheet: {cell: model.get_cell_value(names.index(sheet), *_address(cell)) for cell in cells}
        for sheet, cells in asked["cells"].items()
    }


def calculate_betteroffice(asked: dict[str, Any]) -> Shown:
    book = import_module("betteroffice_xlsx").Workbook.open_recalculated(Path(asked["source"]).read_bytes())

    def shown(value: Any) -> Any:
        return value if isinstance(value, int | float | str | bool | None) else str(value)

    return {sheet: {cell: shown(book.value(sheet, cell)) for cell in cells} for sheet, cells in asked["cells"].items()}


def calculate_excelize(asked: dict[str, Any]) -> Shown:
    excelize = import_module("excelize")
    book = excelize.open_file(asked["source"])

    def shown(sheet: str, cell: str) -> str:
        try:
            return str(book.calc_cell_value(sheet, cell, excelize.Options(raw_cell_value=True)))
        except RuntimeError as error:
            return str(error)

    return {sheet: {cell: shown(sheet, cell) for cell in cells} for sheet, cells in asked["cells"].items()}


def calculate_cellrune(asked: dict[str, Any]) -> Shown:
    cellrune = import_module("cellrune")
    with cellrune.Workbook.open_path(asked["source"]) as book:
        book.recalculate(mode="full")

        def shown(sheet: str, cell: str) -> Any:
            ((value,),) = book.read_values(sheet, cell, cell)
            return value.get("value", value.get("code"))

        return {sheet: {cell: shown(sheet, cell) for cell in cells} for sheet, cells in asked["cells"].items()}


def calculate_formulas(asked: dict[str, Any]) -> Shown:
    formulas = import_module("formulas")
    model = formulas.ExcelModel().loads(asked["source"]).finish()
    solved = {key.upper(): found for key, found in model.calculate().items() if isinstance(key, str)}
    book = Path(asked["source"]).name.upper()

    def shown(sheet: str, cell: str) -> Any:
        found = solved.get(f"'[{book}]{sheet.upper()}'!{cell}")
        if found is None:
            return None
        value = found.value[0, 0]
        value = value.item() if hasattr(value, "item") else value
        return value if isinstance(value, int | float | str | bool) else str(value)

    return {sheet: {cell: shown(sheet, cell) for cell in cells} for sheet, cells in asked["cells"].items()}


def main(path: str) -> None:
    asked = json.loads(Path(path).read_text("utf-8"))
    shown = globals()[asked["do"]](asked)
    if shown is not None:
        Path(asked["target"]).write_text(json.dumps(shown, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
