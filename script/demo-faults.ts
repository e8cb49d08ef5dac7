// The end of the demo: what goes wrong with backups, one after another, and the line by which verify tells of each.
import { readFileSync } from 'node:fs';
import type { Finding } from '../src/actions/verify/finding.ts';
import { BINLOG_USER } from '../test/helpers/binlog-site.ts';
import { dumpInputs } from '../test/helpers/dump-inputs.ts';
import { sign } from '../test/helpers/forge-backup.ts';
import { runAction } from '../test/helpers/runner.ts';
import { getStored, listStored, putStored, removeStored } from '../test/helpers/stored-objects.ts';
import { destroyStored, expireAfter, publish, verifyInputs } from '../test/helpers/verify-site.ts';
import { createPgpKey } from '../test/lab/keys.ts';
import type { Lab } from '../test/lab/lab.ts';
import { query } from '../test/lab/mariadb.ts';
import type { LabRun } from '../test/lab/run.ts';

const DAY_S = 86_400;

export interface Scene {
  readonly lab: Lab;
  /** The same with another database server. */
  readonly boreas: Lab;
  readonly database: string;
  readonly run: LabRun;
  readonly say: (text: string) => void;
}

interface Fault {
  readonly what: string;
  /** Of the bucket, unless it is a server's. */
  readonly server?: 'atlas' | 'boreas';
  /** Of the line that verify is red with. */
  readonly says: RegExp;
  /** What is done; it stays. */
  readonly make?: () => Promise<unknown>;
  /** For this look alone. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Throws when verify is not red, or does not say why. */
export async function breakEverything(scene: Scene): Promise<void> {
  for (const { what, server, says, make, inputs } of await planFaults(scene)) {
    await make?.();
    const { exitCode, outputs } = await runAction('verify', verifyInputs(scene.lab, inputs));
    const { findings } = JSON.parse(outputs['report'] ?? '{"findings":[]}') as {
      findings: readonly Finding[];
    };
    const lines = findings
      .filter((one) => one.severity === 'red' && one.server === server)
      .map(({ line }) => line);
    const found = lines.find((line) => says.test(line));
    if (exitCode !== 4 || found === undefined)
      throw new Error(`${what}: verify ended with ${exitCode ?? 'a signal'} and said:\n${lines.join('\n')}`);
    scene.say(`${what}\n  ❌ ${server === undefined ? '' : `${server}: `}${found}`);
  }
}

/** What hurts less comes first: the store is not mended in between. */
async function planFaults({ lab, boreas, database, run }: Scene): Promise<readonly Fault[]> {
  const makeKey = async (name: string, keyExpirationTime?: number): Promise<string> => {
    const type = { type: 'ecc', curve: 'curve25519Legacy' } as const;
    const key = await createPgpKey(await run.makeDirectory(name), name, {
      ...type,
      ...(keyExpirationTime === undefined ? {} : { keyExpirationTime }),
    });
    return readFileSync(key.publicKeyPath, 'utf8');
  };
  const [stranger, expiring] = [await makeKey('stranger'), await makeKey('expiring', 20 * DAY_S)];
  const recipients = verifyInputs(lab)['recipients'] ?? '';
  const find = async (folder: string, ending: string): Promise<string> => {
    const key = (await listStored(lab, folder)).find((one) => one.endsWith(ending));
    if (key === undefined) throw new Error(`nothing in ${folder} ends in ${ending}`);
    return key;
  };
  return [
    {
      what: 'A day passed without a dump.',
      server: 'atlas',
      says: /newest dump .* more than `max-dump-age`/,
      inputs: { 'max-dump-age': '1s' },
    },
    {
      what: 'Nobody tested for a while.',
      server: 'boreas',
      says: /newest proof .* more than `max-proof-age`/,
      inputs: { 'max-proof-age': '1s' },
    },
    {
      what: 'Backups are encrypted to other keys than ours.',
      server: 'atlas',
      says: /is not encrypted to/,
      inputs: { recipients: `${recipients}\n${stranger}` },
    },
    {
      what: 'A key expires soon.',
      says: /recipient .* expires on/,
      inputs: { recipients: `${recipients}\n${expiring}` },
    },
    { what: 'The bucket was opened to the world.', says: /bucket is public/, make: () => publish(lab) },
    {
      what: 'A rule of the bucket deletes after three days.',
      says: /removes backups after 3 days/,
      make: () => expireAfter(lab, 3),
    },
    {
      what: 'The next dump has fewer rows: the messages are gone.',
      server: 'boreas',
      says: /less than the median/,
      inputs: { 'max-shrink': '5%' },
      make: async () => {
        await query(boreas.mariadb, `DELETE FROM ${database}.message; DELETE FROM ${database}.ticket`);
        const { exitCode } = await runAction(
          'dump',
          dumpInputs(boreas, { server: 'boreas', databases: database }),
        );
        if (exitCode !== 0) throw new Error(`the dump ended with ${exitCode ?? 'a signal'}`);
      },
    },
    {
      what: 'A binary log vanished, and work went on.',
      server: 'atlas',
      says: /^binlogs: /,
      make: async () => {
        await query(lab.mariadb, `INSERT INTO ${database}.work VALUES ('done later')`);
        const { exitCode } = await runAction(
          'ship-binlogs',
          dumpInputs(lab, { server: 'atlas', 'db-user': BINLOG_USER }),
        );
        if (exitCode !== 0) throw new Error(`ship-binlogs ended with ${exitCode ?? 'a signal'}`);
        for (const ending of ['.json', '.json.sig', '.gpg'])
          await destroyStored(lab, await find('atlas/binlogs/binlog.000002', ending));
      },
    },
    {
      what: 'Somebody deleted an object; the bucket keeps it as an older version.',
      server: 'boreas',
      says: /was deleted .*, and is still there as an older version/,
      make: async () => removeStored(lab, await find('boreas/dumps/', 'accounts.sql.zst.gpg')),
    },
    {
      what: 'An object is gone for good.',
      server: 'atlas',
      says: /cannot be restored: .* is gone/,
      make: async () => destroyStored(lab, await find('atlas/dumps/', 'inventory.json.zst.gpg')),
    },
    {
      what: 'A manifest was written by somebody with another key.',
      server: 'atlas',
      says: /does not count/,
      make: async () => {
        const key = await find('atlas/dumps/', '/manifest.json');
        const bytes = await getStored(lab, key);
        await putStored(lab, `${key}.sig`, await sign(bytes, lab.keys.stranger));
      },
    },
  ];
}
