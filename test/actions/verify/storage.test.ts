// Packs of earlier runs that a snapshot needs: their locks, and for whom they are encrypted; and storage of which nothing is left.
import { beforeEach, describe, expect, it } from 'vitest';
import { snapshotKeys } from '../../../src/domain/stores/object-names.ts';
import { vectorProof } from '../../helpers/format-store.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { BINLOGS, NOW, storedAt, type VerifyBench } from '../../helpers/verify-bench.ts';

const DAY_MS = 86_400_000;
const OLD_PACK = 'atlas/storage/uploads/packs/20261001T030512Z-000000a1-1.tar.zst.gpg';
const SNAPSHOT = '20261122T030512Z-000000c1';

const bench = useVerifyBench();
const lockedFor = (days: (key: string) => number) => ({
  readLock: (key: string) => Promise.resolve(new Date(storedAt(key).getTime() + days(key) * DAY_MS)),
});
/** Nothing but storage is left, and its proof. */
const removeDumps = (of: VerifyBench) => {
  for (const folder of ['atlas/dumps', 'atlas/binlogs', vectorProof.folder]) of.remove(folder);
};
/** In a bucket as docs/store-setup.md has it: no rule is about storage. */
const addSnapshot = (to: VerifyBench, pack = OLD_PACK) => {
  to.settings = { ...to.settings, expiry: [] };
  return to.addSnapshot('uploads', SNAPSHOT, '2026-11-22T03:05:12.000Z', { pack });
};

it('is green as long as the pack that was stored first is locked', async () => {
  await addSnapshot(bench());
  bench().inspector = lockedFor((key) => (key === OLD_PACK ? 60 : 35));
  expect(linesOf(await bench().look(USUAL))).toEqual([]);
});

it('is red once a lock has run out that the newest snapshot needs, until it is acknowledged', async () => {
  await addSnapshot(bench());
  bench().inspector = lockedFor(() => 35);
  expect(linesOf(await bench().look(USUAL))).toEqual([
    `lock: the newest snapshot \`uploads/${SNAPSHOT}\` needs \`${OLD_PACK}\`, whose lock ended on 5 Nov 2026: who may delete can end this snapshot and every other that needs it`,
  ]);
  const acknowledge = 'lock:atlas:storage/uploads/ended';
  expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
});

it('is red also once it is that of an earlier index', async () => {
  const earlierIndex = 'atlas/storage/uploads/snapshots/20261001T030512Z-000000a1.index.zst.gpg';
  bench().settings = { ...bench().settings, expiry: [] };
  await bench().addSnapshot('uploads', SNAPSHOT, '2026-11-22T03:05:12.000Z', { earlierIndex });
  bench().inspector = lockedFor((key) => (key === earlierIndex ? 35 : 60));
  expect(linesOf(await bench().look(USUAL))).toEqual([
    expect.stringContaining(`needs \`${earlierIndex}\`, whose lock ended on 5 Nov 2026`),
  ]);
});

it('is red when a pack, or the snapshot itself, is locked for less than is wanted, or not at all', async () => {
  await addSnapshot(bench());
  bench().inspector = lockedFor((key) => (key === OLD_PACK ? 60 : 100));
  const long = { ...USUAL, 'store-object-lock': '90d' };
  bench().settings = { ...bench().settings, lockDays: 90 };
  expect(linesOf(await bench().look(long))).toEqual([
    `lock: \`${OLD_PACK}\` is locked until 30 Nov 2026 only, and should be for 90 days from when it was stored`,
  ]);
  bench().inspector = {
    readLock: (key) =>
      Promise.resolve(key.includes('/storage/') ? null : new Date(storedAt(key).getTime() + 100 * DAY_MS)),
  };
  expect(linesOf(await bench().look(long))).toEqual([
    expect.stringMatching(
      /^lock: `atlas\/storage\/uploads\/snapshots\/.*\.json` is not locked, .*; 2 more that belong/,
    ),
  ]);
});

it('looks at the locks of a server that has nothing but storage', async () => {
  await addSnapshot(bench());
  removeDumps(bench());
  bench().inspector = lockedFor(() => 35);
  expect(linesOf(await bench().look(USUAL))).toEqual([expect.stringContaining('whose lock ended on')]);
});

it('does not stay red for a lock that is known to be short, whatever dump is the newest', async () => {
  bench().inspector = lockedFor(() => 5);
  const acknowledge = 'lock:atlas:mariadb\nlock:atlas:binlogs';
  expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
  await bench().addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:13.000Z');
  expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
});

