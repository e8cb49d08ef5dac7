import { Vt as formatBytes, in as LifeboatError } from "./proxy.js";
import { c as EXCLUDE_PRESETS, l as patternsOf, s as globExpression } from "./storage.js";
import { l as SEALING_TOOLS } from "./store-sealed.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { n as commandTools } from "./commands.js";

// src/actions/sync-storage/request.ts
/** Linux writes what a program changed in its memory of a file after 30 s, and only then is a further change seen in its times. */
const SETTLED_SECONDS = 60;
function toolsFor(inputs, storage) {
	return [
		...storage.tools,
		...SEALING_TOOLS[inputs.encryptOn],
		...commandTools(inputs)
	];
}
function requestOf(inputs, folder, settledSeconds = SETTLED_SECONDS) {
	return {
		folder,
		paths: inputs.paths,
		become: inputs.become === "sudo" ? "sudo" : void 0,
		exclude: inputs.exclude.map((text) => ({
			text,
			patterns: patternsOf(text) ?? []
		})),
		oneFileSystem: inputs.oneFileSystem,
		weighExcluded: inputs.dryRun,
		packBytes: inputs.packSize,
		settledSeconds
	};
}

// src/domain/snapshots/snapshot-figures.ts
const NO_FIGURES = {
	files: 0,
	directories: 0,
	links: 0,
	bytes: 0
};
function addFigures(a, b, sign = 1) {
	return {
		files: a.files + sign * b.files,
		directories: a.directories + sign * b.directories,
		links: a.links + sign * b.links,
		bytes: a.bytes + sign * b.bytes
	};
}
/** Throws `storage-inconsistent`. */
function expectEqual(what, found, expected) {
	if (found === expected) return;
	throw inconsistent(`${what}: ${found} where there should be ${expected}`);
}
/** Throws `storage-inconsistent`. */
function expectFigures(what, found, expected) {
	for (const name of [
		"files",
		"directories",
		"links",
		"bytes"
	]) expectEqual(`${name} ${what}`, found[name], expected[name]);
}
function inconsistent(what) {
	return new LifeboatError("storage-inconsistent", `what was listed and what was packed are not the same: ${what}`, { hint: "No snapshot was made of it, and earlier ones are as they were. Is the disk of the home directory on the target full? Start it again: the next run compares with nothing and stores everything anew." });
}

// src/files/exclude.ts
function excludeRule(pattern) {
	const isForDirectories = pattern.endsWith("/");
	const body = isForDirectories ? pattern.slice(0, -1) : pattern;
	const [kind, test] = body.includes("/") ? ["path", pathExpression(body)] : ["name", body];
	return [isForDirectories ? `${kind}-of-directory` : kind, test];
}
/** A POSIX extended regular expression for a whole path; find compares bytes. */
function pathExpression(glob) {
	const body = globExpression(glob, bracketOf);
	return glob.startsWith("/") ? body : `.*/${body}`;
}
/** In POSIX a set may hold the slash, and can only be kept from it by its own members. A `]` or `-` that is one of them stays the first. */
function bracketOf(set) {
	if (/^\[[!^]/.test(set)) return set.replace(/^\[.(\](?:-[^\]])?|-(?:-[^\]])?)?/s, "[^$1/");
	return `[${set.slice(1, -1).replaceAll(/(.)-(.)/gsu, (range, from, to) => from < "/" && to > "/" ? `${from}-.0-${to}` : range)}]`;
}

