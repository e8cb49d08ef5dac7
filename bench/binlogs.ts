// `script/bench binlogs`: measures how long it takes to ship closed binary logs, against the pipeline that a careful person would write,
// file after file (docs/performance.md).
import { createHash } from 'node:crypto';
import { chmodSync, createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { shellQuote, shellQuoteAll } from '../src/domain/text/shell.ts';
import { BINLOG_GRANTS, BINLOG_USER } from '../test/helpers/binlog-site.ts';
import { dumpInputs } from '../test/helpers/dump-inputs.ts';
import { startAction } from '../test/helpers/runner.ts';
import { listStored } from '../test/helpers/stored-objects.ts';
import { loadHelpdesk } from '../test/lab/helpdesk/load.ts';
import type { Lab } from '../test/lab/lab.ts';
import { createDumpUser, query, queryRows } from '../test/lab/mariadb.ts';
import { runOnTarget } from '../test/lab/target.ts';
import { emptyBucket, measureObjects } from './bucket.ts';
import { compare } from './compare.ts';
import type { Contestant, StoredDump } from './contestant.ts';
import { parseOptions } from './options.ts';
import { runScript, startScript } from './programs.ts';
import { renderComparison } from './report.ts';
import { awsEnv, ownerEnv, startServers, type Servers } from './servers.ts';
import { DATABASE, sshCommand } from './ssh-dump.ts';

const SIZE = '400MB';
/** On the target, for the reference: a home for gpg, and the recipients' keys in it. */
const GPG_HOME = '.bench-gpg';

const print = (text: string) => process.stdout.write(`${text}\n`);
const tell = (line: string) => process.stderr.write(`bench: ${line}\n`);

/** The closed binary logs of the server, which everybody on the machine may read. */
interface Source {
  readonly files: readonly string[];
  readonly sha256: string;
}

const { sizeBytes, pairs, files: fileCount } = parseOptions(process.argv.slice(2), SIZE);
print(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}; ${pairs} pairs\n`);
const servers = await startServers();
try {
  tell(`making binary logs of ${sizeBytes / 1e6} MB`);
  const source = await writeBinlogs(servers.lab, sizeBytes, fileCount);
  const reference = await createReference(servers, source);
  const measured = await compare(createShipping(servers, source), reference, pairs, servers, tell);
  const title = `${source.files.length} binary logs, ${sizeBytes / 1e6} MB of SQL`;
  print(`### ${title}\n\n${renderComparison(reference.name, measured)}\n`);
} finally {
  await servers.stop();
}

async function writeBinlogs({ mariadb }: Lab, totalBytes: number, count: number): Promise<Source> {
  const { dumpPassword } = mariadb;
  await createDumpUser(mariadb, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
  const each = Math.ceil(totalBytes / count / 4096) * 4096;
  await query(mariadb, `RESET MASTER; SET GLOBAL max_binlog_size = ${each}`);
  await loadHelpdesk(mariadb, { megabytes: totalBytes / 1e6, database: DATABASE, isLogged: true });
  await query(mariadb, 'FLUSH BINARY LOGS');
  const listed = (await queryRows(mariadb, 'SHOW BINARY LOGS')).map(([name = '']) =>
    path.join(mariadb.dataDirectory, name),
  );
  // The active one, too: whether it can be read decides how all are.
  chmodSync(mariadb.dataDirectory, 0o755);
  for (const file of listed) chmodSync(file, 0o644);
  const files = listed.slice(0, -1);
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { files, sha256: hash.digest('hex') };
}

/** Every run has a name of its own in the store: none remembers what another shipped. */
function createShipping(benchServers: Servers, source: Source): Contestant {
  const { lab } = benchServers;
  const user = { ...lab, mariadb: { ...lab.mariadb, dumpUser: BINLOG_USER } };
  let number = 0;
  return {
    name: 'Lifeboat',
    prepare: () => emptyBucket(lab.s3),
    start: () => {
      const server = `bench-${(number += 1)}`;
      const { child, ended } = startAction('ship-binlogs', dumpInputs(user, { server, rotate: 'false' }));
      const stored = ended.then(({ exitCode, log, outputs }): StoredDump => {
        if (exitCode !== 0) throw new Error(`the action ended with ${exitCode ?? 'a signal'}:\n${log}`);
        return {
          sizeBytes: Number(outputs['bytes']),
          restore: () => restore(benchServers, source, `${server}/binlogs/`),
        };
      });
      return { pid: child.pid, ended: stored };
    },
  };
}

/** A session and an upload for each file: compressed and encrypted on the target. */
async function createReference(benchServers: Servers, source: Source): Promise<Contestant> {
  const { lab, scratch } = benchServers;
  const keys = lab.keys.recipients.map((key) => `cat ${shellQuote(key.publicKeyPath)}`);
  const armored = await Promise.all(keys.map((command) => runScript(command, {})));
  for (const [index, key] of armored.entries()) {
    const script = `umask 077; mkdir -p ~/${GPG_HOME}; cat > ~/${GPG_HOME}/${index}.asc`;
    const { status, stderr } = await runOnTarget(lab.ssh, script, key);
    if (status !== 0) throw new Error(`a key could not be written: ${stderr}`);
  }
  const recipients = armored.map((_, index) => `--recipient-file ~/${GPG_HOME}/${index}.asc`).join(' ');
  const encrypt =
    `gpg --no-options --homedir ~/${GPG_HOME} --batch --no-tty --quiet --trust-model always ${recipients}` +
    ' --compress-algo none -z 0 --cipher-algo AES256 --encrypt --output -';
  const lines = await Promise.all(
    source.files.map(async (file) => {
      const remote = `set -o pipefail; cat ${shellQuote(file)} | zstd -q -3 -c | ${encrypt}`;
      const url = `s3://${lab.s3.bucket}/${lab.s3.prefix}/native/${path.basename(file)}.zst.gpg`;
      return `${shellQuoteAll(await sshCommand(lab, scratch, remote))} | aws --endpoint-url "$ENDPOINT" s3 cp --only-show-errors - ${shellQuoteAll([url])}`;
    }),
  );
  const script = path.join(scratch, 'ship');
  await writeFile(script, lines.join('\n'));
  return {
    name: 'ssh "zstd | gpg" | aws',
    prepare: () => emptyBucket(lab.s3),
    start: () => {
      const { pid, ended } = startScript(`. ${shellQuote(script)}`, awsEnv(lab, lab.s3.writer, scratch));
      const stored = ended.then(async (): Promise<StoredDump> => ({
        sizeBytes: await measureObjects(lab.s3, lab.s3.bucket, ''),
        restore: () => restore(benchServers, source, 'native/'),
      }));
      return { pid, ended: stored };
    },
  };
}

/** All files, one behind the other: they must be the server's. */
async function restore({ lab, gpg, scratch }: Servers, source: Source, folder: string): Promise<string> {
  const objects = (await listStored(lab, folder)).filter((key) => key.endsWith('.zst.gpg'));
  const script = `
    for url in $URLS; do
      aws --endpoint-url "$ENDPOINT" s3 cp "$url" - | gpg --homedir "$GPG_HOME" --batch --no-tty --quiet --decrypt | zstd -dc
    done | sha256sum`;
  const digest = await runScript(script, {
    ...ownerEnv(lab, scratch),
    URLS: objects.map((key) => `s3://${lab.s3.bucket}/${lab.s3.prefix}/${key}`).join(' '),
    GPG_HOME: gpg.directory,
  });
  if (!digest.startsWith(source.sha256)) throw new Error(`${folder} does not come back as the server has it`);
  return digest;
}
