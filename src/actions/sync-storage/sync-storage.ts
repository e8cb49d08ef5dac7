// The sync-storage action: list, compare, pack what is new, and only then write the manifest that makes a snapshot of it.
import { patternsOf } from '../../domain/snapshots/exclude-presets.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { formatPackId, packIdOf, packKey, snapshotKeys } from '../../domain/stores/object-names.ts';
import { createRunId } from '../../domain/run-id.ts';
import type { StatePlace } from '../../domain/sealed-state.ts';
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import { serializeSnapshotManifest } from '../../domain/snapshots/snapshot-text.ts';
import {
  addFigures,
  expectEqual,
  expectFigures,
  inconsistent,
  NO_FIGURES,
  type SnapshotFigures,
} from '../../domain/snapshots/snapshot-figures.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { Remote } from '../../ports/remote.ts';
import {
  type KeptFile,
  LAST_ATTEMPT,
  type Named,
  type PackFindings,
  type StorageConclusion,
  type StorageFacts,
  type StorageLayer,
  type StorageRequest,
  type StorageScan,
  type StorageWork,
} from '../../ports/storage.ts';
import { afterFailed, commandTools, runAfter, runBefore } from '../commands.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { SEALING_TOOLS } from '../sealing/seal-object.ts';
import type { Sealing, SealingKeys, SealingPorts } from '../sealing/sealing.ts';
import { storeManifest, storeSealed } from '../sealing/store-sealed.ts';
import { keepState, nameStore, stateName } from '../target-state.ts';
import { type NotedPack, openNotes, sealNote } from './noted-packs.ts';
import { chooseRenewed } from './renewal.ts';
import type { SyncStorageInputs } from './inputs.ts';
import { recallState, type IndexObject, type StorageState } from './state.ts';

/** A chain that is longer costs a restore more than a complete index costs the store. */
const MAX_CHAIN = 30;

/** Linux writes what a program changed in its memory of a file after 30 s, and only then is a further change seen in its times. */
const SETTLED_SECONDS = 60;

/** What a run needs at most for the pack that it is at when the time is up, and for index and manifest. */
const MAX_CLOSING_MS = 5 * 60_000;

export interface SyncStoragePorts extends SealingPorts {
  readonly remote: Remote;
  readonly storage: StorageLayer;
}

export interface SyncStorageOutcome {
  readonly facts: StorageFacts;
  readonly scan: StorageScan;
  readonly warnings: readonly string[];
  /** Undefined after a dry run. */
  readonly stored: StoredSnapshot | undefined;
}

export interface StoredSnapshot {
  readonly manifest: SnapshotManifest;
  readonly manifestKey: string;
  readonly storeLocation: string;
  readonly isSigned: boolean;
  /** Of this run. */
  readonly storedBytes: number;
  readonly newPacks: number;
  readonly durationMs: number;
  readonly unstable: readonly string[];
  readonly unreadable: readonly string[];
  /** What makes the run red although there is a snapshot. */
  readonly failure: LifeboatError | undefined;
}

/** What it takes to look at the directories. */
export type StorageRequestInputs = Pick<
  SyncStorageInputs,
  'paths' | 'become' | 'exclude' | 'oneFileSystem' | 'dryRun' | 'packSize' | 'encryptOn' | 'before' | 'after'
>;

export function toolsFor(inputs: StorageRequestInputs, storage: StorageLayer): string[] {
  return [...storage.tools, ...SEALING_TOOLS[inputs.encryptOn], ...commandTools(inputs)];
}

export function requestOf(
  inputs: StorageRequestInputs,
  folder: string,
  settledSeconds = SETTLED_SECONDS,
): StorageRequest {
  return {
    folder,
    paths: inputs.paths,
    become: inputs.become === 'sudo' ? 'sudo' : undefined,
    exclude: inputs.exclude.map((text) => ({ text, patterns: patternsOf(text) ?? [] })),
    oneFileSystem: inputs.oneFileSystem,
    weighExcluded: inputs.dryRun,
    packBytes: inputs.packSize,
    settledSeconds,
  };
}

/** All that a run has at hand. */
interface Run extends Sealing {
  readonly inputs: SyncStorageInputs;
  readonly id: string;
  readonly work: StorageWork;
  readonly place: StatePlace;
  /** Of the steady clock: from then on no pack is begun. */
  readonly stopMs: number;
}

