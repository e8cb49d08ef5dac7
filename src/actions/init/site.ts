// What is to be set up: one server, its store, and the names that its files and secrets have everywhere.
import path from 'node:path';
import { formatSftpLocation, type StoreLocation } from '../../domain/stores/store-url.ts';
import type { MadeKey } from '../../ports/encryption.ts';
import type { InitInputs } from './inputs.ts';

export interface Site {
  readonly inputs: InitInputs & {
    readonly server: string;
    readonly sshHost: string;
    readonly store: StoreLocation;
  };
  /** Absolute. */
  readonly keysDirectory: string;
  /** Text for `ssh-known-hosts`; undefined: nobody has compared the host key yet. */
  readonly knownHosts: string | undefined;
  /** Of the hour, each another one. */
  readonly minutes: { readonly [name in 'dump' | 'binlogs' | 'test' | 'verify']: number };
}

/** Users of a bucket; their ids and secrets lie beside the keys, as `writer-id`, `writer-secret` and so on. */
export const ROLES = ['writer', 'reader', 'prover'] as const;

export interface SiteKeys {
  readonly daily: MadeKey;
  readonly offline: MadeKey;
  readonly identity: MadeKey;
  readonly signing: MadeKey;
  readonly proofSigning: MadeKey;
  readonly ssh: { readonly privateKey: string; readonly publicKey: string };
}

/** To be run on the machine whose keys they are. */
export const PRINT_HOST_KEYS = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done';

/** Environments of GitHub: one for each job, so that none sees what another is given. */
export function environmentsOf({ inputs: { server } }: Site): {
  readonly [name in 'backup' | 'test' | 'verify']: string;
} {
  return { backup: `backup-${server}`, test: `restore-test-${server}`, verify: `verify-${server}` };
}

/** Where each workflow file lies, absolute. */
export function workflowPaths({
  inputs: { server, directory, verifyDirectory = directory, binlogs },
}: Site): {
  readonly dump: string;
  readonly binlogs: string | undefined;
  readonly test: string;
  readonly verify: string;
} {
  const inFolder = (checkout: string, name: string) =>
    path.resolve(checkout, '.github/workflows', `${name}-${server}.yml`);
  return {
    dump: inFolder(directory, 'dump'),
    binlogs: binlogs ? inFolder(directory, 'ship-binlogs') : undefined,
    test: inFolder(directory, 'restore-test'),
    verify: inFolder(verifyDirectory, 'verify'),
  };
}

/** Credentials of the account for binary logs, where the one who runs the client finds them; in a container beside those of the dump. */
export function binlogsDefaultsFile({ inputs: { dbContainer, dbDefaultsFile } }: Site): string {
  const name = 'lifeboat-binlogs.cnf';
  return dbContainer === undefined || dbDefaultsFile === undefined
    ? `~/.${name}`
    : path.posix.join(path.posix.dirname(dbDefaultsFile), name);
}

/** Those that people type, in the form of the `store` input. */
export function storeUrl(store: StoreLocation): string {
  if (store.kind === 'directory') return `file://${store.path}`;
  if (store.kind === 'sftp') return formatSftpLocation(store);
  return `s3://${store.bucket}${store.prefix === '' ? '' : `/${store.prefix}`}`;
}
