import { in as LifeboatError } from "./proxy.js";
import { o as connectionOf, t as findClient } from "./find-client.js";
import { l as SEALING_TOOLS } from "./store-sealed.js";
import { F as excerpt } from "./store-settings.js";
import { t as shellQuote } from "./shell.js";
import { a as readFormat, d as parseGrants, i as readExpiry, n as findSettingWarnings, o as statusStatement, s as checkBinlogRights, t as findFilterWarnings } from "./settings.js";
import { a as nameVersion, f as quoteSqlString, h as READ_CONTAINER, i as FLAVOURS, l as clientFunction, p as sqlStage, s as explainClientFailure } from "./versions.js";
import { n as isOn, o as withoutHashes } from "./catalogue.js";
import path from "node:path/posix";

// src/actions/ship-binlogs/request.ts
function toolsFor({ encryptOn }, engine) {
	return [...engine.tools, ...SEALING_TOOLS[encryptOn]];
}
function requestOf(inputs) {
	return {
		connection: connectionOf(inputs),
		rotate: inputs.rotate,
		purge: inputs.purge === "shipped"
	};
}

// src/engines/mysql/binlogs/binlog-filter.pl
const text = "# Stands in the pipeline on the target that a binary log is read through, and writes down what it says of itself.\n#\n#   perl binlog-filter.pl whole FROM DIR HASHER...   passes the file through and looks at every event\n#   perl binlog-filter.pl head FROM DIR              looks at the first events only and passes nothing on\n#\n# FROM         file: as it is on the disk; server: as the server sends it, which is never encrypted\n# DIR/facts    \"name value\" lines\n# DIR/sha256   what HASHER, a command, printed of the whole file\n# Status       0: whole; 3: damaged; 4: of a kind that is not known here; the reason is on standard error\n#\n# A file is the magic and then events, each with a header of 19 bytes that holds its size (MySQL internals manual, \"Binary Log\"). Rows\n# are never kept: of an event as large as it likes only its checksum is computed, in blocks.\nuse strict;\nuse warnings;\n\nmy ($mode, $from, $dir, @hasher) = @ARGV;\nmy $is_whole = $mode eq 'whole';\nmy $BLOCK = 1 << 20;\nmy $F_SETPIPE_SZ = 1031;                    # fcntl(2), Linux 2.6.35\nmy $HEADER = 19;\nmy $MAX_KEPT = 1 << 26;                     # a GTID set of two million intervals\nmy ($ROTATE, $STOP, $FORMAT, $GTID, $ANONYMOUS, $PREVIOUS, $TAGGED) = (4, 3, 15, 33, 34, 35, 42);\nmy ($MARIADB_CHECKPOINT, $MARIADB_GTID, $MARIADB_LIST, $MARIADB_ENCRYPTION) = (161, 162, 163, 164);\nmy $IN_USE = 1;                             # flag of the first event while the server writes the file\nmy $OWN = 0x20;                             # flag of an event that a server made up, and that is in no file\nmy %is_kept = map { $_ => 1 } $ROTATE, $FORMAT, $GTID, $PREVIOUS, $TAGGED, $MARIADB_GTID, $MARIADB_LIST;\nmy $UNTAGGED = 0;                           # in the list of what was executed before: no GTID has a tag\n# What stands in a file before the first event that somebody caused.\nmy %is_head = map { $_ => 1 } $FORMAT, $PREVIOUS, $MARIADB_LIST, $MARIADB_CHECKPOINT, $MARIADB_ENCRYPTION;\n\nopen(my $facts, '>', \"$dir/facts\") or die \"facts: $!\\n\";\nbinmode $_ for (\\*STDIN, \\*STDOUT);\neval { fcntl($_, $F_SETPIPE_SZ, $BLOCK) } for (\\*STDIN, \\*STDOUT);\n$SIG{PIPE} = 'DEFAULT';\n\n# Whoever writes to us is let come to its end: its own status then says whether the file came whole.\nsub fail {\n  my ($status, $why) = @_;\n  print STDERR \"$why\\n\";\n  1 while sysread(STDIN, my $rest, $BLOCK);\n  exit $status;\n}\nsub damaged { fail(3, $_[0]) }\nsub unknown { fail(4, $_[0]) }\n\nmy ($hash, $hash_pid);\nif ($is_whole) {\n  $hash_pid = open($hash, '|-');\n  die \"fork: $!\\n\" unless defined $hash_pid;\n  if ($hash_pid == 0) {\n    open(STDOUT, '>', \"$dir/sha256\") or die \"sha256: $!\\n\";\n    exec @hasher or die \"$hasher[0]: $!\\n\";\n  }\n  binmode $hash;\n}\n\n# --- bytes ----------------------------------------------------------------------------------------------------------------\nmy ($buffer, $at, $base, $passed) = ('', 0, 0, 0); # what was read, where we are in it, bytes before it, bytes passed on\n\nsub write_all {\n  my ($to, $from) = @_;\n  for (my $done = 0; $done < length $$from;) {\n    my $wrote = syswrite($to, $$from, length($$from) - $done, $done);\n    die \"write: $!\\n\" unless defined $wrote;\n    $done += $wrote;\n  }\n}\n\nsub pass_on {\n  my ($from) = @_;\n  return unless $is_whole;\n  write_all(\\*STDOUT, $from);\n  write_all($hash, $from);\n  $passed += length $$from;\n}\n\n# Reads on; false at the end.\nsub more {\n  if ($at > 0) { $base += $at; substr($buffer, 0, $at, ''); $at = 0 }\n  my $read = sysread(STDIN, my $block, $BLOCK);\n  die \"read: $!\\n\" unless defined $read;\n  return 0 unless $read;\n  # Before the first event is there nothing is passed on, see below.\n  pass_on(\\$block) if $base > 0 || $passed > 0;\n  $buffer .= $block;\n  return 1;\n}\n\nsub have {\n  my ($bytes) = @_;\n  while (length($buffer) - $at < $bytes) { more() or return 0 }\n  return 1;\n}\n\n# --- CRC32 ----------------------------------------------------------------------------------------------------------------\n# perl-base, which is all that a small Debian has, comes without zlib: two tables of 65,536 numbers take four bytes at a time.\nmy $crc32 = eval { require Compress::Raw::Zlib; 1 } ? \\&Compress::Raw::Zlib::crc32 : own_crc32();\n\nsub own_crc32 {\n  my @byte = map { my $n = $_; $n = $n & 1 ? 0xedb88320 ^ ($n >> 1) : $n >> 1 for 1 .. 8; $n } 0 .. 255;\n  my @near = map { my $n = $byte[$_ & 255]; $byte[($n ^ ($_ >> 8)) & 255] ^ ($n >> 8) } 0 .. 65535;\n  my @far = map { my $n = $near[$_]; $near[$n & 65535] ^ ($n >> 16) } 0 .. 65535;\n  return sub {\n    my ($data, $crc) = @_;\n    $crc = ($crc // 0) ^ 0xffffffff;\n    my $words = length($data) >> 2;\n    for (unpack \"V$words\", $data) { $crc ^= $_; $crc = $far[$crc & 65535] ^ $near[$crc >> 16] }\n    for (unpack 'C*', substr($data, $words << 2)) { $crc = $byte[($crc ^ $_) & 255] ^ ($crc >> 8) }\n    return $crc ^ 0xffffffff;\n  };\n}\n\n# --- GTIDs ----------------------------------------------------------------------------------------------------------------\nmy (%intervals, %last); # MySQL: uuid and tag to first and last numbers, flat; MariaDB: domain to server to number\n\nsub add_mysql {\n  my ($uuid, $number) = @_;\n  my $of = $intervals{$uuid} //= [];\n  if (@$of && $of->[-1] + 1 == $number) { $of->[-1] = $number; return }\n  my $i = @$of;                             # transactions of several sessions come a little out of order\n  $i -= 2 while $i > 0 && $of->[$i - 2] > $number;\n  return if $i > 0 && $of->[$i - 1] >= $number;\n  splice @$of, $i, 0, $number, $number;\n  splice @$of, $i + 1, 2 if $i + 2 < @$of && $of->[$i + 2] == $number + 1;\n  splice @$of, $i - 1, 2 if $i > 0 && $of->[$i - 1] + 1 == $number;\n}\n\nsub uuid_of { join '-', unpack 'H8 H4 H4 H4 H12', $_[0] }\n\nsub gtids {\n  return join ',', map { my $domain = $_; map { \"$domain-$_-$last{$domain}{$_}\" } sort { $a <=> $b } keys %{$last{$domain}} }\n    sort { $a <=> $b } keys %last if %last;\n  my (@sets, $uuid);\n  for my $of (sort keys %intervals) {\n    my ($numbers, @parts) = ($intervals{$of});\n    for (my $i = 0; $i < @$numbers; $i += 2) {\n      my ($first, $end) = @$numbers[$i, $i + 1];\n      push @parts, $first == $end ? $first : \"$first-$end\";\n    }\n    # What has a tag stands behind what has none, all under one uuid.\n    my ($own, $tag) = split /:/, $of;\n    if (defined $uuid && $uuid eq $own) { $sets[-1] .= join ':', '', $tag, @parts }\n    else { push @sets, join ':', $of, @parts }\n    $uuid = $own;\n  }\n  return join ',', @sets;\n}\n\n# A number of variable length, at the position that is given and moved: as many ones as bytes follow, a zero, and the number.\nsub number {\n  my ($body, $p) = @_;\n  my $first = ord substr $$body, $$p, 1;\n  my $more = 0;\n  $more++ while $more < 8 && $first >> $more & 1;\n  my $number = $more == 8 ? unpack('Q<', substr $$body, $$p + 1, 8) : unpack('Q<', substr($$body, $$p, $more + 1) . \"\\0\" x 8) >> $more + 1;\n  $$p += $more + 1;\n  return $number;\n}\n\nsub text {\n  my ($body, $p) = @_;\n  my $length = number($body, $p);\n  my $text = substr $$body, $$p, $length;\n  $$p += $length;\n  return $text;\n}\n\nsub with_tag { my ($uuid, $tag) = @_; $tag eq '' ? $uuid : \"$uuid:$tag\" }\n\nsub read_previous {\n  my ($body) = @_;\n  my $p = 8;\n  # Whether there are tags stands in the number's first and last byte.\n  my $sources = unpack 'Q<', $body;\n  my $kind = $sources >> 56;\n  unknown(\"has a list of GTIDs of kind $kind\") if $kind > 1;\n  $sources = ($sources >> 8) & ((1 << 48) - 1) if $kind != $UNTAGGED;\n  for (1 .. $sources) {\n    my $uuid = uuid_of(substr $body, $p, 16);\n    $p += 16;\n    $uuid = with_tag($uuid, text(\\$body, \\$p)) if $kind != $UNTAGGED;\n    my $count = unpack 'Q<', substr $body, $p, 8;\n    $p += 8;\n    # Ends are exclusive.\n    my @of = unpack 'q<*', substr $body, $p, 16 * $count;\n    $p += 16 * $count;\n    damaged('has a list of GTIDs that ends too early') if @of != 2 * $count;\n    $intervals{$uuid} = [map { $_ & 1 ? $of[$_] - 1 : $of[$_] } 0 .. $#of];\n  }\n}\n\n# Version, size, last field that matters; then fields with their numbers: flags, bytes of the uuid, number of the transaction, tag. Signed\n# numbers have their sign in the lowest bit.\nsub read_tagged {\n  my ($body) = @_;\n  my $p = 0;\n  my ($version) = (number(\\$body, \\$p), number(\\$body, \\$p), number(\\$body, \\$p));\n  my ($flags_field, $flags, $uuid_field) = map { number(\\$body, \\$p) } 1 .. 3;\n  my $uuid = uuid_of(pack 'C*', map { number(\\$body, \\$p) & 255 } 1 .. 16);\n  my ($number_field, $number, $tag_field) = map { number(\\$body, \\$p) } 1 .. 3;\n  unknown('has a GTID with a tag that cannot be read')\n    if $version != 0 && $version != 1 || join(' ', $flags_field, $uuid_field, $number_field, $tag_field) ne '0 1 2 3' || $number & 1;\n  add_mysql(with_tag($uuid, text(\\$body, \\$p)), $number >> 1);\n}\n\nsub read_list {\n  my ($body) = @_;\n  my $count = unpack('V', $body) & 0x0fffffff;\n  damaged('has a list of GTIDs that ends too early') if length($body) < 4 + 16 * $count;\n  for (0 .. $count - 1) {\n    my ($domain, $server, $number) = unpack 'VVQ<', substr $body, 4 + 16 * $_, 16;\n    $last{$domain}{$server} = $number;\n  }\n}\n\n# --- events ---------------------------------------------------------------------------------------------------------------\nmy ($has_checksums, $before, $transactions, $closed_at, $closed_by, $next, $has_content) = (0, '', 0, 0, 'nothing', '', 0);\nsub note { my ($name, $value) = @_; print $facts \"$name $value\\n\" or die \"facts: $!\\n\" }\nsub ended_inside { my ($where) = @_; damaged(\"ends inside the event at byte $where\") }\n\n# Everything there is for the first event's flags; a whole file is longer.\nhave(4 + $HEADER);\nif (length($buffer) < 4 + $HEADER) { damaged('is shorter than one event') }\nmy $magic = substr $buffer, 0, 4;\n# MySQL's and, further below, MariaDB's sign of a file that only the server can read.\nif ($magic eq \"\\xfdbin\") { note(encrypted => 1); finish() }\ndamaged('does not begin like a binary log') if $magic ne \"\\xfebin\";\n# A server that was killed leaves the flag, and takes it away in what it sends to others; checksums are those without it. So a file is\n# the same bytes whichever way it was read.\nmy $is_in_use = ord(substr $buffer, 4 + 17, 1) & $IN_USE;\nsubstr($buffer, 4 + 17, 1) = chr(ord(substr $buffer, 4 + 17, 1) & ~$IN_USE);\n{ my $first = $buffer; pass_on(\\$first) }\n$at = 4;\n\nwhile (1) {\n  my $where = $base + $at;\n  if (!have($HEADER)) {\n    last if length($buffer) == $at;\n    $has_content = 1;\n    last unless $is_whole;                  # the server is writing it\n    ended_inside($where);\n  }\n  my ($time, $type, $server, $size, undef, $flags) = unpack 'VCVVVv', substr $buffer, $at, $HEADER;\n  if ($where == 4) {\n    damaged('does not begin with a format event') if $type != $FORMAT || $size < $HEADER + 57 + 5 || $size > $BLOCK;\n    have($size) or ended_inside($where);\n    $has_checksums = ord substr $buffer, $at + $size - 5, 1;\n    unknown(\"has checksums of kind $has_checksums\") if $has_checksums > 1;\n  }\n  damaged(\"has no event at byte $where\") if $size < $HEADER + 4 * $has_checksums;\n  damaged(\"goes on at byte $where, after its closing event\") if $closed_by ne 'nothing';\n  if ($type == $MARIADB_ENCRYPTION && $from eq 'file') { note(encrypted => 1); finish() }\n  if (!$is_whole && !$is_head{$type}) { $has_content = 1; last }\n  my $body = take($where, $type, $size);\n  last unless defined $body;\n  $closed_at = $time if $time > 0;\n  if ($type == $FORMAT) {\n    damaged(\"has a second format event at byte $where\") if $where != 4;\n    my ($version, $server_version, $started_at, $header) = unpack 'vZ50VC', $body;\n    unknown(\"has the binary log format $version\") if $version != 4 || $header != $HEADER;\n    note(server_id => $server);\n    note(server_version => $server_version);\n    note(created_at => $time);\n    note(started => $started_at > 0 ? 1 : 0);\n    note(checksum => $has_checksums ? 'crc32' : 'none');\n  }\n  elsif ($type == $PREVIOUS) { read_previous($body); $before = gtids() }\n  elsif ($type == $MARIADB_LIST) { read_list($body); $before = gtids() }\n  elsif ($type == $GTID) { $transactions++; add_mysql(uuid_of(substr $body, 1, 16), unpack 'q<', substr $body, 17, 8) }\n  elsif ($type == $ANONYMOUS) { $transactions++ }\n  elsif ($type == $TAGGED) { $transactions++; read_tagged($body) }\n  elsif ($type == $MARIADB_GTID) {\n    $transactions++;\n    my ($number, $domain) = unpack 'Q<V', $body;\n    $last{$domain}{$server} = $number;\n  }\n  elsif ($type == $STOP) { $closed_by = 'stop' }\n  elsif ($type == $ROTATE && !($flags & $OWN)) { $closed_by = 'rotate'; $next = substr $body, 8 }\n}\nnote(in_use => $is_in_use);\nnote(before => $before);\nnote(content => $has_content);\nif ($is_whole) {\n  note(bytes => $passed);\n  note(after => gtids());\n  note(transactions => $transactions);\n  note(closed_at => $closed_at);\n  note(closed_by => $closed_by);\n  note(next => $next);\n}\nfinish();\n\n# The body of an event, or '' for one that is not kept, when its checksum is right. Undefined at the end of what the server is writing.\nsub take {\n  my ($where, $type, $size) = @_;\n  my $checked = $size - 4 * $has_checksums;\n  my ($body, $crc) = ('', 0);\n  if ($is_kept{$type}) {\n    unknown(\"has an event of $size bytes at byte $where\") if $size > $MAX_KEPT;\n    if (!have($size)) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }\n    $crc = $crc32->(substr $buffer, $at, $checked) if $has_checksums;\n    $body = substr $buffer, $at + $HEADER, $checked - $HEADER;\n    $at += $checked;\n  }\n  else {\n    for (my $left = $checked; $left > 0;) {\n      if ($at == length $buffer && !more()) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }\n      my $here = length($buffer) - $at;\n      $here = $left if $here > $left;\n      $crc = $crc32->(substr($buffer, $at, $here), $crc) if $has_checksums;\n      $at += $here;\n      $left -= $here;\n    }\n  }\n  if ($has_checksums) {\n    if (!have(4)) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }\n    damaged(\"has an event at byte $where whose checksum does not match\") if $crc != unpack 'V', substr $buffer, $at, 4;\n    $at += 4;\n  }\n  return $body;\n}\n\nsub finish {\n  close($facts) or die \"facts: $!\\n\";\n  if ($is_whole) { close($hash) or die \"the hash of the file could not be computed\\n\" }\n  exit 0;\n}\n";

