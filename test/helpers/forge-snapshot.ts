// Snapshots that somebody made of a stored one: other files in a pack, another index, another manifest, signed again by the right key. The
// store is a directory, the keys are those of the test vectors.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { openObject } from '../../src/actions/restoring/open-object.ts';
import type { StoredMessage } from '../../src/domain/statements/stored-message.ts';
import { snapshotKeys } from '../../src/domain/stores/object-names.ts';
import type { SnapshotManifest } from '../../src/domain/snapshots/snapshot.ts';
import {
  parseSnapshotManifest,
  serializeSnapshotManifest,
} from '../../src/domain/snapshots/snapshot-text.ts';
import { readAll } from './bytes.ts';
import { encryptBytes } from './encrypt-bytes.ts';
import { vectorEncryption as encryption, type VectorKeys } from './format-store.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface SnapshotForgery {
  /** Which one, from 0. Names of one file are in a pack of their own, behind the others. */
  readonly packAt?: number;
  /** Shell text that runs where that pack was unpacked; `$TAR` are further options for packing it again. */
  readonly pack?: string;
  /** Of the last index object of the chain; as latin1. */
  readonly index?: (text: string) => string;
  readonly manifest?: (manifest: Mutable<SnapshotManifest>) => void;
}

/** Spoils the snapshot where it is. */
export async function forgeSnapshot(
  store: string,
  place: { readonly server: string; readonly name: string; readonly id: string },
  { pack, packAt = 0, index, manifest: edit }: SnapshotForgery,
  keys: VectorKeys,
): Promise<void> {
  const names = snapshotKeys(place.server, place.name, place.id);
  const manifest: Mutable<SnapshotManifest> = {
    ...parseSnapshotManifest(readFileSync(path.join(store, names.manifest)), place),
  };
  const reseal = async (stored: StoredMessage, change: (plain: Buffer) => Buffer) => {
    const [part] = stored.parts;
    if (part === undefined) throw new Error('an object has a part');
    const file = path.join(store, part.key);
    const options = { encryption, identity: keys.identity, signal: new AbortController().signal };
    const plain = await readAll(openObject(file, options));
    const sealed = await encryptBytes(encryption, zstdCompressSync(change(plain)), keys.recipients);
    writeFileSync(file, sealed);
    const digest = { sizeBytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') };
    return { ...stored, ...digest, parts: [{ ...part, ...digest }] };
  };
  if (pack !== undefined) {
    const stored = manifest.packs[packAt];
    if (stored === undefined) throw new Error('there is a pack');
    manifest.packs = manifest.packs.with(packAt, await reseal(stored, (tar) => repack(store, tar, pack)));
  }
  if (index !== undefined) {
    const last = manifest.index.at(-1);
    if (last === undefined) throw new Error('there is an index');
    const change = (text: Buffer) => Buffer.from(index(text.toString('latin1')), 'latin1');
    manifest.index = [...manifest.index.slice(0, -1), await reseal(last, change)];
  }
  edit?.(manifest);
  const bytes = serializeSnapshotManifest(manifest);
  writeFileSync(path.join(store, names.manifest), bytes);
  writeFileSync(path.join(store, names.signature), await keys.signingKey.sign(bytes, new Date()));
}

function repack(store: string, tar: Buffer, script: string): Buffer {
  const directory = mkdtempSync(path.join(store, '..', 'repack-'));
  mkdirSync(path.join(directory, 'files'));
  const text = `tar -x -p --xattrs --acls -f ../tar
    TAR=
    ${script}
    find . -mindepth 1 -printf '%P\\0' | tar -c --format=posix --sparse --xattrs --acls --no-recursion --null $TAR -T -`;
  try {
    writeFileSync(path.join(directory, 'tar'), tar);
    return execFileSync('sh', ['-euc', text], {
      cwd: path.join(directory, 'files'),
      env: { LC_ALL: 'C', PATH: process.env['PATH'] },
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
