#!/usr/bin/env bash
# Copies ssd to PREFIX/bin and the part of libtorch that it is linked against to PREFIX/lib/swift-ssd, where the run path
# in the binary ($ORIGIN/../lib/swift-ssd/torch/lib, see Package.swift) finds it. The checkout is not needed afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."

binary=.build/standalone/release/ssd
target=${DESTDIR:-}${PREFIX:?}
libraries=$target/lib/swift-ssd
[[ -x $binary ]] || { echo "install: nothing is built yet; run 'make standalone' as yourself first" >&2 && exit 1; }

rm -rf "$libraries"
install -D --strip --mode 755 "$binary" "$target/bin/ssd"

# libtorch finds its companions relative to itself: the folders keep their places. A link (made by LIBTORCH=) is followed.
torch=$(realpath -m .deps/libtorch/torch)
env -u LD_LIBRARY_PATH ldd "$binary" | sed -nE 's/.* => (\/.*) \(0x.*/\1/p' | while read -r library; do
  folder=$(realpath "$(dirname "$library")")
  case $folder/ in
    "$torch"/*) place=torch/${folder#"$torch/"} ;;
    "$(dirname "$torch")"/nvidia/*) place=${folder#"$(dirname "$torch")/"} ;;
    *) continue ;;
  esac
  install -D --mode 644 "$library" "$libraries/$place/$(basename "$library")"
done
# What `make cuda` built, if it was.
cuda=.build/cuda/libctorch_cuda.so
[[ ! -s $cuda ]] || install -D --mode 644 "$cuda" "$libraries/$(basename "$cuda")"
echo "install: $target/bin/ssd ($(du -sh "$libraries" 2>/dev/null | cut -f 1 || true) of libraries in $libraries)"
