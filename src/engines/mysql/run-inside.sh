# Runs a database program inside a container: POSIX sh, run there by `exec -i` as `sh -c THIS_TEXT sh VIA DEFAULTS PROGRAM ARGUMENT...`.
# Killing the exec on the target does not end what runs in here, but it ends standard input: that is the lifeline.
#
# Standard input  a random word; an option file; the word; SQL; the word; then nothing more until the end of the exec
# VIA             a command that starts PROGRAM, used where the container has it; may be empty
# DEFAULTS        path of an option file in here, used instead of the one that came; may be empty
via=$1 defaults=$2
shift 2
exec 8<&0 </dev/null
# One byte at a time, as the shell reads from a pipe: each reader leaves the rest to the next.
IFS= read -r mark <&8
take() {
  while IFS= read -r line; do
    [ "$line" != "$mark" ] || return 0
    printf '%s\n' "$line"
  done
  return 1
}
options=$(take <&8) && sql=$(take <&8) || exit 96
# The engine made this shell the leader of a process group, as it does for every exec: all that was started here is in it.
(
  while read -r line; do :; done
  kill -KILL -$$
) <&8 >/dev/null 2>&1 &
lifeline=$!
exec 8<&-
command -v "${via%% *}" >/dev/null 2>&1 || via=
program=$1
shift
if [ -n "$defaults" ]; then
  case $defaults in \~/*) defaults=$HOME/${defaults#??} ;; esac
  # shellcheck disable=SC2086  # a command and its options
  printf '%s\n' "$sql" | $via "$program" "--defaults-file=$defaults" "$@"
else
  printf '%s\n' "$options" | {
    exec 7<&0
    # shellcheck disable=SC2086
    printf '%s\n' "$sql" | $via "$program" --defaults-file=/dev/fd/7 "$@"
  }
fi
status=$?
kill -KILL "$lifeline"
exit "$status"
