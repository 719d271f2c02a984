#!/usr/bin/env bash
# excelize 0.1.0 (Python): ROUND joined to a text shows digits that it should have rounded away.
#
# Guess: ROUND(97.33333,2)&" points" is "97.33 points", as a cell shows it.
# Seen: 97.33000000000001; the same number by a division is 97.33.
# So receipts join a whole number divided by 100.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check excelize==0.1.0 openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import excelize, openpyxl

book = openpyxl.Workbook()
book.active["A1"] = 97.33333
book.save("numbers.xlsx")
calculated = excelize.open_file("numbers.xlsx")
for formula in ('ROUND(A1,2)&" points"', 'ROUND(A1*100,0)/100&" points"'):
    calculated.set_cell_formula("Sheet", "B1", formula)
    print(formula, "→", calculated.calc_cell_value("Sheet", "B1"))
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
ROUND(A1,2)&" points" → 97.33000000000001 points
ROUND(A1*100,0)/100&" points" → 97.33 points
SEEN
cat "$folder/seen"
