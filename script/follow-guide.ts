// Types what docs/getting-started.md and the page of `init` say, on a clean machine and against a clean server, and times it.
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { PRINT_HOST_KEYS } from '../src/actions/init/site.ts';
import { parsePage, readPage, ROOT } from '../test/helpers/documentation.ts';
import { type ActionRun, runAction } from '../test/helpers/runner.ts';
import { TellingService, TOKEN } from '../test/helpers/telling-service.ts';
import { type JobRun, runWorkflowText, type Surroundings } from '../test/helpers/workflow-runner.ts';
import { runCommand, type CommandResult } from '../test/lab/command.ts';
import { startMachine, type Machine } from '../test/lab/machine.ts';
import { Container } from '../test/lab/podman.ts';
import { findRootFileSystem } from '../test/lab/root-file-system.ts';
import type { LabRun } from '../test/lab/run.ts';
import type { S3Server } from '../test/lab/s3.ts';
import { type LabSandboxEngine, startPodmanForSandboxes } from '../test/lab/sandbox-engines.ts';
import { countWords, GETTING_STARTED, readSteps, SETUP, type Step } from './guide.ts';

/** What the page promises. */
const LIMIT_SECONDS = 600;
/** Of a manual, by somebody who reads it for the first time. */
const READ_WORDS_A_MINUTE = 230;
const LAB = path.join(ROOT, 'test/lab');
const HOME = '/root';
/** Where git looks for a repository that its page says is on GitHub. */
const CLONED = '/source/lifeboat';
/** Of its own: other pages are followed on the same store. */
export const GUIDE_BUCKET = 'getting-started-backups';
const SHOWN_CHARS = 3_000;

const NOT_LITERAL = [
  'git clone: from a repository on that machine, which has the dist/ of this checkout',
  "gh: a stand-in for GitHub's program and for GitHub: keeps repositories, environments, secrets and variables, and runs the workflow files",
  'apt-get: is typed, but everything is on the server already: nothing is downloaded',
  'aws: the real program, logged in to a Ceph Object Gateway in place of Amazon',
  'the server has no port 22 of its own, and its host key is compared by the script, which then types "same"',
];

export interface Followed {
  readonly seconds: number;
  /** Everything that the machines of the newcomer printed. */
  readonly printed: string;
  /** What the jobs said, in their order. */
  readonly jobs: readonly Pick<ActionRun, 'log' | 'summary'>[];
  /** Files of the directory of the keys, by their names. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Throws when a block is not known, a step fails, or all of it takes longer than promised. What it starts ends with the run. */
export async function followGettingStarted(
  run: LabRun,
  s3: Pick<S3Server, 'endpoint' | 'region' | 'owner'>,
  say: (line: string) => void,
): Promise<Followed> {
  const service = await TellingService.start();
  try {
    const [server, sandbox, desk] = await Promise.all([
      startMachine(run),
      startPodmanForSandboxes(run, 'newer mariadb'),
      startDesk(run, s3),
    ]);
    const guide = new Guide(server, desk, sandbox, service, say);
    await guide.prepare();
    return await guide.follow(s3);
  } finally {
    await service.stop();
  }
}

/** A clean Debian with Node, git, and the programs of GitHub and Amazon, logged in: what the page asks for. */
async function startDesk(run: LabRun, s3: Pick<S3Server, 'owner'>): Promise<Container> {
  const programs = (await runCommand('git', ['--exec-path'])).trim();
  const git = (await runCommand('sh', ['-c', 'command -v git'])).trim();
  const mounts = [
    [realpathSync(process.execPath), '/usr/local/bin/node'],
    [path.join(LAB, 'gh.sh'), '/usr/local/bin/gh'],
    [git, '/usr/bin/git'],
    [programs, programs],
    [path.join(ROOT, 'dist'), '/source/dist'],
  ];
  return Container.start(run, 'desk', {
    root: await findRootFileSystem(),
    script: path.join(LAB, 'desk.sh'),
    env: {
      HOME,
      AWS_ACCESS_KEY_ID: s3.owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.owner.secretAccessKey,
      ...{ GIT_AUTHOR_NAME: 'Reader', GIT_AUTHOR_EMAIL: 'reader@example.com' },
      ...{ GIT_COMMITTER_NAME: 'Reader', GIT_COMMITTER_EMAIL: 'reader@example.com' },
    },
    options: mounts.flatMap(([from = '', to = '']) => ['--volume', `${from}:${to}:ro`]),
  });
}

class Guide {
  readonly #server: Machine;
  readonly #desk: Container;
  readonly #sandbox: LabSandboxEngine;
  readonly #service: TellingService;
  readonly #say: (line: string) => void;
  readonly #printed: string[] = [];
  readonly #jobs: ActionRun[] = [];
  #seconds = 0;
  #runsDone = 0;

