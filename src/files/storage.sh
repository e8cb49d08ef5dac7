# What tasks of sync-storage use on the target: lists what is below some directories, compares that with the list of the last run, packs
# what is new, and keeps lists and indexes for the next run. Only read.sh, or what is installed of it, touches these directories. POSIX sh; find,
# sort, comm, sed, tar and xargs are GNU's, awk is any that reads on behind a NUL.
#
# Set before this text: FOLDER (below ~/.lifeboat/), PACK_BYTES, MOST (entries of a pack), SETTLED (seconds after which a change is over), BECOME (sudo,
# or empty), WEIGH (1: all that is left out is to be counted).
# shellcheck disable=SC2154  # what session.sh gives: stage, seal, report, hash_stdin
# shellcheck disable=SC2016  # programs for awk and for other shells
#
# $S    what stays: listing.RUN, index.RUN, both compressed
#       packed/          of runs without a snapshot: the records of PACK in PACK, with a line `<path>//!` for what is to be packed again, the runner's sealed note on it in PACK.note
# $W    what goes: the files of one run
#       scan, doubt      records that end with NUL: all that was found, compressed; what is not sure to be in the snapshot as it was found
#       base             records, where there is more to compare with than the list of the last run
#       pack.N           lines: records of what is to be packed; last-pack is the greatest N
#       records.N        lines: records of what was packed, with hash and pack
#       gone, again      lines: paths that are no more; paths that are to be packed anew
#       roots            `DEVICE:INODE PATH`, as the roots were when they were listed; roots.lines is the same in lines
#       noted.K          lines: notes of kind K of the reader, which read.sh explains
#
# A record is `<path>//<attributes>`. Lines are records for awk: a line break within is \n, a backslash \b. In what is compared with, ` !` at the
# end of a record says that its entry is in the snapshot and to be packed again, as it is now.
#
# Only "there is no such file" says that a file is gone. Whatever else fails is told, or ends the task.
S=$HOME/.lifeboat/$FOLDER
W=$S/work

reader() { case $BECOME in sudo) sudo -n /usr/local/sbin/lifeboat-read "$@" ;; *) sh "$D/read.sh" "$@" ;; esac }

# part COMMAND...: of a pipeline; one that has to end well. `whole` says after the pipeline whether all that began did. Both are counted, for
# a shell that cannot even start a program says nothing.
part() {
  echo >>"$D/begun" || return 1
  "$@" || {
    echo "$1 ended with status $?" >&2
    return 1
  }
  echo >>"$D/ended"
}

whole() {
  [ -e "$D/begun" ] || return 0
  cmp -s "$D/begun" "$D/ended" || return 1
  rm -f "$D/begun" "$D/ended"
}

to_lines() { part sed -z 's/\\/\\b/g; s/\n/\\n/g' | part tr '\0' '\n'; }
to_records() { part tr '\n' '\0' | part sed -z 's/\\n/\n/g; s/\\b/\\/g'; }
sort_records() { part sort -z -S 128M -T "$W" "$@"; }

# --- what to compare with ------------------------------------------------------------------------------------------------------
# begin RUN SHA256 [RUN:SHA256...]: the list of the last run, and the index objects that this run needs. It counts when all of them are those that
# were sealed.
begin() {
  rm -rf "$W"
  mkdir -p "$W" "$S/packed" || return 1
  for file in gone again errors doubt.lines linked unlisted noted.x noted.d noted.s noted.l noted.m unstable unreadable adopted.lines adopted.marks marks.lines; do : >"$W/$file" || return 1; done
  echo 0 >"$W/last-pack"
  for file in "$S"/listing.*; do [ ! -e "$file" ] || : >"$W/left"; done
  [ -n "$1" ] && is_kept "listing.$1" "$2" || return 0
  last=$1
  shift 2
  for name in "$@"; do is_kept "index.${name%%:*}" "${name#*:}" || return 0; done
  ln "$S/listing.$last" "$W/last"
}

# is_kept FILE SHA256
is_kept() { [ "$(hash_stdin 2>/dev/null <"$S/$1")" = "$2" ]; }

