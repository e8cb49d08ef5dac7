// Where Lifeboat departs from the defaults of openpgp.js.
import type { PartialConfig } from 'openpgp';
import { enums } from 'openpgp';

export const ENCRYPTING_CONFIG: PartialConfig = {
  /** ElGamal and DSA are old, but every gpg reads them; what is too weak was refused when the keys were read. */
  rejectPublicKeyAlgorithms: new Set(),
  /** What is encrypted was compressed before. */
  preferredCompressionAlgorithm: enums.compression.uncompressed,
};

/** No random notation in signatures: it is unreadable noise in what gpg says of them. */
export const SIGNING_CONFIG: PartialConfig = { nonDeterministicSignaturesViaNotation: false };
