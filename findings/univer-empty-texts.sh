#!/usr/bin/env bash
# Univer 0.25.1: 0="" is true, ISTEXT of the "" of a formula is false, and such a "" becomes 0 two cells on.
#
# Guess: as in Excel, a 0 that somebody typed is not empty; a formula that gives "" gives a text, and so do A3 and =A3.
# Seen: the opposite, three times. LEN and COUNT answer as expected.
# So forms ask LEN(cell)=0 for emptiness, COUNT(cell)=0 for "no number", and copy a cell by IF(LEN(cell)=0,"",cell).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps \
    @univerjs/{core,engine-formula,sheets,sheets-formula}@0.25.1 rxjs@7.8.2 > "$folder/npm"
cat > "$folder/try.cjs" <<'NODE'
const { LocaleType, Univer, UniverInstanceType } = require("@univerjs/core");
const { FUniver } = require("@univerjs/core/facade");
const { UniverFormulaEnginePlugin } = require("@univerjs/engine-formula");
const { UniverSheetsPlugin } = require("@univerjs/sheets");
const { UniverSheetsFormulaPlugin } = require("@univerjs/sheets-formula");
require("@univerjs/sheets/facade");
require("@univerjs/engine-formula/facade");

const formulas = ['A1=""', "LEN(A1)=0", "ISTEXT(A2)", "COUNT(A2)=0", "A3", 'IF(LEN(A3)=0,"",A3)'];
const cellData = { 0: { 0: { v: 0, t: 2 } }, 1: { 0: { f: '=IF(A1=0,"",1)' } }, 2: { 0: { f: "=IF(A1=0,A2,1)" } } };
formulas.forEach((formula, at) => (cellData[at + 3] = { 0: { f: "=" + formula } }));
const univer = new Univer({ locale: LocaleType.EN_US, locales: { [LocaleType.EN_US]: {} } });
[UniverFormulaEnginePlugin, UniverSheetsPlugin, UniverSheetsFormulaPlugin].forEach((plugin) => univer.registerPlugin(plugin));
univer.createUnit(UniverInstanceType.UNIVER_SHEET, {
  id: "book", sheetOrder: ["s"], sheets: { s: { id: "s", name: "S", cellData, rowCount: 9, columnCount: 1 } },
});
const api = FUniver.newAPI(univer);
const done = api.getFormula().onCalculationEnd();
api.getFormula().executeCalculation();
done.then(() => {
  const sheet = api.getActiveWorkbook().getActiveSheet();
  formulas.forEach((formula, at) => console.log(formula, "→", JSON.stringify(sheet.getRange(`A${at + 4}`).getValue())));
  process.exit(0);
});
NODE
(cd "$folder" && node try.cjs) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
A1="" → 1
LEN(A1)=0 → 0
ISTEXT(A2) → 0
COUNT(A2)=0 → 1
A3 → 0
IF(LEN(A3)=0,"",A3) → ""
SEEN
cat "$folder/seen"
