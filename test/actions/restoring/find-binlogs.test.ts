// Which manifests of binlogs are read, and which stand in the way.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findBinlogs } from '../../../src/actions/restoring/find-binlogs.ts';
import { binlogKeys } from '../../../src/domain/stores/object-names.ts';
import { FormatStore, readVectorKeys, vectorEncryption } from '../../helpers/format-store.ts';

const NOW = new Date('2026-11-25T00:00:00Z');

async function find(ids: readonly string[]) {
  using vector = new FormatStore();
  for (const id of ids) {
    const file = vector.pathOf(binlogKeys('boreas', id).manifest);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'junk');
  }
  const said: string[] = [];
  const { trustedSigners } = await readVectorKeys();
  const reading = {
    ...{ store: vector.reader, encryption: vectorEncryption, server: 'boreas', trustedSigners, now: NOW },
    ...{ signal: new AbortController().signal, warn: (sentence: string) => said.push(sentence) },
  };
  const found = await findBinlogs(reading, new Date('2026-11-24T00:00:00Z'));
  return { found, said };
}

it('passes over what is of a time that has not come, and what is older than the backup', async () => {
  const junk = ['b.000001.29991231T235959Z-00000000', 'b.000002.20261125T001001Z-00000000'];
  const { found, said } = await find([...junk, 'b.000001.20261122T235959Z-00000000']);
  expect(found).toEqual([]);
  expect(said).toEqual([expect.stringContaining(`not counted: ${junk.join(', ')}.`)]);
});

it('does not pass over what cannot be believed: it may be what the chain needs', async () => {
  await expect(find(['b.000001.20261124T000000Z-00000000'])).rejects.toMatchObject({
    code: 'signature-invalid',
  });
});
