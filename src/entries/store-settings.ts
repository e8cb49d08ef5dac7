// How a store is reached, from the inputs and from what the job has; and what only the adapter of SSH can say against the inputs.
import type { SftpLocation } from '../domain/stores/store-url.ts';
import { ruleFor, type Rule } from '../inputs/declaration.ts';
import { storeInputs } from '../inputs/groups/store.ts';
import type { RunContext } from '../platform/action.ts';
import { createSftpFiles } from '../remote/sftp-files.ts';
import type { StoreSettings } from '../store/open-store.ts';
import { keyProblem, knownHostsProblems } from './ssh-login.ts';

export interface StoreInputs {
  readonly storeEndpoint: URL | undefined;
  readonly storeRegion: string | undefined;
  readonly storeAccessKeyId: string | undefined;
  readonly storeSecretAccessKey: string | undefined;
  readonly storeRoleArn: string | undefined;
  readonly storeSshKey: string | undefined;
  readonly storeSshKeyPassphrase: string | undefined;
  readonly storeKnownHosts: string | undefined;
}

export const storeSshRules: readonly Rule[] = [
  ruleFor(storeInputs, ['store-ssh-key', 'store-ssh-key-passphrase'], (login) =>
    keyProblem('store-ssh-key', login.storeSshKey, login.storeSshKeyPassphrase),
  ),
  ruleFor(storeInputs, ['store-known-hosts', 'store'], ({ storeKnownHosts, store }) =>
    store.kind === 'sftp'
      ? knownHostsProblems('store-known-hosts', storeKnownHosts, store.host, store.port)
      : [],
  ),
];

export type StoreContext = Pick<RunContext, 'ambientCredentials' | 'idTokenRequest' | 'reporter'>;

export function storeSettings(
  inputs: StoreInputs,
  { ambientCredentials, idTokenRequest, reporter }: StoreContext,
): StoreSettings {
  const { storeEndpoint: endpoint, storeRegion: region, storeRoleArn: arn } = inputs;
  const openSftp = ({ host, port, user }: SftpLocation) =>
    createSftpFiles({
      ...{ host, port, user, passphrase: inputs.storeSshKeyPassphrase },
      // Both are there: the inputs' own rules ask for them.
      privateKey: inputs.storeSshKey ?? '',
      knownHosts: inputs.storeKnownHosts ?? '',
    });
  if (arn !== undefined && idTokenRequest !== undefined) {
    const onSecret = (secret: string) => reporter.mask(secret);
    return {
      endpoint,
      region,
      credentials: undefined,
      role: { arn, idToken: idTokenRequest, onSecret },
      openSftp,
    };
  }
  const { storeAccessKeyId: accessKeyId, storeSecretAccessKey: secretAccessKey } = inputs;
  const credentials =
    accessKeyId !== undefined && secretAccessKey !== undefined
      ? { accessKeyId, secretAccessKey }
      : ambientCredentials;
  return { endpoint, region, credentials, openSftp };
}
