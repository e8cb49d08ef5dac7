// Judges the binary logs in a bucket as somebody would who has never seen Lifeboat's code: what every manifest names is opened by
// bucket-checker.ts, and read with the server's own mariadb-binlog. It shares no code with the product on purpose.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { queryRows, query, type MariadbAddress } from '../lab/mariadb.ts';
import { runCommand } from '../lab/command.ts';
import type { CheckedBackup, CheckedBinlog, CheckedBucket } from './bucket-checker.ts';

export interface CheckedChain {
  /** Empty when everything that has a manifest is whole, and one file leads to the next from the newest backup to the newest file. */
  readonly faults: readonly string[];
  /** From the file in which the backup was made to the newest one, each once. */
  readonly names: readonly string[];
  /** Loads the backup and all binary logs behind it into an empty server, with stock programs. */
  readonly restoreInto: (server: MariadbAddress) => Promise<void>;
}

interface File {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** As mariadb-binlog prints it. */
  readonly text: string;
}

/** `source` is asked what it has; what it has removed by now must be in the bucket. */
export async function checkChain(
  { backups, binlogs }: Pick<CheckedBucket, 'backups' | 'binlogs'>,
  source: MariadbAddress,
): Promise<CheckedChain> {
  const faults = [...backups, ...binlogs].flatMap((each) =>
    each.faults.map((fault) => `${each.id}: ${fault}`),
  );
  const directory = mkdtempSync(path.join(tmpdir(), 'chain-'));
  try {
    const files = await readFiles(directory, binlogs, faults);
    const anchor = backups.toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1);
    const { file = '', position = 0 } = (anchor?.manifest['coordinates'] ?? {}) as Partial<Coordinates>;
    const chain = followChain(files, file, faults);
    await compareWithServer(files, chain, source, faults);
    return {
      faults,
      names: chain.map(({ name }) => name),
      restoreInto: (empty: MariadbAddress) => restore(anchor, chain, position, empty),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Coordinates {
  readonly file: string;
  readonly position: number;
}

async function readFiles(
  directory: string,
  binlogs: readonly CheckedBinlog[],
  faults: string[],
): Promise<ReadonlyMap<string, File>> {
  const files = new Map<string, File>();
  for (const { id, manifest, bytes } of binlogs) {
    const { name } = manifest.binlog;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const known = files.get(name);
    if (known !== undefined && known.sha256 !== sha256) faults.push(`${id}: another file of the same name`);
    if (known !== undefined) continue;
    const place = path.join(directory, name);
    writeFileSync(place, bytes);
    files.set(name, { name, bytes, sha256, text: await readBinlog([place]) });
  }
  return files;
}

/** From the file with the backup's position on: each names the next, which goes on with the very GTIDs. */
function followChain(files: ReadonlyMap<string, File>, first: string, faults: string[]): File[] {
  const chain: File[] = [];
  let name = first;
  for (let file = files.get(name); file !== undefined; file = files.get(name)) {
    const last = chain.at(-1);
    const [before, expected] = [gtidsBefore(file), last && gtidsAfter(last)];
    if (expected !== undefined && before !== expected)
      faults.push(`${name} begins with ${before}, and the one before ended with ${expected}`);
    chain.push(file);
    name = nameNext(file);
  }
  const newest = [...files.keys()].toSorted().at(-1);
  if (chain.at(-1)?.name !== newest)
    faults.push(
      `the chain from ${first} ends with ${chain.at(-1)?.name ?? 'nothing'}, and ${newest ?? 'nothing'} is the newest`,
    );
  return chain;
}

async function compareWithServer(
  files: ReadonlyMap<string, File>,
  chain: readonly File[],
  source: MariadbAddress,
  faults: string[],
): Promise<void> {
  const listed = (await queryRows(source, 'SHOW BINARY LOGS')).map(([name = '']) => name);
  for (const name of listed) {
    const stored = files.get(name);
    const own = readFileSync(path.join(source.dataDirectory, name));
    if (stored !== undefined && !stored.bytes.equals(own)) faults.push(`${name} is not what the server has`);
  }
  // What the server has removed must be in the chain, up to what it still has.
  const newest = chain.at(-1);
  const reaches = chain.some(({ name }) => name === listed[0]) || (newest && nameNext(newest) === listed[0]);
  if (reaches !== true)
    faults.push(
      `the server has removed everything before ${listed[0] ?? 'nothing'}, which is not whole in the bucket`,
    );
}

/** Without a closing event it is the next number: the server died. */
function nameNext({ name, text }: File): string {
  const rotated = /\tRotate to (\S+) +pos: 4/.exec(text)?.[1];
  return rotated ?? name.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(digits.length, '0'));
}

function gtidsBefore({ text }: File): string {
  return sortGtids(splitGtids(text));
}

function gtidsAfter({ text }: File): string {
  const own = [...text.matchAll(/^#\d{6} .*\tGTID (\d+-\d+-\d+)/gm)].map(([, gtid = '']) => gtid);
  return sortGtids([...splitGtids(text), ...own]);
}

/** Of the list that every file begins with. */
function splitGtids(text: string): string[] {
  const list = /\tGtid list \[([^\]]*)\]/.exec(text)?.[1] ?? '';
  return list.split(/[,\s#]+/).filter((gtid) => gtid !== '');
}

/** The last of each domain and server. */
function sortGtids(gtids: readonly string[]): string {
  const last = new Map(gtids.map((gtid) => [gtid.replace(/-\d+$/, ''), gtid]));
  return [...last.values()].toSorted().join(',');
}

async function restore(
  anchor: CheckedBackup | undefined,
  chain: readonly File[],
  position: number,
  empty: MariadbAddress,
): Promise<void> {
  const databases = [...(anchor?.texts ?? [])].filter(
    ([name]) => name !== 'inventory' && name !== 'accounts',
  );
  for (const [, text] of databases) await query(empty, Readable.from([text]));
  const directory = mkdtempSync(path.join(tmpdir(), 'chain-'));
  try {
    const places = chain.map(({ name, bytes }) => {
      writeFileSync(path.join(directory, name), bytes);
      return path.join(directory, name);
    });
    await query(empty, await readBinlog([`--start-position=${position}`, ...places]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function readBinlog(args: readonly string[]): Promise<string> {
  const options = ['--no-defaults', '--verify-binlog-checksum'];
  return runCommand('mariadb-binlog', [...options, ...args], { env: { ...process.env, TZ: 'UTC' } });
}
