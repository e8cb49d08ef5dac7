# What stands in the dump pipeline of a target without perl, in place of inventory-filter.pl and accounts-format.pl: POSIX sh, grep and
# sed. Lines as long as a row are for grep alone: it takes as much memory as the longest one, where awk would take minutes.
#
# look_at_names DIR WHAT: passes standard input through unchanged and writes down
#   DIR/seen    lines of the dump: titles, definitions of databases, marks of bodies, where the binary log stood, what the dump tool
#               excuses itself for; of definers the name alone; "account" for each account; with WHAT structure at last "structure" and the SHA-256 of all
#               lines but comments, without values that move by themselves
#   DIR/facts   "name value" lines: bytes, trailer
# A reader that dies is seen by tee, or by its own status. One that finds nothing has failed: that was no dump.
# shellcheck disable=SC2016,SC2317  # backquotes are names of SQL; the functions are called by the text that follows
look_at_names() {
  mkfifo "$1/names.in" "$1/end.in" "$1/size.in" || return 1
  nice grep -aE \
    -e '^--$' \
    -e "^-- (Current Database: |(Table|Sequence|[A-Z][a-z]+ view|Temporary table) structure for |Dumping (data|events|routines) for )" \
    -e "^-- CHANGE (MASTER|REPLICATION SOURCE) TO (MASTER|SOURCE)_LOG_FILE=|^-- SET GLOBAL gtid_slave_pos=" \
    -e "^-- ([Ii]nsufficient privileges|[Ff]ailed on view|WARNING|[Ww]arning|ERROR|[Ee]rror|[Cc]ouldn't)" \
    -e '^DELIMITER ;;?$' -e '^CREATE DATABASE ' \
    -e '^(CREATE|/\*!50013|/\*!50003 CREATE\*/ /\*!50017|/\*!50106 CREATE\*/ /\*!50117) DEFINER=`' \
    -e "^(/\*M![0-9]+ )?CREATE (USER|ROLE)( IF NOT EXISTS)? ['\`]" \
    <"$1/names.in" >"$1/names" &
  readers=$!
  nice tail -c 1024 <"$1/end.in" >"$1/end" &
  readers="$readers $!"
  nice wc -c <"$1/size.in" >"$1/size" &
  readers="$readers $!"
  if [ "$2" = structure ]; then
    mkfifo "$1/structure.in" || return 1
    nice sed -e '/^--/d' -e 's/^\() ENGINE=[^ ]*\) AUTO_INCREMENT=[0-9]*/\1/' -e '/^DO SETVAL(/d' -e '/^SELECT SETVAL(/d' \
      <"$1/structure.in" >"$1/structure" &
    readers="$readers $!"
  fi
  nice tee "$1"/*.in
  looked=$?
  for feed in "$1"/*.in; do
    # A tee that died early never opened it, and its reader would wait.
    : <>"$feed"
  done
  for reader in $readers; do wait "$reader" || looked=1; done
  rm -f "$1"/*.in
  # Behind a definer stands the user's own text, behind an account the hash of a password: nothing of either leaves the target.
  sed -E -e 's/^(\/\*M![0-9]+ )?CREATE (USER|ROLE) .*/account/' \
    -e 's/^(CREATE|\/[^`]*) (DEFINER=`([^`]|``)*`(@`([^`]|``)*`)?).*/\2/' -e '/^CREATE DATABASE /n' -e '/^(CREATE|\/)/d' "$1/names" >"$1/seen" || return 1
  if [ "$2" = structure ]; then printf 'structure %s\n' "$(hash_stdin <"$1/structure")" >>"$1/seen" || return 1; fi
  trailer=0
  case $(tail -n 2 "$1/end"; echo end) in
  '
-- Dump completed'*'
end') trailer=1 ;;
  esac
  printf 'bytes %s\ntrailer %s\n' "$(($(cat "$1/size")))" "$trailer" >"$1/facts" || return 1
  return "$looked"
}

# format_accounts: what accounts-format.pl does, but for the order of rights, which is of use only where texts are compared.
format_accounts() {
  printf '%s\n' '-- MySQL accounts' '' 'SET NAMES utf8mb4;' "SET SESSION sql_mode = '';" ''
  is_whole=0 revokes=
  while IFS= read -r line; do
    [ "$is_whole" = 0 ] || { echo 'a line behind the last one' >&2; return 1; }
    case $line in
    lifeboat-account) flush_revokes ;;
    lifeboat-end) flush_revokes; is_whole=1 ;;
    # The client escapes \n, \t and \\ as printf does.
    'CREATE USER '*) printf 'CREATE USER IF NOT EXISTS %b;\n' "${line#CREATE USER }" ;;
    'GRANT '*) printf '%b;\n' "$line" ;;
    'REVOKE '*) revokes="$revokes$line;\\n" ;;
    *) echo 'neither CREATE USER nor GRANT nor REVOKE' >&2; return 1 ;;
    esac
  done
  [ "$is_whole" = 0 ] || printf '\n-- Dump completed on %s\n' "$(date -u '+%Y-%m-%d %H:%M:%S')"
}

# What was granted is taken away in part, where the server is told that this can be.
flush_revokes() {
  [ -z "$revokes" ] || printf 'SET GLOBAL partial_revokes = ON;\n%b' "$revokes"
  revokes=
}
