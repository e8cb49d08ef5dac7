# What tasks of sync-storage use on the target: lists what is below some directories, compares that with the list of the last run, packs
# what is new, and keeps lists and indexes for the next run. Only read.sh, or what is installed of it, touches these directories. POSIX sh; find,
# sort, comm, grep, sed, tar and xargs are GNU's, awk is any that reads on behind a NUL.
#
# Set before this text: FOLDER (below ~/.lifeboat/), PACK_BYTES, MOST (entries of a pack), SETTLED (seconds after which a change is over), BECOME (sudo,
# or empty), WEIGH (1: all that is left out is to be counted).
# shellcheck disable=SC2154  # what session.sh gives: stage, seal, report, hash_stdin
# shellcheck disable=SC2016  # programs for awk and for other shells
#
# $S    what stays: listing.RUN, index.RUN, both compressed
#       repeated         is there when a run found a path more than once
#       packed/          of runs without a snapshot: the records of PACK in PACK, with a line `<path>//!` for what is to be packed again, the runner's sealed note on it in PACK.note
# $W    what goes: the files of one run
#       scan             records that end with NUL: all that was found, in the order of find, compressed
#       base             such records, where there is more to compare with than the list of the last run
#       was, came        lines: what only the list of the last run has, and what only this one has
#       repeated, once   lines: records of paths that were found more than once, and what stands for them
#       doubt            lines: what is not sure to be in the snapshot as it was found; saved is what of it is in the snapshot
#       pack.N           lines: records of what is to be packed; last-pack is the greatest N
#       records.N        lines: records of what was packed, with hash and pack
#       gone, again      lines: paths that are no more; paths that are to be packed anew
#       roots.lines      `DEVICE:INODE PATH`, as the roots were when they were listed
#       mounts.lines     the same of what is mounted below them and listed, too
#       began            when find was started, in seconds
#       directories      `PATH//MTIME CTIME ` of all directories that were listed, as they were just before find read them
#       noted.K          lines: notes of kind K of the reader, which read.sh explains; d and w are of databases
#       databases        records of files that databases have
#
# A record is `<path>//<attributes>`. Lines are records for awk: a line break within is \n, a backslash \b. In what is compared with, ` !` at the
# end of a record says that its entry is in the snapshot and to be packed again, as it is now.
#
# A listing is what find found, and what is not so after all: `-<record>` does not count, `+<record>` does. It is in the order of find, which finds what
# did not change in the order of the last time: two lists are compared as they pass by, and only what seems to differ is sorted.
#
# Only "there is no such file" says that a file is gone. Whatever else fails is told, or ends the task.
S=$HOME/.lifeboat/$FOLDER
W=$S/work

reader() { case $BECOME in sudo) sudo -n /usr/local/sbin/lifeboat-read "$@" ;; *) sh "$D/read.sh" "$@" ;; esac }

# part COMMAND...: of a pipeline; one that has to end well. `whole` says after the pipeline whether all that began did. Both are counted, for
# a shell that cannot even start a program says nothing.
part() {
  printf . >>"$D/begun" || return 1
  "$@" || {
    echo "$1 ended with status $?" >&2
    return 1
  }
  printf . >>"$D/ended"
}

# The shell compares them itself, which is quicker than to start a program. Their line has no end; its first dot is there from the start, so that
# the next ones take no more room.
whole() {
  all_begun='' all_ended=''
  read -r all_begun <"$D/begun" || :
  read -r all_ended <"$D/ended" || :
  [ -n "$all_begun" ] && [ "$all_begun" = "$all_ended" ] && count_anew
}

count_anew() { printf . >"$D/begun" && printf . >"$D/ended"; }

to_lines() { part sed -z 's/\\/\\b/g; s/\n/\\n/g' | part tr '\0' '\n'; }
to_records() { part tr '\n' '\0' | part sed -z 's/\\n/\n/g; s/\\b/\\/g'; }
sort_records() { part sort -z -S 128M -T "$W"; }
sort_lines() { part sort -S 128M -T "$W" "$@"; }

# has_room BYTES: where all of this is kept; tells what is free otherwise. What df does not say is no reason to stop.
has_room() {
  free=$(df -Pk "$HOME/.lifeboat" 2>/dev/null | sed -n 's/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  if [ -z "$free" ] || [ "$((free * 1024))" -ge "$1" ]; then return 0; fi
  report no-room "$1 $((free * 1024))"
}

# is_kept FILE SHA256
is_kept() { [ "$(hash_stdin 2>/dev/null <"$S/$1")" = "$2" ]; }

print_scan() { zstd -dcq <"$W/scan"; }

# tell_figures NAME FILE: of the files, directories and links in these lines.
tell_figures() {
  awk -v name="$1" '
    { at = index($0, "//"); split(substr($0, at + 2), f, " "); kinds[f[1]]++; if (f[1] == "f") bytes += f[2] }
    END { printf "%s %.0f %.0f %.0f %.0f\n", name, kinds["f"], kinds["d"], kinds["l"], bytes }' "$2"
}
