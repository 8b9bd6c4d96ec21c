#!/usr/bin/env bash
# Kills a run with SIGKILL at random moments, again and again, resumes it each time, and compares what it ends with to the
# same run left alone: the checkpoints must be the same, bit for bit.
#   scripts/check/kill.sh [KILLS] [SEED]      (50 kills by default: a minute on two idle cores)
set -euo pipefail
cd "$(dirname "$0")/../.."

kills=${1:-50}
RANDOM=${2:-1}
ssd=$(realpath "${SSD:-.build/release/ssd}")
[[ -x $ssd ]] || { echo "check-kill: build first: make build" >&2 && exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$ssd" data synthesize shapes --train 24 --test 4 > /dev/null
# A checkpoint after every iteration, so that even the shortest life gets somewhere; enough iterations to outlive all kills.
iterations=$((4 * kills + 10))
train=("$ssd" train shapes --model ssd300-tiny --batch 2 --iterations "$iterations" --learning-rate 0.005 --warm-up 5
  --decay cosine --clip 10 --average 0.99 --checkpoint-every 1 --validate-every 3 --seed 3)

now() { echo $((${EPOCHREALTIME/./} / 1000)); }
began=$(now)
"${train[@]}" --output whole > whole.log 2>&1 &
process=$!
until [[ -e whole/last.safetensors ]] || ! kill -0 "$process" 2> /dev/null; do sleep 0.01; done
start=$(($(now) - began))
wait "$process" || { cat whole.log >&2; exit 1; }
echo "check-kill: $iterations iterations undisturbed in $(($(now) - began)) ms, the first after $start ms"

# Goes on with the run that is killed; before its first checkpoint there is nothing to go on with.
go_on() {
  local resume=()
  [[ ! -e killed/last.safetensors ]] || resume=(--resume)
  exec "${train[@]}" --output killed "${resume[@]}"
}

pause() { sleep "$(($1 / 1000)).$(printf '%03d' $(($1 % 1000)))"; }

# Until so many checkpoints have replaced one another, or the process is over.
await_checkpoints() {
  local left=$1 last newest
  last=$(stat -c %i killed/last.safetensors 2> /dev/null || true)
  while ((left > 0)) && kill -0 "$process" 2> /dev/null; do
    newest=$(stat -c %i killed/last.safetensors 2> /dev/null || true)
    [[ $newest == "$last" ]] || { last=$newest && left=$((left - 1)); }
    sleep 0.01
  done
}

killed=0
finished=false
while ((killed < kills)); do
  go_on > killed.log 2>&1 &
  process=$!
  # At any moment of the start, or soon after one of the first checkpoints: counted, not timed, since a machine's pace
  # changes with what else it does.
  checkpoints=$((RANDOM % 4))
  if ((checkpoints == 0)); then
    pause $((RANDOM % start))
  else
    await_checkpoints "$checkpoints"
    pause $((RANDOM % 60))
  fi
  if kill -KILL "$process" 2> /dev/null; then
    killed=$((killed + 1))
  elif ! wait "$process"; then
    cat killed.log >&2
    echo "check-kill: the run failed by itself" >&2
    exit 1
  else
    finished=true # before its time had come
    break
  fi
  wait "$process" 2> /dev/null || true
done
$finished || (go_on) > killed.log 2>&1 || { cat killed.log >&2; exit 1; }
((killed == kills)) || { echo "check-kill: the run was over after $killed kills" >&2; exit 1; }

for file in last best; do
  cmp "whole/$file.safetensors" "killed/$file.safetensors" ||
    { echo "check-kill: $file.safetensors differs from the undisturbed run's after $killed kills" >&2; exit 1; }
done
leftovers=$(find killed -name '*.partial' | wc -l)
((leftovers == 0)) || { echo "check-kill: $leftovers unfinished files were left behind" >&2; exit 1; }
echo "check-kill: killed $killed times, and the weights are those of the undisturbed run, bit for bit"
