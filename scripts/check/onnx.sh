#!/usr/bin/env bash
# Exports models to ONNX and compares what ONNX Runtime computes with what others and this program compute;
# fails when a number differs by more than 1e-4 (1e-3 from what others computed). Needs Python for the comparison only, in an environment of its
# own under .deps/venv-onnx.
#
#   scripts/check/onnx.sh [MODEL ...]       further models to compare with this program's own results
set -euo pipefail
models=()
for model in "$@"; do models+=("$(realpath "$model")"); done
cd "$(dirname "$0")/../.."
venv=${VENV:-.deps/venv-onnx}
fixtures=${FIXTURES:-../shared/fixtures/checkpoints}
ssd=${SSD:-.build/debug/ssd}

[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import onnx, onnxruntime, safetensors' 2>/dev/null \
  || "$venv/bin/pip" install --quiet onnx onnxruntime numpy safetensors
[[ -x $ssd ]] || swift build --product ssd

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for name in amdegroot_ssd300_state_dict torchvision_ssd300_vgg16_state_dict; do
  [[ -f $fixtures/$name.pth.gz ]] || { echo "check-onnx: $name.pth.gz is absent, skipped" && continue; }
  gunzip -c "$fixtures/$name.pth.gz" > "$folder/$name.pth"
  "$ssd" export "$folder/$name.pth" "$folder/$name.onnx"
  "$venv/bin/python" scripts/check/onnx.py golden "$folder/$name.onnx" "$fixtures/${name%_state_dict}_forward.safetensors"
done

if [[ ${#models[@]} -eq 0 ]]; then
  # A model with batch normalisations that have seen images.
  "$ssd" data synthesize "$folder/shapes" --train 8 --test 2
  "$ssd" train "$folder/shapes" --model ssd300-tiny --iterations 3 --batch 4 --output "$folder/run"
  models=("$folder/run/last.safetensors")
fi
for model in "${models[@]}"; do
  for decoded in "" --decoded; do
    "$ssd" export "$model" "$folder/model.onnx" $decoded --example "$folder/example.safetensors" --force
    "$venv/bin/python" scripts/check/onnx.py example "$folder/model.onnx" "$folder/example.safetensors"
  done
  "$ssd" export "$model" "$folder/model.safetensors" --force
  "$venv/bin/python" scripts/check/onnx.py weights "$folder/model.onnx" "$folder/model.safetensors"
done
