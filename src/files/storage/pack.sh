# Packs, and judges what is in a pack. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# prepare_pack NUMBER: hashes of the files, and the names of what can be read.
prepare_pack() {
  begun=$(date +%s.%N)
  for type in f d; do
    awk -v type="$type" '{ at = index($0, "//"); if (substr($0, at + 2, 1) == type) print substr($0, 1, at - 1) }' "$W/pack.$1" >"$W/paths.$type" ||
      return 1
  done
  # What has no end by now is given up after a time in which what was listed can be read.
  limit=$(awk '{ split(substr($0, index($0, "//") + 2), f, " "); bytes += f[2] } END { printf "%d", 300 + bytes / 1000000 }' "$W/pack.$1")
  # What cannot be read has no hash, and is named for that.
  to_records <"$W/paths.f" | part reader hash "$limit" 2>"$W/unhashed" | to_lines >"$W/hashes"
  to_records <"$W/paths.d" | part reader closed 2>/dev/null | to_lines >"$W/closed"
  part awk '
    FILENAME == ARGV[1] { hashed[substr($0, 67)]; next }
    FILENAME == ARGV[2] { closed[$0]; next }
    { at = index($0, "//"); path = substr($0, 1, at - 1) }
    substr($0, at + 2, 1) == "f" ? path in hashed : !(path in closed) { print path }' "$W/hashes" "$W/closed" "$W/pack.$1" | to_records >"$W/names"
  whole
}

# write_tar TRY: what tar says is kept; judge_pack hears it.
write_tar() {
  reader pack "$1" <"$W/names" 2>"$W/said"
  :
}

# hear_tar: from what tar said to lines `<why> <name>`: `stored`, what is in the archive; nothing for what is seen in the list afterwards, too;
# `attributes` when only those are missing; `content` for every other complaint. Fails when tar says something else, or fails without a word.
hear_tar() {
  awk -f "$D/hear-tar.awk" "$W/said"
}

# judge_pack NUMBER ID TRY, of which the third is the last: what was found before and after is in the pack as it is; the rest is taken again, or given
# up. A pack counts for nothing where nobody can say what it lacks.
judge_pack() {
  awk '{ print substr($0, 1, index($0, "//") - 1) }' "$W/pack.$1" >"$W/paths" && relist "$W/paths" >"$W/after" || return 1
  is_void=0
  hear_tar >"$W/heard" || is_void=1
  [ "$is_void$3" != 13 ] || return 1
  : >"$W/records.$1"
  : >"$W/noted.$1"
  awk -v work="$W" -v number="$1" -v id="$2" -v try="$3" -v void="$is_void" -v begun="$begun" -v settled="$SETTLED" -f "$D/tar-name.awk" -f "$D/judge-pack.awk" \
    "$W/hashes" "$W/after" "$W/unhashed" "$W/closed" "$W/heard" "$W/pack.$1" >"$W/verdict" || return 1
  while read -r name value; do report "$name" "$value"; done <"$W/verdict"
  report records "$(hash_stdin <"$W/noted.$1")"
  rm -f "$W/pack.$1" "$W/verdict" "$W/names" "$W/after" "$W/hashes" "$W/paths" "$W/heard"
}

# note_pack NUMBER PACK NOTE: for the next run, in case this one does not come to its end.
note_pack() { ln "$W/noted.$1" "$S/packed/$2" && printf '%s\n' "$3" >"$S/packed/$2.note"; }

print_notes() { [ ! -d "$S/packed" ] || find "$S/packed" -name '*.note' -exec cat {} +; }
