// Puts the doctor together: the adapters of a dump, those that look at a store, and keys that may be bad.
import { doctorDeclaration, type DoctorInputs } from '../actions/doctor/inputs.ts';
import { examine } from '../actions/doctor/doctor.ts';
import type { Reading } from '../actions/doctor/check-keys.ts';
import type { TellingTrials } from '../actions/doctor/check-telling.ts';
import { failureOf, renderDiagnosis } from '../actions/doctor/report.ts';
import { dumpDeclaration } from '../actions/dump/inputs.ts';
import { restoreDeclaration } from '../actions/restore/inputs.ts';
import { restoreTestDeclaration } from '../actions/restore-test/inputs.ts';
import { shipBinlogsDeclaration } from '../actions/ship-binlogs/inputs.ts';
import { syncStorageDeclaration } from '../actions/sync-storage/inputs.ts';
import { verifyDeclaration } from '../actions/verify/inputs.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { recipientWarnings, signingKeyWarnings } from '../encryption/recipient-warnings.ts';
import { createBinlogEngine } from '../engines/mysql/binlogs/binlog-engine.ts';
import { createDumpEngine } from '../engines/mysql/dump/dump-engine.ts';
import { LifeboatError } from '../errors.ts';
import { storageLayer } from '../files/storage-layer.ts';
import type { ActionDeclaration } from '../inputs/declaration.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction, type RunContext } from '../platform/action.ts';
import { tryHeartbeat, tryIssues } from '../platform/telling/trials.ts';
import { readWorkflow } from '../platform/workflow-file.ts';
import { listHostKeys } from '../remote/known-hosts.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { createFindSandboxHost } from '../sandbox/find-host.ts';
import { openStoreInspector, openStoreWriter } from '../store/open-store.ts';
import { sshOptionsOf, sshRules } from './ssh-login.ts';
import { storeSettings, storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = doctorDeclaration;
const adapterRules = [...sshRules, ...storeSshRules];
/** What a workflow can use as a step, with what adapters say against inputs: a rule for inputs that an action lacks is never asked. */
export const STEPS: readonly ActionDeclaration[] = [
  dumpDeclaration,
  shipBinlogsDeclaration,
  syncStorageDeclaration,
  verifyDeclaration,
  restoreTestDeclaration,
  restoreDeclaration,
].map((declaration) => ({ ...declaration, rules: [...declaration.rules, ...adapterRules] }));

export const doctorAction = defineAction(doctorDeclaration, {
  rules: adapterRules,
  checks: () => ({
    recipients: checkFor(declared, ['recipients'], ({ recipients }) =>
      read(() => encryption.readRecipients(recipients, new Date())),
    ),
    signingKey: checkFor(declared, ['signing-key', 'signing-key-passphrase'], (keys) =>
      read(async () =>
        keys.signingKey === undefined
          ? undefined
          : encryption.readSigningKey(keys.signingKey, keys.signingKeyPassphrase, new Date()),
      ),
    ),
    identity: checkFor(declared, ['identity', 'identity-passphrase'], (keys) =>
      read(async () =>
        keys.identity === undefined
          ? undefined
          : encryption.readIdentity(keys.identity, keys.identityPassphrase),
      ),
    ),
    proofSigningKey: checkFor(declared, ['proof-signing-key', 'proof-signing-key-passphrase'], (keys) =>
      read(async () =>
        keys.proofSigningKey === undefined
          ? undefined
          : encryption.readSigningKey(
              keys.proofSigningKey,
              keys.proofSigningKeyPassphrase,
              new Date(),
              'proof-signing-key',
            ),
      ),
    ),
    trustedSigners: checkFor(declared, ['trusted-signers'], ({ trustedSigners }) =>
      readSigners(trustedSigners),
    ),
    trustedProvers: checkFor(declared, ['trusted-provers'], ({ trustedProvers }) =>
      readSigners(trustedProvers),
    ),
  }),
  run: async (inputs, keys, context) => {
    const { reporter, signal, origin } = context;
    const notices: string[] = [];
    const settings = storeSettings(inputs, context);
    const { storeStorageClass: storageClass, allowUnversioned } = inputs;
    const open = (credentials: Partial<typeof settings>) => ({
      writer: openStoreWriter(inputs.store, {
        ...settings,
        ...credentials,
        allowUnversioned,
        ...(storageClass === undefined ? {} : { storageClass }),
        onNotice: (notice) => notices.push(notice),
      }),
      inspector: openStoreInspector(inputs.store, { ...settings, ...credentials }),
    });
    const { readerAccessKeyId: accessKeyId, readerSecretAccessKey: secretAccessKey } = inputs;
    const backup = open({});
    const reader =
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : open({ credentials: { accessKeyId, secretAccessKey } });
    const now = new Date();
    const warnings = [
      ...('value' in keys.recipients ? recipientWarnings(keys.recipients.value, now) : []),
      ...('value' in keys.signingKey && keys.signingKey.value !== undefined
        ? signingKeyWarnings(keys.signingKey.value, now)
        : []),
    ];
    const remote = createSshRemote(sshOptionsOf(inputs));
    const engine = createDumpEngine(inputs.engine);
    const ports = {
      ...{ remote, engine, encryption, reporter, backup, reader, readWorkflow },
      ...{ binlogEngine: createBinlogEngine, storage: storageLayer, telling: tellingTrials(context) },
      findSandboxHost: createFindSandboxHost(),
      storeHostKeys: storeHostKeysOf(inputs),
    };
    try {
      const diagnosis = await examine(inputs, { ...keys, warnings }, STEPS, ports, { origin, signal });
      for (const notice of new Set(notices)) diagnosis.warn('Store', notice);
      reporter.summary(renderDiagnosis(inputs.server, diagnosis));
      const failure = failureOf(diagnosis);
      if (failure !== undefined) throw failure;
    } finally {
      for (const store of [backup, reader]) {
        await store?.writer.close();
        await store?.inspector?.close();
      }
    }
  },
});

function storeHostKeysOf({ store, storeKnownHosts = '' }: DoctorInputs): readonly string[] {
  return store.kind === 'sftp' ? listHostKeys(storeKnownHosts, store.host, store.port) : [];
}

function tellingTrials({ github }: RunContext): TellingTrials {
  const { repository } = github;
  return {
    beat: tryHeartbeat,
    issues:
      repository === undefined
        ? undefined
        : {
            repository,
            try: (token, how) => tryIssues(github, repository, token, how),
          },
  };
}

/** A key that cannot be used is a finding, not the end. */
async function read<T>(work: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { error };
  }
}

function readSigners(armored: string | undefined) {
  return read(async () => (armored === undefined ? undefined : encryption.readTrustedSigners(armored)));
}
