// When rules of the bucket remove what lies under a key.
import { DAY_MS } from '../../domain/text/units.ts';
import type { ExpiryRule, KeyVersions } from '../../ports/store.ts';

/** Rules run once a day, round to days, and take hours for everything that is due. */
export const RULE_SLACK_MS = DAY_MS;

export interface End {
  readonly key: string;
  readonly at: number;
  readonly rule: ExpiryRule;
}

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

/** When the first rule removes what is under a key; undefined: none does. */
export function findEnd(
  key: string,
  keys: ReadonlyMap<string, KeyVersions>,
  rules: readonly ExpiryRule[],
): End | undefined {
  const current = keys.get(key)?.current;
  if (current === undefined) return undefined;
  const { lastModified, sizeBytes } = current;
  return rules
    .flatMap((rule) =>
      rule.days !== undefined && applies(rule, key, sizeBytes)
        ? [{ key, at: lastModified.getTime() + rule.days * DAY_MS, rule }]
        : [],
    )
    .sort((a, b) => a.at - b.at)[0];
}

/**
 * The end of a document that a rule is about to remove, or has begun to: rules go object by object, so that for some hours a part of it,
 * or its signature, may be gone already. Undefined where there is longer to go, and for a part that the rule is not about.
 */
export function findEnding(
  documentKey: string,
  partKey: string,
  keys: ReadonlyMap<string, KeyVersions>,
  rules: readonly ExpiryRule[],
  now: Date,
): End | undefined {
  const end = findEnd(documentKey, keys, rules);
  const isNear = end !== undefined && now.getTime() >= end.at - RULE_SLACK_MS;
  return isNear && applies(end.rule, partKey, undefined) ? end : undefined;
}

/** A line for people. */
export function describeEnd(kind: string, id: string, { rule }: End): string {
  return `the ${kind} \`${id}\` is at its end: the bucket's rule \`${rule.id}\` has begun to remove it`;
}
