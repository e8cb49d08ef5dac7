// The verify action: reads what is in the store, server by server, and says what is not as it should be. It writes nothing, unless the
// writer's key is given to be tried.
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Recipient, TrustedSigner } from '../../ports/encryption.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreInspector, StoreReader, StoreSettings, StoreWriter } from '../../ports/store.ts';
import { MANIFEST_NAME } from '../../domain/object-names.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { checkAges, newestOfEach } from './checks/ages.ts';
import { judgeBucket, readBucket } from './checks/bucket.ts';
import { checkChains, followAnchors, recoverableUntil, type AnchorTimeline } from './checks/chains.ts';
import { checkHistory } from './checks/history.ts';
import { checkIdentity } from './checks/identity.ts';
import { checkLifecycle, checkShortRules } from './checks/lifecycle.ts';
import { checkLocks, type WantedLock } from './checks/locks.ts';
import { checkManifests } from './checks/manifests.ts';
import { checkLeftovers, checkObjects, findMissingPacks } from './checks/objects.ts';
import { checkProofs } from './checks/proofs.ts';
import { checkExpiry, checkRecipients } from './checks/recipients.ts';
import { checkSizes } from './checks/sizes.ts';
import { checkWriter } from './checks/writer.ts';
import { judgeServer, newestClosing, type CheckContext, type Judged, type ServerCheck } from './context.ts';
import { estimateCost, Volume } from './cost.ts';
import { acknowledge, type Finding, type Unchecked } from './finding.ts';
import { gatherServer } from './gather.ts';
import type { VerifyInputs } from './inputs.ts';
import { groupByServer, holdsBackups, openListing } from './list-servers.ts';
import { readBack } from './read-back.ts';
import type { ServerReport, VerifyReport } from './report.ts';

const DAY_MS = 86_400_000;

export interface VerifyKeys {
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
  /** Undefined: not given. An error: one of them cannot be used any more. */
  readonly recipients: readonly Recipient[] | LifeboatError | undefined;
}

export interface VerifyPorts {
  readonly store: StoreReader;
  /** Undefined: the store has no credentials and settings of its own. */
  readonly inspector: StoreInspector | undefined;
  /** The key of the backup jobs, to be tried. */
  readonly writer: { readonly writer: StoreWriter; readonly inspector: StoreInspector } | undefined;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
}

/** Throws what keeps it from looking; what it sees is in the report. */
export async function verify(
  inputs: VerifyInputs,
  keys: VerifyKeys,
  ports: VerifyPorts,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { store, inspector, writer, reporter } = ports;
  const clock = await readStoreClock(store, signal);
  const now = clock.now();
  const settings = await inspector?.readSettings(signal);
  const recipients = Array.isArray(keys.recipients) ? (keys.recipients as readonly Recipient[]) : undefined;
  const context: CheckContext = {
    ...{ now, limits: inputs, recipients, settings },
    asksWhoSigned: keys.trustedSigners !== undefined,
    hasStoreTimes: inspector !== undefined,
  };
  const findings: Finding[] = [...judgeKeys(keys, now)];
  const unchecked: Unchecked[] = [...listUngiven(inputs, keys, ports)];
  if (clock.warning !== undefined)
    findings.push({ check: 'server', severity: 'warning', line: clock.warning.replace(/\.$/, '') });
  const take = (
    verdicts: { findings: readonly Finding[]; unchecked: readonly Unchecked[] },
    server?: string,
  ) => {
    findings.push(
      ...verdicts.findings.map((finding) => (server === undefined ? finding : { ...finding, server })),
    );
    unchecked.push(...verdicts.unchecked);
  };

  const servers: ServerReport[] = [];
  const missingPacks: string[] = [];
  const volume = new Volume(now);
  const manifestKeys: string[] = [];
  const listing = await openListing(ports, signal);
  if (listing.unchecked !== undefined) unchecked.push(listing.unchecked);
  for await (const { server, keys: serverKeys } of groupByServer(listing.list, inputs.server)) {
    for (const versions of serverKeys.values()) volume.add(versions);
    if (!holdsBackups(serverKeys)) {
      if (inputs.server.includes(server)) findings.push(nothingLeft(server));
      continue;
    }
    await reporter.group(`Look at ${server}`, async () => {
      const inventory = await gatherServer(server, serverKeys, {
        ...ports,
        ...keys,
        now,
        signal,
        looksInside: true,
      });
      const judged = judgeServer(inventory, context);
      const timelines = followAnchors(judged);
      const found = [
        ...runChecks(judged, context, timelines),
        ...(inputs.readBack === 'none'
          ? []
          : await readBack(inventory, inputs.readBack, { store, now, signal })),
      ];
      take({ findings: found, unchecked: [] }, server);
      if (inspector !== undefined)
        take(await checkLocks(judged, wantedLock(inputs, settings), inspector, signal), server);
      missingPacks.push(...findMissingPacks(inventory.kept, inventory.keys));
      servers.push(describeServer(judged, timelines, inputs.maxDumpAge));
      const [dump] = judged.wholeDumps;
      if (dump !== undefined) manifestKeys.push(`${dump.folder}${MANIFEST_NAME}`);
      const red = found.filter(({ severity }) => severity === 'red').length;
      reporter.info(`${serverKeys.size} keys, ${inventory.kept.length} manifests, ${red} faults`);
    });
  }
  if (servers.length === 0 && inputs.server.length === 0) findings.push(nothingAtAll(store.location));

  findings.push(...checkShortRules(settings?.expiry, manifestKeys));
  if (inspector !== undefined)
    take(judgeBucket(await readBucket(inspector, manifestKeys[0], signal), inputs.storeObjectLock, now));
  const [first] = servers;
  if (writer !== undefined && first !== undefined)
    take(await checkWriter(writer.writer, writer.inspector, first.server, now, signal));

  return {
    location: store.location,
    checkedAt: now.toISOString(),
    servers,
    findings: acknowledge(findings, inputs.acknowledge),
    unchecked,
    missingPacks,
    cost: estimateCost(volume, settings?.expiry ?? [], {
      isBucket: inputs.store.kind === 's3',
      endpoint: inputs.storeEndpoint,
    }),
  };
}

