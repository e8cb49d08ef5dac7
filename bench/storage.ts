// `script/bench storage`: a tree of small files, and 250 new ones in it again and again: the built action against what people use, and
// against `find` alone over ssh, which nothing that lists can be faster than (docs/performance.md).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable } from '../src/domain/text/markdown.ts';
import { shellQuote, shellQuoteAll } from '../src/domain/text/shell.ts';
import { dumpInputs } from '../test/helpers/dump-inputs.ts';
import { startAction } from '../test/helpers/runner.ts';
import { createOpenBucket } from './bucket.ts';
import { measure, type Started, type Usage } from './measure.ts';
import { runScript, startScript } from './programs.ts';
import { awsEnv, ownerEnv, startServers, type Servers } from './servers.ts';
import { bootstrapMedian, median } from './statistics.ts';
import { sshCommand } from './ssh-dump.ts';

const NEW_FILES = 250;
/** As in sync-storage. */
const SETTLED_MS = 61_000;
const FILES_IN_DIRECTORY = 500;
const BUCKET = 'references';
const NAMES = ['find', 'restic', 'borg', 'rclone', 'aws'] as const;
type Name = (typeof NAMES)[number];

/** Backs the tree up, the first time all of it. */
interface Contestant {
  readonly name: string;
  start(): Started<unknown>;
}

const COLUMNS: readonly (readonly [string, (usage: Usage) => string])[] = [
  ['wall time, s', ({ wallMs }) => (wallMs / 1e3).toFixed(2)],
  ['CPU, runner or reference, s', ({ cpuMs }) => (cpuMs / 1e3).toFixed(2)],
  ['CPU behind ssh, s', ({ serverCpuMs }) => ((serverCpuMs[0] ?? 0) / 1e3).toFixed(2)],
  ['peak memory, MB', ({ peakBytes }) => (peakBytes / 1e6).toFixed(0)],
];

const MEASURES: readonly (readonly [string, (usage: Usage) => number, number])[] = [
  ['wall time, s', ({ wallMs }) => wallMs / 1e3, 2],
  ['CPU in all, s', ({ cpuMs, serverCpuMs }) => (cpuMs + (serverCpuMs[0] ?? 0)) / 1e3, 2],
  ['peak memory, runner or reference, MB', ({ peakBytes }) => peakBytes / 1e6, 0],
];

const print = (text: string) => process.stdout.write(`${text}\n`);
const tell = (line: string) => process.stderr.write(`bench: ${line}\n`);

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '200000' },
    pairs: { type: 'string', default: '5' },
    // One request for each file takes rclone and aws half an hour for 200,000.
    only: { type: 'string', default: 'find,restic,borg' },
  },
});
const [files, pairs] = [Number(values.files), Number(values.pairs)];
if (!(files > 0 && Number.isInteger(files)))
  throw new Error(`--files ${values.files} is not a number of files`);
if (!(pairs > 0 && Number.isInteger(pairs)))
  throw new Error(`--pairs ${values.pairs} is not a number of pairs`);
const only = values.only.split(',').map((text): Name => {
  const name = NAMES.find((known) => known === text);
  if (name === undefined) throw new Error(`--only ${text}: there are ${NAMES.join(', ')}`);
  return name;
});

