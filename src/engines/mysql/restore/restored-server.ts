// The server of a sandbox, once it answers: takes dumps, shows what it has, answers questions.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { areTextArguments } from '../../../domain/dumps/dump-arguments.ts';
import type { Inventory, InventoryObject } from '../../../domain/dumps/inventory.ts';
import type {
  BrokenObject,
  RestorableDump,
  RestoredServer,
  RestoredState,
  SandboxVersions,
} from '../../../ports/restore-engine.ts';
import { LifeboatError } from '../../../errors.ts';
import { NOT_RESERVED } from '../catalogue.ts';
import type { Flavour } from '../versions.ts';
import { HISTORY_OPTION } from '../dump/dump-options.ts';
import { checkSql, readChecks } from './checks.ts';
import { createDefinersSql } from './definers.ts';
import type { FilterRun } from './filter-run.ts';
import { clientErrors, type Inside } from './inside.ts';
import { objectGrantsOf, withoutObjectGrants } from './object-grants.ts';
import { lateKeysOf } from './late-keys.ts';
import { loadText } from './load.ts';
import { loadInParallel } from './parallel-load.ts';
import { VOLUME } from './sandbox-server.ts';
import { canBeCut } from './sections.ts';
import { readAccounts, readDatabases } from './state.ts';

const RANDOM_BYTES = 6;
/** Less is loaded in a few seconds anyhow. */
const WORTH_SEVERAL_SESSIONS_BYTES = 16 * 2 ** 20;
/** Each costs another reading of the dump, and the server's own work does not share out any further. */
const MAX_ROW_SESSIONS = 4;
/** What is done once, before anything is loaded. */
interface FirstSteps {
  /** Whose rights a first account may hand on. */
  readonly proxy: string;
  /** Accounts that are there from the start, but for the server's own. */
  readonly firstAccounts: string;
  /** What not every image or version can do, and is not missed. */
  readonly optional: string;
}

const FIRST_STEPS: Readonly<Record<Flavour, FirstSteps>> = {
  mariadb: { proxy: `''@'%'`, firstAccounts: 'mysql.global_priv', optional: '' },
  mysql: {
    proxy: `''@''`,
    firstAccounts: `mysql.user WHERE ${NOT_RESERVED}`,
    optional: [
      `INSTALL PLUGIN auth_socket SONAME 'auth_socket.so';`,
      `INSTALL PLUGIN mysql_no_login SONAME 'mysql_no_login.so';`,
      'ALTER INSTANCE DISABLE INNODB REDO_LOG;',
    ].join('\n'),
  },
};

const CHECKED_KINDS = new Set<InventoryObject['kind']>(['table', 'view', 'sequence']);

export class SqlRestoredServer implements RestoredServer {
  readonly versions: SandboxVersions;
  readonly replay: RestoredServer['replay'];
  readonly #inside: Inside;
  readonly #inventory: Inventory;
  readonly #runFilter: FilterRun;
  readonly #first: FirstSteps;
  /** Of the sandbox's own account, as the filter writes it. */
  #ownAccount = '';

  constructor(
    inside: Inside,
    runFilter: FilterRun,
    versions: SandboxVersions,
    inventory: Inventory,
    replay: RestoredServer['replay'],
  ) {
    this.replay = replay;
    this.#inside = inside;
    this.#runFilter = runFilter;
    this.versions = versions;
    this.#inventory = inventory;
    this.#first = FIRST_STEPS[inside.flavour];
  }