it('tries whether strangers get a manifest also where there is no dump', async () => {
  await addSnapshot(bench());
  removeDumps(bench());
  bench().inspector = { ...lockedFor(() => 100), isPublic: (key) => Promise.resolve(key !== undefined) };
  expect(linesOf(await bench().look(USUAL))).toEqual([
    `bucket: the bucket is public: anybody can get objects such as \`atlas/storage/uploads/snapshots/${SNAPSHOT}.json\`, without credentials`,
  ]);
});

it('is red for what the newest snapshot stored for others itself, and warns of packs of earlier keys', async () => {
  const other = bench().keys.recipients.map((one) => ({ ...one, encryptionKeyId: '0123456789ABCDEF' }));
  await addSnapshot(bench());
  const report = await bench().look(USUAL, { recipients: other });
  expect(linesOf(report)).toContainEqual(
    expect.stringMatching(
      /^recipient: the newest snapshot `uploads\/.*` is not encrypted to `0123456789ABCDEF`/,
    ),
  );
  expect(linesOf(report, 'warning')).toContainEqual(
    expect.stringMatching(
      /^recipient: the newest snapshot `uploads\/.*` needs 1 object of earlier runs that is not encrypted to all/,
    ),
  );
  expect(linesOf(await bench().look(USUAL), 'warning').join()).not.toContain('of earlier runs');
});

it('is red when a rule removes packs that a snapshot needs', async () => {
  await addSnapshot(bench());
  bench().inspector = lockedFor(() => 100);
  bench().settings = {
    ...bench().settings,
    expiry: [{ id: 'packs', prefix: '', days: 60 }],
  };
  expect(linesOf(await bench().look(USUAL))).toEqual([
    expect.stringMatching(
      /^lifecycle: the bucket's rule `packs` removes `.*packs\/.*` on 30 Nov 2026, and 1 snapshot that stays longer needs/,
    ),
  ]);
});

it('names the packs and index objects that are missing, to be stored again', async () => {
  await addSnapshot(bench());
  bench().inspector = lockedFor(() => 100);
  bench().remove(OLD_PACK);
  const report = await bench().look(USUAL);
  expect(linesOf(report)[0]).toContain('cannot be restored');
  expect(report.missingPacks).toEqual([OLD_PACK]);
  const index = `atlas/storage/uploads/snapshots/${SNAPSHOT}.index.zst.gpg`;
  bench().remove(index);
  expect((await bench().look(USUAL)).missingPacks).toEqual([index, OLD_PACK]);
});

describe('a storage that shrank', () => {
  const FILES = { files: 100, directories: 5, links: 0, bytes: 1_000_000 };
  const add = (day: number, holds: Partial<typeof FILES>, name = 'uploads') =>
    bench().addSnapshot(name, `202611${day}T030512Z-000000${day}`, `2026-11-${day}T03:05:12.000Z`, {
      pack: OLD_PACK.replace('uploads', name),
      holds: { ...FILES, ...holds },
    });
  beforeEach(() => {
    bench().settings = { ...bench().settings, expiry: [] };
    bench().inspector = lockedFor(() => 100);
  });

  it.each([
    [
      'files',
      { files: 40 },
      `size: the snapshot \`uploads/20261122T030512Z-00000022\` has 40 files, 60% less than the median of the last 2 before it (100 files): more than \`max-shrink\` (50%)`,
    ],
    [
      'bytes',
      { bytes: 300_000 },
      `size: the snapshot \`uploads/20261122T030512Z-00000022\` has 300.0 kB of files, 70% less than the median of the last 2 before it (1.0 MB of files): more than \`max-shrink\` (50%)`,
    ],
  ])('by its %s is red, until that is acknowledged', async (_, holds, line) => {
    await add(20, {});
    await add(21, {});
    await add(22, holds);
    await add(22, {}, 'other');
    expect(linesOf(await bench().look(USUAL))).toEqual([line]);
    const acknowledge = 'size:atlas:uploads/20261122T030512Z-00000022';
    expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
  });

  it('a little every night is red after some, which no night shows by itself', async () => {
    for (let day = 12; day <= 22; day += 1) await add(day, { files: Math.round(1_000 * 0.85 ** (day - 12)) });
    expect(linesOf(await bench().look(USUAL))).toEqual([
      expect.stringContaining('has 197 files, 59% less than the median of the last 10 before it (483 files)'),
    ]);
  });

  it('to what was acknowledged before is what is usual', async () => {
    await add(20, {});
    await add(21, { files: 40, bytes: 300_000 });
    await add(22, { files: 39, bytes: 290_000 });
    const acknowledge = 'size:atlas:uploads/20261121T030512Z-00000021';
    expect(linesOf(await bench().look(USUAL))).toHaveLength(1);
    expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
  });
});

