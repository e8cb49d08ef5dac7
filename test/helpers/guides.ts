// Does what the guides in docs/ say, word for word, on servers of its own: keys, store, server. The S3 server is the lab's.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectLockConfigurationCommand,
  type BucketLifecycleConfiguration,
  type ObjectLockConfiguration,
  type S3Client,
} from '@aws-sdk/client-s3';
import { runCommand, tryCommand, type CommandResult } from '../lab/command.ts';
import type { Lab } from '../lab/lab.ts';
import { query, startMariadb, type MariadbAddress } from '../lab/mariadb.ts';
import { RUN_VARIABLE } from '../lab/processes.ts';
import { LabRun } from '../lab/run.ts';
import { createS3User } from '../lab/s3-users.ts';
import { createS3Client, type S3Keys } from '../lab/s3.ts';
import { runOnTarget, startTarget, type TargetAddress } from '../lab/target.ts';
import { blocksBelow, readPage } from './documentation.ts';

/** Names that the guides use. */
export const [BUCKET, PREFIX, SERVER] = ['example-backups', 'servers', 'atlas'] as const;
/** Of every key. */
export const PASSPHRASE = 'paper-in-the-safe';

const [keysPage, serverPage, storePage] = ['keys', 'server-setup', 'store-setup'].map((name) =>
  readPage(`docs/${name}.md`),
) as [Page, Page, Page];
type Page = ReturnType<typeof readPage>;

/** A shell of somebody: where it runs and what is in its environment. */
export interface Place {
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
}

export class Guides {
  readonly run: LabRun;
  readonly target: TargetAddress;
  /** The database server that is backed up. */
  readonly source: MariadbAddress;
  /** An empty one. */
  readonly empty: MariadbAddress;
  readonly #lab: Lab;

  private constructor(
    lab: Lab,
    run: LabRun,
    target: TargetAddress,
    source: MariadbAddress,
    empty: MariadbAddress,
  ) {
    this.#lab = lab;
    this.run = run;
    this.target = target;
    this.source = source;
    this.empty = empty;
  }