  constructor(
    server: Machine,
    desk: Container,
    sandbox: LabSandboxEngine,
    service: TellingService,
    say: (line: string) => void,
  ) {
    this.#server = server;
    this.#desk = desk;
    this.#sandbox = sandbox;
    this.#service = service;
    this.#say = say;
  }

  /** What is there before anybody begins: a database worth a backup, and something to clone. */
  async prepare(): Promise<void> {
    await this.#server.query(
      "CREATE DATABASE shop; CREATE TABLE shop.stock (id INT PRIMARY KEY, name TEXT); INSERT INTO shop.stock VALUES (7, 'rope')",
    );
    const clonable = `mkdir -p ${CLONED} /github && cp -r /source/dist ${CLONED} && cd ${CLONED} && git init --quiet && git add . && git commit --quiet --message dist`;
    demand(clonable, await this.#desk.exec(['sh', '-c', clonable]));
  }

  async follow({ endpoint, region }: Pick<S3Server, 'endpoint' | 'region'>): Promise<Followed> {
    const { host, port } = this.#server.address;
    const values = {
      'https://github.com/OWNER/lifeboat': CLONED,
      'atlas.example.com': `${host} --ssh-port ${port}`,
      's3://example-backups/servers': `s3://${GUIDE_BUCKET}/servers --store-endpoint ${endpoint}`,
      'eu-central-1': region,
    };
    const steps = readSteps(readPage('docs/getting-started.md'), GETTING_STARTED, values);
    this.#say('Not typed as it stands:');
    for (const line of NOT_LITERAL) this.#say(`- ${line}`);
    for (const [name, value] of Object.entries(values)) this.#say(`- ${name}: typed as ${value}`);
    this.#say('');
    for (const step of steps) await this.#take(step);
    const keysDirectory = /--keys-directory (\S+)/.exec(steps.map(({ text }) => text).join(''))?.[1] ?? '';
    const keys = path.posix.join(HOME, 'lifeboat', keysDirectory);
    const page = demand('setup.md', await this.#desk.exec(['cat', `${keys}/setup.md`]));
    for (const step of readSteps(parsePage('setup.md', page), SETUP, { 'ACCOUNT-HERE': 'example' }))
      await this.#take(step);
    const guide = readFileSync(path.join(ROOT, 'docs/getting-started.md'), 'utf8');
    const words = countWords(page) + countWords(guide);
    const minutes = this.#seconds / 60 + words / READ_WORDS_A_MINUTE;
    this.#say(`\n${format(this.#seconds)}  in all, from nothing to a first proven restore`);
    this.#say(`With the reading of two pages of ${words} words that is ${minutes.toFixed(1)} minutes.`);
    if (this.#seconds > LIMIT_SECONDS) throw new Error(`that is more than ${LIMIT_SECONDS} seconds`);
    return {
      seconds: this.#seconds,
      printed: this.#printed.join(''),
      jobs: this.#jobs,
      keys: await this.#readFiles(keys),
    };
  }

  async #take(step: Step): Promise<void> {
    const [first = ''] = step.text.split('\n');
    await this.#time(`${step.place}, ${step.heading}: ${first}`, () => this.#type(step));
    const runs = demand('runs', await this.#desk.exec(['sh', '-c', 'cat /github/runs 2> /dev/null || true']));
    const asked = runs.split('\n').filter((line) => line !== '');
    for (const line of asked.slice(this.#runsDone)) {
      this.#runsDone += 1;
      const [repository = '', file = '', ...options] = line.split(' ');
      await this.#time(`GitHub, ${repository}: ${file}`, () => this.#runWorkflow(repository, file, options));
    }
  }

  async #time(what: string, work: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await work();
    const seconds = (performance.now() - start) / 1_000;
    this.#seconds += seconds;
    this.#say(`${format(seconds)}  ${what.slice(0, 120)}`);
  }

  async #type({ place, text }: Step): Promise<void> {
    if (place === 'the database, as its administrator') {
      this.#printed.push(await this.#server.query(text));
    } else if (place === 'the server, as root') {
      const done = await this.#server.exec(['bash', '-euo', 'pipefail'], { input: text });
      this.#printed.push(demand(text, done));
    } else if (/ init /.test(text)) {
      await this.#typeAtTerminal(text);
    } else {
      const done = await this.#desk.exec(['bash', '-euo', 'pipefail'], { input: inSession(text) });
      this.#printed.push(demand(text, done));
    }
  }

  /** `init` asks at a terminal whether the host key was compared. */
  async #typeAtTerminal(text: string): Promise<void> {
    const listed = demand('host keys', await this.#server.exec(['sh', '-euc', PRINT_HOST_KEYS]));
    const command = [
      'script',
      '--quiet',
      '--return',
      '--command',
      `bash -euc ${quote(inSession(text))}`,
      '/dev/null',
    ];
    const printed = demand(text, await this.#desk.exec(command, { input: 'same\n' }));
    const [, fingerprint = 'none'] = /showed the host key ssh-ed25519 (SHA256:\S+)\./.exec(printed) ?? [];
    if (!listed.includes(fingerprint))
      throw new Error(`the server does not have the key that init shows:\n${printed}`);
    this.#printed.push(printed);
  }

  async #runWorkflow(repository: string, file: string, options: readonly string[]): Promise<void> {
    const show = ['git', '-C', `/github/${repository}.git`, 'show', `HEAD:.github/workflows/${file}`];
    const text = demand(file, await this.#desk.exec(show));
    const inputs = Object.fromEntries(
      options.filter((word) => word !== '-f').map((word) => [word.split('=')[0] ?? '', word.split('=')[1]]),
    );
    const [environment = ''] = Array.from(text.matchAll(/^ +environment: (.+)$/gm), ([, name = '']) => name);
    const kept = await this.#readEnvironment(`/github/${repository}/${environment}`);
    const around: Surroundings = {
      environment: () => kept,
      token: (canWriteIssues) => (canWriteIssues ? TOKEN : 'a token that may not write issues'),
      run: async (action, given) => {
        const machine = action === 'restore-test' ? this.#sandbox.environment : {};
        const done = await runAction(action, given, { ...machine, ...this.#service.variables });
        this.#jobs.push(done);
        return done;
      },
    };
    const jobs = await runWorkflowText(file, text, { name: 'workflow_dispatch', inputs }, around);
    for (const fault of faultsIn(jobs)) throw new Error(fault);
  }

  async #readEnvironment(folder: string) {
    const [secrets, vars] = [
      await this.#readFiles(`${folder}/secrets`),
      await this.#readFiles(`${folder}/variables`),
    ];
    return { secrets, vars };
  }

  async #readFiles(folder: string): Promise<Record<string, string>> {
    const list = 'cd "$1" && for file in *; do echo "$file $(base64 --wrap 0 "$file")"; done';
    const lines = demand(folder, await this.#desk.exec(['bash', '-euc', list, 'bash', folder]));
    const files = lines.split('\n').map((line) => line.split(' '));
    return Object.fromEntries(
      files.map(([name = '', value = '']) => [name, Buffer.from(value, 'base64').toString()]),
    );
  }
}

/** One terminal for all blocks: directory, variables and umask of the one before are still there. */
function inSession(text: string): string {
  const session = '/tmp/session';
  const keep = `{ export -p; umask -p; printf 'cd %q\\n' "$PWD"; } > ${session}`;
  return `[[ -e ${session} ]] && . ${session} || cd ${HOME}\n${text}\n${keep}\n`;
}

function faultsIn(jobs: readonly JobRun[]): string[] {
  return jobs.flatMap(({ name, steps }) =>
    steps
      .filter(({ exitCode }) => exitCode !== 0)
      .map(({ log }) => `the job ${name} failed:\n${log.slice(-SHOWN_CHARS)}`),
  );
}

function demand(what: string, { status, stdout, stderr }: CommandResult): string {
  const printed = stdout.toString();
  if (status === 0) return printed;
  throw new Error(
    `ended with ${status ?? 'a signal'}:\n${what}\n${`${printed}\n${stderr}`.slice(-SHOWN_CHARS)}`,
  );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function format(seconds: number): string {
  return `${seconds.toFixed(1).padStart(6)} s`;
}
