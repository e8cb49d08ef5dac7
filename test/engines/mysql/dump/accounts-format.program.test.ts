// What MySQL says of its accounts becomes a text that can be loaded: as it was said, in one order, and with a last line only when it is whole.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runFilter } from '../../../helpers/run-filter.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../../src/engines/mysql/dump/accounts-format.pl');
const format = (lines: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('perl', [PROGRAM], { input: `${lines.join('\n')}\n` });
  return { status, text: stdout.toString(), said: stderr.toString() };
};
/** As the client prints them in batch mode. */
const SAID = [
  "CREATE USER `clerks`@`%` IDENTIFIED WITH 'caching_sha2_password' ACCOUNT LOCK",
  'CREATE USER `new\\nline`@`%` ATTRIBUTE \'{"a": "it\\\\\'s b\\\\\\\\nc\\t"}\'',
  'lifeboat-account',
  'GRANT USAGE ON *.* TO `clerks`@`%`',
  'REVOKE SELECT ON `mysql`.* FROM `clerks`@`%`',
  'GRANT SELECT ON *.* TO `clerks`@`%`',
  'lifeboat-account',
  'GRANT UPDATE (`v`, `id`), SELECT (`b)`, `a`) ON `d`.`t` TO `new\\nline`@`%`',
  'GRANT `clerks`@`%` TO `new\\nline`@`%` WITH ADMIN OPTION',
];
const END = 'lifeboat-end';

it('is the same text for the same rights, in whatever order they were given', () => {
  const { status, text } = format([...SAID, END]);
  expect(status).toBe(0);
  expect(text.split('\n\n')[2]).toBe(
    [
      "CREATE USER IF NOT EXISTS `clerks`@`%` IDENTIFIED WITH 'caching_sha2_password' ACCOUNT LOCK;",
      'CREATE USER IF NOT EXISTS `new' + '\nline`@`%` ATTRIBUTE ' + '\'{"a": "it\\\'s b\\\\nc' + '\t"}\';',
      'SET GLOBAL partial_revokes = ON;',
      'GRANT SELECT ON *.* TO `clerks`@`%`;',
      'GRANT USAGE ON *.* TO `clerks`@`%`;',
      'REVOKE SELECT ON `mysql`.* FROM `clerks`@`%`;',
      'GRANT UPDATE (`id`, `v`), SELECT (`a`, `b)`) ON `d`.`t` TO `new\nline`@`%`;',
      'GRANT `clerks`@`%` TO `new\nline`@`%` WITH ADMIN OPTION;',
    ].join('\n'),
  );
  const [first, second, mark, ...rights] = SAID;
  const turned = [
    first ?? '',
    second ?? '',
    mark ?? '',
    ...rights.slice(0, 3).reverse(),
    ...rights.slice(3),
    END,
  ];
  expect(format(turned).text.replace(/completed.*/, '')).toBe(text.replace(/completed.*/, ''));
});

it('is whole with its last line only', () => {
  expect(format([...SAID, END]).text).toMatch(/\n\n-- Dump completed on \d{4}-\d\d-\d\d .*\n$/);
  expect(format(SAID).text).not.toContain('Dump completed');
  expect(format([...SAID, END, 'GRANT ALL ON *.* TO x']).status).not.toBe(0);
  expect(format([...SAID, 'Warning: no', END]).said).toContain('neither CREATE USER');
});

it('gives the filter every account with all that belongs to it', async () => {
  const { seen, ddl, facts } = await runFilter(Buffer.from(format([...SAID, END]).text), { what: 'digest' });
  expect(facts).toMatchObject({ hasTrailer: true, isOpen: false, complaints: [] });
  expect(seen.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "account 'clerks'@'%'",
    "account 'new\nline'@'%'",
  ]);
  const statements = ddl.map(({ ddl: text }) => text.split(';\n').length - 1);
  expect(statements).toEqual([4, 3]);
});
