// The demo's ten steps (see script/demo). Ends with 0 only when the restored server equals the dumped one, what was deleted by mistake comes
// back, a proof says so, and verify finds nothing wrong before, and every fault after it was made.
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { BINLOG_GRANTS, BINLOG_USER } from '../test/helpers/binlog-site.ts';
import { dumpInputs } from '../test/helpers/dump-inputs.ts';
import { startDatabase } from '../test/helpers/restore-site.ts';
import { restoreTestInputs } from '../test/helpers/restore-test-inputs.ts';
import { startAction, type ActionRun } from '../test/helpers/runner.ts';
import { verifyInputs } from '../test/helpers/verify-site.ts';
import { createGpgHome } from '../test/lab/gpg.ts';
import { loadHelpdesk } from '../test/lab/helpdesk/load.ts';
import { startLab, type Lab, type RunningLab } from '../test/lab/lab.ts';
import { createDumpUser, query, startMariadb, type MariadbAddress } from '../test/lab/mariadb.ts';
import { createS3Client } from '../test/lab/s3.ts';
import { startPodmanForSandboxes } from '../test/lab/sandbox-engines.ts';
import { breakEverything } from './demo-faults.ts';

const DATABASE = 'helpdesk';
const SECOND_MS = 1_000;
const say = (text = '') => process.stdout.write(`${text}\n`);
const heading = (text: string) => {
  say();
  say(`=== ${text}`);
};

const megabytes = Number(process.argv[2]);
/** Where summaries are kept; empty: nowhere. */
const summaries = process.argv[3] ?? '';
heading('1. Servers');
const running = await startLab();
// The lab also ends by itself when this process is killed; this is for a person's Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void running.stop().then(() => process.exit(130));
  });
}
try {
  await demonstrate(running);
} finally {
  heading('Cleaning up');
  await running.stop();
  say('Everything that was started has ended, and its files are gone.');
}

async function demonstrate({ lab, run }: RunningLab): Promise<void> {
  say(`SSH on ${lab.ssh.host}:${lab.ssh.port}, S3 on ${lab.s3.endpoint}, MariaDB on ${lab.mariadb.socket}`);
  say(`Making a helpdesk database of about ${megabytes} MB …`);
  await loadHelpdesk(lab.mariadb, { megabytes, database: DATABASE });

  heading('2. The dump action, as the runner would run it');
  const { outputs } = await showAction('dump', dumpInputs(lab, { server: 'atlas', databases: DATABASE }));

  heading('3. What the user of the backup job may do');
  await tryForbidden(lab, `${lab.s3.prefix}/${outputs['manifest-key'] ?? ''}`);

  heading('4. Restore with stock tools into an empty server');
  const { address } = await startMariadb(run, { hasBinlog: false });
  const gpg = await createGpgHome(run);
  await gpg.importSecretKey(lab.keys.recipients[0]);
  const reader = createS3Client(lab.s3, lab.s3.reader);
  const manifestKey = outputs['manifest-key'] ?? '';
  const manifest = JSON.parse(await readText(reader, lab, manifestKey)) as Manifest;
  for (const role of ['accounts', 'data']) {
    const object = manifest.objects.find((candidate) => candidate.role === role);
    for (const part of object?.parts ?? []) {
      const file = run.path(path.basename(part.key));
      await fetchTo(reader, lab, part.key, file);
      await runShell(`echo '${part.sha256}  ${file}' | sha256sum --check --quiet`);
      const client = `mariadb --socket=${address.socket} --user=${address.adminUser} --binary-mode --comments`;
      await runShell(
        `gpg --homedir ${gpg.directory} --batch --quiet --decrypt ${file} | zstd -dc | ${client}`,
      );
    }
  }
  await gpg.close();

  heading('5. Are they equal?');
  const [source, restored] = await Promise.all([digestOf(lab.mariadb), digestOf(address)]);
  const rows = await query(address, `SELECT COUNT(*) FROM ${DATABASE}.message`).catch(() => '');
  say(`dumped server:   ${source}`);
  say(`restored server: ${restored}`);
  if (source !== restored) throw new Error('the restored server is not equal to the dumped one');
  say(
    `Equal: every table, view, trigger, routine, event and row.${rows === '' ? '' : ` (${rows.trim()} messages)`}`,
  );

  heading('6. Work goes on, somebody makes a mistake, and the ship-binlogs action ships what was written');
  const mistakeAt = await makeMistake(lab);
  const { dumpPassword } = lab.mariadb;
  await createDumpUser(lab.mariadb, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
  await showAction('ship-binlogs', dumpInputs(lab, { server: 'atlas', 'db-user': BINLOG_USER }));
  await showAction(
    'sync-storage',
    storageInputs(lab, { server: 'atlas', name: 'attachments', paths: makeAttachments(lab) }),
  );

  heading(
    '7. The same every week, by the restore-test action, up to the second before the mistake: it ends with a proof',
  );
  const engine = await startPodmanForSandboxes(run);
  const inputs = restoreTestInputs(lab, {
    sandbox: 'podman',
    'point-in-time': mistakeAt.toISOString(),
    'storage-sample': '100%',
    assertions: `${DATABASE}: SELECT COUNT(*) FROM message => > 0\n${DATABASE}: SELECT COUNT(*) FROM work => 1`,
  });
  const environment = {
    ...engine.environment,
    PATH: `${engine.environment['PATH'] ?? ''}:${process.env['PATH'] ?? ''}`,
  };
  const test = await showAction('restore-test', inputs, environment);
  const proofKey = test.outputs['proof-key'] ?? '';
  heading('The proof, as it lies in the store next to its signature');
  say((await readText(reader, lab, proofKey)).trimEnd());

  heading('8. A second server, boreas');
  const boreas = await startDatabase(run, lab);
  await loadHelpdesk(boreas.mariadb, { megabytes: 5, database: DATABASE });
  await showAction('dump', dumpInputs(boreas, { server: 'boreas', databases: DATABASE }));
  await showAction(
    'restore-test',
    restoreTestInputs(lab, { server: 'boreas', sandbox: 'podman' }),
    environment,
  );

  heading('9. The verify action: is everything in the store as it should be?');
  await showAction('verify', verifyInputs(lab));

  heading('10. Is it seen when something is not?');
  await breakEverything({ lab, boreas, database: DATABASE, run, say });
}

/** Of no database. */
function storageInputs(lab: Lab, changes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dumpInputs(lab, changes)).filter(([name]) => !name.startsWith('db-')),
  );
}

