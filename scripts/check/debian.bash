# Bare Debian systems to try things in, by debootstrap and chroot. Sourced by scripts of this folder, from the project's folder and
# as root; `fail` is theirs.
#
#   enter NAME     makes a new system, $root, in which `run` runs a line in $folder with what is in the array `environment`
#
# All systems go when the script ends; the one that they are copied from stays in $WORK (default /var/tmp/swift-ssd-docker).
work=${WORK:-/var/tmp/swift-ssd-docker}
[[ $EUID -eq 0 ]] || fail "debootstrap and chroot need root"
command -v debootstrap > /dev/null || apt-get install -y -qq --no-install-recommends debootstrap > /dev/null

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
  echo "making a bare Debian by debootstrap"
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

enter() {
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
}

run() {
  local status=0
  env DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    "${environment[@]}" chroot "$root" /bin/sh -c "cd $folder && $1" > "$work/log" 2>&1 || status=$?
  ((status == 0)) || { tail -n 40 "$work/log" >&2 && fail "this line ends with $status: $1"; }
}
