#!/usr/bin/env bash
# Builds the kernels' comparison with the definition under the sanitizers for addresses and undefined behaviour, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cxx=${CXX:-clang++}
flags=(-std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
  -ISources/CKernels/include -ITests/KernelStress/include)

cat >"$folder/main.cpp" <<'CPP'
#include "KernelStress.h"
int main() { return kernel_stress_failures() == 0 ? 0 : 1; }
CPP
for source in Sources/CKernels/*.cpp Tests/KernelStress/*.cpp "$folder/main.cpp"; do
  name=$(basename "$source" .cpp)
  "$cxx" "${flags[@]}" -c "$source" -o "$folder/$name.o" &
done
# `wait` alone would forget which of them failed.
for job in $(jobs -p); do wait "$job"; done
"$cxx" "${flags[@]}" "$folder"/*.o -pthread -o "$folder/check-kernels"
"$folder/check-kernels"
