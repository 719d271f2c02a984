#!/usr/bin/env bash
# formualizer 0.13.0: a function of a range inside SUMPRODUCT gives 0, without an error.
#
# Guess: SUMPRODUCT(ISNUMBER(A1:A3)*B1:B3) adds the rows with numbers, as SUMPRODUCT((A1:A3>0)*B1:B3) does.
# Seen: 0, as with LEFT in place of ISNUMBER. A total that is silently 0 is the worst of errors.
# So totals use SUMIF, and SUMPRODUCT of two plain ranges only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check formualizer==0.13.0 openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import formualizer, openpyxl

book = openpyxl.Workbook()
for row, (value, number) in enumerate([(1, 10), ("x", 20), (3, 30)], start=1):
    book.active[f"A{row}"], book.active[f"B{row}"] = value, number
formulas = ["SUMPRODUCT(A1:A1*B1:B1)", "SUMPRODUCT(ISNUMBER(A1:A3)*B1:B3)", 'SUMPRODUCT((LEFT(A1:A3,1)="x")*B1:B3)']
for row, formula in enumerate(formulas, start=1):
    book.active[f"C{row}"] = "=" + formula
book.save("products.xlsx")
calculated = formualizer.load_workbook("products.xlsx")
calculated.evaluate_all()
for row, formula in enumerate(formulas, start=1):
    print(formula, "→", calculated.get_value("Sheet", row, 3))
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
SUMPRODUCT(A1:A1*B1:B1) → 10.0
SUMPRODUCT(ISNUMBER(A1:A3)*B1:B3) → 0.0
SUMPRODUCT((LEFT(A1:A3,1)="x")*B1:B3) → 0.0
SEEN
cat "$folder/seen"
