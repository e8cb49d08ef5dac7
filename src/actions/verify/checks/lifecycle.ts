// Rules of the bucket that remove things by their age: none may take away what something else still needs, or everything too soon.
import { countOf, formatDay } from '../../../domain/units.ts';
import type { ExpiryRule, KeyVersions } from '../../../ports/store.ts';
import type { Judged, ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';
import { partsOf, type Kept } from '../inventory.ts';
import type { AnchorTimeline } from './chains.ts';

export const DAY_MS = 86_400_000;
/** Backups that stop on the first day of a holiday must not all be gone when it ends. */
const MIN_KEPT_DAYS = 7;
const FIX =
  'Let the rule remove everything of the store at the same age, and leave storage out of it (docs/store-setup.md, What runs leave behind).';

/** Whether a rule is about this object; a size that is not known is taken for one that fits. */
export function applies(
  { prefix, moreThanBytes, lessThanBytes }: ExpiryRule,
  key: string,
  sizeBytes: number | undefined,
): boolean {
  if (!key.startsWith(prefix)) return false;
  if (sizeBytes === undefined) return true;
  return (
    (moreThanBytes === undefined || sizeBytes > moreThanBytes) &&
    (lessThanBytes === undefined || sizeBytes < lessThanBytes)
  );
}

export function checkLifecycle(timelines: readonly AnchorTimeline[]): ServerCheck {
  return (judged, { settings }) => {
    const rules = (settings?.expiry ?? []).filter(({ days }) => days !== undefined);
    if (rules.length === 0) return [];
    return findTooEarly(judged, timelines, rules);
  };
}

interface End {
  readonly key: string;
  readonly at: number;
  readonly rule: ExpiryRule;
}

/** When the first rule removes what is under a key; undefined: none does. */
function findEnd(
  key: string,
  keys: ReadonlyMap<string, KeyVersions>,
  rules: readonly ExpiryRule[],
): End | undefined {
  const current = keys.get(key)?.current;
  if (current === undefined) return undefined;
  const { lastModified, sizeBytes } = current;
  return rules
    .filter((rule) => applies(rule, key, sizeBytes))
    .map((rule) => ({ key, at: lastModified.getTime() + (rule.days ?? 0) * DAY_MS, rule }))
    .sort((a, b) => a.at - b.at)[0];
}

/** One for each rule and kind: what goes more than a day before the manifest that needs it. */
function findTooEarly(
  { inventory: { kept, keys } }: Judged,
  timelines: readonly AnchorTimeline[],
  rules: readonly ExpiryRule[],
): Finding[] {
  const binlogs = new Map(kept.map((each) => [each.id, each]));
  const groups = new Map<string, { readonly first: End; readonly needers: Kept[] }>();
  for (const each of kept) {
    const chain = timelines.find(({ backup }) => backup.id === each.id)?.timeline.chain ?? [];
    const links = chain.flatMap(({ copies: [copy] }) => binlogs.get(copy.manifest.id) ?? []);
    const end = findEnd(each.manifestKey, keys, rules)?.at ?? Number.POSITIVE_INFINITY;
    const first = [each, ...links]
      .flatMap(partsOf)
      .flatMap(({ key }) => findEnd(key, keys, rules) ?? [])
      .sort((a, b) => a.at - b.at)[0];
    if (first === undefined || end - first.at <= DAY_MS) continue;
    const name = `${first.rule.id} ${each.kind}`;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, { first, needers: [each] });
    else known.needers.push(each);
  }
  return [...groups.values()].map(({ first, needers }) => {
    const newest = needers.toSorted((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1))[0];
    return {
      check: 'lifecycle',
      severity: 'red',
      line: `the bucket's rule \`${first.rule.id}\` removes \`${first.key}\` on ${formatDay(new Date(first.at).toISOString())}, and ${countOf(needers.length, newest?.kind ?? '')} that stay longer need such objects, the newest \`${newest?.id ?? ''}\``,
      fix: FIX,
    };
  });
}

/** One for each rule, not for each server; `manifestKeys` are those of the newest dumps. */
export function checkShortRules(
  rules: readonly ExpiryRule[] | undefined,
  manifestKeys: readonly string[],
): readonly Finding[] {
  return (rules ?? []).flatMap((rule): Finding[] => {
    const { id, days } = rule;
    const isAbout = manifestKeys.some((key) => applies(rule, key, undefined));
    if (days === undefined || days >= MIN_KEPT_DAYS || !isAbout) return [];
    return [
      {
        check: 'lifecycle',
        severity: 'red',
        line: `the bucket's rule \`${id}\` removes backups after ${countOf(days, 'day')}: when backups stop, nothing is left before anybody has seen it`,
        fix: `Give it ${MIN_KEPT_DAYS} days or more.`,
      },
    ];
  });
}
