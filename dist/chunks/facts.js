import { l as formatDay } from "./store-settings.js";
import { f as clientFunction, g as sqlStage, u as explainClientFailure } from "./session.js";

// src/encryption/recipient-warnings.ts
/** Time to replace a key, and for more than one person to be on holiday. */
const WARNING_PERIOD_MS = 2592e6;
/** One key can be lost. */
const WANTED_RECIPIENTS = 2;
/** Recipients that expire within 30 days; fewer than two of them. Empty when there is nothing to say. */
function recipientWarnings(recipients, now) {
	const warnings = recipients.flatMap(({ encryptionKeyId, userId, expiresAt }) => isSoon(expiresAt, now) ? [`The recipient ${encryptionKeyId} (${userId}) expires on ${formatDay(expiresAt)}: backups stop the day before.`] : []);
	if (recipients.length < WANTED_RECIPIENTS) warnings.push("There is only one recipient: if its secret key is lost, so are all backups. Add one that is kept offline.");
	return warnings;
}
/** A signing key that expires within 30 days. */
function signingKeyWarnings({ fingerprint, expiresAt }, now) {
	return isSoon(expiresAt, now) ? [`The signing key ${fingerprint.slice(-16)} expires on ${formatDay(expiresAt)}: backups stop the day before.`] : [];
}
function isSoon(expiresAt, now) {
	return expiresAt !== void 0 && expiresAt.getTime() - now.getTime() <= WARNING_PERIOD_MS;
}

// src/engines/mysql/catalogue.ts
/** Schemas that belong to the server. */
const SYSTEM_DATABASES = [
	"mysql",
	"information_schema",
	"performance_schema",
	"sys"
];
/** Engines whose tables a snapshot holds still. */
const TRANSACTIONAL = /* @__PURE__ */ new Set([
	"InnoDB",
	"ROCKSDB",
	"TokuDB"
]);
/** Engines whose rows lie elsewhere: their tables cannot be rebuilt in a sandbox without network. */
const FOREIGN = /* @__PURE__ */ new Set([
	"FEDERATED",
	"CONNECT",
	"SPIDER",
	"S3",
	"OQGRAPH",
	"SPHINX",
	"MROONGA"
]);
/** Accounts that every MySQL server makes for itself, and lets nobody use. */
const NOT_RESERVED = `NOT (Host = 'localhost' AND User IN ('mysql.sys', 'mysql.session', 'mysql.infoschema'))`;
/** Recorded in the inventory: what a sandbox needs to behave like the source. */
const SHARED_VARIABLES = [
	"version",
	"version_comment",
	"server_id",
	"hostname",
	"log_bin",
	"binlog_format",
	"binlog_row_image",
	"sql_mode",
	"lower_case_table_names",
	"character_set_server",
	"collation_server",
	"time_zone",
	"system_time_zone",
	"default_storage_engine",
	"innodb_page_size",
	"innodb_strict_mode",
	"explicit_defaults_for_timestamp",
	"max_allowed_packet",
	"event_scheduler"
];
const DIALECTS = {
	mariadb: {
		variables: [...SHARED_VARIABLES, "gtid_domain_id"],
		settings: `sql_mode = '', lock_wait_timeout = 30`,
		more: [],
		accounts: `SELECT JSON_ARRAY('account', User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), '') NOT IN ('', 'mysql_native_password', 'unix_socket', 'ed25519', 'mysql_old_password', 'parsec')) FROM mysql.global_priv;`
	},
	mysql: {
		variables: [
			...SHARED_VARIABLES,
			"server_uuid",
			"gtid_mode",
			"partial_revokes"
		],
		settings: `sql_mode = '', lock_wait_timeout = 30, information_schema_stats_expiry = 0`,
		more: [
			`SET @libraries = IF(EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'LIBRARIES'), 'SELECT DISTINCT JSON_ARRAY(''library'', LIBRARY_SCHEMA) FROM information_schema.LIBRARIES', 'DO 0')`,
			`PREPARE libraries FROM @libraries`,
			`EXECUTE libraries`
		],
		accounts: `SELECT JSON_ARRAY('account', User, Host, plugin NOT IN ('', 'caching_sha2_password', 'sha256_password', 'mysql_native_password', 'auth_socket', 'mysql_no_login'), COALESCE(JSON_CONTAINS_PATH(User_attributes, 'one', '$.additional_password'), 0)) FROM mysql.user WHERE ${NOT_RESERVED};`
	}
};
/** Throws the codes of a failed query; rights are not checked, so that what is hidden from the dump user is missing. */
async function readCatalogue(session, connection, programs, flavour) {
	return parseCatalogue(await ask(session, "question for the server's catalogue", clientFunction(connection) + `{ ${sqlStage(programs, catalogueSql(flavour)).trimEnd()}\n} | sed -e "/^GRANT /s/ IDENTIFIED BY PASSWORD '[^']*'//" -e "/^GRANT /s/ USING '[^']*'//g"\n`));
}
/** Needs the right to read the `mysql` database. */
async function readAccounts(session, connection, programs, flavour) {
	const sql = `SET SESSION sql_mode = '';\n${DIALECTS[flavour].accounts}`;
	return parseAccounts(await ask(session, "question for the server's accounts", clientFunction(connection) + sqlStage(programs, sql)));
}
async function readViews(session, connection, programs) {
	return (await ask(session, "question for the server's views", clientFunction(connection) + sqlStage(programs, VIEWS_SQL))).flatMap((line) => {
		if (!line.startsWith("[")) return [];
		const [, database, text] = JSON.parse(line);
		return [{
			database: String(database),
			text: String(text ?? "")
		}];
	});
}
async function ask(session, label, script) {
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label,
		script,
		stages: ["query"]
	}, explain);
	return stdout.toString().split("\n");
}
const VIEWS_SQL = `SET SESSION sql_mode = '', lock_wait_timeout = 30;
SELECT JSON_ARRAY('view', TABLE_SCHEMA, VIEW_DEFINITION) FROM information_schema.VIEWS WHERE TABLE_SCHEMA NOT IN ('sys', 'mysql');`;
function catalogueSql(flavour) {
	const { settings, variables, more } = DIALECTS[flavour];
	const own = `NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(", ")})`;
	return `${[
		`SET SESSION ${settings}`,
		...variables.map((name) => `SELECT JSON_ARRAY('variable', '${name}', CONCAT(@@${name}))`),
		`SELECT JSON_ARRAY('account', CURRENT_USER())`,
		`SHOW GRANTS`,
		`SELECT JSON_ARRAY('database', SCHEMA_NAME) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME ${own}`,
		`SELECT JSON_ARRAY('table', TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, IF(TABLE_TYPE = 'VIEW', TABLE_COMMENT, '')) FROM information_schema.TABLES WHERE TABLE_SCHEMA ${own} AND TABLE_TYPE <> 'TEMPORARY'`,
		`SELECT JSON_ARRAY('object', LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA ${own}`,
		`SELECT JSON_ARRAY('object', 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_OBJECT_TABLE) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA ${own}`,
		`SELECT JSON_ARRAY('object', 'event', EVENT_SCHEMA, EVENT_NAME) FROM information_schema.EVENTS WHERE EVENT_SCHEMA ${own}`,
		...more
	].join(";\n")};`;
}
function parseCatalogue(lines) {
	const variables = {};
	const [grants, databases, tables, objects] = [
		[],
		[],
		[],
		[]
	];
	let account = "";
	const withLibraries = [];
	for (const line of lines) {
		if (/^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line)) grants.push(line);
		if (!line.startsWith("[")) continue;
		const [word, ...values] = JSON.parse(line);
		const [first = "", second = "", third = "", fourth] = values.map((value) => String(value ?? ""));
		if (word === "variable") variables[first] = second;
		if (word === "account") account = first;
		if (word === "database") databases.push(first);
		if (word === "library") withLibraries.push(first);
		if (word === "object") {
			const table = fourth === void 0 ? {} : { table: fourth };
			objects.push({
				kind: first.replace(" ", "-"),
				database: second,
				name: third,
				...table
			});
		}
		if (word === "table") tables.push(parseTable(values));
	}
	return {
		variables,
		account,
		grants,
		databases,
		tables,
		objects,
		withLibraries
	};
}
/** A role has no host; the role PUBLIC is there as soon as it has a right, and mariadb-dump leaves it out (seen up to 11.8). */
const PUBLIC = "'PUBLIC'";
function parseAccounts(lines) {
	const accounts = lines.filter((line) => line.startsWith("[")).map((line) => JSON.parse(line)).map(([, user, host, isForeign, hasSecondPassword]) => ({
		name: host === "" ? `'${user ?? ""}'` : `'${user ?? ""}'@'${host ?? ""}'`,
		isForeign: Boolean(isForeign),
		hasSecondPassword: Boolean(hasSecondPassword)
	}));
	return {
		names: accounts.map(({ name }) => name).filter((name) => name !== PUBLIC),
		foreign: accounts.filter(({ isForeign }) => isForeign).length,
		withSecondPassword: accounts.filter(({ hasSecondPassword }) => hasSecondPassword).length
	};
}
function parseTable([database, name, type, engine, rows, comment]) {
	const engineName = String(engine ?? "");
	const kind = type === "VIEW" ? "view" : type === "SEQUENCE" ? "sequence" : "table";
	return {
		database: String(database),
		name: String(name),
		kind,
		engine: engineName,
		rows: Number(rows ?? 0),
		brokenBecause: kind === "view" && comment !== "VIEW" ? String(comment ?? "") : void 0,
		isVersioned: type === "SYSTEM VERSIONED",
		isForeign: kind === "table" && FOREIGN.has(engineName.toUpperCase()),
		isTransactional: kind !== "table" || TRANSACTIONAL.has(engineName)
	};
}
/** A switch among the server's variables, as text. */
function isOn(value) {
	return value === "1" || value === "ON";
}

