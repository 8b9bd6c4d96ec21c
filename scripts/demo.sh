#!/usr/bin/env bash
# From nothing to a trained detector: renders a data set, trains a small network on it, scores it on pictures it has not
# seen, and draws what it finds. Everything goes to demo/, which is started anew each time.
set -euo pipefail
cd "$(dirname "$0")/.."

ssd=.build/release/ssd
data=demo/shapes
run=demo/run
started=$SECONDS

step() { printf '\n== %s\n$ ssd %s\n' "$1" "${*:2}" && "$ssd" "${@:2}"; }

rm -rf demo
step "Render pictures of shapes, with annotations in Pascal VOC's layout" \
  data synthesize "$data"
step "Train a network with an eighth of SSD300's channels" \
  train "$data" --recipe shapes --output "$run" ${DEMO_ITERATIONS:+--iterations "$DEMO_ITERATIONS"}
step "Score it on pictures that it has not seen" \
  evaluate "$run/best.safetensors" "$data" --json demo/figures.json

step "Draw what it finds" \
  detect "$run/best.safetensors" "$data/JPEGImages/0011[01]?.jpg" --minimum-score 0.4 --class-agnostic-nms \
  --output demo/detections --sheet demo/detections.jpg --json demo/detections.json

elapsed=$((SECONDS - started))
cat <<END

Done in $((elapsed / 60)) min $((elapsed % 60)) s. What there is now:
  $run/best.safetensors     the detector
  $run/metrics.jsonl        how the training went
  demo/figures.json             its average precision, class by class
  demo/detections.jpg           what it finds in pictures it has not seen
With pictures of your own, in Pascal VOC's layout: see README.md, "Use it with your own pictures"
END
