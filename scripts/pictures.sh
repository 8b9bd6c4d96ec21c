#!/usr/bin/env bash
# Makes every picture of the guide, from painted shapes and the small model in Docs/Models: the same files each time on the
# same machine. (Other versions of Cairo, Pango or the fonts may move a pixel.)
#
#   scripts/pictures.sh [NAME ...]          only these, without their extension
set -euo pipefail
cd "$(dirname "$0")/.."

ssd=${SSD:-.build/release/ssd}
model=Docs/Models/shapes.safetensors
catalogue=Docs/Guide/SwiftSSD.docc
# Readable where a page shows it 700 pixels wide, at twice the resolution.
width=1440
wanted=("$@")

[[ -x $ssd ]] || { echo "pictures: run 'make build' first" >&2 && exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# make FILE COMMAND...: runs ssd with --output FILE unless other pictures were asked for.
make() {
  local file=$1 name
  name=${file%.*}
  [[ ${#wanted[@]} -eq 0 || " ${wanted[*]} " == *" $name "* ]] || return 0
  "$ssd" "${@:2}" "$catalogue/$file" > /dev/null
  echo "$catalogue/$file ($(du -k "$catalogue/$file" | cut -f 1) kB)"
}

# explain CONCEPT FILE OPTION...
explain() { make "$2" explain "$1" "${@:3}" --width "$width" --output; }

# The scenes of seed 5, of which the guide's scene is number 4: the model has not seen them.
"$ssd" data synthesize "$folder/scenes" --train 12 --test 0 --seed 5 > /dev/null

make data.jpg data show "$folder/scenes/trainval" --images 12 --columns 4 --output
make objective.jpg detect "$model" "$folder/scenes/JPEGImages/0000*.jpg" --minimum-score 0.4 --class-agnostic-nms --sheet

explain overview overview.jpg --model "$model" --scene 10 --minimum-score 0.55
explain coordinates coordinates.jpg
explain jaccard jaccard.jpg --scene 0
explain architecture architecture.png
explain vgg vgg.png
explain fully-connected fully-connected.png
explain decimation decimation.png
explain receptive-field receptive-field.jpg
explain priors priors.jpg
explain offsets offsets.jpg
explain reshaping reshaping.png
explain predictions predictions.jpg --model "$model"
explain matching matching.jpg
explain loss loss.png
explain suppression suppression.jpg --model "$model"
explain augmentation augmentation.jpg
explain average-precision average-precision.png
explain training training.png --run Results/BCCD
