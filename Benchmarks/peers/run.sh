#!/usr/bin/env bash
# Runs SSD's network in swift-ssd and in other engines, in turn in one run, and prints the ratios.
#
#   Benchmarks/peers/run.sh [prepare|measure|all] [--python PYTHON] [--ssd SSD] [options of peers.py]
#
# `prepare` exports and converts the weights (minutes, once), `measure` measures (a minute or two: nothing else should
# run meanwhile), `all`, the default, does both. --python names an interpreter that has the packages of
# requirements.txt; without it they are installed into .deps/venv-peers. --ssd is the program to measure
# (default .build/release/ssd). `run.sh measure --help` shows the other options; one engine only:
#   Benchmarks/peers/run.sh measure --engines ssd-float32,ncnn-float32 --rounds 3
set -euo pipefail
folder=$(realpath "$(dirname "$0")")
cd "$folder/../.."

case ${1:-all} in
  prepare | measure | all) step=${1:-all} && shift $(($# > 0 ? 1 : 0)) ;;
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$folder/run.sh" && exit ;;
  -*) step=all ;;
  *) echo "run.sh: \`$1\` is none of prepare, measure, all" >&2 && exit 2 ;;
esac

python= ssd=.build/release/ssd options=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --python) python=$2 && shift 2 ;;
    --ssd) ssd=$2 && shift 2 ;;
    *) options+=("$1") && shift ;;
  esac
done
if [[ -z $python ]]; then
  venv=.deps/venv-peers
  python=$venv/bin/python
  [[ -x $python ]] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement "$folder/requirements.txt"
fi
[[ -x $ssd ]] || { echo "run.sh: there is no $ssd; build it with \`make build\`, or name another with --ssd" >&2 && exit 1; }

steps=("$step")
[[ $step != all ]] || steps=(prepare measure)
for step in "${steps[@]}"; do
  "$python" "$folder/peers.py" "$step" --ssd "$ssd" "${options[@]}"
done
