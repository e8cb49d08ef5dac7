// What restore-files makes of a snapshot that is not what it should be, and as a user who may not do everything.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeTree, makeNastyTree } from '../../helpers/file-tree.ts';
import { showName } from '../../../src/domain/text/visible.ts';
import type { LifeboatError } from '../../../src/errors.ts';
import { GpgHome } from '../../encryption/gpg-home.ts';
import { restoreByHand } from '../../helpers/stock-restore.ts';
import { forgeSnapshot, type SnapshotForgery } from '../../helpers/forge-snapshot.ts';
import { readVectorKeys, type VectorKeys } from '../../helpers/format-store.ts';
import { LocalStorage } from '../../helpers/local-storage.ts';
import { CLI } from '../../helpers/run-doctor.ts';

const isRoot = process.geteuid?.() === 0;

let keys: VectorKeys;
let place: LocalStorage;
let id: string;

beforeAll(async () => {
  keys = await readVectorKeys();
});
beforeEach(async () => {
  place = await LocalStorage.make();
});
afterEach(async () => {
  execFileSync('chmod', ['-R', 'u+rwX', place.directory], { stdio: 'ignore' });
  await place.remove();
});

async function store(script: string): Promise<void> {
  execFileSync('sh', ['-euc', script], { cwd: place.data });
  id = (await place.sync()).stored?.manifest.id ?? '';
}

const forge = (forgery: SnapshotForgery) =>
  forgeSnapshot(place.store, { server: 'atlas', name: 'files', id }, forgery, keys);

describe('nothing gets out of the directory', () => {
  const secret = () => path.join(place.directory, 'secret');
  beforeEach(async () => {
    mkdirSync(secret());
    writeFileSync(path.join(secret(), 'file'), 'as it was');
    await store('mkdir dir; echo a >dir/file; echo b >one; ln one two; ln -s elsewhere link');
  });
  afterEach(() => {
    expect(readdirSync(secret())).toEqual(['file']);
    expect(readFileSync(path.join(secret(), 'file'), 'utf8')).toBe('as it was');
    expect(statSync(path.join(secret(), 'file')).nlink).toBe(1);
  });

  const inPack = () => `.${place.data}`;
  /** A directory of the index as what another record of it would say. */
  const asLink = (text: string) => text.replace(/(\/dir\/\/)d( \d+)/, '$1l$2');

  it.each<[string, () => SnapshotForgery, string, RegExp]>([
    [
      'a link, and a file below it',
      () => ({ index: asLink, pack: `rm -r ${inPack()}/dir; ln -s ${secret()} ${inPack()}/dir` }),
      'manifest-invalid',
      /below something that is no directory/,
    ],
    [
      'a link where the index has a directory',
      () => ({ pack: `rm -r ${inPack()}/dir; ln -s ${secret()} ${inPack()}/dir` }),
      'object-mismatch',
      /another kind|lacks/,
    ],
    [
      'a link where the index has a file',
      () => ({ packAt: 1, pack: `ln -sf ${secret()}/file ${inPack()}/one` }),
      'object-mismatch',
      /another kind/,
    ],
    [
      'a hard link to something else',
      () => ({ packAt: 1, pack: 'TAR=--transform=s,.*/...$,secret/file,RS' }),
      'object-mismatch',
      /another name of a file that is not in it/,
    ],
    [
      'a path that goes up',
      () => ({ index: (text) => text.replace(`${place.data}/one//`, `${place.data}/../secret/file//`) }),
      'manifest-invalid',
      /a record without a path|not sorted/,
    ],
    [
      'a FIFO',
      () => ({ packAt: 1, pack: `rm ${inPack()}/one; mkfifo ${inPack()}/one` }),
      'object-mismatch',
      /a member of type "6"/,
    ],
  ])('%s', async (_what, forgery, code, says) => {
    await forge(forgery());
    await expect(place.restore()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(says) as string,
    });
  });

  it('a link that is one, also with an absolute target: it stays a link', async () => {
    await store(`rm link; ln -s ${secret()} link; ln -s ../secret/file dir/up`);
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
    expect(lstatSync(`${directory}${place.data}/link`).isSymbolicLink()).toBe(true);
  });
});

describe('the commands of the documentation end at once, and never say that all is there, when', () => {
  const missing = 'snapshots/*.index.zst.gpg';
  it.each<[string, SnapshotForgery, string, string]>([
    ['the last object of the index is missing', {}, `rm "$(ls ${missing} | tail -n 1)"`, 'cp: '],
    ['a pack is another', {}, 'for pack in packs/*; do echo more >>"$pack"; done', 'FAILED'],
    [
      'a content is another',
      { index: (text) => text.replace(/ [0-9a-f]{64} /, ` ${'0'.repeat(64)} `) },
      '',
      'not what it was: ',
    ],
    [
      'there is less than the manifest says',
      { manifest: (manifest) => (manifest.holds = { ...manifest.holds, files: 3 }) },
      '',
      'the manifest says 3 files',
    ],
  ])('%s', async (_what, forgery, spoil, said) => {
    await store('echo a >one');
    await forge(forgery);
    const storage = path.join(place.store, 'atlas/storage/files');
    execFileSync('sh', ['-euc', spoil], { cwd: storage });
    using gpg = new GpgHome();
    gpg.must([
      '--import',
      path.resolve(import.meta.dirname, '../../fixtures/format/keys/recipient-secret.asc'),
    ]);
    const restore = {
      to: path.join(place.directory, 'by-hand'),
      storage,
      snapshot: id,
      gpgHome: gpg.directory,
    };
    let caught: unknown;
    try {
      restoreByHand(restore);
    } catch (error) {
      caught = error;
    }
    const { stdout, stderr } = caught as { readonly stdout: Buffer; readonly stderr: Buffer };
    expect(stderr.toString()).toContain(said);
    expect(stdout.toString()).toBe('');
  });
});

