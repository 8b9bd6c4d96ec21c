#!/usr/bin/env bash
# Converts models, computes them in PyTorch and compares the outputs with this program's own. Needs Python for the
# comparison only: with torch, numpy and safetensors, in .deps/venv-pytorch or in the environment that VENV names.
#
#   scripts/check/pytorch.sh MODEL ...      SSD300 models of any known layout
set -euo pipefail
models=()
for model in "$@"; do models+=("$(realpath "$model")"); done
cd "$(dirname "$0")/../.."
venv=${VENV:-.deps/venv-pytorch}
ssd=${SSD:-.build/release/ssd}

[[ ${#models[@]} -gt 0 ]] || { echo "check-pytorch: name at least one model" >&2 && exit 64; }
[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import numpy, safetensors, torch' 2>/dev/null \
  || "$venv/bin/pip" install --quiet torch==2.11.0 numpy safetensors
[[ -x $ssd ]] || swift build -c release --product ssd

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for model in "${models[@]}"; do
  "$ssd" convert "$model" "$folder/model.safetensors" --force
  "$ssd" export "$model" "$folder/model.onnx" --example "$folder/example.safetensors" --force
  "$venv/bin/python" scripts/check/pytorch.py "$folder/model.safetensors" "$folder/example.safetensors"
done
