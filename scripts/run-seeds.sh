#!/usr/bin/env bash
# Runs a recipe with several seeds, one after the other, and tabulates how well they did: mean and standard deviation.
#   scripts/run-seeds.sh RECIPE DATA SCORED FOLDER [options of ssd train]        (SEEDS="0 1 2")
# for instance
#   scripts/run-seeds.sh bccd-stem BCCD/trainval BCCD/test runs/bccd-stem --base vgg16.safetensors
# A run that was interrupted goes on; one that is over is only scored again.
set -euo pipefail

[[ $# -ge 4 ]] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
recipe=$1 data=$2 scored=$3 folder=$4
shift 4
ssd=${SSD:-$(dirname "$0")/../.build/release/ssd}
mkdir -p "$folder"

for seed in ${SEEDS:-0 1 2}; do
  run=$folder/seed-$seed
  if [[ -e $run/last.safetensors ]]; then
    "$ssd" train "$data" --validation "$scored" --output "$run" --resume
  else
    "$ssd" train "$data" --validation "$scored" --output "$run" --recipe "$recipe" --seed "$seed" "$@"
  fi
  "$ssd" evaluate "$run/last.safetensors" "$scored" --json "$run/figures.json" > /dev/null
done

python3 - "$folder" ${SEEDS:-0 1 2} << 'END'
import json
import statistics
import sys

folder, seeds = sys.argv[1], sys.argv[2:]
print("| seed | mAP (11-point) | mAP (area) | training, minutes |\n|---|---|---|---|")
scores = []
for seed in seeds:
    figures = json.load(open(f"{folder}/seed-{seed}/figures.json"))
    lines = [json.loads(line) for line in open(f"{folder}/seed-{seed}/metrics.jsonl")]
    steps = [line for line in lines if line["kind"] == "step"]
    # One step in ten is logged, and the first.
    minutes = sum(step["seconds"] for step in steps[1:]) * 10 / 60
    mean = figures["map"]
    scores.append(mean["voc07"])
    print(f"| {seed} | {mean['voc07']:.4f} | {mean['voc']:.4f} | {minutes:.1f} |")
spread = f" ± {statistics.stdev(scores):.4f}" if len(scores) > 1 else ""
print(f"\nmean {statistics.fmean(scores):.4f}{spread} (standard deviation of {len(scores)} seeds)")
END
