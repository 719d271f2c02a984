#!/usr/bin/env bash
# Zensical 0.0.73: the plugin "offline" adds a script from another site to every page.
#
# Guess: pages that are built for reading without a network load nothing from it.
# Seen: each page has a <script> of iframe-worker from unpkg.com, for searching from a folder.
# So our site is built without that plugin, and searching it from a folder is not promised.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check zensical==0.0.73
mkdir "$folder/docs"
printf '# Title\n\ntext\n' > "$folder/docs/index.md"
for plugin in "" "[project.plugins.offline]"; do
    printf '[project]\nsite_name = "x"\nuse_directory_urls = false\n[project.theme]\nfont = false\n%s\n' "$plugin" > "$folder/zensical.toml"
    (cd "$folder" && venv/bin/zensical build --clean > log 2>&1)
    echo "with ${plugin:-no plugin}: $(grep -oE '<script[^>]*src="?https?://[^/]*/[a-z-]*' "$folder/site/index.html" | grep -oE '//.*' || echo nothing from the network)"
done > "$folder/seen"
diff - "$folder/seen" <<'SEEN' || { echo "no longer as in the first lines of $0"; exit 1; }
with no plugin: nothing from the network
with [project.plugins.offline]: //unpkg.com/iframe-worker
SEEN
cat "$folder/seen"