/** Throws a `LifeboatError` unless everything that can be read is in the store, and the manifest with it. */
export async function syncStorage(
  inputs: SyncStorageInputs,
  keys: SealingKeys,
  program: {
    readonly lifeboatVersion: string;
    readonly origin: string;
    /** Index objects of a chain, before one is complete again. */
    readonly maxChain?: number;
    readonly settledSeconds?: number;
  },
  ports: SyncStoragePorts,
  signal: AbortSignal,
): Promise<SyncStorageOutcome> {
  const startedMs = performance.now();
  const { reporter } = ports;
  const { server, name } = inputs;
  const clock = await readStoreClock(ports.store, signal);
  const startedAt = clock.now();
  const id = createRunId(startedAt);
  const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () =>
    ports.remote.open(
      {
        // A storage's name holds no dot, so that no two pairs of names make one.
        lockName: `sync-storage.${name}.${server}`,
        holder: `${id} of ${program.origin}, since ${startedAt.toISOString()}`,
        tools: toolsFor(inputs, ports.storage),
        timeoutMs: inputs.timeout,
      },
      signal,
    ),
  );
  let work: StorageWork | undefined;
  let left: 'nothing' | 'lists' | undefined = 'lists';
  try {
    const place: StatePlace = {
      action: `sync-storage.${name}`,
      server,
      store: nameStore(ports.store, inputs.storeEndpoint),
    };
    const request = requestOf(inputs, stateName(place), program.settledSeconds);
    work = await ports.storage.open(session, request);
    const stopMs = startedMs + inputs.timeout - Math.min(inputs.timeout / 10, MAX_CLOSING_MS);
    const run: Run = { inputs, keys, ports, session, signal, id, work, place, stopMs };
    const keeper = keepState(session, secretOf(inputs), place);
    const { warnings, state, noted } = await recall(run, keeper);
    if (clock.warning !== undefined) warnings.push(clock.warning);
    const commands = { session, before: inputs.before, after: inputs.after, reporter };
    if (!inputs.dryRun) await runBefore(commands);
    const instant = clock.now();
    const renewed = chooseRenewed(state?.packs ?? [], id, inputs);
    const isDue = (state?.chain.length ?? 0) >= (program.maxChain ?? MAX_CHAIN);
    const scan = await reporter.group('List the directories', () =>
      run.work.scan({
        listing: state?.listing,
        entries: entriesIn(state?.listed ?? NO_FIGURES),
        chain: isDue || renewed.length > 0 ? keptOf(state) : [],
        packed: noted.map(({ records, stored }) => ({ packId: packIdOf(stored), sha256: records })),
        renewed,
      }),
    );
    const base = scan.isCompared ? state : undefined;
    if (state && !base) warnings.push(fullBecause('a list on the server is not the one that was left'));
    if (!state && scan.hasLists && warnings.length === 0)
      warnings.push(fullBecause('what is remembered of earlier runs is lost'));
    const adopted = noted.map(({ stored }) => stored).filter((pack) => scan.adopted.has(packIdOf(pack)));
    describeScan(scan, renewed.length, reporter.info.bind(reporter));
    checkDatabases(run, scan);
    if (scan.mounts.count > 0) warnings.push(leftOut(scan));
    if (scan.sqlite.count > 0) warnings.push(inUse(scan));
    const found = addFigures(scan.base ?? base?.listed ?? NO_FIGURES, scan.growth);
    checkDeleted(run, scan, base, 0);
    checkEmpty(run, found.files);
    if (inputs.dryRun) return { facts: work.facts, scan, warnings, stored: undefined };

    const { packs: newPacks, findings } = await reporter.group('Pack what is new', () => packAll(run, scan));
    checkDeleted(run, scan, base, findings.vanished);
    const conclusion = await work.conclude(found);
    checkEmpty(run, conclusion.holds.files);
    checkAccount(scan, findings, conclusion);
    const afterFailure = await runAfter(commands);
    const needed = base?.packs.filter((pack) => !renewed.includes(packIdOf(pack))) ?? [];
    const known = [...needed, ...adopted, ...newPacks];
    const index = await reporter.group('Index', () => storeIndex(run, conclusion, base, isDue, known));
    const packs = known.filter((pack) => index.needed?.has(packIdOf(pack)) ?? true);
    const { listing } = index.isNew ? index.lists : await work.keep(id);
    const chain = chainOf(base, index);
    const manifest: SnapshotManifest = {
      schema: 1,
      type: 'snapshot',
      id,
      server,
      name,
      ...(inputs.set === undefined ? {} : { set: inputs.set }),
      source: { hostName: work.facts.hostName, sshHostKey: session.hostKeyFingerprint },
      versions: {
        find: work.facts.findVersion,
        tar: work.facts.tarVersion,
        lifeboat: program.lifeboatVersion,
      },
      startedAt: startedAt.toISOString(),
      instant: instant.toISOString(),
      finishedAt: clock.now().toISOString(),
      paths: work.facts.roots,
      exclude: inputs.exclude,
      oneFileSystem: inputs.oneFileSystem,
      complete: scan.unreadable.count + findings.unreadable + findings.harmed + findings.unstable === 0,
      holds: conclusion.holds,
      changes: {
        added: scan.added,
        changed: scan.changed,
        deleted: scan.deleted,
        unstable: findings.unstable,
        vanished: findings.vanished,
        unreadable: scan.unreadable.count + findings.unreadable + findings.harmed,
        special: scan.special,
      },
      index: chain.map(({ stored }) => stored),
      packs,
    };
    const manifestKey = await reporter.group('Write the manifest', () =>
      storeManifest(run, snapshotKeys(server, name, id), serializeSnapshotManifest(manifest)),
    );
    const remembered: StorageState = {
      version: 1,
      sshHostKey: session.hostKeyFingerprint,
      choice: choiceOf(run),
      snapshot: id,
      listing,
      listed: conclusion.holds,
      chain,
      packs,
    };
    const kept = chain.map((one) => one.kept);
    await keeper.write(remembered, work.forgetting(listing, kept));
    left = undefined;
    const unreadable = [...scan.unreadable.names, ...conclusion.unreadable];
    return {
      facts: work.facts,
      scan,
      warnings,
      stored: {
        manifest,
        manifestKey,
        storeLocation: ports.store.location,
        isSigned: keys.signingKey !== undefined,
        storedBytes: bytesOf(newPacks) + (index.isNew ? bytesOf([index.stored]) : 0),
        newPacks: newPacks.length,
        durationMs: performance.now() - startedMs,
        unstable: conclusion.unstable,
        unreadable,
        failure:
          afterFailure !== undefined
            ? afterFailed(`the snapshot ${id}`, afterFailure)
            : manifest.complete || inputs.allowIncomplete
              ? undefined
              : incomplete(manifest, [...unreadable, ...conclusion.unstable]),
      },
    };
  } catch (error) {
    // Whatever is wrong may lie in what earlier runs left: the next one must not find the same again.
    if (!inputs.dryRun && error instanceof LifeboatError && error.code === 'storage-inconsistent')
      left = 'nothing';
    throw error;
  } finally {
    // What cannot be cleared up now is by the next run.
    if (left !== undefined) await work?.discard(left).catch(() => undefined);
    await session.close();
  }
}

