# Compares two lists as they pass by, and settles what came of each path. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# compare: what is in one list only, and, where one has something at another place, some of what is in both.
compare() {
  mkfifo "$W/known" || return 1
  print_base >"$W/known" &
  base=$!
  comm -z -3 --nocheck-order --total "$W/known" - && wait "$base"
}

# tell_sides: which side each of these lines comes from. The last one is comm's total.
tell_sides() {
  awk -v was="$W/was" -v came="$W/came" -v counts="$W/counts" '
    BEGIN { printf "" >was; printf "" >came }
    /^\// { print >was; next }
    /^\t\// { print substr($0, 2) >came; next }
    /^[+]/ { print substr($0, 2) >was; next }
    /^-/ { print substr($0, 2) >came; known -= 2; next }
    /^[0-9]+\t[0-9]+\t[0-9]+\ttotal$/ { split($0, t, "\t"); printf "%.0f %.0f\n", known + t[1] + t[3], t[2] + t[3] >counts; isWhole = 1; next }
    { isBroken = 1; exit }
    END { exit isBroken || !isWhole }'
}

# settle: of each path what it was and what it is, where these differ. A directory that changed while find read it may have a path twice: as the list of
# the last run has it once, at least one of both is seen here, and the other one is looked for, unless it is sure that there is none.
settle() {
  sort_lines "$W/was" >"$W/was.all"
  sort_lines "$W/came" >"$W/came.all"
  part comm -23 "$W/was.all" "$W/came.all" >"$W/was"
  part comm -13 "$W/was.all" "$W/came.all" >"$W/came"
  whole || return 1
  if [ -s "$W/came" ] && { [ -e "$W/base" ] || [ -e "$W/last" ]; } && ! is_each_once; then
    find_same_paths | sort_lines >"$W/found"
    part comm -23 "$W/found" "$W/came" | sort_lines -m - "$W/was" >"$W/was.all"
    whole || return 1
    mv "$W/was.all" "$W/was" && mv "$W/found" "$W/came"
  fi
  one_each <"$W/came" >"$W/came.all"
  part comm -3 "$W/was" "$W/came.all" | part plan
  whole || return 1
  [ ! -s "$W/repeated" ] || : >"$S/repeated" || return 1
  rm -f "$W/was" "$W/was.all" "$W/came" "$W/came.all"
}

# is_each_once: whether it is sure that no path in `came` was found twice: no run ever had one, and the directories that they are in were listed once, and are
# as they were before find read them. A second change in the moment in which find asked is not seen in their times; some file systems have but seconds.
is_each_once() {
  [ ! -e "$S/repeated" ] || return 1
  awk '
    FILENAME == ARGV[1] { roots[substr($0, index($0, " ") + 1)]; next }
    {
      at = index($0, "//")
      path = substr($0, 1, at - 1)
      if (path in found) exit 1
      found[path]
      if (substr($0, at + 2, 2) == "d ") directories[path]
      if (!(path in roots) && sub(/\/[^\/]*$/, "", path)) directories[path == "" ? "/" : path]
      if (FNR > 5000) exit 1
    }
    END { for (path in directories) print path }' "$W/roots.lines" "$W/came" >"$W/asked" || return 1
  awk -v began="$(cat "$W/began")" '
    FILENAME == ARGV[1] { asked[$0]; next }
    {
      at = index($0, "//")
      if (!(substr($0, 1, at - 1) in asked)) next
      split(substr($0, at + 2), times, " ")
      if (times[2] >= began - (times[2] ~ /[.]0*$/ ? 2 : 0.1)) exit 1
      print
    }' "$W/asked" "$W/directories" >"$W/before" || return 1
  to_records <"$W/asked" | part reader again 2>/dev/null | to_lines | part awk '
    { at = index($0, "//"); split(substr($0, at + 2), f, " "); print substr($0, 1, at + 1) f[3] " " f[4] " " }' >"$W/after"
  whole && [ "$(sort "$W/before")" = "$(sort "$W/after")" ]
}

# find_same_paths: lines of all that was found at the paths of `came`.
find_same_paths() {
  part sed 's,//.*,//,' "$W/came" | to_records | part tr '\0' '\n' >"$W/paths"
  part print_scan | part grep_paths | to_lines | part awk '
    FILENAME == ARGV[1] { wanted[substr($0, 1, index($0, "//"))]; next }
    substr($0, 1, index($0, "//")) in wanted' "$W/came" -
}

# grep_paths: records that may have these paths. It cannot look for very many, and a line break in one makes two of it.
grep_paths() {
  if [ "$(wc -l <"$W/paths")" -gt 5000 ]; then cat; else grep -azF -f "$W/paths" || [ $? = 1 ]; fi
}

# one_each: one line of each path. Where a path was found in two states a mark makes sure that it is packed, and again.
one_each() {
  part awk -v work="$W" '
    function flush(   n) {
      if (count > 1) {
        for (n = 1; n <= count; n++) print records[n] >(work "/repeated")
        print record >(work "/once")
      }
      if (count > 0) print record
      count = 0
    }
    {
      now = substr($0, 1, index($0, "//"))
      if (now != path) { flush(); path = now; record = $0 }
      else if ($0 != records[1]) record = records[1] " ?"
      records[++count] = $0
    }
    END { flush() }'
}
