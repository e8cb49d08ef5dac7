// Actions inside this process, with their real parts and a store that loses its patience sooner: what takes minutes with the limits that
// users have takes a second here. How runs end as processes is not seen here.
import { dump, type DumpOutcome } from '../../src/actions/dump/dump.ts';
import { dumpDeclaration } from '../../src/actions/dump/inputs.ts';
import type { SealingKeys, SealingPorts } from '../../src/actions/sealing/sealing.ts';
import { shipBinlogsDeclaration } from '../../src/actions/ship-binlogs/inputs.ts';
import type { ShipOutcome } from '../../src/actions/ship-binlogs/outcome.ts';
import { shipBinlogs } from '../../src/actions/ship-binlogs/ship-binlogs.ts';
import { syncStorageDeclaration } from '../../src/actions/sync-storage/inputs.ts';
import type { SyncStorageOutcome } from '../../src/actions/sync-storage/outcome.ts';
import { syncStorage } from '../../src/actions/sync-storage/sync-storage.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { createBinlogEngine } from '../../src/engines/mysql/binlogs/binlog-engine.ts';
import { createDumpEngine } from '../../src/engines/mysql/dump/dump-engine.ts';
import { storageLayer } from '../../src/files/storage-layer.ts';
import type { ActionDeclaration } from '../../src/inputs/declaration.ts';
import type { Declaration, InputsOf } from '../../src/inputs/field.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';
import type { keyInputs } from '../../src/inputs/groups/keys.ts';
import type { backupStoreInputs } from '../../src/inputs/groups/store.ts';
import type { plainTargetInputs } from '../../src/inputs/groups/target.ts';
import type { Remote } from '../../src/ports/remote.ts';
import { createSshRemote } from '../../src/remote/ssh-remote.ts';
import type { S3Limits } from '../../src/store/s3/options.ts';
import { S3StoreWriter } from '../../src/store/s3/writer.ts';
import { silentReporter } from './silent-reporter.ts';

export interface InProcessRun<T> {
  /** Undefined when it failed. */
  readonly outcome: T | undefined;
  /** What it threw. */
  readonly error: unknown;
  /** What the store had to tell. */
  readonly notices: readonly string[];
}

type Texts = Readonly<Record<string, string>>;

const PROGRAM = { lifeboatVersion: '0.0.0', origin: 'a test' };

/** `texts` are the inputs of the action, by name. */
export async function dumpInProcess(
  texts: Texts,
  limits: Partial<S3Limits>,
): Promise<InProcessRun<DumpOutcome>> {
  const inputs = await gather(dumpDeclaration, texts);
  return withParts(inputs, limits, (keys, ports, signal) =>
    dump(inputs, keys, PROGRAM, { ...ports, engine: createDumpEngine('mariadb') }, signal),
  );
}

/** `change` may put something between the run and its target. */
export async function shipInProcess(
  texts: Texts,
  limits: Partial<S3Limits> = {},
  change: (remote: Remote) => Remote = (remote) => remote,
): Promise<InProcessRun<ShipOutcome>> {
  const inputs = await gather(shipBinlogsDeclaration, texts);
  const engine = createBinlogEngine('mariadb');
  return withParts(inputs, limits, (keys, { remote, ...ports }, signal) =>
    shipBinlogs(inputs, keys, PROGRAM, { ...ports, remote: change(remote), engine }, signal),
  );
}

export async function syncInProcess(
  texts: Texts,
  limits: Partial<S3Limits>,
): Promise<InProcessRun<SyncStorageOutcome>> {
  const inputs = await gather(syncStorageDeclaration, texts);
  return withParts(inputs, limits, (keys, ports, signal) =>
    syncStorage(inputs, keys, PROGRAM, { ...ports, storage: storageLayer }, signal),
  );
}

async function gather<D extends Declaration>(
  declaration: ActionDeclaration<D>,
  texts: Texts,
): Promise<InputsOf<D>> {
  const source = { read: (name: string) => texts[name], howToGive: () => '', problems: [], warnings: [] };
  return (await gatherInputs(declaration, source, { isHostedRunner: false }, { checks: {} })).inputs;
}

type Inputs = InputsOf<typeof plainTargetInputs & typeof backupStoreInputs & typeof keyInputs>;

async function withParts<T>(
  inputs: Inputs,
  limits: Partial<S3Limits>,
  act: (
    keys: SealingKeys,
    ports: SealingPorts & { readonly remote: Remote },
    signal: AbortSignal,
  ) => Promise<T>,
): Promise<InProcessRun<T>> {
  const encryption = createOpenPgpEncryption();
  const recipients = await encryption.readRecipients(inputs.recipients, new Date());
  const signingKey =
    inputs.signingKey === undefined
      ? undefined
      : await encryption.readSigningKey(inputs.signingKey, inputs.signingKeyPassphrase, new Date());
  if (inputs.store.kind !== 's3') throw new TypeError('this is for S3 only');
  const notices: string[] = [];
  const store = new S3StoreWriter({
    bucket: inputs.store.bucket,
    prefix: inputs.store.prefix,
    endpoint: inputs.storeEndpoint,
    region: inputs.storeRegion,
    credentials: {
      accessKeyId: inputs.storeAccessKeyId ?? '',
      secretAccessKey: inputs.storeSecretAccessKey ?? '',
    },
    allowUnversioned: inputs.allowUnversioned,
    onNotice: (message) => notices.push(message),
    limits,
  });
  const remote = createSshRemote({
    host: inputs.sshHost,
    port: inputs.sshPort,
    user: inputs.sshUser,
    privateKey: inputs.sshKey,
    passphrase: inputs.sshKeyPassphrase,
    knownHosts: inputs.sshKnownHosts,
  });
  const ports = { remote, store, encryption, reporter: silentReporter };
  try {
    const signal = new AbortController().signal;
    return { outcome: await act({ recipients, signingKey }, ports, signal), error: undefined, notices };
  } catch (error) {
    return { outcome: undefined, error, notices };
  } finally {
    await store.close();
  }
}
