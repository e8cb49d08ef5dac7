import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectMembers, TAR_END, TarError, type TarMember } from '../../../src/domain/snapshots/tar.ts';

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

async function select(bytes: Buffer, isWanted: (member: TarMember) => boolean, size = 700): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of selectMembers(inChunks(bytes, size), isWanted)) parts.push(part);
  return Buffer.concat(parts);
}

/** The header of a member says that a block follows, and it does: only that this member has content is wrong. */
function giveContent(bytes: Buffer, name: string): Buffer {
  const changed = Buffer.from(bytes);
  const at = changed.findLastIndex(
    (_byte, offset) =>
      offset % 512 === 0 && new RegExp(`^${name}/?\0`).test(changed.toString('latin1', offset, offset + 100)),
  );
  expect(at).toBeGreaterThan(0);
  changed.write('00000001000\0', at + 124, 'latin1');
  changed.fill(' ', at + 148, at + 156);
  const sum = changed.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  return Buffer.concat([changed.subarray(0, at + 512), Buffer.alloc(512, 'x'), changed.subarray(at + 512)]);
}

/** An archive of one member that is no directory but has a slash at its end, in the header, in `path`, or where files with holes have theirs. */
function nameLikeDirectory(where: 'header' | 'path' | 'GNU.sparse.name', type = '0'): Buffer {
  const header = (name: string, itsType: string, size: number) => {
    const made = Buffer.alloc(512);
    for (const [at, text] of [
      [0, name],
      [100, '0000644'],
      [124, size.toString(8).padStart(11, '0')],
      [148, '        '],
      [156, itsType],
      [257, 'ustar\x0000'],
    ] as const)
      made.write(text, at, 'latin1');
    const sum = made.reduce((total, byte) => total + byte, 0);
    made.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1');
    return made;
  };
  const value = ` ${where}=z/\n`;
  const extension = `${value.length + 2}${value}`;
  return Buffer.concat([
    ...(where === 'header'
      ? []
      : [header('x', 'x', extension.length), Buffer.from(extension.padEnd(512, '\0'), 'latin1')]),
    header(where === 'header' ? 'z/' : 'z', type, 0),
    TAR_END,
  ]);
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
      const chosen = Buffer.concat([await select(archive, ({ name }) => name === wanted), TAR_END]);
      expect(list(chosen)).toHaveLength(1);
      execFileSync('tar', ['-d', '-C', directory], { input: chosen });
    },
  );

  it('says of every member what the file system says', async () => {
    const members: TarMember[] = [];
    await select(archive, (member) => members.push(member) > 0);
    const find = String.raw`find . -mindepth 1 -printf '%p|%m|%U|%G|%T@|%l|%y|%s\n'`;
    const expected = execFileSync('sh', ['-c', find], { cwd: directory })
      .toString('latin1')
      .trim()
      .split('\n');
    const lines = members.slice(1).map((member) => {
      const type = ({ '5': 'd', '2': 'l' } as Record<string, string>)[member.type] ?? 'f';
      const target = type === 'l' ? member.linkName : '';
      const of = member.type === '1' ? members.find(({ name }) => name === member.linkName) : member;
      return `${member.name}|${member.mode.toString(8)}|${member.uid}|${member.gid}|${member.mtimeNs}|${target}|${type}|${of?.size}`;
    });
    const same = (line: string) => {
      const fields = line.split('|');
      // What a directory or a link takes is nothing that an archive tells.
      return [
        ...fields.slice(0, 4),
        (fields[4] ?? '').replace('.', '').slice(0, -1),
        ...fields.slice(5, 7),
        fields[6] === 'f' ? fields[7] : '0',
      ].join('|');
    };
    expect(lines.toSorted()).toEqual(expected.map(same).toSorted());
  });

  it('may have long names that are cut off at a slash', async () => {
    const name = `${'d'.repeat(99)}/file`;
    const script = `cd "$(mktemp -d)"; mkdir ${'d'.repeat(99)}; : >${name}; tar -c --format=posix ${name}; rm -r "$PWD"`;
    const cut = execFileSync('sh', ['-euc', script]);
    expect(cut.includes(`${'d'.repeat(99)}/\x00`.slice(0, 100))).toBe(true);
    expect((await select(cut, (member) => member.name === name)).length).toBeGreaterThan(0);
  });

  it('may have names of directories that end in a slash', async () => {
    const names: string[] = [];
    for (const where of ['header', 'path'] as const)
      await select(nameLikeDirectory(where, '5'), ({ name }) => names.push(name) > 0);
    expect(names).toEqual(['z', 'z']);
  });

  it.each([
    ['breaks off in a member', () => archive.subarray(0, 1_000)],
    ['has no end', () => archive.subarray(0, archive.length - 10_240)],
    ['is something else', () => Buffer.alloc(2_048, 'x')],
    ['has a link with content, which hides members from tar', () => giveContent(archive, './one')],
    ['has a directory with content', () => giveContent(archive, './dir')],
    ['has a file named like a directory', () => nameLikeDirectory('header')],
    ['has a link named like a directory', () => nameLikeDirectory('header', '2')],
    ['has a file with the long name of a directory', () => nameLikeDirectory('path')],
    ['has a file with holes named like a directory', () => nameLikeDirectory('GNU.sparse.name')],
    ['has a changed header', () => Buffer.concat([archive]).fill('9', 0, 1)],
  ])('is refused when it %s', async (_what, make) => {
    await expect(select(make(), () => true)).rejects.toThrow(TarError);
  });
});
