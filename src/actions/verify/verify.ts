// The verify action: reads what is in the store, server by server, and says what is not as it should be. It writes nothing, unless the
// writer's key is given to be tried.
import { LifeboatError } from '../../errors.ts';
import type { Encryption } from '../../ports/encryption.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreInspector, StoreReader, StoreSettings, StoreWriter } from '../../ports/store.ts';
import type { StoreClock } from '../../domain/stores/store-clock.ts';
import { DAY_MS } from '../../domain/text/units.ts';
import {
  groupByServer,
  holdsBackups,
  openListing,
  type List,
  type ServerKeys,
} from '../catalog/list-servers.ts';
import { lookAtServer } from '../catalog/look-at-server.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { checkAges } from './checks/ages.ts';
import { judgeBucket, readBucket } from './checks/bucket.ts';
import { checkChains, followAnchors, type AnchorTimeline } from './checks/chains.ts';
import { checkHistory } from './checks/history.ts';
import { checkIdentity } from './checks/identity.ts';
import { checkLifecycle, checkShortRules } from './checks/lifecycle.ts';
import { checkLocks, type WantedLock } from './checks/locks.ts';
import { checkManifests } from './checks/manifests.ts';
import { checkLeftovers } from './checks/leftovers.ts';
import { checkObjects, findMissingPacks } from './checks/objects.ts';
import { checkProofs } from './checks/proofs.ts';
import { checkExpiry, checkRecipients } from './checks/recipients.ts';
import { checkRunbook } from './checks/runbook.ts';
import { checkSizes } from './checks/sizes.ts';
import { checkTables } from './checks/tables.ts';
import { checkWriter } from './checks/writer.ts';
import type { CheckContext, VerifyKeys } from './context.ts';
import { estimateCost, Volume } from './cost.ts';
import { describeServer } from './describe-server.ts';
import { acknowledge, type Finding, type Unchecked, type Verdicts } from './finding.ts';
import { judgeServer, type Judged, type ServerCheck } from './judged.ts';
import type { VerifyInputs } from './inputs.ts';
import { listNotAsked } from './not-asked.ts';
import { readBack } from './read-back.ts';
import type { ServerReport, VerifyReport } from './report.ts';

export interface VerifyPorts {
  readonly store: StoreReader;
  /** Undefined: the store has no credentials and settings of its own. */
  readonly inspector: StoreInspector | undefined;
  /** The key of the backup jobs, to be tried. */
  readonly writer: { readonly writer: StoreWriter; readonly inspector: StoreInspector } | undefined;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
}

/** What everything below needs. */
interface Look {
  readonly inputs: VerifyInputs;
  readonly keys: VerifyKeys;
  readonly ports: VerifyPorts;
  readonly context: CheckContext;
  readonly signal: AbortSignal;
}

/** What came out of the look at one server. */
interface Looked extends Verdicts {
  readonly report: ServerReport;
  readonly missingPacks: readonly string[];
  /** That of the newest dump, or where there is none of anything. */
  readonly manifestKey: string | undefined;
}

/** Throws what keeps it from looking; what it sees is in the report. */
export async function verify(
  inputs: VerifyInputs,
  keys: VerifyKeys,
  ports: VerifyPorts,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { store, inspector, reporter } = ports;
  const clock = await readStoreClock(store, signal);
  const now = clock.now();
  const settings = await inspector?.readSettings(signal);
  const context: CheckContext = {
    ...{ now, limits: inputs, settings },
    recipients: keys.recipients instanceof LifeboatError ? undefined : keys.recipients,
    asksWhoSigned: keys.trustedSigners !== undefined,
    hasStoreTimes: inspector !== undefined,
  };
  const look: Look = { inputs, keys, ports, context, signal };
  const findings: Finding[] = [...judgeKeys(keys, now), ...judgeClock(clock)];
  const { list, hasVersions } = await openListing(ports, inputs.server, signal);
  const unchecked: Unchecked[] = [
    ...listNotAsked(inputs, keys, inspector !== undefined),
    ...(inspector === undefined || hasVersions ? [] : [noVersions(inputs.server)]),
  ];

  const volume = new Volume(now, { expiry: settings?.expiry ?? [], keepsVersions: settings?.keepsVersions });
  const servers: Looked[] = [];
  for await (const listed of groupByServer(list, inputs.server)) {
    const { server, keys: serverKeys } = listed;
    for (const versions of serverKeys.values()) volume.add(versions);
    if (holdsBackups(serverKeys))
      servers.push(await reporter.group(`Look at ${server}`, () => lookAt(listed, list, look)));
    else if (inputs.server.includes(server)) findings.push(nothingLeft(server));
  }
  if (servers.length === 0 && inputs.server.length === 0) findings.push(nothingAtAll(store.location));

  const manifestKeys = servers.flatMap(({ manifestKey }) => manifestKey ?? []);
  const verdicts: readonly Verdicts[] = [
    ...servers,
    { findings: checkShortRules(settings?.expiry, manifestKeys), unchecked: [] },
    ...(await lookAtStore(servers[0], look)),
  ];
  return {
    location: store.location,
    checkedAt: now.toISOString(),
    servers: servers.map(({ report }) => report),
    findings: acknowledge(
      [...findings, ...verdicts.flatMap((verdict) => verdict.findings)],
      inputs.acknowledge,
    ),
    unchecked: [...unchecked, ...verdicts.flatMap((verdict) => verdict.unchecked)],
    missingPacks: servers.flatMap(({ missingPacks }) => missingPacks),
    cost: estimateCost(volume, {
      isBucket: inputs.store.kind === 's3',
      endpoint: inputs.storeEndpoint,
    }),
  };
}

