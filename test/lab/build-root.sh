#!/bin/bash
# Builds a Debian root file system for the lab's containers. Runs as root.
#   build-root.sh DIR SUITE PACKAGE...
# SUITE `own` is the machine's own release, from the machine's own package sources: what is installed has the versions that it has here.
# Does nothing when DIR is there and was built by this very script from the same suite and packages. Builds next to it and renames,
# under a lock: an interrupted build leaves nothing that counts.
set -euo pipefail

root=$1 suite=$2
packages=("${@:3}")
read_release() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\).*/\1/p" /etc/os-release; }
own_suite=$(read_release VERSION_CODENAME)
distribution=debian
own_versions=
if [[ $suite == own ]]; then
  suite=$own_suite
  distribution=$(read_release ID)
  # What is upgraded here is built anew there.
  own_versions=$(dpkg-query --show "${packages[@]}" 2> /dev/null || :)
fi
wanted=$({ cat "${BASH_SOURCE[0]}" && printf '%s\n' "$suite" "$own_versions" "${packages[@]}"; } | sha256sum)
unfinished=$root.unfinished
log=$root.log

say() { printf 'lab: %s\n' "$*" >&2; }
is_ready() { [[ -d $root && $(cat "$root/.lifeboat-lab" 2> /dev/null) == "$wanted" ]]; }

# The mirror that the machine's own apt uses; empty where it has none for the distribution.
find_mirror() {
  # shellcheck disable=SC2016 # $(REPO_URI) is apt's own placeholder
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Label: ${distribution^}" | sed -n 1p
}

# No daemon may start while packages are installed, and documentation is not needed.
prepare() {
  printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
  chmod 755 "$1/usr/sbin/policy-rc.d"
  printf 'path-exclude=/usr/share/%s/*\n' doc man info locale lintian > "$1/etc/dpkg/dpkg.cfg.d/lab"
}

# debootstrap and some packages mount /proc: in namespaces of our own, so that an interrupted build leaves no mount behind.
install_from_mirror() {
  export -f prepare
  # shellcheck disable=SC2016 # the inner shell expands
  unshare --mount --propagation private --pid --fork --kill-child --mount-proc bash -euc '
    mirror=$1 root=$2 suite=$3 own_suite=$4
    shift 4
    debootstrap --variant=minbase "$suite" "$root" "$mirror"
    prepare "$root"
    mountpoint --quiet "$root/proc" || mount -t proc proc "$root/proc"
    export DEBIAN_FRONTEND=noninteractive
    if [[ $suite == "$own_suite" ]]; then
      for place in apt/sources.list apt/sources.list.d apt/trusted.gpg.d apt/keyrings; do
        [[ ! -e /etc/$place ]] || cp -rTL "/etc/$place" "$root/etc/$place"
      done
      cp -rTL /usr/share/keyrings "$root/usr/share/keyrings"
      chroot "$root" apt-get -o APT::Sandbox::User=root update
    fi
    exec chroot "$root" apt-get -o APT::Sandbox::User=root -o Dpkg::Options::=--force-unsafe-io \
      install --yes --no-install-recommends "$@"' bash "$1" "$unfinished" "$suite" "$own_suite" "${packages[@]}"
}

# Ubuntu has no Debian mirror in its sources. This way was not tried where the lab was written: there was no registry in reach.
install_from_image() {
  local container=lifeboat-lab-root-$$
  # shellcheck disable=SC2064 # the name is known now
  trap "podman rm --force --time 0 $container > /dev/null 2>&1" RETURN
  podman run --name "$container" "docker.io/library/$distribution:$suite" sh -euc '
    printf "#!/bin/sh\nexit 101\n" > /usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install --yes --no-install-recommends "$@"' sh "${packages[@]}" || return
  mkdir -p "$unfinished"
  podman export "$container" | tar -x -C "$unfinished" && prepare "$unfinished"
}

mkdir -p "$(dirname "$root")"
exec 9> "$root.lock"
flock 9
is_ready && exit 0

say "building the containers' root file system ($suite) in $root: once, in a few minutes; see $log"
rm -rf --one-file-system "$unfinished" "$root"
mirror=$(find_mirror)
# Without package lists apt does not know whose mirrors it has.
if [[ -z $mirror ]] && apt-get update > "$log" 2>&1; then mirror=$(find_mirror); fi
if [[ -n $mirror ]]; then install=(install_from_mirror "$mirror"); else install=(install_from_image); fi
# A function in a condition runs without `set -e`: each of the two checks its own steps.
if ! "${install[@]}" > "$log" 2>&1; then
  tail -n 30 "$log" >&2
  say 'the build failed, its last lines are above'
  exit 1
fi
rm -rf "$unfinished"/var/{lib/apt/lists,cache/apt,lib/mysql,log}/* "$unfinished"/usr/share/{doc,man,info,locale}
printf '%s\n' "$wanted" > "$unfinished/.lifeboat-lab"
mv "$unfinished" "$root"
say "ready, $(du -sm "$root" | cut -f 1) MB"