describe('another host under the name of a storage', () => {
  const source = { hostName: 'web1', sshHostKey: 'SHA256:A' };
  const add = (day: number, of: typeof source, name = 'uploads') =>
    bench().addSnapshot(name, `202611${day}T030512Z-000000${day}`, `2026-11-${day}T03:05:12.000Z`, {
      source: of,
    });

  it.each([
    ['host key', { ...source, sshHostKey: 'SHA256:B' }],
    ['host name', { ...source, hostName: 'web2' }],
  ])('with its own %s is red, until it is acknowledged', async (_, other) => {
    await add(19, other);
    await add(20, source);
    await add(21, other);
    await add(22, source);
    const describe = ({ hostName, sshHostKey }: typeof source) => `${hostName}, ${sshHostKey}`;
    expect(linesOf(await bench().look(USUAL))).toEqual([
      `identity: 2 snapshots, the newest \`uploads/20261121T030512Z-00000021\`, of another host (${describe(other)}) than the newest of all, \`uploads/20261122T030512Z-00000022\` (${describe(source)})`,
    ]);
    const acknowledge = 'identity:atlas:uploads/20261121T030512Z-00000021';
    expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
  });

  it('is none when it holds another storage of the server', async () => {
    await add(22, source);
    await add(21, { hostName: 'web2', sshHostKey: 'SHA256:B' }, 'files');
    expect(linesOf(await bench().look(USUAL))).toEqual([]);
  });
});

describe('what is gone as if it had never been there', () => {
  const NO_SNAPSHOT = 'age: no complete snapshot of `uploads` is left that can be restored';
  const NO_BINLOG = 'age: no binlog is left that can be restored';
  /** An SFTP account or a directory: no deletion shows. */
  const look = (inputs = {}) => bench().look({ ...USUAL, ...inputs }, {}, false);
  const withReplay = () =>
    bench().addProof('20261122T041500Z-000000f2', ({ timings }) => ({
      timings: { ...timings, replayMs: 1_000 },
      ...{ level: 4, recoveredTo: '2026-11-22T04:00:00.000Z' },
      replay: {
        ...{ target: 'latest', transactions: 30 },
        binlogs: [{ id: BINLOGS.second, manifestSha256: 'a'.repeat(64) }],
      },
    }));

  it('is red for a storage and for binlogs that a proof names, until that is acknowledged', async () => {
    await addSnapshot(bench());
    await withReplay();
    expect(linesOf(await look())).toEqual([]);
    for (const folder of ['atlas/storage', 'atlas/binlogs']) bench().remove(folder);
    expect(linesOf(await look())).toEqual([NO_BINLOG, NO_SNAPSHOT]);
    const acknowledge = 'age:atlas:no-binlog\nage:atlas:no-complete-snapshot-of-uploads';
    expect(linesOf(await look({ acknowledge }))).toEqual([]);
  });

  it('is red for a storage of which packs alone are left', async () => {
    await bench().addSnapshot('uploads', SNAPSHOT, '2026-11-22T03:05:12.000Z', {
      ...{ pack: OLD_PACK, isProven: false },
    });
    bench().remove('atlas/storage/uploads/snapshots');
    expect(linesOf(await look())).toEqual([NO_SNAPSHOT]);
  });

  it('is red for a storage whose manifest was deleted, beside the deletion', async () => {
    await bench().addSnapshot('uploads', SNAPSHOT, '2026-11-22T03:05:12.000Z', { isProven: false });
    bench().settings = { ...bench().settings, expiry: [] };
    const { manifest, signature, index } = snapshotKeys('atlas', 'uploads', SNAPSHOT);
    for (const key of [manifest, signature, index]) bench().delete(key, NOW);
    expect(linesOf(await bench().look(USUAL))).toContain(NO_SNAPSHOT);
  });

  it('is nothing while the first run of a storage is at work', async () => {
    const pack = OLD_PACK.replace('20261001', '20261122');
    await bench().addSnapshot('uploads', SNAPSHOT, '2026-11-22T03:05:12.000Z', { pack, isProven: false });
    bench().remove('atlas/storage/uploads/snapshots');
    expect(linesOf(await look())).toEqual([]);
  });
});
