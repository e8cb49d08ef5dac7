// The list of the store of the test vectors, and of stores that somebody else wrote into.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { list, type Listing, type ListRequest } from '../../../src/actions/list/list.ts';
import { renderListing } from '../../../src/actions/list/report.ts';
import type { DumpProof, FilesProof, SampledStorage } from '../../../src/domain/proofs/proof.ts';
import { serializeProof } from '../../../src/domain/proofs/proof-text.ts';
import { serializeSnapshotManifest } from '../../../src/domain/snapshots/snapshot-text.ts';
import { parseStoreUrl } from '../../../src/domain/stores/store-url.ts';
import { createOpenPgpEncryption } from '../../../src/encryption/openpgp-encryption.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { openStoreReader } from '../../../src/store/open-store.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';
import { exampleSnapshotManifest } from '../../domain/snapshots/snapshot-example.ts';
import { exampleFilesProof, exampleProof } from '../../domain/proofs/proof-example.ts';
import { noSftp } from '../../helpers/no-sftp.ts';

const VECTORS = path.resolve(import.meta.dirname, '../../fixtures/format');
const ID = '20261120T030512Z-7f3a9c1e-mariadb';
const FOLDER = `atlas/dumps/2026/11/20/${ID}`;
const encryption = createOpenPgpEncryption();
const keyOf = (name: string) =>
  encryption.readTrustedSigners(readFileSync(path.join(VECTORS, `keys/${name}-public.asc`), 'utf8'));

