import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  clientFunction,
  quoteIdentifier,
  quoteOptionValue,
  quoteSqlString,
  sqlStage,
} from '../../../src/engines/mysql/client.ts';
import { openWorkshop } from '../../helpers/composed-script.ts';
import { randomText, seededRandom } from '../../helpers/random-text.ts';

const workshop = openWorkshop();
afterAll(() => workshop.remove());
const programs = { sql: workshop.client, dump: workshop.client };
const PASSWORDS = [
  'plain',
  '',
  ' two blanks ',
  '"',
  "'",
  '\\',
  '\\n',
  '#x',
  ';x',
  '$(id)`id`$HOME',
  'é⚓',
  '[client]',
  '!include /etc/passwd',
  '\\"#\'\\\\',
  '%s',
  '-p',
  'a=b',
];

const SHELLS = ['/bin/dash', '/bin/bash', '/bin/busybox sh'];
/** Every one in one shell, the worst in each. */
const passwordsFor = (shell: string) => (shell === '/bin/dash' ? PASSWORDS : PASSWORDS.slice(-5, -3));

it.each(SHELLS)(
  'hands credentials over in an option file that is a pipe, and nothing of them in any other way (%s)',
  (shell) => {
    for (const password of passwordsFor(shell).filter((candidate) => candidate !== '')) {
      const connection = { user: `o'br"ien\\`, password, host: 'db.example', port: 3307 };
      const [call] = workshop.run(clientFunction(connection) + sqlStage(programs, 'SELECT 1;'), shell);
      expect(call?.args.slice(0, 4)).toEqual([
        '--defaults-file=/dev/fd/7',
        '--host=db.example',
        '--protocol=tcp',
        '--port=3307',
      ]);
      expect(call?.options).toBe(
        `[client]\nuser="o'br\\"ien\\\\"\npassword=${quoteOptionValue(password)}\n\n`,
      );
      expect(call?.stdin).toBe('SELECT 1;\n');
      if (password.length > 4)
        expect(`${call?.environment ?? ''}${call?.args.join(' ') ?? ''}`).not.toContain(password);
    }
  },
);

it.each(SHELLS)(
  'reads the first line of a password file as it is, with or without its line break (%s)',
  (shell) => {
    const file = path.join(workshop.home, "my pass'word");
    for (const [text, password] of [
      ...passwordsFor(shell).map((word) => [`${word}\n`, word]),
      ['no line break', 'no line break'],
      ['first\nsecond\n', 'first'],
      ['', ''],
    ]) {
      writeFileSync(file, text ?? '');
      const connection = { user: 'dump', passwordFile: `~/${path.basename(file)}`, socket: '/run/my sock' };
      const [call] = workshop.run(clientFunction(connection) + sqlStage(programs, 'SELECT 1;'), shell);
      expect(call?.options).toBe(`[client]\nuser="dump"\npassword=${quoteOptionValue(password ?? '')}\n\n`);
      expect(call?.args.slice(0, 2)).toEqual(['--defaults-file=/dev/fd/7', '--socket=/run/my sock']);
    }
  },
);

it('hands an option file of the target to the program by its name', () => {
  const file = path.join(workshop.home, '-x "y');
  writeFileSync(file, '[client]\nuser=z\n');
  for (const name of [file, '~/-x "y']) {
    const [call] = workshop.run(clientFunction({ defaultsFile: name }) + sqlStage(programs, 'SELECT 1;'));
    expect(call?.args[0]).toBe(`--defaults-file=${file}`);
  }
});

it('sends SQL as it is', () => {
  const random = seededRandom(9);
  const pieces = ["'", '"', '\\', '`', '$(id)', '\n', '%', '\\n', '⚓', 'x', '!', '\t'];
  for (let count = 0; count < 10; count += 1) {
    const sql = randomText(random, pieces, 20);
    expect(workshop.run(clientFunction({}) + sqlStage(programs, sql))[0]?.stdin).toBe(`${sql}\n`);
  }
});

it('quotes for SQL', () => {
  expect(quoteIdentifier('a`b``c')).toBe('`a``b````c`');
  expect(quoteSqlString(`it's \\ "x"`)).toBe(`'it\\'s \\\\ "x"'`);
});
