#!/bin/bash
# Stands in for GitHub's own program, which cannot do without GitHub. Keeps what it is given below /github: repositories, and for each its
# environments with secrets and variables. `workflow run` checks what GitHub would, and adds a line to /github/runs.
set -euo pipefail
umask 022

fail() {
  printf 'gh: %s\n' "$*" >&2
  exit 1
}
# That of the checkout where it is called.
repository() { basename "$(git remote get-url origin)" .git; }

# keep KIND NAME --env ENVIRONMENT: the value is on standard input, and loses the line end behind it, as with the real one.
keep() {
  local place
  [[ $# == 4 && $3 == --env ]] || fail "this stand-in does not know: $*"
  place=/github/$(repository)/$4
  [[ -d $place ]] || fail "HTTP 404: there is no environment $4"
  value=$(cat)
  [[ -n $value ]] || fail "$2 is empty"
  printf %s "$value" > "$place/$1/$2"
}

# run FILE [-f NAME=VALUE]...
run() {
  local name file=$1
  name=$(repository)
  shift
  git -C "/github/$name.git" cat-file -e "HEAD:.github/workflows/$file" || fail "HTTP 404: the main branch has no $file"
  printf '%s %s%s\n' "$name" "$file" "${*:+ $*}" >> /github/runs
}

case "${1:-} ${2:-}" in
  'repo create')
    [[ $# == 5 && $4 == --private && $5 == --clone ]] || fail "this stand-in does not know: $*"
    git init --quiet --bare --initial-branch main "/github/$3.git"
    git clone --quiet "/github/$3.git" "$3"
    ;;
  'api --silent')
    [[ $# == 5 && $3 == --method && $4 == PUT && $5 == repos/\{owner\}/\{repo\}/environments/* ]] || fail "this stand-in does not know: $*"
    mkdir -p "/github/$(repository)/${5##*/}"/{secrets,variables}
    ;;
  'secret set') keep secrets "${@:3}" ;;
  'variable set') keep variables "${@:3}" ;;
  'workflow run') run "${@:3}" ;;
  *) fail "this stand-in does not know: $*" ;;
esac
