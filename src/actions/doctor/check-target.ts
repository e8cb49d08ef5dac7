// The target: what a dump does before it dumps, with every fault told and none in the way of the next, and what a dump does not ask.
import { excerpt } from '../../domain/excerpt.ts';
import { formatBytes } from '../../domain/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Recipient } from '../../ports/encryption.ts';
import type { DumpEngine } from '../../ports/engine.ts';
import type { Remote, TargetSession, TaskOutcome } from '../../ports/remote.ts';
import { requestOf, toolsFor } from '../dump/dump.ts';
import { sealObject } from '../sealing/seal-object.ts';
import { checkDisk, readFreeBytes } from './check-disk.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

export interface TargetCheck {
  readonly inputs: DoctorInputs;
  /** Undefined when they cannot be used. */
  readonly recipients: readonly Recipient[] | undefined;
  readonly ports: { readonly remote: Remote; readonly engine: DumpEngine; readonly encryption: Encryption };
  /** For those who find the lock. */
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** The names of objects, and what the filter notes of them, lie there during a dump. */
const MIN_PRIVATE_BYTES = 16 * 1024 ** 2;

export async function checkTarget(check: TargetCheck, diagnosis: Diagnosis): Promise<void> {
  const { inputs, ports } = check;
  const session = await openSession(check, diagnosis);
  if (session === undefined) {
    diagnosis.skip('Server', 'its user, programs and encryption', 'no session could be started there');
    diagnosis.skip('Database', 'all of it', 'no session could be started on the server');
    return;
  }
  try {
    await diagnosis.check('Server', 'the user that logs in is an ordinary one, with room to work in', () =>
      checkUser(session, inputs, diagnosis),
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
      return;
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

async function checkUser(
  session: TargetSession,
  { sshUser, dbContainer }: DoctorInputs,
  diagnosis: Diagnosis,
) {
  const { stdout } = await session.run({
    label: 'look at the user',
    script: `echo "id $(id -u)"; echo "groups $(id -Gn)"; echo "room $(df -Pk "$D" 2>/dev/null | tail -n 1)"`,
    stages: [],
  });
  const lines = stdout.toString().split('\n');
  const said = (word: string) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  const separate =
    'Make a user of its own that owns nothing (docs/server-setup.md, The user that logs in), and give it as `ssh-user`.';
  if (said('id') === '0')
    diagnosis.warn(
      'Server',
      `${sshUser} is root: whoever steals the key of the backup job owns the server`,
      separate,
    );
  else if (said('groups')?.split(' ').includes('docker') === true && dbContainer === undefined)
    diagnosis.warn(
      'Server',
      `${sshUser} is in the group docker, and can become root with it`,
      `gpasswd --delete ${sshUser} docker`,
    );
  const freeBytes = readFreeBytes(said('room') ?? '');
  if (freeBytes !== undefined && freeBytes < MIN_PRIVATE_BYTES)
    diagnosis.warn(
      'Server',
      `only ${formatBytes(freeBytes)} are free where a run keeps its private files (/dev/shm, or /tmp)`,
      'Make room there: a dump of many tables fails when it is full.',
    );
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
