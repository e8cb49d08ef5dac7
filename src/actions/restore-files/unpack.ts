// Takes the wanted entries out of their packs with one tar: it sets times and rights of directories, and makes links that could lead
// anywhere else, after everything else.
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { packsOf, type IdentifiedPack } from '../../domain/snapshots/packs.ts';
import { shellQuote } from '../../domain/text/shell.ts';
import type { IndexEntry } from '../../domain/snapshots/snapshot-index.ts';
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import { selectMembers, TAR_END, TarError, typeOf, type TarMember } from '../../domain/snapshots/tar.ts';
import { formatBytes } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { Machine } from '../../ports/machine.ts';
import type { FetchContext } from '../restoring/fetch-backup.ts';
import { fetchObject } from '../restoring/fetch-object.ts';
import { openObject } from '../restoring/open-object.ts';
import type { FetchedIndex } from '../restoring/read-index.ts';
import type { ExpectedAttributes } from './attributes.ts';
import type { Selection } from './selection.ts';

export interface UnpackContext extends FetchContext {
  /** This one. */
  readonly machine: Machine;
  /** An empty directory. */
  readonly to: string;
  readonly isRoot: boolean;
  readonly attributes: ExpectedAttributes;
}

/** Removes the file `$0$1`, without leaving a trace in the directory `$0` that it was in, and in none that is reached through a link. */
const REMOVE = `top=$(pwd -P) && at=$top$0 && [ "$(realpath -e -- "$at"; echo .)" = "$at
." ] && times=$(stat -c %.9Y -- "$at") mode=$(stat -c %a -- "$at") &&
  chmod u+rwx -- "$at" && rm -f -- "$at$1" && touch -d "@$times" -- "$at" && chmod "$mode" -- "$at"`;

/**
 * Returns extended attributes that only root can set, and in how many entries they were left out. Throws `object-mismatch`,
 * `restore-failed`, and what fetching throws.
 */
export async function unpack(
  manifest: SnapshotManifest,
  index: FetchedIndex,
  selection: Selection,
  context: UnpackContext,
): Promise<ReadonlyMap<string, number>> {
  const { machine, to, isRoot, signal } = context;
  const helpers: string[] = [];
  const leftOut = new Map<string, number>();
  const attributes = isRoot
    ? "--same-owner --numeric-owner --xattrs-include='*'"
    : "--no-same-owner --xattrs-include='user.*'";
  await runTar(`${attributes} --xattrs --acls`, members(), context);
  for (const path of helpers) context.attributes.forget(path.slice(1));
  if (helpers.length > 0) {
    const script = `cd ${shellQuote(to)} && xargs -0 -n 2 sh -c ${shellQuote(REMOVE)}`;
    const stdin = Readable.from([Buffer.concat(helpers.map(splitName))]);
    const { exitCode, stderr } = await machine.run({ script, stdin, signal });
    if (exitCode !== 0) throw failed(`another name of a file could not be removed again:\n${stderr}`, to);
  }
  return leftOut;

  async function* members(): AsyncGenerator<Uint8Array> {
    const needed = index.entriesOf(
      packsOf(manifest),
      selection.packs,
      (record) => selection.isWanted(record) || selection.isHelper(record),
    );
    for await (const { pack, entries } of needed) {
      for (const entry of entries) if (!selection.isWanted(entry)) helpers.push(entry.path);
      yield* takeOut(pack, new Map(entries.map((entry) => [entry.path.slice(1), entry])), context, leftOut);
    }
    yield TAR_END;
  }
}

/** Directory and name, as `REMOVE` takes them. */
function splitName(path: string): Buffer {
  const end = path.lastIndexOf('/');
  return Buffer.from(`${path.slice(0, end)}\0${path.slice(end)}\0`, 'latin1');
}

/** `wanted`: by name without a slash at the beginning. */
async function* takeOut(
  { packId, stored }: IdentifiedPack,
  wanted: Map<string, IndexEntry>,
  context: UnpackContext,
  leftOut: Map<string, number>,
): AsyncGenerator<Uint8Array> {
  context.reporter.info(`pack ${packId}: ${formatBytes(stored.sizeBytes)}`);
  const file = await fetchObject(stored, { ...context, name: `${packId}.gpg` });
  const isFirst = new Set<string>();
  yield* selectMembers(openObject(file, context), (member) => {
    const entry = wanted.get(member.name);
    if (entry === undefined) return false;
    wanted.delete(member.name);
    checkMember(member, entry, isFirst);
    isFirst.add(member.name);
    context.attributes.note(member);
    if (!context.isRoot)
      for (const name of onlyForRoot(member)) leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
    return true;
  });
  await rm(file);
  const [first] = wanted.keys();
  if (first !== undefined)
    throw new LifeboatError(
      'object-mismatch',
      `pack ${packId} lacks ${Buffer.from(first, 'latin1').toString('utf8')}${wanted.size > 1 ? ` and ${wanted.size - 1} more` : ''}`,
    );
}

/** What the index says is all that may come: a link in the place of a file could lead out of the directory. */
function checkMember(member: TarMember, entry: IndexEntry, earlier: ReadonlySet<string>): void {
  if (typeOf(member) !== entry.type) throw new TarError('a member of another kind than the index says');
  if (member.type === '1' && !earlier.has(member.linkName))
    throw new TarError('another name of a file that is not in it');
}

function onlyForRoot({ attributes }: TarMember): string[] {
  const names = [...attributes.keys()].flatMap((key) => /^SCHILY\.xattr\.(.*)$/s.exec(key)?.[1] ?? []);
  return names.filter((name) => !/^(user|system\.posix_acl_)/.test(name));
}

async function runTar(
  options: string,
  stdin: AsyncIterable<Uint8Array>,
  { machine, to, signal }: UnpackContext,
): Promise<void> {
  // A directory that has no entry of its own, because it was not asked for or had vanished, is nobody else's to look into.
  const script = `umask 077; LC_ALL=C exec tar --extract --file=- --directory=${shellQuote(to)} --same-permissions --delay-directory-restore ${options}`;
  const result = await machine.run({ script, stdin, signal }).catch((error: unknown) => {
    throw error instanceof TarError
      ? new LifeboatError('object-mismatch', `a pack is not the archive it should be: ${error.message}`)
      : error;
  });
  if (result.exitCode !== 0)
    throw failed(`tar ended with status ${result.exitCode}:\n${result.stderr.trim()}`, to);
}

function failed(message: string, to: string): LifeboatError {
  return new LifeboatError('restore-failed', message, {
    hint: `What was restored so far is in ${to}. GNU tar is needed, and a file system that knows the attributes of the files.`,
  });
}
