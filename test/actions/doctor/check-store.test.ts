// A store in a directory, where nobody has credentials; the parts that need a bucket are tested with a real one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkStore } from '../../../src/actions/doctor/check-store.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import { renderDiagnosis } from '../../../src/actions/doctor/report.ts';
import type { StoreWriter } from '../../../src/ports/store.ts';
import { DirectoryStoreWriter } from '../../../src/store/directory/writer.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'doctor-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function look(
  mayProbe: boolean,
  writer: StoreWriter = new DirectoryStoreWriter({ directory }),
): Promise<Diagnosis> {
  const diagnosis = new Diagnosis();
  const backup = { writer, inspector: undefined };
  const { signal } = new AbortController();
  await checkStore(
    { server: 'atlas', mayProbe, backup, reader: undefined, isSameKey: false, signal },
    diagnosis,
  );
  return diagnosis;
}

it('is looked at as far as it can be', async () => {
  const diagnosis = await look(true);
  expect(diagnosis.findings).toEqual([]);
  expect(diagnosis.leftBehind).toHaveLength(1);
  const page = renderDiagnosis('atlas', diagnosis);
  expect(page).toMatch(/^✅ atlas: ready to dump\n/);
  expect(page).toMatch(/^- atlas\/doctor\/\d{8}T\d{6}Z-[0-9a-f]{8}\.txt$/m);
  expect(page).toContain(
    '- Store: what may be read and deleted there: this kind of store has no credentials',
  );
});

it('keeps nothing without leave', async () => {
  const diagnosis = await look(false);
  expect(diagnosis.leftBehind).toEqual([]);
  expect(renderDiagnosis('atlas', diagnosis)).toContain('nothing is stored without `--probe`');
});

it.each([
  [undefined, 1],
  ['v1', 0],
])(
  'a service that replaces what is stored, with the version %s: %i warnings',
  async (versionId, count) => {
    // The lab's service refuses to replace: no real one at hand shows this.
    const replacing: StoreWriter = {
      location: 's3://example',
      readClock: () => Promise.resolve(new Date()),
      put: (key) =>
        Promise.resolve({ key, sizeBytes: 1, sha256: '', ...(versionId === undefined ? {} : { versionId }) }),
      upload: () => Promise.reject(new Error('nothing is uploaded')),
      close: () => Promise.resolve(),
    };
    const { warnings, good } = await look(true, replacing);
    expect(warnings.filter(({ what }) => what.includes('can be replaced'))).toHaveLength(count);
    expect(good.filter(({ what }) => what.includes('not replaced'))).toHaveLength(1 - count);
  },
  5_000,
);

it('is a fault where it is not there', async () => {
  rmSync(directory, { recursive: true });
  const diagnosis = await look(true);
  expect(diagnosis.faults.map(({ code }) => code)).toEqual(['store-not-found']);
  expect(diagnosis.unchecked).toHaveLength(1);
});
