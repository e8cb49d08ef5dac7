// Storage from a directory to snapshots and back, with the real programs of this machine but without SSH and S3.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LifeboatError } from '../../../src/errors.ts';
import { DirectoryStoreWriter } from '../../../src/store/directory/writer.ts';
import { describeTree, makeNastyTree } from '../../helpers/file-tree.ts';
import { restoreByHand, restoredByHand } from '../../helpers/stock-restore.ts';
import { GpgHome } from '../../encryption/gpg-home.ts';
import { LocalStorage, type LocalRun } from '../../helpers/local-storage.ts';

let place: LocalStorage;

beforeEach(async () => {
  place = await LocalStorage.make();
});

afterEach(async () => {
  execFileSync('chmod', ['-R', 'u+w', place.directory], { stdio: 'ignore' });
  await place.remove();
});

function write(name: string, text: string): void {
  writeFileSync(path.join(place.data, name), text);
}

/** The newest snapshot holds the data as they are now. */
async function expectWhole(): Promise<void> {
  const { directory, unproven } = await place.restore();
  expect(unproven).toEqual([]);
  expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
}

/** So many days from now, for the runner and for the store. */
async function later<T>(days: number, act: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
  const clock = vi.spyOn(DirectoryStoreWriter.prototype, 'readClock').mockResolvedValue(new Date());
  try {
    return await act();
  } finally {
    clock.mockRestore();
    vi.useRealTimers();
  }
}

function stateFolder(): string {
  const folder = path.join(place.home, '.lifeboat');
  const lists = readdirSync(folder).find((name) => /^sync-storage\.files-atlas-[0-9a-f]+$/.test(name)) ?? '';
  return path.join(folder, lists);
}

function stateFiles(): string[] {
  const folder = path.join(place.home, '.lifeboat');
  const names = readdirSync(folder).filter((name) => name.startsWith('sync-storage.files-'));
  const [state = '', lists = ''] = names.sort((a, b) => b.length - a.length);
  expect([names.length, state]).toEqual([2, `${lists}.state`]);
  return [path.join(folder, state), path.join(folder, lists)];
}

