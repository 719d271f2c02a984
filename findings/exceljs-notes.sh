#!/usr/bin/env bash
# ExcelJS 4.4.0: a workbook with a note that openpyxl 3.1.5 saved cannot be opened.
#
# Guess: a reader follows the relationships of a sheet, whatever the part of its notes is called.
# Seen: ExcelJS looks for xl/comments1.xml by a relative target; openpyxl writes /xl/comments/comment1.xml.
# So forms name their parts as Excel does, and refer to them by relative targets.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check openpyxl==3.1.5
(cd "$folder" && venv/bin/python - <<'PYTHON'
import openpyxl
from openpyxl.comments import Comment

book = openpyxl.Workbook()
book.active["A1"] = 1
book.save("plain.xlsx")
book.active["A1"].comment = Comment("a note", "somebody")
book.save("note.xlsx")
PYTHON
)
npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts exceljs@4.4.0 > "$folder/npm"
cat > "$folder/try.cjs" <<'NODE'
const ExcelJS = require("exceljs");
(async () => {
  for (const file of ["plain.xlsx", "note.xlsx"]) {
    const book = new ExcelJS.Workbook();
    const said = await book.xlsx.readFile(file).then(() => "opened", (error) => error.message);
    console.log(`${file}: ${said}`);
  }
})();
NODE
(cd "$folder" && node try.cjs) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
plain.xlsx: opened
note.xlsx: Cannot read properties of undefined (reading 'comments')
SEEN
cat "$folder/seen"
