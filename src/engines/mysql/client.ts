// How a task calls the database's own programs: credentials through a pipe, options of ours, nothing secret in argv.
import { shellQuote, shellQuoteAll } from '../../domain/text/shell.ts';
import type { DatabaseConnection } from '../../ports/engine.ts';
import { READ_CONTAINER } from './find-container.ts';
import { text as insideProgram } from './run-inside.sh';

/** The programs that were found on the target. */
export interface ClientPrograms {
  readonly sql: string;
  readonly dump: string;
}

/**
 * Options with which an SQL client takes a dump as the text that it is, and prints rows as they are: binary-mode and local-infile keep it
 * from doing anything else that somebody may have written into the text.
 */
export const LOAD_OPTIONS = [
  '--default-character-set=utf8mb4',
  '--max-allowed-packet=1G',
  '--local-infile=0',
  '--binary-mode',
  '--comments',
  '--batch',
  '--raw',
  '--skip-column-names',
] as const;

/** A value in a client option file: in double quotes, so that `#` begins no comment. */
export function quoteOptionValue(value: string): string {
  return `"${value.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}

/** Options that go into argv: none of them is secret. */
function connectionArguments(connection: DatabaseConnection): string[] {
  const { host, port, socket, options = [] } = connection;
  return [
    ...(host === undefined ? [] : [`--host=${host}`, '--protocol=tcp']),
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(socket === undefined ? [] : [`--socket=${socket}`]),
    ...options,
  ];
}

/**
 * Shell text that defines `run_client PROGRAM ARGUMENT…`. The program is started by `$VIA` (directly unless set), reads `$IN`
 * (/dev/null unless set) and takes its credentials from descriptor 7; `--defaults-file` keeps it from reading any other option file.
 */
export function clientFunction(connection: DatabaseConnection): string {
  const lines = [`IN=/dev/null`, `VIA=`];
  if (connection.container !== undefined) lines.push(READ_CONTAINER);
  if (connection.passwordFile === undefined) {
    const password =
      connection.password === undefined ? '' : `password=${quoteOptionValue(connection.password)}\n`;
    lines.push(`OPTIONS=${shellQuote(`[client]\n${userOption(connection)}${password}`)}`);
  } else {
    const file = homePath(connection.passwordFile);
    lines.push(
      connection.container === undefined
        ? `IFS= read -r PASSWORD <${file} || :`
        : `PASSWORD=$("$ENGINE" exec "$CONTAINER" sh -c ${shellQuote(`IFS= read -r line <${file} || :; printf '%s\\n' "$line"`)})`,
      // The quoting of quoteOptionValue, in the shell.
      String.raw`PASSWORD=$(printf '%s\n' "$PASSWORD" | sed 's/[\\"]/\\&/g')`,
      `OPTIONS=${shellQuote(`[client]\n${userOption(connection)}`)}"password=\\"$PASSWORD\\"`,
      `"`,
    );
  }
  const fixed = shellQuoteAll(connectionArguments(connection));
  if (connection.container !== undefined) return `${lines.join('\n')}\n${clientInside(connection, fixed)}`;
  lines.push(
    `DEFAULTS=${homePath(connection.defaultsFile)}`,
    `run_client() {`,
    `  program=$1; shift`,
    `  if [ -n "$DEFAULTS" ]; then $VIA "$program" "--defaults-file=$DEFAULTS" ${fixed} "$@" <"$IN"`,
    `  else printf '%s\\n' "$OPTIONS" | { $VIA "$program" --defaults-file=/dev/fd/7 ${fixed} "$@" 7<&0 <"$IN"; }; fi`,
    `}`,
  );
  return `${lines.join('\n')}\n`;
}

/**
 * The same in a container. Its standard input is a FIFO that the exec itself holds open for writing, too: it ends when the exec does,
 * however that ends, and no sooner.
 */
function clientInside({ defaultsFile = '' }: DatabaseConnection, fixed: string): string {
  return `run_client() (
  program=$1; shift
  mkfifo "$D/feed.$stage_name" && exec 5<>"$D/feed.$stage_name" && rm "$D/feed.$stage_name" || exit 1
  { printf '%s\\n' "$NONCE" "$OPTIONS" "$NONCE"; cat "$IN"; printf '\\n%s\\n' "$NONCE"; } >&5 5>&- &
  feeder=$!
  "$ENGINE" exec -i "$CONTAINER" sh -c ${shellQuote(insideProgram)} sh "$VIA" ${shellQuote(defaultsFile)} "$program" ${fixed} "$@" <&5 5>&-
  status=$?
  kill "$feeder" 2>/dev/null
  wait "$feeder" 2>/dev/null
  exit "$status"
)
`;
}

function userOption(connection: DatabaseConnection): string {
  return connection.user === undefined ? '' : `user=${quoteOptionValue(connection.user)}\n`;
}

/** A path on the target as a shell word; `~/` is the home of the user that logs in. */
export function homePath(path: string | undefined): string {
  if (path === undefined) return `''`;
  return path.startsWith('~/') ? `"$HOME"/${shellQuote(path.slice(2))}` : shellQuote(path);
}

/** Shell text of a stage `query` that sends SQL from standard input and prints one row a line, unescaped. */
export function sqlStage(programs: ClientPrograms, sql: string): string {
  return queryStage(programs, sql, '--raw --skip-column-names');
}

/** The same with the names of the columns before the rows, and values escaped, so that no tab and no line break is part of one. */
export function tableStage(programs: ClientPrograms, sql: string): string {
  return queryStage(programs, sql, '--column-names');
}

function queryStage(programs: ClientPrograms, sql: string, manner: string): string {
  return [
    `printf '%s\\n' ${shellQuote(sql)} >"$D/sql"`,
    `IN=$D/sql`,
    `stage query run_client ${shellQuote(programs.sql)} --batch ${manner} --default-character-set=utf8mb4`,
    `IN=/dev/null`,
    '',
  ].join('\n');
}

/** A database, table or account name as SQL writes it. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A string literal of SQL; only for sessions without NO_BACKSLASH_ESCAPES, which every query of ours sets. */
export function quoteSqlString(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
