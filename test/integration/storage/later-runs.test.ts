// What a run of storage makes of what earlier ones left, on the target and in the store: remembered, cut off, too old, missing. As in
// local.test.ts, without SSH and S3.
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredMessage } from '../../../src/domain/statements/stored-message.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { DirectoryStoreWriter } from '../../../src/store/directory/writer.ts';
import { describeTree } from '../../helpers/file-tree.ts';
import { LocalStorage, type LocalRun } from '../../helpers/local-storage.ts';
import { createPgpKey } from '../../lab/keys.ts';

let place: LocalStorage;

beforeEach(async () => {
  place = await LocalStorage.make();
});

afterEach(() => place.remove());

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

function stateFiles(): string[] {
  const folder = path.join(place.home, '.lifeboat');
  const names = readdirSync(folder).filter((name) => name.startsWith('sync-storage.files-'));
  const [state = '', lists = ''] = names.sort((a, b) => b.length - a.length);
  expect([names.length, state]).toEqual([2, `${lists}.state`]);
  return [path.join(folder, state), path.join(folder, lists)];
}

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
    for (const name of ['stays', 'changes', 'goes', 'one more']) place.write(name, 'a');
    await place.sync();
    cpSync(kept(), before(), { recursive: true });
    place.write('comes', 'a');
    place.write('changes', 'b');
    await place.sync();
    rmSync(path.join(place.data, 'goes'));
    place.write('changes', 'c');
  }

  it.each(spoil)('never makes a run skip a file: %s', async (_what, act, warning) => {
    await remember();
    await act();
    const { scan, warnings, stored } = await place.sync();
    expect(scan).toMatchObject({ isCompared: false, added: 5, deleted: 0 });
    expect(warnings.join()).toContain('Everything was stored anew');
    expect(warnings.join()).toContain(warning);
    expect(stored?.manifest).toMatchObject({ packs: { length: 1 }, index: { length: 1 } });
    await place.expectWhole();
  });

  // Nobody could tell from it that there was a later snapshot; nothing is missing for that.
  it('never makes a run skip a file: all that an earlier run left, put back', async () => {
    await remember();
    rmSync(kept(), { recursive: true });
    cpSync(before(), kept(), { recursive: true });
    const { scan, warnings } = await place.sync({ inputs: { 'max-deleted': '50%' } });
    expect({ ...scan, warnings }).toMatchObject({ isCompared: true, added: 1, deleted: 1, warnings: [] });
    await place.expectWhole();
  });

  it('counts for nothing when another host key, ssh-key or name reads it', async () => {
    place.write('stays', 'a');
    await place.sync();
    for (const [run, said] of [
      [{ hostKey: 'SHA256:other' }, 'is that of a server with another host key'],
      [{ inputs: { 'ssh-key': 'another' } }, 'was sealed with another key'],
    ] as const) {
      const { scan, warnings } = await place.sync(run);
      expect([scan.isCompared, warnings.join()]).toEqual([false, expect.stringContaining(said)]);
      await place.expectWhole();
    }
    expect((await place.sync({ inputs: { name: 'other' } })).scan.isCompared).toBe(false);
  });
});

describe('a run that was cut off', () => {
  const SMALL_PACKS = { 'pack-size': '1MB' };
  /** Files that fill a pack each, and the directory before them. */
  function makePacks(count = 4): void {
    for (let n = 0; n < count; n += 1) place.write(`large-${n}`, String(n).repeat(600_000));
  }

  /** Ends with an error in its third pack. */
  async function cutOff(): Promise<void> {
    const wrappers = place.beforeTar('echo x >>../calls; [ "$(wc -l <../calls)" -lt 3 ] || exit 2');
    const inputs = { ...SMALL_PACKS, 'max-deleted': '50%' };
    await expect(place.sync({ inputs, wrappers })).rejects.toMatchObject({
      code: 'target-stage-failed',
    });
    rmSync(path.join(place.directory, 'calls'));
  }

  it('is gone on with, and what was packed counts unless it changed', async () => {
    makePacks();
    await cutOff();
    place.write('large-0', 'changed');
    rmSync(path.join(place.data, 'large-1'));
    place.write('comes', 'new');
    const { scan, stored, warnings } = await place.sync({ inputs: SMALL_PACKS });
    expect(warnings).toEqual([]);
    expect({ ...scan, adopted: scan.adopted.size }).toMatchObject({
      adopted: 2,
      added: 3,
      changed: 2,
      deleted: 1,
    });
    expect(stored?.manifest.holds).toMatchObject({ files: 4, directories: 1, bytes: 1_200_010 });
    await place.expectWhole();
    const next = await place.sync({ inputs: SMALL_PACKS });
    expect(next.scan).toMatchObject({ isCompared: true, added: 0, changed: 0, deleted: 0 });
    expect(next.stored?.manifest.holds).toEqual(stored?.manifest.holds);
  });

  it('twice, with a snapshot before, loses nothing', async () => {
    place.write('stays', 'a');
    place.write('goes', 'a');
    place.write('stays too', 'a');
    await place.sync();
    makePacks(6);
    rmSync(path.join(place.data, 'goes'));
    const changes = { ...SMALL_PACKS, 'max-deleted': '50%' };
    await cutOff();
    await cutOff();
    const { scan, stored } = await place.sync({ inputs: changes });
    expect({ ...scan, adopted: scan.adopted.size }).toMatchObject({ adopted: 4, added: 2, deleted: 1 });
    expect(stored?.newPacks).toBe(2);
    await place.expectWhole();
  });

  it('counts no more where what it left was changed', async () => {
    makePacks();
    await cutOff();
    const packed = path.join(place.stateFolder, 'packed');
    const [first = '', second = ''] = readdirSync(packed)
      .filter((name) => !name.endsWith('.note'))
      .sort();
    appendFileSync(path.join(packed, first), 'x');
    writeFileSync(path.join(packed, `${second}.note`), 'lifeboat-state-1 AAAA\n');
    const { scan, stored } = await place.sync({ inputs: SMALL_PACKS });
    expect([scan.adopted.size, stored?.manifest.packs.length]).toEqual([0, 4]);
    await place.expectWhole();
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
    await place.expectWhole();
  });
});

