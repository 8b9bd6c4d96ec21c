#!/usr/bin/env bash
# Runs `--device cuda` without a GPU: Tools/EmulatedGPU stands in for libtorch_cuda, NVIDIA's driver and runtime, NCCL and
# libctorch_cuda. The CPU computes, and whoever relies on an order that a GPU would not keep, or does in a CUDA graph what
# none may, is told so. Says nothing of speed. Takes `make build`, and tries several processes after `make distributed`.
#
#   scripts/check/emulated-gpu.sh           a minute and a half on two cores
#   scripts/check/emulated-gpu.sh FOLDER    leaves the program there, as FOLDER/bin/ssd, for a closer look
#
# EMULATED_GPU_COUNT, _MEMORY (bytes), _DRIVER (12040 is 12.4) and _CAPABILITY (9) say what there is; EMULATED_GPU_REPORT names a
# file for what was done.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD
torch=$(realpath .deps/libtorch/torch)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
place=${1:-$work/place}

fail() {
  printf 'check-emulated-gpu: %s\n' "$1" >&2
  [[ ! -s ${2:-} ]] || tail -40 "$2" >&2
  exit 1
}

[[ -x .build/release/ssd ]] || fail "build first: make build"
began=$SECONDS
swift=$(command -v "${SWIFT:-swift}")
compiler=${CXX:-$(dirname "$(realpath "$swift")")/clang++}
flags=(-std=c++20 -O1 -g -fPIC -fvisibility=hidden -Wall -Wextra -ISources/CTorch
  -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include")
libraries=(-L"$torch/lib" -ltorch_cpu -lc10 "-Wl,-rpath,$torch/lib" -Wl,--allow-shlib-undefined)
for source in Tools/EmulatedGPU/*.cpp Tools/EmulatedGPU/SelfTest/*.cpp; do
  "$compiler" "${flags[@]}" -c "$source" -o "$work/$(basename "$source" .cpp).o" &
done
for job in $(jobs -p); do wait "$job"; done
"$compiler" "$work"/*.o -o "$work/self-test" "${libraries[@]}"
"$work/self-test" 2> "$work/self-test.log" || fail "it does not notice what it should" "$work/self-test.log"
rm "$work/SelfTest.o"

# As `make install` lays it out, so that the loader finds these before libtorch's own.
lib=$place/lib/swift-ssd
mkdir -p "$place/bin" "$lib/torch/lib" "$lib/nvidia/cu13/lib"
"$compiler" -shared "$work"/*.o -o "$lib/torch/lib/libtorch_cuda.so" "${libraries[@]}" -Wl,-soname,libtorch_cuda.so
ln -sf libtorch_cuda.so "$lib/torch/lib/libcuda.so.1"
ln -sf libtorch_cuda.so "$lib/torch/lib/libnccl.so.2"
ln -sf torch/lib/libtorch_cuda.so "$lib/libctorch_cuda.so"
for library in libtorch_cpu.so libc10.so libgomp.so.1; do ln -sf "$torch/lib/$library" "$lib/torch/lib/"; done
for library in "$torch"/../nvidia/cu13/lib/libcupti*; do ln -sf "$(realpath "$library")" "$lib/nvidia/cu13/lib/"; done
"$compiler" "${flags[@]}" -shared Tools/EmulatedGPU/Runtime/Runtime.cpp -o "$lib/nvidia/cu13/lib/libcudart.so.13" \
  -Wl,-soname,libcudart.so.13 -Wl,--version-script=Tools/EmulatedGPU/Runtime/versions.map
cp .build/release/ssd "$place/bin/"
ssd=$(realpath "$place/bin/ssd")
cd "$work"

# Runs a command, whose status is 86 where a real GPU would have gone wrong.
ok() {
  local log=$work/last.log
  "$@" > "$log" 2>&1 || fail "status $? of: ${*//$ssd/ssd}" "$log"
}

refused() {
  local text=$1 log=$work/last.log
  shift
  ! "$@" > "$log" 2>&1 || fail "not refused: ${*//$ssd/ssd}" "$log"
  grep -q "$text" "$log" || fail "no word of '$text' from: ${*//$ssd/ssd}" "$log"
}

