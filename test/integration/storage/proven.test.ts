// A server that has files alone, from its first snapshot to a proof: the built actions, real SSH, real tar and gpg, a real bucket. No container
// engine can be found.
import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../../src/actions/verify/finding.ts';
import { parseProof } from '../../../src/domain/proofs/proof-text.ts';
import { restoreTestInputs } from '../../helpers/restore-test-inputs.ts';
import { runAction, type ActionRun } from '../../helpers/runner.ts';
import { StorageSite } from '../../helpers/storage-site.ts';
import { getStored, listStored, putStored } from '../../helpers/stored-objects.ts';
import { useLab } from '../../helpers/use-lab.ts';
import { verifyInputs, withBucket } from '../../helpers/verify-site.ts';
import type { Lab } from '../../lab/lab.ts';
import { LabRun } from '../../lab/run.ts';

const SERVER = 'files-alone';
const PROGRAMS = ['gpg', 'sh', 'tar'];

let run: LabRun;
let lab: Lab;
let site: StorageSite;
let bin: string;

beforeAll(async () => {
  run = await LabRun.start();
  bin = run.path('bin');
  mkdirSync(bin);
  for (const program of PROGRAMS) symlinkSync(`/usr/bin/${program}`, `${bin}/${program}`);
  lab = await withBucket(useLab(), 'files-proven', { lockDays: 1, keepDays: 100 });
  site = new StorageSite(lab, SERVER);
  site.change('echo report >report.txt; ln -s report.txt newest; mkdir -m 750 sub; seq 9999 >sub/numbers');
  expect(await site.run()).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await site.close();
  await run.stop();
});

const verify = (changes: Readonly<Record<string, string>> = {}) =>
  runAction(
    'verify',
    verifyInputs(lab, { server: SERVER, 'store-object-lock': '1d', 'read-back': 'all', ...changes }),
  );
const test = (changes: Readonly<Record<string, string>> = {}) =>
  runAction(
    'restore-test',
    restoreTestInputs(lab, { server: SERVER, 'storage-sample': '100%', ...changes }),
    { PATH: bin },
  );
const redLines = ({ outputs }: ActionRun) =>
  (JSON.parse(outputs['report'] ?? '') as { findings: readonly Finding[] }).findings
    .filter(({ severity }) => severity === 'red')
    .map(({ line }) => line);

it('is told that it was never proven, is proven, is healthy then, and red again when a pack is damaged', async () => {
  const before = await verify();
  expect(redLines(before)).toEqual([
    'files of `files` were never proven: no restore test has read any of them',
  ]);
  expect(before.exitCode).toBe(4);

  const proven = await test();
  expect(proven, proven.log).toMatchObject({ exitCode: 0, outputs: { passed: 'true' } });
  // Of databases: there are none.
  for (const name of ['level', 'rto-seconds']) expect(proven.outputs).not.toHaveProperty(name);
  const proofKey = proven.outputs['proof-key'] ?? '';
  const id = proofKey.split('/').at(-2) ?? '';
  const proof = parseProof(await getStored(lab, proofKey), { server: SERVER, id });
  expect(proof).toMatchObject({
    kind: 'files',
    recoveredTo: proven.outputs['recovered-to'],
    storage: [{ name: 'files', isSigned: true, share: '100%', files: 2, links: 1 }],
  });
  expect(proven.summary).toContain(`## ✅ ${SERVER}: files proven`);
  const folder = `${SERVER}/proofs/${id}`;
  expect(await listStored(lab, `${SERVER}/proofs/`)).toEqual(
    ['RECOVERY.md', 'proof.json', 'proof.json.sig'].map((name) => `${folder}/${name}`),
  );

  const after = await verify();
  expect(redLines(after)).toEqual([]);
  expect(after).toMatchObject({
    exitCode: 0,
    outputs: { healthy: 'true', 'recoverable-until': proof.recoveredTo },
  });
  expect(after.outputs['badge']).toMatch(/"healthy, proven .* ago"/);

  const [pack = ''] = await listStored(lab, `${SERVER}/storage/files/packs/`);
  const bytes = await getStored(lab, pack);
  bytes[bytes.length - 50] = (bytes.at(-50) ?? 0) ^ 1;
  await putStored(lab, pack, bytes);
  const damaged = await test();
  expect(damaged).toMatchObject({ exitCode: 4, outputs: { passed: 'false' } });
  expect(damaged.outputs).not.toHaveProperty('proof-key');
  expect(damaged.log).toContain('object-mismatch');
  expect(await listStored(lab, `${SERVER}/proofs/`)).toHaveLength(3);
});
