// The test vectors of a server that has files alone: a snapshot, and the proof of a test that read it, with the commands of its own page.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { parseProof, serializeProof } from '../../src/domain/proofs/proof-text.ts';
import { choosePacks, packsOf } from '../../src/domain/snapshots/packs.ts';
import { parseSnapshotManifest } from '../../src/domain/snapshots/snapshot-text.ts';
import { proofFolder, snapshotKeys } from '../../src/domain/stores/object-names.ts';
import { parsePage } from '../helpers/documentation.ts';
import { readVector, vectorEncryption as encryption } from '../helpers/format-store.ts';
import { GpgHome } from './gpg-home.ts';

// gpg starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

const vectors = path.resolve(import.meta.dirname, '../fixtures/format');
const place = { server: 'atlas', name: 'uploads', id: '20261120T033500Z-5badcafe' };
const proofPlace = { server: 'atlas', id: '20261122T060000Z-6badcafe' };
const readStored = (key: string) => readVector(`store-files/${key}`);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const keys = snapshotKeys(place.server, place.name, place.id);
const manifestBytes = readStored(keys.manifest);
const folder = proofFolder(proofPlace.server, proofPlace.id);
const proofBytes = readStored(`${folder}proof.json`);
const signersOf = (who: string) =>
  encryption.readTrustedSigners(readVector(`keys/${who}-public.asc`).toString());

it('the snapshot is signed, and its objects decrypt to the plain files', async () => {
  const manifest = parseSnapshotManifest(manifestBytes, place);
  await expect(
    encryption.verifyDetached(
      manifestBytes,
      readStored(keys.signature),
      await signersOf('signer'),
      new Date('2026-11-20T03:36:00Z'),
    ),
  ).resolves.toMatchObject({ signedAt: new Date(manifest.finishedAt) });
  using gpg = new GpgHome();
  gpg.import(readVector('keys/recipient-secret.asc'));
  const open = ([stored]: typeof manifest.packs) => {
    const bytes = readStored(stored?.parts[0]?.key ?? '');
    expect(sha256(bytes)).toBe(stored?.sha256);
    return zstdDecompressSync(gpg.must(['--decrypt'], bytes).stdout);
  };
  expect(open(manifest.packs).equals(readVector('plain-files/uploads.tar'))).toBe(true);
  expect(open(manifest.index).equals(readVector('plain-files/uploads.index'))).toBe(true);
});

it('the proof is of that snapshot, signed by the prover, and written again with the same bytes', async () => {
  const proof = parseProof(proofBytes, proofPlace);
  if (proof.kind !== 'files') throw new Error('it is of files');
  expect(Buffer.from(serializeProof(proof)).equals(proofBytes)).toBe(true);
  const { instant, holds, ...manifest } = parseSnapshotManifest(manifestBytes, place);
  const drawn = choosePacks(packsOf(manifest), 100, proof.id).map(({ packId }) => packId);
  expect(proof).toMatchObject({
    recoveredTo: instant,
    storage: [{ ...holds, instant, packs: drawn, manifestSha256: sha256(manifestBytes), isSigned: true }],
    recoverySha256: sha256(readStored(`${folder}RECOVERY.md`)),
  });
  const signature = readStored(`${folder}proof.json.sig`);
  const check = async (who: string) =>
    encryption.verifyDetached(proofBytes, signature, await signersOf(who), new Date('2026-11-22T06:01:00Z'));
  await expect(check('prover')).resolves.toMatchObject({ signedAt: new Date(proof.finishedAt) });
  await expect(check('signer')).rejects.toMatchObject({ code: 'signature-invalid' });
});

it('the files come back with the commands of the page next to the proof', () => {
  const page = readStored(`${folder}RECOVERY.md`).toString();
  const script = parsePage('RECOVERY.md', page)
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text)
    .join('\n');
  const work = mkdtempSync(path.join(tmpdir(), 'lifeboat-page-'));
  try {
    using gpg = new GpgHome();
    cpSync(path.join(vectors, 'keys/recipient-secret.asc'), path.join(work, 'backup-secret-key.asc'));
    cpSync(path.join(vectors, 'keys/signer-public.asc'), path.join(work, 'trusted-signers.asc'));
    // The one thing that is not there: the bucket.
    const aws = `aws() { cp "\${3/#s3:\\/\\/example-backups\\/servers/${path.join(vectors, 'store-files').replaceAll('/', '\\/')}}" "$4"; }\n`;
    const { status, stdout, stderr } = spawnSync('bash', [], {
      input: aws + script,
      cwd: work,
      env: { PATH: process.env['PATH'], GNUPGHOME: gpg.directory, LC_ALL: 'C' },
      encoding: 'utf8',
    });
    expect(`${stdout}${status}`, stderr).toMatch(
      /3 files, 1 directories, 1 links\nAll files are there\.\n0$/,
    );
    expect(readFileSync(path.join(work, 'uploads/files/srv/uploads/newest'), 'utf8')).toBe(
      'what a user sent\n',
    );
  } finally {
    rmSync(work, { recursive: true });
  }
});
