// What is to be set up: one server, its store, and the names that its files and secrets have everywhere.
import { formatSftpLocation, type StoreLocation } from '../../domain/store-url.ts';
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
  readonly dumpMinute: number;
  readonly testMinute: number;
}

export interface SiteKeys {
  readonly daily: MadeKey;
  readonly offline: MadeKey;
  readonly identity: MadeKey;
  readonly signing: MadeKey;
  readonly proofSigning: MadeKey;
  readonly ssh: { readonly privateKey: string; readonly publicKey: string };
}

/** Environments of GitHub: one for each job, so that neither sees what the other is given. */
export function environmentsOf({ inputs: { server } }: Site): {
  readonly backup: string;
  readonly test: string;
} {
  return { backup: `backup-${server}`, test: `restore-test-${server}` };
}

export function workflowNames({ inputs: { server } }: Site): {
  readonly dump: string;
  readonly test: string;
} {
  return { dump: `dump-${server}.yml`, test: `restore-test-${server}.yml` };
}

/** Those that people type, in the form of the `store` input. */
export function storeUrl(store: StoreLocation): string {
  if (store.kind === 'directory') return `file://${store.path}`;
  if (store.kind === 'sftp') return formatSftpLocation(store);
  return `s3://${store.bucket}${store.prefix === '' ? '' : `/${store.prefix}`}`;
}
