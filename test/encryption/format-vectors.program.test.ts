// The test vectors, and docs/format.md beside them: what stands there is done here, by code that shares nothing with the product
// where that is possible, and by the commands of the document itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { objectKey, parseInventory } from '../../src/domain/dumps/inventory.ts';
import { parseManifest, serializeManifest } from '../../src/domain/dumps/manifest-text.ts';
import { dataStem, dumpFolder, proofFolder } from '../../src/domain/stores/object-names.ts';
import { serializeProof } from '../../src/domain/proofs/proof-text.ts';
import { parseDumpProof } from '../helpers/dump-proof.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { runFilter } from '../helpers/run-filter.ts';
import { GpgHome } from './gpg-home.ts';

// gpg starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const vectors = join(import.meta.dirname, '..', 'fixtures', 'format');
const place = { server: 'atlas', id: '20261120T030512Z-7f3a9c1e-mariadb' };
const now = new Date('2026-11-20T03:06:00Z');
const encryption = createOpenPgpEncryption();

const read = (...path: string[]): Buffer => readFileSync(join(vectors, ...path));
const readStored = (key: string): Buffer => read('store', ...key.split('/'));
const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

const folder = dumpFolder(place.server, place.id);
const manifestBytes = readStored(`${folder}manifest.json`);
const manifest = parseManifest(manifestBytes, place);
const signature = readStored(`${folder}manifest.json.sig`);
const proofPlace = { server: 'atlas', id: '20261122T040000Z-0badcafe' };
const proofBytes = readStored(`${proofFolder(proofPlace.server, proofPlace.id)}proof.json`);
const proof = parseDumpProof(proofBytes, proofPlace);
const document = readFileSync(join(vectors, '..', '..', '..', 'docs', 'format.md'), 'utf8');

let gpg: GpgHome;
beforeAll(() => {
  gpg = new GpgHome();
  gpg.import(read('keys', 'recipient-secret.asc'));
  gpg.import(read('keys', 'signer-public.asc'));
});
afterAll(() => gpg[Symbol.dispose]());

describe('the manifest', () => {
  it('is written again with the same bytes', () => {
    expect(Buffer.from(serializeManifest(manifest)).equals(manifestBytes)).toBe(true);
  });

  it('may say of which servers its source is a replica', () => {
    const bytes = read('plain', 'manifest-replica.json');
    const { replicaOf = [], ...rest } = parseManifest(bytes, place);
    expect(rest).toEqual(manifest);
    expect(replicaOf.map(({ channel, lagSeconds }) => [channel, lagSeconds])).toEqual([
      [undefined, 0],
      ['east', 12],
    ]);
    expect(Buffer.from(serializeManifest({ ...rest, replicaOf })).equals(bytes)).toBe(true);
  });

  it('is signed by the key of the vectors', async () => {
    const signers = await encryption.readTrustedSigners(read('keys', 'signer-public.asc').toString());
    const verified = await encryption.verifyDetached(manifestBytes, signature, signers, now);
    expect(verified).toEqual({
      fingerprint: signers[0]?.fingerprint,
      signedAt: new Date(manifest.finishedAt),
    });
  });

  it('gets the same signature from the signing key', async () => {
    const key = await encryption.readSigningKey(read('keys', 'signer-secret.asc').toString(), undefined, now);
    expect(Buffer.from(await key.sign(manifestBytes, new Date(manifest.finishedAt))).equals(signature)).toBe(
      true,
    );
  });

  it('names the objects that are there, and their hashes', () => {
    const stored = readdirSync(join(vectors, 'store', ...folder.split('/'))).filter(
      (name) => !name.startsWith('manifest'),
    );
    const named = manifest.objects.flatMap(({ parts }) => parts);
    expect(named.map(({ key }) => key.replace(folder, '')).toSorted()).toEqual(stored.toSorted());
    for (const { key, sizeBytes, sha256: digest } of named) {
      expect([readStored(key).length, sha256(readStored(key))]).toEqual([sizeBytes, digest]);
    }
    for (const { parts, sizeBytes, sha256: digest } of manifest.objects) {
      const joined = Buffer.concat(parts.map(({ key }) => readStored(key)));
      expect([joined.length, sha256(joined)]).toEqual([sizeBytes, digest]);
    }
  });
});

