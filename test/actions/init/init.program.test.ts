// Somebody at a terminal, in whose place a list answers; the server is one that shows a host key and nothing else.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSteps, SETUP } from '../../../script/guide.ts';
import { init, type InitPorts } from '../../../src/actions/init/init.ts';
import { initDeclaration } from '../../../src/actions/init/inputs.ts';
import { makeKey } from '../../../src/encryption/make-key.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { RunReporter } from '../../../src/platform/run-reporter.ts';
import { Sanitizer } from '../../../src/platform/sanitize.ts';
import { isListed } from '../../../src/remote/host-key.ts';
import { makeSshKey } from '../../../src/remote/make-ssh-key.ts';
import { blocksBelow, parsePage, readPage } from '../../helpers/documentation.ts';
import { createRecordingPrinter } from '../../helpers/recording-printer.ts';

const signal = new AbortController().signal;
const SHOWN = {
  fingerprint: `ssh-ed25519 SHA256:${'A'.repeat(42)}E`,
  knownHostsLine: 'atlas.example.com ssh-ed25519 AAAA',
};

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'init-'))));
afterEach(() => rmSync(directory, { recursive: true }));

async function run(
  given: Readonly<Record<string, string>>,
  answers: string[],
  ports: Partial<InitPorts> = {},
): Promise<{ page: string; questions: string[] }> {
  const questions: string[] = [];
  const ask = (question: string) => {
    questions.push(question);
    const answer = answers.shift();
    return answer === undefined
      ? Promise.reject(new Error(`unexpected: ${question}`))
      : Promise.resolve(answer);
  };
  const source = { read: (name: string) => given[name], howToGive: () => '', problems: [], warnings: [] };
  const surroundings = { isHostedRunner: false, canAsk: true };
  const { inputs } = await gatherInputs(initDeclaration, source, surroundings, { checks: {} });
  const page = await init(
    inputs,
    {
      reporter: new RunReporter(createRecordingPrinter(), new Sanitizer()),
      ...{ makeKey, makeSshKey, isListed, ask, program: '/opt/lifeboat/dist/cli.js' },
      fetchHostKey: () => Promise.resolve(SHOWN),
      ...ports,
    },
    signal,
  );
  return { page, questions };
}

const answersFor = (...last: string[]) => [
  'atlas',
  'atlas.example.com',
  's3://example-backups',
  path.join(directory, 'keys'),
  ...last,
];
const dumpWorkflow = () => readFileSync(path.join(directory, '.github/workflows/dump-atlas.yml'), 'utf8');

it('asks for what is missing, again until it can be used, and writes a host key that was compared', async () => {
  const { questions } = await run({ directory }, ['Atlas!', '', '', ...answersFor('same')]);
  expect(questions[0]).not.toContain('terminal');
  expect(questions[1]).toContain('is not a name for a server');
  expect(questions.filter((question) => question.includes('\nserver: '))).toHaveLength(3);
  expect(questions.at(-1)).toContain(`showed the host key ${SHOWN.fingerprint}`);
  expect(dumpWorkflow()).toContain(`ssh-known-hosts: ${SHOWN.fingerprint}\n`);
});

it('a host key that was not compared is not written', async () => {
  const { page } = await run({ directory }, answersFor('yes'));
  expect(page).toContain('Nobody has compared it yet');
  expect(dumpWorkflow()).not.toContain(SHOWN.fingerprint);
});

it('a server that does not answer is no reason to stop, one that misbehaves is', async () => {
  const failing = (code: 'ssh-unreachable' | 'ssh-host-key') => ({
    fetchHostKey: () => Promise.reject(new LifeboatError(code, 'no answer')),
  });
  await expect(run({ directory }, answersFor(), failing('ssh-host-key'))).rejects.toThrow('no answer');
  expect(existsSync(path.join(directory, 'keys'))).toBe(false);
  const { page } = await run({ directory }, answersFor(), failing('ssh-unreachable'));
  expect(page).toContain('The host key could not be fetched (no answer)');
});

it('sees a checkout behind a link', async () => {
  mkdirSync(path.join(directory, 'checkout/.git'), { recursive: true });
  symlinkSync(path.join(directory, 'checkout'), path.join(directory, 'link'));
  const given = { directory, 'keys-directory': path.join(directory, 'link/deep/keys') };
  await expect(run(given, answersFor().slice(0, 3))).rejects.toThrow('lies in the git checkout');
  expect(existsSync(path.join(directory, 'checkout/deep'))).toBe(false);
});

