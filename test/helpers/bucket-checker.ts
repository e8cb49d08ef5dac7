// Reads a bucket as somebody would who has never seen Lifeboat's code: docs/format.md, an S3 client, gpg, zstd and sha256sum.
// It shares no code with the product on purpose, so that both would have to be wrong in the same way.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Lab } from '../lab/lab.ts';

export interface CheckedBackup {
  readonly id: string;
  readonly server: string;
  /** Empty when the backup can be restored. */
  readonly faults: readonly string[];
  readonly manifest: Record<string, unknown>;
  /** Decrypted and decompressed, by the object's name. */
  readonly texts: ReadonlyMap<string, Buffer>;
}

export interface CheckedBinlog {
  readonly id: string;
  /** Empty when the file is whole, and is what the manifest says. */
  readonly faults: readonly string[];
  readonly manifest: BinlogManifestLike;
  /** Decrypted and decompressed. */
  readonly bytes: Buffer;
}

export interface CheckedBucket {
  readonly keys: readonly string[];
  /** One for each manifest, by their ids. */
  readonly backups: readonly CheckedBackup[];
  /** One for each manifest of a binlog, by their ids. */
  readonly binlogs: readonly CheckedBinlog[];
  /** Objects that no manifest names. */
  readonly orphans: readonly string[];
}

interface MessageLike {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly parts: readonly { readonly key: string; readonly sizeBytes: number; readonly sha256: string }[];
}

interface ManifestLike {
  readonly id: string;
  readonly server: string;
  readonly objects: readonly (MessageLike & { readonly name: string })[];
}

export interface BinlogManifestLike {
  readonly type: string;
  readonly id: string;
  readonly server: string;
  readonly set?: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly binlog: {
    readonly name: string;
    readonly sizeBytes: number;
    readonly sha256: string;
    readonly closedBy: string;
    readonly next: string | null;
    readonly checksum: string;
    readonly createdAt: string;
    readonly closedAt: string;
    readonly gtidsBefore: string;
    readonly gtidsAfter: string;
    readonly transactions: number;
  };
  readonly object: MessageLike & { readonly plainBytes: number };
}

export async function checkBucket(lab: Lab, server: string): Promise<CheckedBucket> {
  const { s3, keys: pgp } = lab;
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    credentials: s3.owner,
  });
  const gpgHome = mkdtempSync(path.join(tmpdir(), 'checker-'));
  const gpg = (args: string[], input?: Uint8Array) =>
    spawnSync(
      'gpg',
      ['--homedir', gpgHome, '--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', ...args],
      {
        input: input ?? '',
        maxBuffer: 1 << 30,
      },
    );
  try {
    for (const key of [pgp.recipients[0], pgp.signing]) {
      gpg(['--passphrase', key.passphrase, '--import', key.secretKeyPath]);
    }
    const base = `${s3.prefix}/${server}/`;
    const objects = await readAll(client, s3.bucket, base);
    const strip = (key: string) => key.slice(s3.prefix.length + 1);
    const backups: CheckedBackup[] = [];
    const named = new Set<string>();
    const findSignatureFaults = (key: string, body: Buffer): string[] => {
      named.add(key).add(`${key}.sig`);
      const signature = objects.get(`${key}.sig`);
      const isGood = signature && verifies(gpg, gpgHome, signature, body, pgp.signing.fingerprint);
      return isGood === true ? [] : ['signature'];
    };
    const open = (name: string, message: MessageLike): { plain: Buffer; faults: string[] } => {
      const faults: string[] = [];
      const parts = message.parts.map((part) => ({ part, bytes: objects.get(`${s3.prefix}/${part.key}`) }));
      for (const { part, bytes } of parts) {
        named.add(`${s3.prefix}/${part.key}`);
        if (!bytes) faults.push(`${part.key} is missing`);
        else if (bytes.length !== part.sizeBytes || sha256(bytes) !== part.sha256)
          faults.push(`${part.key} differs`);
      }
      const whole = Buffer.concat(parts.map(({ bytes }) => bytes ?? Buffer.alloc(0)));
      if (whole.length !== message.sizeBytes || sha256(whole) !== message.sha256)
        faults.push(`${name} differs`);
      const packed = gpg(['--passphrase', '', '--decrypt'], whole);
      if (packed.status !== 0) faults.push(`${name} does not decrypt`);
      const plain = spawnSync('zstd', ['-dc'], { input: packed.stdout, maxBuffer: 1 << 30 });
      if (plain.status !== 0) faults.push(`${name} does not decompress`);
      return { plain: plain.stdout, faults };
    };
    const binlogs: CheckedBinlog[] = [];
    for (const [key, body] of objects) {
      if (!key.startsWith(`${base}binlogs/`) || !key.endsWith('.json')) continue;
      const manifest = JSON.parse(body.toString()) as BinlogManifestLike;
      const { binlog, object, id } = manifest;
      const { plain, faults } = open(binlog.name, object);
      if (sha256(plain) !== binlog.sha256 || plain.length !== binlog.sizeBytes) faults.push('plain text');
      if (object.plainBytes !== plain.length || manifest.type !== 'binlog') faults.push('manifest');
      if (key !== `${base}binlogs/${id}.json` || manifest.server !== server) faults.push('place');
      binlogs.push({
        id,
        manifest,
        bytes: plain,
        faults: [...findSignatureFaults(key, body), ...faults],
      });
    }
    for (const [key, body] of objects) {
      if (!key.endsWith('/manifest.json')) continue;
      const texts = new Map<string, Buffer>();
      const manifest = JSON.parse(body.toString()) as ManifestLike;
      const faults = findSignatureFaults(key, body);
      for (const object of manifest.objects) {
        const { plain, faults: found } = open(object.name, object);
        faults.push(...found);
        texts.set(object.name, plain);
        const isSql = object.name !== 'inventory';
        if (isSql && !/\n-- Dump completed on [^\n]+\n$/.test(plain.subarray(-100).toString())) {
          faults.push(`${object.name} has no trailer`);
        }
      }
      backups.push({
        id: manifest.id,
        server: manifest.server,
        faults,
        manifest: manifest as unknown as Record<string, unknown>,
        texts,
      });
    }
    const all = [...objects.keys()];
    return {
      keys: all.map(strip),
      backups,
      binlogs,
      orphans: all.filter((key) => !named.has(key)).map(strip),
    };
  } finally {
    execFileSync('gpgconf', ['--homedir', gpgHome, '--kill', 'all']);
    rmSync(gpgHome, { recursive: true });
    client.destroy();
  }
}

async function readAll(client: S3Client, bucket: string, prefix: string): Promise<Map<string, Buffer>> {
  const objects = new Map<string, Buffer>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key = '' } of page.Contents ?? []) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      objects.set(Key, Buffer.from((await Body?.transformToByteArray()) ?? []));
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return objects;
}

function verifies(
  gpg: (args: string[], input?: Uint8Array) => { readonly stdout: Buffer; readonly status: number | null },
  directory: string,
  signature: Buffer,
  data: Buffer,
  fingerprint: string,
): boolean {
  const [signatureFile, dataFile] = [path.join(directory, 'sig'), path.join(directory, 'data')];
  writeFileSync(signatureFile, signature);
  writeFileSync(dataFile, data);
  const result = gpg(['--status-fd', '1', '--verify', signatureFile, dataFile]);
  return result.status === 0 && result.stdout.toString().toLowerCase().includes(`validsig ${fingerprint}`);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
