// What the key of the backup jobs may do beyond its task. The lab's bucket shows most of it on a real service (test/integration/verify); that a
// service replaces objects, or answers in a way of its own, only a fake shows.
import { expect, it } from 'vitest';
import { checkWriter } from '../../../src/actions/verify/checks/writer.ts';
import { acknowledge, type Finding } from '../../../src/actions/verify/finding.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { StoreInspector, StoreWriter } from '../../../src/ports/store.ts';
import { NOW } from '../../helpers/verify-bench.ts';

type May = 'list' | 'list-own' | 'get' | 'delete' | 'replace' | 'prove' | 'store';

/** A key that may do this; the one of a backup job may store. */
async function check(may: readonly May[], signal = AbortSignal.timeout(10_000)) {
  const stored = new Set<string>();
  const refuse = (code: 'store-denied' | 'store-exists') => Promise.reject(new LifeboatError(code, 'no'));
  const put = (key: string) => {
    if (!may.includes(key.includes('/proofs/') ? 'prove' : 'store')) return refuse('store-denied');
    if (stored.has(key) && !may.includes('replace')) return refuse('store-exists');
    stored.add(key);
    return Promise.resolve({ key, sizeBytes: 1, sha256: '' });
  };
  const inspector: Partial<StoreInspector> = {
    mayList: (folder) => Promise.resolve(may.includes(folder === 'atlas' ? 'list-own' : 'list')),
    mayGet: () => Promise.resolve(may.includes('get')),
    mayDelete: () => Promise.resolve(may.includes('delete')),
  };
  const { findings } = await checkWriter(
    { put } as unknown as StoreWriter,
    inspector as StoreInspector,
    'atlas',
    NOW,
    signal,
  );
  return findings;
}
const linesOf = (findings: readonly Finding[]) =>
  findings.map(({ severity, line }) => `${severity}: ${line}`);

it('finds nothing to say of a key that stores and nothing else', async () => {
  expect(await check(['store'])).toEqual([]);
});

it.each<[May, readonly RegExp[]]>([
  ['list', [/^red: the writer's key may list the store/]],
  ['list-own', [/^red: the writer's key may list the store/]],
  ['get', [/^red: the writer's key may read objects/]],
  ['delete', [/^red: the writer's key may delete objects/]],
  ['replace', [/^red: the writer's key may replace what is stored/]],
  ['prove', [/^warning: .* left `atlas\/proofs\/doctor-.*`$/, /^red: the writer's key may write proofs/]],
])('is red when it may also %s', async (more, lines) => {
  expect(linesOf(await check(['store', more]))).toEqual(
    lines.map((line) => expect.stringMatching(line) as string),
  );
});

it.each<[May, string]>([
  ['list', 'writer:list'],
  ['get', 'writer:read'],
  ['delete', 'writer:delete'],
  ['replace', 'writer:replace'],
  ['prove', 'writer:proofs'],
])('can be acknowledged, where a service has no key without: may %s', async (more, subject) => {
  const red = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'red');
  const findings = await check(['store', more]);
  expect(red(findings)).toHaveLength(1);
  expect(red(acknowledge(findings, [subject]))).toEqual([]);
});

it('is red when the key was given and cannot be tried, but has no verdict when its time is over', async () => {
  expect(linesOf(await check([]))).toEqual([
    expect.stringMatching(/^red: the writer's key could not be tried/),
  ]);
  await expect(check([], AbortSignal.abort())).rejects.toThrow();
});