// src/engines/mysql/accounts-format.pl
const text$1 = "# Makes a text that can be loaded of the accounts that a MySQL server shows: standard input to standard output.\n#\n# One statement a line, as the client prints them in batch mode: \\n, \\t, \\0 and \\\\ are escaped. First the CREATE USER statements; then\n# for each account a line \"lifeboat-account\" and its GRANT and REVOKE statements; \"lifeboat-end\" is the last line. The server shows rights in the\n# order in which they were given: they are sorted, so that the same rights are always the same text. Without the last line the\n# text has no trailer, and nobody takes it for whole.\nuse strict;\nuse warnings;\n\nmy $ID = qr/`(?>(?:[^`]++|``)*+)`/;\nmy %plain = (n => \"\\n\", t => \"\\t\", 0 => \"\\0\");\nmy @rights;\nmy $is_whole = 0;\n\nbinmode $_ for (\\*STDIN, \\*STDOUT);\nprint \"-- MySQL accounts\\n\\nSET NAMES utf8mb4;\\nSET SESSION sql_mode = '';\\n\\n\";\nwhile (my $line = <STDIN>) {\n  die \"a line behind the last one\\n\" if $is_whole;\n  chomp $line;\n  if ($line eq 'lifeboat-account') { flush_rights(); next }\n  if ($line eq 'lifeboat-end')     { flush_rights(); $is_whole = 1; next }\n  $line =~ s/\\\\(.)/defined $plain{$1} ? $plain{$1} : $1/ge;\n  if    ($line =~ s/\\ACREATE USER /CREATE USER IF NOT EXISTS /) { print \"$line;\\n\" }\n  elsif ($line =~ /\\A(?:GRANT|REVOKE) /)                        { push @rights, sort_columns($line) }\n  else { die \"neither CREATE USER nor GRANT nor REVOKE\\n\" }\n}\nmy ($second, $minute, $hour, $day, $month, $year) = gmtime;\nprintf \"\\n-- Dump completed on %d-%02d-%02d %2d:%02d:%02d\\n\", $year + 1900, $month + 1, $day, $hour, $minute, $second if $is_whole;\nclose(STDOUT) or die \"write: $!\\n\";\n\n# What a GRANT gives, a REVOKE may take away in part, where the server is told that this can be: GRANT sorts first.\nsub flush_rights {\n  print \"SET GLOBAL partial_revokes = ON;\\n\" if grep { /\\AREVOKE / } @rights;\n  print \"$_;\\n\" for sort @rights;\n  @rights = ();\n}\n\nsub sort_columns {\n  my ($grant) = @_;\n  $grant =~ s/\\(($ID(?:, $ID)*)\\)/'(' . join(', ', sort $1 =~ m{$ID}g) . ')'/ge;\n  return $grant;\n}\n";

