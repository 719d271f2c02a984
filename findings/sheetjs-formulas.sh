#!/usr/bin/env bash
# SheetJS 0.18.5: a formula that was never calculated is gone after readFile and writeFile.
#
# Guess: what is read is written; the formula needs no result for that.
# Seen: a formula with a stored result stays, one without (as openpyxl saves all of them) is left out with its cell.
# So a form may come back without a formula: `check` tells that in one line, and scores are computed from what was typed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check XlsxWriter==3.3.1
(cd "$folder" && venv/bin/python - <<'PYTHON'
import xlsxwriter

with xlsxwriter.Workbook("before.xlsx") as book:
    sheet = book.add_worksheet("Sheet")
    sheet.write_number("A1", 1)
    sheet.write_formula("A2", "=A1+1", None, 2)
    sheet.write_formula("A3", "=A1+2", None, "")  # openpyxl writes no result either
PYTHON
)
npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts xlsx@0.18.5 > "$folder/npm"
cat > "$folder/try.cjs" <<'NODE'
const XLSX = require("xlsx");
const formulas = (file, options) => {
  const sheet = XLSX.readFile(file, { cellFormula: true, ...options }).Sheets.Sheet;
  return ["A2", "A3"].map((cell) => sheet[cell]?.f ?? "nothing").join(", ");
};
console.log("SheetJS", XLSX.version);
console.log("before:", formulas("before.xlsx", { sheetStubs: true }));
XLSX.writeFile(XLSX.readFile("before.xlsx"), "after.xlsx");
console.log("after: ", formulas("after.xlsx", { sheetStubs: true }));
NODE
(cd "$folder" && node try.cjs) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
SheetJS 0.18.5
before: A1+1, A1+2
after:  A1+1, nothing
SEEN
cat "$folder/seen"
