// What other jobs than the dump do on the target, begun as they begin it: with their own programs, account and directories.
import { isDeepStrictEqual } from 'node:util';
import { countOf } from '../../domain/text/units.ts';
import { camelCase, type Declaration } from '../../inputs/field.ts';
import { databaseInputs } from '../../inputs/groups/database.ts';
import type { BinlogEngine } from '../../ports/binlog-engine.ts';
import type { Remote, TargetSession } from '../../ports/remote.ts';
import type { StorageLayer } from '../../ports/storage.ts';
import { shipBinlogsDeclaration } from '../ship-binlogs/inputs.ts';
import {
  requestOf as shipRequestOf,
  toolsFor as shipToolsFor,
  type ShipRequestInputs,
} from '../ship-binlogs/request.ts';
import { syncStorageDeclaration } from '../sync-storage/inputs.ts';
import {
  requestOf as storageRequestOf,
  toolsFor as storageToolsFor,
  type StorageRequestInputs,
} from '../sync-storage/request.ts';
import type { Step } from './check-step.ts';
import type { Area, Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

export interface JobCheck {
  readonly inputs: DoctorInputs;
  readonly ports: {
    readonly remote: Remote;
    readonly binlogEngine: (flavour: DoctorInputs['engine']) => BinlogEngine;
    readonly storage: StorageLayer;
  };
  /** For those who find the lock. */
  readonly holder: string;
  readonly signal: AbortSignal;
}

type Values = ReadonlyMap<string, unknown>;

/** With others than the doctor's a step logs in to something else. */
const LOG_IN = ['ssh-host', 'ssh-port', 'ssh-user', 'ssh-proxy-host'];

/** `hasSession`: whether one could be started before. */
export async function checkJobs(
  steps: readonly Step[],
  hasSession: boolean,
  check: JobCheck,
  diagnosis: Diagnosis,
): Promise<void> {
  for (const step of steps) {
    const job = JOBS[step.action];
    if (job === undefined) continue;
    const { area, what, look } = job;
    const values = complete(step.values, job, check.inputs);
    const why = hasSession
      ? whyNot(step.values, values, job, check.inputs)
      : 'no session could be started on the server';
    if (why !== undefined) diagnosis.skip(area, `${what} (${step.where})`, why);
    else await diagnosis.check(area, `${what} (${step.where})`, () => look(values, check, diagnosis));
    check.signal.throwIfAborted();
  }
}

interface Job {
  readonly area: Area;
  readonly declared: Declaration;
  /** Inputs without which there is nothing to look at; any other has its default where it is worked out in the run. */
  readonly needs: readonly string[];
  /** What is good when nothing is found. */
  readonly what: string;
  readonly look: (values: Values, check: JobCheck, diagnosis: Diagnosis) => Promise<void>;
}

const JOBS: Readonly<Partial<Record<string, Job>>> = {
  'ship-binlogs': {
    area: 'Binary logs',
    declared: shipBinlogsDeclaration.inputs,
    needs: Object.keys(databaseInputs),
    what: 'they can be shipped: programs, account, rights, settings',
    look: checkShipping,
  },
  'sync-storage': {
    area: 'Files',
    declared: syncStorageDeclaration.inputs,
    needs: ['paths', 'become'],
    what: 'the directories are there, and the programs that read them',
    look: checkStorage,
  },
};

/** With defaults, and the password of an account that the doctor was given the password of. */
function complete(values: Values, { declared, needs }: Job, { dbUser, dbPassword }: DoctorInputs): Values {
  const others = Object.entries(declared).filter(([name]) => !needs.includes(name));
  const isSameUser = dbUser !== undefined && values.get('db-user') === dbUser;
  return new Map([
    ...others.map(([name, field]) => [name, field.absent()] as const),
    ...(isSameUser ? [['db-password', dbPassword] as const] : []),
    ...values,
  ]);
}

function whyNot(
  given: Values,
  values: Values,
  { needs }: Job,
  inputs: DoctorInputs & Readonly<Record<string, unknown>>,
): string | undefined {
  const other = LOG_IN.find(
    (name) => given.has(name) && !isDeepStrictEqual(given.get(name), inputs[camelCase(name)]),
  );
  if (other !== undefined) return `its \`${other}\` is not that of the doctor`;
  const unknown = needs.find((name) => !values.has(name));
  if (unknown === undefined) return undefined;
  return unknown === 'db-password'
    ? 'its `db-password` is not known, and not that of the dump'
    : `its \`${unknown}\` does not stand in the file`;
}

/** By their names in code. */
function asInputs(values: Values): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...values].map(([name, value]) => [camelCase(name), value]));
}

async function checkShipping(values: Values, check: JobCheck, diagnosis: Diagnosis): Promise<void> {
  const inputs = asInputs(values) as unknown as ShipRequestInputs & Pick<DoctorInputs, 'engine'>;
  const engine = check.ports.binlogEngine(inputs.engine);
  await inSession(check, shipToolsFor(inputs, engine), async (session) => {
    const { warnings } = await engine.open(session, shipRequestOf(inputs));
    for (const warning of warnings) if (!isToldOf(warning, diagnosis)) diagnosis.warn('Binary logs', warning);
  });
}

/** The dump has an opinion on some settings, too. */
function isToldOf(warning: string, { findings }: Diagnosis): boolean {
  const [setting = ''] = warning.split(':');
  return findings.some(({ what }) => what.startsWith(`${setting}:`));
}

async function checkStorage(values: Values, check: JobCheck, diagnosis: Diagnosis): Promise<void> {
  const inputs = asInputs(values) as unknown as StorageRequestInputs;
  const { storage } = check.ports;
  await inSession(check, storageToolsFor(inputs, storage), async (session) => {
    // Nothing is written into the folder before something is listed.
    const { facts } = await storage.open(session, storageRequestOf(inputs, lockName(check)));
    diagnosis.good.push({
      area: 'Files',
      what: `${countOf(facts.roots.length, 'path')}, find ${facts.findVersion}, tar ${facts.tarVersion}`,
    });
  });
}

async function inSession(
  check: JobCheck,
  tools: readonly string[],
  work: (session: TargetSession) => Promise<void>,
): Promise<void> {
  const { ports, inputs, holder, signal } = check;
  const session = await ports.remote.open(
    { lockName: lockName(check), holder, tools, timeoutMs: inputs.timeout },
    signal,
  );
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

function lockName({ inputs }: JobCheck): string {
  return `doctor-${inputs.server}`;
}
