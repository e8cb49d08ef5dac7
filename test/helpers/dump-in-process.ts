// The dump action inside this process, with its real parts and a store that loses its patience sooner: what takes minutes with the
// limits that users have takes a second here. How runs end as processes is not seen here.
import { dump, type DumpOutcome } from '../../src/actions/dump/dump.ts';
import { dumpDeclaration } from '../../src/actions/dump/inputs.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { createDumpEngine } from '../../src/engines/mysql/dump-engine.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';
import type { Reporter } from '../../src/ports/reporter.ts';
import { createSshRemote } from '../../src/remote/ssh-remote.ts';
import type { S3Limits } from '../../src/store/s3/options.ts';
import { S3StoreWriter } from '../../src/store/s3/writer.ts';

export interface InProcessRun {
  /** Undefined when it failed. */
  readonly outcome: DumpOutcome | undefined;
  /** What it threw. */
  readonly error: unknown;
  /** What the store had to tell. */
  readonly notices: readonly string[];
}

const silent: Reporter = {
  group: (_title, body) => body(),
  info: () => undefined,
  debug: () => undefined,
  warning: () => undefined,
  summary: () => undefined,
  output: () => undefined,
  mask: () => undefined,
};

/** `inputs` are those of the action, by name. */
export async function dumpInProcess(
  texts: Readonly<Record<string, string>>,
  limits: Partial<S3Limits>,
): Promise<InProcessRun> {
  const source = { read: (name: string) => texts[name], howToGive: () => '', problems: [], warnings: [] };
  const { inputs } = await gatherInputs(dumpDeclaration, source, { isHostedRunner: false }, { checks: {} });
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
  const ports = { remote, store, encryption, engine: createDumpEngine('mariadb'), reporter: silent };
  const program = { lifeboatVersion: '0.0.0', origin: 'a test' };
  try {
    const signal = new AbortController().signal;
    return {
      outcome: await dump(inputs, { recipients, signingKey }, program, ports, signal),
      error: undefined,
      notices,
    };
  } catch (error) {
    return { outcome: undefined, error, notices };
  } finally {
    await store.close();
  }
}