describe('packs are made anew', () => {
  it('when they are too old, some in each run', async () => {
    for (const name of ['first', 'second', 'third']) {
      place.write(name, name.repeat(100));
      place.write(`${name}-too`, name);
      await place.sync();
    }
    const before = await place.sync();
    rmSync(path.join(place.data, 'second'));
    const [oldest, second] = before.stored?.manifest.packs ?? [];
    // The oldest holds the directory, which changed later, and two files.
    const renewing = await later(91, () => place.sync({ inputs: { 'max-deleted': '50%' } }));
    expect(renewing.scan).toMatchObject({ renewed: 2, added: 0, deleted: 1 });
    expect(renewing.stored?.manifest.packs).not.toContainEqual(oldest);
    expect(renewing.stored?.manifest.packs).toContainEqual(second);
    const { directory } = await later(91, () => place.restore());
    expect(describeTree(directory + place.data)).toBe(describeTree(place.data));
    const next = await later(92, () => place.sync());
    expect(next.stored?.manifest.packs).not.toContainEqual(second);
    expect(next.stored?.manifest.holds).toEqual(renewing.stored?.manifest.holds);
  });

  it('when they are missing in the store', async () => {
    place.write('first', 'a');
    place.write('goes', 'a');
    const first = await place.sync();
    place.write('second', 'b');
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

  it('for a recipient who is new, some in each run', async () => {
    for (const name of ['first', 'second']) {
      place.write(name, name.repeat(100));
      await place.sync();
    }
    const other = await createPgpKey(place.directory, 'other', { type: 'ecc', curve: 'curve25519Legacy' });
    const recipients = `${place.readKey('recipient-public')}\n${readFileSync(other.publicKeyPath, 'utf8')}`;
    const renew = async () => (await place.sync({ inputs: { recipients } })).stored?.manifest;
    const isForBoth = ({ recipients: keyIds }: StoredMessage) => keyIds.length === 2;
    const first = await renew();
    expect(first?.packs.filter(isForBoth)).toHaveLength(1);
    expect(first?.index.map(isForBoth)).toEqual([true]);
    const second = await renew();
    expect(second?.packs.every(isForBoth)).toBe(true);
    expect((await renew())?.packs).toEqual(second?.packs);
    await place.expectWhole();
  });

  it('all of them when nobody can say what is in them', async () => {
    place.write('stays', 'a');
    await place.sync();
    const index = readdirSync(place.stateFolder).find((name) => name.startsWith('index.')) ?? '';
    appendFileSync(path.join(place.stateFolder, index), 'x');
    const { scan, warnings, stored } = await later(91, () => place.sync());
    expect(scan).toMatchObject({ isCompared: false, added: 2 });
    expect(warnings.join()).toContain('a list on the server is not the one that was left');
    expect(stored?.manifest).toMatchObject({ packs: { length: 1 }, index: { length: 1 } });
  });
});

describe('the index is made complete', () => {
  beforeEach(async () => {
    for (const name of ['first', 'second']) {
      place.write(name, name);
      await place.sync();
    }
  });

  const keysOf = (run: Awaited<ReturnType<LocalStorage['sync']>>) =>
    run.stored?.manifest.index.map(({ parts }) => parts[0]?.key ?? '') ?? [];

  it('when one of its objects is too old, also where nothing changed', async () => {
    const before = keysOf(await place.sync());
    expect(before).toHaveLength(2);
    const after = keysOf(await later(91, () => place.sync()));
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
    await later(91, () => place.expectWhole());
  });

  it('when one of its objects is missing in the store', async () => {
    const [oldest = ''] = keysOf(await place.sync());
    rmSync(path.join(place.store, oldest));
    await expect(place.restore()).rejects.toThrow(LifeboatError);
    const { stored } = await place.sync({ inputs: { repack: oldest } });
    expect(stored).toMatchObject({ newPacks: 0, manifest: { index: { length: 1 } } });
    await place.expectWhole();
  });
});
