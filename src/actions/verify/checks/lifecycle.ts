// Rules of the bucket that remove things by their age: none may take away what something else still needs, or everything too soon.
import { countOf, formatDay } from '../../../domain/text/units.ts';
import type { ExpiryRule } from '../../../ports/store.ts';
import { keysOf, type Kept } from '../../catalog/inventory.ts';
import type { Finding } from '../finding.ts';
import type { Judged, ServerCheck } from '../judged.ts';
import { applies, findEnd, RULE_SLACK_MS, type End } from '../rules.ts';
import { MIN_KEPT_MS, type AnchorTimeline } from './chains.ts';

/** Backups that stop on the first day of a holiday must not all be gone when it ends. */
const MIN_KEPT_DAYS = 7;
const FIX =
  'Let the rule remove everything of the store at the same age, and leave storage out of it (docs/store-setup.md, What runs leave behind).';

export function checkLifecycle(timelines: readonly AnchorTimeline[]): ServerCheck {
  return (judged, { settings }) => {
    const rules = settings?.expiry ?? [];
    return rules.length === 0 ? [] : findTooEarly(judged, timelines, rules);
  };
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
    const anchor = timelines.find(({ backup }) => backup.id === each.id);
    const links = anchor?.timeline.chain.flatMap(({ copies: [copy] }) => binlogs.get(copy.manifest.id) ?? []);
    const neededUntil = Date.parse(anchor?.backup.manifest.instant ?? '') + MIN_KEPT_MS;
    const endsOf = (one: Kept) => keysOf(one).flatMap((key) => findEnd(key, keys, rules) ?? []);
    const end = findEnd(each.manifestKey, keys, rules)?.at ?? Number.POSITIVE_INFINITY;
    const first = [
      ...endsOf(each),
      ...(links ?? []).flatMap(endsOf).filter(({ at }) => at < neededUntil),
    ].sort((a, b) => a.at - b.at)[0];
    if (first === undefined || end - first.at <= RULE_SLACK_MS) continue;
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
      line: `the bucket's rule \`${first.rule.id}\` removes \`${first.key}\` on ${formatDay(new Date(first.at).toISOString())}, and ${countOf(needers.length, newest?.kind ?? '')} that ${needers.length === 1 ? 'stays longer needs' : 'stay longer need'} such objects, the newest \`${newest?.id ?? ''}\``,
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
