#!/usr/bin/env bash
# openpyxl 3.1.5: a number with 17 digits is saved with 16.
#
# Guess: the float that is written is the float that is read.
# Seen: 0.1+0.2 comes back as 0.3. A program that compares what it wrote with what it reads finds a difference.
# So results are compared to nine digits, and our own edits write the XML with all digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check openpyxl==3.1.5
cat > "$folder/try.py" <<'PYTHON'
import openpyxl

book = openpyxl.Workbook()
book.active["A1"] = 0.1 + 0.2
book.save("number.xlsx")
read = openpyxl.load_workbook("number.xlsx").active["A1"].value
print(repr(0.1 + 0.2), "is read as", repr(read))
PYTHON
(cd "$folder" && venv/bin/python -W ignore try.py) > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
0.30000000000000004 is read as 0.3
SEEN
cat "$folder/seen"