  /** Starts a target and two database servers. */
  static async start(lab: Lab): Promise<Guides> {
    const run = await LabRun.start();
    try {
      const { address: target } = await startTarget(run);
      const { address: source } = await startMariadb(run);
      const { address: empty } = await startMariadb(run);
      return new Guides(lab, run, target, source, empty);
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  /** docs/keys.md; the files that it makes lie in the directory of the place. */
  async makeKeys(): Promise<Place> {
    const office = await this.#makePlace('office');
    await this.shell(office, blocksBelow(keysPage, 'sh', 'Recipients', 'The signing key').join(''));
    await this.shell(office, 'gpg --armor --export-secret-keys backup@example.org > backup-secret-key.asc');
    return office;
  }

  /** docs/store-setup.md */
  async makeStore(): Promise<{ readonly writer: S3Keys; readonly reader: S3Keys }> {
    const [lock, lifecycle, writer, reader] = [
      'Retention',
      'What runs leave behind',
      '2. The writer',
      '3. The reader',
    ].map((heading) => JSON.parse(blocksBelow(storePage, 'json', heading).join('')) as unknown);
    const client = createS3Client(this.#lab.s3, this.#lab.s3.owner);
    await client.send(new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }));
    await client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: BUCKET,
        ObjectLockConfiguration: lock as ObjectLockConfiguration,
      }),
    );
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: BUCKET,
        LifecycleConfiguration: lifecycle as BucketLifecycleConfiguration,
      }),
    );
    client.destroy();
    const createUser = (name: string, policy: unknown) =>
      createS3User(
        this.#lab.s3,
        name,
        (policy as { Statement: Parameters<typeof createS3User>[2] }).Statement,
      );
    return {
      writer: await createUser('documented-writer', writer),
      reader: await createUser('documented-reader', reader),
    };
  }

  /** docs/server-setup.md, with a password in a file; `grants` is a heading of the page. */
  async setUpServer(grants: string): Promise<void> {
    const [, account = ''] = blocksBelow(serverPage, 'sql', '3. The database account');
    await query(this.source, `DROP USER IF EXISTS lifeboat@localhost; ${account}`);
    await query(this.source, blocksBelow(serverPage, 'sql', grants).join(''));
    const options = blocksBelow(serverPage, 'ini', '4. The password').join('');
    await this.onTarget('rm -f ~/.lifeboat.cnf && cat > ~/.lifeboat.cnf', options);
    await this.onTarget(blocksBelow(serverPage, 'sh', '4. The password').join(''));
    const authorizedKeys = path.join(path.dirname(this.target.home), 'authorized_keys');
    const key = /ssh-ed25519 \S+/.exec(readFileSync(authorizedKeys, 'utf8'))?.[0];
    const [line = ''] = blocksBelow(serverPage, 'text', '2. The user that logs in');
    if (key === undefined || !line.startsWith('restrict ssh-ed25519 '))
      throw new Error(`not a restricted key: ${line}`);
    writeFileSync(authorizedKeys, line.replace(/ssh-ed25519 \S+.*/, key));
  }

  async onTarget(command: string, input?: string): Promise<void> {
    const { status, stderr } = await runOnTarget(this.target, command, input);
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  }

  /** What docs/restore-by-hand.md begins with: the folder of the backup, two keys, and a client that finds the empty server. */
  async makeRestoreMachine(reader: S3Keys, office: Place): Promise<Place> {
    const { directory: home, variables } = await this.#makePlace('restore');
    const { socket, adminUser } = this.empty;
    writeFileSync(path.join(home, '.my.cnf'), `[client]\nsocket=${socket}\nuser=${adminUser}\n`);
    const directory = path.join(home, 'backup');
    mkdirSync(directory);
    for (const name of ['trusted-signers.asc', 'backup-secret-key.asc']) {
      cpSync(path.join(office.directory, name), path.join(directory, name));
    }
    await this.fetch(reader, 'dumps', directory);
    return { directory, variables };
  }

  /** Every object of a folder of the server. */
  async fetch(keys: S3Keys, folder: string, directory: string): Promise<void> {
    const client = createS3Client(this.#lab.s3, keys);
    for (const Key of await listKeys(client, `${PREFIX}/${SERVER}/${folder}/`)) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      writeFileSync(path.join(directory, path.basename(Key)), (await Body?.transformToByteArray()) ?? '');
    }
    client.destroy();
  }

  /** Runs commands as a person would; throws when one of them fails. */
  async shell(place: Place, script: string): Promise<CommandResult> {
    const result = await this.tryShell(place, script);
    if (result.status !== 0)
      throw new Error(`the commands ended with ${result.status ?? 'a signal'}: ${result.stderr}`);
    return result;
  }

  async tryShell({ directory, variables }: Place, script: string): Promise<CommandResult> {
    // The mark makes agents that gpg starts end with the run.
    const env = { PATH: process.env['PATH'], [RUN_VARIABLE]: this.run.id, ...variables };
    return tryCommand('bash', ['-e', '-c', script], { cwd: directory, env });
  }

  /** A home with a gpg that is told what a person would type. */
  async #makePlace(name: string): Promise<Place> {
    const directory = await this.run.makeDirectory(name, 0o700);
    const gpgHome = await this.run.makeDirectory(`gpg-${name}`, 0o700);
    writeFileSync(
      path.join(gpgHome, 'gpg.conf'),
      `batch\npinentry-mode loopback\npassphrase ${PASSPHRASE}\n`,
    );
    return { directory, variables: { HOME: directory, GNUPGHOME: gpgHome } };
  }
}

export async function listKeys(client: S3Client, prefix: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

/** A dump without comments and blank lines; `what` are the arguments that choose. */
export async function dumpText(
  { socket, adminUser }: MariadbAddress,
  what: readonly string[],
): Promise<string> {
  const text = await runCommand('mariadb-dump', [
    ...['--no-defaults', `--socket=${socket}`, `--user=${adminUser}`, '--default-character-set=utf8mb4'],
    ...['--hex-blob', '--no-tablespaces', '--single-transaction', '--dump-history'],
    ...['--max-allowed-packet=1G', ...what],
  ]);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');
}
