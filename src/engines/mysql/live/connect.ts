// Finds the SQL client on a machine, learns both versions, and refuses what would not take the dump.
import type { DumpManifest } from '../../../domain/dumps/manifest.ts';
import { LifeboatError } from '../../../errors.ts';
import type { ConnectLiveServer } from '../../../ports/live-server.ts';
import type { MachineResult } from '../../../ports/machine.ts';
import { explainClientFailure } from '../client-errors.ts';
import { readSearch, searchScript } from '../find-client.ts';
import { FLAVOURS } from '../flavours.ts';
import { clientErrors } from '../restore/inside.ts';
import {
  compareNumbers,
  parseClientVersion,
  parseServerVersion,
  type Flavour,
  type Version,
} from '../versions.ts';
import { LiveClient } from './live-client.ts';
import { SqlLiveServer } from './sql-live-server.ts';

/** Major and minor: patches of one series read each other's dumps. */
const SERIES_NUMBERS = 2;
/** To keep a session out of the binary log. */
const LOG_RIGHTS: Readonly<Record<Flavour, string>> = {
  mariadb: 'BINLOG ADMIN',
  mysql: 'SESSION_VARIABLES_ADMIN',
};
const LABEL = 'log-in to the database server';

export const connectLiveServer: ConnectLiveServer = async (
  machine,
  manifest,
  { connection, logBin, signal },
) => {
  const { flavour } = manifest.source;
  const search = await machine.run({ script: searchScript(connection, flavour), signal });
  const found = readSearch(search.stdout, connection);
  const program = found.get('sql') ?? '';
  if (program === '') {
    throw new LifeboatError(
      'target-tool-missing',
      `there is no ${FLAVOURS[flavour].sqlPrograms.join(' or ')} in the PATH of ${machine.name}`,
      { hint: `On Debian and Ubuntu: apt-get install ${FLAVOURS[flavour].clientPackage}.` },
    );
  }
  checkVersion(
    'client',
    parseClientVersion(found.get('sql-version') ?? ''),
    dumpToolOf(manifest),
    machine.name,
  );
  const client = new LiveClient(machine, connection, program);
  const question =
    'SELECT VERSION(); SELECT @@version_comment; SELECT @@lower_case_table_names; SELECT @@log_bin;';
  const answer = await client.run(`${question}\n${logBin ? '' : 'SET SESSION sql_log_bin = 0;\n'}`, {
    signal,
  });
  checkAnswer(answer, flavour);
  const [version = '', comment = '', lowerCase, binlog] = answer.stdout.split('\n');
  const dumped = parseServerVersion(manifest.versions.server, flavour);
  checkVersion('server', parseServerVersion(version, comment), dumped, machine.name);
  return new SqlLiveServer(client, {
    manifest,
    version,
    writesBinlog: binlog === '1',
    ignoresCase: lowerCase !== '0',
    logBin,
  });
};

/** As manifests have it: the number alone, or the client's own line. */
function dumpToolOf({ versions, source }: DumpManifest): Version | undefined {
  return parseServerVersion(versions.dumpTool, source.flavour) ?? parseClientVersion(versions.dumpTool);
}

function checkVersion(
  what: 'client' | 'server',
  here: Version | undefined,
  dumped: Version | undefined,
  where: string,
): void {
  if (here === undefined)
    throw new LifeboatError('db-version-unsupported', `the ${what} of ${where} does not say its version`);
  if (dumped === undefined) return;
  if (here.flavour !== dumped.flavour) {
    throw new LifeboatError(
      'db-flavour-mix',
      `the ${what} of ${where} is of ${here.flavour}, the dump of ${dumped.flavour}`,
      { hint: 'Restore into a server of the flavour that was dumped, with its own client.' },
    );
  }
  const [series, needed] = [here, dumped].map(({ numbers }) => numbers.slice(0, SERIES_NUMBERS));
  if (compareNumbers(series ?? [], needed ?? []) >= 0) return;
  throw new LifeboatError(
    'db-version-unsupported',
    `the ${what} of ${where} is ${here.text}, older than the ${what === 'server' ? 'server that was dumped' : 'client that made the dump'} (${dumped.text})`,
    { hint: 'An older one may not understand the dump. Take one of the same series or a newer one.' },
  );
}

function checkAnswer({ exitCode, stderr }: MachineResult, flavour: Flavour): void {
  if (exitCode === 0) return;
  if (/sql_log_bin|BINLOG ADMIN|SUPER|SESSION_VARIABLES_ADMIN/.test(stderr) && /\(42000\)/.test(stderr)) {
    throw new LifeboatError(
      'db-rights-missing',
      `the database user may not keep what is loaded out of the binary log: ${clientErrors(stderr)}`,
      {
        hint: `Grant it ${LOG_RIGHTS[flavour]} for the restore, or set \`log-bin: true\`: replicas get the data, too, then.`,
      },
    );
  }
  const outcome = { label: LABEL, reports: [] };
  const explained = explainClientFailure(
    { ...outcome, statuses: new Map([['query', exitCode]]), stderr: new Map([['query', stderr]]) },
    'query',
  );
  throw (
    explained ??
    new LifeboatError('restore-failed', `${LABEL} failed with status ${exitCode}: ${clientErrors(stderr)}`)
  );
}
