// Fetches of the backup of the test vectors from a directory store.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fetchBackup, type FetchOutcome, type FetchRequest } from '../../../src/actions/fetch/fetch.ts';
import { renderFetched } from '../../../src/actions/fetch/report.ts';
import { parseStoreUrl } from '../../../src/domain/stores/store-url.ts';
import { createOpenPgpEncryption } from '../../../src/encryption/openpgp-encryption.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { RunReporter } from '../../../src/platform/run-reporter.ts';
import { Sanitizer } from '../../../src/platform/sanitize.ts';
import type { StoreReader } from '../../../src/ports/store.ts';
import { openStoreReader } from '../../../src/store/open-store.ts';
import { createRecordingPrinter } from '../../helpers/recording-printer.ts';
import { noSftp } from '../../helpers/no-sftp.ts';

const VECTORS = path.resolve(import.meta.dirname, '../../fixtures/format');
const ID = '20261120T030512Z-7f3a9c1e-mariadb';
const FOLDER = `atlas/dumps/2026/11/20/${ID}`;
const PROOF = 'atlas/proofs/20261122T040000Z-0badcafe';
const OBJECTS = [
  'accounts.sql.zst.gpg',
  'inventory.json.zst.gpg',
  'shop.sql.zst.gpg',
  'shop.sql.zst.gpg.002',
];
const ALL = ['RECOVERY.md', ...OBJECTS, 'manifest.json', 'manifest.json.sig'].toSorted();
const encryption = createOpenPgpEncryption();
const keyOf = (name: string) =>
  encryption.readTrustedSigners(readFileSync(path.join(VECTORS, `keys/${name}-public.asc`), 'utf8'));

let [directory, store, target] = ['', '', ''];
beforeEach(() => {
  // After the vectors were signed; the store's clock is the machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-12-01T00:00:00Z') });
  directory = mkdtempSync(path.join(tmpdir(), 'fetch-'));
  [store, target] = [path.join(directory, 'store'), path.join(directory, 'a/b')];
  cpSync(path.join(VECTORS, 'store'), store, { recursive: true });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

function openStore(): StoreReader {
  return openStoreReader(parseStoreUrl(`file://${store}`), {
    ...{ endpoint: undefined, region: undefined, credentials: undefined, openSftp: noSftp },
  });
}

async function fetch(
  changes: Partial<FetchRequest> = {},
  reader: StoreReader = openStore(),
  signal = new AbortController().signal,
): Promise<FetchOutcome> {
  const reporter = new RunReporter(createRecordingPrinter(), new Sanitizer());
  const request: FetchRequest = {
    ...{ server: 'atlas', backup: { kind: 'latest' }, directory: target },
    ...{ trustedSigners: await keyOf('signer'), trustedProvers: await keyOf('prover') },
    ...changes,
  };
  return fetchBackup(request, { store: reader, encryption, reporter }, signal);
}

async function expectRefusal(run: Promise<unknown>, code: ErrorCode, says: string): Promise<void> {
  await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(says) as string });
}

const stored = (name: string) => readFileSync(path.join(store, FOLDER, name));
const fetched = (name: string) => readFileSync(path.join(target, name));

it('brings everything, byte for byte, into a directory for its owner alone', async () => {
  const outcome = await fetch();
  expect(readdirSync(target).toSorted()).toEqual(ALL);
  for (const name of [...OBJECTS, 'manifest.json', 'manifest.json.sig'])
    expect(fetched(name).equals(stored(name)), name).toBe(true);
  expect(fetched('RECOVERY.md').equals(readFileSync(path.join(store, PROOF, 'RECOVERY.md')))).toBe(true);
  expect(statSync(target).mode & 0o777).toBe(0o700);
  for (const name of ALL) expect(statSync(path.join(target, name)).mode & 0o077, name).toBe(0);
  expect(outcome).toMatchObject({ fetchedParts: 4, keptParts: 0, warnings: [] });
  const text = renderFetched(outcome);
  expect(text).toContain('4 files fetched');
  expect(text).toContain('RECOVERY.md is the page');
});