describe('a list', () => {
  it('has every entry with the attributes and the name that find sees, each on one line', async () => {
    makeNastyTree(place.data);
    writeFileSync(path.join(place.data, 'a\n::error::fake\x1b[31m##[error]'), 'x');
    await store(':');
    const { lines, warnings } = await place.list();
    expect(warnings).toEqual([]);
    const found = execFileSync(
      'sh',
      [
        '-c',
        String.raw`find "$0" \( -type f -o -type d -o -type l \) -printf '%M %U:%G %TY-%Tm-%TdT%TH:%TM:%TS %p\0'`,
        place.data,
      ],
      { env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } },
    );
    const expected = found
      .toString('latin1')
      .split('\0')
      .slice(0, -1)
      .map((entry) => {
        const [, attributes = '', decimals, name = ''] = /^(\S+ \S+ \S+?)(\.\d+) (.*)$/s.exec(entry) ?? [];
        return decimals === undefined ? entry : `${attributes}Z ${showName(name)}`;
      });
    const listed = lines.map((line) => line.replace(/^(\S+) +(\S+) +\d+ /, '$1 $2 '));
    expect(listed.toSorted()).toEqual(expected.toSorted());
    const fake = await place.list({ pattern: '*fake*' });
    expect(fake.lines).toEqual([
      expect.stringMatching(/ 1 \S+ \/.*\/a\\n::error::fake\\x1b\[31m##\\x5berror\]$/),
    ]);
  });

  it('is of the snapshot that was asked for: a file that is gone since, and when', async () => {
    await store('mkdir kept; echo a >kept/gone.pdf; echo b >kept/there');
    const first = id;
    execFileSync('rm', [path.join(place.data, 'kept/gone.pdf')]);
    expect((await place.sync({ inputs: { 'max-deleted': '100%' } })).stored?.manifest.id).not.toBe(first);
    await expect(place.list({ pattern: '*.pdf' })).rejects.toMatchObject({ code: 'restore-choice' });
    const { lines } = await place.list({ pattern: '*.pdf', snapshot: { id: first } });
    expect(lines).toEqual([expect.stringMatching(/^-rw\S+ +\d+:\d+ +2 \S+ .*\/kept\/gone\.pdf$/)]);
    const restored = await place.restore({ id: first, paths: [`${place.data}/kept/gone.pdf`] });
    expect(readFileSync(`${restored.directory}${place.data}/kept/gone.pdf`, 'utf8')).toBe('a\n');
  });

  it('is not printed of an index that is another', async () => {
    await store('echo a >one');
    const file = path.join(place.store, `atlas/storage/files/snapshots/${id}.index.zst.gpg`);
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('more')]));
    await expect(place.list()).rejects.toMatchObject({ code: 'object-mismatch' });
  });

  it('ends well on the command line when nobody reads on', async () => {
    await store(
      'mkdir many; cd many; seq -f a-name-that-is-long-enough-to-fill-a-pipe-%05.0f 3000 | xargs touch',
    );
    const keysOf = (name: string) =>
      readFileSync(path.resolve(import.meta.dirname, `../../fixtures/format/keys/${name}.asc`), 'utf8');
    const list = (pipe: string) =>
      execFileSync(
        'bash',
        ['-o', 'pipefail', '-c', `"$0" "$1" restore-files latest --list ${pipe}`, process.execPath, CLI],
        {
          env: {
            PATH: process.env['PATH'],
            ...{ LIFEBOAT_SERVER: 'atlas', LIFEBOAT_NAME: 'files', LIFEBOAT_STORE: `file://${place.store}` },
            ...{
              LIFEBOAT_IDENTITY: keysOf('recipient-secret'),
              LIFEBOAT_TRUSTED_SIGNERS: keysOf('signer-public'),
            },
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ).toString();
    expect(list('| head -n 1')).toMatch(/^drwx\S+ .* \/\S+\n$/);
    expect(list('| wc -l').trim()).toBe('3002');
    expect(list("'*-03000'")).toMatch(/^-rw\S+ .*-03000\n$/);
  });
});

it('puts nothing where something is', async () => {
  await store('echo a >one');
  const to = path.join(place.directory, 'taken');
  mkdirSync(to);
  writeFileSync(path.join(to, 'mine'), 'stays');
  await expect(place.restore({ to })).rejects.toMatchObject({ code: 'input-invalid' });
  expect(readdirSync(to)).toEqual(['mine']);
  expect(readFileSync(path.join(to, 'mine'), 'utf8')).toBe('stays');
});

