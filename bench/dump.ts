// `script/bench dump`: measures the dump action against the references and prints tables in Markdown (docs/performance.md).
import { cpus } from 'node:os';
import { markdownTable } from '../src/domain/text/markdown.ts';
import { loadHelpdesk } from '../test/lab/helpdesk/load.ts';
import type { Lab } from '../test/lab/lab.ts';
import { compare } from './compare.ts';
import type { Contestant } from './contestant.ts';
import { measureMemory } from './memory.ts';
import { createNative } from './native.ts';
import { parseOptions, type BenchOptions } from './options.ts';
import { createOurs } from './ours.ts';
import { renderComparison } from './report.ts';
import { createRestic } from './restic.ts';
import { startServers } from './servers.ts';
import { DATABASE, installOptionFile } from './ssh-dump.ts';

const ROUND_TRIP_MS = 100;

const print = (text: string) => process.stdout.write(`${text}\n`);
const tell = (line: string) => process.stderr.write(`bench: ${line}\n`);

const options = parseOptions(process.argv.slice(2));
print(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}; ${options.pairs} pairs; encrypted on the ${options.encryptOn}\n`,
);
if (options.only.some((name) => name !== 'memory')) await runComparisons(options);
if (options.only.includes('memory')) await runMemory(options);

async function runComparisons({
  sizeBytes,
  pairs,
  only,
  bufferPoolBytes,
  encryptOn,
}: BenchOptions): Promise<void> {
  tell('starting the servers');
  const bufferPool = `--innodb-buffer-pool-size=${bufferPoolBytes}`;
  const servers = await startServers({ mariadb: { options: [bufferPool] } });
  try {
    tell(`making a database of ${sizeBytes / 1e6} MB`);
    await loadHelpdesk(servers.lab.mariadb, { megabytes: sizeBytes / 1e6, database: DATABASE });
    await installOptionFile(servers.lab);
    const run = async (title: string, lab: Lab, create: typeof createNative) => {
      tell(title);
      const reference: Contestant = await create(servers, lab);
      const measured = await compare(
        createOurs(servers, lab, { databases: DATABASE, 'encrypt-on': encryptOn }),
        reference,
        pairs,
        servers,
        tell,
      );
      print(`### ${title}\n\n${renderComparison(reference.name, measured)}\n`);
    };
    if (only.includes('near')) await run('Near', servers.lab, createNative);
    if (only.includes('far')) {
      const far = await servers.moveAway(ROUND_TRIP_MS);
      await run(`${ROUND_TRIP_MS} ms away`, far, createNative);
    }
    if (only.includes('restic')) await run('restic', servers.lab, createRestic);
  } finally {
    await servers.stop();
  }
}

async function runMemory({ memorySizesBytes, encryptOn }: BenchOptions): Promise<void> {
  tell('memory');
  const figures = await measureMemory(memorySizesBytes, ROUND_TRIP_MS, { 'encrypt-on': encryptOn }, tell);
  const rows = figures.map(({ where, sourceBytes, storedBytes, peakBytes, wallMs }) => [
    where === 'near' ? where : `${ROUND_TRIP_MS} ms away`,
    (sourceBytes / 1e9).toFixed(1),
    (storedBytes / 1e9).toFixed(2),
    (peakBytes / 1e6).toFixed(0),
    (wallMs / 1e3).toFixed(0),
  ]);
  const titles = ['server', 'source, GB', 'stored, GB', 'peak memory, MB', 'wall time, s'];
  print(
    `### Memory\n\n${markdownTable(
      titles.map((title) => ({ title })),
      rows,
    )}\n`,
  );
}
