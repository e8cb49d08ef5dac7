// A proof as the text that is signed and stored: written and read by one description, so that nothing is written that would not be read.
import { rpoSeconds, rtoSeconds } from './proof-figures.ts';
import { checkProof } from './proof-rules.ts';
import type { DocumentPlace, StatementFormat } from '../statements/statement.ts';
import { parseStatement, serializeStatement } from '../statements/statement.ts';
import { PROOF_SCHEMA, type DumpProof, type FilesProof, type Proof } from './proof.ts';

/** Figures of 20,000 databases stay below. */
export const MAX_PROOF_BYTES = 16 * 2 ** 20;

/** A proof as its writer knows it: the rest follows. */
export type DumpProofFacts = Omit<DumpProof, 'schema' | 'type' | 'rtoSeconds' | 'rpoSeconds'>;
export type FilesProofFacts = Omit<FilesProof, 'schema' | 'type' | 'rpoSeconds'>;
export type ProofFacts = DumpProofFacts | FilesProofFacts;

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server kind backup manifestSha256 instant isSigned level assertions startedAt finishedAt recoveredTo
  replay target transactions binlogs
  storage name snapshot share packs files directories links bytes
  rtoSeconds rpoSeconds timings fetchMs loadMs replayMs checksMs totalMs
  versions dumpTool sandboxServer sandboxDumpTool sandboxEngine image imageId lifeboat
  databases name tables views rows plainBytes excluded brokenViews
  counts database table view sequence trigger function procedure package package-body event account
  inventorySha256 dataSha256 notProvable what why limits recoverySha256`
  .trim()
  .split(/\s+/);

const FORMAT: StatementFormat<Proof> = {
  noun: 'proof',
  code: 'proof-invalid',
  schema: PROOF_SCHEMA,
  maxBytes: MAX_PROOF_BYTES,
  fieldOrder: FIELD_ORDER,
  check: checkProof,
};

/** The bytes to sign and store, see `serializeStatement`. Throws `proof-invalid` for one that the reader would refuse. */
export function serializeProof(facts: ProofFacts): Uint8Array {
  const frame = { schema: PROOF_SCHEMA, type: 'proof', rpoSeconds: rpoSeconds(facts) } as const;
  const proof: Proof =
    facts.kind === 'dump'
      ? { ...facts, ...frame, rtoSeconds: rtoSeconds(facts.timings) }
      : { ...facts, ...frame };
  return serializeStatement(FORMAT, proof, facts);
}

/** Reads what `serializeProof` wrote and nothing else. Throws `proof-invalid`, naming every violation. */
export function parseProof(bytes: Uint8Array, place: DocumentPlace): Proof {
  return parseStatement(FORMAT, bytes, place);
}
