// What a bucket keeps behind its keys: deletions, and versions that something was written over. Nothing that Lifeboat wrote has either.
import { isTrialKey } from '../../../domain/stores/object-names.ts';
import { DAY_MS, formatInstant } from '../../../domain/text/units.ts';
import type { ExpiryRule, KeyVersions } from '../../../ports/store.ts';
import { keysOf, partsOf } from '../../catalog/inventory.ts';
import { isBackupKey } from '../../catalog/list-servers.ts';
import type { CheckContext } from '../context.ts';
import { nameSome, type Finding } from '../finding.ts';
import type { Judged, ServerCheck } from '../judged.ts';
import { applies, RULE_SLACK_MS } from '../rules.ts';

export const checkHistory: ServerCheck = (judged, context) => {
  const [twins, changed]: [KeyVersions[], KeyVersions[]] = [[], []];
  for (const versions of judged.inventory.keys.values()) {
    const { key, current, hidden } = versions;
    // What was stored to see whether it can be is deleted by people, and nothing reads it.
    if (!isBackupKey(key) || isTrialKey(key) || (current !== undefined && hidden.length === 0)) continue;
    (isTwin(versions) ? twins : changed).push(versions);
  }
  return [...describeChanges(changed, judged, context), ...describeTwins(twins)];
};

/**
 * The same bytes, twice: an answer to a run's write was lost, the request went out again, and a service that knows no conditional writes
 * took both. Whatever a reader gets of them, it is what was stored first.
 */
function isTwin({ current, hidden }: KeyVersions): boolean {
  return (
    current?.md5 !== undefined &&
    hidden.every(({ md5, sizeBytes }) => md5 === current.md5 && sizeBytes === current.sizeBytes)
  );
}

function describeChanges(
  changed: readonly KeyVersions[],
  { inventory: { kept } }: Judged,
  { settings }: CheckContext,
): readonly Finding[] {
  const rules = settings?.expiry ?? [];
  const named = new Map(kept.flatMap((each) => keysOf(each).map((key) => [key, each.id] as const)));
  const parts = new Set(kept.flatMap((each) => partsOf(each).map(({ key }) => key)));
  const owners = new Map<string, KeyVersions[]>();
  for (const versions of changed) {
    const { key, current } = versions;
    // What a rule of the bucket removed was meant to go; what a manifest still needs is missed as an object.
    if (current === undefined && (parts.has(key) || isExpired(versions, rules))) continue;
    const owner = named.get(key) ?? ownerOf(key);
    owners.set(owner, [...(owners.get(owner) ?? []), versions]);
  }
  return [...owners].map(([owner, found]) => describe(owner, found, rules));
}

function describeTwins(twins: readonly KeyVersions[]): readonly Finding[] {
  if (twins.length === 0) return [];
  const line = `stored twice, each time the same: ${nameSome(twins.map(({ key }) => key))}; an answer of the service was lost, and the request repeated`;
  return [{ check: 'history', severity: 'note', line }];
}

function describe(owner: string, found: readonly KeyVersions[], rules: readonly ExpiryRule[]): Finding {
  const names = nameSome(found.map(({ key }) => key));
  const deleted = found
    .flatMap(({ deletedAt }) => deletedAt ?? [])
    .sort((a, b) => a.getTime() - b.getTime())[0];
  const overwritten = found.flatMap(({ current }) => current?.lastModified ?? [])[0];
  const since = (deleted ?? overwritten)?.toISOString();
  return {
    check: 'history',
    severity: 'red',
    line:
      deleted === undefined
        ? `something was written over ${names}, or it was deleted and brought back: what a reader gets is not the first version`
        : `deleted ${formatInstant(deleted.toISOString())}: ${names}; ${describeRest(found, deleted, rules)}`,
    fix: 'No key of a backup job may do this: find out whose it was. What was deleted comes back when the deletion is deleted (docs/verify.md).',
    subject: owner,
    ...(since === undefined ? {} : { since }),
  };
}

function describeRest(found: readonly KeyVersions[], deleted: Date, rules: readonly ExpiryRule[]): string {
  if (found.some(({ current, hidden }) => current === undefined && hidden.length === 0))
    return 'no version is left of some';
  const days = found.flatMap(({ key }) =>
    rules.flatMap((rule) => (applies(rule, key, undefined) ? (rule.noncurrentDays ?? []) : [])),
  );
  if (days.length === 0) return 'all of it can be brought back';
  const end = new Date(deleted.getTime() + Math.min(...days) * DAY_MS);
  return `all of it can be brought back until ${formatInstant(end.toISOString())}`;
}

function isExpired({ key, deletedAt, hidden }: KeyVersions, rules: readonly ExpiryRule[]): boolean {
  const [version] = hidden;
  // The end of a deletion that nothing is behind any more.
  if (deletedAt === undefined) return false;
  return rules.some(
    (rule) =>
      rule.days !== undefined &&
      applies(rule, key, version?.sizeBytes) &&
      (version === undefined ||
        deletedAt.getTime() - version.lastModified.getTime() >= rule.days * DAY_MS - RULE_SLACK_MS),
  );
}

/** The id of the dump, binlog or proof that a key was of, as far as the key tells. */
function ownerOf(key: string): string {
  const [, kind = '', ...rest] = key.split('/');
  if (kind === 'dumps') return rest.at(-2) ?? key;
  if (kind === 'proofs') return rest[0] ?? key;
  if (kind === 'binlogs') return (rest[0] ?? key).replace(/\.(?:json|json\.sig|zst\.gpg(?:\.\d+)?)$/, '');
  return key;
}
