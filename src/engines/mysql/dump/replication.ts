// Whether the server is a replica, and how old what it holds is: a dump of one that has stopped looks as fresh as any other.
import type { ReplicaSource } from '../../../domain/dumps/manifest.ts';
import { formatDuration } from '../../../domain/text/units.ts';
import { LifeboatError } from '../../../errors.ts';
import type { DatabaseConnection } from '../../../ports/engine.ts';
import type { TargetSession, TaskOutcome } from '../../../ports/remote.ts';
import { losesWhatIsReplicated } from '../binlogs/settings.ts';
import { clientFunction, tableStage } from '../client.ts';
import { explainClientFailure } from '../client-errors.ts';
import type { Client } from '../find-client.ts';
import { compareNumbers, type Version } from '../versions.ts';
import { some } from './structure.ts';

export interface Replication {
  /** One for each connection (MariaDB) or channel (MySQL); empty for a server that is no replica. Undefined: the account may not look. */
  readonly sources: readonly SourceState[] | undefined;
  /** What the server gets from a source is not in its own binary logs. */
  readonly isNotLogged: boolean;
}

export interface SourceState {
  readonly source: Omit<ReplicaSource, 'lagSeconds'>;
  /** Undefined when the server cannot know, because it has no contact to the source or executes nothing. */
  readonly lagSeconds: number | undefined;
  /** What does not run, for people; undefined when all does. */
  readonly fault: string | undefined;
}

const VARIABLES = ['log_slave_updates', 'log_replica_updates', 'server_uuid'] as const;
/** MySQL has the statement by this name since then, and 8.4 knows no other. */
const RENAMED_IN = [8, 0, 22];
/** Members of a group are no replicas of one another, and list what is left of how they joined. */
const GROUP_CHANNEL = /^group_replication_/;

/** Throws the codes of a failed query. With `mayLook`, the account has the right to the state of replicas. */
export async function readReplication(
  session: TargetSession,
  connection: DatabaseConnection,
  { programs, server }: Pick<Client, 'programs' | 'server'>,
  mayLook: boolean,
): Promise<Replication> {
  const sql = [
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${VARIABLES.map((name) => `'${name}'`).join(', ')})`,
    `SHOW GLOBAL STATUS LIKE 'Slaves_running'`,
    ...(mayLook ? [statusStatement(server)] : []),
  ].join(';\n');
  const explain = (outcome: TaskOutcome) => explainClientFailure(outcome, 'query');
  const { stdout } = await session.run(
    {
      label: 'question whether the server is a replica',
      script: clientFunction(connection) + tableStage(programs, `${sql};`),
      stages: ['query'],
    },
    explain,
  );
  const { sources, isNotLogged } = parseReplication(stdout.toString());
  return { sources: mayLook ? sources : undefined, isNotLogged };
}

export function statusStatement({ flavour, numbers }: Pick<Version, 'flavour' | 'numbers'>): string {
  if (flavour === 'mariadb') return 'SHOW ALL SLAVES STATUS';
  return compareNumbers(numbers, RENAMED_IN) < 0 ? 'SHOW SLAVE STATUS' : 'SHOW REPLICA STATUS';
}

/** Of variables, each with its value, and of the table that has a row for each source. */
export function parseReplication(text: string): Required<Replication> {
  const lines = text.split('\n').filter((line) => line !== '');
  const heading = lines.findIndex((line) => /\t(?:Slave|Replica)_IO_Running\t/.test(line));
  const [values, table] =
    heading < 0 ? [lines, []] : [lines.slice(0, heading), lines.slice(heading).map(splitRow)];
  const [names = [], ...rows] = table;
  const variables = new Map(values.map(splitRow).map(([name = '', value = '']) => [name, value]));
  const oldNames = names.map((name) => name.replace('Replica', 'Slave').replace('Source', 'Master'));
  const sources = rows
    .map((row) => parseSource(new Map(oldNames.map((name, index) => [name, row[index] ?? '']))))
    .filter(({ source }) => !GROUP_CHANNEL.test(source.channel ?? ''));
  return { sources, isNotLogged: losesWhatIsReplicated(variables) };
}

function splitRow(line: string): string[] {
  return line.split('\t');
}

function parseSource(row: ReadonlyMap<string, string>): SourceState {
  const get = (name: string) => row.get(name) ?? '';
  // Without a value there is the word NULL.
  const number = (name: string) => (/^\d+$/.test(get(name)) ? Number(get(name)) : undefined);
  const channel = row.get('Connection_name') ?? get('Channel_Name');
  const threads = (['IO', 'SQL'] as const).flatMap((name) => {
    const state = get(`Slave_${name}_Running`);
    if (state === 'Yes') return [];
    const error = number(`Last_${name}_Errno`) ?? 0;
    // Error texts hold rows.
    const why = error === 0 ? '' : `, after error ${error}`;
    return [`its ${name} thread ${state === 'No' ? 'has stopped' : `is only ${state.toLowerCase()}`}${why}`];
  });
  const behind = number('Seconds_Behind_Master');
  // How old the next change is while a replica with a delay waits with it.
  const waiting = (number('SQL_Delay') ?? 0) - (number('SQL_Remaining_Delay') ?? Infinity);
  return {
    source: {
      ...(channel === '' ? {} : { channel }),
      host: get('Master_Host'),
      port: number('Master_Port') ?? 0,
      file: get('Relay_Master_Log_File'),
      position: number('Exec_Master_Log_Pos') ?? 0,
      gtid: (row.get('Gtid_Slave_Pos') ?? get('Executed_Gtid_Set')).replaceAll(String.raw`\n`, ''),
    },
    lagSeconds: behind === undefined ? undefined : Math.max(behind, waiting),
    fault: threads.length === 0 ? undefined : threads.join(', and '),
  };
}

/** `replica-stale` unless every source is followed, and none by more than `maxLagMs`. */
export function findStaleReplica({ sources = [] }: Replication, maxLagMs: number): LifeboatError | undefined {
  const faults = sources.flatMap(({ source, lagSeconds, fault }) => {
    const name = `${source.host}:${source.port}${source.channel === undefined ? '' : ` (${source.channel})`}`;
    if (fault !== undefined) return [`of ${name}, ${fault}`];
    if (lagSeconds === undefined) return [`of ${name}, and does not say how far it is behind`];
    const lagMs = lagSeconds * 1_000;
    return lagMs > maxLagMs ? [`of ${name}, ${formatDuration(lagMs)} behind`] : [];
  });
  if (faults.length === 0) return undefined;
  return new LifeboatError(
    'replica-stale',
    `the database server is a replica whose data is old (max-replica-lag is ${formatDuration(maxLagMs)}): ${some(faults)}`,
    {
      hint: 'Nothing was dumped. `SHOW REPLICA STATUS`, on MariaDB `SHOW ALL SLAVES STATUS`, says why; start it again and let it catch up, or dump its source. A server that is no replica any more is told so by `RESET REPLICA ALL`, on MariaDB `RESET SLAVE ALL`. For one that is behind on purpose raise `max-replica-lag`.',
    },
  );
}
