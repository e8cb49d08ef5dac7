// Composes the shell text of the tasks that read binary logs. Nothing from outside gets in but through shellQuote.
import { shellQuote } from '../../../domain/text/shell.ts';
import type { DatabaseConnection } from '../../../ports/engine.ts';
import { clientFunction } from '../client.ts';
import { READ_CONTAINER } from '../find-container.ts';
import { text as filterProgram } from './binlog-filter.pl';

/** The ways to a file. A container's is read as whoever commands run as in it, which is root most of the time. */
export type Way =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'container'; readonly path: string }
  | { readonly kind: 'server'; readonly program: string };

export const READ_STAGE = 'read';
export const LOOK_STAGE = 'look';
/** Statuses of binlog-filter.pl. */
export const DAMAGED = 3;
export const UNKNOWN = 4;

/** The filter's own text is written once a session. */
const PREPARATION = `[ -e "$D/binlog-filter.pl" ] || printf '%s' ${shellQuote(filterProgram)} >"$D/binlog-filter.pl"\nmkdir -p "$D/binlog"\n`;

/**
 * Shell text of a pipeline: the file goes through the filter and then to `rest`.
 *
 * From a server it comes by way of its own program, which writes raw files only: here into a FIFO of the name that it will give the file,
 * so that nothing of it is ever on a disk. When the program ends without having opened it, whoever waits at the other end would do so for ever:
 * opened for both, it has had a writer.
 */
function pipeline(
  connection: DatabaseConnection,
  way: Way,
  name: string,
  mode: 'whole' | 'head',
  rest: string,
): string {
  const from = way.kind === 'server' ? 'server' : 'file';
  const look = `stage ${LOOK_STAGE} nice perl "$D/binlog-filter.pl" ${mode} ${from} "$D/binlog"${mode === 'whole' ? ' $HASHER' : ''}`;
  if (way.kind === 'file') return `stage ${READ_STAGE} cat ${shellQuote(way.path)} | ${look}${rest}\n`;
  if (way.kind === 'container') {
    return `${READ_CONTAINER}\nstage ${READ_STAGE} "$ENGINE" exec "$CONTAINER" cat ${shellQuote(way.path)} | ${look}${rest}\n`;
  }
  const options = ['--read-from-remote-server', '--raw'].join(' ');
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

export function wholeScript(connection: DatabaseConnection, way: Way, name: string): string {
  return PREPARATION + pipeline(connection, way, name, 'whole', ' | seal');
}

/** Prints what the filter noted. Who was not read to the end may have taken offence. */
export function headScript(connection: DatabaseConnection, way: Way, name: string): string {
  return `${PREPARATION}${pipeline(connection, way, name, 'head', '')}
if grep -q '^content 1' "$D/binlog/facts"; then echo 0 >"$D/status.${READ_STAGE}"; fi
cat "$D/binlog/facts"
`;
}

/** Prints what was noted of a whole file, and its digest. */
export const SEE_SCRIPT = `cat "$D/binlog/facts" && printf 'sha256 ' && tr -d ' \\n-' <"$D/binlog/sha256" | tr A-F a-f`;

/** Prints whether the SSH user can read this file, and whether it is on the machine that the server says it is on. */
export function accessScript(path: string, hostName: string): string {
  return `if [ "$(uname -n)" = ${shellQuote(hostName)} ] && [ -r ${shellQuote(path)} ]; then echo readable; fi\n`;
}