async function lookAt(listed: ServerKeys, list: List, look: Look): Promise<Looked> {
  const { inputs, keys, ports, context, signal } = look;
  const { inspector, reporter } = ports;
  const { now, settings } = context;
  const { server } = listed;
  const reading = { ...ports, ...keys, now, signal, looksInside: true };
  const inventory = await lookAtServer(listed, list, reading);
  const judged = judgeServer(inventory, context);
  const timelines = followAnchors(judged);
  const locks = await (inspector && checkLocks(judged, wantedLock(inputs, settings), inspector, now, signal));
  const findings = [
    ...runChecks(judged, context, timelines),
    ...(await checkRunbook(judged, reading)),
    ...(inputs.readBack === 'none' ? [] : await readBack(inventory, inputs.readBack, reading)),
    ...(locks?.findings ?? []),
  ];
  const red = findings.filter(({ severity }) => severity === 'red').length;
  reporter.info(`${inventory.keys.size} keys, ${inventory.kept.length} manifests, ${red} faults`);
  const newest = inventory.kept.find(({ id }) => id === judged.wholeDumps[0]?.id) ?? inventory.kept[0];
  return {
    findings: findings.map((finding) => ({ ...finding, server })),
    unchecked: locks?.unchecked ?? [],
    report: describeServer(judged, timelines, inputs.maxDumpAge),
    missingPacks: findMissingPacks(inventory.kept, inventory.keys),
    manifestKey: newest?.manifestKey,
  };
}

/** What is the same for all servers; strangers and the writer's key are tried on one of them. */
async function lookAtStore(example: Looked | undefined, look: Look): Promise<readonly Verdicts[]> {
  const { inputs, ports, context, signal } = look;
  const { inspector, writer } = ports;
  const { now, settings } = context;
  const verdicts: Verdicts[] = [];
  if (inspector !== undefined && settings !== undefined) {
    const facts = await readBucket(inspector, settings, example?.manifestKey, signal);
    verdicts.push(judgeBucket(facts, inputs.storeObjectLock, now));
  }
  if (writer !== undefined && example !== undefined)
    verdicts.push(await checkWriter(writer.writer, writer.inspector, example.report.server, now, signal));
  return verdicts;
}

function runChecks(
  judged: Judged,
  context: CheckContext,
  timelines: readonly AnchorTimeline[],
): readonly Finding[] {
  const checks: readonly ServerCheck[] = [
    ...[checkManifests, checkObjects, checkAges, checkChains(timelines), checkProofs, checkIdentity],
    ...[checkSizes, checkTables, checkRecipients, checkHistory, checkLifecycle(timelines), checkLeftovers],
  ];
  return checks.flatMap((check) => check(judged, context));
}

/** Keys that cannot be encrypted to any more are no reason not to look at the rest. */
function judgeKeys({ recipients }: VerifyKeys, now: Date): readonly Finding[] {
  if (recipients === undefined) return [];
  if (!(recipients instanceof LifeboatError)) return checkExpiry(recipients, now);
  const { message, hint } = recipients;
  return [
    { check: 'recipient', severity: 'red', line: message, ...(hint === undefined ? {} : { fix: hint }) },
  ];
}

function judgeClock({ warning }: StoreClock): readonly Finding[] {
  if (warning === undefined) return [];
  return [{ check: 'server', severity: 'warning', line: warning.replace(/\.$/, '') }];
}

function wantedLock(
  { storeObjectLock }: VerifyInputs,
  settings: StoreSettings | undefined,
): WantedLock | undefined {
  if (storeObjectLock !== undefined) return { ms: storeObjectLock, isAskedFor: true };
  return settings?.lockDays === undefined ? undefined : { ms: settings.lockDays * DAY_MS, isAskedFor: false };
}

function noVersions([server]: readonly string[]): Unchecked {
  const where =
    server === undefined
      ? 'for the whole store (one that is limited to some servers needs their names in `server`)'
      : `below \`${server}/\``;
  const line = `deletions and hidden versions: the service keeps none, or the reader lacks s3:ListBucketVersions ${where}`;
  return { check: 'history', line };
}

function nothingLeft(server: string): Finding {
  const fix = 'Check `server` and the prefix in `store`.';
  return { check: 'server', severity: 'red', server, line: 'nothing of this server is in the store', fix };
}

function nothingAtAll(location: string): Finding {
  const fix = 'Check the prefix in `store`.';
  return { check: 'server', severity: 'red', line: `no server has a backup in \`${location}\``, fix };
}