/** Returns the directory. */
function makeAttachments({ ssh }: Lab): string {
  const directory = path.join(ssh.home, 'attachments');
  for (let ticket = 1; ticket <= 200; ticket += 1) {
    mkdirSync(path.join(directory, String(ticket)), { recursive: true });
    writeFileSync(
      path.join(directory, String(ticket), 'screenshot.txt'),
      `of ticket ${ticket}\n`.repeat(ticket),
    );
  }
  return directory;
}

/** Returns a moment between good work and the mistake. Binary logs of MariaDB tell whole seconds. */
async function makeMistake({ mariadb }: Lab): Promise<Date> {
  const run = (sql: string): Promise<string> => {
    say(`SQL> ${sql}`);
    return query(mariadb, `USE ${DATABASE}; ${sql}`);
  };
  await run("CREATE TABLE work (note TEXT); INSERT INTO work VALUES ('done after the dump')");
  const at = new Date();
  await sleep(2 * SECOND_MS);
  await run('DELETE FROM message');
  await sleep(SECOND_MS);
  return at;
}

/** Runs an action, shows its log as it comes and then its job summary. Throws when it does not end well. */
async function showAction(
  name: string,
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ActionRun> {
  const action = startAction(name, inputs, environment);
  for (const stream of [action.child.stdout, action.child.stderr]) {
    if (stream)
      createInterface({ input: stream }).on('line', (line) => {
        if (!line.startsWith('::add-mask::')) say(`  | ${line}`);
      });
  }
  const ended = await action.ended;
  if (ended.exitCode !== 0) throw new Error(`the ${name} action ended with ${ended.exitCode}`);
  heading('The job summary (Markdown, as GitHub renders it)');
  say(ended.summary.trimEnd());
  // The first of each action.
  const file = path.join(summaries, `${name}.md`);
  if (summaries !== '' && !existsSync(file)) writeFileSync(file, ended.summary);
  return ended;
}

interface Manifest {
  readonly objects: readonly {
    readonly role: string;
    readonly parts: readonly { readonly key: string; readonly sha256: string }[];
  }[];
}

/** With the writer's credentials; each of these has to be refused. */
async function tryForbidden(lab: Lab, key: string): Promise<void> {
  const writer = createS3Client(lab.s3, lab.s3.writer);
  const Bucket = lab.s3.bucket;
  const proof = `${lab.s3.prefix}/atlas/proofs/forged/proof.json`;
  const attempts: [string, () => Promise<unknown>][] = [
    ['read a backup', () => writer.send(new GetObjectCommand({ Bucket, Key: key }))],
    ['list backups', () => writer.send(new ListObjectsV2Command({ Bucket }))],
    ['delete a backup', () => writer.send(new DeleteObjectCommand({ Bucket, Key: key }))],
    ['write a proof', () => writer.send(new PutObjectCommand({ Bucket, Key: proof, Body: 'forged' }))],
  ];
  for (const [what, attempt] of attempts) {
    const status = await attempt().then(
      () => 200,
      (error: unknown) =>
        (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0,
    );
    if (status !== 403) throw new Error(`the put-only user could ${what}: status ${status}`);
    say(`${what}: refused (403)`);
  }
  writer.destroy();
}

async function readText(client: S3Client, lab: Lab, key: string): Promise<string> {
  const answer = await client.send(
    new GetObjectCommand({ Bucket: lab.s3.bucket, Key: `${lab.s3.prefix}/${key}` }),
  );
  return (await answer.Body?.transformToString()) ?? '';
}

async function fetchTo(client: S3Client, lab: Lab, key: string, file: string): Promise<void> {
  say(`fetch ${key}`);
  const answer = await client.send(
    new GetObjectCommand({ Bucket: lab.s3.bucket, Key: `${lab.s3.prefix}/${key}` }),
  );
  await pipeline(answer.Body as NodeJS.ReadableStream, createWriteStream(file, { mode: 0o600 }));
}

/** Shows a command and runs it; every part of its pipelines has to end with 0. */
async function runShell(command: string): Promise<void> {
  say(`$ ${command}`);
  const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the command ended with ${code}`);
}

/** SHA-256 of a dump without comments and blank lines. */
async function digestOf(server: MariadbAddress): Promise<string> {
  const options = ['--no-defaults', `--socket=${server.socket}`, `--user=${server.adminUser}`, '--hex-blob'];
  const content = ['--single-transaction', '--routines', '--events', '--databases', DATABASE];
  const child = spawn('mariadb-dump', [...options, ...content], { stdio: ['ignore', 'pipe', 'inherit'] });
  const hash = createHash('sha256');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== '' && !line.startsWith('--')) hash.update(`${line}\n`);
  }
  if (child.exitCode !== null && child.exitCode !== 0) throw new Error('mariadb-dump failed');
  return hash.digest('hex');
}
