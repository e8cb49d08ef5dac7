// Runs inventory-filter.pl as a stage does, in pieces of a given size, and reads what it wrote down.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseFacts, type DumpFacts } from '../../src/engines/mysql/dump/facts.ts';
import { parseSeen, type SeenObject } from '../../src/engines/mysql/dump/structure.ts';

const FILTER = path.resolve(import.meta.dirname, '../../src/engines/mysql/dump/inventory-filter.pl');

export interface FilterOptions {
  readonly what?: 'rows' | 'digest' | 'structure';
  /** What one read gives; by default what the pipe holds. */
  readonly pieceBytes?: number;
  readonly hasher?: readonly string[];
  /** Perl without its own SHA-256, as in Debian's perl-base. */
  readonly hasNoDigestSha?: boolean;
  /** Works on the directory before the filter starts. */
  readonly prepare?: (directory: string) => void;
  /** Does not keep what was passed through. */
  readonly discardsOutput?: boolean;
}

export interface FilterRun {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Empty unless it ended with 0. */
  readonly seen: readonly SeenObject[];
  readonly facts: DumpFacts;
  readonly ddl: readonly (SeenObject & { readonly ddl: string })[];
  readonly peakBytes: number;
}

export async function runFilter(
  dump: Uint8Array | AsyncIterable<Uint8Array>,
  {
    what = 'rows',
    pieceBytes,
    hasher = ['sha256sum'],
    hasNoDigestSha = false,
    prepare,
    discardsOutput,
  }: FilterOptions = {},
): Promise<FilterRun> {
  const directory = mkdtempSync(path.join(tmpdir(), 'filter-'));
  const peakFile = path.join(directory, 'peak');
  prepare?.(directory);
  try {
    const child = spawn(
      'perl',
      ['-I', import.meta.dirname, '-MFilterHarness', FILTER, directory, what, ...hasher],
      {
        env: {
          PATH: process.env['PATH'],
          PEAK_FILE: peakFile,
          ...(pieceBytes === undefined ? {} : { PIECE_BYTES: String(pieceBytes) }),
          ...(hasNoDigestSha ? { HIDE_DIGEST_SHA: '1' } : {}),
        },
      },
    );
    const ended = new Promise<Pick<FilterRun, 'status' | 'signal'>>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve({ status, signal }));
    });
    const source = dump instanceof Uint8Array ? Readable.from([dump]) : Readable.from(dump);
    const [stdout, stderr, end] = await Promise.all([
      discardsOutput === true ? drain(child.stdout) : buffer(child.stdout),
      buffer(child.stderr),
      ended,
      // A filter that fails stops reading; its status is what counts.
      pipeline(source, child.stdin).catch(() => undefined),
    ]);
    const read = (name: string) => (end.status === 0 ? readFileSync(path.join(directory, name), 'utf8') : '');
    return {
      ...end,
      stdout,
      stderr: stderr.toString(),
      seen: parseSeen(read('seen')),
      facts: parseFacts(read('facts')),
      ddl: what === 'structure' ? [] : (JSON.parse(`[${read('ddl')}]`) as FilterRun['ddl']),
      peakBytes: Number(read('peak')) * 1024,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs every job, a few at a time. */
export async function inParallel<T, R>(items: readonly T[], job: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [index, item] of waiting) results[index] = await job(item);
  };
  await Promise.all([work(), work(), work()]);
  return results;
}

async function drain(stream: Readable): Promise<Buffer> {
  stream.resume();
  await once(stream, 'end');
  return Buffer.alloc(0);
}
