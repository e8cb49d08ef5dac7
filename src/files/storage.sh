# What tasks of sync-storage use on the target: lists what is below some directories, compares that with the list of the last run, packs
# what is new, and keeps lists and indexes for the next run. Only read.sh, or what is installed of it, touches these directories. POSIX sh; find,
# sort, comm, sed, tar and xargs are GNU's, awk is any.
#
# Set before this text: FOLDER (below ~/.lifeboat/), PACK_BYTES, MOST (entries of a pack), BECOME (sudo, or empty), WEIGH (1: all that is
# left out is to be counted).
# shellcheck disable=SC2154  # what session.sh gives: stage, seal, report, hash_stdin
#
# $S    what stays: listing.RUN, index.RUN, both compressed
#       packed/          of runs without a snapshot: the records of PACK in PACK, the runner's sealed note on it in PACK.note
# $W    what goes: the files of one run
#       scan, doubt      records that end with NUL: all that was found, compressed; what is not sure to be in the snapshot as it was found
#       base             records, where there is more to compare with than the list of the last run
#       pack.N           lines: records of what is to be packed
#       records.N        lines: records of what was packed, with hash and pack
#       gone, again      lines: paths that are no more; paths that are to be packed anew
#
# A record is `<path>//<attributes>`. Lines are records for awk: a line break within is \n, a backslash \b. In what is compared with, ` !` at the
# end of a record says that its entry is in the snapshot and to be packed again, as it is now.
S=$HOME/.lifeboat/$FOLDER
W=$S/work

reader() { case $BECOME in sudo) sudo -n /usr/local/sbin/lifeboat-read "$@" ;; *) sh "$D/read.sh" "$@" ;; esac }

to_lines() { sed -z 's/\\/\\b/g; s/\n/\\n/g' | tr '\0' '\n'; }
to_records() { tr '\n' '\0' | sed -z 's/\\n/\n/g; s/\\b/\\/g'; }

# --- what to compare with ------------------------------------------------------------------------------------------------------
# begin RUN SHA256: of the list of the last run; it counts when it is the one that was sealed.
begin() {
  rm -rf "$W"
  mkdir -p "$W" "$S/packed" || return 1
  for file in gone again notes doubt; do : >"$W/$file"; done
  for file in "$S"/listing.*; do [ ! -e "$file" ] || : >"$W/left"; done
  [ -z "$1" ] || ! is_kept "listing.$1" "$2" || ln "$S/listing.$1" "$W/last"
}

# is_kept FILE SHA256
is_kept() { [ "$(hash_stdin 2>/dev/null <"$S/$1")" = "$2" ]; }

print_base() {
  if [ -e "$W/base" ]; then cat "$W/base"; elif [ -e "$W/last" ]; then zstd -dcq "$W/last"; fi
}

# Stands for a record where one could not be read.
say_broken() { printf '\0!\0'; }

# print_chain RUN:SHA256...: lines of index objects, in order.
print_chain() {
  for name in "$@"; do
    { is_kept "index.${name%%:*}" "${name#*:}" && zstd -dcq "$S/index.${name%%:*}"; } || say_broken
  done | to_lines
}

