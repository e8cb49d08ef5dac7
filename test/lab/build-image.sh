#!/bin/bash
# Makes an image for Podman of a root file system, in a store of its own that other stores can read from. Runs as root.
#   build-image.sh STORE ROOT REFERENCE [PATTERN...]
# Each PATTERN is of what does not go with it. Does nothing when STORE is there and was made by this very script from the same root, under
# the same name. Makes it next to it and renames, under a lock: what was interrupted leaves nothing that counts.
set -euo pipefail

store=$1 root=$2 reference=$3
patterns=("${@:4}")
exclude=("${patterns[@]/#/--exclude=./}")
# A root that somebody else built has no such file.
made_of=$(cat "$root/.lifeboat-lab" 2> /dev/null || :)
wanted=$({ cat "${BASH_SOURCE[0]}" && printf '%s\n' "$root" "$made_of" "$reference" "${patterns[@]}"; } | sha256sum)
unfinished=$store.unfinished

exec 9> "$store.lock"
flock 9
[[ $(cat "$store/.lifeboat-lab" 2> /dev/null || :) != "$wanted" ]] || exit 0

rm -rf --one-file-system "$unfinished" "$store"
mkdir -p "$unfinished"
# Podman takes no longer path than one of 50 characters for what it keeps while it runs, and the cache may lie deep.
running=$(mktemp -d /tmp/lifeboat-XXXXXX)
trap 'rm -rf --one-file-system "$running"' EXIT
podman=(podman --root "$unfinished" --runroot "$running/run" --tmpdir "$running/tmp" --cgroup-manager cgroupfs --events-backend none)
tar --numeric-owner -C "$root" "${exclude[@]}" -c . | "${podman[@]}" import --quiet - "$reference" > /dev/null
printf '%s\n' "$wanted" > "$unfinished/.lifeboat-lab"
mv "$unfinished" "$store"
