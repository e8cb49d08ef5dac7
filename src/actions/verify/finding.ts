// What a check says: something is wrong, worth knowing, or could not be looked at. Lines are plain text; parts between backquotes are names.

export const CHECKS = [
  ...(['manifest', 'object', 'age', 'chain', 'proof', 'identity', 'size', 'recipient'] as const),
  ...(['history', 'lock', 'read-back', 'bucket', 'lifecycle', 'uploads', 'writer', 'server'] as const),
] as const;
export type CheckName = (typeof CHECKS)[number];

export interface Finding {
  readonly check: CheckName;
  /** `red`: the store is not healthy. `known`: it would be red, and `acknowledge` names it. */
  readonly severity: 'red' | 'warning' | 'note' | 'known';
  /** Undefined: about the store as a whole. */
  readonly server?: string;
  readonly line: string;
  /** One sentence. */
  readonly fix?: string;
  /**
   * What it is about: an id, or a key; in a report what `acknowledge` would name, see `nameSubject`. Undefined for what cannot be
   * acknowledged.
   */
  readonly subject?: string;
  /** Since when it is so, as far as the store shows it; ISO 8601. */
  readonly since?: string;
}

/** Something that was not looked at, and why. */
export interface Unchecked {
  readonly check: CheckName;
  readonly server?: string;
  readonly line: string;
}

export interface Verdicts {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
}

/** `identity:atlas:20261112T030512Z-7f3a9c1e-mariadb`: who acknowledges one fault does not acknowledge another of the same backup. */
export function nameSubject({
  check,
  server,
  subject = '',
}: Pick<Finding, 'check' | 'server' | 'subject'>): string {
  return [check, ...(server === undefined ? [] : [server]), subject].join(':');
}

/** Findings by the names of their subjects; those that are named do not make the store unhealthy any more. */
export function acknowledge(findings: readonly Finding[], names: readonly string[]): readonly Finding[] {
  return findings.map((finding) => {
    if (finding.subject === undefined) return finding;
    const subject = nameSubject(finding);
    const isKnown = finding.severity === 'red' && names.includes(subject);
    return { ...finding, subject, severity: isKnown ? 'known' : finding.severity };
  });
}

/** The first few of a list, and how many more there are. */
export function nameSome(names: readonly string[], max = 3): string {
  const named = names.slice(0, max).map((name) => `\`${name}\``);
  const more = names.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
