// OpenPGP: who can read a backup, and who signed its manifest. Knows nothing of databases or stores.

/** A public key that backups are encrypted to, checked for use with stock gpg. */
export interface Recipient {
  /** Of the primary key, upper-case hex. */
  readonly fingerprint: string;
  /** 16 upper-case hex digits of the subkey that is encrypted to. */
  readonly encryptionKeyId: string;
  /** First user id, for people; comes from the key and is not to be trusted. */
  readonly userId: string;
  readonly expiresAt: Date | undefined;
  /** This key alone, armored, and of it only what encryption needs: gpg takes one key a file, and has one subkey to choose from. */
  readonly armored: string;
}

export interface SigningKey {
  /** Of the primary key, upper-case hex: what goes onto paper. */
  readonly fingerprint: string;
  readonly expiresAt: Date | undefined;
  /** Detached binary signature that `gpg --verify` accepts, dated `signedAt` (default: now by this machine's clock). */
  sign(data: Uint8Array, signedAt?: Date): Promise<Uint8Array>;
}

/** A public key whose signatures the reader believes. */
export interface TrustedSigner {
  /** Of the primary key, upper-case hex. */
  readonly fingerprint: string;
  readonly userId: string;
  readonly armored: string;
}

export interface VerifiedSignature {
  /** Of the trusted signer's primary key. */
  readonly fingerprint: string;
  readonly signedAt: Date;
}

export interface KeyToMake {
  /** The user id, for people. */
  readonly name: string;
  readonly use: 'encrypt' | 'sign';
  /** Until it expires. */
  readonly years: number;
  /** Protects the secret half; undefined: nothing does. */
  readonly passphrase?: string;
}

export interface MadeKey {
  /** Of the primary key, upper-case hex. */
  readonly fingerprint: string;
  /** Armored. */
  readonly secretKey: string;
  readonly publicKey: string;
}

/** One or more secret keys that open backups. */
export interface Identity {
  /** Ids of the keys that can decrypt, as manifests name them: 16 upper-case hex digits. */
  readonly keyIds: readonly string[];
}

export interface Encryption {
  /**
   * Reads one or more armored public keys. Throws `recipient-unusable` naming each key that is expired, revoked, cannot encrypt,
   * expires within a day of `now`, or is of a kind that stock gpg cannot decrypt for (version 6, x25519 subkeys); `input-invalid`
   * for text that holds no public key or holds a secret one.
   */
  readRecipients(armored: string, now: Date): Promise<Recipient[]>;

  /**
   * Reads an armored secret key that can sign. Throws `input-invalid` (no secret key, wrong passphrase, cannot sign); `input` is how
   * messages call it.
   */
  readSigningKey(
    armored: string,
    passphrase: string | undefined,
    now: Date,
    input?: 'signing-key' | 'proof-signing-key',
  ): Promise<SigningKey>;

  /**
   * Encrypts to all recipients, in bounded memory: SEIPDv1, AES-256, no compression, no file name. Throws what `data` throws, and
   * is no whole message then.
   */
  encrypt(data: AsyncIterable<Uint8Array>, recipients: readonly Recipient[]): AsyncIterable<Uint8Array>;

  /**
   * Looks at the first bytes of a message (a kilobyte and a little more is enough): one version 3 session-key packet for each
   * recipient and no other, then a version 1 integrity-protected data packet. Returns `undefined` while more bytes are needed,
   * `true` when all is well; throws `encryption-format`.
   */
  checkMessageStart(head: Uint8Array, recipients: readonly Recipient[]): true | undefined;

  /**
   * Ids of the keys that a message is encrypted to, from its first bytes: 16 upper-case hex digits each. Undefined while more bytes
   * are needed; throws `decryption-failed` for what is no message of this form.
   */
  readMessageRecipients(head: Uint8Array): readonly string[] | undefined;

  /** Reads one or more armored public keys. Throws `input-invalid` for text that holds none, or a secret one. */
  readTrustedSigners(armored: string): Promise<TrustedSigner[]>;

  /**
   * Accepts exactly one binary signature over these bytes by one of the signers, made before `now` (ten minutes of clock
   * difference are allowed) and while the key was valid; a key that expired later still counts. Throws `signature-invalid`.
   */
  verifyDetached(
    data: Uint8Array,
    signature: Uint8Array,
    signers: readonly TrustedSigner[],
    now: Date,
  ): Promise<VerifiedSignature>;

  /** Reads armored secret keys. Throws `input-invalid` (no secret key, wrong passphrase, nothing that can decrypt). */
  readIdentity(armored: string, passphrase: string | undefined): Promise<Identity>;

  /**
   * Decrypts a message in bounded memory. Hand it only bytes whose SHA-256 was compared with a manifest before: text is given out
   * before the end of the message is known. Ends only when the message was whole; throws `identity-unfit` when it is not for this
   * identity, `decryption-failed` when it is damaged or of another form.
   */
  decrypt(
    ciphertext: AsyncIterable<Uint8Array>,
    identity: Identity,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
}
