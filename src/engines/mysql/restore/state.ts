// Dumps the restored databases again, in the sandbox, with the options and through the filter of the dump.
import type { InventoryObject } from '../../../domain/dumps/inventory.ts';
import { excerpt } from '../../../domain/text/excerpt.ts';
import { shellQuote, shellQuoteAll } from '../../../domain/text/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { RestoredState } from '../../../ports/restore-engine.ts';
import { ACCOUNTS_DUMPS, LIST_OPTIONS } from '../dump/accounts-dump.ts';
import { COMMON_OPTIONS, DATA_OPTIONS, FLAVOUR_OPTIONS } from '../dump/dump-options.ts';
import { parseFacts } from '../dump/facts.ts';
import type { FilterRun, FilterTask } from './filter-run.ts';
import type { Inside } from './inside.ts';

/** With more options than the usual ones. Throws `restore-unreadable`. */
export async function readDatabases(
  inside: Inside,
  runFilter: FilterRun,
  databases: readonly string[],
  more: readonly string[],
): Promise<RestoredState> {
  const options = [
    ...COMMON_OPTIONS,
    ...FLAVOUR_OPTIONS[inside.flavour],
    ...DATA_OPTIONS,
    ...more,
    '--databases',
    '--',
    ...databases,
  ];
  return judge('databases', await runFilter({ command: dumpCommand(inside, options), mode: 'rows' }));
}

/** Throws `restore-unreadable`. */
export async function readAccounts(
  inside: Inside,
  runFilter: FilterRun,
): Promise<readonly InventoryObject[]> {
  const accounts = ACCOUNTS_DUMPS[inside.flavour];
  const task: FilterTask =
    accounts.by === 'dump tool'
      ? { command: dumpCommand(inside, accounts.options), mode: 'digest' }
      : {
          command: [
            `S=$(printf '%s' ${shellQuote(accounts.question)} | ${clientCommand(inside, LIST_OPTIONS)}) || exit 1`,
            `printf '%s\\n' "$S" | ${clientCommand(inside, accounts.options)}`,
          ].join('\n'),
          mode: 'digest',
          format: accounts.format,
        };
  return judge('accounts', await runFilter(task)).objects;
}

function dumpCommand(inside: Inside, options: readonly string[]): string {
  return shellQuoteAll([inside.dumpTool, ...inside.logInArguments(), ...options]);
}

function clientCommand(inside: Inside, options: readonly string[]): string {
  return shellQuoteAll([inside.client, ...inside.logInArguments(), ...options]);
}

function judge(
  what: 'databases' | 'accounts',
  { exitCode, stdout, stderr }: Awaited<ReturnType<FilterRun>>,
): RestoredState {
  const at = stdout.indexOf('\f');
  const facts = parseFacts(stdout.slice(0, Math.max(0, at)));
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
  const objects = JSON.parse(stdout.slice(at + 1)) as readonly InventoryObject[];
  return { objects, restSha256: facts.restSha256 };
}
