import { expect, it } from 'vitest';
import { findCommandFaults, findCommands } from '../helpers/command-example.ts';
import { readPages } from '../helpers/documentation.ts';

const examples = readPages().flatMap((page) =>
  page.blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => findCommands(text))
    .map((command) => ({ where: page.path, command })),
);

it('there are examples, in the README and on the page of the action', () => {
  expect(new Set(examples.map(({ where }) => where))).toEqual(
    new Set([
      'README.md',
      'dump/README.md',
      'ship-binlogs/README.md',
      'restore-test/README.md',
      'restore/README.md',
      'verify/README.md',
      'docs/getting-started.md',
      'docs/restore.md',
      'docs/verify.md',
    ]),
  );
});

it.each(examples)('a command line in $where can be copied: $command', ({ command }) => {
  expect(findCommandFaults(command)).toEqual([]);
});

it('flags that do not exist, secrets and missing inputs are found', () => {
  const good = examples.find(({ command }) => command.startsWith('dump '))?.command ?? '';
  expect(findCommandFaults(good.replace('--server', '--sever'))).toEqual([
    'there is no flag --sever',
    'server is required',
  ]);
  expect(findCommandFaults(good.replace('--ssh-key-file', '--ssh-key'))).toEqual([
    '--ssh-key takes a secret from the command line',
  ]);
  expect(findCommandFaults(good.replace(/^dump/, 'undump'))).toEqual(['there is no action undump']);
});
