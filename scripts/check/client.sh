#!/usr/bin/env bash
# Depends on this package as somebody else does: a clone with a tag, one package that detects (traits: [], no libtorch) and one that
# trains (LIBTORCH). Also looks at what is said where libtorch is missing. What is not committed is not seen.
#
#   scripts/check/client.sh        ten minutes on two cores
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
libtorch=$(realpath "${LIBTORCH:-.deps/libtorch/torch}")
swift=${SWIFT:-swift}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LIBTORCH
version=$(sed -nE 's/^ *version: "(.*)",$/\1/p' Sources/CommandLineTool/SSDCommand.swift)

fail() {
  printf 'check-client: %s\n' "$1" >&2
  [[ ! -s ${2:-} ]] || tail -30 "$2" >&2
  exit 1
}

git clone --quiet "$root" "$work/swift-ssd"
git -C "$work/swift-ssd" tag "$version"

# package NAME TRAITS PRODUCT ...        with the program's text as its standard input
package() {
  local name=$1 traits=$2 product products=
  shift 2
  for product in "$@"; do products+=".product(name: \"$product\", package: \"swift-ssd\"), "; done
  mkdir -p "$work/$name/Sources/$name"
  cat > "$work/$name/Sources/$name/main.swift"
  cat > "$work/$name/Package.swift" <<END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "$name", platforms: [.macOS(.v15)],
  dependencies: [.package(url: "file://$work/swift-ssd", from: "$version"$traits)],
  targets: [.executableTarget(name: "$name", dependencies: [$products])])
END
}

package detecting ', traits: []' Inference Images MultiBox <<'END'
import Foundation
import Images
import Inference
import MultiBox

let detector = try Detector(contentsOf: URL(filePath: CommandLine.arguments[1]))
let image = try Image(contentsOf: URL(filePath: CommandLine.arguments[2]))
let found: [Detection] = try detector.detect(in: image, minimumScore: 0.5)
print(found.count)
END
"$swift" build --package-path "$work/detecting" > "$work/log" 2>&1 || fail "a package that detects cannot be built" "$work/log"
! grep -qE '"(swift-crypto|swift-protobuf)"' "$work/detecting/Package.resolved" || fail "what only downloads need is fetched for detection"
count=$("$work/detecting/.build/debug/detecting" Docs/Models/shapes.safetensors Docs/Models/scene.jpg)
((count > 0)) || fail "it finds nothing"
echo "check-client: a package with traits: [] finds $count objects, without libtorch"

package training '' Torch SSD MultiBox <<'END'
import MultiBox
import SSD
import Torch

let network = SSDNetwork(.ssd300Tiny(classes: .voc))
print(network(Tensor.zeros([1, 3, 300, 300])).1.shape)
END
! "$swift" build --package-path "$work/training" > "$work/log" 2>&1 || fail "libtorch is found though nobody said where"
grep -q 'Set LIBTORCH to a folder' "$work/log" || fail "no word of LIBTORCH where it is missing" "$work/log"
LIBTORCH=$libtorch "$swift" build --package-path "$work/training" > "$work/log" 2>&1 || fail "a package that trains cannot be built" "$work/log"
shape=$("$work/training/.build/debug/training")
[[ $shape == '[1, 8732, 21]' ]] || fail "the network's scores have the shape $shape"
echo "check-client: a package with LIBTORCH has a network"
