// Reads the keys whose signatures are believed; shared by the actions that have both of these inputs.
import type { Field } from '../inputs/field.ts';
import { checkFor } from '../inputs/gather.ts';
import type { Encryption } from '../ports/encryption.ts';

type SignerInputs = Readonly<Record<'trusted-signers' | 'trusted-provers', Field<string | undefined>>>;

export function signerChecks(declared: SignerInputs, encryption: Encryption) {
  const { 'trusted-signers': signers, 'trusted-provers': provers } = declared;
  return {
    trustedSigners: checkFor({ 'trusted-signers': signers }, ['trusted-signers'], ({ trustedSigners }) =>
      trustedSigners === undefined ? undefined : encryption.readTrustedSigners(trustedSigners),
    ),
    trustedProvers: checkFor({ 'trusted-provers': provers }, ['trusted-provers'], ({ trustedProvers }) =>
      trustedProvers === undefined ? undefined : encryption.readTrustedSigners(trustedProvers),
    ),
  };
}
