// What a restore test needs besides a backup: keys that open it and sign for it, as far as they are given, and what makes sandboxes, where
// the test may run on this machine.
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Identity, Recipient, SigningKey, TrustedSigner } from '../../ports/encryption.ts';
import type { FindSandboxHost } from '../../ports/sandbox.ts';
import type { DoctorKeys } from './check-keys.ts';
import type { Step } from './check-step.ts';
import type { Diagnosis } from './diagnosis.ts';

export interface TestPorts {
  readonly encryption: Encryption;
  readonly findSandboxHost: FindSandboxHost;
}

const TRIAL = Buffer.from('trial\n');

/** `recipients` is undefined when they cannot be used. */
export async function checkRestoreTest(
  keys: DoctorKeys,
  recipients: readonly Recipient[] | undefined,
  steps: readonly Step[],
  { encryption, findSandboxHost }: TestPorts,
  signal: AbortSignal,
  diagnosis: Diagnosis,
): Promise<void> {
  const identity = take(keys.identity, diagnosis);
  const prover = take(keys.proofSigningKey, diagnosis);
  if (identity !== undefined && recipients !== undefined)
    await diagnosis.check('Restore test', '`identity` opens what is encrypted to the recipients', () =>
      tryIdentity(identity, recipients, encryption, signal),
    );
  if (prover !== undefined) await checkProver(prover, keys, encryption, diagnosis);
  for (const step of steps) await checkSandbox(step, findSandboxHost, signal, diagnosis);
}

/** What is wrong with a key is told. */
function take<T>(reading: { readonly value: T } | { readonly error: LifeboatError }, diagnosis: Diagnosis) {
  if ('value' in reading) return reading.value;
  diagnosis.fail('Restore test', reading.error);
  return undefined;
}

/** Throws what decrypting throws. */
async function tryIdentity(
  identity: Identity,
  recipients: readonly Recipient[],
  encryption: Encryption,
  signal: AbortSignal,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  const message = encryption.encrypt(once(TRIAL), recipients);
  for await (const chunk of encryption.decrypt(message, identity, signal)) chunks.push(chunk);
  if (!Buffer.concat(chunks).equals(TRIAL))
    throw new LifeboatError('decryption-failed', 'what was encrypted is not what was decrypted');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function checkProver(
  prover: SigningKey,
  { signingKey, trustedProvers }: DoctorKeys,
  encryption: Encryption,
  diagnosis: Diagnosis,
): Promise<void> {
  await diagnosis.check('Restore test', '`proof-signing-key` signs proofs that are believed', async () => {
    const signature = await prover.sign(TRIAL);
    if ('value' in signingKey && signingKey.value?.fingerprint === prover.fingerprint)
      diagnosis.fault(
        'Restore test',
        '`proof-signing-key` is the signing key: who makes backups could say that they were tested',
        'Make a key for each (docs/keys.md).',
      );
    const provers: readonly TrustedSigner[] | undefined =
      'value' in trustedProvers ? trustedProvers.value : undefined;
    if (provers === undefined)
      diagnosis.skip('Restore test', 'who believes its proofs', '`trusted-provers` is not given');
    else await encryption.verifyDetached(TRIAL, signature, provers, new Date());
  });
}

/** GitHub's own machines have Docker and Podman. */
async function checkSandbox(
  { action, values, isHostedRunner, where }: Step,
  findSandboxHost: FindSandboxHost,
  signal: AbortSignal,
  diagnosis: Diagnosis,
): Promise<void> {
  const choice = values.get('sandbox');
  if (action !== 'restore-test' || isHostedRunner) return;
  if (choice !== 'auto' && choice !== 'docker' && choice !== 'podman') return;
  try {
    await findSandboxHost(choice, signal);
    diagnosis.good.push({ area: 'Restore test', what: `this machine can make sandboxes (${where})` });
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== 'sandbox-unavailable') throw error;
    diagnosis.warn(
      'Restore test',
      `if this is the machine that tests run on (${where}): ${error.message}`,
      error.hint,
    );
  }
}
