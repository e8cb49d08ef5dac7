// The newest backup from which point-in-time recovery can start, as a dump leaves it on the target for whoever ships binary logs: neither
// may read what is in the store.
import * as shape from '../domain/statements/json-shape.ts';
import { sourceShape } from '../domain/dumps/manifest-rules.ts';
import type { DumpManifest, SourceIdentity } from '../domain/dumps/manifest.ts';

/** Of the state that a dump keeps. */
export const ANCHOR_ACTION = 'dump';

export interface Anchor {
  readonly backupId: string;
  /** The store's time. */
  readonly instant: string;
  readonly source: SourceIdentity;
  /** Where the binary log stood. */
  readonly file: string;
  readonly position: number;
  /** MySQL: what had been executed by then, or less. */
  readonly gtid?: string;
}

/** Undefined for a backup that is none. */
export function anchorOf({ id, instant, source, pitrAnchor, coordinates }: DumpManifest): Anchor | undefined {
  if (!pitrAnchor.isAnchor || coordinates === null) return undefined;
  return { backupId: id, instant, source, ...coordinates };
}

const anchorShape = shape.record<Anchor>({
  backupId: shape.filledText,
  instant: shape.instant,
  source: sourceShape,
  file: shape.filledText,
  position: shape.count,
  gtid: shape.optional(shape.anyText),
});

/** Undefined for what another release of Lifeboat may have left. */
export function readAnchor(value: unknown): Anchor | undefined {
  return anchorShape.check(value, '', () => undefined) ? value : undefined;
}
