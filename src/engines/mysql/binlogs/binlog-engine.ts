// The binary logs of MariaDB and MySQL: what the server says of them, and the tasks that read them.
import path from 'node:path/posix';
import { excerpt } from '../../../domain/text/excerpt.ts';
import { LifeboatError } from '../../../errors.ts';
import type {
  BinlogEngine,
  BinlogHead,
  BinlogRequest,
  BinlogServer,
  BinlogTask,
  ListedBinlog,
} from '../../../ports/binlog-engine.ts';
import type { DatabaseConnection } from '../../../ports/engine.ts';
import type { TargetSession, TaskOutcome } from '../../../ports/remote.ts';
import { isOn, withoutHashes } from '../catalogue.ts';
import { explainClientFailure } from '../client-errors.ts';
import { clientFunction, quoteSqlString, sqlStage } from '../client.ts';
import { findClient, type Client } from '../find-client.ts';
import { FLAVOURS, nameVersion } from '../flavours.ts';
import { checkBinlogRights, parseGrants } from '../rights.ts';
import type { Flavour } from '../versions.ts';
import {
  accessScript,
  DAMAGED,
  headScript,
  LOOK_STAGE,
  READ_STAGE,
  SEE_SCRIPT,
  UNKNOWN,
  wholeScript,
  type Way,
} from './binlog-script.ts';
import { nameReaders } from './readers.ts';
import { parseHead, parseSeenBinlog } from './seen-facts.ts';
import {
  findFilterWarnings,
  findSettingWarnings,
  readExpiry,
  readFormat,
  statusStatement,
} from './settings.ts';

/** Asked of the server; those that it does not have are missing in its answer. */
const VARIABLES = [
  ...['log_bin', 'log_bin_basename', 'server_id', 'server_uuid', 'hostname'],
  ...['binlog_format', 'binlog_row_image', 'binlog_checksum', 'binlog_storage_engine'],
  ...['log_slave_updates', 'log_replica_updates'],
  ...['expire_logs_days', 'binlog_expire_logs_seconds', 'binlog_expire_logs_auto_purge'],
];

/** Statuses from here on are the shell's: not started, or ended by a signal. */
const NOT_STARTED = 126;

const RESET_MODE = `SET SESSION sql_mode = '';`;

export function createBinlogEngine(flavour: Flavour): BinlogEngine {
  return {
    tools: ['perl', 'sed', 'grep', 'uname'],
    open: (session, request) => open(flavour, session, request),
  };
}

async function open(flavour: Flavour, session: TargetSession, request: BinlogRequest): Promise<BinlogServer> {
  const { connection } = request;
  const client = await findClient(session, connection, flavour);
  const askedMs = performance.now();
  const { variables, grants, account, now } = await askServer(session, connection, client);
  const clock = () => new Date(now.getTime() + performance.now() - askedMs);
  checkSettings(variables, client);
  checkBinlogRights(flavour, parseGrants(grants), request, account);
  const [status] = await ask(
    session,
    'question for what is left out of the binary log',
    clientFunction(connection) + sqlStage(client.programs, statusStatement(client.server)),
  );
  const warnings = [...findSettingWarnings(variables), ...findFilterWarnings(status)];
  const server = new SqlBinlogServer(session, connection, client, variables, warnings, clock);
  await server.findWay();
  return server;
}

/** Throws `binlog-unavailable`. */
export function checkSettings(
  variables: ReadonlyMap<string, string>,
  { server }: Pick<Client, 'server'>,
): void {
  if (!isOn(variables.get('log_bin'))) {
    throw new LifeboatError(
      'binlog-unavailable',
      'the database server writes no binary log (log_bin is OFF)',
      {
        hint: 'Set log_bin in the [mysqld] section of its options and restart it, then make a dump: ship-binlogs/README.md says what else to set.',
      },
    );
  }
  const storage = variables.get('binlog_storage_engine') ?? '';
  if (storage !== '') {
    throw new LifeboatError(
      'binlog-unavailable',
      `the database server (${nameVersion(server)}) keeps its binary log in ${storage} (binlog_storage_engine); this release ships binary log files only`,
      { hint: 'Leave binlog_storage_engine empty, restart the server, and make a dump.' },
    );
  }
}

