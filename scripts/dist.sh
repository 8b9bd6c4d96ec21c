#!/usr/bin/env bash
# Makes what a release needs, in dist/: an archive of the program for detection alone, one of the whole program with a script that
# brings libtorch, SHA256SUMS, and CONTENTS.txt, which says what is inside, in which version and under which license.
#
# The same programs give the same archives, byte for byte: names are sorted, and every file has the time of the last commit.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
version=$(sed -nE 's/^ *version: "(.*)",$/\1/p' Sources/CommandLineTool/SSDCommand.swift)
platform=linux-$(uname -m)
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
dist=dist work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "dist: $1" >&2 && exit 1; }
[[ -n $version ]] || fail "the program's version is not where it was"
[[ -z $(git status --porcelain) ]] || echo "dist: some of this is not committed" >&2

bash scripts/native.sh
# In a folder of its own: the run path differs from that of `make standalone`.
SSD_DIST=1 "$swift" build -c release --product ssd --static-swift-stdlib --scratch-path .build/dist

# Where the licenses of what is linked into a program lie: the packages that this package or one of those depends on, and Swift.
license_files() {
  local scratch=$1 package file
  for package in "$scratch"/checkouts/*; do
    # What only its own tests and documentation need is not fetched.
    for file in "$package"/LICENSE* "$package"/NOTICE*; do
      [[ -f $file ]] && printf '%s %s\n' "$(basename "$package")" "$file"
    done
  done
  file=$(dirname "$(dirname "$(realpath "$(command -v "$swift")")")")/share/swift/LICENSE.txt
  [[ -f $file ]] && printf '%s %s\n' swift "$file"
}

# The license that a text begins with, in a few words.
license_name() {
  if grep -q 'Runtime Library Exception' "$1"; then echo "Apache 2.0 with Runtime Library Exception"
  elif grep -q 'Apache License' "$1"; then echo "Apache 2.0"
  elif grep -qE 'MIT License|Permission is hereby granted' "$1"; then echo MIT
  elif grep -q 'Redistribution and use' "$1"; then echo BSD
  else echo "see its text"; fi
}

package_version() {
  case $1 in
    swift) "$swift" --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9.]+).*/\1/p' | head -n 1 ;;
    *) git -C "$2/checkouts/$1" describe --tags 2> /dev/null || git -C "$2/checkouts/$1" rev-parse --short HEAD ;;
  esac
}

# The Debian packages of the libraries that a program asks for itself.
debian_packages() {
  local library path
  objdump -p "$1" | sed -nE 's/^ *NEEDED +//p' | while read -r library; do
    path=$(env -u LD_LIBRARY_PATH ldd "$1" | sed -nE "s#^\s*${library//+/\\+} => (/\S+) .*#\1#p")
    [[ -n $path ]] || continue
    # Debian knows files of /usr/lib by either name.
    dpkg-query -S "$(realpath "$path")" 2> /dev/null || dpkg-query -S "${path#/usr}" 2> /dev/null || true
  done | cut -d : -f 1 | sort -u
  # Opened when something is drawn.
  echo libpangocairo-1.0-0
  echo libcairo2
}

# The names that a package's copyright file gives its licenses, where it is of the kind that machines read.
debian_licenses() {
  local file=/usr/share/doc/$1/copyright names
  names=$(sed -nE 's/^License: *(\S.*)/\1/p' "$file" 2> /dev/null | sort -u | paste -sd '|' | sed 's/|/, /g')
  echo "${names:-see $file}"
}

# contents TITLE PROGRAM SCRATCH
contents() {
  local name file seen= package
  printf '%s\n\n' "$1"
  printf '  %-24s %-12s %s\n' swift-ssd "$version" MIT
  while read -r name file; do
    [[ $name != "$seen" ]] || continue
    seen=$name
    printf '  %-24s %-12s %s\n' "$name" "$(package_version "$name" "$3")" "$(license_name "$file")"
  done < <(license_files "$3")
  printf '\nIt needs, and does not contain (versions: those it was built with; licenses: as Debian lists them):\n\n'
  for package in $(debian_packages "$2" | sort -u); do
    printf '  %-24s %-22s %s\n' "$package" "$(dpkg-query -W -f '${Version}' "$package")" \
      "$(debian_licenses "$package")"
  done
  printf '\nglibc %s or later.\n' "$(objdump -T "$2" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1 | cut -d _ -f 2)"
}

# Puts the licenses of all that is inside beside a program.
add_licenses() {
  local name file
  mkdir -p "$2/licenses"
  cp LICENSE "$2/licenses/swift-ssd-LICENSE"
  license_files "$1" | while read -r name file; do cp "$file" "$2/licenses/$name-$(basename "$file")"; done
}

# pack FOLDER
pack() {
  find "$work/$1" -type d -exec chmod 755 {} + -o -type f -perm -u+x -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
  tar -C "$work" --sort=name --format=gnu --mtime="@$epoch" --owner=0 --group=0 --numeric-owner -cf - "$1" |
    gzip -9 -n > "$dist/$1.tar.gz"
}

rm -rf "$dist"
mkdir -p "$dist"
detect=ssd-detect-$version-$platform whole=ssd-$version-$platform

mkdir -p "$work/$detect"
cp .build-native/ssd "$work/$detect/ssd"
contents "Inside $detect:" .build-native/ssd .build-native > "$work/$detect/CONTENTS.txt"
add_licenses .build-native "$work/$detect"
cat > "$work/$detect/README.txt" << END
ssd $version: detection, scoring and pictures of SSD detectors on the CPU. One program; no libtorch, no training.

On Debian 12 and its relatives it needs these packages, the last two only to draw:

  apt-get install libjpeg62-turbo libpng16-16 libwebp7 libxml2 libpangocairo-1.0-0 fonts-dejavu-core

  ./ssd detect MODEL PICTURES --json found.jsonl
END
pack "$detect"

mkdir -p "$work/$whole/bin" "$work/$whole/scripts"
strip -o "$work/$whole/bin/ssd" .build/dist/release/ssd
cp scripts/libtorch.sh "$work/$whole/scripts/"
contents "Inside $whole:" .build/dist/release/ssd .build/dist > "$work/$whole/CONTENTS.txt"
printf '\nlibtorch 2.11.0 (BSD) comes by scripts/libtorch.sh; its notices then lie in lib/swift-ssd.\n' >> "$work/$whole/CONTENTS.txt"
add_licenses .build/dist "$work/$whole"
cat > "$work/$whole/README.txt" << END
ssd $version: trains, scores and runs SSD detectors. On Debian 12 and its relatives:

  apt-get install libjpeg62-turbo libpng16-16 libwebp7 libxml2 libcurl4 libpangocairo-1.0-0 fonts-dejavu-core python3-pip
  scripts/libtorch.sh lib/swift-ssd

The second command downloads libtorch 2.11.0 (530 MB) into lib/swift-ssd, where bin/ssd looks for it. With
LIBTORCH=/path/to/torch in front it uses one that is there: the torch folder of an installed PyTorch 2.11.0.

  bin/ssd --help
END
pack "$whole"

cat "$work/$detect/CONTENTS.txt" <(echo) "$work/$whole/CONTENTS.txt" > "$dist/CONTENTS.txt"
touch -d "@$epoch" "$dist/CONTENTS.txt"
(cd "$dist" && sha256sum -- *.tar.gz CONTENTS.txt > SHA256SUMS)
(cd "$dist" && ls -l -- * | awk '{ printf "dist: %s, %d kB\n", $NF, $5 / 1000 }')
