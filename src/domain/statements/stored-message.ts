// What every manifest says of an encrypted object that it names.

/** One encrypted message in the store, in one or more parts. */
export interface StoredMessage {
  readonly codec: 'zstd';
  /** Bytes before compression, where they were counted. */
  readonly plainBytes?: number;
  /** Of the ciphertext, all parts joined. */
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Ids of the keys encrypted to: 16 upper-case hex digits each. */
  readonly recipients: readonly string[];
  readonly parts: readonly ManifestPart[];
}

export interface ManifestPart {
  /** Relative to the store's prefix. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}
