#!/usr/bin/env bash
# Unpacks the archives of `make dist` in bare Debian systems without Swift, installs what their README.txt says, and detects. What
# is missing is said in words. As root.
#   scripts/check/dist.sh            FETCH=1: libtorch is downloaded, as a user does; otherwise this machine's is lent
set -euo pipefail
cd "$(dirname "$0")/../.."
fail() { echo "check-dist: $1" >&2 && exit 1; }
shopt -s nullglob
detect=(dist/ssd-detect-*.tar.gz) whole=(dist/ssd-[0-9]*.tar.gz)
[[ ${#detect[@]} == 1 && ${#whole[@]} == 1 ]] || fail "run 'make dist' first"
(cd dist && sha256sum --quiet -c SHA256SUMS) || fail "the checksums are of other files"
. scripts/check/debian.bash

# unpack ARCHIVE        into a system of its own, where $folder is the archive's
unpack() {
  local name
  name=$(basename "$1" .tar.gz)
  enter "$name"
  environment+=(LC_ALL=C)
  mkdir -p "$root/opt" "$root/samples"
  cp Docs/Models/shapes.safetensors Docs/Models/scene.jpg "$root/samples/"
  tar -xf "$1" -C "$root/opt"
  folder=/opt/$name
  packages=$(sed -n 's/^ *apt-get install //p' "$root$folder/README.txt")
  [[ -n $packages ]] || fail "README.txt of $name names no packages"
  run "apt-get update"
}

# Finds the six shapes of the sample with a program, and draws them.
look() {
  run "$1 --version && $1 detect /samples/shapes.safetensors /samples/scene.jpg --exclusive --json found.jsonl --output found"
  (($(grep -o '"label"' "$root$folder/found.jsonl" | wc -l) > 2)) || fail "$1 finds too little: $(cat "$root$folder/found.jsonl")"
  [[ -s $root$folder/found/scene.jpg ]] || fail "$1 draws nothing"
}

unpack "${detect[0]}"
# All but what only drawing needs.
run "apt-get install -y --no-install-recommends $(tr ' ' '\n' <<< "$packages" | grep -vE 'pango|fonts' | paste -sd ' ')"
run "./ssd --version && ./ssd detect /samples/shapes.safetensors /samples/scene.jpg --json found.jsonl"
run "! ./ssd detect /samples/shapes.safetensors /samples/scene.jpg --output found 2> refused && grep -q 'drawing needs Cairo and Pango' refused"
run "apt-get install -y --no-install-recommends $packages"
look ./ssd
echo "check-dist: $(basename "${detect[0]}") detects and draws; without Cairo it says what is missing"

unpack "${whole[0]}"
run "apt-get install -y --no-install-recommends $packages"
run "! bin/ssd --version"
if [[ -n ${FETCH:-} ]]; then
  run "scripts/libtorch.sh lib/swift-ssd"
else
  bind "$(realpath .deps/libtorch)" "$root/lent"
  run "LIBTORCH=/lent/torch scripts/libtorch.sh lib/swift-ssd"
fi
look bin/ssd
run "bin/ssd data synthesize shapes --train 8 --test 2"
run "bin/ssd train shapes --model ssd300-tiny --batch 2 --iterations 2 --threads 1 --output run"
echo "check-dist: $(basename "${whole[0]}") detects, draws and trains, after scripts/libtorch.sh"
