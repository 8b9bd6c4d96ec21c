#!/usr/bin/env bash
# Trains in several processes on this machine: two of them must end with the weights of one, a killed one must be named by
# the others and leave a checkpoint, and another number of them must go on from there. A few minutes, most of them the
# build's; SSD=/path/to/ssd takes one that is built (with the trait Distributed).
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD
[[ -n ${SSD:-} ]] || make distributed
ssd=$(realpath "${SSD:-.build/distributed/release/ssd}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  printf 'check-distributed: %s\n' "$1" >&2
  [[ ! -s ${2:-} ]] || cat "$2" >&2
  exit 1
}

# In containers everybody is root, and has fewer processors than ranks.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
ranks() { mpirun -n "$1" --oversubscribe --bind-to none "${@:2}"; }
compare() { python3 "$root/scripts/check/distributed.py" compare "$@"; }

"$ssd" data synthesize shapes --train 26 --test 6 > /dev/null
# Batch normalisation takes its statistics from each rank's own images, so the runs to compare go without.
"$ssd" train shapes --model ssd300-tiny --batch 2 --iterations 1 --precision float32 --output tiny > tiny.log 2>&1 ||
  fail "a first step failed" tiny.log
python3 "$root/scripts/check/distributed.py" plain tiny/last.safetensors plain.safetensors
options=(shapes --precision float32 --iterations 6 --learning-rate 0.0005 --clip 10 --average 0.9
  --validate-every 2 --threads 1 --workers 1)
fresh=(--weights plain.safetensors --seed 3)

began=$SECONDS
"$ssd" train "${options[@]}" "${fresh[@]}" --batch 8 --output one > one.log 2>&1 || fail "one process failed" one.log
ranks 2 "$ssd" train "${options[@]}" "${fresh[@]}" --batch 4 --output two > two.log 2>&1 ||
  fail "two processes failed" two.log
difference=$(compare two one) || fail "2 x 4 images are not 1 x 8: $difference" two.log
echo "check-distributed: 2 processes x 4 images are 1 x 8: $difference"

# Kills a rank of a run as soon as there is a checkpoint, and looks at what is left.
#   kill_rank RANK OUTPUT
kill_rank() {
  local rank=$1 output=$2 log=$2.log launcher process
  ranks 2 "$ssd" train "${options[@]}" "${fresh[@]}" --batch 4 --checkpoint-every 1 --output "$output" > "$log" 2>&1 &
  launcher=$!
  until [[ -e $output/last.safetensors ]]; do
    kill -0 "$launcher" 2> /dev/null || fail "the run ended by itself" "$log"
    sleep 0.05
  done
  for process in $(pgrep -f "$ssd train .* --output $output\$"); do
    tr '\0' '\n' < "/proc/$process/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$rank" || continue
    kill -KILL "$process"
  done
  ! wait "$launcher" || fail "killing rank $rank went unnoticed" "$log"
  grep -q "rank $((1 - rank)): rank $rank on $(hostname) has ended" "$log" || fail "nobody said that rank $rank died" "$log"
  ! pgrep -f "$ssd train .* --output $output\$" > /dev/null || fail "a process survived the end of the run" "$log"
  "$ssd" inspect "$output/last.safetensors" > /dev/null || fail "no usable checkpoint is left" "$log"
}

kill_rank 1 killed
"$ssd" train shapes --resume --output killed --threads 1 --workers 1 > resumed.log 2>&1 ||
  fail "one process could not go on" resumed.log
difference=$(compare killed one) || fail "a run killed on 2 and resumed on 1 ended elsewhere: $difference" resumed.log
echo "check-distributed: rank 1 killed, named, and the run resumed on 1: $difference"

kill_rank 0 leaderless
ranks 3 "$ssd" train shapes --resume --output leaderless --threads 1 --workers 1 > resumed.log 2>&1 ||
  fail "three processes could not go on" resumed.log
difference=$(compare leaderless one) || fail "a run killed on 2 and resumed on 3 ended elsewhere: $difference" resumed.log
echo "check-distributed: rank 0 killed, named, and the run resumed on 3: $difference"
echo "check-distributed: nothing found, in $((SECONDS - began)) s beside the build"