function keptOf(state: StorageState | undefined) {
  return state?.chain.map(({ kept }) => kept) ?? [];
}

function entriesIn({ files, directories, links }: SnapshotFigures): number {
  return files + directories + links;
}

function leftOut({ mounts }: StorageScan): string {
  return `Left out, because they are other file systems than the paths: ${nameSome(mounts)}. Make them paths of their own, or leave them out with \`exclude\`.`;
}

function inUse({ sqlite }: StorageScan): string {
  return `These look like databases of SQLite that are in use, and a copy of their files as they are can be torn: ${nameSome(sqlite)}. Store what \`sqlite3 FILE ".backup COPY"\` makes of them instead, and leave them out with \`exclude\`.`;
}

function nameSome({ count, names }: Named): string {
  return names.join(', ') + (count > names.length ? ` and ${formatCount(count - names.length)} more` : '');
}

/** What the last snapshot left, and the packs that runs stored after it that did not come to their end. */
async function recall(run: Run, keeper: ReturnType<typeof keepState>) {
  const { inputs, session, id, work, place } = run;
  const warnings: string[] = [];
  const sshHostKey = session.hostKeyFingerprint;
  const remembered = recallState(await keeper.read(), sshHostKey, id);
  if (remembered.state === undefined && remembered.why !== undefined)
    warnings.push(fullBecause(`what the last run left on the server ${remembered.why}`));
  const { state } = remembered;
  const context = { sshHostKey, choice: choiceOf(run), snapshot: state?.snapshot, now: id };
  const notes = openNotes(work.notes, secretOf(inputs), place, context);
  const known = new Set(state?.packs.map(packIdOf));
  return { state, warnings, noted: notes.filter(({ stored }) => !known.has(packIdOf(stored))) };
}

