#!/usr/bin/env bash
# pandas 3.1.1: a column of texts that look like numbers is read as numbers.
#
# Guess: a cell that holds the text 0001 is read as the text 0001; read_excel says that it takes types from the cells.
# Seen: staff numbers kept as texts in the file become 1 and 2, and their zeros are gone. dtype=str keeps them.
# So files that went through pandas hold numbers where our register has texts, and both are read as one staff number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pandas==3.1.1 openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import openpyxl, pandas

book = openpyxl.Workbook()
for row in (["staff number", "name"], ["0001", "A"], ["0002", "B"]):
    book.active.append(row)
book.save("staff.xlsx")
print("in the file:", [cell.value for cell in openpyxl.load_workbook("staff.xlsx").active["A"][1:]])
print("read_excel:", pandas.read_excel("staff.xlsx")["staff number"].tolist())
print("dtype=str:", pandas.read_excel("staff.xlsx", dtype=str)["staff number"].tolist())
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
in the file: ['0001', '0002']
read_excel: [1, 2]
dtype=str: ['0001', '0002']
SEEN
cat "$folder/seen"
