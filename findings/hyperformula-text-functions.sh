#!/usr/bin/env bash
# HyperFormula 3.5.0: COUNTIF knows wildcards, MATCH does not; the "" of a formula is no blank; FALSE is no constant.
#
# Guess: as in Excel, MATCH("#KPI*",…,0) finds the text that COUNTIF counts, COUNTBLANK counts "" beside the empty cell,
# FALSE is FALSE. Seen: #N/A, 1 of 2, and #NAME? (FALSE() is known). RANK is not.
# So forms ask for emptiness by ="", find the row with a problem by a number, and rank by COUNTIF.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts hyperformula@3.5.0 > "$folder/npm"
cat > "$folder/try.cjs" <<'NODE'
const { HyperFormula } = require("hyperformula");
const formulas = ['COUNTIF(A1:A2,"#KPI*")', 'MATCH("#KPI*",A1:A2,0)', "COUNTBLANK(B1:B2)", 'B1=""', "FALSE", "FALSE()", "RANK(C1,C1:C2)"];
const cells = [["fine", '=IF(TRUE(),"",1)', 5], ["#KPI no target", null, 7], formulas.map((formula) => "=" + formula)];
const engine = HyperFormula.buildFromArray(cells, { licenseKey: "gpl-v3" });
console.log("HyperFormula", HyperFormula.version);
engine.getSheetValues(0)[2].forEach((value, at) => console.log(formulas[at], "→", value?.value ?? value));
NODE
(cd "$folder" && node try.cjs) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
HyperFormula 3.5.0
COUNTIF(A1:A2,"#KPI*") → 1
MATCH("#KPI*",A1:A2,0) → #N/A
COUNTBLANK(B1:B2) → 1
B1="" → true
FALSE → #NAME?
FALSE() → false
RANK(C1,C1:C2) → #NAME?
SEEN
cat "$folder/seen"
