import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { renderTestSummary } from '../../../src/actions/restore-test/report.ts';
import type { TestOutcome } from '../../../src/actions/restore-test/restore-test.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { HOSTILE } from '../../domain/hostile.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';
import { exampleProof } from '../../domain/proofs/proof-example.ts';
import {
  exampleBackup,
  exampleExamination,
  exampleObject,
  exampleOutcome,
  exampleReplay,
} from './examples.ts';

const { id } = exampleManifest();
const assertion = {
  text: 'SELECT 1 => 1',
  database: undefined,
  sql: 'SELECT 1',
  operator: '=' as const,
  value: '1',
};
const firstLine = (outcome: TestOutcome): string => renderTestSummary('atlas', outcome).split('\n')[0] ?? '';
const html = (markdown: string) =>
  micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
/** Cells of all tables, row by row, as a reader sees them. */
const cells = (page: string): string[][] =>
  [...page.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = '']) => cell),
  );

function withProof(changes: Partial<ReturnType<typeof exampleProof>>): TestOutcome {
  const outcome = exampleOutcome();
  const { written } = outcome;
  if (written?.proof.kind !== 'dump') throw new Error('a dump is proven');
  return { ...outcome, written: { ...written, proof: { ...written.proof, ...changes } } };
}

function red(findings: readonly string[], changes: Partial<TestOutcome> = {}): TestOutcome {
  const failure = new LifeboatError('restore-differs', 'it differs');
  return exampleOutcome({
    tried: [
      {
        id,
        failure,
        examination: exampleExamination({
          findings: findings.map((sentence) => ({ code: 'restore-differs', sentence })),
        }),
      },
    ],
    ...{ written: undefined, failure },
    ...changes,
  });
}

describe('a backup that is proven', () => {
  it('has its verdict in the first line', () => {
    expect(firstLine(exampleOutcome())).toBe('## ✅ atlas: proven 21 Nov 2026, restored in 4 min 12 s');
  });

  it('has there too what could not be shown', () => {
    const notProvable = [
      { what: '2 tables', why: 'they are on another server' },
      { what: '1 account', why: 'it logs in through the socket' },
    ];
    const outcome = withProof({ notProvable });
    expect(firstLine(outcome)).toBe(
      '## ✅ atlas: proven 21 Nov 2026, restored in 4 min 12 s (without 2 tables, 1 account)',
    );
    expect(renderTestSummary('atlas', outcome)).toContain(
      '- ⚠️ Not shown: 2 tables: they are on another server.',
    );
  });

  it('has level, state and loss in words', () => {
    const summary = renderTestSummary('atlas', exampleOutcome());
    expect(summary.split('\n')[2]).toBe(
      `**Level 3: equal to what was dumped, byte by byte.** Backup \`${exampleProof().backup.id}\` with the state of 20 Nov 2026, 03:05:14 UTC: ` +
        'had the server been lost when this test began, 3 h 4 min of work would have been lost with it.',
    );
    expect(renderTestSummary('atlas', withProof({ level: 2 }))).toContain(
      '**Level 2: every object and every row is there.**',
    );
    expect(renderTestSummary('atlas', withProof({ level: 1 }))).toContain('**Level 1: it loads.**');
    expect(summary).not.toContain('⚠️');
  });

  it('has tables that are tables', () => {
    const page = html(renderTestSummary('atlas', exampleOutcome({ earlierProofs: [exampleProof()] })));
    const rows = cells(page);
    expect(rows).toContainEqual(['Database', 'Tables', 'Views', 'Other objects', 'Rows', 'SQL']);
    // One trigger.
    expect(rows).toContainEqual(['<code>shop</code>', '12', '1', '1', '34,567', '8.0 MB']);
    expect(rows).toContainEqual(['<code>Wiki – neu</code>', '3', '0', '0', 'not counted', '1.0 kB']);
    expect(rows).toContainEqual(['Fetch', 'Load', 'Checks', 'Whole restore']);
    expect(rows).toContainEqual(['12 s', '3 min', '1 min', '4 min 12 s']);
    expect(rows).toContainEqual(['Manifest', `signed by <code>${'F'.repeat(40)}</code>`]);
    expect(rows.filter(([first]) => first === '21 Nov 2026' || first === '22 Nov 2026')).toHaveLength(2);
    expect(page).toContain('<h3>Earlier tests</h3>');
  });

  it('has the runbook folded, as it is', () => {
    const page = html(renderTestSummary('atlas', exampleOutcome()));
    expect(page).toContain('<details><summary>The runbook: bring this backup back by hand</summary>');
    expect(page).toContain('# Bring back atlas\n\n```sh\nset -e\n```');
    expect(page.match(/<details>/g)).toHaveLength(2);
    expect(page.match(/<\/details>/g)).toHaveLength(2);
  });

  it('says what is not as it should be', () => {
    const outcome = exampleOutcome({
      ...{ isProofSigned: false, warnings: ['Signatures were not checked. Give `trusted-signers`.'] },
      tried: [
        {
          id,
          failure: undefined,
          examination: exampleExamination({
            backup: exampleBackup({ signedBy: undefined }),
            assertions: [{ assertion, problem: undefined }],
            restored: undefined,
          }),
        },
      ],
    });
    const summary = renderTestSummary('atlas', outcome);
    expect(summary).toContain('- ⚠️ Signatures were not checked. Give `trusted-signers`.');
    expect(summary).toContain('The proof is not signed');
    expect(summary).toContain('1 assertion of yours held.');
    expect(summary).toContain('| Assertion | `SELECT 1 => 1` |');
    expect(summary).toContain('signature not checked');
    expect(summary).toContain('not compared');
    expect(renderTestSummary('atlas', withProof({ limits: ['rows were counted, not compared'] }))).toContain(
      '- ⚠️ Rows were counted, not compared.',
    );
  });
});