// src/engines/mysql/binlogs/binlog-script.ts
const READ_STAGE = "read";
const LOOK_STAGE = "look";
/** The filter's own text is written once a session. */
const PREPARATION = `[ -e "$D/binlog-filter.pl" ] || printf '%s' ${shellQuote(text)} >"$D/binlog-filter.pl"\nmkdir -p "$D/binlog"\n`;
/**
* Shell text of a pipeline: the file goes through the filter and then to `rest`.
*
* From a server it comes by way of its own program, which writes raw files only: here into a FIFO of the name that it will give the file,
* so that nothing of it is ever on a disk. When the program ends without having opened it, whoever waits at the other end would do so for ever:
* opened for both, it has had a writer.
*/
function pipeline(connection, way, name, mode, rest) {
	const from = way.kind === "server" ? "server" : "file";
	const look = `stage ${LOOK_STAGE} nice perl "$D/binlog-filter.pl" ${mode} ${from} "$D/binlog"${mode === "whole" ? " $HASHER" : ""}`;
	if (way.kind === "file") return `stage ${READ_STAGE} cat ${shellQuote(way.path)} | ${look}${rest}\n`;
	if (way.kind === "container") return `${READ_CONTAINER}\nstage ${READ_STAGE} "$ENGINE" exec "$CONTAINER" cat ${shellQuote(way.path)} | ${look}${rest}\n`;
	const options = ["--read-from-remote-server", "--raw"].join(" ");
	return `${clientFunction(connection)}
rm -rf "$D/raw" && mkdir "$D/raw" && mkfifo "$D/raw/"${shellQuote(name)} || exit 1
{ stage ${READ_STAGE} run_client ${shellQuote(way.program)} ${options} "--result-file=$D/raw/" -- ${shellQuote(name)}
  : <>"$D/raw/"${shellQuote(name)}
} >/dev/null &
reader=$!
${look} <"$D/raw/"${shellQuote(name)}${rest}
wait "$reader"
`;
}
function wholeScript(connection, way, name) {
	return PREPARATION + pipeline(connection, way, name, "whole", " | seal");
}
/** Prints what the filter noted. Who was not read to the end may have taken offence. */
function headScript(connection, way, name) {
	return `${PREPARATION}${pipeline(connection, way, name, "head", "")}
if grep -q '^content 1' "$D/binlog/facts"; then echo 0 >"$D/status.${READ_STAGE}"; fi
cat "$D/binlog/facts"
`;
}
/** Prints what was noted of a whole file, and its digest. */
const SEE_SCRIPT = `cat "$D/binlog/facts" && printf 'sha256 ' && tr -d ' \\n-' <"$D/binlog/sha256" | tr A-F a-f`;
/** Prints whether the SSH user can read this file, and whether it is on the machine that the server says it is on. */
function accessScript(path, hostName) {
	return `if [ "$(uname -n)" = ${shellQuote(hostName)} ] && [ -r ${shellQuote(path)} ]; then echo readable; fi\n`;
}

