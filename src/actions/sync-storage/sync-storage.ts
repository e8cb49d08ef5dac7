// The sync-storage action: list, compare, pack what is new, and only then write the manifest that makes a snapshot of it.
import { createRunId } from '../../domain/run-id.ts';
import type { StatePlace } from '../../domain/sealed-state.ts';
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import { addFigures, NO_FIGURES, type SnapshotFigures } from '../../domain/snapshots/snapshot-figures.ts';
import { serializeSnapshotManifest } from '../../domain/snapshots/snapshot-text.ts';
import { packIdOf, snapshotKeys } from '../../domain/stores/object-names.ts';
import { countOf, formatBytes, formatCount } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { StorageWork, StorageScan } from '../../ports/storage.ts';
import { afterFailed, runAfter, runBefore } from '../commands.ts';
import { readStoreClock } from '../read-store-clock.ts';
import type { SealingKeys } from '../sealing/sealing.ts';
import { storeManifest } from '../sealing/store-sealed.ts';
import { keepState, nameStore, stateName } from '../target-state.ts';
import { checkDatabases, checkDeleted, checkEmpty, incomplete, inUse, leftOut } from './checks.ts';
import { chainOf, keptOf, storeIndex } from './index-chain.ts';
import type { SyncStorageInputs } from './inputs.ts';
import { openNotes } from './noted-packs.ts';
import type { SyncStorageOutcome } from './outcome.ts';
import { bytesOf, checkAccount, packAll } from './packs.ts';
import { chooseRenewed, isIndexOutdated } from './renewal.ts';
import { requestOf, toolsFor } from './request.ts';
import { choiceOf, type Run, secretOf, type SyncStoragePorts } from './run.ts';
import { recallState, type StorageState } from './state.ts';

/** A chain that is longer costs a restore more than a complete index costs the store. */
const MAX_CHAIN = 30;

/** What a run needs at most for the pack that it is at when the time is up, and for index and manifest. */
const MAX_CLOSING_MS = 5 * 60_000;

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
    const recipients = keys.recipients.map(({ encryptionKeyId }) => encryptionKeyId);
    const { refreshAfter, repack } = inputs;
    const renewal = { now: id, recipients, refreshAfter, repack };
    const renewed = chooseRenewed(state?.packs ?? [], renewal);
    const chain = state?.chain ?? [];
    const isDue = chain.length >= (program.maxChain ?? MAX_CHAIN) || isIndexOutdated(chain, renewal);
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
    const newChain = chainOf(base, index);
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
      index: newChain.map(({ stored }) => stored),
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
      chain: newChain,
      packs,
    };
    const kept = newChain.map((one) => one.kept);
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

function entriesIn({ files, directories, links }: SnapshotFigures): number {
  return files + directories + links;
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

function fullBecause(why: string): string {
  return `Everything was stored anew: ${why}.`;
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