/** Of what is remembered on the target. */
function secretOf({ stateKey, sshKey }: SyncStorageInputs): string {
  return stateKey ?? sshKey;
}

function fullBecause(why: string): string {
  return `Everything was stored anew: ${why}.`;
}

/** When it changes, what is missing was not deleted. */
function choiceOf({ inputs: { exclude, oneFileSystem }, work }: Run): string {
  return JSON.stringify({ paths: work.facts.roots, exclude, oneFileSystem });
}

function describeScan(scan: StorageScan, renewed: number, info: (line: string) => void): void {
  if (scan.adopted.size > 0)
    info(`${countOf(scan.adopted.size, 'pack')} of a run that was cut off: what is in them is stored`);
  const { files, directories, links } = scan.growth;
  info(
    scan.known > 0
      ? `${formatCount(scan.added)} new, ${formatCount(scan.changed)} changed, ${formatCount(scan.deleted)} deleted`
      : `nothing to compare with: ${countOf(files, 'file')}, ${countOf(directories, 'directory')}, ${countOf(links, 'link')}`,
  );
  if (scan.renewed > 0)
    info(
      `${countOf(scan.renewed, 'entry')} to be packed again, most of them out of ${countOf(renewed, 'pack')}`,
    );
  info(`${formatBytes(scan.freshBytes)} to be packed`);
}

