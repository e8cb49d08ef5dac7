// Dumps the restored databases again, in the sandbox, with the options and through the filter of the dump.
import type { InventoryObject } from '../../../domain/inventory.ts';
import { excerpt } from '../../../domain/excerpt.ts';
import { shellQuoteAll } from '../../../domain/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { RestoredState } from '../../../ports/restore-engine.ts';
import { ACCOUNT_OPTIONS, COMMON_OPTIONS, DATA_OPTIONS } from '../dump-options.ts';
import { parseFacts } from '../facts.ts';
import { text as filterProgram } from '../inventory-filter.pl';
import { HOME } from './sandbox-server.ts';
import type { Inside } from './inside.ts';

const FILTER = `${HOME}/filter.pl`;

/** With more options than the usual ones. Throws `restore-unreadable`. */
export async function readDatabases(
  inside: Inside,
  databases: readonly string[],
  more: readonly string[],
): Promise<RestoredState> {
  const options = [...COMMON_OPTIONS, ...DATA_OPTIONS, ...more, '--databases', '--', ...databases];
  return dumpThroughFilter(inside, 'databases', options, 'rows');
}

/** Throws `restore-unreadable`. */
export async function readAccounts(inside: Inside): Promise<readonly InventoryObject[]> {
  return (await dumpThroughFilter(inside, 'accounts', ACCOUNT_OPTIONS, 'digest')).objects;
}

async function dumpThroughFilter(
  inside: Inside,
  what: 'databases' | 'accounts',
  options: readonly string[],
  mode: 'rows' | 'digest',
): Promise<RestoredState> {
  const directory = `${HOME}/${what}`;
  const script = [
    `cat >${FILTER} && rm -rf ${directory} && mkdir ${directory} || exit 1`,
    `{ mariadb-dump ${shellQuoteAll([...inside.dumpArguments(), ...options])} 2>${directory}/errors </dev/null; echo "$?" >${directory}/status; } |`,
    `perl ${FILTER} ${directory} ${mode} sha256sum >/dev/null || { echo 'the filter failed' >&2; exit 1; }`,
    // Complaints of the dump tool count even when it ends with 0, as they do when a backup is made.
    `cat ${directory}/errors >&2`,
    `[ "$(cat ${directory}/status)" = 0 ] || exit 1`,
    `cat ${directory}/facts && printf '\\f[' && cat ${directory}/ddl && printf ']'`,
  ];
  const { exitCode, stdout, stderr } = await inside.shell(script.join('\n'), once(filterProgram));
  const at = stdout.indexOf('\f');
  const facts = parseFacts(stdout.subarray(0, Math.max(0, at)).toString());
  const wrong = [
    ...(exitCode === 0 ? [] : [`the dump tool ended with an error:\n${excerpt(stderr)}`]),
    ...(exitCode === 0 && stderr.trim() !== '' ? [`the dump tool said:\n${excerpt(stderr)}`] : []),
    ...(facts.hasTrailer && !facts.isOpen ? [] : ['its dump is not whole']),
    ...facts.complaints,
  ];
  if (wrong.length > 0) {
    throw new LifeboatError(
      'restore-unreadable',
      `what was restored of the ${what} cannot be dumped again: ${wrong.join('; ')}`,
      { hint: 'A backup whose copy cannot be read is not proven. Look at the objects that are named.' },
    );
  }
  const objects = JSON.parse(stdout.subarray(at + 1).toString()) as readonly InventoryObject[];
  return { objects, restSha256: facts.restSha256 };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
