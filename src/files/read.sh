#!/bin/sh
# lifeboat-read: reads directories of this machine for the action sync-storage of Lifeboat, and does nothing else. With `become: sudo` it runs as
# root, installed as /usr/local/sbin/lifeboat-read, and reads nothing but what is below the directories that /usr/local/etc/lifeboat-read lists, one a
# line. Otherwise it is sent with each run, and reads what the SSH user may read. It needs GNU find, tar, grep, sed, xargs and coreutils.
#
# Names come over standard input and end with NUL. What is read goes to standard output, notes and errors to standard error. A status other than 0:
# it could not be done; that single files could not be read is none.
set -u
VERSION=2
CONFINED=yes
ROOTS=/usr/local/etc/lifeboat-read

# A record of the index, as far as find knows it.
RECORD='%p//%y %s %T@ %C@ %i %n %m %U %G\0'

refuse() {
  printf 'lifeboat-read: %s\n' "$*" >&2
  exit 3
}

# What the environment of the caller could turn into something else.
if [ "$CONFINED" = yes ]; then
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  LC_ALL=C
  export PATH LC_ALL
  unset TAR_OPTIONS POSIXLY_CORRECT TMPDIR
fi

list_roots() { grep -v '^#' "$ROOTS" | grep .; }

check_roots() {
  [ "$(id -u)" = 0 ] || refuse 'this is for sudo'
  [ -n "$(find "$ROOTS" -prune -type f -user 0 ! -perm /022 2>/dev/null)" ] || refuse "$ROOTS is not there, or others than root may write to it"
  list_roots | while IFS= read -r root; do
    case $root in *\\*) refuse "$root: names with a backslash cannot be listed" ;; esac
    if ! [ -d "$root" ] || [ "$(readlink -e -- "$root")" != "$root" ]; then
      refuse "$root, which $ROOTS lists, is no directory, or is reached through a link"
    fi
    # Who may rename a directory above it can put a link in its place while it is read.
    above=$root
    while [ "$above" != / ]; do
      above=$(dirname -- "$above")
      [ -n "$(find "$above" -prune -user 0 ! -perm /022)" ] || refuse "$root cannot be listed: others than root may write to $above"
    done
  done || exit 3
}

