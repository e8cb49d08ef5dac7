# The shell that works for one session on the target: POSIX sh (dash, bash, busybox). The runner sends this text over standard
# input; nothing of it is in argv, nothing is written outside the private directory and the lock.
#
# Set before this text: NONCE (random, marks every line of ours), LOCK_NAME, HOLDER, TOOLS, TIMEOUT_S; by a sealed task LEVEL and
# ENCRYPT_ON.
# shellcheck disable=SC2317,SC2034  # the functions and variables that tasks use are reached through eval
# shellcheck disable=SC2154
#
# Standard input   lines: "$NONCE beat", "task N" + script + "$NONCE", "quit"; its end is the end of the session
# Standard output  "$NONCE ready", then for each task its payload and "$NONCE end N"
# Standard error   report lines "$NONCE word …"; everything else there is noise of the login shell
#
# What it takes to leave nothing behind when the connection dies at any moment: pipelines run in the background, because a trap
# runs only after a foreground command; the shell is the leader of its process group (sshd made it so, and the boot line execs),
# so one kill reaches everything; standard input is read by one process alone, and its end or a silence of 60 s kills the group.
set -u
LOGIN_UMASK=$(umask)
umask 077
LC_ALL=C
export LC_ALL
exec 3>&2
# What a start-up file of the login shell printed last may lack its end of line.
echo >&3
say() { printf '%s %s\n' "$NONCE" "$*" >&3; }
refuse() { say "refused $*"; exit 90; }

# --- tools ---------------------------------------------------------------------------------------------------------------
missing=
for tool in mktemp mkfifo mkdir cat rm sleep tee head tail wc tr id find nice flock $TOOLS; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
[ -z "$missing" ] || refuse "tools$missing"

# --- lock ----------------------------------------------------------------------------------------------------------------
mkdir -p "${HOME:=/nonexistent}/.lifeboat" 2>/dev/null || refuse "home cannot create $HOME/.lifeboat"
# Whoever else may write there could make the lock a link to any file of this user.
[ -n "$(find "$HOME/.lifeboat/." -prune -user "$(id -u)" ! -perm -020 ! -perm -002 2>/dev/null)" ] ||
  refuse "home lets others than this user write to $HOME/.lifeboat"
{ exec 9>>"$HOME/.lifeboat/$LOCK_NAME.lock"; } 2>/dev/null || refuse "home cannot write $HOME/.lifeboat/$LOCK_NAME.lock"
flock -n 9 || refuse "busy $(head -c 200 "$HOME/.lifeboat/$LOCK_NAME.lock" 2>/dev/null)"
printf '%s\n' "$HOLDER" >"$HOME/.lifeboat/$LOCK_NAME.lock"

# --- private directory ---------------------------------------------------------------------------------------------------
# In memory where there is room; a container's /dev/shm may be missing, or full.
D=
for base in /dev/shm /tmp; do
  if ! [ -d "$base" ] || ! [ -w "$base" ]; then continue; fi
  # What a power cut or a SIGKILL of everything left; nothing of ours lives for a day.
  find "$base" -maxdepth 1 -name 'lifeboat.??????????' -user "$(id -u)" -mmin +1440 -exec rm -rf {} + 2>/dev/null
  D=$(mktemp -d "$base/lifeboat.XXXXXXXXXX" 2>/dev/null) || continue
  { head -c 1048576 /dev/zero >"$D/room"; } 2>/dev/null && rm "$D/room" && break
  rm -rf "$D"
  D=
done
[ -n "$D" ] || refuse 'home cannot create a directory with 1 MiB of room below /dev/shm or /tmp'

