# Lists what is below the roots. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# look_at_roots: on which disk these names are, and which directory each is, as `places` says it.
look_at_roots() {
  part reader places | to_lines
}

# begin_list ROOT...
begin_list() {
  date +%s.%N >"$W/began" || return 1
  printf '%s\0' "$@" | look_at_roots >"$W/roots.lines"
  whole && [ "$(wc -l <"$W/roots.lines")" = "$#" ]
}

# check_mounts: what was unmounted while it was read looks as if everything in it had vanished.
check_mounts() {
  cat "$W/roots.lines" "$W/mounts.lines" >"$W/places" || return 1
  part sed 's/^[^ ]* //' "$W/places" | to_records | look_at_roots >"$W/places.now"
  whole || return 1
  part awk 'FILENAME == ARGV[1] { now[$0]; next } !($0 in now) { print substr($0, index($0, " ") + 1) }' "$W/places.now" "$W/places" |
    while IFS= read -r name; do report unmounted "$name"; done
  whole
}

# list_root N ROOT ONE_FILE_SYSTEM RULES...: what find cannot read is in its errors; the list goes on.
list_root() {
  at=$1
  shift
  root=$1
  isOneFileSystem=$2
  shift 2
  part reader list "$root" "$isOneFileSystem" "$(readlink -f -- "$HOME/.lifeboat")" "$@" 2>"$W/notes" | part pass_on "$at"
  sort_notes "$at"
}

# pass_on N: the list of root N; its records are counted as they go by, and those of databases are kept.
pass_on() {
  rm -f "$W/counting" "$W/looking"
  mkfifo "$W/counting" "$W/looking" || return 1
  tr -cd '\0' <"$W/counting" | wc -c >"$W/listed.$1" &
  counting=$!
  grep_databases <"$W/looking" >>"$W/databases" &
  looking=$!
  tee "$W/counting" "$W/looking" && wait "$counting" && wait "$looking"
}

# grep_databases: records of files that only the directory of a database server has (InnoDB, Aria, PostgreSQL, MongoDB), and of what SQLite keeps beside
# a database while it is in use.
grep_databases() {
  grep -azE '/(ibdata1|aria_log_control|pg_control|WiredTiger\.wt)//f |-(wal|journal)//f [1-9]' || [ $? = 1 ]
}

# note_databases: directories of servers in noted.d, what SQLite keeps in noted.w.
note_databases() {
  to_lines <"$W/databases" | part awk -v work="$W" '
    { path = substr($0, 1, index($0, "//") - 1) }
    path ~ /-(wal|journal)$/ { print path >(work "/noted.w"); next }
    { sub(/\/[^\/]*$/, "", path); print (path == "" ? "/" : path) >(work "/noted.d") }'
  whole
}

# sort_notes N: what the reader noted of root N, and what it said besides, which stands before a note or behind all of them. The root itself comes first in
# its list, on the disk that it was on; on a directory on another disk than the one above it something is mounted.
sort_notes() {
  part tr '\n\0' '\001\n' <"$W/notes" | part awk -v work="$W" -v number="$1" -v isLeftOut="$isOneFileSystem" '
    FILENAME == ARGV[1] { if (FNR == number + 1) root = $0; next }
    {
      at = substr($0, 1, 2) == "//" ? 1 : index($0, "\001//") + 1
      note = at > 1 || substr($0, 1, 2) == "//"
      said = note ? substr($0, 1, at - 1) : $0
      gsub(/\001/, "\n", said)
      if (said != "" && said != "\n") printf "%s", said >>(work "/errors")
      if (!note) next
      kind = substr($0, at + 2, 1)
      text = substr($0, at + 4)
      gsub(/\\/, "\\b", text)
      gsub(/\001/, "\\n", text)
      if (kind != "t") { print text >>(work "/noted." kind); next }
      times = substr(text, 1, match(text, /^[^ ]* [^ ]* /) ? RLENGTH : 0)
      text = substr(text, length(times) + 1)
      if (!listed++) first = text
      path = substr(text, index(text, " ") + 1)
      print path "//" times >>(work "/directories")
      depth = split(path, names, "/")
      disks[depth] = disk(text)
      if (disks[depth] == (depth - 1 in disks ? disks[depth - 1] : disk(root))) next
      if (isLeftOut) print path >>(work "/noted.m")
      else print text >>(work "/mounts.lines")
    }
    function disk(text) { return substr(text, 1, index(text, ":")) }
    END {
      path = substr(root, index(root, " ") + 1)
      if (path == "/" ? !listed : first != root) print path >>(work "/unlisted")
    }' "$W/roots.lines" -
}

# note_scan: the list of the next run, while there is time: find waits for the disk.
note_scan() {
  mkfifo "$W/passing" || return 1
  nice zstd -1 -q <"$W/passing" >"$W/scan" &
  noting=$!
  tee "$W/passing" && wait "$noting"
}
