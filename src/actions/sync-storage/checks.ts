// What a run refuses, and what it warns of.
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import { countOf, formatCount } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { Named, StorageScan } from '../../ports/storage.ts';
import { choiceOf, type Run } from './run.ts';
import type { StorageState } from './state.ts';

export function leftOut({ mounts }: StorageScan): string {
  return `Left out, because they are other file systems than the paths: ${nameSome(mounts)}. Make them paths of their own, or leave them out with \`exclude\`.`;
}

export function inUse({ sqlite }: StorageScan): string {
  return `These look like databases of SQLite that are in use, and a copy of their files as they are can be torn: ${nameSome(sqlite)}. Store what \`sqlite3 FILE ".backup COPY"\` makes of them instead, and leave them out with \`exclude\`.`;
}

function nameSome({ count, names }: Named): string {
  return names.join(', ') + (count > names.length ? ` and ${formatCount(count - names.length)} more` : '');
}

export function checkDatabases({ inputs }: Run, { databases: { count, names } }: StorageScan): void {
  if (count === 0 || inputs.allowDatabaseDirectories) return;
  throw new LifeboatError(
    'storage-database',
    `a database server keeps its data in ${names.slice(0, 3).join(', ')}${count > 3 ? ` and ${count - 3} more` : ''}`,
    {
      hint: 'Copies of the files of a running server do not start. Dump it with the dump action, and add the directory to `exclude`. `allow-database-directories: true` is for servers that stand still.',
    },
  );
}

/** `vanished`: of what was listed. */
export function checkDeleted(
  run: Run,
  scan: StorageScan,
  base: StorageState | undefined,
  vanished: number,
): void {
  const { maxDeleted } = run.inputs;
  const isSameChoice = base !== undefined && base.choice === choiceOf(run);
  const gone = vanished + (isSameChoice ? scan.deleted : 0);
  const all = Math.max(scan.known, scan.scanned);
  // Of a path that is new, a disk that is not mounted looks like a directory that was always empty.
  const emptied = isSameChoice ? scan.emptied : scan.empty;
  if (emptied.length > 0 && maxDeleted < 100) throw shrunk(`there is nothing below ${emptied.join(', ')}`);
  // What is gone from the last listing and what vanished from this one can together be more than either has.
  if (maxDeleted < 100 && gone * 100 > maxDeleted * all)
    throw shrunk(
      `${formatCount(gone)} of ${countOf(all, 'entry')} are gone, more than max-deleted (${maxDeleted}%)`,
    );
}

/** Also where nothing is known of earlier runs. */
export function checkEmpty({ inputs }: Run, files: number): void {
  if (files === 0 && inputs.maxDeleted < 100) throw shrunk('there is not a single file below the paths');
}

function shrunk(what: string): LifeboatError {
  return new LifeboatError('storage-shrunk', what, {
    hint: 'There is no new snapshot, and earlier ones are as they were. Is a disk not mounted? If it is as it should be, run it once with a larger `max-deleted`; `100%` allows everything.',
  });
}

export function incomplete({ id, changes }: SnapshotManifest, names: readonly string[]): LifeboatError {
  const troubles = [
    ...(changes.unreadable > 0 ? [`${countOf(changes.unreadable, 'entry')} could not be read`] : []),
    ...(changes.unstable > 0
      ? [`${countOf(changes.unstable, 'file')} changed each time they were read`]
      : []),
  ];
  return new LifeboatError(
    'storage-incomplete',
    [`the snapshot ${id} is stored, but ${troubles.join(', and ')}:`, ...names].join('\n'),
    {
      hint: 'Let the SSH user read them, or leave them out with `exclude`. `allow-incomplete: true` accepts such snapshots.',
    },
  );
}