print_base() {
  if [ -e "$W/base" ]; then cat "$W/base"; elif [ -e "$W/last" ]; then zstd -dcq "$W/last"; fi
}

print_scan() { zstd -dcq <"$W/scan"; }

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
    part print_base | to_lines
    part cat "$W/marks.lines"
    without_pack "$W/adopted.lines"
    part cat "$W/adopted.marks"
  } | newest '' >"$W/base.lines"
  whole || return 1
  to_records <"$W/base.lines" | sort_records >"$W/base"
  whole || return 1
  tell_figures known-figures "$W/base.lines"
}

# --- list and compare ------------------------------------------------------------------------------------------------------
# look_at_roots: on which disk these names are, and which directory each is.
look_at_roots() {
  part reader places | to_lines
}

# begin_list ROOT...
begin_list() {
  printf '%s\0' "$@" | look_at_roots >"$W/roots.lines"
  whole && [ "$(wc -l <"$W/roots.lines")" = "$#" ]
}

# list_root N ROOT ONE_FILE_SYSTEM RULES...: what find cannot read is in its errors; the list goes on.
list_root() {
  at=$1
  shift
  root=$1
  isOneFileSystem=$2
  shift 2
  part reader list "$root" "$isOneFileSystem" "$(readlink -f -- "$HOME/.lifeboat")" "$@" 2>"$W/notes" | part count_records "$at"
  sort_notes "$at"
}

# count_records N: of the list of root N, as it goes by.
count_records() {
  rm -f "$W/counting"
  mkfifo "$W/counting" || return 1
  tr -cd '\0' <"$W/counting" | wc -c >"$W/listed.$1" &
  counting=$!
  tee "$W/counting" && wait "$counting"
}

# sort_notes N: what the reader noted of root N, and what it said besides, which stands before a note or behind all of them. The root itself comes first in
# its list, on the disk that it was on; a directory on another disk is one on which something is mounted.
sort_notes() {
  part tr '\n\0' '\001\n' <"$W/notes" | part awk -v work="$W" -v number="$1" '
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
      if (!listed++) first = text
      if (disk(text) != disk(root)) print substr(text, index(text, " ") + 1) >>(work "/noted.m")
    }
    function disk(text) { return substr(text, 1, index(text, ":")) }
    END {
      path = substr(root, index(root, " ") + 1)
      if (path == "/" ? !listed : first != root) print path >>(work "/unlisted")
    }' "$W/roots.lines" -
}