function runChecks(
  judged: Judged,
  context: CheckContext,
  timelines: readonly AnchorTimeline[],
): readonly Finding[] {
  const checks: readonly ServerCheck[] = [
    ...[checkManifests, checkObjects, checkAges, checkChains(timelines), checkProofs, checkIdentity],
    ...[checkSizes, checkRecipients, checkHistory, checkLifecycle(timelines), checkLeftovers],
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

function listUngiven(
  inputs: VerifyInputs,
  keys: VerifyKeys,
  { inspector }: VerifyPorts,
): readonly Unchecked[] {
  const isBucket = inspector !== undefined;
  return [
    ...(keys.trustedSigners === undefined
      ? [{ check: 'manifest' as const, line: 'who signed the manifests: give `trusted-signers`' }]
      : []),
    ...(keys.trustedProvers === undefined
      ? [{ check: 'proof' as const, line: 'who signed the proofs: give `trusted-provers`' }]
      : []),
    ...(keys.recipients === undefined
      ? [{ check: 'recipient' as const, line: 'whether a recipient expires soon: give `recipients`' }]
      : []),
    ...(isBucket && inputs.writerAccessKeyId === undefined
      ? [{ check: 'writer' as const, line: "what the writer's key may do: give `writer-access-key-id`" }]
      : []),
    ...(isBucket
      ? []
      : [
          {
            check: 'bucket' as const,
            line: 'versions, locks, rules and who may read: this kind of store has none of its own to ask for',
          },
        ]),
    ...(inputs.readBack === 'none'
      ? [
          {
            check: 'read-back' as const,
            line: 'whether the bytes of objects are still those that were stored: set `read-back`',
          },
        ]
      : []),
  ];
}

function wantedLock(
  { storeObjectLock }: VerifyInputs,
  settings: StoreSettings | undefined,
): WantedLock | undefined {
  if (storeObjectLock !== undefined) return { ms: storeObjectLock, isAskedFor: true };
  return settings?.lockDays === undefined ? undefined : { ms: settings.lockDays * DAY_MS, isAskedFor: false };
}

function describeServer(
  judged: Judged,
  timelines: readonly AnchorTimeline[],
  maxDumpAge: number,
): ServerReport {
  const { inventory, wholeDumps, wholeBinlogs, wholeSnapshots, proofs } = judged;
  const [dump] = wholeDumps;
  const [proof] = proofs;
  const count = (wanted: string) => inventory.kept.filter(({ kind }) => kind === wanted).length;
  let bytes = 0;
  for (const { current } of inventory.keys.values()) bytes += current?.sizeBytes ?? 0;
  return {
    server: inventory.server,
    recoverableUntil: recoverableUntil(judged, timelines),
    newestDump: dump && { id: dump.id, instant: dump.manifest.instant },
    newestBinlog: newestClosing(wholeBinlogs),
    newestSnapshots: newestOfEach(wholeSnapshots).map(({ name, instant }) => ({ name, instant })),
    newestProof: proof && { id: proof.id, startedAt: proof.startedAt, level: proof.level },
    inTimeSince: findInTimeSince(judged, maxDumpAge),
    counts: { dumps: count('dump'), binlogs: count('binlog'), snapshots: count('snapshot') },
    bytes,
  };
}

/** Back from the newest dump, as long as none came later than the limit after the one before it. */
function findInTimeSince({ wholeDumps }: Judged, maxDumpAge: number): string | undefined {
  let since: string | undefined;
  for (const { manifest } of wholeDumps) {
    if (since !== undefined && Date.parse(since) - Date.parse(manifest.instant) > maxDumpAge) break;
    since = manifest.instant;
  }
  return since;
}

function nothingLeft(server: string): Finding {
  const fix = 'Check `server` and the prefix in `store`.';
  return { check: 'server', severity: 'red', server, line: 'nothing of this server is in the store', fix };
}

function nothingAtAll(location: string): Finding {
  const fix = 'Check the prefix in `store`.';
  return { check: 'server', severity: 'red', line: `no server has a backup in \`${location}\``, fix };
}