describe('a test that is red', () => {
  it('says what was tried and found, and which proof is the newest', () => {
    const failure = new LifeboatError('load-failed', 'no');
    const older = exampleExamination();
    const summary = renderTestSummary(
      'atlas',
      exampleOutcome({
        tried: [
          { id: 'newest', examination: undefined, failure },
          { id: 'older', examination: older, failure: undefined },
        ],
        ...{ written: undefined, failure, earlierProofs: [exampleProof()], warnings: ['The clock is off.'] },
      }),
    );
    expect(summary.split('\n')[0]).toBe('### ❌ atlas: what was tried');
    expect(cells(html(summary)).slice(0, 3)).toEqual([
      ['Backup', 'State of', 'Result'],
      ['<code>newest</code>', '', '❌ <code>load-failed</code>'],
      ['<code>older</code>', '20 Nov 2026, 03:05:14 UTC', '✅ good'],
    ]);
    expect(summary).toContain('- ⚠️ The clock is off.');
    expect(summary).toContain(
      'The newest proof is of 22 Nov 2026, for the state of 20 Nov 2026, 03:05:14 UTC.',
    );
  });

  it('because of a limit, says that the backup is good', () => {
    const failure = new LifeboatError('restore-too-slow', 'slow');
    const summary = renderTestSummary('atlas', exampleOutcome({ written: undefined, failure }));
    expect(summary.split('\n')[0]).toBe('### ❌ atlas: restored and compared, but the test is red');
    expect(summary).toContain('✅ good');
    expect(summary).toContain('| 12 s | 3 min | 1 min | 4 min 12 s |');
    expect(summary).toContain('No earlier proof was found.');
  });

  it('lists findings and shows differences', () => {
    const outcome = red(['table shop.orders is missing', 'view shop.totals has another definition']);
    const [tried] = outcome.tried;
    if (tried?.examination === undefined) throw new Error('it was examined');
    const difference = {
      ...{ kind: 'view' as const, database: 'shop', name: 'totals', what: 'definition' as const },
      diff: '-select 1\n+select 2\n',
    };
    const examination = { ...tried.examination, differences: [difference] };
    const summary = renderTestSummary('atlas', { ...outcome, tried: [{ ...tried, examination }] });
    expect(summary).toContain(
      `### ${id}\n\n- table shop.orders is missing\n- view shop.totals has another definition`,
    );
    expect(html(summary)).toContain('<details><summary>view shop.totals has another definition</summary>');
    expect(summary).toContain('```diff\n-select 1\n+select 2\n```');
  });

  it('stays small with ten thousand findings', () => {
    const findings = Array.from({ length: 10_000 }, (_, index) => `table shop.t${index} is missing`);
    const differences = Array.from({ length: 10_000 }, (_, index) => ({
      ...{
        kind: 'view' as const,
        database: 'shop',
        name: `v${index}`,
        what: 'definition' as const,
        diff: '-a\n+b\n',
      },
    }));
    const outcome = red(findings);
    const [tried] = outcome.tried;
    if (tried?.examination === undefined) throw new Error('it was examined');
    const one = { ...tried, examination: { ...tried.examination, differences } };
    const summary = renderTestSummary('atlas', { ...outcome, tried: Array<typeof one>(21).fill(one) });
    expect(summary.match(/is missing$/gm)).toHaveLength(21 * 50);
    expect(summary.match(/^- and 9,950 more$/gm)).toHaveLength(21);
    expect(summary.match(/```diff/g)).toHaveLength(21 * 10);
    expect(Buffer.byteLength(summary)).toBeLessThan(150_000);
  });
});

describe('hostile text', () => {
  const clean = (page: string): void => {
    expect(page).not.toMatch(/<(?:img|h1|strong>b)|<a |\u202e|\u001b/);
    expect(page).not.toMatch(/^::/m);
    expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
  };

  it.each(HOSTILE)('%j in a proof is text and nothing else', (name) => {
    const outcome = withProof({
      databases: [{ name, tables: 1, views: 0, rows: 1, plainBytes: 1 }],
      notProvable: [{ what: name, why: name }],
      limits: [name],
    });
    const examination = exampleExamination({
      versions: { server: name, dumpTool: name, isSameVersion: false },
      image: { reference: name, id: name },
      restored: [exampleObject('trigger', name, { database: name })],
      assertions: [{ assertion: { ...assertion, text: name }, problem: undefined }],
    });
    const page = html(
      renderTestSummary(name.replaceAll('\n', ''), {
        ...outcome,
        tried: [{ id, examination, failure: undefined }],
        warnings: [name],
      }),
    );
    clean(page);
    expect(page.match(/<h\d>/g)).toHaveLength(1);
    expect(page.match(/<table>/g)).toHaveLength(3);
    expect(cells(page).every((row) => [2, 4, 6].includes(row.length))).toBe(true);
  });

  it.each(HOSTILE)('%j in a red test is text and nothing else', (name) => {
    const outcome = red([`table ${name} is missing`, name], { warnings: [name] });
    const [tried] = outcome.tried;
    if (tried?.examination === undefined) throw new Error('it was examined');
    const difference = {
      kind: 'view' as const,
      database: name,
      name,
      what: 'definition' as const,
      diff: `-${name}\n+${name}\n`,
    };
    const examination = {
      ...tried.examination,
      differences: [difference],
      backup: exampleBackup({ id: name }),
    };
    const page = html(
      renderTestSummary(name.replaceAll('\n', ''), {
        ...outcome,
        tried: [{ ...tried, id: name, examination }],
      }),
    );
    clean(page.replaceAll(/<pre>.*?<\/pre>/gs, ''));
    expect(page.match(/<h\d>/g)).toHaveLength(2);
    expect(page.match(/<table>/g)).toHaveLength(2);
    expect(page.match(/<pre>/g)).toHaveLength(1);
  });
});

it('what was replayed stands in the summary, with both sides of the moment', () => {
  const timings = { ...exampleExamination().timings, replayMs: 5_000 };
  const examination = exampleExamination({ level: 4, replay: exampleReplay(), timings });
  const page = renderTestSummary(
    'atlas',
    exampleOutcome({ tried: [{ id, examination, failure: undefined }] }),
  );
  expect(page).toContain(
    'The last one that is there: `0-1-1299` of 20 Nov 2026, 03:59:58 UTC. The first one that is not: `0-1-1300` of',
  );
  expect(page).toContain('1,200 transactions of 1 binlog replayed onto the dump');
  expect(cells(html(page))).toContainEqual(['Fetch', 'Load', 'Replay', 'Checks', 'Whole restore']);
  const anonymous = exampleReplay({ last: undefined, next: { gtid: '', committedAt: new Date(0) } });
  const other = exampleExamination({ replay: anonymous });
  expect(
    renderTestSummary('atlas', exampleOutcome({ tried: [{ id, examination: other, failure: undefined }] })),
  ).toContain('there: none. The first one that is not: one of 1 Jan 1970');
});
