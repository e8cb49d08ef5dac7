# The first process of a sandbox: POSIX sh (dash, bash, busybox), run as `sh -c THIS_TEXT MARK COMMAND...`. It lives as long as COMMAND
# does, and COMMAND no longer than standard input, the other end of which the runner holds: however the runner dies, that ends.
# Everything else in the container ends with its first process.
#
# Standard error  "MARK started PID", PID being COMMAND's; what COMMAND writes; "MARK ended STATUS KILLS", KILLS being how many processes the kernel killed for want
#                 of memory
exec 8<&0 </dev/null
"$@" 8<&- &
command=$!
# A shell gives a background job an empty standard input unless it is told otherwise.
(
  while read -r _; do :; done
  kill -KILL "$command"
) <&8 >/dev/null 2>&1 &
exec 8<&-
printf '\n%s started %s\n' "$0" "$command" >&2
# Without the shell's own word on a command that was killed.
wait "$command" 2>/dev/null
status=$?
kills=0
# The kernel's control groups, version 2 and version 1.
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r "$file" ] || continue
  while read -r key value; do
    if [ "$key" = oom_kill ]; then kills=$value; fi
  done <"$file"
done
printf '\n%s ended %s %s\n' "$0" "$status" "$kills" >&2
exit "$status"
