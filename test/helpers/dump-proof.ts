// A proof that is known to be of a dump, read as such.
import type { DumpProof } from '../../src/domain/proofs/proof.ts';
import { parseProof } from '../../src/domain/proofs/proof-text.ts';
import type { DocumentPlace } from '../../src/domain/statements/statement.ts';

/** Throws for one of files. */
export function parseDumpProof(bytes: Uint8Array, place: DocumentPlace): DumpProof {
  const proof = parseProof(bytes, place);
  if (proof.kind !== 'dump') throw new TypeError(`a proof of ${proof.kind}`);
  return proof;
}