it('goes on where it was interrupted', async () => {
  const stop = new AbortController();
  const reader = openStore();
  const get = vi.fn((key: string, signal: AbortSignal) => {
    // The data's second part is the one that is cut off.
    if (key.endsWith('/shop.sql.zst.gpg.002')) stop.abort(new Error('stopped'));
    return openStore().get(key, signal);
  });
  await expect(fetch({}, { ...wrap(reader), get }, stop.signal)).rejects.toThrow();
  const left = readdirSync(target);
  expect(left.length).toBeGreaterThan(0);
  expect(left).not.toContain('manifest.json');
  expect(left.filter((name) => name.includes('.fetching'))).toEqual([]);
  // What a run that was killed could not remove.
  writeFileSync(path.join(target, '.shop.sql.zst.gpg.002.0badcafe.fetching'), 'half');

  const outcome = await fetch();
  expect(outcome.keptParts).toBe(left.length);
  expect(outcome.fetchedParts).toBe(4 - left.length);
  expect(readdirSync(target).toSorted()).toEqual(ALL);
  expect(await fetch()).toMatchObject({ fetchedParts: 0, fetchedBytes: 0, keptParts: 4 });
});

/** Methods of a class are not its own properties. */
function wrap(reader: StoreReader): StoreReader {
  return {
    location: reader.location,
    readClock: (signal) => reader.readClock(signal),
    close: () => reader.close(),
    get: (key, signal) => reader.get(key, signal),
    list: (folder, signal) => reader.list(folder, signal),
  };
}

it.each(['manifest.json', 'shop.sql.zst.gpg.002'])('leaves alone what else is there: %s', async (name) => {
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, name), 'mine');
  await expectRefusal(fetch(), 'input-invalid', `${name} is there already`);
  expect(fetched(name).toString()).toBe('mine');
  expect(readdirSync(target)).toEqual([name]);
});

it.each<[string, (bytes: Buffer) => Buffer]>([
  ['cut', (bytes) => bytes.subarray(1)],
  ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
  ['changed', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])])],
])('a part that is %s does not come to be there', async (_, change) => {
  const file = path.join(store, FOLDER, 'shop.sql.zst.gpg.002');
  writeFileSync(file, change(readFileSync(file)));
  await expectRefusal(fetch(), 'object-mismatch', 'shop.sql.zst.gpg.002 has ');
  expect(readdirSync(target)).not.toContain('shop.sql.zst.gpg.002');
  expect(readdirSync(target)).not.toContain('manifest.json');
});

it('fetches nothing of a backup that is not signed as it should be', async () => {
  await expectRefusal(
    fetch({ trustedSigners: await keyOf('prover') }),
    'signature-invalid',
    'the newest backup is refused',
  );
  await expectRefusal(
    fetch({ trustedSigners: await keyOf('prover'), backup: { kind: 'id', id: ID } }),
    'signature-invalid',
    'manifest.json.sig',
  );
  expect(readdirSync(directory)).toEqual(['store']);
});

it('leaves a page that its proof does not name, and says so', async () => {
  const page = path.join(store, PROOF, 'RECOVERY.md');
  writeFileSync(page, `${readFileSync(page, 'utf8')}\nrm -rf /\n`);
  const outcome = await fetch();
  expect(readdirSync(target)).not.toContain('RECOVERY.md');
  expect(outcome.warnings).toEqual([`${PROOF}/RECOVERY.md is not the page that its proof names.`]);
  expect(renderFetched(outcome)).toContain('docs/restore-by-hand.md');
});

it('says what nobody checked', async () => {
  const { warnings } = await fetch({ trustedSigners: undefined, trustedProvers: undefined });
  expect(warnings.join('\n')).toMatch(
    /The signature was not checked[^]*Nobody checked who wrote RECOVERY\.md/,
  );
});

it('takes the newest of a label that is asked for, and no other', async () => {
  await expectRefusal(fetch({ label: 'deploy' }), 'backup-not-found', 'no backup with the label deploy');
});
