// A statement that is signed byte for byte (docs/format.md): a manifest, a proof. It has one form as text, is read strictly, and
// nothing is written that would not be read.
import type { ErrorCode } from '../../errors.ts';
import { LifeboatError } from '../../errors.ts';
import type { Report } from './json-shape.ts';

/** Where a document was found; it must say the same of itself. */
export interface DocumentPlace {
  readonly server: string;
  readonly id: string;
}

export type Checked<T> = { readonly value: T } | { readonly violations: readonly string[] };

export interface StatementFormat<T extends object> {
  /** For messages: `manifest`. */
  readonly noun: string;
  readonly code: ErrorCode;
  readonly schema: number;
  readonly maxBytes: number;
  /** Names of fields at all levels, in the order in which they are written; one that is not in it is not written at all. */
  readonly fieldOrder: readonly string[];
  /** The caller has looked at the schema number. */
  check(value: unknown, place: DocumentPlace): Checked<T>;
}

/** Enough to see what is wrong, short enough for a log. */
const MAX_NAMED_VIOLATIONS = 50;

/**
 * The bytes to sign and store: UTF-8 JSON, two spaces, fields in a fixed order, a final line break. The same statement always
 * gives the same bytes. Throws the format's error for one that the reader would refuse.
 */
export function serializeStatement<T extends object>(
  format: StatementFormat<T>,
  value: T,
  place: DocumentPlace,
): Uint8Array {
  const bytes = render(format, value);
  parseStatement(format, bytes, place);
  return bytes;
}

/** Reads what `serializeStatement` wrote and nothing else. Throws the format's error, naming every violation. */
export function parseStatement<T extends object>(
  format: StatementFormat<T>,
  bytes: Uint8Array,
  place: DocumentPlace,
): T {
  const { noun, code, schema, maxBytes } = format;
  const refuse = (violations: readonly string[]): never => {
    throw refusal({ noun, code, place, violations, maxNamed: MAX_NAMED_VIOLATIONS });
  };
  if (bytes.length > maxBytes) refuse([`it has more than ${maxBytes} bytes`]);
  const value = readJson(bytes) ?? refuse(['it is not a JSON object in UTF-8']);
  const found = readSchema(value);
  if (found !== schema) {
    refuse([
      typeof found === 'number'
        ? `its schema is ${found}, and this version of Lifeboat reads schema ${schema}: use a newer version`
        : 'it has no schema number',
    ]);
  }
  const checked = format.check(value, place);
  if ('violations' in checked) return refuse(checked.violations);
  // Also refuses a field that stands twice, of which other readers may take the other one.
  if (!Buffer.from(bytes).equals(render(format, checked.value))) {
    refuse([
      'it is not in the canonical form (order of fields, indentation, final line break, no field twice)',
    ]);
  }
  return checked.value;
}

/** The error for a document with these violations, each as `field problem`; a hostile one does not fill the log. */
export function refusal(document: {
  readonly noun: string;
  readonly code: ErrorCode;
  readonly place: DocumentPlace;
  readonly violations: readonly string[];
  readonly maxNamed: number;
}): LifeboatError {
  const { noun, code, place, violations, maxNamed } = document;
  const named = violations.slice(0, maxNamed);
  if (violations.length > named.length) named.push(`and ${violations.length - named.length} more`);
  return new LifeboatError(
    code,
    `The ${noun} of ${place.server}/${place.id} cannot be used: ${named.join('; ')}.`,
  );
}

/** Gathers violations; an empty path stands for the whole document. */
export function collectViolations(): { readonly violations: string[]; readonly report: Report } {
  const violations: string[] = [];
  const report = (path: string, problem: string): void => {
    violations.push(path === '' ? `it ${problem}` : `${path} ${problem}`);
  };
  return { violations, report };
}

/** The value of JSON in UTF-8 without a byte order mark; undefined for anything else. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function render<T extends object>({ fieldOrder }: StatementFormat<T>, value: T): Buffer {
  return Buffer.from(`${JSON.stringify(value, [...fieldOrder], 2)}\n`, 'utf8');
}

function readSchema(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
}
