// How much has to be replayed onto the newest dump that can be its beginning.
import { expect, it } from 'vitest';
import { judgeLength } from '../../../src/actions/verify/checks/chains.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS } from '../../helpers/verify-bench.ts';
import { exampleBinlogManifest } from '../../domain/binlogs/binlog-manifest-example.ts';

const bench = useVerifyBench();
const TIMINGS = { fetchMs: 0, loadMs: 0, checksMs: 0, totalMs: 10_000, replayMs: 10_000 };

function chainOf(length: number, sizeBytes: number, transactions = 10) {
  const known = exampleBinlogManifest();
  const manifest = { ...known, binlog: { ...known.binlog, sizeBytes, transactions } };
  const link = { facts: manifest.binlog, copies: [{ manifest, manifestSha256: '' }] as const };
  return [{ backup: { id: DUMPS.newest }, timeline: { chain: Array.from({ length }, () => link) } }];
}

const replayed = (transactions: number) => ({
  replay: { target: 'latest' as const, transactions, binlogs: [] },
  timings: TIMINGS,
});

it.each([
  [1_000, 20e6, []],
  [1_001, 1, ['1,001 binlogs with 1.0 kB follow']],
  [2, 11e9, ['2 binlogs with 22.0 GB follow']],
])('%i binlogs of %i bytes behind the newest anchor: %j', (length, sizeBytes, warned) => {
  const findings = judgeLength(chainOf(length, sizeBytes), []);
  expect(findings.map(({ severity }) => severity)).toEqual(warned.map(() => 'warning'));
  for (const [at, text] of warned.entries())
    expect(findings[at]?.line).toBe(
      `${text} the newest dump that they can be replayed onto, \`${DUMPS.newest}\`: how long a replay takes no restore test has shown (\`point-in-time\`)`,
    );
});

it('tells how long it takes at the rate of the newest test that replayed enough to tell', () => {
  const proofs = [{ timings: TIMINGS }, replayed(999), replayed(2_000), replayed(1_000_000)];
  const [finding] = judgeLength(chainOf(1_200, 1, 1_000), proofs);
  expect(finding?.line).toContain(
    'at the rate of the newest restore test with a replay all 1,200,000 transactions take about 1 h 40 min',
  );
});

it('is a warning of a whole report, of the newest anchor alone', async () => {
  await bench().addBinlog('binlog.000003.20261122T040501Z-000000b3', {
    ...{ name: 'binlog.000003', next: 'binlog.000004', gtidsBefore: '0-4711-30', sizeBytes: 21e9 },
    ...{
      gtidsAfter: '0-4711-31',
      createdAt: '2026-11-22T04:00:00.000Z',
      closedAt: '2026-11-22T04:05:00.000Z',
    },
  });
  const report = await bench().look(USUAL);
  expect(linesOf(report)).toEqual([]);
  expect(linesOf(report, 'warning')).toEqual([
    expect.stringMatching(/^chain: 2 binlogs with 21\.0 GB follow/),
  ]);
});