let directory: string;
beforeEach(() => {
  // After the vectors were signed; the store's clock is the machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-12-01T00:00:00Z') });
  directory = mkdtempSync(path.join(tmpdir(), 'list-'));
  cpSync(path.join(VECTORS, 'store'), directory, { recursive: true });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

async function listStore(changes: Partial<ListRequest> = {}): Promise<Listing> {
  const store = openStoreReader(parseStoreUrl(`file://${directory}`), {
    endpoint: undefined,
    region: undefined,
    credentials: undefined,
    openSftp: noSftp,
  });
  const request = {
    server: 'atlas',
    limit: 20,
    trustedSigners: undefined,
    trustedProvers: undefined,
    ...changes,
  };
  return list(request, { store, encryption }, new AbortController().signal);
}

it('has what the manifest says, who signed it, and the day of its proof', async () => {
  const [signers, provers] = [await keyOf('signer'), await keyOf('prover')];
  const text = renderListing(await listStore({ trustedSigners: signers, trustedProvers: provers }));
  expect(text).toContain('1 backup of atlas in file://');
  expect(text.split('\n')[3]).toMatch(
    new RegExp(
      `^${ID}  2026-11-20T03:05:1\\dZ  [\\d.]+ kB  ${signers[0]?.fingerprint.slice(-16) ?? ''}  2026-11-22, level 3  shop$`,
    ),
  );
  expect(text).not.toContain('not checked');
});

it('says that nobody checked', async () => {
  const text = renderListing(await listStore());
  expect(text).toMatch(/not checked[^]*Signatures were not checked: give trusted-signers\./);
});

it('shows a backup that is refused, and why', async () => {
  const manifest = path.join(directory, FOLDER, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"shop"', '"shoq"'));
  const text = renderListing(await listStore({ trustedSigners: await keyOf('signer') }));
  expect(text).toMatch(new RegExp(`^${ID} .* refused, see below`, 'm'));
  expect(text).toContain(`${ID}: ${FOLDER}/manifest.json.sig: `);
});

it('does not count the proof of another manifest, and warns of one that a stranger signed', async () => {
  const manifest = path.join(directory, FOLDER, 'manifest.json');
  writeFileSync(
    manifest,
    readFileSync(manifest, 'utf8').replace('"atlas.example.com"', '"other.example.com"'),
  );
  const { backups, warnings } = await listStore({ trustedProvers: await keyOf('signer') });
  expect(backups[0]?.proof).toBeUndefined();
  expect(warnings.join('\n')).toContain('A proof does not count');
});

it('puts the newest first, shows as many as asked for, and counts the rest and what is unfinished', async () => {
  for (const day of ['19', '21']) {
    const id = `202611${day}T030512Z-7f3a9c1e-mariadb`;
    mkdirSync(path.join(directory, `atlas/dumps/2026/11/${day}/${id}`), { recursive: true });
    writeFileSync(path.join(directory, `atlas/dumps/2026/11/${day}/${id}/manifest.json`), '{}');
  }
  const failed = path.join(directory, 'atlas/dumps/2026/11/22/20261122T030512Z-7f3a9c1e-mariadb');
  mkdirSync(failed, { recursive: true });
  writeFileSync(path.join(failed, 'shop.sql.zst.gpg'), 'half');
  const listing = await listStore({ limit: 2 });
  expect(listing.backups.map(({ id }) => id.slice(0, 8))).toEqual(['20261121', '20261120']);
  const text = renderListing(listing);
  expect(text).toContain('1 older backup not shown (--limit).');
  expect(text).toContain('1 run without a manifest: failed, or still at work.');
});

describe('binlogs', () => {
  const binlogs = () => path.join(directory, 'atlas/binlogs');
  const second = 'binlog.000002.20261120T050005Z-2badcafe';
  beforeEach(() => cpSync(path.join(VECTORS, 'store-binlogs'), directory, { recursive: true }));

  it('are told by the dump that they go on from, and until when', async () => {
    const text = renderListing(await listStore({ trustedSigners: await keyOf('signer') }));
    expect(text).toContain(
      `\nCan be brought back until 20 Nov 2026, 05:00:00 UTC: ${ID} and 2 binlogs without a gap, binlog.000001 to binlog.000002.\n`,
    );
  });

  it('that are refused or missing end it', async () => {
    writeFileSync(`${binlogs()}/${second}.json.sig`, 'junk');
    const refused = renderListing(await listStore({ trustedSigners: await keyOf('signer') }));
    expect(refused).toContain(`Refused, and counted as missing: ${second}: `);
    expect(refused).toContain('and 1 binlog without a gap, binlog.000001 to binlog.000001.');
    rmSync(`${binlogs()}/binlog.000001.20261120T040005Z-1badcafe.json`);
    const missing = renderListing(await listStore());
    expect(missing).toMatch(/No binlog goes on from .*\nNot any later: binlog\.000001, .* is missing\./);
  });
});

describe('snapshots', () => {
  const manifest = { ...exampleSnapshotManifest(), ...{ server: 'atlas' } };
  const folder = () => path.join(directory, 'atlas/storage/files/snapshots');
  beforeEach(() => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(`${folder()}/${manifest.id}.json`, serializeSnapshotManifest(manifest));
    writeFileSync(`${folder()}/20261121T040512Z-00000000.json`, 'junk');
  });

  it('have an id, a state, and what is in them; one that is refused says why', async () => {
    const text = renderListing(await listStore());
    expect(text).toContain('\n2 snapshots of atlas:\n');
    expect(text).toMatch(
      new RegExp(
        `^${manifest.id} +files +2026-11-20T04:05:13Z +1,000 +123\\.5 kB +yes +not checked +never$`,
        'm',
      ),
    );
    expect(text).toMatch(/^20261121T040512Z-00000000 +files +refused, see below$/m);
    expect(text).toMatch(/^files\/20261121T040512Z-00000000: /m);
  });

  it('are proven by the newest sample of exactly this manifest, of its dump or of files alone', async () => {
    const manifestSha256 = createHash('sha256').update(serializeSnapshotManifest(manifest)).digest('hex');
    const putProof = (proof: DumpProof | FilesProof, day: number, changes: Partial<SampledStorage>) => {
      const id = `202611${day}T040000Z-0badcafe`;
      const storage = [
        {
          ...(exampleProof().storage?.[0] as SampledStorage),
          name: 'files',
          snapshot: manifest.id,
          ...changes,
        },
      ];
      mkdirSync(path.join(directory, `atlas/proofs/${id}`), { recursive: true });
      writeFileSync(
        path.join(directory, `atlas/proofs/${id}/proof.json`),
        serializeProof({
          ...proof,
          id,
          storage,
          startedAt: `2026-11-${day}T04:00:00.000Z`,
          finishedAt: `2026-11-${day}T04:05:00.000Z`,
        }),
      );
    };
    const proven = async () => {
      const text = renderListing(await listStore());
      return new RegExp(`^${manifest.id} .* not checked +(.*)$`, 'm').exec(text)?.[1];
    };
    putProof(exampleFilesProof(), 24, { manifestSha256 });
    expect(await proven()).toBe('2026-11-24, 5% of it');
    putProof(exampleProof(), 25, { manifestSha256, share: '7%' });
    expect(await proven()).toBe('2026-11-25, 7% of it');
    putProof(exampleProof(), 26, {});
    putProof(exampleProof(), 27, { manifestSha256, name: 'others' });
    putProof(exampleProof(), 28, { manifestSha256, snapshot: '20261120T033500Z-7f3a9c1f' });
    expect(await proven()).toBe('2026-11-25, 7% of it');
  });

  it('are as many of each storage as asked for, and there without a dump', async () => {
    rmSync(path.join(directory, 'atlas/dumps'), { recursive: true });
    const text = renderListing(await listStore({ limit: 1 }));
    expect(text).toContain('1 older snapshot not shown (--limit).');
    expect(text).not.toContain(manifest.id);
    expect(text).not.toContain('Check `server`');
  });
});

it('says when there is nothing', async () => {
  const text = renderListing(await listStore({ server: 'borealis' }));
  expect(text).toMatch(
    /^borealis has no backup in file:\/\/[^]*Check `server` and the prefix in `store`\.\n$/,
  );
});

it('keeps every backup on one line, whatever its databases are called', () => {
  const names = ['a\n::error::x', 'b\x1b[2J', '##[error]y', 'z'.repeat(64)];
  const manifest = exampleManifest();
  const databases = names.map((name) => ({ name, tables: 0, views: 0, rows: 0, plainBytes: 0 }));
  const text = renderListing({
    ...{ server: 'atlas', location: 'file:///x', olderBackups: 0, unfinished: 0, areSignersGiven: true },
    ...{ snapshots: [], olderSnapshots: 0, binlogs: undefined },
    backups: [
      {
        ...{ id: ID, signedBy: 'A'.repeat(40), hasSignature: true, failure: undefined },
        manifest: { ...manifest, databases },
        proof: exampleProof(),
      },
      {
        ...{ id: ID, signedBy: undefined, hasSignature: true, manifest: undefined, proof: undefined },
        failure: new LifeboatError('manifest-invalid', 'x\n::error::y'),
      },
    ],
    warnings: [],
  });
  expect(text).toContain(String.raw`a\n::error::x, b\x1b[2J, ## [error]y, and 1 more`);
  expect(text).not.toMatch(/^\s*::|##\[|\x1b/m);
});
