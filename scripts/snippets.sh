#!/usr/bin/env bash
# Turns the Swift code of every chapter of the guide into a function of the test target DocumentationTests: a chapter's
# blocks are one program. The tests run it and compare what it prints with what the chapter says.
set -euo pipefail
cd "$(dirname "$0")/.."

catalogue=Docs/Guide/SwiftSSD.docc
target=Tests/DocumentationTests/Chapters
notice="Made by scripts/snippets.sh from the guide; change the chapter and run it again."

# What has not changed keeps its date, so that it is not compiled again.
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
names=()
for chapter in "$catalogue"/*.md; do
  grep -q '^```swift$' "$chapter" || continue
  name=$(basename "$chapter" .md)
  names+=("$name")
  awk -v name="$name" -v notice="$notice" '
    /^```swift$/ { inside = 1; if (count) lines[++count] = ""; next }
    /^```/ { inside = 0; next }
    inside && /^import / { imports[$2] = 1; next }
    inside && (count || NF) { lines[++count] = $0 }
    END {
      printf "// %s\n\n", notice
      n = 0
      for (module in imports) sorted[++n] = module
      for (i = 1; i <= n; i++)
        for (j = i + 1; j <= n; j++)
          if (sorted[j] < sorted[i]) { t = sorted[i]; sorted[i] = sorted[j]; sorted[j] = t }
      for (i = 1; i <= n; i++) print "import " sorted[i]
      if (n) print ""
      print "extension Chapter {"
      print "  static func " tolower(substr(name, 1, 1)) substr(name, 2) "(_ print: (Any...) -> Void) throws {"
      blank = 0
      for (i = 1; i <= count; i++) {
        if (lines[i] == "") { blank = started; continue }
        if (blank) print ""
        blank = 0
        started = 1
        print "    " lines[i]
      }
      print "  }"
      print "}"
    }' "$chapter" > "$fresh/$name.swift"
done

{
  printf '// %s\n\nextension Chapter {\n  static let all = [\n' "$notice"
  for name in "${names[@]}"; do
    printf '    Chapter(name: "%s", program: %s),\n' "$name" "${name,}"
  done
  printf '  ]\n}\n'
} > "$fresh/Chapter+All.swift"

mkdir -p "$target"
for file in "$target"/*.swift; do
  [[ -e $fresh/$(basename "$file") ]] || rm -f "$file"
done
for file in "$fresh"/*.swift; do
  cmp -s "$file" "$target/$(basename "$file")" || cp "$file" "$target/"
done