// src/engines/mysql/accounts-dump.ts
const CHARSET = "--default-character-set=utf8mb4";
/** Names as they are: the answer is SQL. */
const LIST_OPTIONS = [
	"--batch",
	"--raw",
	"--skip-column-names",
	CHARSET
];
const ACCOUNT = `QUOTE(User), '@', QUOTE(Host)`;
/** The format program knows the two marks. */
const MYSQL_QUESTION = `SET SESSION sql_mode = '';
SELECT 'SET SESSION sql_mode = '''', print_identified_with_as_hex = ON;';
SELECT CONCAT('SHOW CREATE USER ', ${ACCOUNT}, ';') FROM mysql.user WHERE ${NOT_RESERVED} ORDER BY EXISTS (SELECT 1 FROM mysql.default_roles AS d WHERE d.DEFAULT_ROLE_USER = user.User AND d.DEFAULT_ROLE_HOST = user.Host) DESC, User, Host;
SELECT CONCAT('SELECT ''lifeboat-account''; SHOW GRANTS FOR ', ${ACCOUNT}, ';') FROM mysql.user WHERE ${NOT_RESERVED} ORDER BY User, Host;
SELECT 'SELECT ''lifeboat-end'';';
`;
const ACCOUNTS_DUMPS = {
	mariadb: {
		by: "dump tool",
		options: [
			CHARSET,
			"--comments",
			"--insert-ignore",
			"--system=users"
		]
	},
	mysql: {
		by: "statements",
		question: MYSQL_QUESTION,
		options: [
			"--batch",
			"--skip-column-names",
			"--binary-mode",
			CHARSET
		],
		format: text$1
	}
};

// src/engines/mysql/dump-options.ts
/**
* Options that no option file and no default of any version may change. hex-blob keeps the text valid UTF-8; without
* no-tablespaces the user would need PROCESS; 1G is the largest packet there is, the default of 16 MB fails on larger rows.
*/
const COMMON_OPTIONS = [
	"--default-character-set=utf8mb4",
	"--tz-utc",
	"--quote-names",
	"--create-options",
	"--add-drop-table",
	"--triggers",
	"--routines",
	"--events",
	"--hex-blob",
	"--no-tablespaces",
	"--max-allowed-packet=1G",
	"--comments"
];
const DATA_OPTIONS = [
	"--single-transaction",
	"--quick",
	"--extended-insert",
	"--disable-keys"
];
/** Rows of the past would be lost without it; for system-versioned tables, where the client knows it. */
const HISTORY_OPTION = "--dump-history";
/**
* What one flavour's tool needs beside these. MySQL's would write which transactions the server has, other ones on every server, and
* tools of 8.0 would add statistics.
*/
const FLAVOUR_OPTIONS = {
	mariadb: [],
	mysql: ["--set-gtid-purged=OFF", "--loose-column-statistics=0"]
};
/** Options with which the dump says where the binary log stood. MySQL holds all writing for that moment: the wait for it is bounded. */
function coordinateOptions(flavour, knownOptions) {
	if (flavour === "mariadb") return ["--master-data=2", "--gtid"];
	return [knownOptions.has("source-data") ? "--source-data=2" : "--master-data=2", ...knownOptions.has("init-command") ? ["--init-command=SET SESSION lock_wait_timeout = 30"] : []];
}

