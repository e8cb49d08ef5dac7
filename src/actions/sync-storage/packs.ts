// What is new and changed, packed and stored, and an account of every entry of it.
import { expectEqual } from '../../domain/snapshots/snapshot-figures.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { formatPackId, packIdOf, packKey } from '../../domain/stores/object-names.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import {
  LAST_ATTEMPT,
  type PackFindings,
  type StorageConclusion,
  type StorageScan,
} from '../../ports/storage.ts';
import { storeSealed } from '../sealing/store-sealed.ts';
import { type NotedPack, sealNote } from './noted-packs.ts';
import { choiceOf, type Run, secretOf } from './run.ts';

export type Findings = Omit<PackFindings, 'records'>;

/** Packs in order; what changed while it was read comes again behind all others. */
export async function packAll(run: Run, scan: StorageScan) {
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

/** Every entry that was to be packed is in a pack, or is told to be missing. */
export function checkAccount(scan: StorageScan, findings: Findings, conclusion: StorageConclusion): void {
  const { stored, unstable, vanished, unreadable } = findings;
  expectEqual('entries that were packed or lost', stored + unstable + vanished + unreadable, scan.planned);
  expectEqual('records of what was packed', conclusion.packed, stored + unstable);
  expectEqual('records of what is gone', conclusion.lost, scan.deleted + vanished + unreadable);
}

export function bytesOf(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
