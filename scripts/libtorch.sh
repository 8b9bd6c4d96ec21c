#!/usr/bin/env bash
# Puts libtorch where Package.swift looks for it, .deps/libtorch/torch/{include,lib}, or below another folder: a link to
# $LIBTORCH if that is set, otherwise a download. The download is PyTorch's wheel, fetched by pip and never run: only headers and libraries stay.
set -euo pipefail
given=${LIBTORCH:+$(realpath -m "$LIBTORCH")}
cd "$(dirname "$0")/.."

version=2.11.0
# Beside torch itself, what its libtorch_cpu.so is linked against; machines without a GPU need these two as well.
wheels=("torch==$version" nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
home=${1:-.deps/libtorch}
partial=$home.partial
place=$(dirname "$home")
# What a user has called, and may call again.
command="make setup"
[[ $# -eq 0 ]] || command="scripts/libtorch.sh $1"

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

# Prints what is wrong with the libtorch in a folder that holds include/ and lib/; nothing when it is usable.
complaint() {
  local folder=$1 file found trace
  for file in include/ATen/ATen.h lib/libc10.so lib/libtorch_cpu.so; do
    [[ -s $folder/$file ]] || { echo "$file is missing" && return; }
  done
  # The version moved to another header in the course of time.
  found=$(cat "$folder"/include/torch/{headeronly,csrc/api/include/torch}/version.h 2>/dev/null |
    sed -nE 's/^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+).*/\2/p' | paste -sd .)
  [[ $found == "$version" ]] || { echo "it is version ${found:-unknown}, not $version" && return; }
  trace=$(env -u LD_LIBRARY_PATH ldd "$folder/lib/libtorch_cpu.so" 2>&1) ||
    { echo "lib/libtorch_cpu.so is damaged, or made for another processor" && return; }
  if grep -q 'not found' <<<"$trace"; then
    echo "lib/libtorch_cpu.so lacks$(sed -nE 's/^\s*(\S+) => not found.*/ \1/p' <<<"$trace" | tr -d '\n')"
  fi
}

link_given() {
  local folder=$given problem
  # People name site-packages as readily as the torch folder in it.
  [[ ! -d $folder/torch/include ]] || folder=$folder/torch
  problem=$(complaint "$folder")
  [[ -z $problem ]] ||
    fail "LIBTORCH=$LIBTORCH is no libtorch $version that can be used: $problem." \
      "It must be the 'torch' folder of an installed PyTorch $version or an unpacked libtorch $version," \
      "with include/ and lib/ in it. Without LIBTORCH, '$command' downloads one."
  [[ $(realpath -m "$home/torch") != "$(realpath "$folder")" ]] || return 0
  rm -rf "$home"
  mkdir -p "$home"
  ln -s "$folder" "$home/torch"
  echo "setup: using the libtorch $version in $folder"
}

find_pip() {
  if python3 -m pip --version >/dev/null 2>&1; then
    pip=(python3 -m pip)
  elif rm -rf "$place/pip" && python3 -m venv "$place/pip" >/dev/null 2>&1; then
    pip=("$place/pip/bin/python" -m pip)
  else
    fail "downloading libtorch needs pip: install python3-pip (or python3-venv), then run '$command' again." \
      "If a libtorch $version is already there: LIBTORCH=/path/to/it $command"
  fi
}

# pip fills a folder beside the real one, which takes its place only when it is complete and checked: an interruption at
# any moment leaves either no libtorch or a whole one.
download() {
  local machine pip platforms=() glibc attempt problem
  machine=$(uname -m)
  [[ $machine == x86_64 || $machine == aarch64 ]] ||
    fail "PyTorch offers no libtorch for this processor ($machine)." "Build one: LIBTORCH=/path/to/it $command"
  find_pip
  [[ $(df -Pk "$place" | awk 'END { print $4 }') -gt 2500000 ]] ||
    fail "libtorch takes 1.1 GB, and 2.5 GB while it is being installed; $PWD/$place has less room than that."

  trap 'rm -rf "$partial"' EXIT
  mkdir -p "$partial/temporary"
  # The wheels are for Linux and one version of Python; which Python runs pip here does not matter.
  for glibc in 2_28 2_25 2_17; do platforms+=(--platform "manylinux_${glibc}_$machine"); done
  echo "setup: downloading libtorch $version (530 MB, once)"
  for attempt in 1 2 3; do
    # pip unpacks in TMPDIR first: /tmp may be small, and moving from there would mean copying.
    TMPDIR=$PWD/$partial/temporary PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 \
      PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
      "${pip[@]}" install --no-deps --no-compile --target "$partial/site" --only-binary=:all: \
      --python-version 3.12 --implementation cp "${platforms[@]}" "${wheels[@]}" && break
    [[ $attempt -lt 3 ]] ||
      fail "pip could not download libtorch; its messages are above." \
        "Run '$command' again when the network is back, or use one that is there: LIBTORCH=/path/to/it $command"
    echo "setup: trying again" >&2
    rm -rf "$partial/site"
  done

  mkdir -p "$partial/libtorch/torch"
  mv "$partial"/site/torch/{include,lib} "$partial/libtorch/torch"
  # The notices of the licences are in dist-info.
  mv "$partial"/site/{nvidia,*.dist-info} "$partial/libtorch"
  problem=$(complaint "$partial/libtorch/torch")
  [[ -z $problem ]] || fail "the downloaded libtorch cannot be used: $problem."
  rm -rf "$home"
  mv "$partial/libtorch" "$home"
  echo "setup: libtorch $version is in $home"
}

mkdir -p "$place"
# Held by pip too, should it outlive this script: nobody writes into the folder of another.
exec 9>"$place/setup.lock"
flock --nonblock 9 || { echo "setup: waiting for another '$command'" && flock 9; }
rm -rf "$partial"

if [[ -n $given ]]; then
  link_given
  exit
fi
problem=$(complaint "$home/torch")
[[ -n $problem ]] || exit 0
[[ ! -e $home/torch && ! -L $home/torch ]] || echo "setup: the libtorch in $home cannot be used ($problem): getting another"
download