# one_each: one record of each path. Where a directory changed while find read it there may be two; a mark makes sure that it is packed, and again.
one_each() {
  part tr '\0\n\001' '\n\001\0' | part awk -v work="$W" '
    { end = index($0, "//"); now = substr($0, 1, end) }
    end == 0 { isBroken = 1; exit }
    now == path {
      repeated++
      if ($0 != record && record !~ / \?$/) record = record " ?"
      next
    }
    { if (NR > 1) print record; record = $0; path = now }
    END {
      if (isBroken) exit 1
      if (NR > 0) print record
      print repeated + 0 >(work "/repeated")
    }' | part tr '\n\001\0' '\0\n\001'
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

# For awk: place() puts a record into a list of a pack, tell_places() says in the end how many there are.
PLACE='
  function place(record,   f, size, file) {
    split(substr(record, index(record, "//") + 2), f, " ")
    size = f[1] == "f" ? f[2] : 0
    planned++
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
  function tell_places() {
    print number >(work "/last-pack")
    printf "packs %d\nplanned %.0f\nfresh %.0f\n", packs, planned, fresh
  }'

# place_with PROGRAM [FILE...]: an awk that may place.
place_with() {
  program=$1
  shift
  awk -v work="$W" -v limit="$PACK_BYTES" -v most="$MOST" -v number="$(cat "$W/last-pack")" "$PLACE$program" "$@"
}

# plan: from what differs to lists of packs, and figures. The last line is comm's total. Files with several names wait for plan_linked.
plan() {
  place_with '
    function count(attributes, sign,   f) {
      split(attributes, f, " ")
      kinds[f[1]] += sign
      if (f[1] == "f") bytes += sign * f[2]
      isLinked = f[1] == "f" && f[6] > 1
      if (isLinked) print f[5] >>(work "/linked")
    }
    function leave(   at, length_of_it, longest) {
      if (!leaving) return
      print lost "//-" >>(work "/gone")
      deleted++
      leaving = 0
      for (at in roots) {
        if (index(lost "/", roots[at]) != 1 || length(roots[at]) <= length_of_it) continue
        length_of_it = length(roots[at])
        longest = at
      }
      if (length_of_it > 0) below[longest]++
    }
    function change(old, new) { if (old != new " !") changed++ }
    FILENAME == ARGV[1] { at = FNR - 1; $0 = substr($0, index($0, " ") + 1); roots[at] = $0 == "/" ? $0 : $0 "/"; next }
    /\ttotal$/ && /^[0-9]/ { split($0, t, "\t"); known = t[1] + t[3]; scanned = t[2] + t[3]; whole = 1; next }
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
      if (!isLinked) place(record)
      next
    }
    came == path && added > 0 { added--; change(attributes, new); next }
    { leaving = 1; lost = path; before = attributes }
    END {
      if (!whole) exit 1
      leave()
      tell_places()
      printf "known %.0f\nscanned %.0f\nadded %.0f\nchanged %.0f\ndeleted %.0f\n", known, scanned, added, changed, deleted
      printf "files %.0f\ndirectories %.0f\nlinks %.0f\nbytes %.0f\n", kinds["f"], kinds["d"], kinds["l"], bytes
      for (at in below) printf "deleted-below.%s %.0f\n", at, below[at]
    }' "$W/roots.lines" -
}

# plan_linked: a name of a file that has several came, went or changed: all names that it has are packed, together. In a pack the first has the
# content, and the others are links to it.
plan_linked() {
  [ -s "$W/linked" ] || return 0
  part print_scan | to_lines | part place_with '
    FILENAME == ARGV[1] { linked[$0]; next }
    { split(substr($0, index($0, "//") + 2), f, " ") }
    f[1] == "f" && f[6] > 1 && f[5] in linked { place($0) }
    END { tell_places() }' "$W/linked" -
  whole
}

# --- pack --------------------------------------------------------------------------------------------------------------------
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

# write_tar TRY: what tar says is kept; judge_pack hears it.
write_tar() {
  reader pack "$1" <"$W/names" 2>"$W/said"
  :
}

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

# For awk: escaped() turns the path of a line into what tar calls it, with --quoting-style=escape.
ESCAPED='
  function escaped(path,   at, byte, text) {
    if (path !~ /[^] -[^-~]/) return path
    for (at = 1; at <= length(path); at++) {
      byte = substr(path, at, 1)
      if (byte == "\\") text = text (substr(path, ++at, 1) == "n" ? "\\n" : "\\\\")
      else text = text (byte in codes ? codes[byte] : byte)
    }
    return text
  }
  function set_codes(   code, at) {
    for (code = 1; code < 256; code++) if (code < 32 || code > 126) codes[sprintf("%c", code)] = sprintf("\\%03o", code)
    for (at = 1; at <= 6; at++) codes[substr("\a\b\f\r\t\v", at, 1)] = "\\" substr("abfrtv", at, 1)
  }'

# hear_tar: from what tar said to lines `<why> <name>`: `stored`, what is in the archive; nothing for what is seen in the list afterwards, too;
# `attributes` when only those are missing; `content` for every other complaint. Fails when tar says something else, or fails without a word.
hear_tar() {
  awk '
    # Where a script stands before the program, it calls itself by its path.
    { sub(/^(\/usr)?\/bin\/tar: /, "tar: ") }
    /^\// { print "stored " $0; next }
    /^lifeboat-read: tar [0-9]+$/ { status = $3; isOver = 1; next }
    /^tar: Removing leading .* from (member names|hard link targets)$/ { next }
    /^tar: (Exiting with failure status due to previous errors|Error exit delayed from previous errors\.)$/ { next }
    !match($0, /^tar: \/([^:\\]|\\.)*: /) { print | "cat >&2"; isForeign = 1; next }
    { isExplained = 1; name = substr($0, 6, RLENGTH - 7); what = substr($0, RLENGTH + 1); gsub(/\\:/, ":", name) }
    what ~ /^Cannot (stat|open): (No such file or directory|Not a directory)$/ { next }
    what ~ /^File shrank by [0-9]+ bytes?; padding with zeros$/ { next }
    what ~ /^(file changed as we read it|File removed before we read it|socket ignored)$/ { next }
    # A file system that has none lost none.
    what ~ /^Warning: Cannot [a-z_]*(xattr|acl|filecon)[a-z_]*: Operation not supported$/ { next }
    { print (what ~ /^Warning: Cannot [a-z_]*(xattr|acl|filecon)/ ? "attributes" : "content") " " name }
    END { exit !isOver || isForeign || status > 2 || (status > 0 && !isExplained) }' "$W/said"
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
  awk -v work="$W" -v number="$1" -v id="$2" -v try="$3" -v void="$is_void" -v begun="$begun" -v settled="$SETTLED" "$ESCAPED"'
    BEGIN { set_codes() }
    FILENAME == ARGV[1] { hashes[substr($0, 67)] = substr($0, 1, 64); next }
    FILENAME == ARGV[2] { at = index($0, "//"); after[substr($0, 1, at - 1)] = substr($0, at + 2); next }
    FILENAME == ARGV[3] { if ($0 == "lifeboat-read: hurried") hurried = 1; next }
    FILENAME == ARGV[4] { closed[$0]; next }
    FILENAME == ARGV[5] {
      sub(/\/$/, "")
      at = index($0, " ")
      if (/^stored /) isStored[substr($0, at + 1)]
      else trouble[substr($0, at + 1)] = substr($0, 1, at - 1)
      next
    }
    {
      record[++count] = $0
      at = index($0, "//")
      path[count] = substr($0, 1, at - 1)
      was = substr($0, at + 2)
      now = after[path[count]]
      if (now == "") isIncomplete = 1
      split(was, f, " ")
      isFile = f[1] == "f"
      hash[count] = isFile ? hashes[path[count]] : path[count] in closed ? "" : "-"
      name = escaped(path[count])
      harm[count] = name in trouble ? trouble[name] : ""
      isThere[count] = name in isStored && harm[count] != "content"
      # A change in the same tick of the clock as the one before leaves no trace in the times; coarse clocks tick in seconds.
      isRacy = isFile && f[4] + 0 > begun - (f[4] ~ /\.0+$/ ? 2 : 0.1)
      # Nor does what a program writes into its memory of a file, until the kernel has written that to the disk.
      isFresh[count] = isFile && f[4] + 0 > begun - settled
      isSame[count] = now == was && hash[count] != ""
      isGood[count] = !void && isThere[count] && isSame[count] && !isRacy
      # Links in the first try: the one that has the content may be the one that is not kept.
      inode[count] = try == 1 && isFile && f[6] > 1 ? f[5] : ""
      if (!isGood[count] && inode[count] != "") isBroken[inode[count]]
    }
    function keep(attributes, hash) { print path[n] "//" attributes " " hash " " id >(work "/records." number) }
    function store() {
      keep(after[path[n]], hash[n])
      counts["stored"]++
      if (harm[n] == "") return
      counts["harmed"]++
      print path[n] " (its attributes)" >>(work "/unreadable")
    }
    function doubt() { if (try == 1) print record[n] >>(work "/doubt.lines") }
    function lose(why) {
      print path[n] "//-" >>(work "/gone")
      counts[why]++
      if (why == "unreadable") print path[n] >>(work "/unreadable")
    }
    END {
      for (n = 1; n <= count; n++) {
        now = after[path[n]]
        if (isGood[n] && !(inode[n] in isBroken)) {
          store()
          print path[n] "//" now " " hash[n] " " id >(work "/noted." number)
          if (harm[n] == "" && !isFresh[n]) continue
          doubt()
          print path[n] "//!" >(work "/noted." number)
          continue
        }
        doubt()
        if (now == "-") lose("vanished")
        else if (now == "?") lose("unreadable")
        else if (hash[n] == "" && substr(record[n], length(path[n]) + 3) == now && !hurried) lose("unreadable")
        else if (try < 3) { print path[n] >>(work "/again"); counts["again"]++ }
        else if (!isThere[n] || substr(now, 1, 1) != substr(record[n], length(path[n]) + 3, 1)) lose("unreadable")
        # What changed of a directory are its times: each name that comes or goes changes them.
        else if (isSame[n] || substr(now, 1, 1) == "d") store()
        else { counts["unstable"]++; keep(now, "-"); print path[n] >>(work "/unstable") }
      }
      split("stored again unstable vanished unreadable harmed", names, " ")
      for (at = 1; at <= 6; at++) printf "%s %d\n", names[at], counts[names[at]]
      exit isIncomplete
    }
  ' "$W/hashes" "$W/after" "$W/unhashed" "$W/closed" "$W/heard" "$W/pack.$1" >"$W/verdict" || return 1
  while read -r name value; do report "$name" "$value"; done <"$W/verdict"
  report records "$(hash_stdin <"$W/noted.$1")"
  rm -f "$W/pack.$1" "$W/verdict" "$W/names" "$W/after" "$W/hashes" "$W/paths" "$W/heard"
}

# note_pack NUMBER PACK NOTE: for the next run, in case this one does not come to its end.
note_pack() { ln "$W/noted.$1" "$S/packed/$2" && printf '%s\n' "$3" >"$S/packed/$2.note"; }

print_notes() { [ ! -d "$S/packed" ] || find "$S/packed" -name '*.note' -exec cat {} +; }

# plan_again: what is to be taken once more, as it is now.
plan_again() {
  relist "$W/again" >"$W/again.lines" || return 1
  : >"$W/again"
  place_with '
    !/\/\/[-?]$/ { place($0); next }
    {
      path = substr($0, 1, length($0) - 3)
      print path "//-" >>(work "/gone")
      if (/-$/) { vanished++; next }
      unreadable++
      print path >>(work "/unreadable")
    }
    END { tell_places(); printf "vanished %d\nunreadable %d\n", vanished, unreadable }' "$W/again.lines"
}

# --- index and list for the next run ---------------------------------------------------------------------------------------
# tell_figures NAME FILE: of the files, directories and links in these lines.
tell_figures() {
  awk -v name="$1" '
    { at = index($0, "//"); split(substr($0, at + 2), f, " "); kinds[f[1]]++; if (f[1] == "f") bytes += f[2] }
    END { printf "%s %.0f %.0f %.0f %.0f\n", name, kinds["f"], kinds["d"], kinds["l"], bytes }' "$2"
}

# What was unmounted while it was read looks as if everything in it had vanished.
check_roots() {
  part sed 's/^[^ ]* //' "$W/roots.lines" | to_records | look_at_roots | part cmp - "$W/roots.lines"
  whole
}

# conclude: makes what is to be the index of this run; figures of what it holds, of what is in doubt, and of what was stored of it.
conclude() {
  check_roots || return 1
  find "$W" -maxdepth 1 -name 'records.*' -exec cat {} + >"$W/packed.lines" || return 1
  printf 'packed %d\nlost %d\n' "$(wc -l <"$W/packed.lines")" "$(wc -l <"$W/gone")"
  if [ -s "$W/adopted.lines" ]; then
    part cat "$W/adopted.lines" "$W/gone" "$W/packed.lines" | newest gone >"$W/delta.lines"
    whole || return 1
  else
    cat "$W/gone" "$W/packed.lines" >"$W/delta.lines" || return 1
  fi
  rm -f "$W/packed.lines" "$W"/records.*
  to_records <"$W/delta.lines" | sort_records >"$W/delta"
  to_records <"$W/doubt.lines" | sort_records -u >"$W/doubt"
  whole || return 1
  to_lines <"$W/doubt" >"$W/doubt.lines"
  # What is in doubt is stored by a later pack, or by the last one. The next run packs it again.
  part awk 'FILENAME == ARGV[1] { doubted[substr($0, 1, index($0, "//") - 1)]; next }
    substr($0, 1, index($0, "//") - 1) in doubted && !/\/\/-$/' "$W/doubt.lines" "$W/delta.lines" |
    without_pack | part sed 's/$/ !/' >"$W/saved.lines"
  to_records <"$W/saved.lines" | sort_records >"$W/saved"
  whole || return 1
  printf 'changes %s\n' "$(wc -l <"$W/delta.lines")"
  tell_figures indexed "$W/delta.lines" && tell_figures doubted "$W/doubt.lines" && tell_figures saved "$W/saved.lines"
}

# complete_index RUN:SHA256...: joins these index objects and that of this run; prints what it holds, and the packs that are needed.
complete_index() {
  { print_chain "$@"; part cat "$W/delta.lines"; } | newest '' >"$W/complete.lines"
  whole || return 1
  to_records <"$W/complete.lines" | sort_records >"$W/delta.new"
  whole || return 1
  mv "$W/delta.new" "$W/delta" && tell_figures indexed "$W/complete.lines" || return 1
  part awk '{ print "needed " $NF }' "$W/complete.lines" | part sort -u
  whole
}

# keep RUN WITH_INDEX: for the next run; prints hashes. Nothing refers to these files before the state does.
keep() {
  if [ -s "$W/doubt" ]; then
    part print_scan | part comm -z -23 - "$W/doubt" | part sort -z -m - "$W/saved" | part nice zstd -1 -q >"$S/listing.$1"
    whole
  else
    mv "$W/scan" "$S/listing.$1"
  fi || return 1
  printf 'listing %s\n' "$(hash_stdin <"$S/listing.$1")"
  [ "$2" = 1 ] || return 0
  nice zstd -3 -q <"$W/delta" >"$S/index.$1" || return 1
  printf 'index %s\n' "$(hash_stdin <"$S/index.$1")"
}

# discard: what one run left that came to no snapshot. What it packed stays.
discard() { rm -rf "$W"; }

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
# tell_names WHAT FILE: how many lines, then some of them, or what there is room for of each.
tell_names() {
  sort -u "$2" >"$W/told" || return 1
  report "$1" "$(wc -l <"$W/told")"
  head -n 20 "$W/told" | while IFS= read -r line; do report "$1-name" "$(printf %.300s "$line")"; done
}

tell_scan() {
  [ ! -e "$W/last" ] || report compared yes
  [ ! -e "$W/left" ] || report left yes
  while IFS= read -r line; do report unlisted "$line"; done <"$W/unlisted"
  for file in "$W"/listed.*; do report "listed.${file##*.}" "$(cat "$file")"; done
  report repeated "$(cat "$W/repeated")"
  # A directory that vanished while it was listed is nothing to be told.
  part awk '!/: (No such file or directory|Not a directory)$/' "$W/errors" "$W/noted.l" >"$W/unreadable.lines"
  whole || return 1
  tell_names special "$W/noted.s" && tell_names database "$W/noted.d" && tell_names mount "$W/noted.m" &&
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

# look ROOT...: versions, and where the paths really are.
look() {
  report host "$(uname -n)"
  report reader "$(reader version 2>&1 </dev/null | head -n 1)"
  for tool in find xargs sort comm sha256sum timeout sed tar; do
    report "$tool" "$("$tool" --version 2>/dev/null </dev/null | head -n 1)"
  done
  comm --help 2>/dev/null | grep -q -e --total || report lacks 'comm --total'
  tar --help 2>/dev/null | grep -q -e --verbatim-files-from || report lacks 'tar --verbatim-files-from'
  sha256sum --help 2>/dev/null | grep -q -e --zero || report lacks 'sha256sum --zero'
  [ "$(printf 'a\0b\n' | awk '{ print length($0) }')" = 3 ] || report lacks "an awk that reads bytes of 0, which busybox's does not"
  find / -mindepth 1 -maxdepth 1 -type d -print0 2>/dev/null | to_lines | while IFS= read -r top; do report top "$top"; done
  whole || return 1
  for root in "$@"; do
    if resolved=$(reader resolve "$root" 2>/dev/null); then report root "$resolved"; else report no-root "$root"; fi
  done
}