same() { python3 "$root/scripts/check/distributed.py" same "$1/last.safetensors" "$2/last.safetensors"; }

count() { sed -n "s/^$2 //p" "$1"; }

# Its matrix products are as large as a real GPU wants them: half a minute for each.
ok env EMULATED_GPU_COUNT=1 "$ssd" doctor --check --device cuda --model "$root/Docs/Models/shapes.safetensors" --batch 2
echo "check-emulated-gpu: doctor finds nothing wrong"

ok "$ssd" data synthesize shapes --train 24 --test 8
train=("$ssd" train shapes --model ssd300-tiny --batch 4 --accumulate 2 --average 0.9 --clip 5 --learning-rate 0.0005
  --checkpoint-every 4 --validate-every 2 --device)
EMULATED_GPU_REPORT=$work/report ok "${train[@]}" cuda --iterations 12 --output graphs
(($(count report replays) > 6)) || fail "steps are not replayed"
for name in $(sed -n 's/^aten::\(.*[^_]\)_*$/\1/p' report); do
  # What works on any device has no kernel for CUDA.
  [[ $name =~ ^(convolution|convolution_backward|copy)$ || -e $torch/include/ATen/ops/${name}_cuda_dispatch.h ]] ||
    fail "libtorch_cuda has no aten::$name"
done
ok "${train[@]}" cuda:1 --iterations 12 --output second
same graphs second || fail "the second GPU trains to other weights"
mv "$lib/libctorch_cuda.so" away.so
ok "${train[@]}" cuda --iterations 12 --output alone
mv away.so "$lib/libctorch_cuda.so"
same graphs alone || fail "graphs train to other weights than operators one by one"
echo "check-emulated-gpu: graphs, and a second GPU, train to the same weights bit for bit"

for iterations in 24 48; do
  EMULATED_GPU_REPORT=$work/report-$iterations ok "$ssd" train shapes --model ssd300-tiny --batch 4 --device cuda \
    --iterations "$iterations" --validate-every 1000 --output "run-$iterations"
done
waits=$(($(count report-48 waits) - $(count report-24 waits)))
((waits < 24)) || fail "24 more steps wait $waits times for the GPU"
echo "check-emulated-gpu: 24 more steps wait $waits times for the GPU, to tell how it goes"

for device in cuda cpu; do
  ok "$ssd" detect "$root/Docs/Models/shapes.safetensors" shapes/JPEGImages --batch 5 --device "$device" --engine torch \
    --precision float32 --json "$device.json"
done
cmp -s cuda.json cpu.json || fail "other boxes than on the CPU"
echo "check-emulated-gpu: the boxes are those of the CPU"
refused "Lower --batch" env EMULATED_GPU_MEMORY=60000000 "${train[@]}" cuda --iterations 3 --output none
refused "there is no GPU 7" "$ssd" detect graphs/last.safetensors shapes/JPEGImages --device cuda:7
refused "newer driver" env EMULATED_GPU_DRIVER=12040 "$ssd" detect graphs/last.safetensors shapes/JPEGImages --device cuda
refused "emulated GPU 0" env EMULATED_GPU_CAPABILITY=6 "$ssd" detect graphs/last.safetensors shapes/JPEGImages --device cuda
refused "finds no GPU" env EMULATED_GPU_COUNT=0 "$ssd" detect graphs/last.safetensors shapes/JPEGImages --device cuda

SSD=$ssd ok "$root/scripts/check/kill.sh" 10
echo "check-emulated-gpu: a run killed 10 times ends as if it had been left alone"
if [[ -x $root/.build/distributed/release/ssd ]]; then
  cp "$root/.build/distributed/release/ssd" "$place/bin/ssd"
  export EMULATED_GPU_COUNT=3
  SSD=$ssd ok "$root/scripts/check/distributed.sh"
  echo "check-emulated-gpu: two processes with a GPU each train as one, and outlive each other"
  cp "$root/.build/release/ssd" "$place/bin/ssd"
else
  echo "check-emulated-gpu: several processes were not tried: make distributed"
fi
echo "check-emulated-gpu: nothing found, in $((SECONDS - began)) s"
