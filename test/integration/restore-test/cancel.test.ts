// Restore tests that are cancelled or killed at many moments: the sandbox goes with them, what was restored goes with the sandbox, and
// no proof is written. What they are given is seen by nobody else, whenever they end.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findCanaries, type Canary } from '../../helpers/canaries.ts';
import { dump } from '../../helpers/dumped.ts';
import { expectNoSecrets } from '../../helpers/expect-failure.ts';
import { forgeBackup, readTemplate, type Forgery, type Template } from '../../helpers/forge-backup.ts';
import { watchForLeaks } from '../../helpers/leak-watch.ts';
import { RestoreSite, type RestoreRun, type StartedRestore } from '../../helpers/restore-site.ts';
import { getStored } from '../../helpers/stored-objects.ts';
import { findCommands } from '../../helpers/workflow-commands.ts';
import { createPgpKey, type PgpKey } from '../../lab/keys.ts';
import { query } from '../../lab/mariadb.ts';
import { startDockerForSandboxes, startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

/** From the signal to the end of the process, as users are promised; nothing is left then. */
const STOP_MS = 5_000;
/** The same when nobody says goodbye: the sandbox sees its input end. */
const CLEAN_AFTER_KILL_MS = 30_000;
/** Each moment sees every signal, one of them in docker and the others in podman. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
/** What the log shows when a run is there, and how long to wait then. */
const MOMENTS: readonly (readonly [string, (started: StartedRestore) => boolean, number])[] = [
  ['at its start', () => true, 300],
  ['while it fetches and starts a sandbox', saw('::group::Fetch the backup and start'), 200],
  ['when the sandbox is there', saw('every object is what the manifest says'), 1_000],
  ['while it loads', saw('::group::Load'), 700],
  ['while it compares', saw('::group::Compare'), 100],
];
const ROW = 'canary in the restored rows';

function saw(words: string): (started: StartedRestore) => boolean {
  return ({ log }) => log().includes(words);
}

describe.each([
  ['podman', startPodmanForSandboxes],
  ['docker', startDockerForSandboxes],
] as const)('%s', (name, startEngine) => {
  let site: RestoreSite;
  let template: Template;
  beforeAll(async () => {
    site = await RestoreSite.startWithDatabase(useLab(), startEngine);
    await query(
      site.lab.mariadb,
      `CREATE DATABASE c; USE c; CREATE TABLE t (id INT, row TEXT);
       INSERT INTO t SELECT seq, CONCAT('${ROW}', SHA2(RAND(), 512), SHA2(RAND(), 512)) FROM seq_1_to_50000`,
    );
    template = readTemplate((await dump(site.lab, `cancel-${name}`, { databases: 'c' })).backup);
  });
  afterAll(async () => {
    await site.expectClean();
    await site.stop();
  });

  const forge = (forgery?: Forgery) => forgeBackup(site.lab, template, forgery);
  /** So that it is at work when it is ended. */
  const slowly: Forgery = {
    text: (text, role) =>
      role === 'data' ? text.replace('\n-- Dump completed', '\nDO SLEEP(20);\n$&') : text,
  };

  function expectStopped(run: RestoreRun, signal: NodeJS.Signals): void {
    expectNoSecrets(site, run);
    expect(run.outputs).toEqual({});
    if (run.exitCode === null) return;
    expect(run.exitCode).toBe(130);
    const errors = findCommands(run.log).filter((command) => command.name === 'error');
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining(`The run was cancelled (${signal}).`),
    ]);
  }

  const cases = MOMENTS.flatMap((moment, index) =>
    SIGNALS.filter((_, at) => (name === 'docker') === (at === index % SIGNALS.length)).map(
      (signal) => [signal, ...moment] as const,
    ),
  );
  it.each(cases)('%s %s leaves nothing', async (signal, moment, isThere, waitMs) => {
    const { server } = await forge(moment === 'while it loads' ? slowly : {});
    const started = site.start({ server, 'walk-back': '0' }, name === 'docker' ? site.withGpg() : {});
    await vi.waitFor(() => expect(isThere(started)).toBe(true), { timeout: 60_000, interval: 10 });
    // The moment is the case: nothing else is waited for.
    await sleep(waitMs);
    started.child.kill(signal);
    const signalledAt = performance.now();
    const run = await started.ended;
    if (signal === 'SIGKILL') {
      // Ciphertext, the empty home of gpg, and nothing in clear.
      expect(run.remainingText).not.toMatch(/canary in the restored|CREATE TABLE|"objects"/);
      await site.expectClean(CLEAN_AFTER_KILL_MS);
    } else {
      expect(performance.now() - signalledAt).toBeLessThan(STOP_MS);
      expect(await site.findRemains()).toEqual([]);
      expect(run.remains).toEqual([]);
    }
    if (run.exitCode !== 0) {
      expectStopped(run, signal);
      expect(await site.listProofs(server)).toEqual([]);
    }
  });

  it('tells no secret to anybody who looks, from the beginning to the end', async () => {
    const keys = await makeKeys(site.labRun.path('watched-keys'));
    const lab = { ...site.lab, keys: { ...site.lab.keys, ...keys } };
    const [identity] = keys.recipients;
    const { server } = await forgeBackup(lab, template, {
      text: (text, role) =>
        role === 'data' ? text.replace('\n-- Dump completed', '\nDO SLEEP(3);\n$&') : text,
    });
    const canaries: Canary[] = [
      ...site.canaries().filter((canary) => canary.name.includes('secret key')),
      { name: 'the identity', value: readFileSync(identity.secretKeyPath, 'utf8') },
      { name: 'its passphrase', value: identity.passphrase },
      { name: 'the proof key', value: readFileSync(keys.proving.secretKeyPath, 'utf8') },
      { name: 'its passphrase', value: keys.proving.passphrase },
    ];
    const started = site.start(
      {
        ...{ server, 'log-level': 'debug', 'walk-back': '0' },
        identity: readFileSync(identity.secretKeyPath, 'utf8'),
        'identity-passphrase': identity.passphrase,
        'proof-signing-key': readFileSync(keys.proving.secretKeyPath, 'utf8'),
        'proof-signing-key-passphrase': keys.proving.passphrase,
        'trusted-provers': readFileSync(keys.proving.publicKeyPath, 'utf8'),
      },
      site.withGpg(),
    );
    const watch = watchForLeaks({
      canaries: [...canaries, { name: 'a row', value: ROW }],
      directories: [started.temporary, '/dev/shm'],
      initiated: new Set([started.child.pid ?? 0]),
    });
    await vi.waitFor(() => expect(started.log()).toContain('::group::Load'), { timeout: 60_000 });
    await sleep(1_000);
    const [container = ''] = await site.cli('ps', '--format', '{{.Names}}');
    const { stdout: inspected } = await site.tryCli('inspect', container);
    const logs = await site.tryCli('logs', container);
    const run = await started.ended;
    expect(watch.stop()).toEqual([]);
    expect(run.outputs).toMatchObject({ passed: 'true', level: '3' });
    const told = [run.log, run.summary, ...Object.values(run.outputs)];
    expect(inspected.toString()).toContain(container);
    const seen = [...told, inspected.toString(), logs.stdout.toString(), logs.stderr];
    for (const key of await site.listProofs(server))
      seen.push((await getStored(lab, key)).toString('latin1'));
    expect(seen).toHaveLength(told.length + 6);
    expect(findCanaries(seen.join('\n'), [...canaries, { name: 'a row', value: ROW }])).toEqual([]);
  });
});

/** The lab's own passphrases are the same in every lab of this machine. */
async function makeKeys(directory: string): Promise<{
  readonly recipients: readonly [PgpKey, PgpKey];
  readonly proving: PgpKey;
}> {
  await mkdir(directory);
  const make = (key: string) =>
    createPgpKey(directory, key, {
      ...{ type: 'ecc', curve: 'curve25519Legacy' },
      passphrase: `canary of ${key} ${randomBytes(12).toString('hex')}`,
    });
  return { recipients: [await make('first'), await make('second')], proving: await make('proving') };
}