it('what cannot be written whole is not written at all, and says so', async () => {
  mkdirSync(path.join(directory, '.github'));
  writeFileSync(path.join(directory, '.github/workflows'), '');
  await expect(run({ directory }, answersFor('same'))).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringContaining('cannot be written (ENOTDIR)') as string,
  });
  expect(readdirSync(directory)).toEqual(['.github']);
});

it('a directory that can never be made ends, too', async () => {
  const given = { directory, 'keys-directory': '/proc/lifeboat/keys' };
  await expect(run(given, [...answersFor().slice(0, 3), 'same'])).rejects.toMatchObject({
    code: 'input-invalid',
  });
});

it('refuses a directory for keys that is open to others, and a checkout that is not there', async () => {
  const keys = path.join(directory, 'keys');
  mkdirSync(keys);
  chmodSync(keys, 0o755);
  await expect(run({ directory }, answersFor())).rejects.toThrow('is open to others');
  chmodSync(keys, 0o700);
  const given = { directory: path.join(directory, 'nowhere') };
  await expect(run(given, answersFor())).rejects.toThrow('is no directory');
  await run({ directory }, answersFor('same'));
});

const blocksOf = (page: string) =>
  Array.from(page.matchAll(/^```sh\n([^]*?)\n```$/gm), ([, text = '']) => text);

