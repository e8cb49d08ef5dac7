import { expect, it } from 'vitest';
import { estimateCost, monthlyPrice, Volume } from '../../../src/actions/verify/cost.ts';
import { renderPage } from '../../../src/actions/verify/page.ts';
import { choosePart, SLICES } from '../../../src/actions/verify/read-back.ts';
import {
  failureOf,
  renderMissingPacks,
  renderReportBadge,
  renderReportJson,
  type VerifyReport,
} from '../../../src/actions/verify/report.ts';
import { acknowledge, type Finding } from '../../../src/actions/verify/finding.ts';
import type { ExpiryRule } from '../../../src/ports/store.ts';
import { HOSTILE } from '../../domain/hostile.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-22T04:30:00.000Z');
const red = (line: string, more: Partial<Finding> = {}): Finding => ({
  check: 'object',
  severity: 'red',
  line,
  ...more,
});

const NO_RULES = { expiry: [], keepsVersions: true };

/** A gigabyte a day for sixty days, of which the newest was deleted. */
function fill(volume: Volume, key = 'k'): Volume {
  for (let back = 0; back < 60; back += 1) {
    const listed = { key, sizeBytes: 1e9, lastModified: new Date(NOW.getTime() - (back + 0.5) * DAY_MS) };
    volume.add(
      back === 0 ? { key, current: undefined, hidden: [listed] } : { key, current: listed, hidden: [] },
    );
  }
  return volume;
}

function reportOf(findings: readonly Finding[]): VerifyReport {
  return {
    location: 's3://example/fleet',
    checkedAt: NOW.toISOString(),
    servers: [],
    findings,
    unchecked: [],
    missingPacks: [],
    cost: estimateCost(new Volume(NOW, NO_RULES), { isBucket: true, endpoint: undefined }),
  };
}

it('tells since when at the latest, and everything that is red', () => {
  const report = reportOf([
    red('one', { since: '2026-11-22T04:00:00.000Z', server: 'atlas' }),
    red('two', { since: '2026-11-21T04:00:00.000Z' }),
  ]);
  expect(renderPage(report)).toContain('Since 21 Nov 2026, 04:00:00 UTC at the latest.');
  expect(failureOf(report)?.message).toBe(
    'the backups in s3://example/fleet are not healthy:\n- atlas: one\n- two',
  );
  expect(failureOf(reportOf([]))).toBeUndefined();
  expect(renderReportBadge(report)).toBe(
    '{"schemaVersion":1,"label":"backups","message":"2 faults","color":"red"}',
  );
});

it('tells failures apart by what is wrong, not by how long', () => {
  const variantOf = (...findings: readonly Finding[]) => failureOf(reportOf(findings))?.variant;
  const [shrunk, gone] = [{ check: 'size', subject: 'a' }, { subject: 'b' }] as const;
  const first = variantOf(red('since 1 h', shrunk));
  expect(first).toBe(variantOf(red('since 2 h', shrunk)));
  expect(first).not.toBe(variantOf(red('since 2 h', shrunk), red('gone', gone)));
  expect(variantOf(red('x', gone), red('y', shrunk))).toBe(variantOf(red('y', shrunk), red('x', gone)));
});

it('names no more packs than a job may say', () => {
  const missingPacks = Array.from({ length: 20_000 }, (_, n) => `atlas/storage/files/packs/${n}.tar.zst.gpg`);
  expect(renderMissingPacks({ missingPacks }).split(' ')).toEqual(missingPacks.slice(0, 2_000));
});

it('takes acknowledged things for known, and nothing else', () => {
  const findings = [
    red('one', { subject: 'a', server: 'atlas' }),
    red('of another server', { subject: 'a', server: 'boreas' }),
    red('another of the same', { subject: 'a', server: 'atlas', check: 'recipient' }),
    red('of the store', { subject: 'versions', check: 'bucket' }),
    red('three'),
  ];
  const known = ['object:atlas:a', 'bucket:versions', 'a', 'three'];
  expect(acknowledge(findings, known).map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
    'known object:atlas:a',
    'red object:boreas:a',
    'red recipient:atlas:a',
    'known bucket:versions',
    'red undefined',
  ]);
});

