#!/usr/bin/env bash
# Makes Sources/TensorBoard/Messages/event.pb.swift from event.proto beside it; run it after a change of the latter.
# Needs protoc (Debian: protobuf-compiler); its Swift generator is built from the package that the build uses, which takes
# about ten minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v protoc > /dev/null || { echo "generate-messages: install protoc (Debian: protobuf-compiler)" >&2 && exit 1; }
swift build -c release --product protoc-gen-swift --scratch-path .build/generator
cd Sources/TensorBoard/Messages
protoc --plugin=../../../.build/generator/release/protoc-gen-swift --swift_out=. event.proto