it('its commands are for the machine that they are pasted on, in the order of their steps', async () => {
  const given = { directory, 'db-defaults-file': "~/it's.cnf", 'ssh-port': '2222' };
  const { page } = await run(given, answersFor('no'));
  const keys = path.join(directory, 'keys');
  const blocks = blocksOf(page);
  const lines = blocks.join('\n').split('\n');
  expect(lines).toContain(`ssh -p 2222 root@atlas.example.com mariadb < ${keys}/database.sql`);
  const save = blocks.find((text) => text.includes('lifeboat.cnf')) ?? '';
  // Words are taken apart twice: by the shell here, and by the one on the server.
  const outcome = execFileSync('sh', ['-c', `ssh() { shift 5; HOME=${directory} sh -c "$1"; }\n${save}`]);
  expect(outcome.toString()).toBe('');
  expect(readFileSync(path.join(directory, "it's.cnf"), 'utf8')).toBe(
    readFileSync(path.join(keys, 'lifeboat.cnf'), 'utf8'),
  );
  const doctor = blocks.find((text) => text.includes(' doctor ')) ?? '';
  expect(doctor).toMatch(/^node \/opt\/lifeboat\/dist\/cli\.js doctor /);
  expect(doctor).toContain(`--workflow ${directory}/.github/workflows/dump-atlas.yml`);
  expect(doctor).toContain(`--db-defaults-file '~/it'\\''s.cnf'`);
  const order = ['`OWNER` is', 'perl -pi', ' doctor ', 'git push', 'gh workflow run', 'shred'];
  const places = order.map((text) => page.indexOf(text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

it('its one-liner writes who has the actions, and which commit of them, into every workflow file', async () => {
  const { page } = await run({ directory, binlogs: 'true' }, answersFor('no'));
  const block = blocksOf(page).find((text) => text.includes('perl -pi')) ?? '';
  expect(block).toContain('git -C /opt/lifeboat rev-parse HEAD');
  execFileSync('sh', ['-euc', `git() { echo 0a1b; }\n${block.replace('ACCOUNT-HERE', 'example')}`]);
  const folder = path.join(directory, '.github/workflows');
  const uses = readdirSync(folder).map(
    (name) => /uses: (.*)/.exec(readFileSync(path.join(folder, name), 'utf8'))?.[1],
  );
  expect(uses.toSorted()).toEqual(
    ['dump', 'restore-test', 'ship-binlogs', 'verify'].map((name) => `example/lifeboat/${name}@0a1b`),
  );
});

it('makes an account for binary logs, and says how to use it, when asked', async () => {
  const given = { directory, binlogs: 'true', engine: 'mysql' };
  const { page } = await run(given, answersFor('no'));
  const [create = '', grant = ''] = readFileSync(path.join(directory, 'keys/binlogs.sql'), 'utf8').split(
    '\n',
  );
  const [, documented = ''] = blocksBelow(
    readPage('docs/server-setup.md'),
    'sql',
    'An account for binary logs',
  );
  expect(`${create.replace(/'.*'/, "'a long random password'")}\n${grant}\n`).toBe(documented);
  expect(readFileSync(path.join(directory, 'keys/lifeboat-binlogs.cnf'), 'utf8')).toContain(
    'user=lifeboat_binlogs\n',
  );
  expect(page).toContain(`ssh root@atlas.example.com mysql < ${directory}/keys/binlogs.sql`);
  expect(page).toContain('cat > ~/.lifeboat-binlogs.cnf && chmod 400');
  expect(page).toContain('gh workflow run ship-binlogs-atlas.yml');
  expect(page).toContain('restore-test-atlas.yml -f point-in-time=none');
});

it('puts the daily look into a second repository, and says what to do there', async () => {
  const verify = path.join(directory, 'second');
  await expect(run({ directory, 'verify-directory': verify }, answersFor())).rejects.toThrow(
    'is no directory',
  );
  mkdirSync(verify);
  const { page } = await run({ directory, 'verify-directory': verify }, answersFor('no'));
  expect(readdirSync(path.join(verify, '.github/workflows'))).toEqual(['verify-atlas.yml']);
  const blocks = blocksOf(page).filter((text) => text.startsWith(`cd ${verify}\n`));
  expect(blocks.map((text) => text.includes('--env verify-atlas'))).toEqual([true, false]);
  expect(blocks[1]).toContain('gh workflow run verify-atlas.yml');
});

it('says how to see which of the directories the user may not read', async () => {
  const { page } = await run({ directory, 'storage-paths': '/srv/www\n/srv/a b' }, answersFor('no'));
  expect(page).toContain("runuser -u lifeboat -- find /srv/www '/srv/a b' ! -readable -prune -print");
});

it('every block of its page is one that script/getting-started types, or knows to be shown', async () => {
  const given = { directory, 'store-endpoint': 'https://s3.example.org', 'store-region': 'eu-1' };
  const { page } = await run(given, answersFor('same'));
  const own = { 'ACCOUNT-HERE': 'example', 'atlas.example.com': '127.0.0.1' };
  expect(readSteps(parsePage('setup.md', page), SETUP, own)).toHaveLength(12);
});

it('tells where a password belongs that is for a container', async () => {
  const given = { directory, 'db-defaults-file': '/run/secrets/cnf', 'db-container': 'shop-db-1' };
  const { page } = await run(given, answersFor('no'));
  expect(page).toContain('ssh root@atlas.example.com docker exec -i shop-db-1 mariadb < ');
  expect(page).toContain('`lifeboat.cnf` belongs inside the container, as `/run/secrets/cnf`');
  expect(page).toContain('as good as root');
});

it.each([
  ['mariadb', true],
  ['mysql', false],
])('tells whether a container of %s needs a fixed host name', async (engine, isNeeded) => {
  const container = { 'db-defaults-file': '/run/secrets/cnf', 'db-container': 'shop-db-1' };
  const { page } = await run({ directory, engine, ...container }, answersFor('no'));
  expect(page.includes('the container needs a fixed host name (`hostname:`')).toBe(isNeeded);
});

it('a host key that could not be fetched has to be written in both places', async () => {
  const fetchHostKey = () => Promise.reject(new LifeboatError('ssh-unreachable', 'no answer'));
  const { page } = await run({ directory }, answersFor(), { fetchHostKey });
  expect(page).toMatch(/From that line write .*in the workflow file of the dump and in `--ssh-known-hosts`/);
  expect(page).toContain('`ssh-ed25519 SHA256:…`');
});

it.each([
  ['s3://example-backups', 'Amazon S3', ['writer-secret', 'reader-secret', 'prover-secret']],
  ['sftp://backup@store.example.com:2222/backups', 'SFTP at `store.example.com:2222`', ['store-ssh-key']],
  ['file:///srv/backups', 'a directory of this machine', []],
])('says of %s where it is, and where its keys belong', async (store, service, files) => {
  const [server = '', host = '', , ...others] = answersFor('no');
  const { page } = await run({ directory, store }, [server, host, ...others]);
  expect(readFileSync(path.join(directory, 'keys/paper.md'), 'utf8')).toContain(service);
  for (const name of files) expect(page).toMatch(new RegExp(`^\\| \`${name}\` .*environment`, 'm'));
  expect(page.includes('run this there')).toBe(store.startsWith('file:'));
});
