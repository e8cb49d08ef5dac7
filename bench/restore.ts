// `script/bench restore`: measures how long a restore test takes to load a backup, against the pipeline that a careful person would
// write, into the same image (docs/performance.md).
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { markdownTable } from '../src/domain/text/markdown.ts';
import type { DumpManifest } from '../src/domain/dumps/manifest.ts';
import type { DumpProof } from '../src/domain/proofs/proof.ts';
import { dumpInputs } from '../test/helpers/dump-inputs.ts';
import { restoreTestInputs } from '../test/helpers/restore-test-inputs.ts';
import { runAction } from '../test/helpers/runner.ts';
import { createGpgHome } from '../test/lab/gpg.ts';
import { loadHelpdesk } from '../test/lab/helpdesk/load.ts';
import { startLab, type Lab } from '../test/lab/lab.ts';
import { createS3Client } from '../test/lab/s3.ts';
import { startPodmanForSandboxes, type LabSandboxEngine } from '../test/lab/sandbox-engines.ts';
import { parseOptions } from './options.ts';
import { runScript } from './programs.ts';
import { SQL_DIGEST } from './sql-digest.ts';
import { bootstrapMedian, median } from './statistics.ts';

const DATABASE = 'helpdesk';
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** A server as it is installed, but for the size of packets: durable, with its default memory. */
const SERVER = `
  mariadb-install-db --no-defaults --user=mysql --auth-root-authentication-method=normal --skip-test-db --datadir=/var/lib/mysql/bench >/dev/null &&
  exec mariadbd --no-defaults --datadir=/var/lib/mysql/bench --socket=/tmp/bench.sock --skip-networking --max-allowed-packet=1G`;
const CLIENT =
  'mariadb --no-defaults --user=root --socket=/tmp/bench.sock --max-allowed-packet=1G --binary-mode --comments';

const DUMP_OPTIONS = `--single-transaction --hex-blob --no-tablespaces --routines --events --default-character-set=utf8mb4 --max-allowed-packet=1G --databases ${DATABASE}`;

const print = (text: string) => process.stdout.write(`${text}\n`);
const tell = (line: string) => process.stderr.write(`bench: ${line}\n`);

interface Times {
  /** Of the SQL text into the server, decryption included. */
  readonly loadMs: number;
  /** From the first byte fetched to the last check; nothing to compare with. */
  readonly totalMs?: number;
}

