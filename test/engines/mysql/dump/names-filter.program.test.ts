// What a target without perl takes down, run with the shells that a target may have, over recorded dumps and over ones that are not whole.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseNamesLook } from '../../../../src/engines/mysql/dump/names-look.ts';
import { runFilter } from '../../../helpers/run-filter.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const FILTER = path.join(ROOT, 'src/engines/mysql/dump/names-filter.sh');
const recorded = (name: string) => readFileSync(path.join(ROOT, `test/fixtures/dumps/${name}.sql`), 'latin1');
/** Names that take two lines are refused beforehand; the last schema is made of them. */
const plain = (name: string) =>
  recorded(name).replace(
    /\n--\n-- Current Database: `odd`[^]*?(?=\n--\n-- Current Database: `everything`)/,
    '',
  );

const directory = mkdtempSync(path.join(tmpdir(), 'names-'));
afterAll(() => rmSync(directory, { recursive: true }));
let runs = 0;

function run(shell: string, call: string, input: string, programs = '') {
  const D = path.join(directory, String((runs += 1)));
  const script = `hash_stdin() { sha256sum | head -c 64; }\nD=$1\nmkdir "$D"\n${programs}\n. ${FILTER}\n${call}`;
  const [program = '', ...words] = shell.split(' ');
  const { status, stdout, stderr } = spawnSync(program, [...words, '-c', script, 'sh', D], {
    input: Buffer.from(input, 'latin1'),
    maxBuffer: 2 ** 26,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  return { status, text: stdout.toString('latin1'), said: stderr.toString(), D };
}

function look(input: string, what = 'structure', shell = '/bin/dash', programs = '') {
  const { status, text, D } = run(shell, `look_at_names "$D" ${what}`, input, programs);
  const read = (file: string) => readFileSync(path.join(D, file), 'utf8');
  expect(text === input).toBe(true);
  return { status, seenText: read('seen'), ...parseNamesLook(read('facts'), read('seen')) };
}

const namesIn = (
  seen: readonly { kind: string; database: string; name: string }[],
  kinds: readonly string[],
) =>
  seen
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, database, name }) => `${kind} ${database}.${name}`)
    .toSorted();

describe.each(['mariadb-10.11', 'mariadb-11.8', 'mysql-9.7'])('a dump of %s', (name) => {
  it.each(['/bin/dash', '/bin/bash', '/bin/busybox sh'])('is read as perl reads it, by %s', async (shell) => {
    const text = plain(name).replaceAll('`broken\n', '`broken ').replaceAll('-- line`', 'line`');
    const { seen, facts, status, definers } = look(text, 'rows', shell);
    const perl = await runFilter(Buffer.from(text, 'latin1'));
    const kinds = ['database', 'table', 'view', 'sequence'];
    expect(status).toBe(0);
    expect(namesIn(seen, kinds)).toEqual(namesIn(perl.seen, kinds));
    const bodies = perl.seen.filter(({ kind }) => !kinds.includes(kind));
    expect(seen.filter(({ kind }) => !kinds.includes(kind))).toHaveLength(bodies.length);
    const { bytes, hasTrailer, coordinates, complaints } = perl.facts;
    expect(facts).toMatchObject({ bytes, hasTrailer, coordinates, complaints });
    expect(definers).toContain('`ghost`@`nowhere`');
    const [database] = perl.ddl.filter(({ kind }) => kind === 'database');
    expect(seen.find(({ kind }) => kind === 'database')?.ddl).toBe(database?.ddl);
  });
});

