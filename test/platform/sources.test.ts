import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { field } from '../../src/inputs/field.ts';
import { boolean, line, lines, text } from '../../src/inputs/kinds.ts';
import { createFlagSource } from '../../src/platform/flags.ts';
import { createGitHubSource } from '../../src/platform/github-source.ts';
import { findSecrets } from '../../src/platform/sources.ts';

const declaration = {
  server: field(line, { description: 'x', required: true }),
  'ssh-key': field(text, { description: 'x', required: true, secret: true }),
  'db-password': field(line, { description: 'x', secret: true }),
  'db-password-file': field(line, { description: 'x' }),
  'exclude-databases': field(lines({ accepts: 'names', parse: (item) => item }), {
    description: 'x',
    default: '',
  }),
  list: field(line, { description: 'x', bare: '**' }),
  'dry-run': field(boolean, { description: 'x', default: 'false' }),
};

const directory = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the runner', () => {
  it('hands inputs over in variables whose names keep their dashes', () => {
    const source = createGitHubSource({ 'INPUT_SSH-KEY': 'k', INPUT_SERVER: '' }, declaration);
    expect(source.read('ssh-key')).toBe('k');
    expect(source.read('server')).toBe('');
    expect(source.read('dry-run')).toBeUndefined();
    expect(source.howToGive('ssh-key', true)).toContain('ssh-key: ${{ secrets.SSH_KEY }}');
  });

  it('does not refuse a misspelt input: the source does', () => {
    const source = createGitHubSource({ 'INPUT_EXCLUDE-DATABASE': 'shop', INPUT_SERVER: 'a' }, declaration);
    expect(source.problems).toEqual([
      { input: 'exclude-database', what: 'there is no such input', fix: 'Did you mean `exclude-databases`?' },
    ]);
  });

  it('may have variables of others, which are only mentioned', () => {
    const source = createGitHubSource(
      { INPUT_METHOD: 'ibus', 'INPUT_SERVERS-LIST-X': ' ', INPUT_COMMAND: 'dump' },
      declaration,
      ['command'],
    );
    expect(source.problems).toEqual([]);
    expect(source.warnings).toEqual(['The variable INPUT_METHOD is no input of Lifeboat; it is not used.']);
  });
});

describe('a command line', () => {
  const read = (args: string[], variables: Record<string, string> = {}) =>
    createFlagSource(args, variables, declaration, ['paths']);

  it('gives inputs as flags, files and variables', () => {
    const file = join(directory, 'key');
    writeFileSync(file, 'the key\n');
    const source = read(
      ['--server', 'atlas', '--ssh-key-file', file, '--dry-run', '--exclude-databases=a=b'],
      {
        LIFEBOAT_DB_PASSWORD: 'pass',
        LIFEBOAT_SERVER: 'other',
        LIFEBOAT_PATHS: '/srv',
      },
    );
    expect(source.problems).toEqual([]);
    expect(source.warnings).toEqual([]);
    expect(source.read('server')).toBe('atlas');
    expect(source.read('ssh-key')).toBe('the key\n');
    expect(source.read('db-password')).toBe('pass');
    expect(source.read('dry-run')).toBe('true');
    expect(source.read('exclude-databases')).toBe('a=b');
  });

  it('takes a boolean with and without a value, and values that begin with dashes', () => {
    expect(read(['--dry-run', 'false', '--server', '-----BEGIN']).read('dry-run')).toBe('false');
    expect(read(['--dry-run', '--server', 'a']).read('dry-run')).toBe('true');
    expect(read(['--server', '-----BEGIN']).read('server')).toBe('-----BEGIN');
  });

  it('joins repeated lists, and refuses anything else that is repeated', () => {
    const source = read([
      '--exclude-databases',
      'a',
      '--exclude-databases',
      'b',
      '--server',
      'x',
      '--server',
      'y',
    ]);
    expect(source.read('exclude-databases')).toBe('a\nb');
    expect(source.problems).toEqual([{ input: 'server', what: 'the flag is given twice' }]);
  });

  it('never takes a secret, says how to give it, and hides it all the same', () => {
    const source = read(['--ssh-key', 'hunter22', '--db-password=hunter23']);
    expect(source.problems.map(({ input, fix }) => [input, fix])).toEqual([
      ['ssh-key', 'Give it as --ssh-key-file PATH or LIFEBOAT_SSH_KEY.'],
      ['db-password', 'Give it as LIFEBOAT_DB_PASSWORD.'],
    ]);
    expect(JSON.stringify(source.problems)).not.toContain('hunter');
    expect(source.read('ssh-key')).toBeUndefined();
    expect(findSecrets(declaration, source)).toEqual(['hunter22', 'hunter23']);
  });

  it('knows an input that ends in -file from a file that holds an input', () => {
    expect(read(['--db-password-file', '~/.pass']).read('db-password-file')).toBe('~/.pass');
  });

  it('refuses what it does not know, and names what is near', () => {
    const source = read(
      ['--sever', 'x', '--zzz', 'y', 'stray', '--server', '--ssh-key-file', '--db-pasword-file', 'x'],
      {
        LIFEBOAT_DB_PASWORD: 'x',
        LIFEBOAT_HOME: '/opt',
      },
    );
    expect(source.problems).toEqual([
      { input: 'db-pasword', what: 'there is no such input', fix: 'Did you mean `db-password`?' },
      { input: '--sever', what: 'there is no such flag', fix: 'Did you mean `--server`?' },
      { input: '--zzz', what: 'there is no such flag' },
      { input: 'arguments', what: 'one of them belongs to no flag' },
      { input: 'server', what: 'the flag has no value', accepted: undefined },
      { input: 'ssh-key', what: '`--ssh-key-file` has no value', accepted: 'the path of a file' },
      {
        input: '--db-pasword-file',
        what: 'there is no such flag',
        fix: 'Did you mean `--db-password-file`?',
      },
    ]);
    expect(source.warnings).toEqual(['The variable LIFEBOAT_HOME is no input of Lifeboat; it is not used.']);
  });

  it('takes a flag without its value where that means something', () => {
    expect(read(['--list', '--dry-run']).read('list')).toBe('**');
    expect(read(['--list', '*.pdf']).read('list')).toBe('*.pdf');
    expect(read(['--server', 'a', '--dry-run']).read('list')).toBeUndefined();
  });

  it('takes one input without its flag, first and once', () => {
    const readFirst = (...args: string[]) => createFlagSource(args, {}, declaration, [], 'server');
    expect(readFirst('atlas', '--dry-run').read('server')).toBe('atlas');
    expect(readFirst('--dry-run').problems).toEqual([]);
    expect(readFirst('atlas', '--server', 'other').problems).toEqual([
      { input: 'server', what: 'the flag is given twice' },
    ]);
    expect(readFirst('atlas', 'other').problems).toEqual([
      { input: 'arguments', what: 'one of them belongs to no flag' },
    ]);
  });

  it('says why a file cannot be read', () => {
    expect(read(['--ssh-key-file', join(directory, 'none')]).problems).toEqual([
      { input: 'ssh-key', what: 'the file that `--ssh-key-file` names cannot be read (ENOENT)' },
    ]);
  });
});

it('hides a private key that was put into the wrong input', () => {
  const key = '-----BEGIN PGP PRIVATE KEY BLOCK-----\nAAAA';
  const source = createGitHubSource({ INPUT_SERVER: key, 'INPUT_DB-PASSWORD': ' ' }, declaration);
  expect(findSecrets(declaration, source)).toEqual([key]);
});
