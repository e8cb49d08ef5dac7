import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { expect, it } from 'vitest';
import type { DumpOutcome } from '../../../src/actions/dump/dump.ts';
import { renderDumpSummary } from '../../../src/actions/dump/report.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '[a](javascript:x)',
  '| a | b |',
  '`` ` ``',
  '@everyone #1',
  '::error::x',
  '\u202egnp.exe',
  'a\n\n# heading',
  '</details>',
  '**b**',
  '![x](https://e.example/x.png)',
];

const stored = (changes: Partial<Extract<DumpOutcome, { kind: 'stored' }>> = {}): DumpOutcome => ({
  ...{ kind: 'stored', manifest: exampleManifest(), manifestKey: 'atlas/dumps/2026/11/20/x/manifest.json' },
  ...{
    storeLocation: 's3://backups/fleet',
    storedBytes: 4_000_000,
    durationMs: 269_000,
    isSigned: true,
    encryptedOn: 'target',
    failure: undefined,
    warnings: [],
  },
  ...changes,
});
const html = (markdown: string) =>
  micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

it('says first what happened, and then what, where and how to get it back', () => {
  const summary = renderDumpSummary('atlas', stored());
  expect(summary.split('\n')[0]).toBe('## ✅ atlas: dumped in 4 min 29 s');
  expect(summary).toContain('2 databases, 8.0 MB of SQL, stored as 4.0 MB, 2.0 times smaller.');
  expect(summary).toContain('The state is that of 20 Nov 2026, 03:05:14 UTC.');
  expect(summary).toContain('It comes from a replica of `db1.example:3306`, 4.0 s behind it.');
  expect(summary).toContain('Point-in-time recovery can start here, at `mysql-bin.000042:1234`.');
  expect(summary).toContain('| `shop` | 12 | 1 | 34,567 | 8.0 MB |');
  expect(summary).toContain('not counted');
  expect(summary).toContain('A restore test cannot show that 1 account come back');
  expect(summary).toContain('gpg --decrypt | zstd -dc');
  expect(summary).toContain('encrypted on the server to `');
  expect(summary).not.toContain('not signed');
});

it('says when it was the runner that encrypted', () => {
  expect(renderDumpSummary('atlas', stored({ encryptedOn: 'runner' }))).toContain(
    'encrypted on the runner to `',
  );
});

it('says what is not as it should be', () => {
  const manifest = exampleManifest();
  const outcome = stored({
    isSigned: false,
    warnings: ['The clock is off.'],
    manifest: {
      ...manifest,
      coordinates: null,
      pitrAnchor: { isAnchor: false, reasons: ['the server writes no binary log'] },
    },
  });
  const summary = renderDumpSummary('atlas', outcome);
  expect(summary).toContain('- ⚠️ The clock is off.');
  expect(summary).toContain('The manifest is not signed');
  expect(summary).toContain('Point-in-time recovery cannot start here: the server writes no binary log.');
});

it.each(HOSTILE)('shows %j as text and nothing else', (name) => {
  const manifest = exampleManifest();
  const outcome = stored({
    warnings: [name],
    storeLocation: `s3://b/${name.replaceAll('\n', '')}`,
    manifest: {
      ...manifest,
      databases: [{ name, tables: 1, views: 0, rows: 1, plainBytes: 1 }],
      source: { ...manifest.source, hostName: name },
      versions: { ...manifest.versions, server: name, dumpTool: name },
      coordinates: { file: name, position: 4, gtid: name },
      excluded: { ...manifest.excluded, databases: [name] },
      notProvable: [{ what: name, why: name }],
    },
  });
  const page = html(renderDumpSummary(name.replaceAll('\n', ''), outcome));
  expect(page).not.toMatch(/<(?:img|a|h1|strong>b)|\u202e/);
  // Ours: the heading, the two folded parts, the table of databases and the one of details.
  expect([
    ...page.matchAll(/<h\d>/g),
    ...page.matchAll(/<details>/g),
    ...page.matchAll(/<table>/g),
  ]).toHaveLength(1 + 2 + 2);
  expect([...page.matchAll(/<\/details>/g)]).toHaveLength(2);
});

it('shows a dry run as one', () => {
  const plan = {
    ...{
      source: {
        flavour: 'mariadb',
        serverId: 1,
        hostName: 'h',
        serverVersion: '10.11.19',
        dumpToolVersion: '10.11.19',
      },
    },
    ...{ databases: ['shop'], excluded: { databases: ['scratch'], tables: 0, brokenViews: 0 } },
  };
  const outcome = { kind: 'dry-run', plan, warnings: ['careful'] } as unknown as DumpOutcome;
  const summary = renderDumpSummary('atlas', outcome);
  expect(summary).toMatch(/^## ☑️ atlas: ready to dump, nothing was written\n/);
  expect(summary).toContain('Would be dumped: `shop`.');
  expect(summary).toContain('Would be left out: `scratch`.');
  expect(summary).toContain('- ⚠️ careful');
});

it('says how long tables were locked', () => {
  const consistency = { kind: 'lock', uncoveredTables: 0, lockedMs: 1_200 } as const;
  const summary = renderDumpSummary('atlas', stored({ manifest: { ...exampleManifest(), consistency } }));
  expect(summary).toContain('Nobody could write to tables without transactions for 1.2 s.');
  expect(summary).toContain('one snapshot, and a read lock on tables without transactions for 1.2 s');
});

it('stays readable with hundreds of databases, each in an object of its own', () => {
  const manifest = exampleManifest();
  const [data, ...others] = manifest.objects;
  if (data === undefined) throw new TypeError('no object');
  const names = Array.from({ length: 300 }, (_, number) => `shop_${number}`);
  const summary = renderDumpSummary(
    'atlas',
    stored({
      manifest: {
        ...manifest,
        layout: 'per-database',
        coordinates: null,
        pitrAnchor: { isAnchor: false, reasons: ['each database has a moment of its own'] },
        databases: names.map((name) => ({ name, tables: 1, views: 0, rows: 1, plainBytes: 1 })),
        objects: [...names.map((name) => ({ ...data, name, databases: [name] })), ...others],
      },
    }),
  );
  expect(summary).toContain('Each database has the state of a moment of its own, from 20 Nov 2026');
  expect(summary).toContain('# then shop_0');
  expect(summary).toContain('# and so on: 296 objects more, in the order of the manifest');
  expect(summary).toContain('| Objects | and 252 more, see the manifest |');
  expect(summary).toContain('| `shop_299` | 1 |');
  expect(summary.length).toBeLessThan(60_000);
});
