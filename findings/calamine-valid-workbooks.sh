#!/usr/bin/env bash
# python-calamine 0.9.1: what openpyxl opens is refused, or read as another type.
#
# Guess: a number with blanks around it, which XML Schema allows, is the number; a sheet whose relationship is gone costs
# that sheet.
# Seen: with t="n" the whole sheet raises, without t the number is a text; the sheet without relationship costs the file.
# So we write such workbooks in the usual spelling before calamine sees them (xlkpi/xlsx/usual.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-calamine==0.9.1 XlsxWriter==3.3.1 openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import zipfile
import openpyxl, python_calamine, xlsxwriter

with xlsxwriter.Workbook("plain.xlsx") as book:
    book.add_worksheet().write_number("A1", 1180)
    book.add_worksheet()


def changed(name, part, before, after):
    with zipfile.ZipFile("plain.xlsx") as source, zipfile.ZipFile(name, "w") as target:
        for entry in source.namelist():
            data = source.read(entry).decode()
            assert entry != part or before in data
            target.writestr(entry, data.replace(before, after) if entry == part else data)
    try:
        value = python_calamine.CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()[0][0]
    except python_calamine.CalamineError as error:
        value = f"{type(error).__name__}"
    try:
        other = openpyxl.load_workbook(name).worksheets[0]["A1"].value
    except KeyError as error:
        other = type(error).__name__
    print(name, repr(value), repr(other))


cell, sheet = '<c r="A1"><v>1180</v>', "xl/worksheets/sheet1.xml"
changed("typed.xlsx", sheet, cell, '<c r="A1" t="n"><v> 1180 </v>')
changed("untyped.xlsx", sheet, cell, '<c r="A1"><v> 1180 </v>')
changed("sheet.xlsx", "xl/workbook.xml", 'r:id="rId2"', "")
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
typed.xlsx 'CalamineError' 1180
untyped.xlsx ' 1180 ' 1180
sheet.xlsx 'CalamineError' 1180
SEEN
cat "$folder/seen"