# run STATUS COMMAND...: which may also end with this status. Below the roots it reaches nothing through a symbolic link, whoever makes one there at this
# moment: a mount that nobody else sees forbids it, and writing, too.
run() {
  if [ "$CONFINED" = no ]; then
    other=$1
    shift
    "$@"
    status=$?
    [ "$status" = 0 ] || [ "$status" = "$other" ]
    return
  fi
  # Each listed directory with all that is mounted in it: a mount of the directory alone would hide that, and look as if there were nothing.
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  unshare --mount --propagation private sh -ufc '
    refuse() { echo "lifeboat-read: $*" >&2; exit 3; }
    guarded() { grep -c "^\([^ ]* \)\{5\}[^ ]*nosymfollow" /proc/self/mountinfo; }
    IFS="
"
    wanted=$(guarded)
    for root in $(printf "%s\n" "$1" | sort -u | grep -vx /); do
      mount --rbind "$root" "$root" || refuse "$root cannot be mounted on itself"
      for place in $(cut -d " " -f 5 /proc/self/mountinfo | sort -u); do
        case $place in *\\*) place=$(printf "%b." "$(printf %s "$place" | sed "s/\\\\/&0/g")") && place=${place%.} ;; esac
        case $place in "$root" | "$root"/*) ;; *) continue ;; esac
        mount -o remount,bind,ro,nosymfollow "$place" || refuse "what is mounted on $place cannot be guarded"
        wanted=$((wanted + 1))
      done
    done
    [ "$(guarded)" -ge "$wanted" ] || refuse "links cannot be forbidden here (the mount option nosymfollow, Linux 5.10 or newer)"
    other=$2
    shift 2
    "$@"
    status=$?
    [ "$status" = 0 ] || [ "$status" = "$other" ] || exit 3' sh "$(list_roots)" "$@"
}

# allowed: passes names on that are below the roots. One that is not is the last.
allowed() {
  if [ "$CONFINED" = no ]; then
    cat
    return
  fi
  sed -z 's/\\/\\b/g; s/\n/\\n/g' | tr '\0' '\n' | awk '
    FILENAME == ARGV[1] { if ($0 !~ /^#/ && $0 != "") roots[$0 == "/" ? "" : $0]; next }
    {
      isBelow = 0
      for (root in roots) if ($0 == root || substr($0, 1, length(root) + 1) == root "/") isBelow = 1
      if (!isBelow || $0 ~ /\/\.\.?(\/|$)/ || $0 ~ /\/\//) {
        print "lifeboat-read: not below the listed directories: " $0 >"/dev/stderr"
        exit 3
      }
      print
    }' "$ROOTS" - | tr '\n' '\0' | sed -z 's/\\n/\n/g; s/\\b/\\/g'
}

# resolve PATH: where the directory or file really is.
resolve() {
  resolved=$(readlink -e -- "$1") && { [ -d "$resolved" ] || [ -f "$resolved" ]; } || return 1
  resolved=$(printf '%s\0' "$resolved" | allowed | tr -d '\0')
  [ -n "$resolved" ] && printf '%s\n' "$resolved"
}

# list ROOT ONE_FILE_SYSTEM OWN [RULE KIND PATTERN]...: a record of each entry. Notes that end with NUL: `//x RULE TYPE SIZE FS PATH` of what a rule leaves
# out, `//s PATH` of what is not stored, `//l PATH` of directories in which a name may make a path of more than 4096 bytes, which can be listed but not
# opened, `//t MTIME CTIME DEVICE:INODE PATH` of every directory, or of a root that is a file, from the device on as `places` has it. OWN, where Lifeboat keeps its lists, changes
# meanwhile. What is `nested` has a list of its own.
list() {
  root=$1
  isOneFileSystem=$2
  own=$3
  shift 3
  if [ "$CONFINED" = yes ]; then
    [ "$(resolve "$root")" = "$root" ] || refuse "$root is not below the listed directories"
    [ "$isOneFileSystem" = 1 ] || refuse 'what is mounted below the listed directories is not read'
    case $own in */.lifeboat) ;; *) refuse "$own is not Lifeboat's" ;; esac
  fi
  left=$#
  set -- "$@" -type d -samefile "$own" -prune
  while [ "$left" -gt 0 ]; do
    rule=$1 kind=$2 pattern=$3
    shift 3
    left=$((left - 3))
    case $rule in '' | *[!0-9]*) refuse 'a rule without a number' ;; esac
    set -- "$@" -o
    if [ "$kind" = nested ]; then
      set -- "$@" -path "$pattern" -prune
      continue
    fi
    case $kind in *-of-directory) set -- "$@" -type d ;; esac
    case $kind in
    name | name-of-directory) set -- "$@" -name "$pattern" ;;
    path | path-of-directory) set -- "$@" -regex "$pattern" ;;
    *) refuse "no kind of rule: $kind" ;;
    esac
    set -- "$@" -fprintf /dev/stderr "//x $rule %y %s %F %p\\0" -prune
  done
  type=d place=%D:%i
  [ -d "$root" ] || type=f place=%D:
  # The root directory has no name that could stand in a record.
  if [ "$root" = / ]; then set -- -mindepth 1 "$@"; fi
  if [ "$isOneFileSystem" = 1 ]; then set -- -xdev "$@"; fi
  # Of itself it fills a pipe in small pieces, each of which wakes somebody up.
  buffered='stdbuf -o 64K'
  $buffered true 2>/dev/null || buffered=
  # All that is asked of every file costs as much again as its record; it is cheaper to look into the list.
  # shellcheck disable=SC2086  # words
  run 1 $buffered find "$root" -regextype posix-extended "$@" \
    -o -type d -path "$(printf %03841d 0 | tr 0 '?')*" -fprintf /dev/stderr '//l %p\0' -prune \
    -o '(' -type f -o -type d -o -type l ')' -printf "$RECORD" '(' ! -type "$type" -o -fprintf /dev/stderr "//t %T@ %C@ $place %p\\0" ')' \
    -o -fprintf /dev/stderr '//s %p\0'
}

# again: records of the entries of these names, whatever they are.
again() {
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  allowed | run 123 xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 -printf "$0"' "$RECORD"
}

# places: `DEVICE:INODE PATH` of these names, of a file without the inode: programs that write one put a new one in its place.
places() {
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  allowed | run 123 xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 "(" -type d -printf "%D:%i %p\0" ")" -o -printf "%D: %p\0"' places
}

# closed: of these directories, those that may not be opened: tar gives up at one.
closed() { allowed | run 123 xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 -type d ! -readable -print0' closed; }

# hash SECONDS: what was a file may be a FIFO by now, or a link to what has no end.
hash() {
  case $1 in '' | *[!0-9]*) refuse 'a time without a number' ;; esac
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  allowed | run 123 xargs -0 -r sh -c '
    timeout --foreground -k 5 "$0" nice sha256sum -z -- "$@"
    [ $? -le 1 ] || echo "lifeboat-read: hurried" >&2' "$1"
}

# pack TRY: an archive, and its names, escaped, as lines among the errors. After the first try each name stands by itself: what it was a link to may be gone.
pack() {
  links=
  [ "$1" = 1 ] || links=--hard-dereference
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  allowed | run 0 sh -c 'tar "$@"; echo "lifeboat-read: tar $?" >&2' pack \
    --create --file=- --format=posix --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' $links \
    --no-recursion --sparse --xattrs --acls --null --verbatim-files-from --files-from=- --verbose --quoting-style=escape
}

# weigh RULE: type and size of all that is below these directories.
weigh() {
  # shellcheck disable=SC2016  # expanded by the shell that gets it
  case $1 in '' | *[!0-9]*) refuse 'a rule without a number' ;; esac
  # shellcheck disable=SC2016
  allowed | run 123 xargs -0 -r sh -c 'exec find "$@" -xdev -mindepth 1 -printf "$0 %y %s\n"' "$1"
}

[ "$CONFINED" = no ] || check_roots
case ${1-} in
version) echo "lifeboat-read $VERSION" ;;
resolve | list | weigh | hash | pack) "$@" ;;
again | places | closed) "$1" ;;
*) refuse 'this is for the action sync-storage of Lifeboat' ;;
esac
