// Somebody at a terminal, in whose place a list answers; the server is one that shows a host key and nothing else.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { init, type InitPorts } from '../../../src/actions/init/init.ts';
import { initDeclaration } from '../../../src/actions/init/inputs.ts';
import { makeKey } from '../../../src/encryption/make-key.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { RunReporter } from '../../../src/platform/run-reporter.ts';
import { Sanitizer } from '../../../src/platform/sanitize.ts';
import { isListed } from '../../../src/remote/host-key.ts';
import { makeSshKey } from '../../../src/remote/make-ssh-key.ts';
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
      ...{ makeKey, makeSshKey, isListed, ask },
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
