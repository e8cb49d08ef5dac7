// What docs/restore-by-hand.md says of binary logs, on those of the test vectors: up to the replay, which is run on a real server elsewhere.
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { GpgHome } from '../encryption/gpg-home.ts';
import { blocksBelow, readPage } from '../helpers/documentation.ts';
import { readVector, vectorBackup } from '../helpers/format-store.ts';

// gpg starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const VECTORS = path.resolve(import.meta.dirname, '../fixtures/format');
const IDS = ['binlog.000001.20261120T040005Z-1badcafe', 'binlog.000002.20261120T050005Z-2badcafe'] as const;
const [, choose = '', check = '', replay = ''] = blocksBelow(
  readPage('docs/restore-by-hand.md'),
  'sh',
  'Later than the dump',
);

let gpg: GpgHome;
let signer: string;
let directory: string;
beforeAll(() => {
  gpg = new GpgHome();
  gpg.import(readVector('keys/recipient-secret.asc'));
  gpg.import(readVector('keys/signer-public.asc'));
  const listed = gpg.must(['--with-colons', '--show-keys'], readVector('keys/signer-public.asc'));
  signer = /^fpr:+([0-9A-F]{40}):/m.exec(listed.stdout.toString())?.[1] ?? '';
});
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'by-hand-'));
  const manifest = `${VECTORS}/store/${vectorBackup.folder}manifest.json`;
  copyFileSync(manifest, path.join(directory, 'manifest.json'));
  cpSync(`${VECTORS}/store-binlogs/atlas/binlogs`, path.join(directory, 'store'), { recursive: true });
  return () => rmSync(directory, { recursive: true });
});
afterAll(() => gpg[Symbol.dispose]());

/** The blocks of the page, in a shell that fetches from a directory. */
function follow(...blocks: readonly string[]) {
  const fetching = ['list_binlogs() { ls store; }', 'get_binlog() { cp "store/$1" .; }', `SIGNER=${signer}`];
  const env = { PATH: process.env['PATH'], GNUPGHOME: gpg.directory, LC_ALL: 'C.UTF-8' };
  const script = [...fetching, choose, ...blocks].join('\n');
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-e', '-c', script], {
    cwd: directory,
    env,
  });
  return { status, said: stdout.toString() + stderr.toString() };
}

it('fetches what follows the dump, checks it, and says where to begin', () => {
  const { status, said } = follow(check, `echo ${replay.replace(/\|[^]*/, '')}`);
  expect(said).toContain(`${IDS.join('\n')}\n`);
  expect(said).toContain('All binary logs are there.\n');
  expect(said).toContain(`--start-position=2903 ${IDS.join(' ')}\n`);
  expect(status).toBe(0);
  for (const id of IDS)
    expect(readFileSync(path.join(directory, id)).subarray(0, 4).toString('latin1')).toBe('\xfebin');
});

it('begins with the file of the dump, in the order of numbers', () => {
  for (const number of ['binlog.000000', 'binlog.1000000', 'binlog.999999'])
    copyFileSync(
      `${directory}/store/${IDS[0]}.json`,
      `${directory}/store/${number}.${IDS[0].slice(14)}.json`,
    );
  expect(
    follow()
      .said.replaceAll(/\.2026.*/g, '')
      .split('\n'),
  ).toEqual([...['binlog.000001', 'binlog.000002', 'binlog.999999', 'binlog.1000000', '']]);
});

it.each<[string, string, (store: string) => void]>([
  ['a changed object', 'FAILED', (store) => appendFileSync(`${store}/${IDS[1]}.zst.gpg`, ' ')],
  ['a changed manifest', 'BAD signature', (store) => appendFileSync(`${store}/${IDS[0]}.json`, ' ')],
  ['a missing signature', 'cannot stat', (store) => rmSync(`${store}/${IDS[1]}.json.sig`)],
  ['a missing first file', 'where the dump stood is not there', (store) => rmSync(`${store}/${IDS[0]}.json`)],
  [
    'another file under this name',
    'VALIDSIG',
    (store) => {
      for (const end of ['.json', '.json.sig'])
        copyFileSync(`${store}/${IDS[0]}${end}`, `${store}/${IDS[1]}${end}`);
    },
  ],
])('stops at %s', (_, says, spoil) => {
  spoil(path.join(directory, 'store'));
  const { status, said } = follow(check);
  expect(said).toContain(says);
  expect(said).not.toContain('All binary logs are there.');
  expect(status).toBe(1);
});

it('stops at a key that is not on the paper, and at a file that does not follow', () => {
  const other = follow(`SIGNER=${'0'.repeat(40)}`, check);
  expect(other.said).not.toContain('VALIDSIG');
  expect(other.status).toBe(1);
  const twice = follow("sed -n '1p;1p' binlogs >twice; mv twice binlogs", check);
  expect(twice.said).toContain('does not follow the file before it');
  expect(twice.status).toBe(1);
});
