#!/usr/bin/env bash
# Sphinx 9.0.4 with Furo 2025.12.19, language = "zh_CN": every search ends in an error.
#
# Guess: the search page of a Chinese site finds words, or finds nothing.
# Seen: it sets window.Stemmer to ChineseStemmer, which language_data.js does not define: it has EnglishStemmer only.
# So our site is built with Zensical.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check Sphinx==9.0.4 furo==2025.12.19
mkdir "$folder/docs"
printf 'language = "zh_CN"\nhtml_theme = "furo"\n' > "$folder/docs/conf.py"
printf '考核\n====\n\n评分标准 rule\n' > "$folder/docs/index.rst"
"$folder/venv/bin/sphinx-build" -q -b html "$folder/docs" "$folder/site"
cat > "$folder/try.cjs" <<'NODE'
const fs = require("fs");
const site = process.argv[2];
const data = fs.readFileSync(`${site}/_static/language_data.js`, "utf-8");
const found = (pattern) => [...new Set([...data.matchAll(pattern)].map((match) => match[1]))].join(", ");
console.log("defined:", found(/\b(?:class|var|const|function) (\w*Stemmer)\b/g));
console.log("used:", found(/window\.Stemmer = (\w+)/g));
try {
  const window = {};
  new Function("window", data)(window);
  console.log("runs");
} catch (error) {
  console.log(String(error));
}
NODE
node "$folder/try.cjs" "$folder/site" > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
defined: EnglishStemmer
used: ChineseStemmer
ReferenceError: ChineseStemmer is not defined
SEEN
cat "$folder/seen"
