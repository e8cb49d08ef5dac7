// What holds of an object in the store as any manifest describes it: its parts, its sums, its recipients.
import * as shape from './json-shape.ts';
import type { ManifestPart, StoredMessage } from './stored-message.ts';
import { partKey } from '../stores/object-names.ts';

const keyId = shape.text(/^[0-9A-F]{16}$/, '16 upper-case hexadecimal digits');

const part = shape.record<ManifestPart>({
  key: shape.filledText,
  sizeBytes: shape.count,
  sha256: shape.sha256,
});

/** The fields of `StoredMessage`, to be put among others. */
export const storedMessageFields = {
  codec: shape.oneOf(['zstd']),
  plainBytes: shape.optional(shape.count),
  sizeBytes: shape.count,
  sha256: shape.sha256,
  recipients: shape.list(keyId, 1),
  parts: shape.list(part, 1),
} as const;

export function checkPartKeys(
  { parts }: StoredMessage,
  firstKey: string,
  path: string,
  report: shape.Report,
): void {
  for (const [at, each] of parts.entries()) {
    const expected = partKey(firstKey, at + 1);
    if (each.key !== expected) report(`${path}.parts[${at}].key`, `is not ${expected}`);
  }
}

export function checkSums(
  { sizeBytes, sha256, recipients, parts }: StoredMessage,
  path: string,
  report: shape.Report,
): void {
  if (hasRepeated(recipients)) report(`${path}.recipients`, 'names a key twice');
  if (parts.some((each) => each.sizeBytes === 0)) report(`${path}.parts`, 'has an empty part');
  const sum = parts.reduce((total, each) => total + each.sizeBytes, 0);
  if (sum !== sizeBytes) report(`${path}.sizeBytes`, 'is not the sum of its parts');
  if (parts.length === 1 && parts[0]?.sha256 !== sha256)
    report(`${path}.sha256`, 'is not that of its only part');
}

export function hasRepeated(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}