print(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}; ${files} files; ${pairs} pairs\n`);
const servers = await startServers();
const tree = mkdtempSync(path.join(servers.lab.ssh.home, 'tree-'));
try {
  tell(`making ${files} files`);
  const growth = growTree();
  growth.add(files);
  await settle();
  const ours = createOurs(servers);
  const references = await Promise.all(only.map((name) => createReference(name, servers)));
  const firsts: [string, Usage][] = [];
  for (const contestant of [ours, ...references]) {
    const { usage } = await measure(() => contestant.start(), [servers.pids.sshd]);
    tell(`first run, ${contestant.name}: ${(usage.wallMs / 1e3).toFixed(2)} s`);
    firsts.push([contestant.name, usage]);
  }
  print(`### The first run\n\n${renderUsages(firsts)}\n`);
  for (const reference of references) {
    const measured: { ours: Usage; reference: Usage }[] = [];
    for (let number = 0; number <= pairs; number += 1) {
      growth.add(NEW_FILES);
      const order = number % 2 === 0 ? [ours, reference] : [reference, ours];
      const usages = new Map<Contestant, Usage>();
      for (const contestant of order)
        usages.set(contestant, (await measure(() => contestant.start(), [servers.pids.sshd])).usage);
      const [own, other] = [usages.get(ours), usages.get(reference)];
      if (own === undefined || other === undefined) throw new Error('both ran');
      tell(
        `${number === 0 ? 'warm-up' : `pair ${number} of ${pairs}`}: ${(own.wallMs / 1e3).toFixed(2)} s against ${(other.wallMs / 1e3).toFixed(2)} s of ${reference.name}`,
      );
      if (number > 0) measured.push({ ours: own, reference: other });
    }
    print(`### ${NEW_FILES} new: ${reference.name}\n\n${renderPairs(reference.name, measured)}\n`);
  }
  await restoreAll(servers, files);
} finally {
  rmSync(tree, { recursive: true });
  await servers.stop();
}

/** What changed a moment ago is packed a second time by the next run: that would be all of it, and no server has a tree of this age. */
async function settle(): Promise<void> {
  tell('waiting until it is a minute old');
  await new Promise((done) => setTimeout(done, SETTLED_MS));
}

/** Files of half a kilobyte to five, which belong to the target's user. */
function growTree() {
  const { uid, gid } = statSync(servers.lab.ssh.home);
  let made = 0;
  return {
    add: (count: number) => {
      for (const end = made + count; made < end; made += 1) {
        const directory = path.join(tree, String(Math.floor(made / FILES_IN_DIRECTORY)));
        if (made % FILES_IN_DIRECTORY === 0) mkdirSync(directory);
        const text = `${made} of them\n`.repeat(30 + (made % 300));
        writeFileSync(path.join(directory, `file-${made}.txt`), text);
      }
      if (process.geteuid?.() === 0) execChown(uid, gid);
    },
  };
}

function execChown(uid: number, gid: number): void {
  // Of the others not even the change time.
  const script = `find "$1" ! -uid ${uid} -exec chown -h ${uid}:${gid} {} +`;
  spawnSync('sh', ['-c', script, 'sh', tree]);
}

function createOurs({ lab }: Servers): Contestant {
  const all = dumpInputs(lab, { server: 'bench', name: 'tree', paths: tree });
  const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('db-')));
  return {
    name: 'Lifeboat',
    start: () => {
      // A runner is new for each job, and has compiled nothing yet.
      const { child, ended } = startAction('sync-storage', inputs, { NODE_DISABLE_COMPILE_CACHE: '1' });
      const good = ended.then(({ exitCode, log }) => {
        if (exitCode !== 0) throw new Error(`the action ended with ${exitCode ?? 'a signal'}:\n${log}`);
      });
      return { pid: child.pid, ended: good };
    },
  };
}

