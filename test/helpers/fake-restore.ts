// An engine and a host of sandboxes that restore nothing: they give back what the inventory says, but for what a test changes. Real
// servers cannot be made to lose a row or to die at a given moment; what they do restore is tested with real ones.
import type { Inventory, InventoryObject } from '../../src/domain/dumps/inventory.ts';
import { LifeboatError } from '../../src/errors.ts';
import type { Reporter } from '../../src/ports/reporter.ts';
import type { RestoredServer, RestoreEngine } from '../../src/ports/restore-engine.ts';
import type { SandboxHost, SandboxOptions } from '../../src/ports/sandbox.ts';
import { fakeSandbox } from './fake-sandbox.ts';

export type ServerChanges = (inventory: Inventory, backupId: string) => Partial<RestoredServer>;

export const FAKE_VERSIONS = {
  server: '10.11.19-MariaDB-ubu2204',
  dumpTool: 'mariadb-dump 10.19 Distrib 10.11.19-MariaDB',
  isSameVersion: true,
};

export function fakeRestore(change: ServerChanges = () => ({})) {
  const told = {
    created: [] as SandboxOptions[],
    destroyed: 0,
    references: [] as (readonly string[])[],
    /** SQL text that was loaded, accounts first. */
    loaded: [] as string[],
    info: [] as string[],
  };
  const read = async (text: AsyncIterable<Uint8Array>): Promise<void> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of text) chunks.push(chunk);
    told.loaded.push(Buffer.concat(chunks).toString());
  };
  const engine: RestoreEngine = {
    imagesFor: () => ({ exact: ['mariadb:10.11.19'], sameSeries: ['mariadb:10.11'] }),
    sandboxFor: () => ({ command: ['server'], user: 'mysql', volume: '/var/lib/mysql' }),
    trialOf: () => ({ command: ['nothing'], user: 'mysql', volume: '/var/lib/mysql' }),
    checkReplayTool: () => Promise.resolve(),
    surveyBinlogs: (_, binlogs) =>
      Promise.resolve({
        ...{ binlogs: binlogs.length, transactions: 3, outOfOrder: 0 },
        ...{ executedBefore: '', span: undefined },
      }),
    roundInstant: (_, instant) => instant,
    connect: (_, __, manifest, inventory) =>
      Promise.resolve({
        versions: FAKE_VERSIONS,
        readFreeBytes: () => Promise.resolve(undefined),
        loadAccounts: read,
        completeAccounts: () => Promise.resolve(),
        createDefiners: () => Promise.resolve(),
        loadDatabases: (dump) => read(dump.open()),
        readDatabases: () =>
          Promise.resolve({
            objects: inventory.objects.filter(({ kind }) => kind !== 'account'),
            restSha256: Object.values(inventory.rest)[0] ?? '',
          }),
        readAccounts: () => Promise.resolve(inventory.objects.filter(({ kind }) => kind === 'account')),
        findBroken: () => Promise.resolve([]),
        replay: (binlogs) =>
          Promise.resolve({
            ...{ transactions: 3, last: undefined, next: undefined, stopPosition: undefined },
            ...{ binlogs: binlogs.length, isComparedById: true },
          }),
        findBrokenTables: () => Promise.resolve([]),
        ask: () => Promise.resolve({ rows: ['5'] }),
        ...change(inventory, manifest.id),
      }),
  };
  const host: SandboxHost = {
    name: 'podman',
    findImage: (references) => {
      told.references.push(references);
      return Promise.resolve({ reference: references[0] ?? '', id: `sha256:${'1'.repeat(64)}` });
    },
    create: (options) => {
      told.created.push(options);
      const sandbox = fakeSandbox(() => Promise.reject(new Error('nothing runs here')));
      return Promise.resolve({
        ...sandbox,
        destroy: () => {
          told.destroyed += 1;
          return Promise.resolve();
        },
      });
    },
    sweep: () => Promise.resolve(0),
  };
  const reporter: Reporter = {
    group: (_, body) => body(),
    info: (message) => void told.info.push(message),
    debug: () => undefined,
    warning: () => undefined,
    summary: () => undefined,
    output: () => undefined,
    mask: () => undefined,
  };
  return { engine, host, reporter, told };
}

/** One row of one table less came back. */
export const losesARow: ServerChanges = (inventory) => ({
  readDatabases: () =>
    Promise.resolve({
      objects: inventory.objects
        .filter(({ kind }) => kind !== 'account')
        .map((object): InventoryObject =>
          object.name === 'customers' ? { ...object, rows: 2, dataSha256: 'f'.repeat(64) } : object,
        ),
      restSha256: Object.values(inventory.rest)[0] ?? '',
    }),
});

export const refusesToLoad: ServerChanges = () => ({
  loadDatabases: () =>
    Promise.reject(new LifeboatError('load-failed', 'the server said no', { hint: 'Do this.' })),
});
