// Restores of dumps into a sandbox: which image, which server, and when it is ready.
import type { Inventory } from '../../../domain/dumps/inventory.ts';
import type { DumpManifest } from '../../../domain/dumps/manifest.ts';
import { shellQuote, shellQuoteAll } from '../../../domain/text/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { Machine } from '../../../ports/machine.ts';
import type { RestoredServer, RestoreEngine, SandboxImages } from '../../../ports/restore-engine.ts';
import type { Sandbox, SandboxImage } from '../../../ports/sandbox.ts';
import { FLAVOURS } from '../flavours.ts';
import { findReplayTool, replayBinlogs, replayRequest, surveyBinlogs } from '../replay/replay.ts';
import { roundInstant } from '../replay/transactions.ts';
import {
  compareNumbers,
  parseClientVersion,
  parseServerVersion,
  type Flavour,
  type Version,
} from '../versions.ts';
import { checkFilterHere, filterHere, filterInside, type FilterRun } from './filter-run.ts';
import { Inside } from './inside.ts';
import { SqlRestoredServer } from './restored-server.ts';
import { MISSING_PROGRAMS, SERVER_USER, serverCommand, VOLUME } from './sandbox-server.ts';
import { loadTimeZones, needsTimeZones } from './time-zones.ts';

/** What an image must have, for people. */
const HELPERS: Readonly<Record<Flavour, string>> = {
  mariadb: 'the server, its clients and perl',
  mysql: 'the server, `mysql` and `mysqldump`',
};

/** Until it is destroyed. */
const IDLE = ['/bin/sh', '-c', 'while :; do sleep 60; done'];

/** The first start makes a data directory: 1 to 8 s, 17 s were seen on busy cores. */
const MAX_QUESTIONS = 3_000;
const PAUSE_SECONDS = 0.1;
/** Major and minor: patches of one series read each other's dumps. */
const SERIES_NUMBERS = 2;
const ALL_NUMBERS = 3;

/** `here` is the machine that this program runs on. */
export function createRestoreEngine(here: Machine): RestoreEngine {
  return {
    imagesFor,
    sandboxFor({ source }, { variables }, options) {
      const command = serverCommand(source.flavour, variables, options);
      return { command, user: SERVER_USER, volume: VOLUME };
    },
    trialOf: () => ({ command: IDLE, user: SERVER_USER, volume: VOLUME }),
    checkReplayTool,
    surveyBinlogs: (manifest, binlogs, until) =>
      surveyBinlogs({ ...replayRequest(manifest, binlogs), until }),
    roundInstant: ({ source }, instant) => roundInstant(source.flavour, instant),
    async connect(sandbox, image, manifest, inventory, signal) {
      const { flavour } = manifest.source;
      const inside = new Inside(sandbox, flavour, signal);
      const server = await waitForServer(inside, sandbox, image);
      checkSeries(server, manifest, image);
      const runFilter = flavour === 'mariadb' ? filterInside(inside) : filterHere(inside, here);
      if (flavour !== 'mariadb') await checkFilterHere(here, signal);
      const dumpTool = await readDumpTool(inside);
      return prepare(inside, runFilter, { server, dumpTool }, manifest, inventory);
    },
  };
}

/** Throws `replay-tool-missing`. */
async function checkReplayTool(
  sandbox: Sandbox,
  image: SandboxImage,
  { source: { flavour } }: DumpManifest,
  signal: AbortSignal,
): Promise<void> {
  const { binlogPrograms: tools } = FLAVOURS[flavour];
  const { exitCode } = await new Inside(sandbox, flavour, signal).shell(findReplayTool(flavour));
  if (exitCode === 0) return;
  throw new LifeboatError(
    'replay-tool-missing',
    `the image ${image.reference} has no ${tools.join(' or ')}, so that binlogs cannot be replayed in it`,
    {
      hint: `${flavour === 'mysql' ? 'The official MySQL images lack it. ' : ''}Name an image of the same version with ${HELPERS[flavour]} and \`${tools[0] ?? ''}\` in \`replay-image\`, or leave \`point-in-time\` out: levels 1 to 3 need none.`,
    },
  );
}

