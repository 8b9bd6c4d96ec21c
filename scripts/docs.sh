#!/usr/bin/env bash
# Builds the documentation as a static site: the guide, and the reference of every library.
#
#   scripts/docs.sh [FOLDER]                BASE=/path when the site will not stand at the root of its host
#
# Builds in .build-docs, since DocC's plugin (see the end of Package.swift) is a dependency that nothing else has.
set -euo pipefail
cd "$(dirname "$0")/.."

site=$(realpath -m "${1:-.build-docs/site}")
base=${BASE:-}
base=${base#/}
base=${base%/}
export SSD_DOCUMENTATION=1

targets=(SwiftSSD MultiBox Images Weights Inference Datasets Evaluation Torch SSD Training Explain Report)
arguments=()
for target in "${targets[@]}"; do arguments+=(--target "$target"); done
[[ -z $base ]] || arguments+=(--hosting-base-path "$base")

rm -rf "$site"
mkdir -p "$site"
${SWIFT:-swift} package --scratch-path .build-docs --allow-writing-to-directory "$site" \
  generate-documentation "${arguments[@]}" --enable-experimental-combined-documentation \
  --transform-for-static-hosting --output-path "$site"

# The root of the site is the guide.
cat > "$site/index.html" <<END
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>swift-ssd</title>
<meta http-equiv="refresh" content="0; url=${base:+/$base}/documentation/swiftssd/">
<a href="${base:+/$base}/documentation/swiftssd/">The guide</a>
</html>
END
echo "docs: $site (look at it with: python3 -m http.server --directory $site)"
