// The filter on this machine, over what a command in a sandbox prints. The sandbox is a function: a real one cannot be made to end at a
// certain byte. That it works with a real one is seen in test/integration/mysql.
import { expect, it } from 'vitest';
import { parseFacts } from '../../../../src/engines/mysql/dump/facts.ts';
import { checkFilterHere, filterHere } from '../../../../src/engines/mysql/restore/filter-run.ts';
import { Inside } from '../../../../src/engines/mysql/restore/inside.ts';
import type { Machine } from '../../../../src/ports/machine.ts';
import { createLocalMachine } from '../../../../src/remote/local-machine.ts';
import { fakeSandbox } from '../../../helpers/fake-sandbox.ts';

const { signal } = new AbortController();
const task = { command: 'print', mode: 'rows' } as const;
const DUMP = `-- MySQL dump 10.13

--
-- Current Database: \`d\`
--

CREATE DATABASE \`d\`;

USE \`d\`;

--
-- Table structure for table \`t\`
--

CREATE TABLE \`t\` (
  \`a\` text
) ENGINE=InnoDB;

--
-- Dumping data for table \`t\`
--

INSERT INTO \`t\` VALUES ('one'),('two');

-- Dump completed on 2026-11-21
`;

/** A command that prints these chunks, each when the one before was taken, and ends like this. */
function printing(chunks: Iterable<string>, end: () => { exitCode: number; stderr: string }): Inside {
  const sandbox = fakeSandbox(async (_, { onStdout }) => {
    for (const chunk of chunks) await onStdout?.(Buffer.from(chunk));
    return end();
  });
  return new Inside(sandbox, 'mysql', signal);
}
const well = () => ({ exitCode: 0, stderr: '' });

it('says what went by, however it comes in pieces', async () => {
  const { exitCode, stdout, stderr } = await filterHere(printing(DUMP, well), createLocalMachine())(task);
  const [facts = '', objects = ''] = stdout.split('\f');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(parseFacts(facts)).toMatchObject({ hasTrailer: true, bytes: DUMP.length });
  expect(JSON.parse(objects)).toMatchObject([{ kind: 'database' }, { kind: 'table', name: 't', rows: 2 }]);
});

it('passes on how the command ended, and what it said', async () => {
  const half = printing([DUMP.slice(0, 200)], () => ({ exitCode: 2, stderr: 'mysqldump: gone' }));
  const { exitCode, stdout, stderr } = await filterHere(half, createLocalMachine())(task);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'mysqldump: gone' });
  expect(parseFacts(stdout.split('\f')[0] ?? '').hasTrailer).toBe(false);
});

it('throws what ends the sandbox', async () => {
  const died = printing([DUMP.slice(0, 200)], () => {
    throw new Error('the sandbox died');
  });
  await expect(filterHere(died, createLocalMachine())(task)).rejects.toThrow('the sandbox died');
});

it('waits for no filter that has ended', async () => {
  const here = createLocalMachine();
  const withoutPerl: Machine = {
    ...here,
    run: (one) => here.run({ ...one, script: 'echo no perl >&2; exit 127' }),
  };
  const endless = printing(
    (function* () {
      for (;;) yield 'x'.repeat(100_000);
    })(),
    well,
  );
  expect(await filterHere(endless, withoutPerl)(task)).toMatchObject({ exitCode: 127, stderr: 'no perl\n' });
});

it('is refused where there is no perl', async () => {
  const here = createLocalMachine();
  await expect(checkFilterHere(here, signal)).resolves.toBeUndefined();
  const bare: Machine = {
    ...here,
    run: (one) => here.run({ ...one, script: `PATH=/nowhere\n${one.script}` }),
  };
  await expect(checkFilterHere(bare, signal)).rejects.toMatchObject({ code: 'sandbox-unavailable' });
});
