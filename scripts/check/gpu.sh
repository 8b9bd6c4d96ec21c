#!/usr/bin/env bash
# Checks and measures ssd on a machine with a GPU; builds nothing there.
#
#   scripts/check/gpu.sh pack FOLDER            here: what has to travel, from `make standalone` and `make cuda`
#   scripts/check/gpu.sh FOLDER/ssd [DATA]      there: doctor, GPU against CPU, speed beside PyTorch
#
# There, python3 (or $PYTHON) has torch 2.11.0 for CUDA 13.0, whose libraries ssd runs on. DATA is a Pascal VOC folder and
# its list, such as FOD-A/trainval, for training with the real loader. Findings go to $OUT (default .) as doctor.json and
# speed.json. Everything ends within ten minutes: what would begin later is left out, and that is said.
#
# SSD_DEVICE=cpu tries the whole way without a GPU, with small sizes.
set -euo pipefail
root=$(realpath "$(dirname "$0")/../..")

fail() {
  printf 'gpu-check: %s\n' "$@" >&2
  exit 1
}

# The program, the library for CUDA graphs, and what Debian's packages gave that another system may lack. Not libtorch,
# nor what belongs to glibc and the compiler.
pack() {
  local folder=${1:?gpu-check: name a folder} build=$root/.build/standalone/release library
  [[ -x $build/ssd ]] || fail "there is no $build/ssd: run 'make standalone' first."
  [[ -s $root/.build/cuda/libctorch_cuda.so ]] || fail "there is no .build/cuda/libctorch_cuda.so: run 'make cuda' first."
  mkdir -p "$folder/lib"
  strip -o "$folder/ssd" "$build/ssd"
  cp "$root/.build/cuda/libctorch_cuda.so" "$folder/"
  env -u LD_LIBRARY_PATH ldd "$build/ssd" | sed -nE 's/.* => (\/.*) \(0x.*/\1/p' |
    grep -vE '/(libc|libm|libdl|librt|libpthread|libresolv|libutil|libgcc_s|libstdc\+\+|ld-linux[^/]*)\.so|/(torch|nvidia)/' |
    while read -r library; do cp -L "$library" "$folder/lib/"; done
  tar -C "$folder" -cJf "${folder%/}.tar.xz" .
  echo "gpu-check: $folder, $(du -sm "$folder" | cut -f 1) MB; packed in ${folder%/}.tar.xz, $(du -sm "${folder%/}.tar.xz" | cut -f 1) MB"
}

case ${1:-} in
  pack) pack "${2:-}" && exit ;;
  '' | -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" && exit ;;
esac

ssd=$(realpath "$1") data=${2:-} device=${SSD_DEVICE:-cuda} python=${PYTHON:-python3} out=${OUT:-.}
[[ -x $ssd ]] || fail "$ssd is no program."
mkdir -p "$out"
SECONDS=0

# LD_LIBRARY_PATH goes before the run path in the program, which names the machine that built it.
libraries=$("$python" - << 'END'
import glob, os, torch
site = os.path.dirname(os.path.dirname(torch.__file__))
print(":".join([os.path.join(site, "torch/lib"), *sorted(glob.glob(os.path.join(site, "nvidia/*/lib")))]))
END
) || fail "$python has no torch."
[[ -z $data ]] || data=$(realpath "$(dirname "$data")")/$(basename "$data")
export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
# The packed libraries are for ssd alone: python3 and what it starts have the system's.
if [[ -d $(dirname "$ssd")/lib ]]; then
  packed=$(dirname "$ssd")
  printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$LD_LIBRARY_PATH:$packed/lib" "$ssd" > "$packed/ssd-there"
  chmod +x "$packed/ssd-there"
  missing=$(LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$packed/lib ldd "$ssd" | grep 'not found' || true)
  ssd=$packed/ssd-there
else
  missing=$(ldd "$ssd" | grep 'not found' || true)
fi
[[ -z $missing ]] || fail "$ssd lacks libraries:" "$missing"
echo "== $("$python" -c 'import torch; print("PyTorch", torch.__version__)'), $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2> /dev/null || echo 'no nvidia-smi')"

# A finding is no reason to measure nothing: what fails is told at the end.
failures=()
model=ssd300 batch=8 limit=200 sizes=()
if [[ $device == cpu ]]; then
  model=ssd300-tiny batch=2
  sizes=(--model ssd300-tiny --peers graphs --batch 2 --detection-batches 1,2 --workers 2 --rounds 1 --round 0.1 --kernel-steps 1)
fi
echo "== what there is"
timeout 60 "$ssd" doctor --json "$out/machine.json" || failures+=("doctor ended with status $?")
echo "== $device against the CPU"
timeout "$limit" "$ssd" doctor --check --device "$device" --model "$model" --batch "$batch" --json "$out/doctor.json" ||
  failures+=("doctor --check ended with status $?")
# Detections are compared with trained weights: random ones find everything everywhere.
timeout 120 "$ssd" doctor --check --device "$device" --model "$root/Docs/Models/shapes.safetensors" \
  --json "$out/doctor-shapes.json" || failures+=("doctor, with the model of shapes, ended with status $?")

echo "== speed"
timeout "$((540 - SECONDS))" "$python" "$root/Benchmarks/gpu/measure.py" --ssd "$ssd" --python "$python" --device "$device" ${data:+--data "$data"} \
  --budget "$((420 - SECONDS))" --json "$out/speed.json" "${sizes[@]}" || failures+=("measure.py ended with status $?")

[[ $device != cpu ]] || echo "This was a trial: ssd and PyTorch had networks of different sizes, and the ratios mean nothing."
echo "== $SECONDS seconds"
[[ ${#failures[@]} -eq 0 ]] || fail "${failures[@]}"