function checkDatabases({ inputs }: Run, { databases: { count, names } }: StorageScan): void {
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
function checkDeleted(run: Run, scan: StorageScan, base: StorageState | undefined, vanished: number): void {
  const { maxDeleted } = run.inputs;
  const isSameChoice = base !== undefined && base.choice === choiceOf(run);
  const gone = vanished + (isSameChoice ? scan.deleted : 0);
  const all = Math.max(scan.known, scan.scanned);
  // Of a path that is new, a disk that is not mounted looks like a directory that was always empty.
  const emptied = isSameChoice ? scan.emptied : scan.empty;
  if (emptied.length > 0 && maxDeleted < 100) throw shrunk(`there is nothing below ${emptied.join(', ')}`);
  if (gone * 100 > maxDeleted * all)
    throw shrunk(
      `${formatCount(gone)} of ${countOf(all, 'entry')} are gone, more than max-deleted (${maxDeleted}%)`,
    );
}

/** Also where nothing is known of earlier runs. */
function checkEmpty({ inputs }: Run, files: number): void {
  if (files === 0 && inputs.maxDeleted < 100) throw shrunk('there is not a single file below the paths');
}

function shrunk(what: string): LifeboatError {
  return new LifeboatError('storage-shrunk', what, {
    hint: 'There is no new snapshot, and earlier ones are as they were. Is a disk not mounted? If it is as it should be, run it once with a larger `max-deleted`; `100%` allows everything.',
  });
}

/** Every entry that was to be packed is in a pack, or is told to be missing. */
function checkAccount(scan: StorageScan, findings: Findings, conclusion: StorageConclusion): void {
  const { stored, unstable, vanished, unreadable } = findings;
  expectEqual('entries that were packed or lost', stored + unstable + vanished + unreadable, scan.planned);
  expectEqual('records of what was packed', conclusion.packed, stored + unstable);
  expectEqual('records of what is gone', conclusion.lost, scan.deleted + vanished + unreadable);
}

type Findings = Omit<PackFindings, 'records'>;

/** Packs in order; what changed while it was read comes again behind all others. */
async function packAll(run: Run, scan: StorageScan) {
  const packs: StoredMessage[] = [];
  const findings = { stored: 0, harmed: 0, again: 0, unstable: 0, vanished: 0, unreadable: 0 };
  let [number, planned] = [0, scan.packs];
  for (let attempt = 1; attempt <= LAST_ATTEMPT; attempt += 1) {
    findings.again = 0;
    while (number < planned) {
      if (attempt === 1) checkTime(run, packs, planned - number);
      number += 1;
      const { pack, found } = await storePack(run, number, attempt);
      // What nothing refers to would only be kept for nothing.
      if (found.stored + found.unstable > 0) packs.push(pack);
      // What is packed again afterwards is little, and not as it was listed.
      if (attempt === 1 && found.stored > 0) notePack(run, number, pack, found.records);
      for (const what of ['stored', 'harmed', 'again', 'unstable', 'vanished', 'unreadable'] as const)
        findings[what] += found[what];
    }
    if (findings.again === 0) break;
    run.ports.reporter.info(`${countOf(findings.again, 'entry')} changed while they were read`);
    const again = await run.work.planAgain();
    findings.vanished += again.vanished;
    findings.unreadable += again.unreadable;
    planned = number + again.packs;
  }
  return { packs, findings };
}

function checkTime({ inputs, stopMs }: Run, packs: readonly StoredMessage[], left: number): void {
  if (performance.now() < stopMs) return;
  throw new LifeboatError(
    'storage-unfinished',
    `the timeout of ${formatDuration(inputs.timeout)} is near: ${countOf(packs.length, 'pack')} with ${formatBytes(bytesOf(packs))} were stored, ${formatCount(left)} of about ${formatBytes(inputs.packSize)} are left`,
    {
      hint: 'There is no new snapshot yet. What was stored counts: start it again, and it goes on from there.',
    },
  );
}

function notePack(run: Run, number: number, stored: StoredMessage, records: string): void {
  const { inputs, session, work, place } = run;
  const note: NotedPack = {
    sshHostKey: session.hostKeyFingerprint,
    choice: choiceOf(run),
    records,
    stored,
  };
  work.note(number, packIdOf(stored), sealNote(note, secretOf(inputs), place));
}

async function storePack(
  run: Run,
  number: number,
  attempt: number,
): Promise<{ readonly pack: StoredMessage; readonly found: PackFindings }> {
  const { server, name } = run.inputs;
  const packId = formatPackId(run.id, number);
  const { read, ...task } = run.work.pack(number, packId, attempt);
  const { object, judgement } = await storeSealed(run, packKey(server, name, packId), task, read);
  return { pack: object, found: judgement };
}

type NewIndex =
  | { readonly isNew: false; readonly needed?: undefined }
  | {
      readonly isNew: true;
      readonly stored: StoredMessage;
      readonly lists: { readonly listing: KeptFile; readonly index: KeptFile };
      /** Ids of the packs that are still needed, when the index is complete by itself. */
      readonly needed: ReadonlySet<string> | undefined;
      readonly isComplete: boolean;
    };

/** An index that is complete by itself holds what the snapshot holds, in packs that there are. */
async function storeIndex(
  run: Run,
  { records, holds, indexed }: StorageConclusion,
  base: StorageState | undefined,
  isDue: boolean,
  packs: readonly StoredMessage[],
): Promise<NewIndex> {
  if (base !== undefined && records === 0) return { isNew: false };
  const { server, name } = run.inputs;
  const complete = base !== undefined && isDue ? await run.work.completeIndex(keptOf(base)) : undefined;
  const isComplete = base === undefined || complete !== undefined;
  if (isComplete) expectFigures('by the complete index', complete?.indexed ?? indexed, holds);
  const known = new Set(packs.map(packIdOf));
  const absent = [...(complete?.needed ?? [])].find((id) => !known.has(id));
  if (absent !== undefined) throw inconsistent(`the complete index needs the pack ${absent}`);
  const key = snapshotKeys(server, name, run.id).index;
  const { read, ...task } = run.work.index(run.id);
  const { object, judgement } = await storeSealed(run, key, task, read);
  return { isNew: true, stored: object, lists: judgement, needed: complete?.needed, isComplete };
}

function chainOf(base: StorageState | undefined, index: NewIndex): readonly IndexObject[] {
  const before = base?.chain ?? [];
  if (!index.isNew) return before;
  return [...(index.isComplete ? [] : before), { kept: index.lists.index, stored: index.stored }];
}

function bytesOf(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function incomplete({ id, changes }: SnapshotManifest, names: readonly string[]): LifeboatError {
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
