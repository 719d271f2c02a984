#!/usr/bin/env bash
# betteroffice-xlsx 0.2.1: COUNTBLANK counts the "" of a formula, COUNTIF(…,"") does not.
#
# Guess: both count empty cells and cells with an empty text, as in Excel.
# Seen: 1 and 0; and MATCH(…,0) knows no wildcard, while COUNTIF does.
# So forms ask ="" of every cell by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check betteroffice-xlsx==0.2.1 openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import betteroffice_xlsx, openpyxl

book = openpyxl.Workbook()
book.active.title = "S"
book.active["A1"], book.active["A2"] = '=IF(1=1,"",0)', "#KPI no target"
formulas = ["COUNTBLANK(A1:A1)", 'COUNTIF(A1:A1,"")', 'COUNTIF(A1:A2,"#KPI*")', 'MATCH("#KPI*",A1:A2,0)']
for row, formula in enumerate(formulas, start=1):
    book.active[f"B{row}"] = "=" + formula
book.save("empty.xlsx")
with open("empty.xlsx", "rb") as file:
    calculated = betteroffice_xlsx.Workbook.open_recalculated(file.read())
for row, formula in enumerate(formulas, start=1):
    print(formula, "→", calculated.value("S", f"B{row}"))
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
COUNTBLANK(A1:A1) → 1.0
COUNTIF(A1:A1,"") → 0.0
COUNTIF(A1:A2,"#KPI*") → 1.0
MATCH("#KPI*",A1:A2,0) → #N/A
SEEN
cat "$folder/seen"
