// Puts the restore-test action together: constructs the adapters, hands them to the action.
import { restoreTestDeclaration } from '../actions/restore-test/inputs.ts';
import { renderTestSummary } from '../actions/restore-test/report.ts';
import { restoreTest } from '../actions/restore-test/restore-test.ts';
import { isOfDump } from '../domain/proofs/proof.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { signingKeyWarnings } from '../encryption/recipient-warnings.ts';
import { createRestoreEngine } from '../engines/mysql/restore/restore-engine.ts';
import { checkFor } from '../inputs/gather.ts';
import { LifeboatError } from '../errors.ts';
import { defineAction } from '../platform/action.ts';
import { createLocalMachine } from '../remote/local-machine.ts';
import { createFindSandboxHost } from '../sandbox/find-host.ts';
import { openStoreReader, openStoreWriter } from '../store/open-store.ts';
import { VERSION } from '../version.ts';
import { formatDuration } from '../domain/text/units.ts';
import { storeSettings, storeSshRules } from './store-settings.ts';
import { withTimeout } from './with-timeout.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreTestDeclaration;

/** Of the memory that is free now: the rest is for this program, gpg and the container engine. */
const SANDBOX_SHARE = 0.75;
/** Below this a database server does not start. */
const MIN_SANDBOX_BYTES = 512 * 2 ** 20;

export const restoreTestAction = defineAction(restoreTestDeclaration, {
  rules: storeSshRules,
  checks: () => ({
    identity: checkFor(declared, ['identity', 'identity-passphrase'], (keys) =>
      encryption.readIdentity(keys.identity, keys.identityPassphrase),
    ),
    trustedSigners: checkFor(declared, ['trusted-signers'], ({ trustedSigners }) =>
      trustedSigners === undefined ? undefined : encryption.readTrustedSigners(trustedSigners),
    ),
    trustedProvers: checkFor(declared, ['trusted-provers'], ({ trustedProvers }) =>
      trustedProvers === undefined ? undefined : encryption.readTrustedSigners(trustedProvers),
    ),
    proofSigningKey: checkFor(declared, ['proof-signing-key', 'proof-signing-key-passphrase'], (keys) =>
      keys.proofSigningKey === undefined
        ? undefined
        : encryption.readSigningKey(
            keys.proofSigningKey,
            keys.proofSigningKeyPassphrase,
            new Date(),
            'proof-signing-key',
          ),
    ),
  }),
  run: async (inputs, keys, context) => {
    const { reporter, signal: stop, temporaryDirectory } = context;
    if (keys.proofSigningKey !== undefined)
      for (const warning of signingKeyWarnings(keys.proofSigningKey, new Date())) reporter.warning(warning);
    const tooSlow = new LifeboatError(
      'restore-too-slow',
      `the restore test reached its timeout (${formatDuration(inputs.timeout)})`,
      { hint: 'Give it more time, or a faster machine.' },
    );
    const signal = withTimeout(stop, inputs.timeout, tooSlow);
    const settings = storeSettings(inputs, context);
    const store = openStoreReader(inputs.store, settings);
    const prover = credentialsOf(inputs.proofAccessKeyId, inputs.proofSecretAccessKey);
    const proofStore = openStoreWriter(inputs.store, {
      ...settings,
      ...(prover === undefined ? {} : { credentials: prover }),
      allowUnversioned: inputs.allowUnversioned,
      onNotice: (notice) => reporter.warning(notice),
    });
    const machine = createLocalMachine();
    try {
      const outcome = await restoreTest(
        inputs,
        keys,
        {
          lifeboatVersion: VERSION,
          workplace: { directory: temporaryDirectory, sandboxMemoryBytes: sandboxMemory() },
        },
        {
          ...{ store, proofStore, encryption, engine: createRestoreEngine(machine), machine, reporter },
          findHost: (stopped) => createFindSandboxHost()(inputs.sandbox, stopped),
        },
        signal,
      );
      for (const warning of outcome.warnings) reporter.warning(warning);
      reporter.summary(renderTestSummary(inputs.server, outcome));
      reporter.output('passed', String(outcome.failure === undefined));
      if (outcome.written !== undefined) {
        const { proof, proofKey } = outcome.written;
        if (isOfDump(proof)) {
          reporter.output('level', proof.level);
          reporter.output('rto-seconds', proof.rtoSeconds);
        }
        reporter.output('rpo-seconds', proof.rpoSeconds);
        reporter.output('recovered-to', proof.recoveredTo);
        reporter.output('proof-key', proofKey);
      }
      if (outcome.failure !== undefined) throw outcome.failure;
    } finally {
      await Promise.all([store.close(), proofStore.close()]);
    }
  },
});

function credentialsOf(accessKeyId: string | undefined, secretAccessKey: string | undefined) {
  return accessKeyId !== undefined && secretAccessKey !== undefined
    ? { accessKeyId, secretAccessKey }
    : undefined;
}

function sandboxMemory(): number {
  return Math.max(MIN_SANDBOX_BYTES, Math.floor(process.availableMemory() * SANDBOX_SHARE));
}