function imagesFor({ versions, source }: DumpManifest): SandboxImages {
  const version = parseServerVersion(versions.server, source.flavour);
  if (version?.flavour !== source.flavour) {
    throw new LifeboatError(
      'sandbox-image',
      `the backup is of ${source.flavour} ${versions.server}, which this version of Lifeboat cannot restore`,
    );
  }
  const [major, minor] = version.numbers;
  const { image } = FLAVOURS[source.flavour];
  return { exact: [`${image}:${version.numbers.join('.')}`], sameSeries: [`${image}:${major}.${minor}`] };
}

async function prepare(
  inside: Inside,
  runFilter: FilterRun,
  { server, dumpTool }: { readonly server: Version; readonly dumpTool: string },
  manifest: DumpManifest,
  inventory: Inventory,
): Promise<RestoredServer> {
  const versions = {
    server: server.text,
    dumpTool,
    isSameVersion:
      dumpTool === manifest.versions.dumpTool && isSame(server, wantedServer(manifest), ALL_NUMBERS),
  };
  if (needsTimeZones(inventory)) await loadTimeZones(inside, inventory.variables);
  const restored = new SqlRestoredServer(inside, runFilter, versions, inventory, (binlogs, survey, until) =>
    replayBinlogs(inside, server, { ...replayRequest(manifest, binlogs), until }, survey),
  );
  await restored.createAccount();
  return restored;
}

/** Only one server ever listens on this socket, so that its answer means that it is ready. One command inside asks until then. */
async function waitForServer(inside: Inside, sandbox: Sandbox, image: SandboxImage): Promise<Version> {
  const client = shellQuoteAll([inside.client, ...inside.clientArguments()]);
  const question = shellQuote('SELECT VERSION(); SELECT @@version_comment;');
  const script = `n=0; until ${client} --execute=${question} 2>/dev/null; do n=$((n + 1)); [ "$n" -lt ${MAX_QUESTIONS} ] || exit 1; sleep ${PAUSE_SECONDS}; done`;
  const { exitCode, stdout } = await inside.shell(script).catch((error: unknown) => {
    throw explainStart(error, inside.flavour, sandbox, image);
  });
  const [version = '', comment = ''] = stdout.toString().split('\n');
  const parsed = parseServerVersion(version, comment);
  if (exitCode === 0 && parsed !== undefined) return parsed;
  throw new LifeboatError('sandbox-died', 'the server in the sandbox did not answer', {
    hint: 'Is the machine overloaded? Look at its processes and disks, and run it again.',
  });
}

function explainStart(error: unknown, flavour: Flavour, sandbox: Sandbox, image: SandboxImage): unknown {
  const end = sandbox.describeEnd();
  const missing = end?.slice(end.indexOf(MISSING_PROGRAMS));
  if (end === undefined || missing === undefined || !end.includes(MISSING_PROGRAMS)) return error;
  return new LifeboatError(
    'sandbox-image',
    `the image ${image.reference} cannot be used: ${missing.replace('lifeboat: ', '').trim()}`,
    {
      hint: `It takes an image of the same flavour with ${HELPERS[flavour]}, as the official \`${flavour}\` images are.`,
      cause: error,
    },
  );
}

function checkSeries(server: Version, manifest: DumpManifest, image: SandboxImage): void {
  if (isSame(server, wantedServer(manifest), SERIES_NUMBERS)) return;
  throw new LifeboatError(
    'sandbox-image',
    `the image ${image.reference} holds ${server.flavour} ${server.text}, and the backup is of ${manifest.source.flavour} ${manifest.versions.server}`,
    {
      hint: 'A proof needs the same flavour and series. Leave `sandbox-image` empty, or name an image of that series.',
    },
  );
}

function wantedServer({ versions, source }: DumpManifest): Version | undefined {
  return parseServerVersion(versions.server, source.flavour);
}

/** Of one flavour, and equal in this many numbers. */
function isSame(server: Version, wanted: Version | undefined, numbers: number): boolean {
  return (
    wanted?.flavour === server.flavour &&
    compareNumbers(wanted.numbers.slice(0, numbers), server.numbers.slice(0, numbers)) === 0
  );
}

async function readDumpTool(inside: Inside): Promise<string> {
  const { stdout } = await inside.shell(`${inside.dumpTool} --version`);
  return parseClientVersion(stdout.toString().trim())?.text ?? 'unknown';
}
