#!/usr/bin/env bash
# Compares ssd with PyTorch on this machine, in turn in one run, and prints the ratios.
#
#   Benchmarks/compare.sh training [--python PYTHON] [--batch 8] [--rounds 3] ...
#   Benchmarks/compare.sh data VOC2007/trainval [--python PYTHON] [--samples 200] ...
#
# --python names an interpreter that has torch 2.11 and torchvision; without it they are installed into
# .deps/venv-training. Nothing else should run meanwhile. `compare.sh training --help` shows the other options.
set -euo pipefail
folder=$(realpath "$(dirname "$0")")
kind=${1:-}
[[ -f $folder/$kind/compare.py && -n $kind ]] || { echo "compare.sh: say \`training\` or \`data\`" >&2 && exit 2; }
shift

python= options=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --python) python=$2 && shift 2 ;;
    *) options+=("$1") && shift ;;
  esac
done
if [[ -z $python ]]; then
  venv=$folder/../.deps/venv-training
  python=$venv/bin/python
  [[ -x $python ]] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet torch==2.11.0 torchvision==0.26.0 numpy pillow
fi
exec "$python" "$folder/$kind/compare.py" "${options[@]}"
