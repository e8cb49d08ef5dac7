import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectMembers, TAR_END, TarError } from '../../src/domain/tar.ts';

let directory: string;
let archive: Buffer;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tar-'));
  const script = String.raw`echo one >one; mkdir dir; ln one dir/link; ln -s one symlink; truncate -s 3M sparse; echo x >>sparse
    echo long >"$(printf '%0150d' 0)"; echo odd >"$(printf 'o\377d')"; : >empty`;
  execFileSync('sh', ['-euc', script], { cwd: directory });
  archive = execFileSync('tar', ['-c', '--format=posix', '--sparse', '--sort=name', '.'], { cwd: directory });
});

afterAll(() => rmSync(directory, { recursive: true }));

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function select(bytes: Buffer, isWanted: (name: string) => boolean, size = 700): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of selectMembers(inChunks(bytes, size), isWanted)) parts.push(part);
  return Buffer.concat(parts);
}

function list(bytes: Buffer): string[] {
  return execFileSync('tar', ['-t', '--quoting-style=escape'], { input: bytes })
    .toString()
    .trim()
    .split('\n');
}

describe('an archive', () => {
  it('passes whole, whatever the chunks', async () => {
    for (const size of [1, 511, 100_000]) {
      const all = await select(archive, () => true, size);
      expect(all.equals(archive.subarray(0, all.length))).toBe(true);
      expect(list(Buffer.concat([all, TAR_END]))).toEqual(list(archive));
    }
  });

  it.each([['./sparse'], ['./symlink'], [`./${'0'.repeat(150)}`], ['./o\xffd'], ['./dir'], ['./empty']])(
    'gives out %j alone, by its real name',
    async (wanted) => {
      const chosen = Buffer.concat([await select(archive, (name) => name === wanted), TAR_END]);
      expect(list(chosen)).toHaveLength(1);
      execFileSync('tar', ['-d', '-C', directory], { input: chosen });
    },
  );

  it.each([
    ['breaks off in a member', () => archive.subarray(0, 1_000)],
    ['has no end', () => archive.subarray(0, archive.length - 10_240)],
    ['is something else', () => Buffer.alloc(2_048, 'x')],
    ['has a changed header', () => Buffer.concat([archive]).fill('9', 0, 1)],
  ])('is refused when it %s', async (_what, make) => {
    await expect(select(make(), () => true)).rejects.toThrow(TarError);
  });
});
