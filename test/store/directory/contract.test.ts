import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { DirectoryStoreReader } from '../../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../../src/store/directory/writer.ts';
import { describeStore } from '../../contracts/store-contract.ts';

const PART_SIZE_BYTES = 100_000;
const MAX_PARTS = 3;

let base: string;
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'lifeboat-store-'));
});
afterAll(async () => {
  await rm(base, { recursive: true });
});

describeStore('directory', async () => {
  const directory = await mkdtemp(path.join(base, 'store-'));
  return {
    writer: new DirectoryStoreWriter({ directory, maxObjectBytes: PART_SIZE_BYTES * MAX_PARTS }),
    reader: new DirectoryStoreReader({ directory }),
    partSizeBytes: PART_SIZE_BYTES,
    maxParts: MAX_PARTS,
    async findLeftovers() {
      const names = await readdir(directory, { recursive: true });
      return names.filter((name) => path.basename(name).startsWith('.'));
    },
    async plant(key, bytes) {
      const place = path.join(directory, key);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, bytes);
    },
  };
});