// src/engines/mysql/binlogs/readers.ts
/** Behind a host that came by TCP: of `10.0.0.7:50123`, `::1:50123`, `[::1]:50123`. A socket has none. */
const PORT = /:\d+$/;
const BRACKETS = /^\[(.*)\]$/;
/**
* @param rows user and host as the list of processes has them, with a tab between
* Two of one user on one host are two: `replica@10.0.0.7`, `replica@10.0.0.7 (2)`.
*/
function nameReaders(rows) {
	const counts = /* @__PURE__ */ new Map();
	return rows.map((row) => {
		const [user = "", host = ""] = row.split("	");
		const name = `${user}@${host.replace(PORT, "").replace(BRACKETS, "$1")}`;
		const count = (counts.get(name) ?? 0) + 1;
		counts.set(name, count);
		return count === 1 ? name : `${name} (${count})`;
	});
}

// src/engines/mysql/binlogs/seen-facts.ts
/** "name value" lines. */
function parseNotes(text) {
	return new Map(text.split("\n").map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
}
function valueOf(noted, name) {
	const value = noted.get(name);
	if (value === void 0) throw new TypeError(`the filter noted no ${name}`);
	return value;
}
/** Seconds of the server's clock. */
function instantOf(noted, name) {
	return (/* @__PURE__ */ new Date(Number(valueOf(noted, name)) * 1e3)).toISOString();
}
function common(noted) {
	return {
		serverId: Number(valueOf(noted, "server_id")),
		serverVersion: valueOf(noted, "server_version"),
		createdAt: instantOf(noted, "created_at"),
		gtidsBefore: valueOf(noted, "before")
	};
}
/** Undefined for a file that only the server itself can read. */
function parseHead(text) {
	const noted = parseNotes(text);
	if (noted.get("encrypted") === "1") return void 0;
	return {
		...common(noted),
		beginsAtStart: valueOf(noted, "started") === "1",
		isEmpty: valueOf(noted, "content") === "0"
	};
}
function parseSeenBinlog(text) {
	const noted = parseNotes(text);
	const [closedBy, next] = [valueOf(noted, "closed_by"), valueOf(noted, "next")];
	return {
		...common(noted),
		sizeBytes: Number(valueOf(noted, "bytes")),
		sha256: valueOf(noted, "sha256"),
		closedAt: instantOf(noted, "closed_at"),
		closedBy: closedBy === "rotate" || closedBy === "stop" ? closedBy : void 0,
		next: next === "" ? null : next,
		checksum: valueOf(noted, "checksum") === "crc32" ? "crc32" : "none",
		gtidsAfter: valueOf(noted, "after"),
		transactions: Number(valueOf(noted, "transactions"))
	};
}

// src/engines/mysql/binlogs/binlog-engine.ts
/** Asked of the server; those that it does not have are missing in its answer. */
const VARIABLES = [
	...[
		"log_bin",
		"log_bin_basename",
		"server_id",
		"server_uuid",
		"hostname"
	],
	...[
		"binlog_format",
		"binlog_row_image",
		"binlog_checksum",
		"binlog_storage_engine"
	],
	...["log_slave_updates", "log_replica_updates"],
	...[
		"expire_logs_days",
		"binlog_expire_logs_seconds",
		"binlog_expire_logs_auto_purge"
	]
];
/** Statuses from here on are the shell's: not started, or ended by a signal. */
const NOT_STARTED = 126;
const RESET_MODE = `SET SESSION sql_mode = '';`;
function createBinlogEngine(flavour) {
	return {
		tools: [
			"perl",
			"sed",
			"grep",
			"uname"
		],
		open: (session, request) => open(flavour, session, request)
	};
}
async function open(flavour, session, request) {
	const { connection } = request;
	const client = await findClient(session, connection, flavour);
	const askedMs = performance.now();
	const { variables, grants, account, now } = await askServer(session, connection, client);
	const clock = () => new Date(now.getTime() + performance.now() - askedMs);
	checkSettings(variables, client);
	checkBinlogRights(flavour, parseGrants(grants), request, account);
	const [status] = await ask(session, "question for what is left out of the binary log", clientFunction(connection) + sqlStage(client.programs, statusStatement(client.server)));
	const warnings = [...findSettingWarnings(variables), ...findFilterWarnings(status)];
	const server = new SqlBinlogServer(session, connection, client, variables, warnings, clock);
	await server.findWay();
	return server;
}
/** Throws `binlog-unavailable`. */
function checkSettings(variables, { server }) {
	if (!isOn(variables.get("log_bin"))) throw new LifeboatError("binlog-unavailable", "the database server writes no binary log (log_bin is OFF)", { hint: "Set log_bin in the [mysqld] section of its options and restart it, then make a dump: ship-binlogs/README.md says what else to set." });
	const storage = variables.get("binlog_storage_engine") ?? "";
	if (storage !== "") throw new LifeboatError("binlog-unavailable", `the database server (${nameVersion(server)}) keeps its binary log in ${storage} (binlog_storage_engine); this release ships binary log files only`, { hint: "Leave binlog_storage_engine empty, restart the server, and make a dump." });
}
async function askServer(session, connection, client) {
	const list = VARIABLES.map((name) => `'${name}'`).join(", ");
	const sql = `${RESET_MODE} SHOW GRANTS; SELECT CURRENT_USER(), UNIX_TIMESTAMP(); SHOW GLOBAL VARIABLES WHERE Variable_name IN (${list}); SHOW GLOBAL STATUS LIKE 'Slaves_running';`;
	const lines = await ask(session, "question for the binary log", clientFunction(connection) + withoutHashes(sqlStage(client.programs, sql)));
	const isGrant = (line) => /^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line);
	const [[account = "", seconds = ""] = [], ...values] = lines.filter((line) => !isGrant(line)).map((line) => line.split("	"));
	return {
		grants: lines.filter(isGrant),
		account,
		now: /* @__PURE__ */ new Date(Number(seconds) * 1e3),
		variables: new Map(values.map(([name = "", value = ""]) => [name, value]))
	};
}
async function ask(session, label, script) {
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label,
		script,
		stages: ["query"]
	}, explain);
	return stdout.toString().split("\n").filter((line) => line !== "");
}
var SqlBinlogServer = class {
	source;
	format;
	rowImage;
	expireMs;
	now;
	warnings;
	#session;
	#connection;
	#client;
	/** Where the files are on the machine of the server. */
	#directory;
	#heads = /* @__PURE__ */ new Map();
	/** Files that only the server itself can read, because it encrypts them. */
	#encrypted = /* @__PURE__ */ new Set();
	#program;
	#readsFiles = false;
	constructor(session, connection, client, variables, warnings, now) {
		const serverUuid = variables.get("server_uuid");
		this.#session = session;
		this.#connection = connection;
		this.#client = client;
		this.#directory = path.dirname(variables.get("log_bin_basename") ?? "");
		this.now = now;
		this.source = {
			flavour: client.server.flavour,
			serverId: Number(variables.get("server_id") ?? 0),
			...serverUuid === void 0 ? {} : { serverUuid },
			hostName: variables.get("hostname") ?? "",
			serverVersion: client.server.text
		};
		({format: this.format, rowImage: this.rowImage} = readFormat(variables));
		this.expireMs = readExpiry(variables);
		this.warnings = warnings;
	}
	/** Finds out how files can be read. Throws `target-tool-missing`. */
	async findWay() {
		const { host, container } = this.#connection;
		if (container !== void 0) return;
		const { binlogPrograms, clientPackage } = FLAVOURS[this.source.flavour];
		const active = (await this.list()).at(-1)?.name ?? "";
		const access = host === void 0 || /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) ? accessScript(path.join(this.#directory, active), this.source.hostName) : "";
		const search = `for name in ${binlogPrograms.join(" ")}; do command -v "$name" 2>/dev/null && break; done\n`;
		const { stdout } = await this.#session.run({
			label: "search for a way to the binary logs",
			script: `${access}${search}:`,
			stages: []
		});
		const lines = stdout.toString().split("\n");
		this.#readsFiles = lines.includes("readable");
		this.#program = lines.find((line) => line.startsWith("/"));
		if (this.#program !== void 0 || this.#readsFiles) return;
		throw new LifeboatError("target-tool-missing", `the target has no ${binlogPrograms.join(" or ")} in its PATH`, { hint: `On Debian and Ubuntu: apt-get install ${clientPackage}. Without it the SSH user must be able to read the files in ${this.#directory}.` });
	}
	async list() {
		return (await this.#query("list of binary logs", "SHOW BINARY LOGS;")).map((line) => {
			const [name = "", size = "", encrypted] = line.split("	");
			if (encrypted === "Yes") this.#encrypted.add(name);
			return {
				name,
				sizeBytes: Number(size)
			};
		});
	}
	async head(name) {
		const known = this.#heads.get(name);
		if (known !== void 0) return known;
		const head = parseHead(await this.#readHead(name)) ?? await this.#headFromServer(name);
		if (!head.isEmpty) this.#heads.set(name, head);
		return head;
	}
	async #readHead(name) {
		const script = headScript(this.#connection, this.#wayTo(name), name);
		const task = {
			label: `beginning of ${name}`,
			script,
			stages: [READ_STAGE, LOOK_STAGE]
		};
		const { stdout } = await this.#session.run(task, (outcome) => this.#explain(name, outcome));
		return stdout.toString();
	}
	async #headFromServer(name) {
		this.#encrypted.add(name);
		const head = parseHead(await this.#readHead(name));
		if (head === void 0) throw new TypeError("what the server sends is not encrypted");
		return head;
	}
	read({ name, sizeBytes }) {
		const script = wholeScript(this.#connection, this.#wayTo(name), name);
		const label = `binary log ${name}`;
		return {
			task: {
				label,
				script,
				stages: [READ_STAGE, LOOK_STAGE]
			},
			explain: (outcome) => this.#explain(name, outcome),
			see: async () => {
				const { stdout } = await this.#session.run({
					label,
					script: SEE_SCRIPT,
					stages: []
				});
				const seen = parseSeenBinlog(stdout.toString());
				if (seen.sizeBytes !== sizeBytes && !this.#encrypted.has(name)) throw damaged(name, `it is ${seen.sizeBytes} bytes long, and the server lists it with ${sizeBytes}`);
				return seen;
			}
		};
	}
	async rotate() {
		await this.#query("rotation of the binary log", "SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;");
	}
	async listReaders() {
		return nameReaders(await this.#query("question for readers of the binary log", `SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%';`));
	}
	async purgeTo(name) {
		await this.#query("removal of shipped binary logs", `${RESET_MODE} PURGE BINARY LOGS TO ${quoteSqlString(name)};`);
	}
	#query(label, sql) {
		const script = clientFunction(this.#connection) + sqlStage(this.#client.programs, sql);
		return ask(this.#session, label, script);
	}
	#wayTo(name) {
		const file = path.join(this.#directory, name);
		const isReadable = !this.#encrypted.has(name);
		if (this.#connection.container !== void 0) {
			if (isReadable) return {
				kind: "container",
				path: file
			};
			throw new LifeboatError("binlog-unavailable", `the server in the container encrypts its binary logs, and ${name} cannot be read from outside`, { hint: `Publish the port of the database on 127.0.0.1 of the target, install ${FLAVOURS[this.source.flavour].clientPackage} there, give db-host and db-port, and leave db-container out.` });
		}
		if (this.#readsFiles && isReadable) return {
			kind: "file",
			path: file
		};
		if (this.#program !== void 0) return {
			kind: "server",
			program: this.#program
		};
		throw new LifeboatError("target-tool-missing", `${name} is encrypted, and the target has no ${FLAVOURS[this.source.flavour].binlogPrograms.join(" or ")} to read it with`);
	}
	#explain(name, outcome) {
		return explainClientFailure(outcome, "read") ?? explainReading(name, outcome);
	}
};
/** What keeps one file from being read; undefined when it is not the file that is to blame. */
function explainReading(name, { statuses, stderr }) {
	const read = statuses.get(READ_STAGE);
	const look = statuses.get(LOOK_STAGE);
	const said = (stage) => excerpt(stderr.get(stage) ?? "");
	if (read === void 0 || read >= NOT_STARTED) return void 0;
	if (read !== 0 && (look === 0 || look === 3)) return unreadable(name, `cannot be read: ${said("read") || `whoever read it ended with status ${read}`}`);
	if (look === 3) return damaged(name, `it ${said(LOOK_STAGE)}`);
	if (look === 4) return unreadable(name, said(LOOK_STAGE));
}
function unreadable(name, why) {
	return new LifeboatError("binlog-unreadable", `the binary log ${name} ${why}`, { hint: "It is tried again in the next run, as long as the server has it. Until it can be read recovery does not get past it: make a new dump." });
}
function damaged(name, why) {
	return new LifeboatError("binlog-damaged", `the binary log ${name} is damaged: ${why}`, { hint: "Make a new dump now: point-in-time recovery cannot get past this file. Then look at the disk of the database server." });
}

export { requestOf as n, toolsFor as r, createBinlogEngine as t };