#!/usr/bin/env bash
# python-calamine 0.9.1: a cell with an error is read as an empty text.
#
# Guess: #DIV/0! comes as some error, or as its text; an empty cell as something else.
# Seen: both come as ''. Whoever asks "is it filled in?" tells a person to fill in what she sees filled.
# So we read the errors of a sheet from its XML.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-calamine==0.9.1 XlsxWriter==3.3.1
cat > "$folder/try.py" <<'PYTHON'
import python_calamine, xlsxwriter

with xlsxwriter.Workbook("errors.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["error", "empty", "number"])
    sheet.write_formula("A2", "=1/0", None, "#DIV/0!")
    sheet.write_number("C2", 1)
print(python_calamine.CalamineWorkbook.from_path("errors.xlsx").get_sheet_by_index(0).to_python()[1])
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
['', '', 1.0]
SEEN
cat "$folder/seen"
