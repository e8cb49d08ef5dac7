import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { buildBundle } from '../helpers/build.ts';

const ROOT = join(import.meta.dirname, '../..');
const PATIENT = { timeout: 60_000 };

let bundle = '';
beforeAll(async () => {
  bundle = await buildBundle();
}, PATIENT.timeout);
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

const check = () =>
  spawnSync(join(ROOT, 'script/check-dist'), {
    encoding: 'utf8',
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, CHECK_DIST_DIR: bundle },
  });

describe('check-dist', PATIENT, () => {
  it('is content with what was just built, and names every file that is not it', () => {
    expect(check()).toMatchObject({ status: 0, stderr: '' });

    appendFileSync(join(bundle, 'dump.js'), '// edited\n');
    rmSync(join(bundle, 'main.js'));
    mkdirSync(join(bundle, 'old'));
    writeFileSync(join(bundle, 'old/chunk.js'), '');
    const { status, stderr } = check();
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'missing: dist/main.js (npm run build)',
      'not built from src: dist/old/chunk.js (npm run build)',
      'stale: dist/dump.js (npm run build)',
    ]);
  });
});

it('ships the licence of every package in the bundle', () => {
  const licences = readFileSync(join(bundle, 'licenses.txt'), 'utf8');
  for (const name of ['openpgp', 'ssh2', 'node-ssh', '@aws-sdk/client-s3', '@actions/core']) {
    expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, 'm'));
  }
  expect(licences).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
});
