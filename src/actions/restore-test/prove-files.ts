// A server that has files and no dump: when it is one, and the test of it. No sandbox is needed.
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { isOfDump } from '../../domain/proofs/proof.ts';
import { oldestOf } from '../../domain/proofs/proof-figures.ts';
import { formatDay } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { EarlierProofs } from '../restoring/earlier-proofs.ts';
import type { Reading } from '../restoring/find-backups.ts';
import { listStorages } from '../restoring/find-snapshot.ts';
import type { RestoreTestInputs } from './inputs.ts';
import { sampleStorage, type SampleContext, type StorageExamination } from './storage-sample.ts';

export interface FilesExamination extends StorageExamination {
  /** ISO 8601. The state of the storage that is furthest behind. */
  readonly recoveredTo: string;
}

/**
 * Whether this server never had a dump, so that its files are all there is to test. Anything that speaks of databases says no, whatever
 * state it is in: dumps that went away must not turn the test of them into one of files.
 */
export async function hasFilesAlone(
  reading: Reading,
  { proofs }: EarlierProofs,
  acknowledge: readonly string[],
): Promise<boolean> {
  const { server } = reading;
  if (await isAnyBelow(`${server}/dumps`, reading)) return false;
  if ((await listStorages(reading)).length === 0) return false;
  // The name that verify has for it.
  if (acknowledge.includes(`age:${server}:no-dump`)) return true;
  const proof = proofs.find(isOfDump);
  if (proof === undefined && !(await isAnyBelow(`${server}/binlogs`, reading))) return true;
  const trace =
    proof === undefined
      ? 'there are binlogs'
      : `one was tested on ${formatDay(proof.startedAt)} (${proof.id})`;
  throw new LifeboatError(
    'backup-not-found',
    `${server} has no dump any more in ${reading.store.location}, and had one: ${trace}`,
    {
      hint: `Find out who removed the dumps. Where you gave them up, give \`age:${server}:no-dump\` to \`acknowledge\`: the files are tested alone then.`,
    },
  );
}

async function isAnyBelow(folder: string, { store, signal }: Reading): Promise<boolean> {
  for await (const { key } of store.list(folder, signal)) if (key.startsWith(`${folder}/`)) return true;
  return false;
}

/** Throws where inputs ask for what a server without a dump cannot show. */
export function checkFilesInputs(inputs: RestoreTestInputs): void {
  const { server, backup, label, pointInTime, assertions, maxRestoreTime, storageSample } = inputs;
  const asked = [
    backup.kind === 'id' && 'backup',
    label !== undefined && 'label',
    pointInTime.kind !== 'none' && 'point-in-time',
    assertions.length > 0 && 'assertions',
    maxRestoreTime !== undefined && 'max-restore-time',
  ].filter((name) => name !== false);
  if (asked.length > 0) {
    const names = asked.map((name) => `\`${name}\``).join(', ');
    throw new LifeboatError(
      'backup-not-found',
      `${server} has files alone, and no dump: ${names} asks for one`,
      {
        hint: `Leave out ${names} to test the files. Where there should be a dump, look at the runs of \`dump\`.`,
      },
    );
  }
  if (storageSample > 0) return;
  throw new LifeboatError(
    'input-invalid',
    `${server} has files alone, and \`storage-sample: 0%\` leaves them out`,
    {
      hint: 'Give `storage-sample` a share, or leave it out for 5%.',
    },
  );
}

/** What is wrong with the files is a finding. */
export async function proveFiles(
  context: Omit<SampleContext, 'directory'>,
  workplace: { readonly directory: string },
): Promise<FilesExamination> {
  const directory = await mkdtemp(path.join(workplace.directory, 'files-'));
  try {
    const { sampled, findings, limits } = await sampleStorage(undefined, { ...context, directory });
    const isEmpty = ({ files, directories, links }: (typeof sampled)[number]) =>
      files + directories + links === 0;
    const empty = sampled
      .filter(isEmpty)
      .map(({ name }) => ({ code: 'restore-empty' as const, sentence: `files ${name}: nothing was read` }));
    const nothing = { code: 'restore-empty' as const, sentence: 'no files of any storage were read' };
    return {
      sampled,
      findings: [...findings, ...empty, ...(sampled.length === 0 && findings.length === 0 ? [nothing] : [])],
      limits: [
        ...(context.trustedSigners === undefined ? ['the signatures of the manifests were not checked'] : []),
        ...limits,
      ],
      recoveredTo: oldestOf(sampled, context.now.toISOString()),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
