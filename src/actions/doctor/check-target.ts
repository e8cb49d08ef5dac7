// The target: what a dump does before it dumps, with every fault told and none in the way of the next, and what a dump does not ask.
import { excerpt } from '../../domain/text/excerpt.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Recipient } from '../../ports/encryption.ts';
import type { DumpEngine } from '../../ports/engine.ts';
import type { Remote, TargetSession, TaskOutcome } from '../../ports/remote.ts';
import { requestOf, toolsFor } from '../dump/dump.ts';
import { sealObject } from '../sealing/seal-object.ts';
import { checkDisk } from './check-disk.ts';
import { checkUser } from './check-user.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

export interface TargetCheck {
  readonly inputs: DoctorInputs;
  /** Undefined when they cannot be used. */
  readonly recipients: readonly Recipient[] | undefined;
  readonly ports: { readonly remote: Remote; readonly engine: DumpEngine; readonly encryption: Encryption };
  /** Keys that the machine of an SFTP store may show: `ssh-ed25519 SHA256:…`. */
  readonly storeHostKeys: readonly string[];
  /** For those who find the lock. */
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** Returns whether a session could be started there. */
export async function checkTarget(check: TargetCheck, diagnosis: Diagnosis): Promise<boolean> {
  const { inputs, ports } = check;
  const session = await openSession(check, diagnosis);
  if (session === undefined) {
    diagnosis.skip('Server', 'its user, programs and encryption', 'no session could be started there');
    diagnosis.skip('Database', 'all of it', 'no session could be started on the server');
    return false;
  }
  try {
    await diagnosis.check('Server', 'the user that logs in is an ordinary one, with room to work in', () =>
      checkUser(session, inputs, diagnosis),
    );
    const { hostKeyFingerprint } = session;
    if (check.storeHostKeys.some((key) => key.endsWith(` ${hostKeyFingerprint}`)))
      diagnosis.warn(
        'Store',
        `the store has the host key of ${inputs.sshHost}: the backups are on the machine that they are of`,
        'Use another machine, better another place (docs/store-setup.md). Two machines of one image may share a key: give each its own.',
      );
    await checkSealing(check, session, diagnosis);
    const request = requestOf(inputs);
    const plan = await diagnosis.check(
      'Database',
      'a dump can be planned: versions, rights, choice of databases',
      () => ports.engine.plan(session, request, diagnosis.failing('Database')),
    );
    if (plan === undefined) {
      diagnosis.skip('Database', 'the settings of the server', 'what was found before this comes first');
      return true;
    }
    for (const warning of plan.warnings) diagnosis.warn('Database', warning);
    const { flavour, serverVersion, hostName, dumpToolVersion } = plan.source;
    const versions = `${flavour} ${serverVersion} on ${hostName}, dump client ${dumpToolVersion}`;
    diagnosis.good.push({ area: 'Database', what: versions });
    await diagnosis.check('Database', 'its binary log, and room on its disk', async () => {
      const { advice, dataDirectory } = await ports.engine.advise(session, request.connection);
      for (const { what, fix } of advice) diagnosis.warn('Database', what, fix);
      if (dataDirectory !== undefined) await checkDisk(session, dataDirectory, inputs.store, diagnosis);
    });
    return true;
  } finally {
    await session.close();
  }
}

/** As a dump opens it; where only programs are missing, once more without asking for them. */
async function openSession(
  { inputs, ports, holder, signal }: TargetCheck,
  diagnosis: Diagnosis,
): Promise<TargetSession | undefined> {
  const { sshUser, sshHost, sshPort, timeout } = inputs;
  const open = (tools: readonly string[]) => () =>
    // A lock of its own: to be looked at must not make tonight's dump find the server busy.
    ports.remote.open({ lockName: `doctor-${inputs.server}`, holder, tools, timeoutMs: timeout }, signal);
  const isAbout = `${sshUser}@${sshHost}:${sshPort}: host key, log-in, programs, lock`;
  const session = await diagnosis.check('Server', isAbout, open(toolsFor(inputs, ports.engine)));
  if (session !== undefined || diagnosis.findings.at(-1)?.code !== 'target-tool-missing') return session;
  try {
    return await open([])();
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code === 'cancelled') throw error;
    // The programs that a session itself cannot do without are among those already named.
    if (error.code !== 'target-tool-missing') diagnosis.fail('Server', error);
    return undefined;
  }
}

/** Seals a few bytes with the target's very programs, to the very recipients. */
async function checkSealing(check: TargetCheck, session: TargetSession, diagnosis: Diagnosis): Promise<void> {
  const { inputs, recipients, ports } = check;
  const what = `what is dumped can be ${inputs.encryptOn === 'target' ? 'compressed and encrypted' : 'compressed'} there`;
  const why =
    recipients === undefined
      ? 'the recipients cannot be used'
      : diagnosis.findings.some(({ code }) => code === 'target-tool-missing')
        ? 'programs are missing'
        : undefined;
  if (recipients === undefined || why !== undefined) {
    diagnosis.skip('Server', what, why ?? '');
    return;
  }
  await diagnosis.check('Server', what, async () => {
    const task = { label: 'trial of the encryption', script: `printf 'trial\\n' | seal`, stages: [] };
    const sealing = { inputs, keys: { recipients }, ports, session };
    await drain(sealObject(sealing, { task, explain: explainGpg }).bytes);
  });
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

function explainGpg({ statuses, stderr }: TaskOutcome): Error | undefined {
  const status = statuses.get('encrypt');
  if (status === undefined || status === 0) return undefined;
  return new LifeboatError(
    'target-stage-failed',
    `gpg on the target cannot encrypt to the recipients: ${excerpt(stderr.get('encrypt') ?? '') || `status ${status}`}`,
    {
      hint: 'It must be 2.1.14 or newer (gpg --version). Where it cannot be updated, set `encrypt-on: runner`.',
    },
  );
}
