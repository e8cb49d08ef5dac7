# What a run compares with: the list of the last run, and over it what runs packed that did not come to their end, and packs that are to be
# packed again. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# begin RUN SHA256 [RUN:SHA256...]: the list of the last run, and the index objects that this run needs. It counts when all of them are those that
# were sealed.
begin() {
  rm -rf "$W"
  mkdir -p "$W" "$S/packed" || return 1
  for file in databases directories gone again errors mounts.lines doubt repeated once linked unlisted noted.x noted.d noted.w noted.s noted.l noted.m unstable unreadable adopted.lines adopted.marks marks.lines; do : >"$W/$file" || return 1; done
  echo 0 >"$W/last-pack"
  for file in "$S"/listing.*; do [ ! -e "$file" ] || : >"$W/left"; done
  [ -n "$1" ] && is_kept "listing.$1" "$2" || return 0
  last=$1
  shift 2
  for name in "$@"; do is_kept "index.${name%%:*}" "${name#*:}" || return 0; done
  ln "$S/listing.$last" "$W/last"
}

# known_lines: lines of that, of which the last one of a path counts.
known_lines() {
  part print_base | to_lines | part awk '
    /^-/ { print substr($0, 2, index($0, "//")) "-"; next }
    { print substr($0, /^[+]/ ? 2 : 1) }'
}

print_base() {
  if [ -e "$W/base" ]; then cat "$W/base"; elif [ -e "$W/last" ]; then zstd -dcq "$W/last"; fi
}

# print_chain RUN:SHA256...: lines of index objects, in order.
print_chain() { for name in "$@"; do part print_index "$name"; done | to_lines; }

print_index() { is_kept "index.${1%%:*}" "${1#*:}" && zstd -dcq "$S/index.${1%%:*}"; }

# newest [gone]: of each path the last line. Lines in and out; of what is gone only with `gone`.
newest() {
  part awk '{ at = index($0, "//"); print substr($0, 1, at + 1) (1000000000 + NR) " " substr($0, at + 2) }' |
    part sort -S 128M -T "$W" | part awk -v gone="$1" '
    function flush() { if (attributes != "" && (attributes != "-" || gone)) print path attributes }
    {
      at = index($0, "//") + 1
      if (at == 1) { isBroken = 1; exit }
      if (substr($0, 1, at) != path) { flush(); attributes = "" }
      path = substr($0, 1, at)
      now = substr($0, at + 12)
      if (now != "!") attributes = now
      else if (attributes != "" && attributes != "-" && attributes !~ / !$/) attributes = attributes " !"
    }
    END { if (isBroken) exit 1; flush() }'
}

# without_pack: records of an index as those of a list.
without_pack() { part sed 's/ [^ ]* [^ ]*$//' "$@"; }

# adopt SUMS: what runs packed that did not come to their end, as far as these lines of `sha256sum` vouch for it. Prints the packs.
adopt() {
  printf '%s' "$1" | (cd "$S/packed" && sha256sum -c - 2>/dev/null) | part sed -n 's/: OK$//p' >"$W/adopted"
  whole || return 1
  (cd "$S/packed" && xargs -r cat) <"$W/adopted" >"$W/noted" || return 1
  awk -v work="$W" '{ print >(work (/\/\/!$/ ? "/adopted.marks" : "/adopted.lines")) }' "$W/noted" || return 1
  sed 's/^/adopted /' "$W/adopted"
}

# renew PACKS RUN:SHA256...: all that is in these packs, by the index, is to be packed again.
renew() {
  [ -e "$W/last" ] || return 0
  printf '%s' "$1" >"$W/renewed"
  shift
  print_chain "$@" | newest '' | part awk '
    FILENAME == ARGV[1] { renewed[$0]; next }
    $NF in renewed { print substr($0, 1, index($0, "//") + 1) "!" }' "$W/renewed" - >"$W/marks.lines"
  whole
}

# join_base: the list of the last run, marked, and what was adopted; prints figures.
join_base() {
  {
    known_lines
    part cat "$W/marks.lines"
    without_pack "$W/adopted.lines"
    part cat "$W/adopted.marks"
  } | newest '' >"$W/base.lines"
  whole || return 1
  to_records <"$W/base.lines" >"$W/base"
  whole || return 1
  tell_figures known-figures "$W/base.lines"
}