describe('a snapshot', () => {
  it('comes back equal, whatever names and kinds of files there are', async () => {
    makeNastyTree(place.data);
    const before = describeTree(place.data);
    const { stored, scan } = await place.sync();
    expect(stored?.manifest.complete).toBe(true);
    expect(scan.special).toBe(1);
    const { directory, unproven } = await place.restore();
    expect(unproven).toEqual([]);
    expect(describeTree(directory + place.data)).toBe(before);
  });

  it('comes back equal by hand, from several packs', async () => {
    makeNastyTree(place.data);
    await place.sync();
    // What is changed in place leaves no trace in its directory.
    execFileSync('sh', ['-c', 'echo more >>closed/file; echo more >>zz/links-3; rm plain; mkdir plain'], {
      cwd: place.data,
    });
    const { stored } = await place.sync({ inputs: { 'max-deleted': '50%' } });
    using gpg = new GpgHome();
    gpg.must([
      '--import',
      path.resolve(import.meta.dirname, '../../fixtures/format/keys/recipient-secret.asc'),
    ]);
    const restore = {
      to: path.join(place.directory, 'by-hand'),
      storage: path.join(place.store, 'atlas/storage/files'),
      snapshot: stored?.manifest.id ?? '',
      gpgHome: gpg.directory,
    };
    const said = restoreByHand(restore);
    const { files, directories, links } = stored?.manifest.holds ?? {};
    expect(said).toContain(`${files} files, ${directories} directories, ${links} links\n`);
    expect(said).toContain('All files are there.');
    expect(describeTree(restoredByHand(restore, place.data))).toBe(describeTree(place.data));
  });

  it('may be of single files, also of one that is written anew meanwhile', async () => {
    for (const name of ['one', 'two', 'not this']) write(name, 'a');
    mkdirSync(path.join(place.data, 'dir'));
    for (const name of ['dir/file', 'dir/other']) write(name, 'a');
    symlinkSync('two', path.join(place.data, 'link'));
    const paths = ['one', 'link', 'dir', 'dir/file'].map((name) => path.join(place.data, name)).join('\n');
    const { facts, stored } = await place.sync({ inputs: { paths } });
    expect(facts.roots.map((root) => path.basename(root))).toEqual(['one', 'two', 'dir', 'file']);
    expect(stored?.manifest).toMatchObject({ complete: true, holds: { files: 4, directories: 1 } });
    write('one', 'b');
    const wrappers = beforeTar('[ -e ../once ] || { : >../once; echo cc >new; mv new one; }');
    const next = await place.sync({ inputs: { paths }, wrappers });
    expect(next.scan).toMatchObject({ isCompared: true, changed: 1, deleted: 0 });
    const { directory } = await place.restore();
    const restored = directory + place.data;
    expect(readdirSync(restored).sort()).toEqual(['dir', 'one', 'two']);
    expect(readFileSync(path.join(restored, 'one'), 'utf8')).toBe('cc\n');
    rmSync(path.join(place.data, 'one'));
    await expect(place.sync({ inputs: { paths } })).rejects.toMatchObject({
      code: 'storage-path',
      message: expect.stringContaining(path.join(place.data, 'one')) as string,
    });
  });

  it('stores only what is new, and leaves earlier snapshots as they were', async () => {
    write('stays', 'a');
    write('goes', 'b');
    write('changes', 'c');
    const first = await place.sync();
    const before = describeTree(place.data);
    write('comes', 'd');
    write('changes', 'C');
    rmSync(path.join(place.data, 'goes'));
    const second = await place.sync({ inputs: { 'max-deleted': '50%' } });
    expect(second.warnings).toEqual([]);
    // The directory is one of those that changed.
    expect(second.scan).toMatchObject({ isCompared: true, added: 1, changed: 2, deleted: 1, freshBytes: 2 });
    expect(second.stored?.manifest).toMatchObject({
      holds: { files: 3, directories: 1, links: 0, bytes: 3 },
      packs: { length: 2 },
      index: { length: 2 },
    });
    const restored = await place.restore();
    expect(describeTree(restored.directory + place.data)).toBe(describeTree(place.data));
    const older = await place.restore({ id: first.stored?.manifest.id ?? '' });
    expect(describeTree(older.directory + place.data)).toBe(before);
  });

  it('needs no object of its own when nothing changed', async () => {
    write('stays', 'a');
    await place.sync();
    const { stored } = await place.sync();
    expect(stored).toMatchObject({ storedBytes: 0, newPacks: 0, manifest: { packs: { length: 1 } } });
  });

  it('says what is not in it, and refuses a pack that was changed', async () => {
    write('stays', 'a');
    await place.sync();
    const absent = path.join(place.data, 'absent');
    await expect(place.restore({ paths: [place.data, absent] })).rejects.toMatchObject({
      code: 'restore-choice',
      message: `not in the snapshot: ${absent}`,
    });
    const packs = path.join(place.store, 'atlas/storage/files/packs');
    for (const pack of readdirSync(packs)) appendFileSync(path.join(packs, pack), 'x');
    await expect(place.restore()).rejects.toMatchObject({ code: 'object-mismatch' });
  });

  it('has a complete index again after some runs, and forgets packs of which nothing is left', async () => {
    write('stays', 'a');
    write('goes', 'a');
    await place.sync();
    write('comes', 'a');
    rmSync(path.join(place.data, 'goes'));
    await place.sync({ inputs: { 'max-deleted': '50%' } });
    for (const name of ['stays', 'comes']) write(name, 'b');
    write('last', 'c');
    const third = await place.sync({ maxChain: 2 });
    expect(third.stored?.manifest).toMatchObject({ index: { length: 1 }, packs: { length: 1 } });
    write('later', 'd');
    const fourth = await place.sync({ maxChain: 2 });
    expect(fourth).toMatchObject({ scan: { isCompared: true, added: 1 }, warnings: [] });
    expect(fourth.stored?.manifest).toMatchObject({ index: { length: 2 }, packs: { length: 2 } });
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('puts no more into a pack than fits, and finds all of it again', async () => {
    for (let n = 0; n < 4; n += 1) write(`large-${n}`, String(n).repeat(600_000));
    const { stored } = await place.sync({ inputs: { 'pack-size': '1MB' } });
    expect(stored?.newPacks).toBe(4);
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('writes nothing in a dry run', async () => {
    write('stays', 'a');
    const { scan, stored } = await place.sync({ inputs: { 'dry-run': 'true' } });
    expect(stored).toBeUndefined();
    expect(scan).toMatchObject({ added: 2, packs: 1 });
    expect(readdirSync(place.store)).toEqual([]);
  });

  it('weighs in a dry run what each rule leaves out, and says what no path covers', async () => {
    mkdirSync(path.join(place.data, 'cache/deep'), { recursive: true });
    write('cache/deep/file', 'x'.repeat(1000));
    write('one.tmp', 'xx');
    write('stays', 'a');
    const inputs = { exclude: 'cache/\n*.tmp\n/proc/' };
    const { scan, facts } = await place.sync({ inputs: { ...inputs, 'dry-run': 'true' } });
    expect(scan.excluded).toEqual([
      { rule: 'cache/', entries: 3, bytes: 1000 },
      { rule: '*.tmp', entries: 1, bytes: 2 },
      { rule: '/proc/', entries: 0, bytes: 0 },
    ]);
    expect(facts.uncovered).toContain('/etc');
    expect(facts.uncovered).not.toContain('/usr');
    const stored = await place.sync({ inputs });
    expect(stored.scan.excluded[0]).toEqual({ rule: 'cache/', entries: 1, bytes: 0 });
  });

  it('sees a change that kept size and time', async () => {
    write('changes', 'a');
    execFileSync('touch', ['-d', '2020-01-01', path.join(place.data, 'changes')]);
    await place.sync();
    write('changes', 'b');
    execFileSync('touch', ['-d', '2020-01-01', path.join(place.data, 'changes')]);
    expect((await place.sync()).scan).toMatchObject({ added: 0, changed: 1 });
    const { directory } = await place.restore();
    expect(readFileSync(path.join(directory + place.data, 'changes'), 'utf8')).toBe('b');
  });

  it('is the newest that is valid: junk that looks newer is passed over, and named', async () => {
    write('plain', 'text');
    await place.sync();
    const folder = path.join(place.store, 'atlas/storage/files/snapshots');
    writeFileSync(path.join(folder, '20990101T000000Z-00000000.json'), '{}');
    const { warnings, files } = await place.restore();
    expect([files, warnings]).toEqual([1, [expect.stringContaining('20990101T000000Z-00000000')]]);
    await expect(place.restore({ id: '20990101T000000Z-00000000' })).rejects.toMatchObject({
      code: 'signature-invalid',
    });
  });

  it('gives back one of several names of a file', async () => {
    makeNastyTree(place.data);
    await place.sync();
    const { directory } = await place.restore({ paths: [path.join(place.data, 'zz/links-3')] });
    expect(readdirSync(directory + place.data)).toEqual(['zz']);
    expect(readFileSync(path.join(directory + place.data, 'zz/links-3'), 'utf8')).toBe('linked\n');
  });
});

describe('what the target remembers', () => {
  const [state, folder] = [0, 1] as const;
  const kept = () => path.join(place.home, '.lifeboat');
  const before = () => path.join(place.directory, 'lifeboat-before');
  const spoil: readonly [string, () => unknown, string][] = [
    ['a lost state', () => rmSync(stateFiles()[state] ?? ''), 'what is remembered of earlier runs is lost'],
    [
      'a forged state',
      () => {
        const text = readFileSync(stateFiles()[state] ?? '', 'latin1');
        const other = text[60] === 'A' ? 'B' : 'A';
        writeFileSync(stateFiles()[state] ?? '', `${text.slice(0, 60)}${other}${text.slice(61)}`);
      },
      'or was changed',
    ],
    [
      'a state that was put back',
      () => cpSync(stateFiles()[state]?.replace(kept(), before()) ?? '', stateFiles()[state] ?? ''),
      'a list on the server',
    ],
    [
      'a state of another server',
      async () => {
        const [own = ''] = stateFiles();
        await place.sync({ inputs: { server: 'other' } });
        const others = readdirSync(kept()).filter((name) => name.includes('-other-'));
        cpSync(path.join(kept(), others.find((name) => name.endsWith('.state')) ?? ''), own);
        for (const name of others) rmSync(path.join(kept(), name), { recursive: true });
      },
      'for another server',
    ],
    ['a lost list', () => rmSync(stateFiles()[folder] ?? '', { recursive: true }), 'a list on the server'],
    [
      'a changed list',
      () => {
        const directory = stateFiles()[folder] ?? '';
        const list = readdirSync(directory).find((name) => name.startsWith('listing.')) ?? '';
        appendFileSync(path.join(directory, list), 'x');
      },
      'a list on the server',
    ],
  ];
  /** Two snapshots, and what the first one left put aside. */
  async function remember(): Promise<void> {
    for (const name of ['stays', 'changes', 'goes', 'one more']) write(name, 'a');
    await place.sync();
    cpSync(kept(), before(), { recursive: true });
    write('comes', 'a');
    write('changes', 'b');
    await place.sync();
    rmSync(path.join(place.data, 'goes'));
    write('changes', 'c');
  }

  it.each(spoil)('never makes a run skip a file: %s', async (_what, act, warning) => {
    await remember();
    await act();
    const { scan, warnings, stored } = await place.sync();
    expect(scan).toMatchObject({ isCompared: false, added: 5, deleted: 0 });
    expect(warnings.join()).toContain('Everything was stored anew');
    expect(warnings.join()).toContain(warning);
    expect(stored?.manifest).toMatchObject({ packs: { length: 1 }, index: { length: 1 } });
    await expectWhole();
  });

  // Nobody could tell from it that there was a later snapshot; nothing is missing for that.
  it('never makes a run skip a file: all that an earlier run left, put back', async () => {
    await remember();
    rmSync(kept(), { recursive: true });
    cpSync(before(), kept(), { recursive: true });
    const { scan, warnings } = await place.sync({ inputs: { 'max-deleted': '50%' } });
    expect({ ...scan, warnings }).toMatchObject({ isCompared: true, added: 1, deleted: 1, warnings: [] });
    await expectWhole();
  });

  it('counts for nothing when another host key, ssh-key or name reads it', async () => {
    write('stays', 'a');
    await place.sync();
    for (const [run, said] of [
      [{ hostKey: 'SHA256:other' }, 'is that of a server with another host key'],
      [{ inputs: { 'ssh-key': 'another' } }, 'was sealed with another key'],
    ] as const) {
      const { scan, warnings } = await place.sync(run);
      expect([scan.isCompared, warnings.join()]).toEqual([false, expect.stringContaining(said)]);
      await expectWhole();
    }
    expect((await place.sync({ inputs: { name: 'other' } })).scan.isCompared).toBe(false);
  });
});

describe("the user's commands", () => {
  const steps = () => readFileSync(path.join(place.home, 'steps'), 'utf8');
  const commands = () => ({
    before: `echo before >>~/steps; echo copied >'${place.data}/copy'`,
    after: `echo after >>~/steps; rm '${place.data}/copy'`,
  });

  it('are run before the list and behind the packs, and not by a dry run', async () => {
    write('a', 'x');
    await place.sync({ inputs: { ...commands(), 'dry-run': 'true' } });
    expect(existsSync(path.join(place.home, 'steps'))).toBe(false);
    const { stored } = await place.sync({ inputs: commands() });
    expect(stored).toMatchObject({ manifest: { holds: { files: 2 } }, failure: undefined });
    expect(steps()).toBe('before\nafter\n');
    expect(existsSync(path.join(place.data, 'copy'))).toBe(false);
  });

  it('keep a snapshot from being made when `before` fails, and `after` is run all the same', async () => {
    write('a', 'x');
    const inputs = { ...commands(), before: `${commands().before}; exit 5` };
    await expect(place.sync({ inputs })).rejects.toMatchObject({ code: 'before-failed' });
    await vi.waitFor(() => expect(steps()).toBe('before\nafter\n'), { timeout: 20_000 });
    expect(existsSync(path.join(place.store, 'atlas'))).toBe(false);
  });

  it('make a run red when `after` fails, and the snapshot counts', async () => {
    write('a', 'x');
    const { stored } = await place.sync({ inputs: { after: 'exit 4' } });
    expect(stored?.failure).toMatchObject({
      code: 'after-failed',
      message: expect.stringMatching(
        /^the snapshot \S+ is stored and counts, but `after` ended with/,
      ) as string,
    });
  });
});

describe('a run refuses', () => {
  it('when more is gone than may be', async () => {
    for (let n = 0; n < 9; n += 1) write(`file-${n}`, 'a');
    await place.sync();
    for (let n = 0; n < 3; n += 1) rmSync(path.join(place.data, `file-${n}`));
    await expect(place.sync()).rejects.toMatchObject({ code: 'storage-shrunk' });
    expect((await place.sync({ inputs: { 'max-deleted': '30%' } })).scan.deleted).toBe(3);
  });

  it('a new path with nothing in it, unless that is allowed', async () => {
    for (const name of ['one', 'disk']) mkdirSync(path.join(place.data, name));
    write('one/file', 'a');
    const both = { paths: `${place.data}/one\n${place.data}/disk` };
    const refused = { code: 'storage-shrunk', message: `there is nothing below ${place.data}/disk` };
    await expect(place.sync({ inputs: both })).rejects.toMatchObject(refused);
    await place.sync({ inputs: { paths: `${place.data}/one` } });
    await expect(place.sync({ inputs: both })).rejects.toMatchObject(refused);
    await place.sync({ inputs: { ...both, 'max-deleted': '100%' } });
  });

  it('directories of database servers, unless they are left out', async () => {
    mkdirSync(path.join(place.data, 'mysql'));
    write('mysql/ibdata1', 'x');
    write('stays', 'a');
    await expect(place.sync()).rejects.toMatchObject({ code: 'storage-database' });
    const { scan } = await place.sync({ inputs: { exclude: 'mysql/' } });
    expect(scan).toMatchObject({ added: 2, excluded: [{ rule: 'mysql/', entries: 1 }] });
    await place.sync({ inputs: { 'allow-database-directories': 'true' } });
  });

  it('directories of every kind of database server', async () => {
    const own = {
      'ma\nria': 'aria_log_control',
      mysql: 'ibdata1',
      postgres: 'pg_control',
      mongo: 'WiredTiger.wt',
    };
    for (const [directory, name] of Object.entries(own)) {
      mkdirSync(path.join(place.data, directory));
      write(`${directory}/${name}`, 'x');
    }
    for (const name of ['my_ibdata1', 'ibdata1.old', 'WiredTigerXwt']) write(name, 'x');
    mkdirSync(path.join(place.data, 'pg_control'));
    const { scan } = await place.sync({ inputs: { 'allow-database-directories': 'true' } });
    expect(scan.databases).toEqual({
      count: 4,
      names: [String.raw`ma\nria`, 'mongo', 'mysql', 'postgres'].map((name) => path.join(place.data, name)),
    });
  });

  it('not databases of SQLite that somebody writes to, but they are told', async () => {
    write('still.db', 'SQLite format 3');
    for (const [name, text] of [
      ['app\nx.db', 'SQLite format 3'],
      ['app\nx.db-wal', 'not in it yet'],
      ['hot.db', 'SQLite format 3'],
      ['hot.db-journal', 'to be taken back'],
      // Closed; without a database; no file.
      ['still.db-wal', ''],
      ['cardboard-journal', 'x'],
      ['a-wal', 'x'],
    ] as const)
      write(name, text);
    mkdirSync(path.join(place.data, 'a'));
    const { scan, warnings } = await place.sync();
    expect(scan.sqlite).toEqual({
      count: 2,
      names: [String.raw`app\nx.db`, 'hot.db'].map((name) => path.join(place.data, name)),
    });
    expect(warnings).toEqual([expect.stringMatching(/can be torn: .*hot\.db\. Store what `sqlite3/)]);
    expect((await place.sync({ inputs: { exclude: '*.db\n*.db-*' } })).warnings).toEqual([]);
  });

  it('a path that is not there', async () => {
    await expect(place.sync({ inputs: { paths: '/nowhere/at/all' } })).rejects.toMatchObject({
      code: 'storage-path',
    });
  });

  it('programs of busybox', async () => {
    const wrappers = path.join(place.directory, 'bin');
    mkdirSync(wrappers);
    writeFileSync(path.join(wrappers, 'tar'), '#!/bin/sh\necho "tar (busybox) 1.36"\n', { mode: 0o755 });
    writeFileSync(path.join(wrappers, 'awk'), '#!/bin/sh\nexec busybox awk "$@"\n', { mode: 0o755 });
    await expect(place.sync({ wrappers })).rejects.toMatchObject({
      code: 'target-tool-missing',
      message: expect.stringMatching(/lacks GNU tar, .*an awk/) as string,
    });
  });
});

/** A `tar` that first does something to the files. */
function beforeTar(script: string): string {
  const wrappers = path.join(place.directory, 'bin');
  mkdirSync(wrappers, { recursive: true });
  const text = `#!/bin/sh\ncase " $* " in *" --create "*) cd '${place.data}' && { ${script}; } ;; esac\nexec /usr/bin/env PATH="\${PATH#*:}" tar "$@"\n`;
  writeFileSync(path.join(wrappers, 'tar'), text, { mode: 0o755 });
  return wrappers;
}

describe('a run that was cut off', () => {
  const SMALL_PACKS = { 'pack-size': '1MB' };
  /** Files that fill a pack each, and the directory before them. */
  function makePacks(count = 4): void {
    for (let n = 0; n < count; n += 1) write(`large-${n}`, String(n).repeat(600_000));
  }

  /** Ends with an error in its third pack. */
  async function cutOff(): Promise<void> {
    const wrappers = beforeTar('echo x >>../calls; [ "$(wc -l <../calls)" -lt 3 ] || exit 2');
    const inputs = { ...SMALL_PACKS, 'max-deleted': '50%' };
    await expect(place.sync({ inputs, wrappers })).rejects.toMatchObject({
      code: 'target-stage-failed',
    });
    rmSync(path.join(place.directory, 'calls'));
  }

  it('is gone on with, and what was packed counts unless it changed', async () => {
    makePacks();
    await cutOff();
    write('large-0', 'changed');
    rmSync(path.join(place.data, 'large-1'));
    write('comes', 'new');
    const { scan, stored, warnings } = await place.sync({ inputs: SMALL_PACKS });
    expect(warnings).toEqual([]);
    expect({ ...scan, adopted: scan.adopted.size }).toMatchObject({
      adopted: 2,
      added: 3,
      changed: 2,
      deleted: 1,
    });
    expect(stored?.manifest.holds).toMatchObject({ files: 4, directories: 1, bytes: 1_200_010 });
    await expectWhole();
    const next = await place.sync({ inputs: SMALL_PACKS });
    expect(next.scan).toMatchObject({ isCompared: true, added: 0, changed: 0, deleted: 0 });
    expect(next.stored?.manifest.holds).toEqual(stored?.manifest.holds);
  });

  it('twice, with a snapshot before, loses nothing', async () => {
    write('stays', 'a');
    write('goes', 'a');
    write('stays too', 'a');
    await place.sync();
    makePacks(6);
    rmSync(path.join(place.data, 'goes'));
    const changes = { ...SMALL_PACKS, 'max-deleted': '50%' };
    await cutOff();
    await cutOff();
    const { scan, stored } = await place.sync({ inputs: changes });
    expect({ ...scan, adopted: scan.adopted.size }).toMatchObject({ adopted: 4, added: 2, deleted: 1 });
    expect(stored?.newPacks).toBe(2);
    await expectWhole();
  });

  it('counts no more where what it left was changed', async () => {
    makePacks();
    await cutOff();
    const packed = path.join(stateFolder(), 'packed');
    const [first = '', second = ''] = readdirSync(packed)
      .filter((name) => !name.endsWith('.note'))
      .sort();
    appendFileSync(path.join(packed, first), 'x');
    writeFileSync(path.join(packed, `${second}.note`), 'lifeboat-state-1 AAAA\n');
    const { scan, stored } = await place.sync({ inputs: SMALL_PACKS });
    expect([scan.adopted.size, stored?.manifest.packs.length]).toEqual([0, 4]);
    await expectWhole();
  });

  it('counts for no run on another server, with another key, of other files, or a fortnight later', async () => {
    makePacks();
    await cutOff();
    const adoptedBy = async (run: LocalRun) =>
      (await place.sync({ ...run, inputs: { ...SMALL_PACKS, ...run.inputs, 'dry-run': 'true' } })).scan
        .adopted.size;
    expect(await adoptedBy({ hostKey: 'SHA256:other' })).toBe(0);
    expect(await adoptedBy({ inputs: { 'ssh-key': 'another' } })).toBe(0);
    expect(await adoptedBy({ inputs: { exclude: '*.tmp' } })).toBe(0);
    expect(await later(15, () => adoptedBy({}))).toBe(0);
    expect(await adoptedBy({})).toBe(2);
  });

  it('ends by itself when its time is nearly up', async () => {
    makePacks();
    const packs = path.join(place.store, 'atlas/storage/files/packs');
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      const isLate = existsSync(packs) && readdirSync(packs).length >= 2;
      return now() + (isLate ? 7 * 3_600_000 : 0);
    });
    await expect(place.sync({ inputs: SMALL_PACKS })).rejects.toMatchObject({
      code: 'storage-unfinished',
      message: expect.stringMatching(/2 packs with .* were stored, 2 of about 1\.0 MB are left/) as string,
    });
    clock.mockRestore();
    expect((await place.sync({ inputs: SMALL_PACKS })).stored?.newPacks).toBe(2);
    await expectWhole();
  });
});

describe('packs are made anew', () => {
  it('when they are too old, some in each run', async () => {
    for (const name of ['first', 'second', 'third']) {
      write(name, name.repeat(100));
      await place.sync();
    }
    const before = await place.sync();
    rmSync(path.join(place.data, 'second'));
    const [oldest, second] = before.stored?.manifest.packs ?? [];
    // The oldest holds the directory, which changed later, and one file.
    const renewing = await later(91, () => place.sync({ inputs: { 'max-deleted': '50%' } }));
    expect(renewing.scan).toMatchObject({ renewed: 1, added: 0, deleted: 1 });
    expect(renewing.stored?.manifest.packs).not.toContainEqual(oldest);
    expect(renewing.stored?.manifest.packs).toContainEqual(second);
    const { directory } = await later(91, () => place.restore());
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
    const next = await later(92, () => place.sync());
    expect(next.stored?.manifest.packs).not.toContainEqual(second);
    expect(next.stored?.manifest.holds).toEqual(renewing.stored?.manifest.holds);
  });

  it('when they are missing in the store', async () => {
    write('first', 'a');
    write('goes', 'a');
    const first = await place.sync();
    write('second', 'b');
    await place.sync();
    const key = first.stored?.manifest.packs[0]?.parts[0]?.key ?? '';
    rmSync(path.join(place.store, key));
    rmSync(path.join(place.data, 'goes'));
    await expect(place.restore()).rejects.toThrow(LifeboatError);
    const repack = `# of verify\n${key}\n${key.replace('/files/', '/others/')}`;
    const { scan, stored } = await place.sync({ inputs: { repack, 'max-deleted': '50%' } });
    expect(scan).toMatchObject({ renewed: 1, changed: 1, deleted: 1 });
    expect(stored?.manifest.packs.map(({ parts }) => parts[0]?.key)).not.toContain(key);
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('all of them when nobody can say what is in them', async () => {
    write('stays', 'a');
    await place.sync();
    const index = readdirSync(stateFolder()).find((name) => name.startsWith('index.')) ?? '';
    appendFileSync(path.join(stateFolder(), index), 'x');
    const { scan, warnings, stored } = await later(91, () => place.sync());
    expect(scan).toMatchObject({ isCompared: false, added: 2 });
    expect(warnings.join()).toContain('a list on the server is not the one that was left');
    expect(stored?.manifest).toMatchObject({ packs: { length: 1 }, index: { length: 1 } });
  });
});

describe('files that do not stand still', () => {
  it('are taken again when they change once', async () => {
    write('grows', 'a');
    const wrappers = beforeTar('[ -e ../once ] || { : >../once; echo more >>grows; }');
    const { stored } = await place.sync({ wrappers });
    expect(stored).toMatchObject({
      unstable: [],
      manifest: { changes: { unstable: 0 }, holds: { bytes: 6 } },
    });
    const { directory } = await place.restore();
    expect(readFileSync(path.join(directory + place.data, 'grows'), 'utf8')).toBe('amore\n');
    expect((await place.sync()).scan.isCompared).toBe(true);
  });

  it('are stored and named when they change each time', async () => {
    write('grows', 'a');
    write('stays', 'a');
    const { stored } = await place.sync({ wrappers: beforeTar('echo more >>grows') });
    expect(stored).toMatchObject({
      unstable: [path.join(place.data, 'grows')],
      manifest: { complete: false },
      failure: { code: 'storage-incomplete' },
    });
    const { unproven, files } = await place.restore();
    expect({ unproven, files }).toEqual({ unproven: [path.join(place.data, 'grows')], files: 2 });
    expect((await place.sync()).stored?.unstable).toEqual([]);
  });

  it('are gone from the next snapshot when they are deleted after it', async () => {
    write('grows', 'a');
    write('stays', 'a');
    await place.sync({ wrappers: beforeTar('echo more >>grows') });
    rmSync(path.join(place.data, 'grows'));
    const { scan, stored } = await place.sync({ inputs: { 'max-deleted': '50%' } });
    expect([scan.deleted, stored?.manifest.holds.files]).toEqual([1, 1]);
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('are counted when they vanish', async () => {
    write('goes', 'a');
    write('stays', 'a');
    const inputs = { 'max-deleted': '50%' };
    await expect(place.sync({ wrappers: beforeTar('rm -f goes') })).rejects.toMatchObject({
      code: 'storage-shrunk',
    });
    write('goes', 'a');
    const { stored } = await place.sync({ inputs, wrappers: beforeTar('rm -f goes') });
    expect(stored?.manifest).toMatchObject({ complete: true, changes: { vanished: 1 }, holds: { files: 1 } });
    expect((await place.restore()).files).toBe(1);
    expect((await place.sync()).stored?.manifest.holds.files).toBe(1);
  });

  it('are not replaced by what a link leads to', async () => {
    mkdirSync(path.join(place.directory, 'secret'));
    writeFileSync(path.join(place.directory, 'secret/file'), 'not yours');
    mkdirSync(path.join(place.data, 'dir'));
    write('dir/file', 'mine');
    write('stays', 'a');
    const swap = '[ -e ../once ] || { : >../once; mv dir away; ln -s ../secret dir; }';
    await place.sync({ inputs: { 'max-deleted': '50%' }, wrappers: beforeTar(swap) });
    const { directory } = await place.restore();
    expect(readdirSync(directory + place.data).sort()).toEqual(['dir', 'stays']);
    expect(readlinkSync(path.join(directory + place.data, 'dir'))).toBe('../secret');
  });
});
