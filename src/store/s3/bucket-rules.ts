// The rules of a bucket by which objects go away, as far as they are about what is in the store.
import type { LifecycleRule } from '@aws-sdk/client-s3';
import type { ExpiryRule } from '../../ports/store.ts';

/** Rules that are about something in the store, of those that are on; `prefix` is the store's. */
export function readExpiryRules(rules: readonly LifecycleRule[], prefix: string): ExpiryRule[] {
  return rules.flatMap((rule) => {
    const days = rule.Expiration?.Days ?? daysUntil(rule.Expiration?.Date);
    const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
    const below = scopeOf(rule, prefix);
    if (rule.Status !== 'Enabled' || below === undefined) return [];
    if (days === undefined && noncurrentDays === undefined) return [];
    const both = rule.Filter?.And ?? rule.Filter;
    return {
      id: rule.ID ?? 'without a name',
      prefix: below,
      ...(days === undefined ? {} : { days }),
      ...(noncurrentDays === undefined ? {} : { noncurrentDays }),
      ...(both?.ObjectSizeGreaterThan === undefined ? {} : { moreThanBytes: both.ObjectSizeGreaterThan }),
      ...(both?.ObjectSizeLessThan === undefined ? {} : { lessThanBytes: both.ObjectSizeLessThan }),
    };
  });
}

/** Whether a rule gives up every upload of the store that was never completed. */
export function hasAbortRule(rules: readonly LifecycleRule[], prefix: string): boolean {
  return rules.some(
    (rule) =>
      rule.Status === 'Enabled' &&
      rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation !== undefined &&
      scopeOf(rule, prefix) === '',
  );
}

/** What keys in the store begin with that a rule is about; undefined: none is, as Lifeboat gives objects no tags. */
function scopeOf({ Filter: filter, ...rule }: LifecycleRule, prefix: string): string | undefined {
  if (filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0) return undefined;
  // The plain field is the older form.
  const { Prefix: older } = rule as { readonly Prefix?: string };
  const wanted = filter?.And?.Prefix ?? filter?.Prefix ?? older ?? '';
  const base = prefix === '' ? '' : `${prefix}/`;
  if (base.startsWith(wanted)) return '';
  return wanted.startsWith(base) ? wanted.slice(base.length) : undefined;
}

/** A rule with a date removes everything that is there then: whatever its age. */
function daysUntil(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : 0;
}
