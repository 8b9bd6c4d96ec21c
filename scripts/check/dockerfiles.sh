#!/usr/bin/env bash
# Runs the lines of a Dockerfile where there is no container engine: each stage is a bare Debian from debootstrap, into which
# its RUN lines go by chroot. A stage from Swift's image has this machine's toolchain instead of that of the image.
#   scripts/check/dockerfiles.sh [detect|train|cuda]      (detect by default; as root)
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1:-detect}
file=Docker/$image.Dockerfile
work=${WORK:-/var/tmp/swift-ssd-docker}
fail() { echo "check-dockerfiles: $1" >&2 && exit 1; }
[[ -f $file ]] || fail "there is no $file"
[[ $EUID -eq 0 ]] || fail "debootstrap and chroot need root"
command -v debootstrap > /dev/null || apt-get install -y -qq --no-install-recommends debootstrap > /dev/null
toolchain=$(dirname "$(dirname "$(realpath "$(command -v "${SWIFT:-swift}")")")")

mkdir -p "$work"
mounts=()
cleanup() {
  for ((i = ${#mounts[@]} - 1; i >= 0; --i)); do umount "${mounts[i]}"; done
  rm -rf "$work/stages"
}
trap cleanup EXIT
rm -rf "$work/stages"

# The bare system is made once and copied.
if [[ ! -e $work/bookworm/complete ]]; then
  echo "check-dockerfiles: debootstrap"
  rm -rf "$work/bookworm"
  debootstrap --variant=minbase bookworm "$work/bookworm" > "$work/debootstrap.log" ||
    { tail "$work/debootstrap.log" >&2 && fail "debootstrap failed"; }
  touch "$work/bookworm/complete"
fi

bind() {
  mkdir -p "$2"
  mount --bind "$1" "$2"
  mounts+=("$2")
}

# Makes the root of a stage.
#   begin STAGE BASE
begin() {
  root=$work/stages/$1 folder=/ environment=()
  mkdir -p "$work/stages"
  cp -a "$work/bookworm" "$root"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  bind /proc "$root/proc"
  bind /dev "$root/dev"
  # What this machine needs to reach the network goes with it: certificates, and where pip finds packages.
  # The certificates lie where the package ca-certificates will not write over them.
  [[ ! -f /etc/pip.conf ]] || install -D --mode 644 /etc/pip.conf "$root/etc/pip.conf"
  local name
  for name in GIT_SSL_CAINFO SSL_CERT_FILE PIP_CERT CURL_CA_BUNDLE REQUESTS_CA_BUNDLE; do
    [[ -f ${!name:-} ]] || continue
    install -D --mode 644 "${!name}" "$root/etc/ssl/$name.crt"
    environment+=("$name=/etc/ssl/$name.crt")
  done
  case $2 in
    swift:*)
      # What Swift's own image installs from Debian.
      run "apt-get update && apt-get install -y --no-install-recommends binutils git gnupg2 libc6-dev libcurl4-openssl-dev \
        libedit2 libgcc-12-dev libncurses-dev libpython3-dev libsqlite3-0 libstdc++-12-dev libxml2-dev libz3-dev pkg-config \
        tzdata zlib1g-dev ca-certificates"
      bind "$toolchain" "$root/usr/local/swift"
      find_packages_as_here
      environment+=(PATH=/usr/local/swift/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
      ;;
    debian:bookworm-slim) ;;
    *) fail "$file begins with $2, which this script does not know" ;;
  esac
}

# Where git here is told to look for packages elsewhere (a mirror), git in the stage looks there too.
find_packages_as_here() {
  local key value elsewhere
  git config --file "$root/etc/gitconfig" safe.directory '*'
  while read -r key value; do
    elsewhere=${key#url.} elsewhere=${elsewhere%.insteadof}
    git config --file "$root/etc/gitconfig" --add "url.$elsewhere.insteadOf" "$value"
    [[ ! -d $elsewhere || -d $root$elsewhere ]] || bind "$elsewhere" "$root${elsewhere%/}"
  done < <(git config --get-regexp '^url\..*\.insteadof$')
}

run() {
  local status=0
  env DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    "${environment[@]}" chroot "$root" /bin/sh -c "cd $folder && $1" > "$work/log" 2>&1 || status=$?
  ((status == 0)) || { tail -n 40 "$work/log" >&2 && fail "this line ends with $status: $1"; }
}

# One instruction a line, without comments.
instructions() {
  awk '/^[[:space:]]*#/ { next } sub(/\\$/, "") { line = line $0; next } { line = line $0; if (line != "") print line; line = "" }' \
    "$file" | sed -E 's/[[:space:]]+/ /g'
}

stage=0
while read -r -u 3 instruction arguments; do
  printf '%s %s\n' "$instruction" "${arguments:0:110}"
  case $instruction in
    FROM)
      read -r base _ name <<< "$arguments"
      begin "${name:-$((stage++))}" "$base"
      ;;
    RUN) run "$arguments" ;;
    ENV) read -ra settings <<< "$arguments" && environment+=("${settings[@]}") ;;
    WORKDIR) folder=$arguments && mkdir -p "$root$folder" ;;
    COPY)
      if [[ $arguments == --from=* ]]; then
        read -r from source target <<< "$arguments"
        source=$work/stages/${from#--from=}$source
        [[ $target != */ || ! -d $source ]] || source=$source/.
        cp -a "$source" "$root$target"
      else
        [[ $arguments == ". ." ]] || fail "only the whole checkout is copied into an image"
        git ls-files -z --cached --others --exclude-standard | tar --null -T - -c | tar -x -C "$root$folder"
      fi
      ;;
    ENTRYPOINT | CMD) ;;
    *) fail "this script does not know $instruction" ;;
  esac
done 3< <(instructions)

# What the image is for, in the last stage.
environment+=(LC_ALL=C)
run "ssd data synthesize shapes --train 40 --test 8 && ssd export ssd300-tiny model.safetensors"
run "ssd detect model.safetensors shapes/JPEGImages --json found.jsonl && test \$(wc -l < found.jsonl) = 48"
if [[ $image != detect ]]; then
  run "mpirun -n 2 --oversubscribe ssd train shapes --model ssd300-tiny --batch 2 --iterations 2 --threads 1 --output run"
fi
echo "check-dockerfiles: $file works; the image has $(du -sxm "$root" --exclude="$root/data" | cut -f 1) MB," \
  "Debian's base $(du -sm "$work/bookworm" | cut -f 1) of them"