# Whether one process is left of the group besides this shell; zombies are gone. Without /proc the answer is no.
is_alone() {
  members=0
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    # After the program's name, which may hold anything: state, parent, group.
    rest=${line##*) }
    case $rest in [ZX]*) continue ;; esac
    rest=${rest#* * }
    [ "${rest%% *}" != "$$" ] || [ "${line%% *}" = "$$" ] || members=$((members + 1))
  done
  [ "$members" = 1 ]
}

# --- the user's commands -------------------------------------------------------------------------------------------------
# They get what a log-in would give them, and nothing of ours. All that they print is standard error.
run_before() { (umask "$LOGIN_UMASK" && exec sh "$D/before" </dev/null >&2 9>&-); }

# run_after [GROUP]: in a session of its own, which no kill of our group reaches, and which keeps the lock; once that group is gone.
run_after() {
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  (
    trap - HUP INT TERM PIPE
    exec setsid sh -c '
      : >"$1/left"
      n=0
      while [ -n "$4" ] && kill -0 "-$4" 2>/dev/null && [ "$n" -lt 100 ]; do n=$((n + 1)); sleep 0.1; done
      umask "$2"
      timeout -s KILL "$3" sh /dev/fd/8 >&2 9>&-
      exit "$?"
    ' after "$D" "$LOGIN_UMASK" "$AFTER_S" "${1:-}" 8<"$D/after" </dev/null
  )
}
AFTER_S=300

# Done once: by the task at the end of the work, or else by whoever ends the session, however it comes to its end.
take_after() { rmdir "$D/after_is_due" 2>/dev/null; }
leave_after() {
  take_after || return 0
  run_after $$ >/dev/null 2>&1 3>&- 4<&- 5<&- &
  n=0
  until [ -e "$D/left" ] || [ "$n" -ge 20 ]; do n=$((n + 1)); sleep 0.1; done
}

# Ends everything that this session started. Who takes no notice of TERM, or is stopped, or was born too late to get it, is
# killed a second later, by one who stays behind for that and ends with the rest; a file that slips in between goes then, too.
finish() {
  trap '' HUP INT TERM PIPE
  leave_after
  (
    sleep 0.1
    # Whoever is gone by now may have written on its way out, as gpg does.
    if is_alone; then rm -rf "$D"; else sleep 1; rm -rf "$D"; kill -KILL -$$; fi
  ) </dev/null >/dev/null 2>&1 3>&- 4<&- 9>&- &
  kill -TERM -$$ 2>/dev/null
  rm -rf "$D" 2>/dev/null
}
die() { finish; exit 91; }
trap die HUP INT TERM
# Caught, not ignored: programs started later get the default back, and this shell survives a report that nobody reads.
trap : PIPE
mkdir "$D/gpg"
mkfifo "$D/commands" || { say "refused home cannot create a FIFO in $D"; die; }

# --- lifelines: quiet processes that hold neither the payload's pipe nor the report's -------------------------------------
exec 4<&0 </dev/null
end_all() { kill -TERM $$; sleep 5; leave_after; rm -rf "$D"; kill -KILL -$$; }
: >"$D/beat"
(
  trap - HUP INT TERM PIPE
  exec >/dev/null 2>&1 3>&- 9>&- 8>"$D/commands"
  while IFS= read -r line <&4; do
    case $line in
    "$NONCE beat") : >"$D/beat" ;;
    *) printf '%s\n' "$line" >&8 ;;
    esac
  done
  # Whoever reads the commands sees their end now.
  exec 8>&-
  end_all
) &
(
  # The runner beats every 15 s; three checks in a row without a beat are 45 to 60 s of silence.
  trap - HUP INT TERM PIPE
  exec >/dev/null 2>&1 3>&- 4<&- 9>&-
  silent=0
  while sleep 15; do
    if [ -e "$D/beat" ]; then rm -f "$D/beat"; silent=0; else silent=$((silent + 1)); fi
    [ "$silent" -lt 3 ] || break
  done
  end_all
) &
(
  trap - HUP INT TERM PIPE
  exec >/dev/null 2>&1 3>&- 4<&- 9>&-
  sleep "$TIMEOUT_S"
  end_all
) &
exec 4<&- 5<"$D/commands"

# --- what tasks may use --------------------------------------------------------------------------------------------------
# What works on the bytes gives way to what produces them, and to everything else on this machine.
run_gpg() { nice gpg --no-options --homedir "$D/gpg" --batch --no-tty --quiet --no-autostart --lock-never "$@"; }

# SHA-256 of standard input in hex; libgcrypt uses the processor's instructions, sha256sum does so only in newer coreutils.
if run_gpg --print-md SHA256 </dev/null >/dev/null 2>&1; then
  hash_stdin() { run_gpg --print-md SHA256 | tr -d ' \n' | tr A-F a-f; }
  HASHER="nice gpg --no-options --homedir $D/gpg --batch --no-tty --quiet --no-autostart --lock-never --print-md SHA256"
