// A backup made by hand from the databases of a server, for what takes a backup of some time ago: with the keys of the test vectors, in
// a directory, as docs/format.md says.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { DatabaseFigures, DumpManifest, ManifestObject } from '../../src/domain/dumps/manifest.ts';
import { parseManifest, serializeManifest } from '../../src/domain/dumps/manifest-text.ts';
import {
  dataStem,
  dumpFolder,
  objectFileName,
  type ObjectRole,
} from '../../src/domain/stores/object-names.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { DirectoryStoreWriter } from '../../src/store/directory/writer.ts';
import { GpgHome } from '../encryption/gpg-home.ts';
import { runCommand } from '../lab/command.ts';
import { queryRows, type MariadbAddress } from '../lab/mariadb.ts';
import { ROOT } from './documentation.ts';

export const VECTOR_KEYS = path.join(ROOT, 'test/fixtures/format/keys');

export interface HandmadeBackup {
  readonly manifest: DumpManifest;
  readonly manifestSha256: string;
  readonly signerFingerprint: string;
}

/** Of one object: the databases go on in a second one and more. */
const MAX_OBJECT_BYTES = 2_000;

const place = { server: 'atlas', id: '20200101T000000Z-7f3a9c1e-mariadb' };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `instant` is what the manifest says; `notDumped` are views that the server cannot show, `database.view`. */
export async function makeBackup(
  source: MariadbAddress,
  store: string,
  options: {
    readonly instant: string;
    readonly databases: readonly string[];
    readonly notDumped: readonly string[];
  },
): Promise<HandmadeBackup> {
  const { instant, databases, notDumped } = options;
  const folder = path.join(store, dumpFolder(place.server, place.id));
  mkdirSync(folder, { recursive: true });
  const figures: DatabaseFigures[] = [];
  for (const name of databases) figures.push(await countDatabase(source, name, notDumped));
  const text = await runCommand('mariadb-dump', [
    ...['--no-defaults', `--socket=${source.socket}`, `--user=${source.adminUser}`],
    ...['--default-character-set=utf8mb4', '--routines', '--events', '--hex-blob', '--single-transaction'],
    ...['--dump-history', '--no-tablespaces', '--max-allowed-packet=1G'],
    ...notDumped.map((view) => `--ignore-table=${view}`),
    ...['--databases', '--', ...databases],
  ]);
  const accounts =
    "CREATE USER IF NOT EXISTS `app`@`%` IDENTIFIED BY 'secret';\nGRANT SELECT ON *.* TO `app`@`%`;\n";
  const encryption = createOpenPgpEncryption();
  const key = await encryption.readSigningKey(
    readFileSync(path.join(VECTOR_KEYS, 'signer-secret.asc'), 'utf8'),
    undefined,
    new Date(),
  );
  const manifest = serializeManifest({
    ...place,
    source: { flavour: 'mariadb', serverId: 1, hostName: 'atlas', sshHostKey: `SHA256:${'a'.repeat(43)}` },
    versions: { server: '10.11-MariaDB', dumpTool: 'mariadb-dump', lifeboat: '0.0.0' },
    ...{ startedAt: instant, instant, finishedAt: instant },
    consistency: { kind: 'snapshot', uncoveredTables: 0 },
    coordinates: null,
    layout: 'one',
    complete: true,
    pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] },
    notProvable: [],
    databases: figures,
    excluded: { databases: [], tables: 0, brokenViews: notDumped.length },
    objects: [
      await storeObject(store, 'data', Buffer.from(text), databases),
      await storeObject(store, 'accounts', Buffer.from(accounts)),
      await storeObject(store, 'inventory', Buffer.from('{}')),
    ],
  });
  writeFileSync(path.join(folder, 'manifest.json.sig'), await key.sign(manifest, new Date()));
  writeFileSync(path.join(folder, 'manifest.json'), manifest);
  const [signer] = await encryption.readTrustedSigners(
    readFileSync(path.join(VECTOR_KEYS, 'signer-public.asc'), 'utf8'),
  );
  return {
    manifest: parseManifest(manifest, place),
    manifestSha256: sha256(manifest),
    signerFingerprint: signer?.fingerprint ?? '',
  };
}

/** Counted by the server itself, table by table. */
async function countDatabase(
  source: MariadbAddress,
  name: string,
  notDumped: readonly string[],
): Promise<DatabaseFigures> {
  const objects = await queryRows(
    source,
    `SELECT table_type, HEX(table_name) FROM information_schema.tables WHERE table_schema = 0x${Buffer.from(name).toString('hex')}`,
  );
  const tables = objects.filter(([type]) => type === 'BASE TABLE' || type === 'SYSTEM VERSIONED');
  const views = objects.filter(([type]) => type === 'VIEW').length;
  let rows = 0;
  for (const [type, hex = ''] of tables) {
    const table = Buffer.from(hex, 'hex').toString().replaceAll('`', '``');
    const history = type === 'SYSTEM VERSIONED' ? ' FOR SYSTEM_TIME ALL' : '';
    const [[count] = []] = await queryRows(source, `SELECT COUNT(*) FROM \`${table}\`${history}`, name);
    rows += Number(count);
  }
  return {
    name,
    tables: tables.length,
    views: views - notDumped.filter((view) => view.startsWith(`${name}.`)).length,
    rows,
    plainBytes: 1,
  };
}

async function storeObject(
  store: string,
  role: ObjectRole,
  plain: Buffer,
  databases?: readonly string[],
): Promise<ManifestObject> {
  const [recipient] = await createOpenPgpEncryption().readRecipients(
    readFileSync(path.join(VECTOR_KEYS, 'recipient-public.asc'), 'utf8'),
    new Date(),
  );
  using gpg = new GpgHome();
  const keyFile = gpg.writeFile('key', recipient?.armored ?? '');
  const sealed = gpg.must(
    ['--trust-model', 'always', '--compress-algo', 'none', '--recipient-file', keyFile, '--encrypt'],
    spawnSync('zstd', ['-q', '-c'], { input: plain, maxBuffer: 64 * 2 ** 20 }).stdout,
  ).stdout;
  const name = databases ? dataStem(databases) : role;
  const key = dumpFolder(place.server, place.id) + objectFileName(role, name);
  const writer = new DirectoryStoreWriter({ directory: store, maxObjectBytes: MAX_OBJECT_BYTES });
  const { signal } = new AbortController();
  const parts = await writer.upload(key, Readable.from([sealed]), { signal });
  return {
    role,
    name,
    ...(databases ? { databases } : {}),
    codec: 'zstd',
    ...{ sizeBytes: sealed.length, sha256: sha256(sealed) },
    recipients: [recipient?.encryptionKeyId ?? ''],
    parts,
  };
}