// src/files/scan-script.ts
const SCAN_STAGES = [
	"list",
	"note",
	"compare",
	"lines",
	"sides"
];
function scanScript(request, roots, base) {
	const lists = roots.map((_root, at) => listRoot(roots, at, request));
	return [
		...baseScript(base),
		`begin_list ${shellQuoteAll(roots)} || exit 1`,
		`list_roots() { ${lists.join(" && ")}; }`,
		[
			"stage list list_roots",
			"stage note note_scan",
			"stage compare compare",
			"stage lines to_lines",
			"stage sides tell_sides"
		].join(" | "),
		`for stage in ${SCAN_STAGES.join(" ")}; do [ "$(cat "$D/status.$stage")" = 0 ] || exit 1; done`,
		"whole && settle && plan_linked && tell_scan || exit 1"
	].join("\n");
}
/** What is compared with. Lists of names that may be long stand in arguments of functions, which have no limit. */
function baseScript({ listing, chain, packed, renewed }) {
	const sums = packed.map(({ packId, sha256 }) => `${sha256}  ${packId}\n`).join("");
	const packs = renewed.map((packId) => `${packId}\n`).join("");
	return [
		`begin ${shellQuoteAll([
			listing?.run ?? "",
			listing?.sha256 ?? "",
			...chainArguments(chain)
		])} || exit 1`,
		...sums === "" ? [] : [`adopt ${shellQuote(sums)} || exit 1`],
		...packs === "" ? [] : [`renew ${shellQuoteAll([packs, ...chainArguments(chain)])} || exit 1`],
		...sums + packs === "" ? [] : ["join_base || exit 1"]
	];
}
/** Index objects that the target kept, as its functions take them. */
function chainArguments(chain) {
	return chain.map(({ run, sha256 }) => `${run}:${sha256}`);
}
function listRoot(roots, at, { exclude, oneFileSystem }) {
	const root = roots[at] ?? "";
	const nested = roots.filter((other) => other !== root && other.startsWith(root === "/" ? "/" : `${root}/`)).flatMap((other) => [
		"0",
		"nested",
		other.replaceAll(/[*?[\\]/g, String.raw`\$&`)
	]);
	const rules = exclude.flatMap(({ patterns }, rule) => patterns.flatMap((pattern) => [String(rule), ...excludeRule(pattern)]));
	return `list_root ${at} ${shellQuoteAll([
		root,
		oneFileSystem ? "1" : "0",
		...nested,
		...rules
	])}`;
}

// src/files/read.sh
const text$15 = "#!/bin/sh\n# lifeboat-read: reads directories of this machine for the action sync-storage of Lifeboat, and does nothing else. With `become: sudo` it runs as\n# root, installed as /usr/local/sbin/lifeboat-read, and reads nothing but what is below the directories that /usr/local/etc/lifeboat-read lists, one a\n# line. Otherwise it is sent with each run, and reads what the SSH user may read. It needs GNU find, tar, grep, sed, xargs and coreutils.\n#\n# Names come over standard input and end with NUL. What is read goes to standard output, notes and errors to standard error. A status other than 0:\n# it could not be done; that single files could not be read is none.\nset -u\nVERSION=2\nCONFINED=yes\nROOTS=/usr/local/etc/lifeboat-read\n\n# A record of the index, as far as find knows it.\nRECORD='%p//%y %s %T@ %C@ %i %n %m %U %G\\0'\n\nrefuse() {\n  printf 'lifeboat-read: %s\\n' \"$*\" >&2\n  exit 3\n}\n\n# What the environment of the caller could turn into something else.\nif [ \"$CONFINED\" = yes ]; then\n  PATH=/usr/sbin:/usr/bin:/sbin:/bin\n  LC_ALL=C\n  export PATH LC_ALL\n  unset TAR_OPTIONS POSIXLY_CORRECT TMPDIR\nfi\n\nlist_roots() { grep -v '^#' \"$ROOTS\" | grep .; }\n\ncheck_roots() {\n  [ \"$(id -u)\" = 0 ] || refuse 'this is for sudo'\n  [ -n \"$(find \"$ROOTS\" -prune -type f -user 0 ! -perm /022 2>/dev/null)\" ] || refuse \"$ROOTS is not there, or others than root may write to it\"\n  list_roots | while IFS= read -r root; do\n    case $root in *\\\\*) refuse \"$root: names with a backslash cannot be listed\" ;; esac\n    if ! [ -d \"$root\" ] || [ \"$(readlink -e -- \"$root\")\" != \"$root\" ]; then\n      refuse \"$root, which $ROOTS lists, is no directory, or is reached through a link\"\n    fi\n    # Who may rename a directory above it can put a link in its place while it is read.\n    above=$root\n    while [ \"$above\" != / ]; do\n      above=$(dirname -- \"$above\")\n      [ -n \"$(find \"$above\" -prune -user 0 ! -perm /022)\" ] || refuse \"$root cannot be listed: others than root may write to $above\"\n    done\n  done || exit 3\n}\n\n# run STATUS COMMAND...: which may also end with this status. Below the roots it reaches nothing through a symbolic link, whoever makes one there at this\n# moment: a mount that nobody else sees forbids it, and writing, too.\nrun() {\n  if [ \"$CONFINED\" = no ]; then\n    other=$1\n    shift\n    \"$@\"\n    status=$?\n    [ \"$status\" = 0 ] || [ \"$status\" = \"$other\" ]\n    return\n  fi\n  # Each listed directory with all that is mounted in it: a mount of the directory alone would hide that, and look as if there were nothing.\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  unshare --mount --propagation private sh -ufc '\n    refuse() { echo \"lifeboat-read: $*\" >&2; exit 3; }\n    guarded() { grep -c \"^\\([^ ]* \\)\\{5\\}[^ ]*nosymfollow\" /proc/self/mountinfo; }\n    IFS=\"\n\"\n    wanted=$(guarded)\n    for root in $(printf \"%s\\n\" \"$1\" | sort -u | grep -vx /); do\n      mount --rbind \"$root\" \"$root\" || refuse \"$root cannot be mounted on itself\"\n      for place in $(cut -d \" \" -f 5 /proc/self/mountinfo | sort -u); do\n        case $place in *\\\\*) place=$(printf \"%b.\" \"$(printf %s \"$place\" | sed \"s/\\\\\\\\/&0/g\")\") && place=${place%.} ;; esac\n        case $place in \"$root\" | \"$root\"/*) ;; *) continue ;; esac\n        mount -o remount,bind,ro,nosymfollow \"$place\" || refuse \"what is mounted on $place cannot be guarded\"\n        wanted=$((wanted + 1))\n      done\n    done\n    [ \"$(guarded)\" -ge \"$wanted\" ] || refuse \"links cannot be forbidden here (the mount option nosymfollow, Linux 5.10 or newer)\"\n    other=$2\n    shift 2\n    \"$@\"\n    status=$?\n    [ \"$status\" = 0 ] || [ \"$status\" = \"$other\" ] || exit 3' sh \"$(list_roots)\" \"$@\"\n}\n\n# allowed: passes names on that are below the roots. One that is not is the last.\nallowed() {\n  if [ \"$CONFINED\" = no ]; then\n    cat\n    return\n  fi\n  sed -z 's/\\\\/\\\\b/g; s/\\n/\\\\n/g' | tr '\\0' '\\n' | awk '\n    FILENAME == ARGV[1] { if ($0 !~ /^#/ && $0 != \"\") roots[$0 == \"/\" ? \"\" : $0]; next }\n    {\n      isBelow = 0\n      for (root in roots) if ($0 == root || substr($0, 1, length(root) + 1) == root \"/\") isBelow = 1\n      if (!isBelow || $0 ~ /\\/\\.\\.?(\\/|$)/ || $0 ~ /\\/\\//) {\n        print \"lifeboat-read: not below the listed directories: \" $0 >\"/dev/stderr\"\n        exit 3\n      }\n      print\n    }' \"$ROOTS\" - | tr '\\n' '\\0' | sed -z 's/\\\\n/\\n/g; s/\\\\b/\\\\/g'\n}\n\n# resolve PATH: where the directory or file really is.\nresolve() {\n  resolved=$(readlink -e -- \"$1\") && { [ -d \"$resolved\" ] || [ -f \"$resolved\" ]; } || return 1\n  resolved=$(printf '%s\\0' \"$resolved\" | allowed | tr -d '\\0')\n  [ -n \"$resolved\" ] && printf '%s\\n' \"$resolved\"\n}\n\n# list ROOT ONE_FILE_SYSTEM OWN [RULE KIND PATTERN]...: a record of each entry. Notes that end with NUL: `//x RULE TYPE SIZE FS PATH` of what a rule leaves\n# out, `//s PATH` of what is not stored, `//l PATH` of directories in which a name may make a path of more than 4096 bytes, which can be listed but not\n# opened, `//t MTIME CTIME DEVICE:INODE PATH` of every directory, or of a root that is a file, from the device on as `places` has it. OWN, where Lifeboat keeps its lists, changes\n# meanwhile. What is `nested` has a list of its own.\nlist() {\n  root=$1\n  isOneFileSystem=$2\n  own=$3\n  shift 3\n  if [ \"$CONFINED\" = yes ]; then\n    [ \"$(resolve \"$root\")\" = \"$root\" ] || refuse \"$root is not below the listed directories\"\n    [ \"$isOneFileSystem\" = 1 ] || refuse 'what is mounted below the listed directories is not read'\n    case $own in */.lifeboat) ;; *) refuse \"$own is not Lifeboat's\" ;; esac\n  fi\n  left=$#\n  set -- \"$@\" -type d -samefile \"$own\" -prune\n  while [ \"$left\" -gt 0 ]; do\n    rule=$1 kind=$2 pattern=$3\n    shift 3\n    left=$((left - 3))\n    case $rule in '' | *[!0-9]*) refuse 'a rule without a number' ;; esac\n    set -- \"$@\" -o\n    if [ \"$kind\" = nested ]; then\n      set -- \"$@\" -path \"$pattern\" -prune\n      continue\n    fi\n    case $kind in *-of-directory) set -- \"$@\" -type d ;; esac\n    case $kind in\n    name | name-of-directory) set -- \"$@\" -name \"$pattern\" ;;\n    path | path-of-directory) set -- \"$@\" -regex \"$pattern\" ;;\n    *) refuse \"no kind of rule: $kind\" ;;\n    esac\n    set -- \"$@\" -fprintf /dev/stderr \"//x $rule %y %s %F %p\\\\0\" -prune\n  done\n  type=d place=%D:%i\n  [ -d \"$root\" ] || type=f place=%D:\n  # The root directory has no name that could stand in a record.\n  if [ \"$root\" = / ]; then set -- -mindepth 1 \"$@\"; fi\n  if [ \"$isOneFileSystem\" = 1 ]; then set -- -xdev \"$@\"; fi\n  # Of itself it fills a pipe in small pieces, each of which wakes somebody up.\n  buffered='stdbuf -o 64K'\n  $buffered true 2>/dev/null || buffered=\n  # All that is asked of every file costs as much again as its record; it is cheaper to look into the list.\n  # shellcheck disable=SC2086  # words\n  run 1 $buffered find \"$root\" -regextype posix-extended \"$@\" \\\n    -o -type d -path \"$(printf %03841d 0 | tr 0 '?')*\" -fprintf /dev/stderr '//l %p\\0' -prune \\\n    -o '(' -type f -o -type d -o -type l ')' -printf \"$RECORD\" '(' ! -type \"$type\" -o -fprintf /dev/stderr \"//t %T@ %C@ $place %p\\\\0\" ')' \\\n    -o -fprintf /dev/stderr '//s %p\\0'\n}\n\n# again: records of the entries of these names, whatever they are.\nagain() {\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  allowed | run 123 xargs -0 -r sh -c 'exec find \"$@\" -maxdepth 0 -printf \"$0\"' \"$RECORD\"\n}\n\n# places: `DEVICE:INODE PATH` of these names, of a file without the inode: programs that write one put a new one in its place.\nplaces() {\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  allowed | run 123 xargs -0 -r sh -c 'exec find \"$@\" -maxdepth 0 \"(\" -type d -printf \"%D:%i %p\\0\" \")\" -o -printf \"%D: %p\\0\"' places\n}\n\n# closed: of these directories, those that may not be opened: tar gives up at one.\nclosed() { allowed | run 123 xargs -0 -r sh -c 'exec find \"$@\" -maxdepth 0 -type d ! -readable -print0' closed; }\n\n# hash SECONDS: what was a file may be a FIFO by now, or a link to what has no end.\nhash() {\n  case $1 in '' | *[!0-9]*) refuse 'a time without a number' ;; esac\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  allowed | run 123 xargs -0 -r sh -c '\n    timeout --foreground -k 5 \"$0\" nice sha256sum -z -- \"$@\"\n    [ $? -le 1 ] || echo \"lifeboat-read: hurried\" >&2' \"$1\"\n}\n\n# pack TRY: an archive, and its names, escaped, as lines among the errors. After the first try each name stands by itself: what it was a link to may be gone.\npack() {\n  links=\n  [ \"$1\" = 1 ] || links=--hard-dereference\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  allowed | run 0 sh -c 'tar \"$@\"; echo \"lifeboat-read: tar $?\" >&2' pack \\\n    --create --file=- --format=posix --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' $links \\\n    --no-recursion --sparse --xattrs --acls --null --verbatim-files-from --files-from=- --verbose --quoting-style=escape\n}\n\n# weigh RULE: type and size of all that is below these directories.\nweigh() {\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  case $1 in '' | *[!0-9]*) refuse 'a rule without a number' ;; esac\n  # shellcheck disable=SC2016\n  allowed | run 123 xargs -0 -r sh -c 'exec find \"$@\" -xdev -mindepth 1 -printf \"$0 %y %s\\n\"' \"$1\"\n}\n\n[ \"$CONFINED\" = no ] || check_roots\ncase ${1-} in\nversion) echo \"lifeboat-read $VERSION\" ;;\nresolve | list | weigh | hash | pack) \"$@\" ;;\nagain | places | closed) \"$1\" ;;\n*) refuse 'this is for the action sync-storage of Lifeboat' ;;\nesac\n";

// src/files/storage/base.sh
const text$14 = "# What a run compares with: the list of the last run, and over it what runs packed that did not come to their end, and packs that are to be\n# packed again. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# begin RUN SHA256 [RUN:SHA256...]: the list of the last run, and the index objects that this run needs. It counts when all of them are those that\n# were sealed.\nbegin() {\n  rm -rf \"$W\"\n  mkdir -p \"$W\" \"$S/packed\" || return 1\n  for file in databases directories gone again errors mounts.lines doubt repeated once linked unlisted noted.x noted.d noted.w noted.s noted.l noted.m unstable unreadable adopted.lines adopted.marks marks.lines; do : >\"$W/$file\" || return 1; done\n  echo 0 >\"$W/last-pack\"\n  for file in \"$S\"/listing.*; do [ ! -e \"$file\" ] || : >\"$W/left\"; done\n  [ -n \"$1\" ] && is_kept \"listing.$1\" \"$2\" || return 0\n  last=$1\n  shift 2\n  for name in \"$@\"; do is_kept \"index.${name%%:*}\" \"${name#*:}\" || return 0; done\n  ln \"$S/listing.$last\" \"$W/last\"\n}\n\n# known_lines: lines of that, of which the last one of a path counts.\nknown_lines() {\n  part print_base | to_lines | part awk '\n    /^-/ { print substr($0, 2, index($0, \"//\")) \"-\"; next }\n    { print substr($0, /^[+]/ ? 2 : 1) }'\n}\n\nprint_base() {\n  if [ -e \"$W/base\" ]; then cat \"$W/base\"; elif [ -e \"$W/last\" ]; then zstd -dcq \"$W/last\"; fi\n}\n\n# print_chain RUN:SHA256...: lines of index objects, in order.\nprint_chain() { for name in \"$@\"; do part print_index \"$name\"; done | to_lines; }\n\nprint_index() { is_kept \"index.${1%%:*}\" \"${1#*:}\" && zstd -dcq \"$S/index.${1%%:*}\"; }\n\n# newest [gone]: of each path the last line. Lines in and out; of what is gone only with `gone`.\nnewest() {\n  part awk '{ at = index($0, \"//\"); print substr($0, 1, at + 1) (1000000000 + NR) \" \" substr($0, at + 2) }' |\n    part sort -S 128M -T \"$W\" | part awk -v gone=\"$1\" '\n    function flush() { if (attributes != \"\" && (attributes != \"-\" || gone)) print path attributes }\n    {\n      at = index($0, \"//\") + 1\n      if (at == 1) { isBroken = 1; exit }\n      if (substr($0, 1, at) != path) { flush(); attributes = \"\" }\n      path = substr($0, 1, at)\n      now = substr($0, at + 12)\n      if (now != \"!\") attributes = now\n      else if (attributes != \"\" && attributes != \"-\" && attributes !~ / !$/) attributes = attributes \" !\"\n    }\n    END { if (isBroken) exit 1; flush() }'\n}\n\n# without_pack: records of an index as those of a list.\nwithout_pack() { part sed 's/ [^ ]* [^ ]*$//' \"$@\"; }\n\n# adopt SUMS: what runs packed that did not come to their end, as far as these lines of `sha256sum` vouch for it. Prints the packs.\nadopt() {\n  printf '%s' \"$1\" | (cd \"$S/packed\" && sha256sum -c - 2>/dev/null) | part sed -n 's/: OK$//p' >\"$W/adopted\"\n  whole || return 1\n  (cd \"$S/packed\" && xargs -r cat) <\"$W/adopted\" >\"$W/noted\" || return 1\n  awk -v work=\"$W\" '{ print >(work (/\\/\\/!$/ ? \"/adopted.marks\" : \"/adopted.lines\")) }' \"$W/noted\" || return 1\n  sed 's/^/adopted /' \"$W/adopted\"\n}\n\n# renew PACKS RUN:SHA256...: all that is in these packs, by the index, is to be packed again.\nrenew() {\n  [ -e \"$W/last\" ] || return 0\n  printf '%s' \"$1\" >\"$W/renewed\"\n  shift\n  print_chain \"$@\" | newest '' | part awk '\n    FILENAME == ARGV[1] { renewed[$0]; next }\n    $NF in renewed { print substr($0, 1, index($0, \"//\") + 1) \"!\" }' \"$W/renewed\" - >\"$W/marks.lines\"\n  whole\n}\n\n# join_base: the list of the last run, marked, and what was adopted; prints figures.\njoin_base() {\n  {\n    known_lines\n    part cat \"$W/marks.lines\"\n    without_pack \"$W/adopted.lines\"\n    part cat \"$W/adopted.marks\"\n  } | newest '' >\"$W/base.lines\"\n  whole || return 1\n  to_records <\"$W/base.lines\" >\"$W/base\"\n  whole || return 1\n  tell_figures known-figures \"$W/base.lines\"\n}\n";

// src/files/storage/compare.sh
const text$13 = "# Compares two lists as they pass by, and settles what came of each path. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# compare: what is in one list only, and, where one has something at another place, some of what is in both.\ncompare() {\n  mkfifo \"$W/known\" || return 1\n  print_base >\"$W/known\" &\n  base=$!\n  comm -z -3 --nocheck-order --total \"$W/known\" - && wait \"$base\"\n}\n\n# tell_sides: which side each of these lines comes from. The last one is comm's total.\ntell_sides() {\n  awk -v was=\"$W/was\" -v came=\"$W/came\" -v counts=\"$W/counts\" '\n    BEGIN { printf \"\" >was; printf \"\" >came }\n    /^\\// { print >was; next }\n    /^\\t\\// { print substr($0, 2) >came; next }\n    /^[+]/ { print substr($0, 2) >was; next }\n    /^-/ { print substr($0, 2) >came; known -= 2; next }\n    /^[0-9]+\\t[0-9]+\\t[0-9]+\\ttotal$/ { split($0, t, \"\\t\"); printf \"%.0f %.0f\\n\", known + t[1] + t[3], t[2] + t[3] >counts; isWhole = 1; next }\n    { isBroken = 1; exit }\n    END { exit isBroken || !isWhole }'\n}\n\n# settle: of each path what it was and what it is, where these differ. A directory that changed while find read it may have a path twice: as the list of\n# the last run has it once, at least one of both is seen here, and the other one is looked for, unless it is sure that there is none.\nsettle() {\n  sort_lines \"$W/was\" >\"$W/was.all\"\n  sort_lines \"$W/came\" >\"$W/came.all\"\n  part comm -23 \"$W/was.all\" \"$W/came.all\" >\"$W/was\"\n  part comm -13 \"$W/was.all\" \"$W/came.all\" >\"$W/came\"\n  whole || return 1\n  if [ -s \"$W/came\" ] && { [ -e \"$W/base\" ] || [ -e \"$W/last\" ]; } && ! is_each_once; then\n    find_same_paths | sort_lines >\"$W/found\"\n    part comm -23 \"$W/found\" \"$W/came\" | sort_lines -m - \"$W/was\" >\"$W/was.all\"\n    whole || return 1\n    mv \"$W/was.all\" \"$W/was\" && mv \"$W/found\" \"$W/came\"\n  fi\n  one_each <\"$W/came\" >\"$W/came.all\"\n  part comm -3 \"$W/was\" \"$W/came.all\" | part plan\n  whole || return 1\n  [ ! -s \"$W/repeated\" ] || : >\"$S/repeated\" || return 1\n  rm -f \"$W/was\" \"$W/was.all\" \"$W/came\" \"$W/came.all\"\n}\n\n# is_each_once: whether it is sure that no path in `came` was found twice: no run ever had one, and the directories that they are in were listed once, and are\n# as they were before find read them. A second change in the moment in which find asked is not seen in their times; some file systems have but seconds.\nis_each_once() {\n  [ ! -e \"$S/repeated\" ] || return 1\n  awk '\n    FILENAME == ARGV[1] { roots[substr($0, index($0, \" \") + 1)]; next }\n    {\n      at = index($0, \"//\")\n      path = substr($0, 1, at - 1)\n      if (path in found) exit 1\n      found[path]\n      if (substr($0, at + 2, 2) == \"d \") directories[path]\n      if (!(path in roots) && sub(/\\/[^\\/]*$/, \"\", path)) directories[path == \"\" ? \"/\" : path]\n      if (FNR > 5000) exit 1\n    }\n    END { for (path in directories) print path }' \"$W/roots.lines\" \"$W/came\" >\"$W/asked\" || return 1\n  awk -v began=\"$(cat \"$W/began\")\" '\n    FILENAME == ARGV[1] { asked[$0]; next }\n    {\n      at = index($0, \"//\")\n      if (!(substr($0, 1, at - 1) in asked)) next\n      split(substr($0, at + 2), times, \" \")\n      if (times[2] >= began - (times[2] ~ /[.]0*$/ ? 2 : 0.1)) exit 1\n      print\n    }' \"$W/asked\" \"$W/directories\" >\"$W/before\" || return 1\n  to_records <\"$W/asked\" | part reader again 2>/dev/null | to_lines | part awk '\n    { at = index($0, \"//\"); split(substr($0, at + 2), f, \" \"); print substr($0, 1, at + 1) f[3] \" \" f[4] \" \" }' >\"$W/after\"\n  whole && [ \"$(sort \"$W/before\")\" = \"$(sort \"$W/after\")\" ]\n}\n\n# find_same_paths: lines of all that was found at the paths of `came`.\nfind_same_paths() {\n  part sed 's,//.*,//,' \"$W/came\" | to_records | part tr '\\0' '\\n' >\"$W/paths\"\n  part print_scan | part grep_paths | to_lines | part awk '\n    FILENAME == ARGV[1] { wanted[substr($0, 1, index($0, \"//\"))]; next }\n    substr($0, 1, index($0, \"//\")) in wanted' \"$W/came\" -\n}\n\n# grep_paths: records that may have these paths. It cannot look for very many, and a line break in one makes two of it.\ngrep_paths() {\n  if [ \"$(wc -l <\"$W/paths\")\" -gt 5000 ]; then cat; else grep -azF -f \"$W/paths\" || [ $? = 1 ]; fi\n}\n\n# one_each: one line of each path. Where a path was found in two states a mark makes sure that it is packed, and again.\none_each() {\n  part awk -v work=\"$W\" '\n    function flush(   n) {\n      if (count > 1) {\n        for (n = 1; n <= count; n++) print records[n] >(work \"/repeated\")\n        print record >(work \"/once\")\n      }\n      if (count > 0) print record\n      count = 0\n    }\n    {\n      now = substr($0, 1, index($0, \"//\"))\n      if (now != path) { flush(); path = now; record = $0 }\n      else if ($0 != records[1]) record = records[1] \" ?\"\n      records[++count] = $0\n    }\n    END { flush() }'\n}\n";

// src/files/storage/hear-tar.awk
const text$12 = "# From what tar said to lines `<why> <name>`: `stored`, what is in the archive; nothing for what is seen in the list afterwards, too; `attributes` when only\n# those are missing; `content` for every other complaint. Fails when tar says something else, or fails without a word.\n# Where a script stands before the program, it calls itself by its path.\n{ sub(/^(\\/usr)?\\/bin\\/tar: /, \"tar: \") }\n/^\\// { print \"stored \" $0; next }\n/^lifeboat-read: tar [0-9]+$/ { status = $3; isOver = 1; next }\n/^tar: Removing leading .* from (member names|hard link targets)$/ { next }\n/^tar: (Exiting with failure status due to previous errors|Error exit delayed from previous errors\\.)$/ { next }\n!match($0, /^tar: \\/([^:\\\\]|\\\\.)*: /) { print | \"cat >&2\"; isForeign = 1; next }\n{ isExplained = 1; name = substr($0, 6, RLENGTH - 7); what = substr($0, RLENGTH + 1); gsub(/\\\\:/, \":\", name) }\nwhat ~ /^Cannot (stat|open): (No such file or directory|Not a directory)$/ { next }\nwhat ~ /^File shrank by [0-9]+ bytes?; padding with zeros$/ { next }\nwhat ~ /^(file changed as we read it|File removed before we read it|socket ignored)$/ { next }\n# A file system that has none lost none.\nwhat ~ /^Warning: Cannot [a-z_]*(xattr|acl|filecon)[a-z_]*: Operation not supported$/ { next }\n{ print (what ~ /^Warning: Cannot [a-z_]*(xattr|acl|filecon)/ ? \"attributes\" : \"content\") \" \" name }\nEND { exit !isOver || isForeign || status > 2 || (status > 0 && !isExplained) }\n";

// src/files/storage/judge-pack.awk
const text$11 = "# What was found before and after is in the pack as it is; the rest is taken again, or given up. Reads hashes of the files, the list after, what could not be hashed,\n# what is closed, what tar said, and the list before. escaped() is in tar-name.awk.\nBEGIN { set_codes() }\nFILENAME == ARGV[1] { hashes[substr($0, 67)] = substr($0, 1, 64); next }\nFILENAME == ARGV[2] { at = index($0, \"//\"); after[substr($0, 1, at - 1)] = substr($0, at + 2); next }\nFILENAME == ARGV[3] { if ($0 == \"lifeboat-read: hurried\") hurried = 1; next }\nFILENAME == ARGV[4] { closed[$0]; next }\nFILENAME == ARGV[5] {\n  sub(/\\/$/, \"\")\n  at = index($0, \" \")\n  if (/^stored /) isStored[substr($0, at + 1)]\n  else trouble[substr($0, at + 1)] = substr($0, 1, at - 1)\n  next\n}\n{\n  record[++count] = $0\n  at = index($0, \"//\")\n  path[count] = substr($0, 1, at - 1)\n  was = substr($0, at + 2)\n  now = after[path[count]]\n  if (now == \"\") isIncomplete = 1\n  split(was, f, \" \")\n  isFile = f[1] == \"f\"\n  hash[count] = isFile ? hashes[path[count]] : path[count] in closed ? \"\" : \"-\"\n  name = escaped(path[count])\n  harm[count] = name in trouble ? trouble[name] : \"\"\n  isThere[count] = name in isStored && harm[count] != \"content\"\n  # A change in the same tick of the clock as the one before leaves no trace in the times; coarse clocks tick in seconds.\n  isRacy = isFile && f[4] + 0 > begun - (f[4] ~ /\\.0+$/ ? 2 : 0.1)\n  # Nor does what a program writes into its memory of a file, until the kernel has written that to the disk.\n  isFresh[count] = isFile && f[4] + 0 > begun - settled\n  isSame[count] = now == was && hash[count] != \"\"\n  isGood[count] = !void && isThere[count] && isSame[count] && !isRacy\n  # Links in the first try: the one that has the content may be the one that is not kept.\n  inode[count] = try == 1 && isFile && f[6] > 1 ? f[5] : \"\"\n  if (!isGood[count] && inode[count] != \"\") isBroken[inode[count]]\n}\nfunction keep(attributes, hash) { print path[n] \"//\" attributes \" \" hash \" \" id >(work \"/records.\" number) }\nfunction store() {\n  keep(after[path[n]], hash[n])\n  counts[\"stored\"]++\n  if (harm[n] == \"\") return\n  counts[\"harmed\"]++\n  print path[n] \" (its attributes)\" >>(work \"/unreadable\")\n}\nfunction repeat(wasDirectory) {\n  print path[n] >>(work \"/again\")\n  if (wasDirectory) print path[n] >>(work \"/again.directories\")\n}\nfunction doubt() { if (try == 1) print record[n] >>(work \"/doubt\") }\nfunction lose(why) {\n  print path[n] \"//-\" >>(work \"/gone\")\n  counts[why]++\n  if (why == \"unreadable\") print path[n] >>(work \"/unreadable\")\n}\nEND {\n  for (n = 1; n <= count; n++) {\n    now = after[path[n]]\n    wasDirectory = substr(record[n], length(path[n]) + 3, 1) == \"d\"\n    if (isGood[n] && !(inode[n] in isBroken)) {\n      store()\n      print path[n] \"//\" now \" \" hash[n] \" \" id >(work \"/noted.\" number)\n      if (harm[n] == \"\" && !isFresh[n]) continue\n      doubt()\n      print path[n] \"//!\" >(work \"/noted.\" number)\n      continue\n    }\n    doubt()\n    # What earlier packs have of what is below a directory can be below nothing else.\n    if (now == \"-\" || (wasDirectory && now ~ /^[fl]/)) lose(\"vanished\")\n    else if (now == \"?\") lose(\"unreadable\")\n    else if (hash[n] == \"\" && substr(record[n], length(path[n]) + 3) == now && !hurried) lose(\"unreadable\")\n    else if (try < 3) { repeat(wasDirectory); counts[\"again\"]++ }\n    else if (!isThere[n] || substr(now, 1, 1) != substr(record[n], length(path[n]) + 3, 1)) lose(\"unreadable\")\n    # What changed of a directory are its times: each name that comes or goes changes them.\n    else if (isSame[n] || substr(now, 1, 1) == \"d\") store()\n    else { counts[\"unstable\"]++; keep(now, \"-\"); print path[n] >>(work \"/unstable\") }\n  }\n  split(\"stored again unstable vanished unreadable harmed\", names, \" \")\n  for (at = 1; at <= 6; at++) printf \"%s %d\\n\", names[at], counts[names[at]]\n  exit isIncomplete\n}\n";

// src/files/storage/index.sh
const text$10 = "# The index of a run, and what stays for the next one. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# conclude: makes what is to be the index of this run; figures of what it holds, of what is in doubt, and of what was stored of it.\nconclude() {\n  find \"$W\" -maxdepth 1 -name 'records.*' -exec cat {} + >\"$W/packed.lines\" || return 1\n  printf 'packed %d\\nlost %d\\n' \"$(wc -l <\"$W/packed.lines\")\" \"$(wc -l <\"$W/gone\")\"\n  if [ -s \"$W/adopted.lines\" ]; then\n    part cat \"$W/adopted.lines\" \"$W/gone\" \"$W/packed.lines\" | newest gone >\"$W/delta.lines\"\n    whole || return 1\n  else\n    cat \"$W/gone\" \"$W/packed.lines\" >\"$W/delta.lines\" || return 1\n  fi\n  rm -f \"$W/packed.lines\" \"$W\"/records.*\n  to_records <\"$W/delta.lines\" | sort_records >\"$W/delta\"\n  # What is in doubt is stored by a later pack, or by the last one. The next run packs it again.\n  part awk 'FILENAME == ARGV[1] { doubted[substr($0, 1, index($0, \"//\") - 1)]; next }\n    substr($0, 1, index($0, \"//\") - 1) in doubted && !/\\/\\/-$/' \"$W/doubt\" \"$W/delta.lines\" |\n    without_pack | part sed 's/$/ !/' >\"$W/saved\"\n  whole || return 1\n  printf 'changes %s\\n' \"$(wc -l <\"$W/delta.lines\")\"\n  tell_figures indexed \"$W/delta.lines\" && tell_figures doubted \"$W/doubt\" && tell_figures saved \"$W/saved\"\n}\n\n# complete_index RUN:SHA256...: joins these index objects and that of this run; prints what it holds, and the packs that are needed.\ncomplete_index() {\n  { print_chain \"$@\"; part cat \"$W/delta.lines\"; } | newest '' >\"$W/complete.lines\"\n  whole || return 1\n  to_records <\"$W/complete.lines\" | sort_records >\"$W/delta.new\"\n  whole || return 1\n  mv \"$W/delta.new\" \"$W/delta\" && tell_figures indexed \"$W/complete.lines\" || return 1\n  part awk '{ print \"needed \" $NF }' \"$W/complete.lines\" | part sort -u\n  whole\n}\n\n# keep RUN WITH_INDEX: for the next run; tells hashes. Nothing refers to these files before the state does.\nkeep() {\n  part sed 's/^/-/' \"$W/repeated\" \"$W/doubt\" >\"$W/amended\"\n  part sed 's/^/+/' \"$W/once\" \"$W/saved\" >>\"$W/amended\"\n  whole || return 1\n  if [ -s \"$W/amended\" ]; then\n    to_records <\"$W/amended\" | part nice zstd -1 -q >>\"$W/scan\"\n    whole || return 1\n  fi\n  mv \"$W/scan\" \"$S/listing.$1\" || return 1\n  report listing \"$(hash_stdin <\"$S/listing.$1\")\"\n  [ \"$2\" = 1 ] || return 0\n  nice zstd -3 -q <\"$W/delta\" >\"$S/index.$1\" || return 1\n  report index \"$(hash_stdin <\"$S/index.$1\")\"\n}\n\n# discard: what one run left that came to no snapshot. What it packed stays.\ndiscard() { rm -rf \"$W\"; }\n\n# forget LISTING INDEX...: removes what the state does not name, by the ids of runs.\nforget() {\n  rm -rf \"$W\" \"$S/packed\"\n  for file in \"$S\"/listing.* \"$S\"/index.*; do\n    is_known=0\n    [ \"$file\" != \"$S/listing.$1\" ] || is_known=1\n    for run in \"$@\"; do [ \"$file\" != \"$S/index.$run\" ] || is_known=1; done\n    [ \"$is_known\" = 1 ] || rm -f \"$file\"\n  done\n}\n";

// src/files/storage/list.sh
const text$9 = "# Lists what is below the roots. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# look_at_roots: on which disk these names are, and which directory each is, as `places` says it.\nlook_at_roots() {\n  part reader places | to_lines\n}\n\n# begin_list ROOT...\nbegin_list() {\n  date +%s.%N >\"$W/began\" || return 1\n  printf '%s\\0' \"$@\" | look_at_roots >\"$W/roots.lines\"\n  whole && [ \"$(wc -l <\"$W/roots.lines\")\" = \"$#\" ]\n}\n\n# check_mounts: what was unmounted while it was read looks as if everything in it had vanished.\ncheck_mounts() {\n  cat \"$W/roots.lines\" \"$W/mounts.lines\" >\"$W/places\" || return 1\n  part sed 's/^[^ ]* //' \"$W/places\" | to_records | look_at_roots >\"$W/places.now\"\n  whole || return 1\n  part awk 'FILENAME == ARGV[1] { now[$0]; next } !($0 in now) { print substr($0, index($0, \" \") + 1) }' \"$W/places.now\" \"$W/places\" |\n    while IFS= read -r name; do report unmounted \"$name\"; done\n  whole\n}\n\n# list_root N ROOT ONE_FILE_SYSTEM RULES...: what find cannot read is in its errors; the list goes on.\nlist_root() {\n  at=$1\n  shift\n  root=$1\n  isOneFileSystem=$2\n  shift 2\n  part reader list \"$root\" \"$isOneFileSystem\" \"$(readlink -f -- \"$HOME/.lifeboat\")\" \"$@\" 2>\"$W/notes\" | part pass_on \"$at\"\n  sort_notes \"$at\"\n}\n\n# pass_on N: the list of root N; its records are counted as they go by, and those of databases are kept.\npass_on() {\n  rm -f \"$W/counting\" \"$W/looking\"\n  mkfifo \"$W/counting\" \"$W/looking\" || return 1\n  tr -cd '\\0' <\"$W/counting\" | wc -c >\"$W/listed.$1\" &\n  counting=$!\n  grep_databases <\"$W/looking\" >>\"$W/databases\" &\n  looking=$!\n  tee \"$W/counting\" \"$W/looking\" && wait \"$counting\" && wait \"$looking\"\n}\n\n# grep_databases: records of files that only the directory of a database server has (InnoDB, Aria, PostgreSQL, MongoDB), and of what SQLite keeps beside\n# a database while it is in use.\ngrep_databases() {\n  grep -azE '/(ibdata1|aria_log_control|pg_control|WiredTiger\\.wt)//f |-(wal|journal)//f [1-9]' || [ $? = 1 ]\n}\n\n# note_databases: directories of servers in noted.d, what SQLite keeps in noted.w.\nnote_databases() {\n  to_lines <\"$W/databases\" | part awk -v work=\"$W\" '\n    { path = substr($0, 1, index($0, \"//\") - 1) }\n    path ~ /-(wal|journal)$/ { print path >(work \"/noted.w\"); next }\n    { sub(/\\/[^\\/]*$/, \"\", path); print (path == \"\" ? \"/\" : path) >(work \"/noted.d\") }'\n  whole\n}\n\n# sort_notes N: what the reader noted of root N, and what it said besides, which stands before a note or behind all of them. The root itself comes first in\n# its list, on the disk that it was on; on a directory on another disk than the one above it something is mounted.\nsort_notes() {\n  part tr '\\n\\0' '\\001\\n' <\"$W/notes\" | part awk -v work=\"$W\" -v number=\"$1\" -v isLeftOut=\"$isOneFileSystem\" '\n    FILENAME == ARGV[1] { if (FNR == number + 1) root = $0; next }\n    {\n      at = substr($0, 1, 2) == \"//\" ? 1 : index($0, \"\\001//\") + 1\n      note = at > 1 || substr($0, 1, 2) == \"//\"\n      said = note ? substr($0, 1, at - 1) : $0\n      gsub(/\\001/, \"\\n\", said)\n      if (said != \"\" && said != \"\\n\") printf \"%s\", said >>(work \"/errors\")\n      if (!note) next\n      kind = substr($0, at + 2, 1)\n      text = substr($0, at + 4)\n      gsub(/\\\\/, \"\\\\b\", text)\n      gsub(/\\001/, \"\\\\n\", text)\n      if (kind != \"t\") { print text >>(work \"/noted.\" kind); next }\n      times = substr(text, 1, match(text, /^[^ ]* [^ ]* /) ? RLENGTH : 0)\n      text = substr(text, length(times) + 1)\n      if (!listed++) first = text\n      path = substr(text, index(text, \" \") + 1)\n      print path \"//\" times >>(work \"/directories\")\n      depth = split(path, names, \"/\")\n      disks[depth] = disk(text)\n      if (disks[depth] == (depth - 1 in disks ? disks[depth - 1] : disk(root))) next\n      if (isLeftOut) print path >>(work \"/noted.m\")\n      else print text >>(work \"/mounts.lines\")\n    }\n    function disk(text) { return substr(text, 1, index(text, \":\")) }\n    END {\n      path = substr(root, index(root, \" \") + 1)\n      if (path == \"/\" ? !listed : first != root) print path >>(work \"/unlisted\")\n    }' \"$W/roots.lines\" -\n}\n\n# note_scan: the list of the next run, while there is time: find waits for the disk.\nnote_scan() {\n  mkfifo \"$W/passing\" || return 1\n  nice zstd -1 -q <\"$W/passing\" >\"$W/scan\" &\n  noting=$!\n  tee \"$W/passing\" && wait \"$noting\"\n}\n";

// src/files/storage/pack.sh
const text$8 = "# Packs, and judges what is in a pack. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# prepare_pack NUMBER: hashes of the files, and the names of what can be read.\nprepare_pack() {\n  begun=$(date +%s.%N)\n  for type in f d; do\n    awk -v type=\"$type\" '{ at = index($0, \"//\"); if (substr($0, at + 2, 1) == type) print substr($0, 1, at - 1) }' \"$W/pack.$1\" >\"$W/paths.$type\" ||\n      return 1\n  done\n  # What has no end by now is given up after a time in which what was listed can be read.\n  limit=$(awk '{ split(substr($0, index($0, \"//\") + 2), f, \" \"); bytes += f[2] } END { printf \"%d\", 300 + bytes / 1000000 }' \"$W/pack.$1\")\n  # What cannot be read has no hash, and is named for that.\n  to_records <\"$W/paths.f\" | part reader hash \"$limit\" 2>\"$W/unhashed\" | to_lines >\"$W/hashes\"\n  to_records <\"$W/paths.d\" | part reader closed 2>/dev/null | to_lines >\"$W/closed\"\n  part awk '\n    FILENAME == ARGV[1] { hashed[substr($0, 67)]; next }\n    FILENAME == ARGV[2] { closed[$0]; next }\n    { at = index($0, \"//\"); path = substr($0, 1, at - 1) }\n    substr($0, at + 2, 1) == \"f\" ? path in hashed : !(path in closed) { print path }' \"$W/hashes\" \"$W/closed\" \"$W/pack.$1\" | to_records >\"$W/names\"\n  whole\n}\n\n# write_tar TRY: what tar says is kept; judge_pack hears it.\nwrite_tar() {\n  reader pack \"$1\" <\"$W/names\" 2>\"$W/said\"\n  :\n}\n\n# hear_tar: from what tar said to lines `<why> <name>`: `stored`, what is in the archive; nothing for what is seen in the list afterwards, too;\n# `attributes` when only those are missing; `content` for every other complaint. Fails when tar says something else, or fails without a word.\nhear_tar() {\n  awk -f \"$D/hear-tar.awk\" \"$W/said\"\n}\n\n# judge_pack NUMBER ID TRY, of which the third is the last: what was found before and after is in the pack as it is; the rest is taken again, or given\n# up. A pack counts for nothing where nobody can say what it lacks.\njudge_pack() {\n  awk '{ print substr($0, 1, index($0, \"//\") - 1) }' \"$W/pack.$1\" >\"$W/paths\" && relist \"$W/paths\" >\"$W/after\" || return 1\n  is_void=0\n  hear_tar >\"$W/heard\" || is_void=1\n  [ \"$is_void$3\" != 13 ] || return 1\n  : >\"$W/records.$1\"\n  : >\"$W/noted.$1\"\n  awk -v work=\"$W\" -v number=\"$1\" -v id=\"$2\" -v try=\"$3\" -v void=\"$is_void\" -v begun=\"$begun\" -v settled=\"$SETTLED\" -f \"$D/tar-name.awk\" -f \"$D/judge-pack.awk\" \\\n    \"$W/hashes\" \"$W/after\" \"$W/unhashed\" \"$W/closed\" \"$W/heard\" \"$W/pack.$1\" >\"$W/verdict\" || return 1\n  while read -r name value; do report \"$name\" \"$value\"; done <\"$W/verdict\"\n  report records \"$(hash_stdin <\"$W/noted.$1\")\"\n  rm -f \"$W/pack.$1\" \"$W/verdict\" \"$W/names\" \"$W/after\" \"$W/hashes\" \"$W/paths\" \"$W/heard\"\n}\n\n# note_pack NUMBER PACK NOTE: for the next run, in case this one does not come to its end.\nnote_pack() { ln \"$W/noted.$1\" \"$S/packed/$2\" && printf '%s\\n' \"$3\" >\"$S/packed/$2.note\"; }\n\nprint_notes() { [ ! -d \"$S/packed\" ] || find \"$S/packed\" -name '*.note' -exec cat {} +; }\n";

// src/files/storage/place.awk
const text$7 = "# place() puts a record into a list of a pack, tell_places() says in the end how many there are.\nfunction place(record,   f, size, file) {\n  split(substr(record, index(record, \"//\") + 2), f, \" \")\n  size = f[1] == \"f\" ? f[2] : 0\n  planned++\n  # All names of a file go into one pack.\n  if (f[1] == \"f\" && f[6] > 1 && f[5] in home) {\n    file = work \"/pack.\" home[f[5]]\n    print record >>file\n    if (home[f[5]] != number) close(file)\n    return\n  }\n  if (entries == 0 || weight + size > limit || entries >= most) {\n    if (entries > 0) close(work \"/pack.\" number)\n    number++\n    packs++\n    weight = entries = 0\n  }\n  weight += size\n  fresh += size\n  entries++\n  print record >>(work \"/pack.\" number)\n  if (f[1] == \"f\" && f[6] > 1) home[f[5]] = number\n}\nfunction tell_places() {\n  print number >(work \"/last-pack\")\n  printf \"packs %d\\nplanned %.0f\\nfresh %.0f\\n\", packs, planned, fresh\n}\n";

// src/files/storage/plan-again.awk
const text$6 = "# What is to be taken once more, as it is now, to lists of packs, and figures. Reads which of it were directories, and the list. place() is in place.awk.\nFILENAME == ARGV[1] { wasDirectory[$0]; next }\n{\n  at = index($0, \"//\")\n  path = substr($0, 1, at - 1)\n  now = substr($0, at + 2)\n}\n# A directory that is something else by now is gone, as in judge-pack.awk.\npath in wasDirectory && now ~ /^[fl]/ { now = \"-\" }\nnow !~ /^[-?]$/ { place($0); next }\n{\n  print path \"//-\" >>(work \"/gone\")\n  if (now == \"-\") { vanished++; next }\n  unreadable++\n  print path >>(work \"/unreadable\")\n}\nEND { tell_places(); printf \"vanished %d\\nunreadable %d\\n\", vanished, unreadable }\n";

// src/files/storage/plan-linked.awk
const text$5 = "# All names of files that have several, by their inodes. Reads these, the records of what was found more than once, all that was found, and what stands for\n# those. place() is in place.awk.\nFILENAME == ARGV[1] { linked[$0]; next }\nFILENAME == ARGV[2] { repeated[$0]; next }\nFILENAME == ARGV[3] && $0 in repeated { next }\n{ split(substr($0, index($0, \"//\") + 2), f, \" \") }\nf[1] == \"f\" && f[6] > 1 && f[5] in linked { place($0) }\nEND { tell_places() }\n";

// src/files/storage/plan.awk
const text$4 = "# From what differs, as comm tells it with the old in the first column and the new in the second, to lists of packs, and figures. Reads the roots before. Files\n# with several names wait: they go to `linked`. place() is in place.awk.\nfunction count(attributes, sign,   f) {\n  split(attributes, f, \" \")\n  kinds[f[1]] += sign\n  if (f[1] == \"f\") bytes += sign * f[2]\n  isLinked = f[1] == \"f\" && f[6] > 1\n  if (isLinked) print f[5] >>(work \"/linked\")\n}\nfunction leave(   at, length_of_it, longest) {\n  if (!leaving) return\n  print lost \"//-\" >>(work \"/gone\")\n  deleted++\n  leaving = 0\n  for (at in roots) {\n    if (index(lost \"/\", roots[at]) != 1 || length(roots[at]) <= length_of_it) continue\n    length_of_it = length(roots[at])\n    longest = at\n  }\n  if (length_of_it > 0) below[longest]++\n}\nfunction change(old, new) { if (old != new \" !\") changed++ }\nFILENAME == ARGV[1] { at = FNR - 1; $0 = substr($0, index($0, \" \") + 1); roots[at] = $0 == \"/\" ? $0 : $0 \"/\"; next }\n{\n  isNew = substr($0, 1, 1) == \"\\t\"\n  record = isNew ? substr($0, 2) : $0\n  at = index(record, \"//\")\n  path = substr(record, 1, at - 1)\n  attributes = substr(record, at + 2)\n  if (leaving && path != lost) leave()\n  count(attributes, isNew ? 1 : -1)\n}\nisNew {\n  if (leaving) { change(before, attributes); leaving = 0 } else { added++; came = path; new = attributes }\n  if (!isLinked) place(record)\n  next\n}\ncame == path && added > 0 { added--; change(attributes, new); next }\n{ leaving = 1; lost = path; before = attributes }\nEND {\n  leave()\n  tell_places()\n  printf \"added %.0f\\nchanged %.0f\\ndeleted %.0f\\n\", added, changed, deleted\n  printf \"files %.0f\\ndirectories %.0f\\nlinks %.0f\\nbytes %.0f\\n\", kinds[\"f\"], kinds[\"d\"], kinds[\"l\"], bytes\n  for (at in below) printf \"deleted-below.%s %.0f\\n\", at, below[at]\n}\n";

// src/files/storage/plan.sh
const text$3 = "# Divides what is to be packed into packs. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# place_with PROGRAM [FILE...]: an awk that may place, see place.awk.\nplace_with() {\n  program=$1\n  shift\n  awk -v work=\"$W\" -v limit=\"$PACK_BYTES\" -v most=\"$MOST\" -v number=\"$(cat \"$W/last-pack\")\" -f \"$D/place.awk\" -f \"$D/$program\" \"$@\"\n}\n\n# plan: from what differs, as comm tells it, to lists of packs, and figures. Files with several names wait for plan_linked.\nplan() {\n  place_with plan.awk \"$W/roots.lines\" -\n}\n\n# plan_linked: a name of a file that has several came, went or changed: all names that it has are packed, together. In a pack the first has the\n# content, and the others are links to it.\nplan_linked() {\n  [ -s \"$W/linked\" ] || return 0\n  part print_scan | to_lines | part place_with plan-linked.awk \"$W/linked\" \"$W/repeated\" - \"$W/once\"\n  whole\n}\n\n# room_to_pack: bytes that the run needs besides the lists of its packs. A pack has its lines in twelve forms while it is at work; those of all packs\n# are there with hash and pack in up to four when the index is made (both measured).\nroom_to_pack() {\n  find \"$W\" -maxdepth 1 -name 'pack.*' -printf '%s\\n' | awk '\n    { sum += $1; if ($1 > most) most = $1 }\n    END { printf \"%.0f\", 7 * sum + 6 * most }'\n}\n\n# relist FILE: of each path in these lines one line: its record as it is now, `<path>//-` when it is gone or is reached through a link, `<path>//?`\n# when that cannot be told.\nrelist() {\n  part awk '\n    FILENAME == ARGV[1] { seen[substr($0, index($0, \" \") + 1)]; next }\n    { print; while (!($0 in seen) && sub(/\\/[^\\/]*$/, \"\") && $0 != \"\" && !($0 in asked)) { asked[$0]; print } }' \"$W/roots.lines\" \"$1\" >\"$W/asked\"\n  to_records <\"$W/asked\" | part reader again 2>\"$W/denied\" | to_lines >\"$W/seen\"\n  whole || return 1\n  awk '\n    function is_reached(path) {\n      while (!(path in roots) && sub(/\\/[^\\/]*$/, \"\", path) && path != \"\") if (substr(attributes[path], 1, 1) != \"d\") return 0\n      return 1\n    }\n    FILENAME == ARGV[1] { roots[substr($0, index($0, \" \") + 1)]; next }\n    FILENAME == ARGV[2] { if (/: (No such file or directory|Not a directory)$/) answers++; else isUnsure = 1; next }\n    FILENAME == ARGV[3] { at = index($0, \"//\"); attributes[substr($0, 1, at - 1)] = substr($0, at + 2); answers++; next }\n    FILENAME == ARGV[4] { questions++; next }\n    FNR == 1 { if (answers != questions) isUnsure = 1 }\n    $0 in attributes && attributes[$0] ~ /^[fdl]/ && is_reached($0) { print $0 \"//\" attributes[$0]; next }\n    { print $0 \"//\" (isUnsure ? \"?\" : \"-\") }' \"$W/roots.lines\" \"$W/denied\" \"$W/seen\" \"$W/asked\" \"$1\"\n}\n\n# plan_again: what is to be taken once more, as it is now.\nplan_again() {\n  relist \"$W/again\" >\"$W/again.lines\" || return 1\n  : >\"$W/again\"\n  : >>\"$W/again.directories\"\n  place_with plan-again.awk \"$W/again.directories\" \"$W/again.lines\"\n}\n";

// src/files/storage/shared.sh
const text$2 = "# What tasks of sync-storage use on the target: lists what is below some directories, compares that with the list of the last run, packs\n# what is new, and keeps lists and indexes for the next run. Only read.sh, or what is installed of it, touches these directories. POSIX sh; find,\n# sort, comm, grep, sed, tar and xargs are GNU's, awk is any that reads on behind a NUL.\n#\n# Set before this text: FOLDER (below ~/.lifeboat/), PACK_BYTES, MOST (entries of a pack), SETTLED (seconds after which a change is over), BECOME (sudo,\n# or empty), WEIGH (1: all that is left out is to be counted).\n# shellcheck disable=SC2154  # what session.sh gives: stage, seal, report, hash_stdin\n# shellcheck disable=SC2016  # programs for awk and for other shells\n#\n# $S    what stays: listing.RUN, index.RUN, both compressed\n#       repeated         is there when a run found a path more than once\n#       packed/          of runs without a snapshot: the records of PACK in PACK, with a line `<path>//!` for what is to be packed again, the runner's sealed note on it in PACK.note\n# $W    what goes: the files of one run\n#       scan             records that end with NUL: all that was found, in the order of find, compressed\n#       base             such records, where there is more to compare with than the list of the last run\n#       was, came        lines: what only the list of the last run has, and what only this one has\n#       repeated, once   lines: records of paths that were found more than once, and what stands for them\n#       doubt            lines: what is not sure to be in the snapshot as it was found; saved is what of it is in the snapshot\n#       pack.N           lines: records of what is to be packed; last-pack is the greatest N\n#       records.N        lines: records of what was packed, with hash and pack\n#       gone, again      lines: paths that are no more; paths that are to be packed anew\n#       roots.lines      `DEVICE:INODE PATH`, as the roots were when they were listed\n#       mounts.lines     the same of what is mounted below them and listed, too\n#       began            when find was started, in seconds\n#       directories      `PATH//MTIME CTIME ` of all directories that were listed, as they were just before find read them\n#       noted.K          lines: notes of kind K of the reader, which read.sh explains; d and w are of databases\n#       databases        records of files that databases have\n#\n# A record is `<path>//<attributes>`. Lines are records for awk: a line break within is \\n, a backslash \\b. In what is compared with, ` !` at the\n# end of a record says that its entry is in the snapshot and to be packed again, as it is now.\n#\n# A listing is what find found, and what is not so after all: `-<record>` does not count, `+<record>` does. It is in the order of find, which finds what\n# did not change in the order of the last time: two lists are compared as they pass by, and only what seems to differ is sorted.\n#\n# Only \"there is no such file\" says that a file is gone. Whatever else fails is told, or ends the task.\nS=$HOME/.lifeboat/$FOLDER\nW=$S/work\n\nreader() { case $BECOME in sudo) sudo -n /usr/local/sbin/lifeboat-read \"$@\" ;; *) sh \"$D/read.sh\" \"$@\" ;; esac }\n\n# part COMMAND...: of a pipeline; one that has to end well. `whole` says after the pipeline whether all that began did. Both are counted, for\n# a shell that cannot even start a program says nothing.\npart() {\n  printf . >>\"$D/begun\" || return 1\n  \"$@\" || {\n    echo \"$1 ended with status $?\" >&2\n    return 1\n  }\n  printf . >>\"$D/ended\"\n}\n\n# The shell compares them itself, which is quicker than to start a program. Their line has no end; its first dot is there from the start, so that\n# the next ones take no more room.\nwhole() {\n  all_begun='' all_ended=''\n  read -r all_begun <\"$D/begun\" || :\n  read -r all_ended <\"$D/ended\" || :\n  [ -n \"$all_begun\" ] && [ \"$all_begun\" = \"$all_ended\" ] && count_anew\n}\n\ncount_anew() { printf . >\"$D/begun\" && printf . >\"$D/ended\"; }\n\nto_lines() { part sed -z 's/\\\\/\\\\b/g; s/\\n/\\\\n/g' | part tr '\\0' '\\n'; }\nto_records() { part tr '\\n' '\\0' | part sed -z 's/\\\\n/\\n/g; s/\\\\b/\\\\/g'; }\nsort_records() { part sort -z -S 128M -T \"$W\"; }\nsort_lines() { part sort -S 128M -T \"$W\" \"$@\"; }\n\n# has_room BYTES: where all of this is kept; tells what is free otherwise. What df does not say is no reason to stop.\nhas_room() {\n  free=$(df -Pk \"$HOME/.lifeboat\" 2>/dev/null | sed -n 's/.* \\([0-9][0-9]*\\)  *[0-9]*% .*/\\1/p')\n  if [ -z \"$free\" ] || [ \"$((free * 1024))\" -ge \"$1\" ]; then return 0; fi\n  report no-room \"$1 $((free * 1024))\"\n}\n\n# is_kept FILE SHA256\nis_kept() { [ \"$(hash_stdin 2>/dev/null <\"$S/$1\")\" = \"$2\" ]; }\n\nprint_scan() { zstd -dcq <\"$W/scan\"; }\n\n# tell_figures NAME FILE: of the files, directories and links in these lines.\ntell_figures() {\n  awk -v name=\"$1\" '\n    { at = index($0, \"//\"); split(substr($0, at + 2), f, \" \"); kinds[f[1]]++; if (f[1] == \"f\") bytes += f[2] }\n    END { printf \"%s %.0f %.0f %.0f %.0f\\n\", name, kinds[\"f\"], kinds[\"d\"], kinds[\"l\"], bytes }' \"$2\"\n}\n";

// src/files/storage/tar-name.awk
const text$1 = "# escaped() turns the path of a line into what tar calls it, with --quoting-style=escape. set_codes() comes before.\nfunction escaped(path,   at, byte, text) {\n  if (path !~ /[^] -[^-~]/) return path\n  for (at = 1; at <= length(path); at++) {\n    byte = substr(path, at, 1)\n    if (byte == \"\\\\\") text = text (substr(path, ++at, 1) == \"n\" ? \"\\\\n\" : \"\\\\\\\\\")\n    else text = text (byte in codes ? codes[byte] : byte)\n  }\n  return text\n}\nfunction set_codes(   code, at) {\n  for (code = 1; code < 256; code++) if (code < 32 || code > 126) codes[sprintf(\"%c\", code)] = sprintf(\"\\\\%03o\", code)\n  for (at = 1; at <= 6; at++) codes[substr(\"\\a\\b\\f\\r\\t\\v\", at, 1)] = \"\\\\\" substr(\"abfrtv\", at, 1)\n}\n";

// src/files/storage/tell.sh
const text = "# What the runner is told. What it uses is in shared.sh.\n# shellcheck disable=SC2154,SC2016  # what shared.sh gives; programs for awk and for other shells\n\n# look ROOT...: versions, and where the paths really are.\nlook() {\n  report host \"$(uname -n)\"\n  report reader \"$(first_line reader version 2>&1)\"\n  for tool in find xargs sort comm grep sha256sum timeout sed tar; do\n    report \"$tool\" \"$(first_line \"$tool\" --version 2>/dev/null)\"\n  done\n  knows comm --total\n  knows tar --verbatim-files-from\n  knows sha256sum --zero\n  [ \"$(printf 'a\\0b\\n' | awk '{ print length($0) }')\" = 3 ] || report lacks \"an awk that reads bytes of 0, which busybox's does not\"\n  find / -mindepth 1 -maxdepth 1 -type d -print0 2>/dev/null | to_lines | while IFS= read -r top; do report top \"$top\"; done\n  whole || return 1\n  for root in \"$@\"; do\n    if resolved=$(reader resolve \"$root\" 2>/dev/null); then report root \"$resolved\"; else report no-root \"$root\"; fi\n  done\n}\n\n# first_line COMMAND...: of what it prints.\nfirst_line() {\n  said=$(\"$@\" </dev/null)\n  printf '%s' \"${said%%\"\n\"*}\"\n}\n\n# knows TOOL OPTION\nknows() {\n  case $(\"$1\" --help 2>/dev/null </dev/null) in\n  *\"$2\"*) ;;\n  *) report lacks \"$1 $2\" ;;\n  esac\n}\n\n# tell_names WHAT FILE: how many lines, then some of them, or what there is room for of each.\ntell_names() {\n  if ! [ -s \"$2\" ]; then\n    report \"$1\" 0\n    return\n  fi\n  sort -u \"$2\" >\"$W/told\" || return 1\n  report \"$1\" \"$(wc -l <\"$W/told\")\"\n  head -n 20 \"$W/told\" | while IFS= read -r line; do report \"$1-name\" \"$(printf %.300s \"$line\")\"; done\n}\n\n# tell_sqlite: files beside which there is what SQLite has not yet written into them, or wants to take back.\ntell_sqlite() {\n  : >\"$W/sqlite\"\n  [ ! -s \"$W/noted.w\" ] ||\n    sed 's/-[a-z]*$//' \"$W/noted.w\" | to_records | part reader again 2>/dev/null | to_lines | sed -n 's,//f .*,,p' >\"$W/sqlite\"\n  whole && tell_names sqlite \"$W/sqlite\"\n}\n\ntell_scan() {\n  has_room \"$(room_to_pack)\"\n  [ ! -e \"$W/last\" ] || report compared yes\n  [ ! -e \"$W/left\" ] || report left yes\n  while IFS= read -r line; do report unlisted \"$line\"; done <\"$W/unlisted\"\n  sed -n '/^[^ ]*: /=' \"$W/roots.lines\" | while read -r number; do report file \"$number\"; done\n  for file in \"$W\"/listed.*; do report_line \"listed.${file##*.}\" \"$file\"; done\n  report_line counts \"$W/counts\"\n  report repeated $(($(wc -l <\"$W/repeated\") - $(wc -l <\"$W/once\")))\n  note_databases || return 1\n  # A directory that vanished while it was listed is nothing to be told.\n  part awk '!/: (No such file or directory|Not a directory)$/' \"$W/errors\" \"$W/noted.l\" >\"$W/unreadable.lines\"\n  whole || return 1\n  tell_names special \"$W/noted.s\" && tell_names database \"$W/noted.d\" && tell_sqlite && tell_names mount \"$W/noted.m\" &&\n    tell_names unreadable \"$W/unreadable.lines\" || return 1\n  [ \"$WEIGH\" = 0 ] || weigh_excluded || return 1\n  awk '\n    { entries[$1]++; if ($2 == \"f\") bytes[$1] += $3 }\n    END { for (rule in entries) printf \"%s %.0f %.0f\\n\", rule, entries[rule], bytes[rule] }' \"$W/noted.x\" |\n    while read -r figures; do report excluded \"$figures\"; done\n}\n\n# weigh_excluded: adds what is below the directories that were left out. Those of the kernel have no size.\nweigh_excluded() {\n  awk -v work=\"$W\" '\n    $2 == \"d\" && $4 !~ /^(proc|sysfs|dev(tmpfs|pts)|cgroup2?|(debug|trace|security|config|bpf)_?fs|bpf|mqueue|hugetlbfs|autofs)$/ {\n      path = $0\n      sub(/^[^ ]* [^ ]* [^ ]* [^ ]* /, \"\", path)\n      print path >(work \"/weighed.\" $1)\n    }' \"$W/noted.x\"\n  for file in \"$W\"/weighed.*; do\n    [ -e \"$file\" ] || continue\n    to_records <\"$file\" | reader weigh \"${file##*.}\" 2>/dev/null >>\"$W/noted.x\"\n  done\n  whole\n}\n\ntell_troubled() {\n  for trouble in unstable unreadable; do\n    head -n 20 \"$W/$trouble\" | while IFS= read -r line; do report \"$trouble\" \"$(printf %.300s \"$line\")\"; done\n  done\n}\n";

// src/files/storage-program.ts
const SHELL = [
	text$2,
	text$14,
	text$9,
	text$13,
	text$3,
	text$8,
	text$10,
	text
];
const FILES = {
	"read.sh": text$15.replace(/^CONFINED=yes$/m, "CONFINED=no"),
	"hear-tar.awk": text$12,
	"judge-pack.awk": text$11,
	"place.awk": text$7,
	"plan.awk": text$4,
	"plan-again.awk": text$6,
	"plan-linked.awk": text$5,
	"tar-name.awk": text$1
};
/** A script that puts all of it into the session's directory; `settings` are what shared.sh says. */
function installProgram(settings) {
	const assignments = Object.entries(settings).map(([name, value]) => `${name}=${shellQuote(value)}`);
	const files = {
		...FILES,
		begun: ".",
		ended: ".",
		"storage.sh": [...assignments, ...SHELL].join("\n")
	};
	return Object.entries(files).map(([name, text]) => `printf %s ${shellQuote(text)} >"$D/${name}" || exit 1`).join("\n");
}
/** Of a task, after that. */
const WITH_PROGRAM = ". \"$D/storage.sh\"";

// src/files/storage-layer.ts
/** A pack of empty files is full at some time, too. */
const MAX_PACK_ENTRIES = 2e4;
const TOOLS = "find xargs sort comm grep sha256sum timeout sed tar awk tr cmp readlink zstd".split(" ");
/** For each entry of the last list: what sorting takes and the new one, and with a chain that is to be joined (measured). */
const LIST_BYTES = 250;
const JOINED_BYTES = 750;
/** Those that have to be GNU's. */
const GNU = [
	"find",
	"xargs",
	"sort",
	"comm",
	"grep",
	"sha256sum",
	"timeout",
	"sed",
	"tar"
];
const storageLayer = {
	tools: TOOLS,
	open: openStorage
};
async function openStorage(session, request) {
	const settings = {
		FOLDER: request.folder,
		PACK_BYTES: String(request.packBytes),
		MOST: String(MAX_PACK_ENTRIES),
		SETTLED: String(request.settledSeconds),
		BECOME: request.become ?? "",
		WEIGH: request.weighExcluded ? "1" : "0"
	};
	const look = task("look at the directories", `look ${shellQuoteAll(request.paths)}`);
	const looked = await session.run({
		...look,
		script: [
			installProgram(settings),
			look.script,
			"print_notes"
		].join("\n")
	});
	const notes = looked.stdout.toString().split("\n").filter(Boolean);
	return new Work(session, request, readFacts(looked.reports, request), notes);
}
function task(label, script, stages = []) {
	return {
		label,
		script: `${WITH_PROGRAM}\n${script}`,
		stages
	};
}
var Work = class {
	facts;
	notes;
	#session;
	#request;
	/** What the next task does first: it has a round trip already. */
	#due = [];
	constructor(session, request, facts, notes) {
		this.#session = session;
		this.#request = request;
		this.facts = facts;
		this.notes = notes;
	}
	async scan(base) {
		const room = base.entries * (base.chain.length > 0 ? JOINED_BYTES : LIST_BYTES);
		expectRoom(await this.#session.run(this.#task("room for lists", `has_room ${room}`)));
		const script = scanScript(this.#request, this.facts.roots, base);
		const result = await this.#session.run(this.#task("list of the directories", script, SCAN_STAGES));
		expectRoom(result);
		const figures = readFigures(result);
		const { reports } = result;
		const { roots } = this.facts;
		const unlisted = valuesOf(reports, "unlisted");
		if (unlisted.length > 0) throw notListed(unlisted, namesOf(reports, "unreadable").names);
		const listed = roots.map((_root, at) => readCount(valuesOf(reports, `listed.${at}`)[0] ?? ""));
		const repeated = readCount(valuesOf(reports, "repeated")[0] ?? "");
		const [known = missing("a number"), seen = missing("a number")] = (valuesOf(reports, "counts")[0] ?? "").split(" ").map(readCount);
		const scanned = seen - repeated;
		const files = valuesOf(reports, "file").map(readCount);
		const empty = roots.filter((root, at) => !files.includes(at + 1) && (listed[at] ?? 0) <= (root === "/" ? 0 : 1));
		const [added, changed] = [figureOf(figures, "added"), figureOf(figures, "changed")];
		const deleted = figureOf(figures, "deleted");
		const planned = sumOf(result, "planned");
		expectEqual("entries of the list", seen, sum(listed));
		expectEqual("entries that are known, or new, and not gone", known + added - deleted, scanned);
		return {
			isCompared: valuesOf(reports, "compared").length > 0,
			hasLists: valuesOf(reports, "left").length > 0,
			adopted: new Set(linesOf(result, "adopted")),
			base: figures.has("known-figures") ? figuresOf(figures, "known-figures") : void 0,
			known,
			scanned,
			packs: sumOf(result, "packs"),
			planned,
			added,
			changed,
			renewed: planned - added - changed,
			deleted,
			empty,
			emptied: empty.filter((root) => figures.has(`deleted-below.${roots.indexOf(root)}`)),
			freshBytes: sumOf(result, "fresh"),
			growth: {
				files: figureOf(figures, "files"),
				directories: figureOf(figures, "directories"),
				links: figureOf(figures, "links"),
				bytes: figureOf(figures, "bytes")
			},
			special: namesOf(reports, "special").count,
			unreadable: namesOf(reports, "unreadable"),
			databases: namesOf(reports, "database"),
			mounts: namesOf(reports, "mount"),
			sqlite: namesOf(reports, "sqlite"),
			excluded: this.#request.exclude.map(({ text }, rule) => {
				const [, entries = 0, bytes = 0] = (valuesOf(reports, "excluded").find((value) => value.startsWith(`${rule} `)) ?? "").split(" ").map(Number);
				return {
					rule: text,
					entries,
					bytes
				};
			})
		};
	}
	pack(number, packId, attempt) {
		const script = [
			`prepare_pack ${number} || exit 1`,
			`stage tar write_tar ${attempt} | seal`,
			`judge_pack ${number} ${shellQuote(packId)} ${attempt}`
		].join("\n");
		return {
			task: this.#task(`pack ${number}`, script, ["tar"]),
			explain: () => void 0,
			read: ({ reports }) => {
				const count = (name) => readCount(valuesOf(reports, name)[0] ?? "");
				return {
					stored: count("stored"),
					harmed: count("harmed"),
					again: count("again"),
					records: valuesOf(reports, "records")[0] ?? missing("a hash"),
					unstable: count("unstable"),
					vanished: count("vanished"),
					unreadable: count("unreadable")
				};
			}
		};
	}
	note(number, packId, note) {
		this.#due.push(`note_pack ${number} ${shellQuoteAll([packId, note])} || exit 1`);
	}
	async planAgain() {
		const figures = readFigures(await this.#session.run(this.#task("list of what changed meanwhile", "plan_again")));
		return {
			packs: figureOf(figures, "packs"),
			vanished: figureOf(figures, "vanished"),
			unreadable: figureOf(figures, "unreadable")
		};
	}
	async conclude(found) {
		const result = await this.#session.run(this.#task("index", "check_mounts && conclude || exit 1\ntell_troubled"));
		const unmounted = valuesOf(result.reports, "unmounted");
		if (unmounted.length > 0) throw goneMeanwhile(unmounted);
		const figures = readFigures(result);
		const doubted = figuresOf(figures, "doubted");
		const saved = figuresOf(figures, "saved");
		return {
			holds: addFigures(addFigures(found, doubted, -1), saved, 1),
			indexed: figuresOf(figures, "indexed"),
			packed: figureOf(figures, "packed"),
			lost: figureOf(figures, "lost"),
			records: figureOf(figures, "changes"),
			unstable: valuesOf(result.reports, "unstable"),
			unreadable: valuesOf(result.reports, "unreadable")
		};
	}
	async completeIndex(chain) {
		const script = `complete_index ${shellQuoteAll(chainArguments(chain))}`;
		const result = await this.#session.run(this.#task("complete index", script));
		return {
			indexed: figuresOf(readFigures(result), "indexed"),
			needed: new Set(linesOf(result, "needed"))
		};
	}
	index(run) {
		const script = `stage print cat "$W/delta" | seal\nkeep ${shellQuote(run)} 1`;
		return {
			task: this.#task("index", script, ["print"]),
			explain: () => void 0,
			read: ({ reports }) => ({
				listing: keptFile(reports, "listing", run),
				index: keptFile(reports, "index", run)
			})
		};
	}
	async keep(run) {
		const task = this.#task("lists for the next run", `keep ${shellQuote(run)} 0`);
		const { reports } = await this.#session.run(task);
		return { listing: keptFile(reports, "listing", run) };
	}
	async discard(left) {
		await this.#session.run(this.#task("clearing up", left === "lists" ? "discard" : "forget \"\""));
	}
	forgetting(listing, chain) {
		const runs = [listing, ...chain].map(({ run }) => run);
		return this.#task("clearing up", `forget ${shellQuoteAll(runs)}`).script;
	}
	#task(label, script, stages = []) {
		return task(label, [...this.#due.splice(0), script].join("\n"), stages);
	}
};
function keptFile(reports, name, run) {
	return {
		run,
		sha256: valuesOf(reports, name)[0] ?? missing(name)
	};
}
const READER_VERSION = "lifeboat-read 2";
function readFacts(reports, { become }) {
	const versionOf = (name) => valuesOf(reports, name)[0] ?? "";
	const said = versionOf("reader");
	if (said !== READER_VERSION) throw new LifeboatError("target-tool-missing", `sudo did not run ${READER_VERSION} on the target: ${said}`, { hint: "docs/server-setup.md, \"Files that only root may read\", says how to install it, and what it needs in sudoers. After an update of Lifeboat install it anew." });
	const lacking = [...GNU.filter((name) => !versionOf(name).includes("GNU")).map((name) => `GNU ${name}`), ...valuesOf(reports, "lacks")];
	if (lacking.length > 0) throw new LifeboatError("target-tool-missing", `the target lacks ${lacking.join(", ")}`, { hint: "Storage is listed and packed with the GNU programs (findutils 4.9, coreutils 8.26, tar 1.29 or newer); those of busybox and uutils cannot do it. On Alpine: apk add findutils coreutils grep tar sed gawk." });
	const absent = valuesOf(reports, "no-root");
	if (absent.length > 0) throw new LifeboatError("storage-path", `${absent.join(", ")}: there is no such directory or file on the target, or ${become === void 0 ? "the SSH user may not see it" : "/usr/local/etc/lifeboat-read does not list it"}`, { hint: "Is the disk mounted? Nothing was written. Take out of `paths` what is gone for good." });
	const roots = [...new Set(valuesOf(reports, "root"))];
	return {
		hostName: versionOf("host"),
		findVersion: numberIn(versionOf("find")),
		tarVersion: numberIn(versionOf("tar")),
		roots,
		uncovered: valuesOf(reports, "top").filter((top) => !MADE_BY_THE_SYSTEM.has(top) && !roots.some((root) => meets(root, top))).toSorted()
	};
}
/** What every server has and nobody backs up for itself; where it is not there, the system was not installed. */
const MADE_BY_THE_SYSTEM = /* @__PURE__ */ new Set([..."bin boot lib lib32 lib64 libx32 sbin usr".split(" ").map((name) => `/${name}`), ...EXCLUDE_PRESETS["linux-root"].map((pattern) => pattern.replace(/\/$/, ""))]);
/** One is the other, or in it. */
function meets(root, top) {
	return root === "/" || root === top || root.startsWith(`${top}/`);
}
function numberIn(text) {
	return /\d[\d.]*/.exec(text)?.[0] ?? text;
}
function valuesOf(reports, wanted) {
	return reports.filter(({ name }) => name === wanted).map(({ value }) => value);
}
function namesOf(reports, what) {
	return {
		count: readCount(valuesOf(reports, what)[0] ?? ""),
		names: valuesOf(reports, `${what}-name`)
	};
}
/** Lines of a name and a value. */
function readFigures({ stdout }) {
	const lines = stdout.toString().split("\n").filter(Boolean);
	return new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
}
/** Values of the lines with this name. */
function linesOf({ stdout }, name) {
	return stdout.toString().split("\n").filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
}
function figureOf(figures, name) {
	const value = Number(figures.get(name) ?? missing(name));
	return Number.isSafeInteger(value) ? value : missing(name);
}
/** Of all lines with this name. */
function sumOf(result, name) {
	return sum(linesOf(result, name).map(readCount));
}
function sum(counts) {
	return counts.reduce((total, count) => total + count, 0);
}
function figuresOf(figures, name) {
	const [files, directories, links, bytes] = (figures.get(name) ?? missing(name)).split(" ").map(readCount);
	return {
		files: files ?? 0,
		directories: directories ?? 0,
		links: links ?? 0,
		bytes: bytes ?? 0
	};
}
function readCount(text) {
	const value = Number(text.trim());
	return text.trim() !== "" && Number.isSafeInteger(value) && value >= 0 ? value : missing("a number");
}
function notListed(roots, errors) {
	return new LifeboatError("storage-path", [`${roots.join(", ")}: the list of what is there does not begin with it`, ...errors].join("\n"), { hint: "Does `exclude` leave it out, or is one of its patterns no pattern? Or the disk went away just now. Nothing was written." });
}
function expectRoom({ reports }) {
	const [needed, free] = (valuesOf(reports, "no-room")[0] ?? "").split(" ").map(Number);
	if (needed === void 0 || free === void 0) return;
	throw new LifeboatError("target-home", `the lists of this run need about ${formatBytes(needed)} below ~/.lifeboat on the target, and ${formatBytes(free)} are free there`, { hint: "There is no new snapshot, and earlier ones are as they were. Make room in the home directory of the SSH user, or let ~/.lifeboat be a link to a directory on a larger disk." });
}
function goneMeanwhile(places) {
	return new LifeboatError("storage-shrunk", `${places.join(", ")}: the disk, or the directory, that was there when it was listed is not there any more`, { hint: "There is no new snapshot, and earlier ones are as they were. Was it unmounted? Start it again." });
}
/** The target's own programs did not say what they say always. */
function missing(what) {
	throw new LifeboatError("target-protocol", `the target did not tell ${what}`);
}

export { expectFigures as a, toolsFor as c, expectEqual as i, NO_FIGURES as n, inconsistent as o, addFigures as r, requestOf as s, storageLayer as t };