// src/engines/mysql/inventory-filter.pl
const text = "# Stands in the dump pipeline on the target: passes standard input through unchanged and writes down what went by.\n#\n#   perl inventory-filter.pl DIR WHAT HASHER...\n#\n# DIR/seen    one JSON line per object: kind, database, name, rows, dataSha256, ddlSha256, shapeSha256, plainBytes; no contents\n# DIR/ddl     the same objects with their DDL text, as the members of a JSON array (for the encrypted inventory)\n# DIR/facts   \"name value\" lines: bytes, trailer, open, rest (digest of all that is not rows), coordinates, complaints\n# WHAT        rows: counts rows; digest: does not; structure: does not, and writes no DIR/ddl\n# HASHER...   a command that prints the SHA-256 of its standard input, for large tables\n#\n# Rows stay out of memory: inside an INSERT only its end is searched for, in blocks. The dump tools escape every line break inside a\n# value, so that after the heading \";\\n\" is the end of a statement and nothing else; mariadb-dump writes one row a line, mysqldump all\n# rows of a statement in one. What is not\n# rows is small and is looked at line by line: comment lines and blank lines do not count (they differ between two dumps of the\n# same data), except inside a routine, between \"DELIMITER ;;\" and \"DELIMITER ;\". Names may hold line breaks and then anything that\n# looks like a line of the dump tool's own; so may texts and comments in routines: quotes are followed across lines.\nuse strict;\nuse warnings;\n\nmy ($dir, $what, @hasher) = @ARGV;\nmy $count_rows = $what eq 'rows';\nmy $BLOCK    = 1 << 20;\nmy $IN_PLACE = 1 << 21;                     # tables up to 2 MiB of text are hashed here, larger ones by the hasher beside us\nmy $LONG_ROW = 200;                         # bytes; about where both ways of counting rows take the same time\nmy $F_SETPIPE_SZ = 1031;                    # fcntl(2), Linux 2.6.35\nmy $MAX_NAME_BYTES = 2 * 64 * 4;            # 64 characters (MySQL, \"Identifier Length Limits\"), every one a doubled backquote\nmy $ID     = qr/(?>`(?:[^`]++|``)++`)/;\nmy $COLUMN = qr/$ID|\\w++/;                  # row_start and row_end stand there without quotes\nmy $NAME   = qr/$ID|(?>\"(?:[^\"]++|\"\")++\")/; # sql_mode ORACLE and ANSI_QUOTES quote names of routines with \"\nmy $QUOTED = qr/(?>`(?:[^`]++|``)*+`|'(?:[^'\\\\]++|''|\\\\.)*+')/s;\nmy $ACCOUNT = qr/$QUOTED(?:\\@$QUOTED)?/;\n# MySQL shows a character set that is implied by the collation only when both were written, as they are in its own dumps.\nmy $IMPLIED_CHARSET = qr/^  $ID \\w+(?:\\((?:[^()']++|'(?:[^'\\\\]++|''|\\\\.)*+')*+\\))?\\K CHARACTER SET \\w+(?= COLLATE )/;\nmy $GAP = qr{(?>(?:\\s++|/\\*(?!M?!).*?\\*/|--(?=[\\s\\x00-\\x1f])[^\\n]*+|\\#[^\\n]*+)++)}s; # a trigger stands there as it was typed\nmy $DEFINER = qr/DEFINER\\s*+=\\s*+(?:$NAME|$QUOTED|\\w++)(?:\\@(?:$NAME|$QUOTED|[\\w.%-]++))?/i;\nmy $KIND = qr/TRIGGER|EVENT|PROCEDURE|FUNCTION|PACKAGE[ ]BODY|PACKAGE/;\nmy $HEAD = qr/\\A\\s*CREATE(?:\\s+OR\\s+REPLACE)?(?:\\s*+$DEFINER)?(?:\\s+AGGREGATE)?\\s+($KIND)$GAP\n  (?:IF${GAP}NOT${GAP}EXISTS$GAP)?(?:(?:$NAME|\\w++)\\s*+\\.\\s*+)?($NAME|[^\\s(`\"]++)/xi;\n# In these character sets the second byte of a character may be a backslash or a quote.\nmy $UNSAFE_CHARSET = qr/\\A(?:sjis|cp932|gbk|big5|gb18030)\\z/;\n# A character of several bytes (RFC 3629); Perl's own decoder takes surrogates too.\nmy $UTF8 = qr/[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xed[\\x80-\\x9f][\\x80-\\xbf]\n  |\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}/x;\nmy $has_digest = eval { require Digest::SHA; 1 };\n\nopen(my $seen,  '>', \"$dir/seen\")  or die \"seen: $!\\n\";\nopen(my $ddl,   '>', $what eq 'structure' ? '/dev/null' : \"$dir/ddl\") or die \"ddl: $!\\n\";\nopen(my $facts, '>', \"$dir/facts\") or die \"facts: $!\\n\";\nbinmode $_ for (\\*STDIN, \\*STDOUT, $seen, $ddl, $facts);\neval { fcntl($_, $F_SETPIPE_SZ, $BLOCK) } for (\\*STDIN, \\*STDOUT);\n$SIG{PIPE} = 'DEFAULT';\n\nmy $buffer   = '';                          # what was read and not yet understood\nmy $consumed = 0;                           # bytes before the buffer\nmy $line_at  = 0;                           # where the line that is being read begins\nmy $database = '';\nmy $section  = '';                          # kind of the section we are in; '' before the first: accounts stand there\nmy $text     = '';                          # its canonical text\nmy ($body, $in_body, $in_head) = ('', 0, 0); # a routine, trigger or event between the two DELIMITER lines, and the SET lines in it\nmy $lead     = '';                          # the SET lines before it: its sql_mode and character sets\nmy $open     = '';                          # the quote that is open at the end of a line, as a pattern, or * for a comment\nmy $open_bytes = 0;                         # since then\nmy ($escapes, $can_follow) = (1, 1);        # a backslash escapes inside quotes; quotes can be told from halves of characters\nmy ($previous_line, $is_statement_open, $has_trailer, $objects) = ('', 0, 0, 0);\nmy ($in_insert, $data) = (0, undef);        # $data: the table whose rows are passing\nmy ($is_packed, $in_quote, $half) = (0, 0, ''); # all rows in one line; what a block ended in: inside quotes, or in a backslash\nmy $is_mysql = 0;                           # what the first line says\nmy %table;                                  # the table whose structure went by, until its rows (if any) have too\nmy $database_at = 0;                        # where the current database begins\nmy %per_database;\nmy ($statement, %accounts);                 # statements by account\nmy @rest = new_digest();\n\nwhile (1) {\n  my $read = sysread(STDIN, my $block, $BLOCK);\n  die \"read: $!\\n\" unless defined $read;\n  last unless $read;\n  write_all(\\*STDOUT, $block, 'write');\n  if ($in_insert && $buffer eq '') { $buffer = $block } else { $buffer .= $block }\n  understand(0);\n}\nunderstand(1);\n$line_at = $consumed;\nend_section();\nend_database();\n$database = '';\nobject('account', $_, $accounts{$_}) for sort keys %accounts;\nnote('database', json($_), $per_database{$_}) for sort keys %per_database;\nnote('bytes', $consumed);\nnote('trailer', $has_trailer);\nnote('open', 1) if $in_insert || $in_body || $open ne '' || $is_statement_open;\nnote('rest', end_digest(@rest));\nfor ($seen, $ddl, $facts) { close($_) or die \"close: $!\\n\" }\nexit 0;\n\n# Works off the buffer as far as it can be understood; at the end of input all of it.\nsub understand {\n  my ($at_end) = @_;\n  my $at = 0;\n  while ($at < length $buffer) {\n    if ($in_insert) {\n      my $end = index($buffer, \";\\n\", $at);\n      # A block may end between \";\" and \"\\n\": the last byte waits.\n      my $stop = $end >= 0 ? $end + 2 : $at_end ? length $buffer : length($buffer) - 1;\n      if    ($at == 0 && $stop == length $buffer) { add_rows($buffer) }\n      # A copy: what is handed on as substr() itself is cut out anew each time that it is looked at, which made minutes of seconds.\n      elsif ($stop > $at) { my $rows = substr($buffer, $at, $stop - $at); add_rows($rows) }\n      $at = $stop;\n      if ($end >= 0) { end_insert() } else { last }\n      next;\n    }\n    if (!$in_body && $open eq '' && substr($buffer, $at, 12) eq 'INSERT INTO ') {\n      pos($buffer) = $at;\n      if ($buffer =~ /\\GINSERT INTO ($ID)(?: \\((?:$COLUMN)(?:, (?:$COLUMN))*+\\))? VALUES([\\n ])/gc) {\n        start_insert($1, substr($buffer, $at, $+[0] - $at), $2 eq ' ');\n        $at = $+[0];\n        next;\n      }\n      # The heading is not all there yet; it is at most 4096 columns of 64 characters.\n      last if !$at_end && length($buffer) - $at < $BLOCK;\n    }\n    my $newline = index($buffer, \"\\n\", $at);\n    last if $newline < 0 && !$at_end;\n    $newline = length($buffer) - 1 if $newline < 0;\n    $line_at = $consumed + $at;\n    read_line(substr($buffer, $at, $newline + 1 - $at));\n    $at = $newline + 1;\n  }\n  $consumed += $at;\n  $buffer = $at == length $buffer ? '' : substr($buffer, $at);\n}\n\nsub read_line {\n  my ($line) = @_;\n  if ($in_body) { read_body($line) }\n  elsif ($open eq '' && substr($line, 0, 2) eq '--') {\n    read_comment($line);\n    $has_trailer = $previous_line eq \"\\n\" && $line =~ /^-- Dump completed.*\\n\\z/ ? 1 : 0;\n    $previous_line = $line;\n    return;\n  }\n  elsif ($open eq '' && $line eq \"\\n\") { $previous_line = $line; return }\n  else {\n    $is_statement_open = $line !~ /;\\n\\z/ && $line ne \"DELIMITER ;\\n\";\n    if ($open eq '' && $line eq \"DELIMITER ;;\\n\") { start_body() }\n    follow($line);\n    check_open($line) if $open ne '';\n    canon($line);\n  }\n  $has_trailer = 0;\n  $previous_line = $line;\n}\n\n# Only names go on in the next line: text in what SHOW CREATE … prints has its line breaks escaped. Accounts have them anywhere.\nsub check_open {\n  my ($line) = @_;\n  return if $section eq '';\n  $open = '' if $open ne '`';\n  # Inside a name backquotes are doubled.\n  my $is_insert = $line =~ /^INSERT INTO (`+)/ && length($1) % 2;\n  complain('a name that does not end', $line) if $open ne '' && ($open_bytes > $MAX_NAME_BYTES || $is_insert);\n}\n\n# Keeps $open: which quote or comment is open at the end of this line.\nsub follow {\n  my ($line) = @_;\n  my $opened_at;\n  pos($line) = 0;\n  # The text of a routine in another language, as MySQL shows it.\n  if ($in_body && $open eq '' && $line =~ /\\GAS (\\$\\w*\\$)/gc) { $open = quotemeta $1; $opened_at = pos $line }\n  while (pos($line) < length $line) {\n    if    ($open eq '*') { $line =~ /\\G.*?\\*\\//gcs ? ($open = '') : last }\n    elsif ($open ne '') {\n      if ($escapes && $open =~ /\\A['\"]\\z/) { $line =~ /\\G(?:[^\\\\'\"]++|\\\\.|(?!$open)['\"])++/gcs }\n      else                          { $line =~ /\\G(?:(?!$open).)++/gcs }\n      if ($line =~ /\\G$open/gc) { $open = '' } elsif (pos($line) < length $line) { pos($line)++ }\n    }\n    elsif ($line =~ /\\G[^'\"`#\\/-]++/gc) { }\n    elsif ($line =~ /\\G(?:#|--(?=[\\s\\x00-\\x1f]))[^\\n]*+/gc) { }\n    elsif ($line =~ /\\G\\/\\*(?!M?!)/gc) { $open = '*'; $opened_at = pos $line }\n    elsif ($line =~ /\\G(['\"`])/gc) { $open = $1; $opened_at = pos $line }\n    else { pos($line)++ }\n  }\n  $open_bytes = $open eq '' ? 0 : defined $opened_at ? length($line) - $opened_at : $open_bytes + length $line;\n}\n\n# Canonical text: counts towards the section and towards the digest of the rest.\nsub canon {\n  my ($line) = @_;\n  $line =~ s/$IMPLIED_CHARSET// if $is_mysql && $section eq 'table';\n  add_digest(@rest, $line);\n  if    ($line =~ /^\\/\\*!50003 SET .*= \\@saved_/) { $lead = '' }\n  elsif ($line =~ /^\\/\\*!50003 SET /)            { $lead .= $line }\n  return if $section eq 'data';\n  if ($section eq '') {\n    $statement .= $line;\n    if ($open eq '') { read_account($statement); $statement = '' }\n    return;\n  }\n  $text .= $line;\n  # Triggers follow the rows; without rows they follow the structure, under the same heading.\n  end_section() if $section eq 'table' && $line =~ /^\\/\\*!40101 SET character_set_client = \\@saved_cs_client/\n    || $section eq 'view' && $line =~ /^\\/\\*!50001 SET collation_connection      = \\@saved_col_connection/;\n}\n\n# A dump of accounts has no sections: each statement belongs to the account that it names.\nsub read_account {\n  my ($line) = @_;\n  return if $line =~ m{^/\\*!80001 };       # the same once more, for MySQL\n  my $name;\n  if    ($line =~ /^(?:\\/\\*M!\\d+ )?CREATE (?:USER|ROLE)(?: IF NOT EXISTS)? ($ACCOUNT)/) { $name = $1 }\n  elsif ($line =~ /^(?:\\/\\*M!\\d+ )?GRANT .* TO ($ACCOUNT)/s)                          { $name = $1 }\n  elsif ($line =~ /^REVOKE .* FROM ($ACCOUNT)/s)                                      { $name = $1 }\n  elsif ($line =~ /^(?:\\/\\*M!\\d+ )?SET DEFAULT ROLE .* FOR ($ACCOUNT)/s)               { $name = $1 }\n  else { return }\n  $name = join '@', map { \"'\" . unquote_account($_) . \"'\" } $name =~ /$QUOTED/g;\n  $accounts{$name} = '' unless defined $accounts{$name};\n  $accounts{$name} .= $line;\n}\n\n# Titles stand between two lines \"--\"; the lines of a name with line breaks begin with \"-- \" too, so that what stands before decides.\nsub read_comment {\n  my ($line) = @_;\n  chomp $line;\n  if ($previous_line eq \"--\\n\") {\n    my %sections = ('Current Database: ' => 'database', 'Table structure for table ' => 'table', 'Final view structure for view ' => 'view',\n      'Temporary table structure for view ' => 'other', 'Temporary view structure for view ' => 'other', 'Sequence structure for ' => 'sequence', 'Dumping data for table ' => 'data',\n      'Dumping events for database ' => 'other', 'Dumping routines for database ' => 'other');\n    my ($title) = grep { index($line, \"-- $_\") == 0 } keys %sections;\n    if (defined $title) {\n      end_section();\n      $section = $sections{$title};\n      start_database(substr($line, length \"-- $title\")) if $section eq 'database';\n      return;\n    }\n  }\n  return if $previous_line =~ /^-- /;\n  if    ($line =~ /^-- CHANGE MASTER TO MASTER_LOG_FILE='([^']+)', MASTER_LOG_POS=(\\d+);/) { note('file', $1); note('position', $2) }\n  elsif ($line =~ /^-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='([^']+)', SOURCE_LOG_POS=(\\d+);/) { note('file', $1); note('position', $2) }\n  elsif ($line =~ /^-- MySQL dump (?!.*MariaDB)/ && $line_at == 0) { $is_mysql = 1 }\n  elsif ($line =~ /^-- SET GLOBAL gtid_slave_pos='([^']*)'/) { note('gtid', $1) }\n  elsif ($line =~ /^-- (?:insufficient privileges|failed on view|WARNING|Error|Couldn't)/i) { complain(substr($line, 3)) }\n}\n\nsub start_database {\n  my ($name) = @_;\n  end_database();\n  # A name with a line break goes on in the next comment line; the CREATE DATABASE statement has it whole.\n  $database = unquote($name);\n}\n\nsub end_database {\n  flush_table();\n  return if $database eq '';\n  $per_database{$database} += $line_at - $database_at;\n  $database_at = $line_at;\n}\n\nsub end_section {\n  end_data();\n  if ($section eq 'database' && $text =~ /^(?:CREATE DATABASE[^`]*|USE )($ID)/m) {\n    $database = unquote($1);\n    object('database', $database, $text) if $text =~ /^CREATE DATABASE/;\n  }\n  elsif ($section eq 'table')    { object('table', unquote($1), $text) if $text =~ /^CREATE TABLE ($ID)/m }\n  elsif ($section eq 'view')     { object('view', unquote($1), $text) if $text =~ /^\\/\\*!50001 VIEW ($ID)/m }\n  elsif ($section eq 'sequence') { object('sequence', unquote($1), $text) if $text =~ /^CREATE SEQUENCE ($ID)/m }\n  ($text, $lead) = ('', '');\n  $section = $section eq 'table' ? 'data' : 'other';\n}\n\nsub start_body {\n  $in_body = 1;\n  begin_body($lead);\n}\n\n# What the SET lines before a body say about the quotes in it. For events they stand between the DELIMITER lines.\nsub begin_body {\n  my ($lines) = @_;\n  ($body, $in_head, $escapes, $can_follow) = ('', 1, 1, 1);\n  read_head($_) for split /^/, $lines;\n}\n\nsub read_head {\n  my ($line) = @_;\n  if    ($line =~ /^\\/\\*!50003 SET sql_mode\\s+= '([^']*)'/) { $escapes = $1 !~ /NO_BACKSLASH_ESCAPES/ }\n  elsif ($line =~ /^\\/\\*!50003 SET character_set_client\\s+= (\\w+)/) { $can_follow = $1 !~ $UNSAFE_CHARSET }\n  elsif ($line !~ /^\\/\\*!\\d+ SET /) { $in_head = 0 }\n}\n\nsub read_body {\n  my ($line) = @_;\n  add_digest(@rest, $line);\n  # Where quotes cannot be followed, the form of the end alone has to do.\n  if ($open eq '' && $previous_line =~ /;;\\n\\z/) {\n    if ($line eq \"DELIMITER ;\\n\")  { end_body(); ($in_body, $escapes) = (0, 1); return }\n    if ($line eq \"DELIMITER ;;\\n\") { end_body(); begin_body(''); return }   # events follow each other without a way back\n  }\n  $body .= $line;\n  read_head($line) if $in_head;\n  follow($line) if $can_follow;\n}\n\n# One routine, trigger or event is complete.\nsub end_body {\n  $body =~ s/^\\/\\*!50106 DROP EVENT IF EXISTS [^\\n]*;;\\n\\z//m;\n  # Conditional comments stand between the words: /*!50003 CREATE*/ /*!50017 DEFINER=...*/ /*!50003 TRIGGER name ...\n  (my $plain = $body) =~ s{\\A(?:/\\*!\\d+ SET [^\\n]*\\n)+}{};\n  $plain =~ s{\\A/\\*!\\d+ }{};\n  $plain =~ s{\\A([^\\n]*?)\\*/ /\\*!\\d+ }{$1 } for 1, 2;\n  if ($plain =~ $HEAD) {\n    my ($kind, $name) = (lc $1, $2);\n    $name = $name =~ s/\\A\"(.*)\"\\z/$1/s ? $name =~ s/\"\"/\"/gr : unquote($name);\n    $kind =~ tr/ /-/;\n    object($kind, $name, $lead . $body);\n  }\n  elsif ($body =~ /\\S/) { complain('a routine, trigger or event of an unknown form', $body) }\n  $body = '';\n}\n\nsub object {\n  my ($kind, $name, $ddl_text) = @_;\n  flush_table() if $kind ne 'trigger';\n  # Counters move without anybody changing the structure.\n  (my $shape = $ddl_text) =~ s/^(\\) ENGINE=\\S+) AUTO_INCREMENT=\\d+/$1/m;\n  $shape =~ s/^(?:DO|SELECT) SETVAL\\([^\\n]*\\n//mg;\n  my %object = (kind => $kind, database => $database, name => $name, ddl => $ddl_text,\n                ddlSha256 => digest($ddl_text), shapeSha256 => digest($shape));\n  if ($kind eq 'table') { %table = %object } else { emit(\\%object) }\n}\n\nsub flush_table {\n  return unless %table;\n  $table{rows} = 0 if $count_rows && !defined $table{rows};\n  $table{dataSha256} = digest('') unless defined $table{dataSha256};\n  $table{plainBytes} = 0 unless defined $table{plainBytes};\n  emit({%table});\n  %table = ();\n}\n\nsub emit {\n  my ($object) = @_;\n  my @parts = map { '\"' . $_ . '\":' . json($object->{$_}) } qw(kind database name);\n  push @parts, '\"rows\":' . $object->{rows} if defined $object->{rows};\n  push @parts, map { '\"' . $_ . '\":\"' . $object->{$_} . '\"' } grep { defined $object->{$_} } qw(dataSha256 ddlSha256);\n  print $ddl ($objects++ ? \",\\n\" : ''), '{', join(',', @parts), ',\"ddl\":', json($object->{ddl}), '}' or die \"ddl: $!\\n\";\n  push @parts, '\"shapeSha256\":\"' . $object->{shapeSha256} . '\"';\n  push @parts, '\"plainBytes\":' . $object->{plainBytes} if defined $object->{plainBytes};\n  print $seen '{', join(',', @parts), \"}\\n\" or die \"seen: $!\\n\";\n}\n\nsub start_insert {\n  my ($name, $heading, $has_rows_behind) = @_;\n  $name = unquote($name);\n  if (!$data || $data->{name} ne $name) {\n    end_data();\n    $data = { name => $name, rows => 0, bytes => 0, pending => '' };\n  }\n  ($in_insert, $has_trailer, $is_statement_open, $previous_line) = (1, 0, 0, '');\n  ($is_packed, $in_quote, $half) = ($has_rows_behind, 0, '');\n  add_data($heading);\n}\n\nsub end_insert {\n  $in_insert = 0;\n  complain('rows that end inside quotes', json($data->{name})) if $in_quote || $half ne '';\n}\n\n# \"VALUES\\n(row),\\n(row);\\n\": after the heading there is one line a row. \"VALUES (row),\\n(row);\\n\" and \"VALUES (row),(row);\\n\": rows are\n# counted by their parentheses.\nsub add_rows {\n  $data->{rows} += $is_packed ? count_packed($_[0]) : count_lines($_[0]) if $count_rows;\n  add_data($_[0]);\n}\n\n# Outside quotes there is no parenthesis but those around rows. A backslash takes the byte behind it along, wherever the block ends.\nsub count_packed {\n  my $text = $half . $_[0];\n  my $backslashes = 0;\n  $backslashes++ while substr($text, -1 - $backslashes, 1) eq '\\\\';\n  $half = $backslashes % 2 ? chop $text : '';\n  # Half the time of taking every escaped byte away: of the others none matters.\n  $text =~ s/\\\\\\\\//g if index($text, '\\\\\\\\') >= 0;\n  $text =~ s/\\\\'//g if index($text, \"\\\\'\") >= 0;\n  $text = \"'\" . $text if $in_quote;\n  $text =~ s/'[^']*+'//g;\n  my $quote_at = index($text, \"'\");\n  $in_quote = $quote_at >= 0 ? 1 : 0;\n  substr($text, $quote_at) = '' if $in_quote;\n  return $text =~ tr/(//;\n}\n\n# Long rows are counted in half the time by hopping from one line break to the next, short ones by looking at every byte.\nsub count_lines {\n  return ($_[0] =~ tr/\\n//) if $data->{bytes} < $LONG_ROW * $data->{rows};\n  my ($lines, $at) = (0, 0);\n  $lines++ while ($at = index($_[0], \"\\n\", $at) + 1) > 0;\n  return $lines;\n}\n\nsub add_data {\n  $data->{bytes} += length $_[0];\n  if ($data->{pipe}) { feed($data->{pipe}, $_[0]); return }\n  $data->{pending} .= $_[0];\n  return if $has_digest && length $data->{pending} < $IN_PLACE;\n  $data->{pipe} = start_hasher(\"$dir/hash\");\n  feed($data->{pipe}, $data->{pending});\n  $data->{pending} = '';\n}\n\nsub end_data {\n  return unless $data;\n  my $sha;\n  if ($data->{pipe}) { $sha = end_hasher($data->{pipe}, \"$dir/hash\") } else { $sha = digest($data->{pending}) }\n  if (%table && $table{name} eq $data->{name}) {\n    @table{qw(dataSha256 plainBytes)} = ($sha, $data->{bytes});\n    $table{rows} = $data->{rows} if $count_rows;\n  }\n  else { complain('rows of a table whose structure did not go by', json($data->{name})) }\n  $data = undef;\n}\n\n# The hasher beside us; Perl keeps our other descriptors from it.\nsub start_hasher {\n  my ($file) = @_;\n  my $pid = open(my $pipe, '|-') // die \"fork: $!\\n\";\n  if (!$pid) { open(STDOUT, '>', $file) or exit 71; exec { $hasher[0] } @hasher or exit 72 }\n  binmode $pipe;\n  eval { fcntl($pipe, $F_SETPIPE_SZ, $BLOCK) };\n  return $pipe;\n}\n\nsub feed {\n  local $SIG{PIPE} = 'IGNORE';\n  write_all($_[0], $_[1], 'hasher');\n}\n\n# Past perl's own buffer, which would cut it into pieces of 8 KiB.\nsub write_all {\n  my ($to, undef, $whom) = @_;\n  my $written = 0;\n  while ($written < length $_[1]) {\n    my $n = syswrite($to, $_[1], length($_[1]) - $written, $written);\n    die \"$whom: $!\\n\" unless defined $n;\n    $written += $n;\n  }\n}\n\nsub end_hasher {\n  my ($pipe, $file) = @_;\n  local $SIG{PIPE} = 'IGNORE';\n  close($pipe) or die 'hasher: ', $! || \"status $?\", \"\\n\";\n  open(my $in, '<', $file) or die \"hash: $!\\n\";\n  my $out = lc join '', <$in>;\n  # \"0a1b…  -\" or groups of digits on several lines.\n  $out =~ tr/0-9a-f//cd;\n  die \"hasher printed no SHA-256\\n\" unless length $out == 64;\n  return $out;\n}\n\nsub digest {\n  return Digest::SHA::sha256_hex($_[0]) if $has_digest;\n  my @state = new_digest();\n  add_digest(@state, $_[0]);\n  return end_digest(@state);\n}\n\n# A running digest: Digest::SHA where perl has it, else the hasher at the other end of a pipe.\nsub new_digest {\n  return (Digest::SHA->new(256)) if $has_digest;\n  my $file = \"$dir/hash\" . ++(our $serial);\n  return (start_hasher($file), $file);\n}\nsub add_digest { my $bytes = pop; if (@_ == 1) { $_[0]->add($bytes) } else { feed($_[0], $bytes) } }\nsub end_digest {\n  return $_[0]->hexdigest if @_ == 1;\n  my $hash = end_hasher(@_);\n  unlink $_[1];\n  return $hash;\n}\n\nsub note { my ($name, @values) = @_; print $facts \"$name @values\\n\" or die \"facts: $!\\n\" }\n\nsub complain {\n  my ($words, $sample) = @_;\n  my $complaint = defined $sample ? \"$words: \" . substr($sample, 0, 200) : $words;\n  $complaint =~ s/[\\x00-\\x1f\\x7f]+/ /g;\n  note('complaint', $complaint);\n}\n\nsub unquote_account {\n  my ($name) = @_;\n  return unquote($name) if $name =~ /^`/;\n  $name = substr($name, 1, -1);\n  $name =~ s/''/'/g;\n  $name =~ s/\\\\(.)/$1/gs;\n  return $name;\n}\n\nsub unquote { my ($name) = @_; $name =~ s/^`//; $name =~ s/`\\z//; $name =~ s/``/`/g; return $name }\n\nsub json {\n  my ($value) = @_;\n  (my $left = $value) =~ s/$UTF8//g;\n  $value =~ s/([\"\\\\])/\\\\$1/g;\n  $value =~ s/([\\x00-\\x1f\\x7f])/sprintf('\\\\u%04x', ord $1)/ge;\n  # Text that is not UTF-8 is shown byte by byte, so that the JSON stays valid.\n  $value =~ s/([\\x80-\\xff])/sprintf('\\\\u%04x', ord $1)/ge if $left =~ /[\\x80-\\xff]/;\n  return \"\\\"$value\\\"\";\n}\n";

// src/engines/mysql/facts.ts
function parseFacts(text) {
	const lines = text.split("\n").filter((line) => line !== "");
	const all = (name) => lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
	const one = (name) => all(name)[0];
	const file = one("file");
	const databaseBytes = all("database").map((value) => {
		const space = value.lastIndexOf(" ");
		return [JSON.parse(value.slice(0, space)), Number(value.slice(space + 1))];
	});
	return {
		bytes: Number(one("bytes") ?? 0),
		hasTrailer: one("trailer") === "1",
		isOpen: one("open") === "1",
		restSha256: one("rest") ?? "",
		coordinates: file === void 0 ? null : {
			file,
			position: Number(one("position") ?? 0),
			gtid: one("gtid") ?? ""
		},
		databaseBytes: new Map(databaseBytes),
		complaints: all("complaint")
	};
}

export { FLAVOUR_OPTIONS as a, ACCOUNTS_DUMPS as c, isOn as d, readAccounts as f, signingKeyWarnings as g, recipientWarnings as h, DATA_OPTIONS as i, LIST_OPTIONS as l, readViews as m, text as n, HISTORY_OPTION as o, readCatalogue as p, COMMON_OPTIONS as r, coordinateOptions as s, parseFacts as t, NOT_RESERVED as u };