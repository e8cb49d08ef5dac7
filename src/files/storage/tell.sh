# What the runner is told. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# look ROOT...: versions, and where the paths really are.
look() {
  report host "$(uname -n)"
  report reader "$(first_line reader version 2>&1)"
  for tool in find xargs sort comm grep sha256sum timeout sed tar; do
    report "$tool" "$(first_line "$tool" --version 2>/dev/null)"
  done
  knows comm --total
  knows tar --verbatim-files-from
  knows sha256sum --zero
  [ "$(printf 'a\0b\n' | awk '{ print length($0) }')" = 3 ] || report lacks "an awk that reads bytes of 0, which busybox's does not"
  find / -mindepth 1 -maxdepth 1 -type d -print0 2>/dev/null | to_lines | while IFS= read -r top; do report top "$top"; done
  whole || return 1
  for root in "$@"; do
    if resolved=$(reader resolve "$root" 2>/dev/null); then report root "$resolved"; else report no-root "$root"; fi
  done
}

# first_line COMMAND...: of what it prints.
first_line() {
  said=$("$@" </dev/null)
  printf '%s' "${said%%"
"*}"
}

# knows TOOL OPTION
knows() {
  case $("$1" --help 2>/dev/null </dev/null) in
  *"$2"*) ;;
  *) report lacks "$1 $2" ;;
  esac
}

# tell_names WHAT FILE: how many lines, then some of them, or what there is room for of each.
tell_names() {
  if ! [ -s "$2" ]; then
    report "$1" 0
    return
  fi
  sort -u "$2" >"$W/told" || return 1
  report "$1" "$(wc -l <"$W/told")"
  head -n 20 "$W/told" | while IFS= read -r line; do report "$1-name" "$(printf %.300s "$line")"; done
}

# tell_sqlite: files beside which there is what SQLite has not yet written into them, or wants to take back.
tell_sqlite() {
  : >"$W/sqlite"
  [ ! -s "$W/noted.w" ] ||
    sed 's/-[a-z]*$//' "$W/noted.w" | to_records | part reader again 2>/dev/null | to_lines | sed -n 's,//f .*,,p' >"$W/sqlite"
  whole && tell_names sqlite "$W/sqlite"
}

tell_scan() {
  has_room "$(room_to_pack)"
  [ ! -e "$W/last" ] || report compared yes
  [ ! -e "$W/left" ] || report left yes
  while IFS= read -r line; do report unlisted "$line"; done <"$W/unlisted"
  sed -n '/^[^ ]*: /=' "$W/roots.lines" | while read -r number; do report file "$number"; done
  for file in "$W"/listed.*; do report_line "listed.${file##*.}" "$file"; done
  report_line counts "$W/counts"
  report repeated $(($(wc -l <"$W/repeated") - $(wc -l <"$W/once")))
  note_databases || return 1
  # A directory that vanished while it was listed is nothing to be told.
  part awk '!/: (No such file or directory|Not a directory)$/' "$W/errors" "$W/noted.l" >"$W/unreadable.lines"
  whole || return 1
  tell_names special "$W/noted.s" && tell_names database "$W/noted.d" && tell_sqlite && tell_names mount "$W/noted.m" &&
    tell_names unreadable "$W/unreadable.lines" || return 1
  [ "$WEIGH" = 0 ] || weigh_excluded || return 1
  awk '
    { entries[$1]++; if ($2 == "f") bytes[$1] += $3 }
    END { for (rule in entries) printf "%s %.0f %.0f\n", rule, entries[rule], bytes[rule] }' "$W/noted.x" |
    while read -r figures; do report excluded "$figures"; done
}

# weigh_excluded: adds what is below the directories that were left out. Those of the kernel have no size.
weigh_excluded() {
  awk -v work="$W" '
    $2 == "d" && $4 !~ /^(proc|sysfs|dev(tmpfs|pts)|cgroup2?|(debug|trace|security|config|bpf)_?fs|bpf|mqueue|hugetlbfs|autofs)$/ {
      path = $0
      sub(/^[^ ]* [^ ]* [^ ]* [^ ]* /, "", path)
      print path >(work "/weighed." $1)
    }' "$W/noted.x"
  for file in "$W"/weighed.*; do
    [ -e "$file" ] || continue
    to_records <"$file" | reader weigh "${file##*.}" 2>/dev/null >>"$W/noted.x"
  done
  whole
}

tell_troubled() {
  for trouble in unstable unreadable; do
    head -n 20 "$W/$trouble" | while IFS= read -r line; do report "$trouble" "$(printf %.300s "$line")"; done
  done
}
