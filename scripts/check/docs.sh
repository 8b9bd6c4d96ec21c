#!/usr/bin/env bash
# Checks the guide: its code is what the tests run, its pictures exist and are used, the documentation builds without a
# broken link, and every link in the site leads somewhere. `make test` runs the code, scripts/check/commands.sh the commands.
set -euo pipefail
cd "$(dirname "$0")/../.."

catalogue=Docs/Guide/SwiftSSD.docc
site=$PWD/.build-docs/site
fail() {
  printf 'check-docs: %s\n' "$@" >&2
  exit 1
}

before=$(cat Tests/DocumentationTests/Chapters/*.swift | cksum)
scripts/snippets.sh
[[ $(cat Tests/DocumentationTests/Chapters/*.swift | cksum) == "$before" ]] ||
  fail "the tested code was not that of the chapters; scripts/snippets.sh has just mended it"

used=$(sed -nE 's/^!\[[^]]+\]\(([^)]+)\)$/\1/p' "$catalogue"/*.md | sort -u)
there=$(cd "$catalogue" && find . -maxdepth 1 \( -name '*.png' -o -name '*.jpg' -o -name '*.svg' \) -printf '%f\n' | sort)
missing=$(comm -23 <(echo "$used") <(echo "$there"))
unused=$(comm -13 <(echo "$used") <(echo "$there"))
[[ -z $missing ]] || fail "pictures that chapters show and that are missing:" "$missing"
[[ -z $unused ]] || fail "pictures that no chapter shows:" "$unused"

for chapter in "$catalogue"/*.md; do
  name=$(basename "$chapter" .md)
  [[ $name == SwiftSSD ]] || grep -q "^- <doc:$name>$" "$catalogue/SwiftSSD.md" ||
    fail "SwiftSSD.md does not list the chapter $name"
done

log=.build-docs/log
mkdir -p .build-docs
scripts/docs.sh "$site" 2>&1 | tee "$log" | grep -E '^(warning|error)|docs:' || true
# A parameter without words is a gap; anything else that DocC warns of is an error in the guide or in a comment.
# DocC and the build write at once, and now and then into each other's lines.
warnings=$(grep -E '(^|: )(warning|error): ' "$log" | grep -vE "Parameter '|Building for" | sort | uniq -c || true)
[[ -z $warnings ]] || fail "DocC warns (details in $log):" "$warnings"
gaps=$(grep -c "warning: Parameter '" "$log" || true)
[[ $gaps == 0 ]] || echo "check-docs: $gaps parameters without words (in $log)"

python3 scripts/check/links.py "$site" ${BASE:+--base "$BASE"}
echo "check-docs: nothing found"
