#!/usr/bin/env bash
# Runs every shell command of the guide, in the order of its chapters, in a folder of their own, and fails with the first
# that fails. What takes long is shortened, what needs the network or Pascal VOC is left out; both are said.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD
catalogue=Docs/Guide/SwiftSSD.docc
ssd=$(realpath "${SSD:-.build/release/ssd}")
[[ -x $ssd ]] || { echo "check-commands: run 'make build' first" >&2 && exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$ssd" "$folder/bin/ssd"
ln -s "$root/Docs" "$folder/Docs"
export PATH=$folder/bin:$PATH

# The commands of a chapter, one a line.
commands() {
  awk '
    /^```sh$/ { inside = 1; next }
    /^```/ { inside = 0; next }
    inside && sub(/ *\\$/, " ") { line = line $0; next }
    inside { print line $0; line = "" }
  ' "$1" | sed -E 's/  +/ /g'
}

declare -A done=()
ran=0
skipped=0
for chapter in $(sed -nE 's/^- <doc:(.*)>$/\1/p' "$catalogue/SwiftSSD.md"); do
  while read -r command; do
    [[ -z ${done[$command]:-} ]] || continue
    done[$command]=1
    case $command in
      *VOC2007* | *"ssd download"*)
        skipped=$((skipped + 1))
        printf '%s\n  left out: needs the network or Pascal VOC\n' "$command"
        continue
        ;;
    esac
    short=$command
    case $command in
      "ssd data synthesize "*) short="$command --train 12 --test 4" ;;
      "ssd train "*--recipe*) short="$command --iterations 10" ;;
      "ssd train "*--resume*) short="$command --iterations 11" ;;
      "ssd train "*) short=$(sed -E 's/--iterations [0-9]+/--iterations 10/; s/--batch [0-9]+/--batch 4/' <<<"$command") ;;
    esac
    printf '%s\n' "$command"
    [[ $short == "$command" ]] || printf '  as: %s\n' "$short"
    (cd "$folder" && bash -euo pipefail -c "$short" < /dev/null) > "$folder/output" 2>&1 || {
      echo "check-commands: this command of $chapter.md failed:" >&2
      tail -n 20 "$folder/output" >&2
      exit 1
    }
    ran=$((ran + 1))
  done < <(commands "$catalogue/$chapter.md")
done
echo "check-commands: $ran commands ran, $skipped were left out"
