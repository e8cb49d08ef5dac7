// Restores of MariaDB dumps: which image, which server, and when it is ready.
import type { Inventory } from '../../../domain/inventory.ts';
import type { DumpManifest } from '../../../domain/manifest.ts';
import { shellQuote, shellQuoteAll } from '../../../domain/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { RestoredServer, RestoreEngine } from '../../../ports/restore-engine.ts';
import type { Sandbox, SandboxImage } from '../../../ports/sandbox.ts';
import { compareNumbers, parseClientVersion, parseServerVersion, type Version } from '../versions.ts';
import { Inside } from './inside.ts';
import { MariadbRestoredServer } from './restored-server.ts';
import { MISSING_PROGRAMS, SERVER_USER, serverCommand, VOLUME } from './sandbox-server.ts';
import { loadTimeZones, needsTimeZones } from './time-zones.ts';

/** The first start makes a data directory: 1 to 8 s, 17 s were seen on busy cores. */
const MAX_QUESTIONS = 3_000;
const PAUSE_SECONDS = 0.1;
/** Major and minor: patches of one series read each other's dumps. */
const SERIES_NUMBERS = 2;
const ALL_NUMBERS = 3;

export const mariadbRestoreEngine: RestoreEngine = {
  imagesFor({ versions, source }) {
    const version = parseServerVersion(versions.server, source.flavour);
    if (version?.flavour !== 'mariadb') {
      throw new LifeboatError(
        'sandbox-image',
        `the backup is of ${source.flavour} ${versions.server}, which this version of Lifeboat cannot restore`,
      );
    }
    const [major, minor] = version.numbers;
    const image = 'docker.io/library/mariadb';
    return { exact: [`${image}:${version.numbers.join('.')}`], sameSeries: [`${image}:${major}.${minor}`] };
  },

  sandboxFor({ variables }, memoryBytes) {
    return { command: serverCommand(variables, memoryBytes), user: SERVER_USER, volume: VOLUME };
  },

  async connect(sandbox, image, manifest, inventory, signal) {
    const inside = new Inside(sandbox, signal);
    const server = await waitForServer(inside, sandbox, image);
    checkSeries(server, manifest, image);
    const dumpTool = await readDumpTool(inside);
    return prepare(inside, { server, dumpTool }, manifest, inventory);
  },
};

async function prepare(
  inside: Inside,
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
  const restored = new MariadbRestoredServer(inside, versions, inventory);
  await restored.createAccount();
  return restored;
}

/** Only one server ever listens on this socket, so that its answer means that it is ready. One command inside asks until then. */
async function waitForServer(inside: Inside, sandbox: Sandbox, image: SandboxImage): Promise<Version> {
  const client = shellQuoteAll(['mariadb', ...inside.clientArguments()]);
  const question = shellQuote('SELECT VERSION(); SELECT @@version_comment;');
  const script = `n=0; until ${client} --execute=${question} 2>/dev/null; do n=$((n + 1)); [ "$n" -lt ${MAX_QUESTIONS} ] || exit 1; sleep ${PAUSE_SECONDS}; done`;
  const { exitCode, stdout } = await inside.shell(script).catch((error: unknown) => {
    throw explainStart(error, sandbox, image);
  });
  const [version = '', comment = ''] = stdout.toString().split('\n');
  const parsed = parseServerVersion(version, comment);
  if (exitCode === 0 && parsed !== undefined) return parsed;
  throw new LifeboatError('sandbox-died', 'the server in the sandbox did not answer', {
    hint: 'Is the machine overloaded? Look at its processes and disks, and run it again.',
  });
}

function explainStart(error: unknown, sandbox: Sandbox, image: SandboxImage): unknown {
  const end = sandbox.describeEnd();
  const missing = end?.slice(end.indexOf(MISSING_PROGRAMS));
  if (end === undefined || missing === undefined || !end.includes(MISSING_PROGRAMS)) return error;
  return new LifeboatError(
    'sandbox-image',
    `the image ${image.reference} cannot be used: ${missing.replace('lifeboat: ', '').trim()}`,
    {
      hint: 'It takes an image of the same flavour with the server, its clients and perl, as the official `mariadb` images are.',
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
  const { stdout } = await inside.shell('mariadb-dump --version');
  return parseClientVersion(stdout.toString().trim())?.text ?? 'unknown';
}
