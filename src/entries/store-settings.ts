// How a store is reached, from the inputs and from what the job has.
import type { RunContext } from '../platform/action.ts';
import type { StoreSettings } from '../store/open-store.ts';

export interface StoreInputs {
  readonly storeEndpoint: URL | undefined;
  readonly storeRegion: string | undefined;
  readonly storeAccessKeyId: string | undefined;
  readonly storeSecretAccessKey: string | undefined;
  readonly storeRoleArn: string | undefined;
}

export type StoreContext = Pick<RunContext, 'ambientCredentials' | 'idTokenRequest' | 'reporter'>;

export function storeSettings(
  inputs: StoreInputs,
  { ambientCredentials, idTokenRequest, reporter }: StoreContext,
): StoreSettings {
  const { storeEndpoint: endpoint, storeRegion: region, storeRoleArn: arn } = inputs;
  if (arn !== undefined && idTokenRequest !== undefined) {
    const onSecret = (secret: string) => reporter.mask(secret);
    return { endpoint, region, credentials: undefined, role: { arn, idToken: idTokenRequest, onSecret } };
  }
  const { storeAccessKeyId: accessKeyId, storeSecretAccessKey: secretAccessKey } = inputs;
  const credentials =
    accessKeyId !== undefined && secretAccessKey !== undefined
      ? { accessKeyId, secretAccessKey }
      : ambientCredentials;
  return { endpoint, region, credentials };
}