/** All but `find` read the tree where it is: nothing of the way over ssh is counted against them. */
async function createReference(name: Name, { lab, scratch }: Servers): Promise<Contestant> {
  const { s3 } = lab;
  const env: Record<string, string> = { ...ownerEnv(lab, scratch), TREE: tree, LC_ALL: 'C' };
  if (name === 'restic') {
    await createOpenBucket(s3, BUCKET);
    env['RESTIC_REPOSITORY'] = `s3:${s3.endpoint}/${BUCKET}/repository`;
    env['RESTIC_PASSWORD'] = 'bench';
    env['RESTIC_CACHE_DIR'] = `${scratch}/restic-cache`;
    // That bucket needs no signature, and it shall look for no credentials either.
    for (const key of Object.keys(awsEnv(lab, s3.owner, scratch)))
      if (key.startsWith('AWS_')) Reflect.deleteProperty(env, key);
    env['AWS_WEB_IDENTITY_TOKEN_FILE'] = '/nonexistent';
    await runScript('restic init --quiet', env);
  }
  if (name === 'borg') {
    env['BORG_PASSPHRASE'] = 'bench';
    env['BORG_REPO'] = `${scratch}/borg`;
    await runScript('borg init --encryption=repokey', env);
  }
  if (name === 'rclone') {
    const config = `[s3]\ntype = s3\nprovider = Ceph\nendpoint = ${s3.endpoint}\nenv_auth = true\nregion = ${s3.region}\n`;
    writeFileSync(`${scratch}/rclone.conf`, config);
  }
  const list = `find ${shellQuote(tree)} -printf ${shellQuote(String.raw`%p//%y %s %T@ %C@ %i %n %m %U %G\0`)}`;
  const bucket = `${s3.bucket}/${name}`;
  const scripts: Readonly<Record<Name, string>> = {
    find: `${shellQuoteAll(await sshCommand(lab, scratch, list))} >/dev/null`,
    restic: 'restic backup --quiet "$TREE"',
    borg: 'borg create "::run-$(date +%s.%N)" "$TREE"',
    rclone: `rclone --config "$HOME/rclone.conf" sync "$TREE" "s3:${bucket}"`,
    aws: `aws --endpoint-url "$ENDPOINT" s3 sync --quiet "$TREE" "s3://${bucket}"`,
  };
  return { name: name === 'find' ? 'ssh find' : name, start: () => startScript(scripts[name], env) };
}

/** Everything comes back, and how much memory that takes. */
async function restoreAll({ lab, scratch }: Servers, count: number): Promise<void> {
  const [recipient] = lab.keys.recipients;
  const options: Readonly<Record<string, string>> = {
    ...{
      server: 'bench',
      name: 'tree',
      to: `${scratch}/restored`,
      store: `s3://${lab.s3.bucket}/${lab.s3.prefix}`,
    },
    ...{ 'store-endpoint': lab.s3.endpoint, 'store-region': lab.s3.region },
    ...{ 'identity-file': recipient.secretKeyPath, 'trusted-signers-file': lab.keys.signing.publicKeyPath },
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const command = [process.execPath, path.resolve('dist/cli.js'), 'restore-files', 'latest', ...flags];
  const env = {
    ...ownerEnv(lab, scratch),
    LIFEBOAT_STORE_ACCESS_KEY_ID: lab.s3.owner.accessKeyId,
    LIFEBOAT_STORE_SECRET_ACCESS_KEY: lab.s3.owner.secretAccessKey,
    TMPDIR: scratch,
  };
  const { usage } = await measure(() => startScript(`exec ${shellQuoteAll(command)}`, env));
  await runScript('diff -r --no-dereference "$TREE" "$SCRATCH/restored$TREE"', { ...env, TREE: tree });
  print(`### restore-files of ${count} files and what came after\n\n${renderUsages([['Lifeboat', usage]])}`);
}

function renderUsages(usages: readonly (readonly [string, Usage])[]): string {
  return markdownTable(
    ['', ...COLUMNS.map(([title]) => title)].map((title) => ({ title })),
    usages.map(([name, usage]) => [name, ...COLUMNS.map(([, show]) => show(usage))]),
  );
}

function renderPairs(name: string, measured: readonly { ours: Usage; reference: Usage }[]): string {
  const rows = MEASURES.map(([title, value, digits]) => {
    const ratios = measured.map(({ ours, reference }) => value(ours) / value(reference));
    const { low, high } = bootstrapMedian(ratios);
    const middle = (of: 'ours' | 'reference') =>
      median(measured.map((pair) => value(pair[of]))).toFixed(digits);
    return [
      title,
      middle('ours'),
      middle('reference'),
      median(ratios).toFixed(2),
      `${low.toFixed(2)} to ${high.toFixed(2)}`,
    ];
  });
  return markdownTable(
    ['', 'Lifeboat', name, 'ratio', '95 %'].map((title) => ({ title })),
    rows,
  );
}
