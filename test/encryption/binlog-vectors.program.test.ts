// The test vectors of binlogs, and of a proof of level 4: read by the product, and by code that shares nothing with it where that is possible.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  parseBinlogManifest,
  serializeBinlogManifest,
} from '../../src/domain/binlogs/binlog-manifest-text.ts';
import { buildTimeline } from '../../src/domain/binlogs/binlog-timeline.ts';
import { parseManifest } from '../../src/domain/dumps/manifest-text.ts';
import { dumpFolder, proofFolder } from '../../src/domain/stores/object-names.ts';
import { serializeProof } from '../../src/domain/proofs/proof-text.ts';
import { parseDumpProof } from '../helpers/dump-proof.ts';
import { BinlogCut } from '../../src/engines/mysql/replay/cut-binlogs.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { GpgHome } from './gpg-home.ts';

// gpg starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const vectors = join(import.meta.dirname, '..', 'fixtures', 'format');
const server = 'atlas';
const encryption = createOpenPgpEncryption();
const read = (...path: string[]): Buffer => readFileSync(join(vectors, ...path));
const readStored = (key: string): Buffer => read('store-binlogs', ...key.split('/'));
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const readSigners = (name: string) => encryption.readTrustedSigners(read('keys', name).toString());

const backup = { server, id: '20261120T030512Z-7f3a9c1e-mariadb' };
const dump = parseManifest(read('store', `${dumpFolder(server, backup.id)}manifest.json`), backup);
const binlogs = ['binlog.000001.20261120T040005Z-1badcafe', 'binlog.000002.20261120T050005Z-2badcafe'].map(
  (id) => {
    const bytes = readStored(`${server}/binlogs/${id}.json`);
    return { id, bytes, manifest: parseBinlogManifest(bytes, { server, id }), manifestSha256: sha256(bytes) };
  },
);
const proofPlace = { server, id: '20261122T050000Z-4badcafe' };
const folder = proofFolder(server, proofPlace.id);
const proofBytes = readStored(`${folder}proof.json`);
const proof = parseDumpProof(proofBytes, proofPlace);
const now = new Date('2026-11-22T05:01:00Z');

let gpg: GpgHome;
beforeAll(() => {
  gpg = new GpgHome();
  gpg.import(read('keys', 'recipient-secret.asc'));
});
afterAll(() => gpg[Symbol.dispose]());

describe.each(binlogs)('the manifest of $id', ({ id, bytes, manifest }) => {
  const signature = readStored(`${server}/binlogs/${id}.json.sig`);

  it('is written again with the same bytes, and is that of no other place', () => {
    expect(Buffer.from(serializeBinlogManifest(manifest)).equals(bytes)).toBe(true);
    for (const place of [
      { server: 'borg', id },
      { server, id: id.replace('badcafe', 'badcaff') },
    ])
      expect(() => parseBinlogManifest(bytes, place)).toThrow('the manifest stands under');
  });

  it("is signed by the signer's key, and gets the same signature again", async () => {
    const signers = await readSigners('signer-public.asc');
    const signedAt = new Date(manifest.finishedAt);
    expect(await encryption.verifyDetached(bytes, signature, signers, now)).toEqual({
      ...{ fingerprint: signers[0]?.fingerprint, signedAt },
    });
    const provers = await readSigners('prover-public.asc');
    await expect(encryption.verifyDetached(bytes, signature, provers, now)).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    const secret = read('keys', 'signer-secret.asc').toString();
    const key = await encryption.readSigningKey(secret, undefined, signedAt);
    expect(Buffer.from(await key.sign(bytes, signedAt)).equals(signature)).toBe(true);
  });

  it('names an object that decrypts to the file', () => {
    const { object, binlog } = manifest;
    const whole = Buffer.concat(object.parts.map(({ key }) => readStored(key)));
    expect([whole.length, sha256(whole)]).toEqual([object.sizeBytes, object.sha256]);
    const { stdout, status } = gpg.must(['--decrypt'], whole);
    expect(status).toContain('GOODMDC');
    const plain = zstdDecompressSync(stdout);
    expect(plain.equals(read('plain-binlogs', binlog.name))).toBe(true);
    expect([plain.length, sha256(plain)]).toEqual([binlog.sizeBytes, binlog.sha256]);
  });

  it('says what stands in the file', () => {
    const { binlog } = manifest;
    const file = read('plain-binlogs', binlog.name);
    const [GTID, ROTATE, CHECKSUM_BYTES] = [162, 4, 4];
    const events = [];
    for (let at = 4; at < file.length; at += file.readUInt32LE(at + 9))
      events.push(file.subarray(at, at + file.readUInt32LE(at + 9)));
    const [first, last] = [events[0] ?? Buffer.alloc(0), events.at(-1) ?? Buffer.alloc(0)];
    const timeOf = (event: Buffer) => new Date(event.readUInt32LE(0) * 1_000).toISOString();
    expect(binlog).toMatchObject({
      serverId: first.readUInt32LE(5),
      createdAt: timeOf(first),
      closedAt: timeOf(last),
      transactions: events.filter((event) => event.readUInt8(4) === GTID).length,
      next: last.toString('utf8', 27, last.length - CHECKSUM_BYTES),
      closedBy: 'rotate',
    });
    expect(last.readUInt8(4)).toBe(ROTATE);
  });
});