const { sizeBytes, pairs } = parseOptions(process.argv.slice(2));
print(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}; ${pairs} pairs\n`);
const running = await startLab();
try {
  const { lab, run } = running;
  tell(`making a database of ${sizeBytes / 1e6} MB and dumping it`);
  await loadHelpdesk(lab.mariadb, { megabytes: sizeBytes / 1e6, database: DATABASE });
  const dumped = await runAction('dump', dumpInputs(lab, { databases: DATABASE }));
  if (dumped.exitCode !== 0) throw new Error(dumped.log);
  const engine = await startPodmanForSandboxes(run);
  const file = await fetchData(lab, dumped.outputs['manifest-key'] ?? '');
  const gpg = await createGpgHome(lab);
  await gpg.importSecretKey(lab.keys.recipients[0]);
  const variables = {
    PATH: `${engine.environment['PATH'] ?? ''}:${USUAL_PATH}`,
    HOME: engine.environment['HOME'] ?? '',
    FILE: file,
    GPG_HOME: gpg.directory,
    SCRATCH: gpg.directory,
    IMAGE: engine.image,
    SERVER,
    CLIENT,
  };
  // The same command against the source: its dump in the store has other comments and blank lines.
  const source = `--socket=${lab.mariadb.socket} --user=${lab.mariadb.adminUser}`;
  const expected = await runScript(
    `mariadb-dump --no-defaults ${source} ${DUMP_OPTIONS} | ${SQL_DIGEST}`,
    variables,
  );
  const measured: { ours: Times; reference: Times }[] = [];
  for (let number = 0; number <= pairs; number += 1) {
    const isOursFirst = number % 2 === 0;
    const first = await (isOursFirst ? loadOurs(lab, engine) : loadReference(variables, expected));
    const second = await (isOursFirst ? loadReference(variables, expected) : loadOurs(lab, engine));
    const pair = isOursFirst ? { ours: first, reference: second } : { ours: second, reference: first };
    tell(
      `${number === 0 ? 'warm-up' : `pair ${number} of ${pairs}`}: ${pair.ours.loadMs / 1e3} s against ${pair.reference.loadMs / 1e3} s`,
    );
    if (number > 0) measured.push(pair);
  }
  await gpg.close();
  print(render(measured));
} finally {
  await running.stop();
}

/** The times that the proof states; that there is one says that every byte came back. */
async function loadOurs(lab: Lab, engine: LabSandboxEngine): Promise<Times> {
  const inputs = restoreTestInputs(lab, { sandbox: 'podman' });
  const { exitCode, outputs, log } = await runAction('restore-test', inputs, engine.environment);
  if (exitCode !== 0 || outputs['level'] !== '3') throw new Error(log);
  const proof = JSON.parse((await read(lab, outputs['proof-key'] ?? '')).toString()) as DumpProof;
  return proof.timings;
}

/** The server is there and empty when the clock starts. Throws unless its dump afterwards is the text that was loaded. */
async function loadReference(variables: Record<string, string>, expected: string): Promise<Times> {
  const container = (
    await runScript(
      'podman run --detach --network none --volume /var/lib/mysql --user mysql --entrypoint /bin/sh "$IMAGE" -c "$SERVER"',
      variables,
    )
  ).trim();
  const env = { ...variables, CONTAINER: container };
  try {
    await runScript(
      'until podman exec "$CONTAINER" $CLIENT -e "SELECT 1" >/dev/null 2>&1; do sleep 0.2; done',
      env,
    );
    const startedMs = performance.now();
    await runScript(
      'gpg --homedir "$GPG_HOME" --batch --quiet --decrypt "$FILE" | zstd -dc | podman exec -i "$CONTAINER" $CLIENT',
      env,
    );
    const loadMs = Math.round(performance.now() - startedMs);
    const digest = await runScript(
      `podman exec "$CONTAINER" mariadb-dump --no-defaults --user=root --socket=/tmp/bench.sock ${DUMP_OPTIONS} | ${SQL_DIGEST}`,
      env,
    );
    if (digest !== expected) throw new Error('what the reference loaded is another text');
    return { loadMs };
  } finally {
    await runScript('podman rm --force --volumes --time 0 "$CONTAINER" >/dev/null', env);
  }
}

async function fetchData(lab: Lab, manifestKey: string): Promise<string> {
  const manifest = JSON.parse((await read(lab, manifestKey)).toString()) as DumpManifest;
  const part = manifest.objects.find(({ role }) => role === 'data')?.parts[0];
  const file = path.join(lab.directory, 'data.sql.zst.gpg');
  await writeFile(file, await read(lab, part?.key ?? ''));
  return file;
}

async function read({ s3 }: Lab, key: string): Promise<Buffer> {
  const client = createS3Client(s3, s3.owner);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: `${s3.prefix}/${key}` }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  client.destroy();
  return bytes;
}

function render(measured: readonly { ours: Times; reference: Times }[]): string {
  const ratios = measured.map(({ ours, reference }) => ours.loadMs / reference.loadMs);
  const { low, high } = bootstrapMedian(ratios);
  const seconds = (values: readonly number[]) => (median(values) / 1e3).toFixed(1);
  const columns = ['', 'Lifeboat', 'gpg \\| zstd \\| mariadb', 'ratio', '95 %'];
  const rows = [
    [
      'load, s',
      seconds(measured.map(({ ours }) => ours.loadMs)),
      seconds(measured.map(({ reference }) => reference.loadMs)),
      median(ratios).toFixed(3),
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
    ],
    ['whole restore test, s', seconds(measured.map(({ ours }) => ours.totalMs ?? 0)), '', '', ''],
  ];
  return markdownTable(
    columns.map((title) => ({ title })),
    rows,
  );
}
