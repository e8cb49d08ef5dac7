// Backups that somebody made of a stored one: other text, other inventory, other manifest, signed again with the same key or another
// one, and stored under a server's name of its own. Ciphertext is made by gpg and zstd.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import type { Inventory } from '../../src/domain/dumps/inventory.ts';
import type { DumpManifest, ManifestObject } from '../../src/domain/dumps/manifest.ts';
import { serializeManifest } from '../../src/domain/dumps/manifest-text.ts';
import { dumpFolder, objectFileName } from '../../src/domain/stores/object-names.ts';
import { createRunId } from '../../src/domain/run-id.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { GpgHome } from '../encryption/gpg-home.ts';
import type { PgpKey } from '../lab/keys.ts';
import type { Lab } from '../lab/lab.ts';
import type { CheckedBackup } from './bucket-checker.ts';
import { putStored } from './stored-objects.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A backup in clear. The inventory is a text as well, but is changed as what it says. */
export interface Template {
  readonly manifest: DumpManifest;
  /** SQL, by the object's name. */
  readonly texts: ReadonlyMap<string, Buffer>;
  readonly inventory: Inventory;
}

export interface Forgery {
  /** Its name in the store; a new one unless given. */
  readonly server?: string;
  /** When it was made and what it holds; the template's times unless given. */
  readonly at?: Date;
  /** Gets the text of every object that is SQL; what it returns takes its place. */
  readonly text?: (text: string, name: string) => string | Buffer;
  readonly inventory?: (inventory: Mutable<Inventory>) => void;
  readonly manifest?: (manifest: Mutable<DumpManifest>) => void;
  /** The key that the lab's backups are signed with unless given. */
  readonly signedBy?: PgpKey | 'nobody';
}

export interface Forged {
  readonly server: string;
  readonly id: string;
  /** In the store, with a slash at its end. */
  readonly folder: string;
  readonly manifest: DumpManifest;
  /** Of the object with this role. */
  readonly key: (role: ManifestObject['role']) => string;
}

export function readTemplate({ manifest, texts }: CheckedBackup): Template {
  const inventory = JSON.parse(texts.get('inventory')?.toString() ?? '') as Inventory;
  const sql = [...texts].filter(([name]) => name !== 'inventory');
  return { manifest: manifest as unknown as DumpManifest, texts: new Map(sql), inventory };
}

/** Stores it, manifest last. Text is handled as Latin-1, so that every byte stays what it is. */
export async function forgeBackup(lab: Lab, template: Template, forgery: Forgery = {}): Promise<Forged> {
  const server = forgery.server ?? `forged-${randomBytes(4).toString('hex')}`;
  const at = forgery.at ?? new Date(template.manifest.instant);
  const id = `${createRunId(at)}-${template.manifest.source.flavour}`;
  const inventory = { ...structuredClone(template.inventory), server, id };
  forgery.inventory?.(inventory);
  const manifest: Mutable<DumpManifest> = { ...structuredClone(template.manifest), server, id };
  if (forgery.at !== undefined)
    manifest.startedAt = manifest.instant = manifest.finishedAt = at.toISOString();
  const folder = dumpFolder(server, id);
  const objects: ManifestObject[] = [];
  for (const object of template.manifest.objects) {
    const stored = await storeObject(lab, folder, object, plainOf(object, template, inventory, forgery));
    objects.push(stored);
  }
  manifest.objects = objects;
  forgery.manifest?.(manifest);
  const bytes = serializeUnchecked(manifest);
  const { signedBy = lab.keys.signing } = forgery;
  if (signedBy !== 'nobody') await putStored(lab, `${folder}manifest.json.sig`, await sign(bytes, signedBy));
  await putStored(lab, `${folder}manifest.json`, bytes);
  return {
    ...{ server, id, folder, manifest },
    key: (role) => objects.find((object) => object.role === role)?.parts[0]?.key ?? '',
  };
}

export async function sign(bytes: Uint8Array, key: PgpKey): Promise<Uint8Array> {
  const secret = readFileSync(key.secretKeyPath, 'utf8');
  const passphrase = key.passphrase === '' ? undefined : key.passphrase;
  const signing = await createOpenPgpEncryption().readSigningKey(secret, passphrase, new Date());
  return signing.sign(bytes);
}

function plainOf(
  object: ManifestObject,
  template: Template,
  inventory: Inventory,
  { text }: Forgery,
): Buffer {
  if (object.role === 'inventory') return Buffer.from(JSON.stringify(inventory));
  const plain = template.texts.get(object.name) ?? Buffer.alloc(0);
  if (text === undefined) return plain;
  const changed = text(plain.toString('latin1'), object.role);
  return typeof changed === 'string' ? Buffer.from(changed, 'latin1') : changed;
}

async function storeObject(
  lab: Lab,
  folder: string,
  object: ManifestObject,
  plain: Buffer,
): Promise<ManifestObject> {
  const sealed = encrypt(lab, zstdCompressSync(plain));
  const digest = { sizeBytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') };
  const key = folder + objectFileName(object.role, object.name);
  await putStored(lab, key, sealed);
  return {
    ...object,
    ...(object.plainBytes === undefined ? {} : { plainBytes: plain.length }),
    ...digest,
    parts: [{ key, ...digest }],
  };
}

/** By gpg, to the lab's recipients. */
export function encrypt(lab: Lab, bytes: Uint8Array): Buffer {
  using gpg = new GpgHome();
  const recipients = lab.keys.recipients.flatMap(({ publicKeyPath }) => ['--recipient-file', publicKeyPath]);
  const options = ['--trust-model', 'always', '--compress-algo', 'none', ...recipients, '--encrypt'];
  return gpg.must(options, bytes).stdout;
}

/** Also of a manifest that the reader would refuse: that is for the reader to say. */
export function serializeUnchecked(manifest: DumpManifest): Uint8Array {
  try {
    return serializeManifest(manifest);
  } catch {
    return Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  }
}
