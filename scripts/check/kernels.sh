#!/usr/bin/env bash
# Builds the kernels' comparison with the definition and runs it: under the sanitizers for addresses and undefined behaviour,
# or, with `aarch64`, for 64-bit ARM in an emulator.
#   scripts/check/kernels.sh [aarch64]
# The latter needs Debian's g++-aarch64-linux-gnu and qemu-user.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cxx=${CXX:-clang++}
flags=(-std=c++20 -Wall -Wextra -Wno-missing-field-initializers -ISources/CKernels/include -ITests/KernelStress/include)
case ${1:-} in
  '')
    flags+=(-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)
    link=("$cxx" "${flags[@]}") run=() ;;
  aarch64)
    flags+=(-O2 --target=aarch64-linux-gnu)
    # Any version: aarch64-linux-gnu-g++ or aarch64-linux-gnu-g++-12.
    link=("$(compgen -c aarch64-linux-gnu-g++ | sort | head -1)" -static) run=(qemu-aarch64)
    [[ -n ${link[0]} ]] && command -v qemu-aarch64 > /dev/null ||
      { echo "check-kernels: install g++-aarch64-linux-gnu and qemu-user" >&2 && exit 1; } ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

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
"${link[@]}" "$folder"/*.o -pthread -o "$folder/check-kernels"
"${run[@]}" "$folder/check-kernels"
