#!/usr/bin/env bash
# Makes a report of a small model, and looks at it in headless Chromium: pictures at three widths in light and dark, a PDF,
# axe-core. Fails on a serious finding, a message on the console, or a page wider than a phone.
# Needs chromium and chromium-driver (Debian); Python only for driving it, in an environment of its own under .deps/venv-report.
#
#   scripts/check/report.sh [PAGE ...]     pages to look at instead
set -euo pipefail
pages=()
for page in "$@"; do pages+=("$(realpath "$page")"); done
cd "$(dirname "$0")/../.."
venv=${VENV:-.deps/venv-report}
ssd=${SSD:-.build/release/ssd}
pictures=${PICTURES:-.build/report-pictures}

command -v chromedriver > /dev/null || { echo "check-report: apt-get install chromium chromium-driver" >&2 && exit 1; }
[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import selenium, importlib.util as u; assert u.find_spec("axe_playwright_python")' 2> /dev/null \
  || { "$venv/bin/pip" install --quiet selenium && "$venv/bin/pip" install --quiet --no-deps axe-playwright-python; }

if [[ ${#pages[@]} -eq 0 ]]; then
  [[ -x $ssd ]] || swift build -c release --product ssd
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  "$ssd" data synthesize "$folder/shapes" --train 64 --test 24
  "$ssd" train "$folder/shapes" --model ssd300-tiny --iterations "${REPORT_ITERATIONS:-60}" --batch 16 --learning-rate 0.01 \
    --warm-up 10 --clip 10 --validate-every 4 --output "$folder/run"
  "$ssd" report "$folder/run" --data "$folder/shapes" --output "$folder/report.html"
  pages=("$folder/report.html")
fi
for page in "${pages[@]}"; do
  "$venv/bin/python" scripts/check/report.py "$page" "$pictures/$(basename "$page" .html)"
done
