#!/usr/bin/env bash
# xlsx-populate 1.21.0: opening and saving turns the text 1002 into the number 1002.
#
# Guess: a workbook that is opened and saved without an edit keeps the types of its cells.
# Seen: a text that is written like a number comes back as a number; 0001, which a number cannot be, stays a text.
# So a staff number may come back as a number, and 1002.0 must be read as 1002.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts xlsx-populate@1.21.0 xlsx@0.18.5 > "$folder/npm"
cat > "$folder/try.cjs" <<'NODE'
const XLSX = require("xlsx");
const populate = require("xlsx-populate");
const types = (file) => XLSX.utils.sheet_to_json(XLSX.readFile(file).Sheets.Staff, { header: 1 }).flat();
(async () => {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["1002"], ["0001"]]), "Staff");
  XLSX.writeFile(book, "before.xlsx", { bookSST: true });
  await (await populate.fromFileAsync("before.xlsx")).toFileAsync("after.xlsx");
  console.log("before:", JSON.stringify(types("before.xlsx")));
  console.log("after: ", JSON.stringify(types("after.xlsx")));
})();
NODE
(cd "$folder" && node try.cjs) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
before: ["1002","0001"]
after:  [1002,"0001"]
SEEN
cat "$folder/seen"