describe('the objects', () => {
  it('decrypt and decompress to the plain files', () => {
    const plainNames = { data: 'shop.sql', accounts: 'accounts.sql', inventory: 'inventory.json' };
    for (const { role, parts } of manifest.objects) {
      const { stdout, status } = gpg.must(
        ['--decrypt'],
        Buffer.concat(parts.map(({ key }) => readStored(key))),
      );
      expect(status).toContain('GOODMDC');
      expect(zstdDecompressSync(stdout).equals(read('plain', plainNames[role]))).toBe(true);
    }
  });

  it('pass the gate for their recipients', async () => {
    const recipients = await encryption.readRecipients(read('keys', 'recipient-public.asc').toString(), now);
    for (const { parts, recipients: named } of manifest.objects) {
      expect(named).toEqual(recipients.map(({ encryptionKeyId }) => encryptionKeyId));
      expect(encryption.checkMessageStart(readStored(parts[0]?.key ?? ''), recipients)).toBe(true);
    }
  });
});

/** The canonical form as docs/format.md defines it: the rest, and the rows of each table. */
function takeApart(dump: string): { rest: string; rows: Map<string, string> } {
  const rows = new Map<string, string>();
  let rest = '';
  let isInBody = false;
  let table: string | undefined;
  for (const line of dump.split(/(?<=\n)/)) {
    const insert = isInBody ? null : /^INSERT INTO `((?:[^`]|``)+)`/.exec(line);
    table = insert?.[1] ?? table;
    if (isInBody) {
      rest += line;
      isInBody = line !== 'DELIMITER ;\n';
    } else if (table !== undefined) {
      rows.set(table, (rows.get(table) ?? '') + line);
      if (line.endsWith(';\n')) table = undefined;
    } else if (!line.startsWith('--') && line !== '\n') {
      rest += line;
      isInBody = line === 'DELIMITER ;;\n';
    }
  }
  return { rest, rows };
}

/** Rule 3, which is for MySQL. */
function withoutImpliedCharset(dump: string): string {
  return dump.replaceAll(
    /^( {2}`(?:[^`]|``)+` \w+(?:\((?:[^()']|'(?:[^'\\]|''|\\.)*')*\))?) CHARACTER SET \w+(?= COLLATE )/gm,
    '$1',
  );
}

describe('the text of a MySQL dump', () => {
  const text = read('plain-mysql', 'shop.sql').toString();
  const { rest, rows } = takeApart(withoutImpliedCharset(text));
  const vector = JSON.parse(read('plain-mysql', 'objects.json').toString()) as {
    rest: string;
    objects: {
      kind: string;
      name: string;
      rows?: number;
      dataSha256?: string;
      ddl: string;
      ddlSha256: string;
    }[];
  };

  it('has the digest of the rest, and of every definition', () => {
    expect(vector.rest).toBe(sha256(rest));
    expect(rest).toContain('-- a comment in a trigger counts\n\n');
    expect(rest).toContain("COMMENT 'not that of the table: CHARACTER SET x COLLATE y'");
    expect(rest).not.toBe(takeApart(text).rest);
    for (const { ddl, ddlSha256 } of vector.objects) {
      expect(ddlSha256).toBe(sha256(ddl));
      for (const line of ddl.split(/(?<=\n)/)) expect(rest).toContain(line);
    }
  });

  it('has the digest and the number of the rows of every table', async () => {
    const tables = vector.objects.filter(({ kind }) => kind === 'table');
    expect(tables.map(({ name, rows: count }) => [name, count])).toEqual([
      ...[
        ['customers', 2],
        ['empty_one', 0],
        ['order lines', 3],
      ],
    ]);
    for (const { name, dataSha256 } of tables) expect(dataSha256).toBe(sha256(rows.get(name) ?? ''));
    const { ddl, facts } = await runFilter(read('plain-mysql', 'shop.sql'));
    expect(facts.restSha256).toBe(vector.rest);
    expect(ddl).toEqual(vector.objects);
  });
});

it('the inventory of names holds what the other does, but no more of it', () => {
  const [names, whole] = ['inventory-names.json', 'inventory.json'].map((name) =>
    parseInventory(read('plain', name), place),
  );
  expect(names).toMatchObject({ onlyNames: { definers: ['`root`@`localhost`'] }, rest: {} });
  expect(names?.objects).toEqual(
    whole?.objects.map(({ kind, database, name, ddl, ddlSha256 }) => ({
      ...{ kind, database, name, ddl: '' },
      ...(kind === 'database' ? { ddl, ddlSha256 } : {}),
    })),
  );
});

describe('the inventory', () => {
  const inventory = parseInventory(read('plain', 'inventory.json'), place);
  const { rest, rows } = takeApart(read('plain', 'shop.sql').toString());

  it('has the digest of the rest', () => {
    expect(inventory.rest).toEqual({ shop: sha256(rest) });
    expect(rest).toContain('-- a comment in a routine counts\n\n');
  });

  it('has the digest and the number of the rows of every table', () => {
    const tables = inventory.objects.filter(({ kind }) => kind === 'table');
    expect(tables.map(({ name }) => name)).toEqual(['customers', 'empty_one', 'order lines']);
    for (const { name, dataSha256, rows: count } of tables) {
      const text = rows.get(name) ?? '';
      expect(dataSha256).toBe(sha256(text));
      expect(count).toBe(text.split('\n').filter((line) => line.startsWith('(')).length);
    }
  });

  it('has the DDL of every object as it stands in the dump, and its digest', () => {
    const canonical = rest + takeApart(read('plain', 'accounts.sql').toString()).rest;
    for (const object of inventory.objects) {
      expect(object.ddlSha256, objectKey(object)).toBe(sha256(object.ddl));
      for (const line of object.ddl.split(/(?<=\n)/)) expect(canonical).toContain(line);
    }
    const kinds = new Set(inventory.objects.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual([
      'account',
      'database',
      'procedure',
      'sequence',
      'table',
      'trigger',
      'view',
    ]);
  });

  it('agrees with the manifest', () => {
    const [shop] = manifest.databases;
    const counted = (kind: string): number =>
      inventory.objects.filter((object) => object.kind === kind).length;
    const counts = inventory.objects.reduce((sum, object) => sum + (object.rows ?? 0), 0);
    expect(shop).toMatchObject({ tables: counted('table'), views: counted('view'), rows: counts });
  });
});

describe('the proof', () => {
  const proofSignature = readStored(`${proofFolder(proofPlace.server, proofPlace.id)}proof.json.sig`);
  const afterwards = new Date('2026-11-22T04:01:00Z');
  const readSigners = (name: string) => encryption.readTrustedSigners(read('keys', name).toString());

  it('is written again with the same bytes', () => {
    expect(Buffer.from(serializeProof(proof)).equals(proofBytes)).toBe(true);
  });

  it("is signed by the prover's key, and by no other", async () => {
    const provers = await readSigners('prover-public.asc');
    expect(await encryption.verifyDetached(proofBytes, proofSignature, provers, afterwards)).toEqual({
      fingerprint: provers[0]?.fingerprint,
      signedAt: new Date(proof.finishedAt),
    });
    const signers = await readSigners('signer-public.asc');
    await expect(
      encryption.verifyDetached(proofBytes, proofSignature, signers, afterwards),
    ).rejects.toMatchObject({ code: 'signature-invalid' });
    await expect(encryption.verifyDetached(manifestBytes, signature, provers, now)).rejects.toMatchObject({
      code: 'signature-invalid',
    });
  });

  it('is believed by gpg too', () => {
    using home = new GpgHome();
    home.import(read('keys', 'prover-public.asc'));
    const [signed, data] = [home.writeFile('sig', proofSignature), home.writeFile('data', proofBytes)];
    expect(home.must(['--verify', signed, data]).status.join('\n')).toContain('GOODSIG');
    writeFileSync(data, Buffer.from(proofBytes.toString().replace('"level": 3', '"level": 2')));
    expect(home.run(['--verify', signed, data]).status.join('\n')).toContain('BADSIG');
  });

  it('speaks of that dump, and of the page next to it', () => {
    expect(proof.backup).toMatchObject({ id: place.id, manifestSha256: sha256(manifestBytes) });
    expect(proof.recoveredTo).toBe(manifest.instant);
    expect(proof.inventorySha256).toBe(sha256(read('plain', 'inventory.json')));
    const page = readStored(`${proofFolder(proofPlace.server, proofPlace.id)}RECOVERY.md`);
    expect(proof.recoverySha256).toBe(sha256(page));
    expect(proof.databases).toEqual(manifest.databases);
  });

  it('has the digest of all rows that the command of docs/format.md computes', () => {
    const command = /^```sh\n(jq [^]*?)^```$/m.exec(document)?.[1] ?? '';
    const { stdout } = spawnSync('sh', ['-eu'], {
      input: command,
      cwd: join(vectors, 'plain'),
      encoding: 'utf8',
    });
    expect(stdout).toBe(`${proof.dataSha256}  -\n`);
  });

  it('counts what the inventory lists, less what is not provable', () => {
    const { objects, notProvable } = parseInventory(read('plain', 'inventory.json'), place);
    const left = new Set(notProvable.map(objectKey));
    const counted = Object.groupBy(
      objects.filter((object) => !left.has(objectKey(object))),
      ({ kind }) => kind,
    );
    for (const [kind, count] of Object.entries(proof.counts ?? {}))
      expect(counted[kind as keyof typeof counted]?.length ?? 0, kind).toBe(count);
  });
});

describe('names', () => {
  it('have the stems of the list', () => {
    const names = JSON.parse(read('names.json').toString()) as Record<string, string>;
    for (const [name, stem] of Object.entries(names)) expect(dataStem([name])).toBe(stem);
    expect(Object.keys(names).length).toBeGreaterThan(10);
  });
});

describe('docs/format.md', () => {
  it('describes every field of the manifest, the inventory and the proof', () => {
    const described = new Set(Array.from(document.matchAll(/`([\w.[\]-]+)`/g), ([, name]) => name));
    const missing: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (Array.isArray(value)) visit(value[0], `${path}[]`);
      else if (typeof value === 'object' && value !== null && !/^(?:variables|rest)$/.test(path)) {
        for (const [name, entry] of Object.entries(value)) {
          const inner = path === '' ? name : `${path}.${name}`;
          const isLeaf = typeof entry !== 'object' || entry === null;
          if (isLeaf && !described.has(inner) && !described.has(name)) missing.push(inner);
          visit(entry, inner);
        }
      }
    };
    visit(manifest, '');
    visit(JSON.parse(read('plain', 'inventory.json').toString()), '');
    visit(proof, '');
    visit(JSON.parse(read('store-files/atlas/proofs/20261122T060000Z-6badcafe/proof.json').toString()), '');
    expect(missing).toEqual([]);
  });

  describe('restores by its own commands', () => {
    const commands = /^```sh\n(# 1\. [^]*?)^```$/m.exec(document)?.[1] ?? '';
    let copy: string;
    beforeAll(() => {
      copy = mkdtempSync(join(tmpdir(), 'lifeboat-restore-'));
    });
    afterAll(() => rmSync(copy, { recursive: true }));

    const run = (name: string, spoil: (directory: string) => void = () => undefined) => {
      const directory = join(copy, name);
      cpSync(join(vectors, 'store', ...folder.split('/')), directory, { recursive: true });
      spoil(directory);
      const env = { PATH: process.env['PATH'], GNUPGHOME: gpg.directory, LC_ALL: 'C' };
      const { status, stdout, stderr } = spawnSync('sh', ['-eu'], {
        input: commands,
        cwd: directory,
        env,
        encoding: 'utf8',
      });
      return { status, output: stdout + stderr, directory };
    };

    it('and gets the plain files back', () => {
      const { status, output, directory } = run('good');
      expect(status).toBe(0);
      expect(output).toContain('Good signature from "Lifeboat TEST VECTOR signer');
      expect(output).toContain(`"id": "${place.id}"`);
      expect(output.match(/^\S+: OK$/gm)).toHaveLength(4);
      for (const name of ['shop.sql', 'accounts.sql', 'inventory.json']) {
        expect(readFileSync(join(directory, name)).equals(read('plain', name))).toBe(true);
      }
    });

    it.each<[string, (directory: string) => void, string]>([
      [
        'a changed manifest',
        (directory) => {
          const path = join(directory, 'manifest.json');
          writeFileSync(path, readFileSync(path, 'utf8').replace('"complete": true', '"complete": false'));
        },
        'BAD signature',
      ],
      [
        'two objects in each other’s place',
        (directory) => {
          const [one, other] = ['accounts.sql.zst.gpg', 'inventory.json.zst.gpg'].map((name) =>
            join(directory, name),
          );
          renameSync(one ?? '', `${directory}/swap`);
          renameSync(other ?? '', one ?? '');
          renameSync(`${directory}/swap`, other ?? '');
        },
        'accounts.sql.zst.gpg: FAILED',
      ],
      [
        'a missing part',
        (directory) => rmSync(join(directory, 'shop.sql.zst.gpg.002')),
        '.gpg.002: FAILED open or read',
      ],
    ])('and stops at %s before anything is decrypted', (name, spoil, said) => {
      const { status, output, directory } = run(name, spoil);
      expect(status).not.toBe(0);
      expect(output).toContain(said);
      expect(readdirSync(directory)).not.toContain('shop.sql');
    });
  });
});
