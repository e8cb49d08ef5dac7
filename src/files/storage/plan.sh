# Divides what is to be packed into packs. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# place_with PROGRAM [FILE...]: an awk that may place, see place.awk.
place_with() {
  program=$1
  shift
  awk -v work="$W" -v limit="$PACK_BYTES" -v most="$MOST" -v number="$(cat "$W/last-pack")" -f "$D/place.awk" -f "$D/$program" "$@"
}

# plan: from what differs, as comm tells it, to lists of packs, and figures. Files with several names wait for plan_linked.
plan() {
  place_with plan.awk "$W/roots.lines" -
}

# plan_linked: a name of a file that has several came, went or changed: all names that it has are packed, together. In a pack the first has the
# content, and the others are links to it.
plan_linked() {
  [ -s "$W/linked" ] || return 0
  part print_scan | to_lines | part place_with plan-linked.awk "$W/linked" "$W/repeated" - "$W/once"
  whole
}

# room_to_pack: bytes that the run needs besides the lists of its packs. A pack has its lines in twelve forms while it is at work; those of all packs
# are there with hash and pack in up to four when the index is made (both measured).
room_to_pack() {
  find "$W" -maxdepth 1 -name 'pack.*' -printf '%s\n' | awk '
    { sum += $1; if ($1 > most) most = $1 }
    END { printf "%.0f", 7 * sum + 6 * most }'
}

# relist FILE: of each path in these lines one line: its record as it is now, `<path>//-` when it is gone or is reached through a link, `<path>//?`
# when that cannot be told.
relist() {
  part awk '
    FILENAME == ARGV[1] { seen[substr($0, index($0, " ") + 1)]; next }
    { print; while (!($0 in seen) && sub(/\/[^\/]*$/, "") && $0 != "" && !($0 in asked)) { asked[$0]; print } }' "$W/roots.lines" "$1" >"$W/asked"
  to_records <"$W/asked" | part reader again 2>"$W/denied" | to_lines >"$W/seen"
  whole || return 1
  awk '
    function is_reached(path) {
      while (!(path in roots) && sub(/\/[^\/]*$/, "", path) && path != "") if (substr(attributes[path], 1, 1) != "d") return 0
      return 1
    }
    FILENAME == ARGV[1] { roots[substr($0, index($0, " ") + 1)]; next }
    FILENAME == ARGV[2] { if (/: (No such file or directory|Not a directory)$/) answers++; else isUnsure = 1; next }
    FILENAME == ARGV[3] { at = index($0, "//"); attributes[substr($0, 1, at - 1)] = substr($0, at + 2); answers++; next }
    FILENAME == ARGV[4] { questions++; next }
    FNR == 1 { if (answers != questions) isUnsure = 1 }
    $0 in attributes && attributes[$0] ~ /^[fdl]/ && is_reached($0) { print $0 "//" attributes[$0]; next }
    { print $0 "//" (isUnsure ? "?" : "-") }' "$W/roots.lines" "$W/denied" "$W/seen" "$W/asked" "$1"
}

# plan_again: what is to be taken once more, as it is now.
plan_again() {
  relist "$W/again" >"$W/again.lines" || return 1
  : >"$W/again"
  : >>"$W/again.directories"
  place_with plan-again.awk "$W/again.directories" "$W/again.lines"
}
