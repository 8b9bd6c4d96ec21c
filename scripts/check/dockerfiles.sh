#!/usr/bin/env bash
# Runs the lines of a Dockerfile where there is no container engine: each stage is a bare Debian from debootstrap, into which
# its RUN lines go by chroot. A stage from Swift's image has this machine's toolchain instead of that of the image.
#   scripts/check/dockerfiles.sh [detect|train|cuda]      (detect by default; as root)
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1:-detect}
file=Docker/$image.Dockerfile
fail() { echo "check-dockerfiles: $1" >&2 && exit 1; }
[[ -f $file ]] || fail "there is no $file"
. scripts/check/debian.bash
toolchain=$(dirname "$(dirname "$(realpath "$(command -v "${SWIFT:-swift}")")")")

# Makes the root of a stage.
#   begin STAGE BASE
begin() {
  enter "$1"
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