describe('a dump', () => {
  const whole = plain('mariadb-10.11');
  it.each([
    ['that is cut', whole.slice(0, -100)],
    ['without its last byte', whole.slice(0, -1)],
    ['that goes on', `${whole}more\n`],
    [
      'whose last line stands in a text',
      whole.replace(/\n\n-- Dump completed.*\n$/, '\n-- Dump completed\n'),
    ],
  ])('%s has no trailer', (_, text) => {
    expect(look(whole).facts.hasTrailer).toBe(true);
    expect(look(text).facts.hasTrailer).toBe(false);
  });

  it('says what the dump tool excuses itself for, and not what names or bodies look like', () => {
    const excuse = '-- insufficient privileges to SHOW CREATE FUNCTION `f`';
    expect(look(whole.replace('\n-- Host', `\n${excuse}\n-- Host`)).facts.complaints).toEqual([
      excuse.slice(3),
    ]);
    const body = `\nDELIMITER ;;\nCREATE PROCEDURE p()\n${excuse}\n--\n-- Table structure for table \`x\`\n--\nDELIMITER ;\n-- Dump`;
    const { facts, seen } = look(whole.replace('\n-- Dump', body));
    expect(facts.complaints).toEqual([]);
    expect(namesIn(seen, ['table'])).toEqual(namesIn(look(whole).seen, ['table']));
  });

  it('has a digest of all definitions, without what moves by itself', () => {
    const { structureSha256 } = look(whole);
    expect(structureSha256).toMatch(/^[0-9a-f]{64}$/);
    const moved = whole
      .replaceAll(/^(\) ENGINE=\w+ AUTO_INCREMENT=)\d+/gm, '$19')
      .replaceAll(/^DO SETVAL.*$/gm, 'DO SETVAL(1);');
    expect(moved).not.toBe(whole);
    expect(
      look(moved.replace(/\n-- Dump completed on .*/, '\n-- Dump completed later')).structureSha256,
    ).toBe(structureSha256);
    expect(look(whole.replace(' NOT NULL', '')).structureSha256).not.toBe(structureSha256);
    expect(look(whole, 'rows').structureSha256).toBe('');
  });

  it.each(['grep', 'tail', 'wc', 'sed'])('that %s did not look at to its end is not good', (program) => {
    const dying = `nice() { if [ "$1" = ${program} ]; then head -c 10 >/dev/null; kill -KILL "$(exec sh -c 'echo $PPID')"; fi; "$@"; }`;
    const { status } = run('/bin/dash', 'look_at_names "$D" structure', whole.repeat(20), dying);
    expect(status).not.toBe(0);
  });

  it('of nothing is not good', () => {
    expect(run('/bin/dash', 'look_at_names "$D" rows', '').status).not.toBe(0);
  });
});

it('nothing of a text, a row or a password leaves the target', async () => {
  const { seenText } = look(recorded('mariadb-10.11'), 'rows');
  expect(seenText).not.toMatch(
    /^(?!CREATE DATABASE|DELIMITER|DEFINER=`[^`]*`(?:@`[^`]*`)?$|--|account$|structure |$)/m,
  );
  const { seen, seenText: accounts } = look(recorded('accounts-10.11'), 'digest');
  expect(accounts).not.toMatch(/[*][0-9A-F]{40}/);
  const perl = await runFilter(Buffer.from(recorded('accounts-10.11'), 'latin1'), { what: 'digest' });
  // One has a line break in its name, three are roles.
  expect(seen.filter(({ kind }) => kind === 'account')).toHaveLength(perl.seen.length);
});

describe('accounts of MySQL', () => {
  const SAID = [
    "CREATE USER `clerks`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x24 ACCOUNT LOCK",
    'CREATE USER `new\\nline`@`%` ATTRIBUTE \'{"a": "it\\\\\'s b\\\\\\\\nc\\t %s"}\'',
    'lifeboat-account',
    'GRANT SELECT ON *.* TO `clerks`@`%`',
    'REVOKE SELECT ON `mysql`.* FROM `clerks`@`%`',
    'REVOKE SELECT ON `my\\\\_sql`.* FROM `clerks`@`%`',
    'lifeboat-account',
    'GRANT USAGE ON *.* TO `new\\nline`@`%`',
  ];
  const format = (lines: readonly string[], shell = '/bin/dash') =>
    run(shell, 'format_accounts', `${lines.join('\n')}\n`);

  it.each(['/bin/dash', '/bin/bash', '/bin/busybox sh'])(
    'become the text that perl makes of them, in %s',
    (shell) => {
      const program = path.join(ROOT, 'src/engines/mysql/dump/accounts-format.pl');
      const input = `${[...SAID, 'lifeboat-end'].join('\n')}\n`;
      const perl = spawnSync('perl', [program], { input }).stdout.toString('latin1');
      const lines = (text: string) =>
        text
          .replace(/completed.*/, 'completed')
          .split('\n')
          .toSorted();
      const { status, text } = format([...SAID, 'lifeboat-end'], shell);
      expect(status).toBe(0);
      expect(lines(text)).toEqual(lines(perl));
      expect(text.indexOf('REVOKE')).toBeGreaterThan(text.indexOf('SET GLOBAL partial_revokes'));
    },
  );

  it('are whole with their last line only', () => {
    expect(format(SAID).text).not.toContain('Dump completed');
    expect(format([...SAID, 'lifeboat-end', 'GRANT ALL ON *.* TO x']).status).not.toBe(0);
    expect(format([...SAID, 'Warning: no', 'lifeboat-end']).said).toContain('neither CREATE USER');
  });
});