  /** Makes the account that everything is done with from now on; its name is nobody else's. */
  async createAccount(): Promise<void> {
    const name = `lifeboat-${randomBytes(RANDOM_BYTES).toString('hex')}`;
    const sql = `CREATE USER '${name}'@'localhost'; GRANT ALL ON *.* TO '${name}'@'localhost' WITH GRANT OPTION; GRANT PROXY ON ${this.#first.proxy} TO '${name}'@'localhost' WITH GRANT OPTION;`;
    this.#require(await this.#inside.sql(sql), 'its account could not be made');
    this.#inside.account = name;
    this.#ownAccount = `'${name}'@'localhost'`;
    if (this.#first.optional !== '') await this.#inside.sql(this.#first.optional, '--force');
  }

  async readFreeBytes(): Promise<number | undefined> {
    const { exitCode, stdout } = await this.#inside.shell(`df -Pk ${VOLUME} | tail -n 1`);
    const [, , , kilobytes] = stdout.toString().trim().split(/\s+/);
    return exitCode === 0 && /^\d+$/.test(kilobytes ?? '') ? Number(kilobytes) * 1024 : undefined;
  }

  /** The server's first accounts go first: those of the dump must not find them there. */
  async loadAccounts(text: AsyncIterable<Uint8Array>): Promise<void> {
    const { firstAccounts } = this.#first;
    const others = `SELECT * FROM (SELECT User, Host FROM ${firstAccounts}) AS one WHERE User <> '${this.#inside.account}'`;
    const drop = `SET @accounts = (SELECT CONCAT('DROP USER ', GROUP_CONCAT(QUOTE(User), '@', QUOTE(Host))) FROM (${others}) AS others);
PREPARE drop_accounts FROM @accounts;
EXECUTE drop_accounts;`;
    this.#require(await this.#inside.sql(drop), 'its first accounts could not be dropped');
    await loadText(this.#inside, 'accounts', withoutObjectGrants(text), new Date());
  }

  async completeAccounts(text: AsyncIterable<Uint8Array>): Promise<void> {
    await loadText(this.#inside, 'accounts', objectGrantsOf(text, this.#inventory), new Date());
  }

  async createDefiners(): Promise<void> {
    const { objects, onlyNames } = this.#inventory;
    const sql = createDefinersSql(objects, onlyNames?.definers);
    if (sql !== '') this.#require(await this.#inside.sql(sql), 'stand-ins for accounts could not be made');
  }

  async loadDatabases(dump: RestorableDump): Promise<void> {
    const isLarge = (dump.plainBytes ?? 0) >= WORTH_SEVERAL_SESSIONS_BYTES;
    if (isLarge && canBeCut(this.#inventory.objects)) {
      const workers = Math.min(MAX_ROW_SESSIONS, Math.max(2, availableParallelism()));
      const findLateKeys = lateKeysOf(this.#inventory.objects);
      await loadInParallel(this.#inside, dump, { workers, findLateKeys });
    } else {
      await loadText(this.#inside, 'databases', dump.open(), dump.instant, dump.onLoaded);
    }
  }

  async readDatabases(databases: readonly string[]): Promise<RestoredState> {
    const hasHistory = this.#inventory.objects.some(
      ({ kind, ddl }) => kind === 'table' && /WITH SYSTEM VERSIONING/i.test(ddl),
    );
    const { dumpOptions = [] } = this.#inventory;
    if (!areTextArguments(dumpOptions))
      throw new LifeboatError(
        'manifest-invalid',
        'the inventory names options of the dump tool that no dump has',
      );
    return readDatabases(this.#inside, this.#runFilter, databases, [
      ...dumpOptions,
      ...(hasHistory ? [HISTORY_OPTION] : []),
    ]);
  }

  async readAccounts(): Promise<readonly InventoryObject[]> {
    const accounts = await readAccounts(this.#inside, this.#runFilter);
    return accounts.filter(({ name }) => name !== this.#ownAccount);
  }

  async findBroken(): Promise<readonly BrokenObject[]> {
    const objects = this.#inventory.objects.filter(({ kind }) => CHECKED_KINDS.has(kind));
    const accounts = this.#inventory.objects.filter(({ kind }) => kind === 'account');
    const names = accounts.length === 0 ? undefined : new Set(accounts.map(({ name }) => name));
    return readChecks(objects, await this.#inside.sql(checkSql(objects), '--force'), names);
  }

  async findBrokenTables(): Promise<readonly BrokenObject[]> {
    const question = `SELECT HEX(TABLE_SCHEMA), HEX(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema');\n`;
    const listed = await this.#inside.sql(question);
    this.#require(listed, 'its tables could not be listed');
    const objects = listed.stdout
      .toString()
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => {
        const [database = '', name = ''] = row
          .split('\t')
          .map((hex) => Buffer.from(hex, 'hex').toString('utf8'));
        return { kind: 'table' as const, database, name };
      });
    if (objects.length === 0) return [];
    return readChecks(objects, await this.#inside.sql(checkSql(objects), '--force'));
  }

  async ask(
    sql: string,
    database: string | undefined,
  ): Promise<{ readonly rows: string[] } | { readonly error: string }> {
    const options = database === undefined ? [] : [`--database=${database}`];
    const { exitCode, stdout, stderr } = await this.#inside.sql(`${sql}\n`, ...options);
    if (exitCode !== 0) return { error: clientErrors(stderr) };
    const text = stdout.toString();
    return { rows: text === '' ? [] : text.replace(/\n$/, '').split('\n') };
  }

  #require(result: Awaited<ReturnType<Inside['sql']>>, what: string): void {
    if (result.exitCode === 0) return;
    throw new LifeboatError(
      'sandbox-died',
      `the server in the sandbox failed: ${what}:\n${clientErrors(result.stderr)}`,
    );
  }
}
