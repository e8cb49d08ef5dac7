// For whom objects are encrypted: as their manifests say, to keys that live on, and not to one alone.
import { expect, it } from 'vitest';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { DAY_MS } from '../../../src/domain/text/units.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { encryptBytes } from '../../helpers/encrypt-bytes.ts';
import { vectorEncryption } from '../../helpers/format-store.ts';
import { itIsRed, ONE_RECIPIENT, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { BINLOGS, DUMPS, NOW } from '../../helpers/verify-bench.ts';

const bench = useVerifyBench();
const newest = dumpFolder('atlas', DUMPS.newest);
const data = `${newest}shop.sql.zst.gpg`;

itIsRed(bench, [
  {
    what: 'an object is encrypted to somebody else',
    spoil: async (store) => {
      const key = `${newest}inventory.json.zst.gpg`;
      const [recipient] = store.keys.recipients;
      if (recipient === undefined) throw new Error('no recipient');
      const sealed = await encryptBytes(vectorEncryption, Buffer.alloc(600), [recipient]);
      const at = sealed.indexOf(Buffer.from(recipient.encryptionKeyId, 'hex'));
      sealed.set(Buffer.from('0123456789ABCDEF', 'hex'), at);
      store.write(key, Buffer.concat([sealed, Buffer.alloc(4_096)]).subarray(0, store.read(key).length));
    },
    red: [
      /^recipient: .*inventory\.json\.zst\.gpg` is encrypted to `0123456789ABCDEF`, which its manifest does not name$/,
    ],
  },
  {
    what: 'an object is no message at all',
    spoil: (store) => store.write(data, Buffer.alloc(store.read(data).length, 'SELECT 1; ')),
    red: [/^recipient: .*shop\.sql\.zst\.gpg` is no message for its recipients: .* it is no OpenPGP message/],
  },
  {
    what: 'backups are encrypted to other keys than the ones that are given',
    spoil: () => undefined,
    keys: (store) =>
      Promise.resolve({
        recipients: store.keys.recipients.map((one) => ({ ...one, encryptionKeyId: '0123456789ABCDEF' })),
      }),
    red: [
      /^recipient: the newest dump .* is not encrypted to `0123456789ABCDEF`, which `recipients` has, and encrypted to `825F88D7EBC79597`, which/,
      /^recipient: the newest binlog /,
    ],
  },
  {
    what: 'a recipient expires soon',
    spoil: () => undefined,
    keys: (store) =>
      Promise.resolve({
        recipients: store.keys.recipients.map((one) => ({
          ...one,
          expiresAt: new Date(NOW.getTime() + 20 * DAY_MS),
        })),
      }),
    red: [
      /^recipient: the recipient `825F88D7EBC79597` \(.*\) expires on 12 Dec 2026: backups stop the day before$/,
    ],
  },
  {
    what: 'a recipient is of no use any more',
    spoil: () => undefined,
    keys: () => Promise.resolve({ recipients: new LifeboatError('recipient-unusable', 'it expired') }),
    red: [/^recipient: it expired$/],
  },
]);

async function warnings(): Promise<readonly string[]> {
  const { findings } = await bench().look(USUAL);
  return findings.flatMap(({ severity, line }) =>
    severity === 'warning' && line.startsWith(ONE_RECIPIENT) ? line : [],
  );
}

it('warns of the newest dump, binlog and snapshot of each storage that one key alone opens', async () => {
  await bench().addSnapshot('uploads', '20261122T030512Z-000000c1', '2026-11-22T03:05:12.000Z');
  expect(await warnings()).toEqual([
    `there is only one recipient of \`${DUMPS.newest}\`, \`${BINLOGS.second}\`, \`uploads/20261122T030512Z-000000c1\`: if its secret key is lost, so is all that is encrypted to it alone`,
  ]);
});

it.each([
  ['every object has two', () => true, []],
  ['the data alone has two', (role: string) => role === 'data', ['20261122T031512Z-00000004-mariadb']],
])('looks at all that a dump needs: %s', async (_, hasTwo, named) => {
  const addOther = (manifest: DumpManifest): DumpManifest => ({
    ...manifest,
    objects: manifest.objects.map((object) => ({
      ...object,
      recipients: hasTwo(object.role) ? [...object.recipients, '0123456789ABCDEF'] : object.recipients,
    })),
  });
  await bench().addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', addOther);
  const ids = [...named, BINLOGS.second].map((id) => `\`${id}\``).join(', ');
  expect(await warnings()).toEqual([expect.stringContaining(`recipient of ${ids}:`)]);
});
