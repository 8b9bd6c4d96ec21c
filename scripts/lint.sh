#!/usr/bin/env bash
# Fails on the first kind of finding: Swift, C or C++ that is not formatted, shell that does not parse, names the house does not use.
set -euo pipefail
cd "$(dirname "$0")/.."

sources=(Package.swift Sources Tests Recipes)
[[ ! -d Benchmarks ]] || sources+=(Benchmarks)
swift format lint --strict --parallel --recursive "${sources[@]}"

mapfile -t c_sources < <(git ls-files Sources Shims Tests/KernelStress Benchmarks/layers | grep -E '\.(c|cpp|h|inc)$')
if command -v clang-format > /dev/null; then
  clang-format --dry-run --Werror "${c_sources[@]}"
else
  echo "lint: clang-format is missing, so C and C++ go unchecked"
fi

for script in .ci/run scripts/*.sh scripts/*/*.sh Benchmarks/*/*.sh; do
  bash -n "$script"
  [[ -x $script ]] || { echo "lint: $script lacks its run bit" >&2 && exit 1; }
done

vague=$(find Sources -name '*Utils*' -o -name '*Helper*' -o -name '*Manager*' -o -name '*Common*')
if [[ -n $vague ]]; then
  printf 'lint: these names say nothing about what is inside (see CONTRIBUTING.md):\n%s\n' "$vague" >&2
  exit 1
fi
echo "lint: nothing found"