it.each(HOSTILE)('stays a page and JSON of one line with %j in it', (text) => {
  const report = reportOf([red(`is ${text}`, { server: 'atlas', fix: text, subject: text })]);
  // What is shown as code is code.
  const shown = renderPage(report).replaceAll(/`[^`\n]*`|<code>.*?<\/code>/g, '');
  expect(shown).not.toMatch(/<(?!wbr>|details>|\/?summary>)|(?<!\\)\]\(|^# /m);
  const json = renderReportJson(report);
  expect(json).toMatch(/^[ -~]+$/);
  expect(JSON.parse(json)).toMatchObject({ healthy: false, findings: [{ line: `is ${text}` }] });
});

it('does not outgrow what a job may say', () => {
  const json = renderReportJson(
    reportOf(Array.from({ length: 5_000 }, (_, n) => red(`fault ${n} `.repeat(20)))),
  );
  expect(json.length).toBeLessThan(200_000);
  expect(JSON.parse(json)).toMatchObject({ findingsLeftOut: 4_800 });
});

it('estimates what is stored, with hidden versions, and what it grows to', () => {
  const store = { isBucket: true, endpoint: new URL('https://s3.eu-central-003.backblazeb2.com') };
  const free = estimateCost(fill(new Volume(NOW, NO_RULES)), store);
  expect(free).toMatchObject({ bytes: 60e9, hiddenBytes: 1e9, bytesPerDay: 1e9, bytesInAYear: 425e9 });
  expect(free.price && monthlyPrice(free.bytes, free.price)).toBeCloseTo(0.36);
  const elsewhere = estimateCost(fill(new Volume(NOW, NO_RULES)), { isBucket: false, endpoint: undefined });
  expect(elsewhere.price).toBeUndefined();
});

it.each<[string, readonly Omit<ExpiryRule, 'id'>[], number, string]>([
  [
    'everything',
    [{ prefix: '', days: 100, noncurrentDays: 35 }],
    270e9,
    'rules remove all of it after 135 days',
  ],
  [
    'each folder, by rules of its own',
    [
      ...[100, 265].map((days, index) => ({ prefix: `atlas/${index === 0 ? 'dumps' : 'storage'}/`, days })),
      { prefix: '', noncurrentDays: 35 },
    ],
    435e9,
    'rules remove all of it after 300 days',
  ],
  [
    'dumps alone',
    [{ prefix: 'atlas/dumps/', days: 100, noncurrentDays: 35 }],
    560e9,
    'rules remove part of it',
  ],
  ['nothing for good', [{ prefix: '', days: 100 }], 850e9, 'no rule removes any of it for good'],
  [
    'small objects alone, of which there are none',
    [{ prefix: '', days: 100, noncurrentDays: 35, lessThanBytes: 1e9 }],
    850e9,
    'no rule removes any of it for good',
  ],
])('forecasts what rules leave that remove %s', (_, rules, bytesInAYear, words) => {
  const expiry = rules.map((rule) => ({ id: 'rule', ...rule }));
  const volume = new Volume(NOW, { expiry, keepsVersions: true });
  const cost = estimateCost(fill(fill(volume, 'atlas/dumps/k'), 'atlas/storage/k'), {
    ...{ isBucket: true, endpoint: undefined },
  });
  expect(cost.bytesInAYear).toBe(bytesInAYear);
  expect(renderPage({ ...reportOf([]), cost })).toContain(`2.0 GB come in a day, and ${words}: if it`);
});

it.each([1, 7])('reads everything back in %i times as many days as there are slices', (days) => {
  for (let key = 0; key < 50; key += 1) {
    const times = Array.from({ length: SLICES }, (_, run) => new Date(NOW.getTime() + run * days * DAY_MS));
    expect(times.filter((now) => choosePart(`key ${key}`, 'sample', now))).toHaveLength(1);
  }
});