else
  hash_stdin() { nice sha256sum | head -c 64; }
  HASHER='nice sha256sum'
fi

report() { say "report $TASK $*"; }

# report_line NAME FILE: its first line, with no program started for it.
report_line() {
  reported=
  IFS= read -r reported <"$2" || :
  report "$1" "$reported"
}

# Beginning and end of a standard error that may be endless; that something is missing between them is said, because it may be
# what matters.
keep_ends() {
  head -c 4096
  tail -c 4097 >"$D/end.$stage_name"
  [ -s "$D/end.$stage_name" ] || return 0
  if [ "$(wc -c <"$D/end.$stage_name")" -gt 4096 ]; then
    printf '\n[... more was written than is kept ...]\n'
    tail -c 4096 "$D/end.$stage_name"
  else
    cat "$D/end.$stage_name"
  fi
}

# stage NAME COMMAND…: the exit status and the standard error are kept; a stage without a status has failed.
stage() {
  stage_name=$1
  shift
  {
    { "$@" 3>&- 6>&-; echo $? >"$D/status.$stage_name"; } 2>&1 >&6 6>&- | keep_ends >"$D/err.$stage_name" 3>&- 6>&-
  } 6>&1
  read -r stage_status <"$D/status.$stage_name" || stage_status=1
  return "$stage_status"
}

encrypt_stdin() {
  # --rfc4880 comes last of the compliance options: integrity-protected version 1, which every gpg reads, whatever the keys say.
  set -- --no-options
  for key in "$D"/recipient.*; do set -- "$@" --recipient-file "$key"; done
  run_gpg "$@" --trust-model always --rfc4880 --compress-algo none -z 0 --cipher-algo AES256 --set-filename '' --encrypt --output -
}

# seal: compresses, and encrypts where the runner does not; the SHA-256 of what is sent is taken on the way out.
seal() {
  mkfifo "$D/sealed.$TASK" || return 1
  { hash_stdin <"$D/sealed.$TASK" >"$D/sha256.$TASK"; echo $? >"$D/status.hash"; } 2>"$D/err.hash" 3>&- >/dev/null &
  hash_pid=$!
  case $ENCRYPT_ON in
  target) stage compress nice zstd -q "-$LEVEL" -c | stage encrypt encrypt_stdin ;;
  runner) stage compress nice zstd -q "-$LEVEL" -c ;;
  esac | stage send nice tee "$D/sealed.$TASK"
  # A tee that died early never opened the FIFO, and its reader would wait for it: opened for both, it has had a writer.
  : <>"$D/sealed.$TASK"
  wait "$hash_pid"
  report_line sha256 "$D/sha256.$TASK"
}

# --- tasks ---------------------------------------------------------------------------------------------------------------
# One read a byte at a time, as the shell does from a pipe: it never swallows what comes after.
read_script() {
  while IFS= read -r line <&5; do
    [ "$line" = "$NONCE" ] && return 0
    printf '%s\n' "$line"
  done
  return 1
}

say_stderr() {
  for file in "$D"/err.*; do
    [ -s "$file" ] || continue
    while IFS= read -r line || [ -n "$line" ]; do
      say "stderr $TASK ${file##*/err.} $line"
    done <"$file"
  done
}

printf '%s ready\n' "$NONCE"
say ready
while IFS= read -r line <&5; do
  case $line in
  'task '*)
    TASK=${line#task }
    script=$(read_script) || die
    (
      trap - HUP INT TERM PIPE
      exec 5<&-
      eval "$script"
    ) 2>"$D/err.task" &
    wait $!
    task_status=$?
    script=
    printf '%s end %s\n' "$NONCE" "$TASK"
    # A full disk explains everything else that is missing, statuses included.
    { head -c 4096 /dev/zero >"$D/room"; } 2>/dev/null || say "stderr $TASK room $base"
    for file in "$D"/status.*; do
      [ -e "$file" ] || continue
      status=
      read -r status <"$file" || :
      say "status $TASK ${file##*/status.} $status"
    done
    say_stderr
    rm -f "$D/room" "$D"/status.* "$D"/err.* "$D"/end.* "$D"/recipient.* "$D"/sealed.* "$D"/sha256.*
    say "done $TASK $task_status"
    ;;
  quit) break ;;
  esac
done
say bye
finish
exit 0