# newest [gone]: of each path the last line. Lines in and out; of what is gone only with `gone`.
newest() {
  awk '{ at = index($0, "//"); print substr($0, 1, at + 1) (1000000000 + NR) " " substr($0, at + 2) }' |
    sort -S 128M -T "$W" | awk -v gone="$1" '
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
without_pack() { sed 's/ [^ ]* [^ ]*$//'; }

# adopt SUMS: what runs packed that did not come to their end, as far as these lines of `sha256sum` vouch for it. Prints the packs.
adopt() {
  printf '%s' "$1" | (cd "$S/packed" && sha256sum -c - 2>/dev/null) | sed -n 's/: OK$//p' >"$W/adopted"
  (cd "$S/packed" && xargs -r cat) <"$W/adopted" >"$W/adopted.lines" || return 1
  sed 's/^/adopted /' "$W/adopted"
}

# renew PACKS RUN:SHA256...: all that is in these packs, by the index, is to be packed again. When that cannot be said, all is.
renew() {
  printf '%s' "$1" >"$W/renewed"
  shift
  if print_chain "$@" | newest '' >"$W/chain.lines"; then
    awk 'FILENAME == ARGV[1] { renewed[$0]; next } $NF in renewed { print substr($0, 1, index($0, "//") + 1) "!" }' \
      "$W/renewed" "$W/chain.lines" >"$W/marks.lines"
  else
    rm -f "$W/last"
  fi
}

# join_base: the list of the last run, marked, and what was adopted; prints figures.
join_base() {
  for file in marks adopted; do [ -e "$W/$file.lines" ] || : >"$W/$file.lines"; done
  {
    { print_base || say_broken; } | to_lines
    cat "$W/marks.lines"
    without_pack <"$W/adopted.lines"
  } | newest '' >"$W/base.lines" || return 1
  to_records <"$W/base.lines" | sort -z -S 128M -T "$W" >"$W/base" || return 1
  printf 'known-figures %s\n' "$(figures_of "$W/base.lines")"
}

# --- list and compare ------------------------------------------------------------------------------------------------------
# list_root ROOT ONE_FILE_SYSTEM RULES...: what find cannot read is in its errors; the list goes on.
list_root() {
  root=$1
  isOneFileSystem=$2
  shift 2
  reader list "$root" "$isOneFileSystem" "$(readlink -f -- "$HOME/.lifeboat")" "$@" 2>>"$W/notes"
}

# sort_notes: what the reader noted, and what it said besides, which stands before a note or behind all of them.
sort_notes() {
  tr '\n\0' '\001\n' <"$W/notes" | awk -v work="$W" '
    {
      at = substr($0, 1, 2) == "//" ? 1 : index($0, "\001//") + 1
      note = at > 1 || substr($0, 1, 2) == "//"
      said = note ? substr($0, 1, at - 1) : $0
      gsub(/\001/, "\n", said)
      if (said != "" && said != "\n") printf "%s", said >(work "/errors")
      if (!note) next
      kind = substr($0, at + 2, 1)
      text = substr($0, at + 4)
      gsub(/\\/, "\\b", text)
      gsub(/\001/, "\\n", text)
      print text >(work "/noted." kind)
    }'
  for file in errors noted.x noted.d noted.s; do [ -e "$W/$file" ] || : >"$W/$file"; done
}

# note_scan: the list of the next run, while there is time: find waits for the disk.
note_scan() {
  mkfifo "$W/passing" || return 1
  nice zstd -1 -q <"$W/passing" >"$W/scan" &
  noting=$!
  tee "$W/passing" && wait "$noting"
}

compare() {
  mkfifo "$W/known" || return 1
  print_base >"$W/known" &
  base=$!
  comm -z -3 --total "$W/known" - && wait "$base"
}

# plan AFTER: from what differs to lists of packs, and figures. The last line is comm's total.
plan() {
  awk -v work="$W" -v limit="$PACK_BYTES" -v most="$MOST" -v number="$1" '
    function count(attributes, sign,   f) {
      split(attributes, f, " ")
      kinds[f[1]] += sign
      if (f[1] == "f") bytes += sign * f[2]
    }
    function place(record, attributes,   f, size, file) {
      split(attributes, f, " ")
      size = f[1] == "f" ? f[2] : 0
      # All names of a file go into one pack.
      if (f[1] == "f" && f[6] > 1 && f[5] in home) {
        file = work "/pack." home[f[5]]
        print record >>file
        if (home[f[5]] != number) close(file)
        return
      }
      if (entries == 0 || weight + size > limit || entries >= most) {
        if (entries > 0) close(work "/pack." number)
        number++
        packs++
        weight = entries = 0
      }
      weight += size
      fresh += size
      entries++
      print record >>(work "/pack." number)
      if (f[1] == "f" && f[6] > 1) home[f[5]] = number
    }
    function leave() {
      if (!leaving) return
      print lost "//-" >>(work "/gone")
      deleted++
      leaving = 0
    }
    function change(old, new) { if (old == new " !") renewed++; else changed++ }
    /\ttotal$/ && /^[0-9]/ { split($0, t, "\t"); known = t[1] + t[3]; whole = 1; next }
    {
      isNew = substr($0, 1, 1) == "\t"
      record = isNew ? substr($0, 2) : $0
      at = index(record, "//")
      path = substr(record, 1, at - 1)
      attributes = substr(record, at + 2)
      if (leaving && path != lost) leave()
      count(attributes, isNew ? 1 : -1)
    }
    isNew {
      if (leaving) { change(before, attributes); leaving = 0 } else { added++; came = path; new = attributes }
      place(record, attributes)
      next
    }
    came == path && added > 0 { added--; change(attributes, new); next }
    { leaving = 1; lost = path; before = attributes }
    END {
      if (!whole) exit 1
      leave()
      printf "packs %d\nknown %.0f\nadded %.0f\nchanged %.0f\nrenewed %.0f\ndeleted %.0f\nfresh %.0f\n", packs, known, added, changed, renewed, deleted, fresh
      printf "files %.0f\ndirectories %.0f\nlinks %.0f\nbytes %.0f\n", kinds["f"], kinds["d"], kinds["l"], bytes
    }'
}

plan_scan() { to_lines | plan 0; }

# --- pack --------------------------------------------------------------------------------------------------------------------
# relist NAMES: lines of what is there now; nothing that is reached through a link.
relist() {
  reader again <"$1" 2>/dev/null >"$W/relisted.records" || return 1
  to_lines <"$W/relisted.records" >"$W/relisted"
  awk '
    {
      path = substr($0, 1, index($0, "//") - 1)
      sub(/\/[^\/]*$/, "", path)
      if (!(path in seen)) print path == "" ? "/" : path
      seen[path]
    }' "$W/relisted" | to_records >"$W/parents"
  reader real <"$W/parents" 2>/dev/null >"$W/real.records" || return 1
  to_lines <"$W/real.records" >"$W/real"
  awk '
    FILENAME == ARGV[1] { real[$0 == "/" ? "" : $0]; next }
    {
      path = substr($0, 1, index($0, "//") - 1)
      sub(/\/[^\/]*$/, "", path)
      if (path in real) print
    }' "$W/real" "$W/relisted"
}

# A pack holds what was to be in it, or counts for nothing: of what it lacks nobody could say why.
write_tar() {
  reader pack <"$W/names" 2>"$W/said"
  echo $? >"$W/tar"
  grep -v '^/' "$W/said" >&2
  :
}

# prepare_pack NUMBER: hashes of the files, and the names of what can be read.
prepare_pack() {
  for type in f d; do
    awk -v type="$type" '{ at = index($0, "//"); if (substr($0, at + 2, 1) == type) print substr($0, 1, at - 1) }' "$W/pack.$1" |
      to_records >"$W/names.$type"
  done
  begun=$(date +%s.%N)
  # What cannot be read has no hash, and is named for that.
  reader hash <"$W/names.f" 2>/dev/null >"$W/hashed" || return 1
  to_lines <"$W/hashed" >"$W/hashes"
  reader closed <"$W/names.d" 2>/dev/null >"$W/closed.records" || return 1
  to_lines <"$W/closed.records" >"$W/closed"
  awk -v work="$W" '
    FILENAME == ARGV[1] { hashed[substr($0, 67)]; next }
    FILENAME == ARGV[2] { closed[$0]; next }
    {
      at = index($0, "//")
      path = substr($0, 1, at - 1)
      type = substr($0, at + 2, 1)
      if (type == "f" ? !(path in hashed) : path in closed) next
      print path >(work "/names.lines")
      print path (type == "d" ? "/" : "") >(work "/expected.lines")
    }' "$W/hashes" "$W/closed" "$W/pack.$1"
  for list in names expected; do
    [ -e "$W/$list.lines" ] || : >"$W/$list.lines"
    to_records <"$W/$list.lines" >"$W/$list"
    rm "$W/$list.lines"
  done
}

# judge_pack NUMBER ID TRY, of which the third is the last: what was found before and after is in the pack as it is; the rest is taken again, or given up.
judge_pack() {
  relist "$W/names" >"$W/after" || return 1
  is_void=0
  grep '^/' "$W/said" >"$W/stored"
  if [ "$(cat "$W/tar")" != 0 ] || ! tr '\0' '\n' <"$W/expected" | grep '^/' | cmp -s - "$W/stored"; then is_void=1; fi
  [ "$is_void$3" != 13 ] || return 1
  : >"$W/records.$1"
  awk -v work="$W" -v number="$1" -v id="$2" -v try="$3" -v void="$is_void" -v begun="$begun" '
    FILENAME == ARGV[1] { hashes[substr($0, 67)] = substr($0, 1, 64); next }
    FILENAME == ARGV[2] { closed[$0]; next }
    FILENAME == ARGV[3] { after[substr($0, 1, index($0, "//") - 1)] = $0; next }
    function keep(record, hash) { print record " " hash " " id >(work "/records." number); stored++ }
    function doubt() { if (try == 1) print $0 >>(work "/doubt.lines") }
    {
      at = index($0, "//")
      path = substr($0, 1, at - 1)
      split(substr($0, at + 2), f, " ")
      isFile = f[1] == "f"
      hash = isFile ? hashes[path] : path in closed ? "" : "-"
      now = path in after ? after[path] : ""
      # A change in the same tick of the clock as the one before leaves no trace in the times; coarse clocks tick in seconds.
      racy = isFile && f[4] + 0 > begun - (f[4] ~ /\.0+$/ ? 2 : 0.1)
      if (!void && now == $0 && hash != "" && !racy) { keep($0, hash); next }
      doubt()
      if (hash == "" && now == "") print path >(work "/missing")
      else if (try < 3) { print path >>(work "/again") ; again++ }
      else if (now == "") lose("vanished")
      else if (now == $0 && hash != "") keep($0, hash)
      else { keep(now, "-"); unstable++; print path >>(work "/unstable") }
    }
    function lose(why) { print path "//-" >>(work "/gone"); lost[why]++ }
    END { printf "stored %d\nagain %d\nunstable %d\nvanished %d\n", stored, again, unstable, lost["vanished"] }
  ' "$W/hashes" "$W/closed" "$W/after" "$W/pack.$1" >"$W/verdict" || return 1
  judge_missing >>"$W/verdict" || return 1
  while read -r name value; do report "$name" "$value"; done <"$W/verdict"
  report records "$(hash_stdin <"$W/records.$1")"
  rm -f "$W/pack.$1" "$W/verdict" "$W/names" "$W/stored" "$W/expected" "$W/after" "$W/hashes"
}

# Without a hash: gone meanwhile, or not to be read.
judge_missing() {
  [ -e "$W/missing" ] || return 0
  to_records <"$W/missing" >"$W/missing.names"
  relist "$W/missing.names" >"$W/there" || return 1
  awk -v work="$W" '
      FILENAME == ARGV[1] { there[substr($0, 1, index($0, "//") - 1)]; next }
      { print $0 "//-" >>(work "/gone") }
      $0 in there { unreadable++; print >>(work "/unreadable"); next }
      { vanished++ }
      END { printf "unreadable %d\nvanished %d\n", unreadable, vanished }
    ' "$W/there" "$W/missing"
  rm "$W/missing" "$W/missing.names"
}

# note_pack NUMBER PACK NOTE: for the next run, in case this one does not come to its end.
note_pack() { ln "$W/records.$1" "$S/packed/$2" && printf '%s\n' "$3" >"$S/packed/$2.note"; }

print_notes() { [ ! -d "$S/packed" ] || find "$S/packed" -name '*.note' -exec cat {} +; }

# plan_again AFTER: what is to be taken once more, as it is now.
plan_again() {
  to_records <"$W/again" >"$W/again.names"
  relist "$W/again.names" >"$W/again.records" || return 1
  # Gone meanwhile: not in the snapshot.
  awk -v work="$W" '
    FILENAME == ARGV[1] { there[substr($0, 1, index($0, "//") - 1)]; next }
    !($0 in there) { print $0 "//-" >>(work "/gone"); vanished++ }
    END { printf "vanished %d\n", vanished }' "$W/again.records" "$W/again"
  : >"$W/again"
  { sed 's/^/\t/' "$W/again.records"; printf '0\t0\t0\ttotal\n'; } | plan "$1"
}

# --- index and list for the next run ---------------------------------------------------------------------------------------
figures_of() {
  awk '
    { at = index($0, "//"); split(substr($0, at + 2), f, " "); kinds[f[1]]++; if (f[1] == "f") bytes += f[2] }
    END { printf "%.0f %.0f %.0f %.0f", kinds["f"], kinds["d"], kinds["l"], bytes }' "$@"
}

# conclude: makes what is to be the index of this run; figures of what is in doubt, and of what was stored of it.
conclude() {
  {
    [ ! -e "$W/adopted.lines" ] || cat "$W/adopted.lines"
    cat "$W/gone"
    find "$W" -maxdepth 1 -name 'records.*' -exec cat {} +
  } >"$W/delta.lines" || return 1
  if [ -s "$W/adopted.lines" ]; then
    newest gone <"$W/delta.lines" >"$W/joined" && mv "$W/joined" "$W/delta.lines" || return 1
  fi
  to_records <"$W/delta.lines" | sort -z -S 128M -T "$W" >"$W/delta" || return 1
  [ -e "$W/doubt.lines" ] || : >"$W/doubt.lines"
  to_records <"$W/doubt.lines" | sort -z -u >"$W/doubt" || return 1
  to_lines <"$W/doubt" >"$W/doubt.lines"
  printf 'doubted %s\n' "$(figures_of "$W/doubt.lines")"
  # What is in doubt is stored by a later pack, or by the last one. The next run packs it again.
  awk 'FILENAME == ARGV[1] { doubted[substr($0, 1, index($0, "//") - 1)]; next }
    substr($0, 1, index($0, "//") - 1) in doubted && !/\/\/-$/' "$W/doubt.lines" "$W/delta.lines" |
    without_pack | sed 's/$/ !/' >"$W/saved.lines"
  to_records <"$W/saved.lines" | sort -z >"$W/saved" || return 1
  printf 'saved %s\n' "$(figures_of "$W/saved.lines")"
  printf 'changes %s\n' "$(wc -l <"$W/delta.lines")"
}

# complete_index RUN:SHA256...: joins these index objects and that of this run; prints the packs that are needed.
complete_index() {
  { print_chain "$@"; cat "$W/delta.lines"; } | newest '' >"$W/complete.lines" || return 1
  to_records <"$W/complete.lines" | sort -z -S 128M -T "$W" >"$W/delta" || return 1
  awk '{ print $NF }' "$W/complete.lines" | sort -u
}

# keep RUN WITH_INDEX: for the next run; prints hashes. Nothing refers to these files before the state does.
keep() {
  if [ -s "$W/doubt" ]; then
    zstd -dcq <"$W/scan" | comm -z -23 - "$W/doubt" | sort -z -m - "$W/saved" | nice zstd -1 -q >"$S/listing.$1"
  else
    mv "$W/scan" "$S/listing.$1"
  fi || return 1
  printf 'listing %s\n' "$(hash_stdin <"$S/listing.$1")"
  [ "$2" = 1 ] || return 0
  nice zstd -3 -q <"$W/delta" >"$S/index.$1" || return 1
  printf 'index %s\n' "$(hash_stdin <"$S/index.$1")"
}

# forget LISTING INDEX...: removes what the state does not name, by the ids of runs.
forget() {
  rm -rf "$W" "$S/packed"
  for file in "$S"/listing.* "$S"/index.*; do
    is_known=0
    [ "$file" != "$S/listing.$1" ] || is_known=1
    for run in "$@"; do [ "$file" != "$S/index.$run" ] || is_known=1; done
    [ "$is_known" = 1 ] || rm -f "$file"
  done
}

# --- what the runner is told -----------------------------------------------------------------------------------------------
# tell_names NAME FILE: how many lines, then some of them.
tell_names() {
  told=$1
  sort -u "$2" >"$W/told"
  report "$told" "$(wc -l <"$W/told")"
  head -n 20 "$W/told" | while IFS= read -r line; do report "$told-name" "$line"; done
}

tell_scan() {
  [ ! -e "$W/last" ] || report compared yes
  [ ! -e "$W/left" ] || report left yes
  sort_notes
  tell_names special "$W/noted.s"
  tell_names database "$W/noted.d"
  # A directory that vanished while it was listed is nothing to be told.
  grep -v ': No such file or directory$' "$W/errors" >"$W/unlisted"
  tell_names unreadable "$W/unlisted"
  [ "$WEIGH" = 0 ] || weigh_excluded
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
}

tell_troubled() {
  for trouble in unstable unreadable; do
    [ ! -e "$W/$trouble" ] || head -n 20 "$W/$trouble" | while IFS= read -r line; do report "$trouble" "$line"; done
  done
}

# look ROOT...: versions, and where the paths really are.
look() {
  report host "$(uname -n)"
  report reader "$(reader version 2>&1 </dev/null | head -n 1)"
  for tool in find tar sort comm; do
    report "$tool" "$("$tool" --version 2>/dev/null </dev/null | head -n 1)"
  done
  comm --help 2>/dev/null | grep -q -e --total || report lacks 'comm --total'
  tar --help 2>/dev/null | grep -q -e --verbatim-files-from || report lacks 'tar --verbatim-files-from'
  sha256sum --help 2>/dev/null | grep -q -e --zero || report lacks 'sha256sum --zero'
  find / -mindepth 1 -maxdepth 1 -type d -print0 2>/dev/null | to_lines | while IFS= read -r top; do report top "$top"; done
  for root in "$@"; do
    if resolved=$(reader resolve "$root" 2>/dev/null); then report root "$resolved"; else report no-root "$root"; fi
  done
}
