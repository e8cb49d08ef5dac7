// Puts the verify action together: the adapters that read, those that look at a bucket, and the writer's key where it is to be tried.
import { verifyDeclaration } from '../actions/verify/inputs.ts';
import { renderPage } from '../actions/verify/page.ts';
import {
  failureOf,
  recoverableUntilOf,
  redOf,
  renderMissingPacks,
  renderReportBadge,
  renderReportJson,
} from '../actions/verify/report.ts';
import { verify } from '../actions/verify/verify.ts';
import { formatDuration } from '../domain/text/units.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { LifeboatError } from '../errors.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction } from '../platform/action.ts';
import { openStoreInspector, openStoreReader, openStoreWriter } from '../store/open-store.ts';
import { signerChecks } from './signer-checks.ts';
import { storeSettings, storeSshRules } from './store-settings.ts';
import { withTimeout } from './with-timeout.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = verifyDeclaration;

export const verifyAction = defineAction(verifyDeclaration, {
  rules: storeSshRules,
  checks: () => ({
    ...signerChecks(declared, encryption),
    recipients: checkFor(declared, ['recipients'], ({ recipients }) => readRecipients(recipients)),
  }),
  run: async (inputs, keys, context) => {
    const { reporter, signal: stop } = context;
    const tooSlow = new LifeboatError(
      'verify-too-slow',
      `verify reached its timeout (${formatDuration(inputs.timeout)}) before there was a verdict`,
      { hint: 'Give it more time, or less to do: `read-back: sample`, or fewer servers in one run.' },
    );
    const signal = withTimeout(stop, inputs.timeout, tooSlow);
    const settings = storeSettings(inputs, context);
    const store = openStoreReader(inputs.store, settings);
    const inspector = openStoreInspector(inputs.store, settings);
    const { writerAccessKeyId: accessKeyId, writerSecretAccessKey: secretAccessKey } = inputs;
    const writer =
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : openWriter(inputs.store, { ...settings, credentials: { accessKeyId, secretAccessKey } });
    try {
      const report = await verify(inputs, keys, { store, inspector, writer, encryption, reporter }, signal);
      reporter.summary(renderPage(report));
      reporter.output('healthy', String(redOf(report).length === 0));
      reporter.output('report', renderReportJson(report));
      reporter.output('recoverable-until', recoverableUntilOf(report) ?? '');
      reporter.output('missing-packs', renderMissingPacks(report));
      reporter.output('badge', renderReportBadge(report));
      const failure = failureOf(report);
      if (failure !== undefined) throw failure;
    } finally {
      for (const one of [store, inspector, writer?.writer, writer?.inspector]) await one?.close();
    }
  },
});

/** A key that expired is something to tell, and no reason not to look. */
async function readRecipients(armored: string | undefined) {
  if (armored === undefined) return undefined;
  try {
    return await encryption.readRecipients(armored, new Date());
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'recipient-unusable') return error;
    throw error;
  }
}

function openWriter(
  location: Parameters<typeof openStoreWriter>[0],
  settings: Parameters<typeof openStoreReader>[1],
) {
  const inspector = openStoreInspector(location, settings);
  // A bucket without versions is told by its settings.
  const writer = openStoreWriter(location, { ...settings, allowUnversioned: true });
  return inspector === undefined ? undefined : { writer, inspector };
}
