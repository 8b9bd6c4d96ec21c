#!/bin/sh
# Opens damaged files of weights: safetensors, PyTorch's checkpoints, Caffe's models. Fails when a
# reader crashes, hangs or takes too much memory, and says on which input; the same seed and number
# make the same input.
#
#   scripts/check/fuzz-weights.sh [COUNT] [SEED] [FOLDER OF CHECKPOINTS]
set -eu
cd "$(dirname "$0")/../.."
count=${1:-20000}
seed=${2:-1}
folder=${3:-Tests/Fixtures/checkpoints}
exec nice swift run -c release WeightsStress fuzz "$count" "$seed" "$folder"
