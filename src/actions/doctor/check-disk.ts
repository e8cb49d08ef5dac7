// The disk that the database lives on: whether there is room on it, and whether the backups are on the same one.
import { stat } from 'node:fs/promises';
import { shellQuote, shellQuoteAll } from '../../domain/text/shell.ts';
import type { StoreLocation } from '../../domain/stores/store-url.ts';
import { formatBytes } from '../../domain/text/units.ts';
import type { TargetSession } from '../../ports/remote.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Old versions of changed rows pile up while a dump reads. */
const MIN_FREE_BYTES = 1024 ** 3;

/** What the user that logs in cannot see is passed over. */
export async function checkDisk(
  session: TargetSession,
  dataDirectory: string,
  store: StoreLocation,
  diagnosis: Diagnosis,
): Promise<void> {
  const storeDirectory = store.kind === 'directory' ? store.path : undefined;
  const { stdout } = await session.run({
    label: 'look at the disk of the database',
    script: [
      `df -Pk ${shellQuote(dataDirectory)} 2>/dev/null || :`,
      ...(storeDirectory === undefined
        ? []
        : [`stat -c 'at %d:%i' ${shellQuoteAll([storeDirectory, dataDirectory])} 2>/dev/null || :`]),
    ].join('\n'),
    stages: [],
  });
  const freeBytes = readFreeBytes(stdout.toString());
  if (freeBytes !== undefined && freeBytes < MIN_FREE_BYTES) {
    diagnosis.warn(
      'Database',
      `only ${formatBytes(freeBytes)} are free on the disk of ${dataDirectory}: while a dump reads, the server keeps old versions of changed rows there, and stops when it is full`,
      'Make room, or give the database a larger disk.',
    );
  }
  const [theirs, data] = Array.from(stdout.toString().matchAll(/^at (\S+)$/gm), ([, place = '']) => place);
  if (storeDirectory === undefined || theirs === undefined || data === undefined) return;
  // The same directory on both machines is the same machine.
  const isHere = theirs === (await placeOf(storeDirectory));
  if (isHere && deviceOf(theirs) === deviceOf(data)) {
    diagnosis.warn(
      'Store',
      `the backups in ${storeDirectory} are on the same disk as the database in ${dataDirectory}: one fault takes both`,
      'Use another disk, better another place: a bucket of somebody else (docs/store-setup.md).',
    );
  }
}

/**
 * Of the last line of `df -Pk` (POSIX: device, blocks, used, available, capacity, mount point). A device may have blanks in its name, a number
 * may not.
 */
export function readFreeBytes(text: string): number | undefined {
  const [, kibibytes] = / (\d+) +\d+% /.exec(text) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** As `stat -c %d:%i` prints it. */
async function placeOf(directory: string): Promise<string | undefined> {
  const found = await stat(directory, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

function deviceOf(place: string): string | undefined {
  return place.split(':')[0];
}
