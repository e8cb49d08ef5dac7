// Storage from a directory to snapshots and back, with the real programs of this machine but without SSH and S3.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
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
import { describeTree, makeNastyTree } from '../../helpers/file-tree.ts';
import { restoreByHand, restoredByHand } from '../../helpers/stock-restore.ts';
import { GpgHome } from '../../encryption/gpg-home.ts';
import { LocalStorage } from '../../helpers/local-storage.ts';

let place: LocalStorage;

beforeEach(async () => {
  place = await LocalStorage.make();
});

afterEach(async () => {
  execFileSync('chmod', ['-R', 'u+w', place.directory], { stdio: 'ignore' });
  await place.remove();
});

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
    for (const name of ['one', 'two', 'not this']) place.write(name, 'a');
    mkdirSync(path.join(place.data, 'dir'));
    for (const name of ['dir/file', 'dir/other']) place.write(name, 'a');
    symlinkSync('two', path.join(place.data, 'link'));
    const paths = ['one', 'link', 'dir', 'dir/file'].map((name) => path.join(place.data, name)).join('\n');
    const { facts, stored } = await place.sync({ inputs: { paths } });
    expect(facts.roots.map((root) => path.basename(root))).toEqual(['one', 'two', 'dir', 'file']);
    expect(stored?.manifest).toMatchObject({ complete: true, holds: { files: 4, directories: 1 } });
    place.write('one', 'b');
    const wrappers = place.beforeTar('[ -e ../once ] || { : >../once; echo cc >new; mv new one; }');
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
    place.write('stays', 'a');
    place.write('goes', 'b');
    place.write('changes', 'c');
    const first = await place.sync();
    const before = describeTree(place.data);
    place.write('comes', 'd');
    place.write('changes', 'C');
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
    place.write('stays', 'a');
    await place.sync();
    const { stored } = await place.sync();
    expect(stored).toMatchObject({ storedBytes: 0, newPacks: 0, manifest: { packs: { length: 1 } } });
  });

  it('says what is not in it, and refuses a pack that was changed', async () => {
    place.write('stays', 'a');
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
    place.write('stays', 'a');
    place.write('goes', 'a');
    await place.sync();
    place.write('comes', 'a');
    rmSync(path.join(place.data, 'goes'));
    await place.sync({ inputs: { 'max-deleted': '50%' } });
    for (const name of ['stays', 'comes']) place.write(name, 'b');
    place.write('last', 'c');
    const third = await place.sync({ maxChain: 2 });
    expect(third.stored?.manifest).toMatchObject({ index: { length: 1 }, packs: { length: 1 } });
    place.write('later', 'd');
    const fourth = await place.sync({ maxChain: 2 });
    expect(fourth).toMatchObject({ scan: { isCompared: true, added: 1 }, warnings: [] });
    expect(fourth.stored?.manifest).toMatchObject({ index: { length: 2 }, packs: { length: 2 } });
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('puts no more into a pack than fits, and finds all of it again', async () => {
    for (let n = 0; n < 4; n += 1) place.write(`large-${n}`, String(n).repeat(600_000));
    const { stored } = await place.sync({ inputs: { 'pack-size': '1MB' } });
    expect(stored?.newPacks).toBe(4);
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('writes nothing in a dry run', async () => {
    place.write('stays', 'a');
    const { scan, stored } = await place.sync({ inputs: { 'dry-run': 'true' } });
    expect(stored).toBeUndefined();
    expect(scan).toMatchObject({ added: 2, packs: 1 });
    expect(readdirSync(place.store)).toEqual([]);
  });

  it('weighs in a dry run what each rule leaves out, and says what no path covers', async () => {
    mkdirSync(path.join(place.data, 'cache/deep'), { recursive: true });
    place.write('cache/deep/file', 'x'.repeat(1000));
    place.write('one.tmp', 'xx');
    place.write('stays', 'a');
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
    place.write('changes', 'a');
    execFileSync('touch', ['-d', '2020-01-01', path.join(place.data, 'changes')]);
    await place.sync();
    place.write('changes', 'b');
    execFileSync('touch', ['-d', '2020-01-01', path.join(place.data, 'changes')]);
    expect((await place.sync()).scan).toMatchObject({ added: 0, changed: 1 });
    const { directory } = await place.restore();
    expect(readFileSync(path.join(directory + place.data, 'changes'), 'utf8')).toBe('b');
  });

  it('is the newest that is valid: junk that looks newer is passed over, and named', async () => {
    place.write('plain', 'text');
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

describe("the user's commands", () => {
  const steps = () => readFileSync(path.join(place.home, 'steps'), 'utf8');
  const commands = () => ({
    before: `echo before >>~/steps; echo copied >'${place.data}/copy'`,
    after: `echo after >>~/steps; rm '${place.data}/copy'`,
  });

  it('are run before the list and behind the packs, and not by a dry run', async () => {
    place.write('a', 'x');
    await place.sync({ inputs: { ...commands(), 'dry-run': 'true' } });
    expect(existsSync(path.join(place.home, 'steps'))).toBe(false);
    const { stored } = await place.sync({ inputs: commands() });
    expect(stored).toMatchObject({ manifest: { holds: { files: 2 } }, failure: undefined });
    expect(steps()).toBe('before\nafter\n');
    expect(existsSync(path.join(place.data, 'copy'))).toBe(false);
  });

  it('keep a snapshot from being made when `before` fails, and `after` is run all the same', async () => {
    place.write('a', 'x');
    const inputs = { ...commands(), before: `${commands().before}; exit 5` };
    await expect(place.sync({ inputs })).rejects.toMatchObject({ code: 'before-failed' });
    await vi.waitFor(() => expect(steps()).toBe('before\nafter\n'), { timeout: 20_000 });
    expect(existsSync(path.join(place.store, 'atlas'))).toBe(false);
  });

  it('make a run red when `after` fails, and the snapshot counts', async () => {
    place.write('a', 'x');
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
    for (let n = 0; n < 9; n += 1) place.write(`file-${n}`, 'a');
    await place.sync();
    for (let n = 0; n < 3; n += 1) rmSync(path.join(place.data, `file-${n}`));
    await expect(place.sync()).rejects.toMatchObject({ code: 'storage-shrunk' });
    expect((await place.sync({ inputs: { 'max-deleted': '30%' } })).scan.deleted).toBe(3);
  });

  it('a new path with nothing in it, unless that is allowed', async () => {
    for (const name of ['one', 'disk']) mkdirSync(path.join(place.data, name));
    place.write('one/file', 'a');
    const both = { paths: `${place.data}/one\n${place.data}/disk` };
    const refused = { code: 'storage-shrunk', message: `there is nothing below ${place.data}/disk` };
    await expect(place.sync({ inputs: both })).rejects.toMatchObject(refused);
    await place.sync({ inputs: { paths: `${place.data}/one` } });
    await expect(place.sync({ inputs: both })).rejects.toMatchObject(refused);
    await place.sync({ inputs: { ...both, 'max-deleted': '100%' } });
  });

  it('directories of database servers, unless they are left out', async () => {
    mkdirSync(path.join(place.data, 'mysql'));
    place.write('mysql/ibdata1', 'x');
    place.write('stays', 'a');
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
      place.write(`${directory}/${name}`, 'x');
    }
    for (const name of ['my_ibdata1', 'ibdata1.old', 'WiredTigerXwt']) place.write(name, 'x');
    mkdirSync(path.join(place.data, 'pg_control'));
    const { scan } = await place.sync({ inputs: { 'allow-database-directories': 'true' } });
    expect(scan.databases).toEqual({
      count: 4,
      names: [String.raw`ma\nria`, 'mongo', 'mysql', 'postgres'].map((name) => path.join(place.data, name)),
    });
  });

  it('not databases of SQLite that somebody writes to, but they are told', async () => {
    place.write('still.db', 'SQLite format 3');
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
      place.write(name, text);
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

describe('files that do not stand still', () => {
  it('are taken again when they change once', async () => {
    place.write('grows', 'a');
    const wrappers = place.beforeTar('[ -e ../once ] || { : >../once; echo more >>grows; }');
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
    place.write('grows', 'a');
    place.write('stays', 'a');
    const { stored } = await place.sync({ wrappers: place.beforeTar('echo more >>grows') });
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
    place.write('grows', 'a');
    place.write('stays', 'a');
    await place.sync({ wrappers: place.beforeTar('echo more >>grows') });
    rmSync(path.join(place.data, 'grows'));
    const { scan, stored } = await place.sync({ inputs: { 'max-deleted': '50%' } });
    expect([scan.deleted, stored?.manifest.holds.files]).toEqual([1, 1]);
    const { directory } = await place.restore();
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
  });

  it('are counted when they vanish', async () => {
    place.write('goes', 'a');
    place.write('stays', 'a');
    const inputs = { 'max-deleted': '50%' };
    await expect(place.sync({ wrappers: place.beforeTar('rm -f goes') })).rejects.toMatchObject({
      code: 'storage-shrunk',
    });
    place.write('goes', 'a');
    const { stored } = await place.sync({ inputs, wrappers: place.beforeTar('rm -f goes') });
    expect(stored?.manifest).toMatchObject({ complete: true, changes: { vanished: 1 }, holds: { files: 1 } });
    expect((await place.restore()).files).toBe(1);
    expect((await place.sync()).stored?.manifest.holds.files).toBe(1);
  });

  it('are not replaced by what a link leads to', async () => {
    mkdirSync(path.join(place.directory, 'secret'));
    writeFileSync(path.join(place.directory, 'secret/file'), 'not yours');
    mkdirSync(path.join(place.data, 'dir'));
    place.write('dir/file', 'mine');
    place.write('stays', 'a');
    const swap = '[ -e ../once ] || { : >../once; mv dir away; ln -s ../secret dir; }';
    await place.sync({ inputs: { 'max-deleted': '50%' }, wrappers: place.beforeTar(swap) });
    // What was listed as a directory is none: gone, until the next run lists the link.
    const { directory } = await place.restore();
    expect(readdirSync(directory + place.data)).toEqual(['stays']);
    await place.sync();
    const next = await place.restore();
    expect(readlinkSync(path.join(next.directory + place.data, 'dir'))).toBe('../secret');
    await place.expectWhole();
  });
});