it('leaves no trace of other names of a file that it needed', async () => {
  await store(`echo linked >a; mkdir sub; ln a sub/b; ln a sub/c; echo x >sub/d
    touch -d '2001-01-01 00:00:00.123456789' sub; chmod 555 sub`);
  const { directory, files } = await place.restore({
    paths: [`${place.data}/sub/b`, `${place.data}/sub/d`],
  });
  expect(files).toBe(2);
  expect(readdirSync(directory + place.data)).toEqual(['sub']);
  expect(readdirSync(`${directory}${place.data}/sub`)).toEqual(['b', 'd']);
  expect(statSync(`${directory}${place.data}/sub/b`).nlink).toBe(1);
  const whole = await place.restore({ paths: [`${place.data}/sub`] });
  const sub = (root: string) => `${root}${place.data}/sub`;
  expect(existsSync(`${whole.directory}${place.data}/a`)).toBe(false);
  expect(statSync(sub(whole.directory), { bigint: true })).toMatchObject({
    mtimeNs: statSync(sub(''), { bigint: true }).mtimeNs,
    mode: statSync(sub(''), { bigint: true }).mode,
  });
});

it('says what a user who is not root did not get back', async () => {
  makeNastyTree(place.data);
  await store(':');
  // Root plays somebody else: tar is told what it is told for them.
  const { warnings, directory, unproven } = await place.restore({ isRoot: false });
  expect(unproven).toEqual([]);
  expect(readFileSync(`${directory}${place.data}/plain`, 'utf8')).toBe('one\n');
  const said = warnings.join('\n');
  if (!isRoot) return;
  expect(said).toContain('user:group: 4242:4343 (3)');
  expect(said).toContain('trusted.note (1)');
  expect(lstatSync(`${directory}${place.data}/owned`).uid).toBe(0);
});

describe('attributes and access control lists', () => {
  beforeEach(() =>
    store(`echo n >'a note'; setfattr -n user.note -v hello 'a note'; setfattr -n user.odd -v 0x00ff0a3d 'a note'
      mkdir shared; setfacl -m u:4242:rx,d:u:4242:rwx shared; setfattr -n user.of-dir -v x shared
      for each in listed changed; do echo l >$each; setfacl -m u:4242:rw $each; done; ln listed shared/other`),
  );
  afterEach(() => vi.unstubAllEnvs());

  /** A tar that does something else with the arguments in "$@", or something to what it took out. */
  function withTar(script: string): void {
    const wrappers = path.join(place.directory, 'bin');
    mkdirSync(wrappers);
    const text = `#!/bin/sh\nPATH="\${PATH#*:}"\ndata=$PWD\ncase " $* " in *" --extract "*) tar "$@" || exit; for each in "$@"; do case $each in --directory=*) cd "\${each#*=}${place.data}" ;; esac; done; ${script}; exit 0 ;; esac\nexec tar "$@"\n`;
    writeFileSync(path.join(wrappers, 'tar'), text, { mode: 0o755 });
    vi.stubEnv('PATH', `${wrappers}:${process.env['PATH']}`);
  }

  it('are compared: what is not there makes the run red', async () => {
    // The mode that a list leaves behind is no sign of it.
    withTar(`chmod() { command chmod --reference="$data/$1" "$1"; }; data='${place.data}'
      setfattr -x user.note 'a note'; setfattr -n user.odd -v 0x00ff0a3e 'a note'; setfattr -x user.of-dir shared
      setfacl -k shared; setfacl -b listed; setfacl -m u:4242:r changed; for each in shared listed changed; do chmod "$each"; done`);
    const { message, code } = await place.restore({ isRoot: true }).then(
      () => ({ message: '', code: '' }),
      (error: unknown) => error as LifeboatError,
    );
    expect(code).toBe('restore-differs');
    const { warnings } = await place.restore({ isRoot: false });
    for (const said of [
      'a note (user.note, user.odd)',
      'shared (access control list for new files, user.of-dir)',
      'shared/other (access control list)',
      'changed (access control list)',
    ]) {
      expect(message).toContain(`/${said}`);
      expect(warnings.join('\n')).toContain(`/${said}`);
    }
  });

  it('are compared also of a name whose content came with another one', async () => {
    const paths = [path.join(place.data, 'shared/other')];
    expect((await place.restore({ paths })).warnings.join()).not.toContain('attributes or access');
    withTar('setfacl -b listed; chmod 664 listed');
    await expect(place.restore({ paths })).rejects.toMatchObject({ code: 'restore-differs' });
  });

  it('are said not to be compared when they cannot be read', async () => {
    withTar('echo >&2');
    const read = path.join(place.directory, 'bin/tar');
    writeFileSync(
      read,
      readFileSync(read, 'utf8').replace(
        'exec tar',
        'case " $* " in *" --create "*) exit 2 ;; esac\nexec tar',
      ),
    );
    const { warnings } = await place.restore();
    expect(warnings.join()).toContain('Attributes and access control lists could not be compared');
  });
});
