#!/usr/bin/env bash
# Builds ssd without libtorch into .build-native/ssd, stripped, and tries it: it must start without a Swift toolchain or
# libtorch, weigh less than 30 MB, and detect.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift} build=.build-native
ssd=$build/ssd
mkdir -p "$build"

fail() { echo "native: $1" >&2 && exit 1; }

# Foundation brings 34 MB of ICU's data: names of languages and currencies, calendars, collation. Nothing here is formatted
# for a language, so an empty package of ICU's format takes their place.
resources=$("$swift"c -static-stdlib -print-target-info | sed -nE 's/.*"runtimeResourcePath": "(.*)".*/\1/p')
symbol=$(nm "$resources/linux/lib_FoundationICU.a" 2>/dev/null | sed -nE 's/.* R (icudt[0-9]+_dat)$/\1/p')
[[ -n $symbol ]] || fail "Foundation's ICU data are not where they were in Swift 6.3 ($resources/linux)"
"${CC:-clang}" -c -x assembler - -o "$build/icu.o" <<END
.section .rodata
.globl $symbol
.balign 16
$symbol: .short 32
.byte 0xda, 0x27
.short 20, 0
.byte 0, 0, 2, 0
.ascii "ToCP"
.byte 1, 0, 0, 0, 0, 0, 0, 0
.zero 8
.long 0, 0, 0, 0
.section .note.GNU-stack, "", @progbits
END

# The linker takes whichever definition comes first, and every option of ours comes after Foundation.
linker=$PWD/$build/linker
printf '#!/bin/sh\nexec ld.lld "%s" "$@"\n' "$PWD/$build/icu.o" > "$linker"
chmod +x "$linker"

"$swift" build -c release --product ssd --disable-default-traits --static-swift-stdlib --scratch-path "$build" \
  -Xswiftc -Xclang-linker -Xswiftc "--ld-path=$linker" \
  -Xlinker --icf=all -Xlinker -z -Xlinker pack-relative-relocs
strip -o "$ssd" "$build/release/ssd"

libraries=$(env -u LD_LIBRARY_PATH ldd "$ssd")
! grep -qE 'not found|libtorch|libswift|libFoundation' <<< "$libraries" || fail "$ssd needs libraries it must not need: $libraries"
size=$(stat -c %s "$ssd")
((size < 30000000)) || fail "$ssd has $size bytes, 30 MB are the limit"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$ssd" export ssd300-tiny "$folder/model.safetensors" > /dev/null
"$ssd" data synthesize "$folder/shapes" --train 2 --test 1 > /dev/null
env -i "$ssd" detect "$folder/model.safetensors" "$folder/shapes/JPEGImages" --json "$folder/found.json" 2> /dev/null
[[ $(grep -c '"file"' "$folder/found.json") == 3 ]] || fail "$ssd did not look at the three pictures"
env -i "$ssd" benchmark "$folder/model.safetensors" --runs 1 > /dev/null
echo "native: $ssd, $((size / 1000)) kB"
