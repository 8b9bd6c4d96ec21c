#!/usr/bin/env bash
# Builds what ssd opens for CUDA graphs and figures of a GPU, .build/cuda/libctorch_cuda.so, and puts it beside the
# programs that are built. Needs no GPU and no CUDA toolkit: libtorch's own libraries, and headers from two small wheels.
set -euo pipefail
cd "$(dirname "$0")/.."

# Those of torch 2.11.0+cu130.
wheels=(nvidia-cuda-runtime==13.0.96 nvidia-cuda-crt==13.0.88)
torch=$(realpath .deps/libtorch/torch)
headers=.deps/cuda build=.build/cuda
library=libctorch_cuda.so

fail() {
  printf 'cuda: %s\n' "$@" >&2
  exit 1
}

[[ -s $torch/lib/libtorch_cuda.so ]] ||
  fail "the libtorch in $torch is made for the CPU alone: it has no libtorch_cuda.so." \
    "'make setup' without LIBTORCH= downloads one for both."

# Where pip has put them beside torch already, nothing is downloaded.
include() {
  local folder
  for folder in "$(dirname "$torch")" "$headers"; do
    [[ -s $folder/nvidia/cu13/include/$1 ]] && echo "$folder/nvidia/cu13/include" && return
  done
  return 1
}

if ! include cuda_runtime_api.h > /dev/null || ! include crt/host_defines.h > /dev/null; then
  if python3 -m pip --version > /dev/null 2>&1; then
    pip=(python3 -m pip)
  elif rm -rf .deps/pip && python3 -m venv .deps/pip > /dev/null 2>&1; then
    pip=(.deps/pip/bin/python -m pip)
  else
    fail "fetching CUDA's headers needs pip: install python3-pip, then run 'make cuda' again."
  fi
  rm -rf "$headers.partial"
  PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore "${pip[@]}" install --quiet --no-deps --no-compile \
    --only-binary=:all: --target "$headers.partial" "${wheels[@]}" ||
    fail "pip could not download CUDA's headers; its messages are above."
  rm -rf "$headers"
  mv "$headers.partial" "$headers"
fi

cudart=$(compgen -G "$(dirname "$torch")/nvidia/cu13/lib/libcudart.so.*" || compgen -G "$headers/nvidia/cu13/lib/libcudart.so.*") ||
  fail "there is no libcudart beside libtorch and none in $headers: remove $headers and run 'make cuda' again."

mkdir -p "$build"
swift=$(command -v "${SWIFT:-swift}")
compiler=${CXX:-$(dirname "$(realpath "$swift")")/clang++}
# libtorch's libraries are in the process before this one is opened: it needs no run path to them, and the symbols of
# their companions (cuDNN, NCCL) are none of its business.
"$compiler" -std=c++20 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra \
  -ISources/CTorch -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include" \
  -isystem "$(include cuda_runtime_api.h)" -isystem "$(include crt/host_defines.h)" \
  Shims/CTorchCUDA/*.cpp -o "$build/$library.partial" \
  -L"$torch/lib" -ltorch_cuda -lc10_cuda -ltorch_cpu -lc10 "${cudart%%$'\n'*}" \
  -Wl,--no-undefined -Wl,--allow-shlib-undefined -Wl,-soname,"$library"
mv "$build/$library.partial" "$build/$library"

for folder in .build/release .build/standalone/release .build/distributed/release; do
  [[ ! -x $folder/ssd ]] || cp "$build/$library" "$folder/"
done
echo "cuda: $build/$library, $(($(stat -c %s "$build/$library") / 1000)) kB"