it('they follow the dump, one the other', () => {
  const { chain, recoverableUntil, gap, alarms } = buildTimeline(dump, binlogs);
  expect(chain.map(({ copies: [{ manifest }] }) => manifest.id)).toEqual(binlogs.map(({ id }) => id));
  expect({ recoverableUntil, gap, alarms }).toEqual({
    ...{ recoverableUntil: '2026-11-20T05:00:00.000Z', gap: undefined, alarms: [] },
  });
});

describe('the proof of level 4', () => {
  it('is written again with the same bytes', () => {
    expect(Buffer.from(serializeProof(proof)).equals(proofBytes)).toBe(true);
    expect(readdirSync(join(vectors, 'store-binlogs', ...folder.split('/'))).toSorted()).toEqual([
      ...['RECOVERY.md', 'proof.json', 'proof.json.sig'],
    ]);
  });

  it("is signed by the prover's key, and by no other", async () => {
    const signature = readStored(`${folder}proof.json.sig`);
    const provers = await readSigners('prover-public.asc');
    expect(await encryption.verifyDetached(proofBytes, signature, provers, now)).toEqual({
      ...{ fingerprint: provers[0]?.fingerprint, signedAt: new Date(proof.finishedAt) },
    });
    const signers = await readSigners('signer-public.asc');
    await expect(encryption.verifyDetached(proofBytes, signature, signers, now)).rejects.toMatchObject({
      code: 'signature-invalid',
    });
  });

  it('speaks of those binlogs, and of what they hold until then', async () => {
    const { file = '', position = 0, gtid } = dump.coordinates ?? {};
    expect(file).toBe(binlogs[0]?.manifest.binlog.name);
    const replayed = binlogs.map(({ manifest: { binlog } }) => ({
      facts: binlog,
      open: async function* () {
        yield await Promise.resolve(read('plain-binlogs', binlog.name));
      },
    }));
    const until = new Date(proof.recoveredTo);
    const cut = new BinlogCut({ flavour: 'mariadb', binlogs: replayed, position, gtid, until });
    for await (const chunk of cut.read()) chunk satisfies Uint8Array;
    expect(proof.replay).toEqual({
      target: 'instant',
      transactions: cut.transactions,
      binlogs: binlogs.map(({ id, manifestSha256 }) => ({ id, manifestSha256 })),
    });
    const page = readStored(`${folder}RECOVERY.md`);
    expect(proof.recoverySha256).toBe(sha256(page));
    expect(page.toString()).toContain(`--stop-position=${cut.stop?.position ?? 0}`);
    expect(page.toString()).toContain(`--start-position=${position}`);
  });
});

it('docs/format.md describes every field of both', () => {
  const document = readFileSync(join(vectors, '..', '..', '..', 'docs', 'format.md'), 'utf8');
  const described = new Set(Array.from(document.matchAll(/`([\w.[\]-]+)`/g), ([, name]) => name));
  const fields = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([name, entry]) => {
      const isGroup = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
      return isGroup ? fields(entry as object, `${path}${name}.`) : [`${path}${name}`];
    });
  const all = [...fields(binlogs[0]?.manifest ?? {}), ...fields(proof.replay ?? {})];
  const missing = all.filter(
    (field) => !described.has(field) && !described.has(field.split('.').at(-1) ?? ''),
  );
  expect(missing).toEqual([]);
});
