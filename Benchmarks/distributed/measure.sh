#!/usr/bin/env bash
# What communication costs a training step in two processes on this machine: by shared memory, and by TCP between two
# network namespaces, as fast as it goes and at the pace of real networks. Prints one table. As root, for the namespaces;
# nothing else should run meanwhile.
#   Benchmarks/distributed/measure.sh [MODEL] [BATCH] [STEPS]      (ssd300, 4 images in each process, 3 steps)
# RATES="10gbit 1gbit" names the limits (of `tc`'s token buckets), SSD the program.
set -euo pipefail
cd "$(dirname "$0")/../.."

model=${1:-ssd300} batch=${2:-4} steps=${3:-3}
ssd=$(realpath "${SSD:-.build/distributed/release/ssd}")
[[ -x $ssd ]] || { echo "measure.sh: build first: make distributed" >&2 && exit 1; }
[[ $EUID -eq 0 ]] || { echo "measure.sh: network namespaces need root" >&2 && exit 1; }
folder=$(mktemp -d)
network=10.77.0 one=ssd-one other=ssd-other
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

cleanup() {
  ip netns del "$one" 2> /dev/null || true
  ip netns del "$other" 2> /dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

# Two hosts with a name each, and a cable between them.
ip netns add "$one"
ip netns add "$other"
ip link add "$one" type veth peer name "$other"
for host in "$one" "$other"; do
  ip link set "$host" netns "$host"
  ip -n "$host" link set lo up
  ip -n "$host" link set "$host" up
done
ip -n "$one" addr add "$network.1/24" dev "$one"
ip -n "$other" addr add "$network.2/24" dev "$other"
on() { echo "exec ip netns exec $1 unshare --uts sh -c \"hostname $1; exec \$*\""; }
# Stands for ssh: the first argument is the host.
{ echo '#!/bin/sh' && echo shift && on "$other"; } > "$folder/remote"
{ echo '#!/bin/sh' && on "$one"; } > "$folder/local"
chmod +x "$folder/remote" "$folder/local"

measure() {
  local name=$1
  shift
  "$@" "$ssd" benchmark train "$model" --batch "$batch" --steps "$steps" --warm-up 1 --threads 1 \
    --json "$folder/$name.json" > "$folder/log" 2>&1 || { cat "$folder/log" >&2 && exit 1; }
}
between_hosts() {
  "$folder/local" mpirun -n 2 -H "$network.1:1,$network.2:1" --bind-to none --mca plm_rsh_agent "$folder/remote" \
    --mca btl tcp,self --mca btl_tcp_if_include "$network.0/24" --mca oob_tcp_if_include "$network.0/24" "$@"
}

measure alone
measure shared-memory mpirun -n 2 --oversubscribe --bind-to none
measure TCP between_hosts
for rate in ${RATES:-10gbit 1gbit}; do
  for host in "$one" "$other"; do
    tc -n "$host" qdisc replace dev "$host" root tbf rate "$rate" burst 512kb latency 20ms
  done
  measure "TCP-$rate" between_hosts
done

python3 - "$folder" <<'END'
import glob, json, os, sys
files = sorted(glob.glob(sys.argv[1] + "/*.json"), key=os.path.getmtime)
print(f"{'':16} {'step':>9} {'waiting':>9} {'share':>7} {'on their way':>13} {'images/s':>9} {'speed-up':>9}")
base = None
for file in files:
    with open(file) as text:
        figures = json.load(text)
    median = lambda key: figures[key]["p50"]
    step, waiting = median("milliseconds"), median("communicationMilliseconds")
    base = base or figures["imagesPerSecond"]
    print(f"{os.path.basename(file)[:-5]:16} {step:6.0f} ms {waiting:6.0f} ms {100 * waiting / step:5.1f} % "
          f"{median('transferMilliseconds'):10.0f} ms {figures['imagesPerSecond']:9.3f} "
          f"{figures['imagesPerSecond'] / base:9.2f}")
print(f"{figures['network']}, {figures['batch']} images and one thread in each process, {figures['precision']}, "
      f"{figures['milliseconds']['runs']} steps; medians")
END
