// How the bucket is set up, and what anybody may get of it. Asked once, for the whole store.
import { countOf, DAY_MS, formatInstant } from '../../../domain/text/units.ts';
import type { StoreInspector, StoreSettings, UnfinishedUpload } from '../../../ports/store.ts';
import { judgeSettings } from '../../judge-settings.ts';
import type { Finding, Unchecked, Verdicts } from '../finding.ts';

/** As long as the rule of docs/store-setup.md waits. */
const STALE_UPLOAD_MS = 3 * DAY_MS;

export interface BucketFacts {
  readonly settings: StoreSettings;
  /** Undefined: these credentials may not see them. */
  readonly uploads: readonly UnfinishedUpload[] | undefined;
  /** What anybody gets without credentials. */
  readonly isListPublic: boolean;
  /** A manifest that anybody gets. */
  readonly publicKey: string | undefined;
}

/** `manifestKey` is one that is there: whether strangers get it is tried. */
export async function readBucket(
  inspector: StoreInspector,
  settings: StoreSettings,
  manifestKey: string | undefined,
  signal: AbortSignal,
): Promise<BucketFacts> {
  const isManifestPublic = manifestKey !== undefined && (await inspector.isPublic(manifestKey, signal));
  return {
    settings,
    uploads: await inspector.listUploads(signal),
    isListPublic: await inspector.isPublic(undefined, signal),
    publicKey: isManifestPublic ? manifestKey : undefined,
  };
}

/** `wantedLockMs` is what `store-object-lock` says; undefined: nothing. */
export function judgeBucket(facts: BucketFacts, wantedLockMs: number | undefined, now: Date): Verdicts {
  const { settings, uploads, isListPublic, publicKey } = facts;
  const verdicts = judgeSettings(settings);
  const stale = (uploads ?? []).filter(
    ({ startedAt }) => now.getTime() - startedAt.getTime() > STALE_UPLOAD_MS,
  );
  return {
    findings: [
      ...verdicts
        .filter(({ state }) => state === 'bad')
        .map(({ setting, what, fix }): Finding => {
          const isRed = setting === 'keepsVersions' || (setting === 'locks' && wantedLockMs !== undefined);
          return {
            check: 'bucket',
            severity: isRed ? 'red' : 'warning',
            line: what,
            fix,
            ...(setting === 'keepsVersions' ? { subject: 'versions' } : {}),
          };
        }),
      ...judgeLockDays(settings, wantedLockMs),
      ...judgePublic(isListPublic, publicKey),
      ...judgeUploads(stale),
    ],
    unchecked: [
      ...verdicts
        .filter(({ state }) => state === 'unknown')
        .map(({ subject, why }): Unchecked => ({ check: 'bucket', line: `${subject}: ${why}` })),
      ...(settings.expiry === undefined
        ? [
            {
              check: 'lifecycle' as const,
              line: 'whether a rule of the bucket removes what is needed: the service does not say, or the reader lacks s3:GetLifecycleConfiguration',
            },
          ]
        : []),
      ...(uploads === undefined
        ? [
            {
              check: 'uploads' as const,
              line: 'uploads that were never completed: the service does not say, or the reader lacks s3:ListBucketMultipartUploads',
            },
          ]
        : []),
    ],
  };
}

function judgeLockDays({ lockDays }: StoreSettings, wantedLockMs: number | undefined): Finding[] {
  if (lockDays === undefined || wantedLockMs === undefined || lockDays * DAY_MS >= wantedLockMs) return [];
  const line = `the bucket locks new objects for ${countOf(lockDays, 'day')}, less than \`store-object-lock\` says`;
  return [
    {
      check: 'lock',
      severity: 'red',
      line,
      fix: 'Lengthen its default retention (docs/store-setup.md, Retention).',
    },
  ];
}

function judgePublic(isListPublic: boolean, publicKey: string | undefined): Finding[] {
  if (!isListPublic && publicKey === undefined) return [];
  const what = [
    ...(isListPublic ? ['list what is in it'] : []),
    ...(publicKey === undefined ? [] : [`get objects such as \`${publicKey}\``]),
  ];
  const line = `the bucket is public: anybody can ${what.join(' and ')}, without credentials`;
  const fix =
    'Take away the policy or the access list that allows it; on Amazon turn Block Public Access on.';
  return [{ check: 'bucket', severity: 'red', line, fix }];
}

function judgeUploads(stale: readonly UnfinishedUpload[]): Finding[] {
  const [oldest] = stale.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  if (oldest === undefined) return [];
  const line = `${countOf(stale.length, 'upload')} never completed, and paid for: the oldest, of \`${oldest.key}\`, began ${formatInstant(oldest.startedAt.toISOString())}`;
  const fix =
    'Add AbortIncompleteMultipartUpload after 3 days (docs/store-setup.md, What runs leave behind).';
  return [{ check: 'uploads', severity: 'warning', line, fix }];
}
