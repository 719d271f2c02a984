#!/usr/bin/env bash
# aspose-cells-foss 26.10.0: texts that stand in their cells are not read.
#
# Guess: <is><t>…</t></is>, which the format allows and openpyxl writes, is a text like one of the shared table.
# Seen: None. Saved again, the file has no text any more that openpyxl had written.
# So forms keep their texts in the shared table, those that a command types included.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check aspose-cells-foss==26.10.0 openpyxl==3.1.5 XlsxWriter==3.3.1
cat > "$folder/try.py" <<'PYTHON'
import openpyxl, xlsxwriter
from aspose.cells_foss import Workbook

book = openpyxl.Workbook()
book.active["A1"] = "excellent"
book.save("inline.xlsx")
with xlsxwriter.Workbook("shared.xlsx") as shared:
    shared.add_worksheet().write_string("A1", "excellent")
for name in ("shared.xlsx", "inline.xlsx"):
    print(name, Workbook(name).worksheets[0].cells["A1"].value)
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
shared.xlsx excellent
inline.xlsx None
SEEN
cat "$folder/seen"
