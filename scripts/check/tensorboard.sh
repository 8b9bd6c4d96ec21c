#!/usr/bin/env bash
# Trains for a moment with --tensorboard, interrupts the run and goes on with it, and reads all event files back with the real
# TensorBoard. Python only for reading, in an environment of its own under .deps/venv-tensorboard (VENV=... uses another).
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${VENV:-.deps/venv-tensorboard}
ssd=${SSD:-.build/release/ssd}

[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import tensorboard, PIL' 2> /dev/null || "$venv/bin/pip" install --quiet tensorboard pillow
[[ -x $ssd ]] || swift build -c release --product ssd

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
train() {
  "$ssd" train "$folder/shapes" --model ssd300-tiny --batch 4 --learning-rate 0.01 --clip 10 --threads 1 --tensorboard \
    --output "$folder/run" "$@"
}

"$ssd" data synthesize "$folder/shapes" --train 40 --test 8
train --iterations 20
# What a run lost by a power cut leaves behind: events of steps that are done again.
cp "$folder/run/last.safetensors" "$folder/before.safetensors"
train --iterations 30 --resume
cp "$folder/before.safetensors" "$folder/run/last.safetensors"
train --iterations 40 --resume
"$venv/bin/python" scripts/check/tensorboard.py "$folder/run" 6 40
