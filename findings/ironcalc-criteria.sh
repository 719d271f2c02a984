#!/usr/bin/env bash
# IronCalc 0.9.1: COUNTIF of a single cell is an error, and "<>x" leaves out empty cells.
#
# Guess: COUNTIF(A1,"good") is COUNTIF(A1:A1,"good"); SUMIF(…,"<>x",…) adds the rows of empty cells, too, as Excel does.
# Seen: #VALUE! and 1; 3 in place of 6.
# So forms count in ranges, were they of one cell, and have no "<>" as a criterion.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ironcalc==0.9.1 openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import ironcalc, openpyxl

book = openpyxl.Workbook()
for row, (text, number) in enumerate([("good", 1), ("good", 2), (None, 3)], start=1):
    book.active[f"A{row}"], book.active[f"B{row}"] = text, number
formulas = ['COUNTIF(A1,"good")', 'COUNTIF(A1:A1,"good")', 'SUMIF(A1:A3,"<>x",B1:B3)']
for row, formula in enumerate(formulas, start=1):
    book.active[f"C{row}"] = "=" + formula
book.save("criteria.xlsx")
model = ironcalc.load_from_xlsx("criteria.xlsx", "en", "UTC", "en")
model.evaluate()
for row, formula in enumerate(formulas, start=1):
    print(formula, "→", model.get_cell_value(0, row, 3))
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
COUNTIF(A1,"good") → #VALUE!
COUNTIF(A1:A1,"good") → 1.0
SUMIF(A1:A3,"<>x",B1:B3) → 3.0
SEEN
cat "$folder/seen"
