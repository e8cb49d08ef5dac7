# The index of a run, and what stays for the next one. What it uses is in shared.sh.
# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells

# conclude: makes what is to be the index of this run; figures of what it holds, of what is in doubt, and of what was stored of it.
conclude() {
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
  # What is in doubt is stored by a later pack, or by the last one. The next run packs it again.
  part awk 'FILENAME == ARGV[1] { doubted[substr($0, 1, index($0, "//") - 1)]; next }
    substr($0, 1, index($0, "//") - 1) in doubted && !/\/\/-$/' "$W/doubt" "$W/delta.lines" |
    without_pack | part sed 's/$/ !/' >"$W/saved"
  whole || return 1
  printf 'changes %s\n' "$(wc -l <"$W/delta.lines")"
  tell_figures indexed "$W/delta.lines" && tell_figures doubted "$W/doubt" && tell_figures saved "$W/saved"
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

# keep RUN WITH_INDEX: for the next run; tells hashes. Nothing refers to these files before the state does.
keep() {
  part sed 's/^/-/' "$W/repeated" "$W/doubt" >"$W/amended"
  part sed 's/^/+/' "$W/once" "$W/saved" >>"$W/amended"
  whole || return 1
  if [ -s "$W/amended" ]; then
    to_records <"$W/amended" | part nice zstd -1 -q >>"$W/scan"
    whole || return 1
  fi
  mv "$W/scan" "$S/listing.$1" || return 1
  report listing "$(hash_stdin <"$S/listing.$1")"
  [ "$2" = 1 ] || return 0
  nice zstd -3 -q <"$W/delta" >"$S/index.$1" || return 1
  report index "$(hash_stdin <"$S/index.$1")"
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