async function askServer(session: TargetSession, connection: DatabaseConnection, client: Client) {
  const list = VARIABLES.map((name) => `'${name}'`).join(', ');
  const sql = `${RESET_MODE} SHOW GRANTS; SELECT CURRENT_USER(), UNIX_TIMESTAMP(); SHOW GLOBAL VARIABLES WHERE Variable_name IN (${list}); SHOW GLOBAL STATUS LIKE 'Slaves_running';`;
  const lines = await ask(
    session,
    'question for the binary log',
    clientFunction(connection) + withoutHashes(sqlStage(client.programs, sql)),
  );
  const isGrant = (line: string) => /^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line);
  const [[account = '', seconds = ''] = [], ...values] = lines
    .filter((line) => !isGrant(line))
    .map((line) => line.split('\t'));
  return {
    grants: lines.filter(isGrant),
    account,
    now: new Date(Number(seconds) * 1_000),
    variables: new Map(values.map(([name = '', value = '']) => [name, value])),
  };
}

async function ask(session: TargetSession, label: string, script: string): Promise<string[]> {
  const explain = (outcome: TaskOutcome) => explainClientFailure(outcome, 'query');
  const { stdout } = await session.run({ label, script, stages: ['query'] }, explain);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

class SqlBinlogServer implements BinlogServer {
  readonly source: BinlogServer['source'];
  readonly format: string;
  readonly rowImage: string;
  readonly expireMs: number | undefined;
  readonly now: () => Date;
  readonly warnings: readonly string[];
  readonly #session: TargetSession;
  readonly #connection: DatabaseConnection;
  readonly #client: Client;
  /** Where the files are on the machine of the server. */
  readonly #directory: string;
  readonly #heads = new Map<string, BinlogHead>();
  /** Files that only the server itself can read, because it encrypts them. */
  readonly #encrypted = new Set<string>();
  #program: string | undefined;
  #readsFiles = false;

  constructor(
    session: TargetSession,
    connection: DatabaseConnection,
    client: Client,
    variables: ReadonlyMap<string, string>,
    warnings: readonly string[],
    now: () => Date,
  ) {
    const serverUuid = variables.get('server_uuid');
    this.#session = session;
    this.#connection = connection;
    this.#client = client;
    this.#directory = path.dirname(variables.get('log_bin_basename') ?? '');
    this.now = now;
    this.source = {
      flavour: client.server.flavour,
      serverId: Number(variables.get('server_id') ?? 0),
      ...(serverUuid === undefined ? {} : { serverUuid }),
      hostName: variables.get('hostname') ?? '',
      serverVersion: client.server.text,
    };
    ({ format: this.format, rowImage: this.rowImage } = readFormat(variables));
    this.expireMs = readExpiry(variables);
    this.warnings = warnings;
  }

  /** Finds out how files can be read. Throws `target-tool-missing`. */
  async findWay(): Promise<void> {
    const { host, container } = this.#connection;
    if (container !== undefined) return;
    const { binlogPrograms, clientPackage } = FLAVOURS[this.source.flavour];
    const active = (await this.list()).at(-1)?.name ?? '';
    const isNear = host === undefined || /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
    const access = isNear ? accessScript(path.join(this.#directory, active), this.source.hostName) : '';
    const search = `for name in ${binlogPrograms.join(' ')}; do command -v "$name" 2>/dev/null && break; done\n`;
    const { stdout } = await this.#session.run({
      label: 'search for a way to the binary logs',
      script: `${access}${search}:`,
      stages: [],
    });
    const lines = stdout.toString().split('\n');
    this.#readsFiles = lines.includes('readable');
    this.#program = lines.find((line) => line.startsWith('/'));
    if (this.#program !== undefined || this.#readsFiles) return;
    throw new LifeboatError(
      'target-tool-missing',
      `the target has no ${binlogPrograms.join(' or ')} in its PATH`,
      {
        hint: `On Debian and Ubuntu: apt-get install ${clientPackage}. Without it the SSH user must be able to read the files in ${this.#directory}.`,
      },
    );
  }

  async list(): Promise<readonly ListedBinlog[]> {
    const lines = await this.#query('list of binary logs', 'SHOW BINARY LOGS;');
    return lines.map((line) => {
      const [name = '', size = '', encrypted] = line.split('\t');
      if (encrypted === 'Yes') this.#encrypted.add(name);
      return { name, sizeBytes: Number(size) };
    });
  }

  async head(name: string): Promise<BinlogHead> {
    const known = this.#heads.get(name);
    if (known !== undefined) return known;
    const head = parseHead(await this.#readHead(name)) ?? (await this.#headFromServer(name));
    if (!head.isEmpty) this.#heads.set(name, head);
    return head;
  }

  async #readHead(name: string): Promise<string> {
    const script = headScript(this.#connection, this.#wayTo(name), name);
    const task = { label: `beginning of ${name}`, script, stages: [READ_STAGE, LOOK_STAGE] };
    const { stdout } = await this.#session.run(task, (outcome) => this.#explain(name, outcome));
    return stdout.toString();
  }

  async #headFromServer(name: string): Promise<BinlogHead> {
    this.#encrypted.add(name);
    const head = parseHead(await this.#readHead(name));
    if (head === undefined) throw new TypeError('what the server sends is not encrypted');
    return head;
  }

  read({ name, sizeBytes }: ListedBinlog): BinlogTask {
    const script = wholeScript(this.#connection, this.#wayTo(name), name);
    const label = `binary log ${name}`;
    return {
      task: { label, script, stages: [READ_STAGE, LOOK_STAGE] },
      explain: (outcome) => this.#explain(name, outcome),
      see: async () => {
        const { stdout } = await this.#session.run({ label, script: SEE_SCRIPT, stages: [] });
        const seen = parseSeenBinlog(stdout.toString());
        // What MySQL lists of a file that it encrypts is not the size of what it sends.
        if (seen.sizeBytes !== sizeBytes && !this.#encrypted.has(name)) {
          throw damaged(
            name,
            `it is ${seen.sizeBytes} bytes long, and the server lists it with ${sizeBytes}`,
          );
        }
        return seen;
      },
    };
  }

  async rotate(): Promise<void> {
    await this.#query('rotation of the binary log', 'SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;');
  }

  async listReaders(): Promise<readonly string[]> {
    const sql = `SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%';`;
    return nameReaders(await this.#query('question for readers of the binary log', sql));
  }

  async purgeTo(name: string): Promise<void> {
    await this.#query(
      'removal of shipped binary logs',
      `${RESET_MODE} PURGE BINARY LOGS TO ${quoteSqlString(name)};`,
    );
  }

  #query(label: string, sql: string): Promise<string[]> {
    const script = clientFunction(this.#connection) + sqlStage(this.#client.programs, sql);
    return ask(this.#session, label, script);
  }

  #wayTo(name: string): Way {
    const file = path.join(this.#directory, name);
    const isReadable = !this.#encrypted.has(name);
    if (this.#connection.container !== undefined) {
      if (isReadable) return { kind: 'container', path: file };
      throw new LifeboatError(
        'binlog-unavailable',
        `the server in the container encrypts its binary logs, and ${name} cannot be read from outside`,
        {
          hint: `Publish the port of the database on 127.0.0.1 of the target, install ${FLAVOURS[this.source.flavour].clientPackage} there, give db-host and db-port, and leave db-container out.`,
        },
      );
    }
    if (this.#readsFiles && isReadable) return { kind: 'file', path: file };
    if (this.#program !== undefined) return { kind: 'server', program: this.#program };
    throw new LifeboatError(
      'target-tool-missing',
      `${name} is encrypted, and the target has no ${FLAVOURS[this.source.flavour].binlogPrograms.join(' or ')} to read it with`,
    );
  }

  #explain(name: string, outcome: TaskOutcome): Error | undefined {
    return explainClientFailure(outcome, READ_STAGE) ?? explainReading(name, outcome);
  }
}

/** What keeps one file from being read; undefined when it is not the file that is to blame. */
export function explainReading(name: string, { statuses, stderr }: TaskOutcome): LifeboatError | undefined {
  const read = statuses.get(READ_STAGE);
  const look = statuses.get(LOOK_STAGE);
  const said = (stage: string) => excerpt(stderr.get(stage) ?? '');
  // Whoever was ended by a signal, or could not be started, says nothing about the file.
  if (read === undefined || read >= NOT_STARTED) return undefined;
  if (read !== 0 && (look === 0 || look === DAMAGED)) {
    const why = said(READ_STAGE) || `whoever read it ended with status ${read}`;
    return unreadable(name, `cannot be read: ${why}`);
  }
  // Only of a file that came whole it is the file that is damaged.
  if (look === DAMAGED) return damaged(name, `it ${said(LOOK_STAGE)}`);
  if (look === UNKNOWN) return unreadable(name, said(LOOK_STAGE));
  return undefined;
}

function unreadable(name: string, why: string): LifeboatError {
  return new LifeboatError('binlog-unreadable', `the binary log ${name} ${why}`, {
    hint: 'It is tried again in the next run, as long as the server has it. Until it can be read recovery does not get past it: make a new dump.',
  });
}

function damaged(name: string, why: string): LifeboatError {
  return new LifeboatError('binlog-damaged', `the binary log ${name} is damaged: ${why}`, {
    hint: 'Make a new dump now: point-in-time recovery cannot get past this file. Then look at the disk of the database server.',
  });
}
