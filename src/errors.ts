// The one error class that a user is meant to read. Anything else that is thrown is a bug and shows its stack.

/** Who must act on an error; decides the exit code of the command line. */
export type ErrorClass =
  | 'configuration'
  | 'target'
  | 'store'
  | 'encryption'
  | 'integrity'
  | 'sandbox'
  | 'restore-test'
  | 'stale'
  | 'cancelled';

/** Every code, the class it belongs to and what it means; docs/reference/errors.md is made from this table. */
// prettier-ignore
export const ERROR_CODES = {
  'input-invalid': ['configuration', 'One or more inputs are missing or cannot be used; every problem is listed.'],
  'replay-tool-missing': ['configuration', 'The image of the sandbox has no program that replays binlogs.'],
  'ssh-unreachable': ['target', 'No TCP connection to the SSH server, or it broke before authentication.'],
  'ssh-host-key': ['target', 'The server showed a host key that `ssh-known-hosts` does not list, or a revoked one.'],
  'ssh-algorithms': ['target', 'The SSH server offers no algorithm that Lifeboat accepts.'],
  'ssh-auth': ['target', 'The server did not accept the user and key.'],
  'ssh-forwarding': ['target', 'The bastion let the user in but does not forward connections to the target.'],
  'ssh-exec': ['target', 'The SSH server let the user in but did not run a command.'],
  'ssh-lost': ['target', 'The SSH connection broke while the target was at work.'],
  'ssh-timeout': ['target', 'The target did not answer, or the run reached its `timeout`.'],
  'target-busy': ['target', 'Another run of the same action holds the lock on the target.'],
  'target-protocol': ['target', 'The shell on the target answered with something that Lifeboat did not ask for.'],
  'target-tool-missing': ['target', 'A program that the action needs is not installed on the target.'],
  'target-stage-failed': ['target', 'A program on the target ended with an error.'],
  'target-home': ['target', 'The private working directory or the lock could not be made on the target, or its disk is full.'],
  'before-failed': ['target', 'The commands of `before` ended with an error; nothing was stored.'],
  'after-failed': ['target', 'The commands of `after` ended with an error, or were not seen to end. What the run stored counts.'],
  'db-unreachable': ['target', 'The database server cannot be reached from the target, or ended the connection.'],
  'db-container': ['target', 'The container that the database runs in is not there, does not run, or may not be entered by the SSH user.'],
  'db-access-denied': ['target', 'The database server refused the user or the password.'],
  'db-lock-refused': ['target', 'The database server refuses the lock under which MySQL says where its binary log stands, as managed servers do.'],
  'db-credentials-file': ['target', 'The credentials file on the target is missing, readable by others, or holds unsuitable options.'],
  'db-flavour-mix': ['target', 'The dump client and the database server are of different flavours.'],
  'db-version-unsupported': ['target', 'The version of the database server or of its client is not supported.'],
  'db-rights-missing': ['target', 'The dump user lacks rights; the GRANT statements are printed.'],
  'db-rights-excess': ['target', 'The dump user may write data; the REVOKE statements are printed.'],
  'db-not-found': ['target', 'A database or table that the inputs name does not exist, or is hidden from the dump user.'],
  'db-empty': ['target', 'There is nothing to dump: no tables in the chosen databases.'],
  'db-not-transactional': ['target', 'Tables hold rows in an engine that a snapshot cannot dump consistently.'],
  'replica-stale': ['target', 'The database server is a replica that has stopped, or is farther behind its source than `max-replica-lag`.'],
  'binlog-unavailable': ['target', 'The database server writes no binary log, or one that cannot be shipped.'],
  'storage-path': ['target', 'A directory that the inputs name is not there, or the SSH user may not see it.'],
  'storage-database': ['target', 'A directory of a database server is among the files to be backed up.'],
  'storage-shrunk': ['target', 'More files are gone than `max-deleted` allows.'],
  'storage-inconsistent': ['integrity', 'What the target listed and what it packed are not the same. There is no new snapshot.'],
  'storage-incomplete': ['integrity', 'Some files could not be read. The snapshot is stored, and does not count as complete.'],
  'storage-unfinished': ['target', 'The time was up before everything was packed. What was packed counts, and the next run goes on.'],
  'lock-not-granted': ['target', 'Tables without transactions could not be locked within 30 seconds.'],
  'lock-too-long': ['target', 'The dump was not done within `max-lock`; the lock was given up.'],
  'restore-exists': ['target', 'A database of this name is there already, and nothing is replaced unless `replace` says so.'],
  'restore-choice': ['target', 'What was chosen is not in the backup, cannot be taken out of it or given another name, or does not fit the server.'],
  'restore-failed': ['target', 'The database server did not accept what was to be restored, or the restore broke off; what was half loaded is dropped again.'],
  'store-unreachable': ['store', 'The store does not answer, or stopped answering.'],
  'store-denied': ['store', 'The store refused the credentials or the operation.'],
  'store-not-found': ['store', 'The bucket, directory or object does not exist.'],
  'store-exists': ['store', 'An object of this name is already there; Lifeboat never overwrites.'],
  'store-unversioned': ['store', 'The bucket keeps no versions, so that a stolen key could overwrite backups.'],
  'store-upload-failed': ['store', 'The store did not confirm an upload.'],
  'not-ready': ['target', 'What `doctor` looked at has faults; all of them are listed, each with what to do.'],
  'clock-skew': ['store', "The clock of the runner, or of the database server, differs from the store's by more than ten minutes."],
  'recipient-unusable': ['encryption', 'A recipient key cannot be encrypted to: expired, revoked, or of a kind that stock gpg cannot read.'],
  'encryption-format': ['encryption', 'What was to be stored is not an OpenPGP message for exactly the given recipients.'],
  'dump-incomplete': ['integrity', 'The dump has no trailer, or an object in it ended early.'],
  'hash-mismatch': ['integrity', 'What the runner received is not what the target sent.'],
  'catalogue-changed': ['integrity', 'The structure of a database changed while it was dumped; the changes are named.'],
  'inventory-mismatch': ['integrity', "What is in the dump is not what the server's catalogue lists; the differences are named."],
  'binlog-damaged': ['integrity', 'A binary log is not whole, or a checksum in it does not match; it does not count.'],
  'binlog-unreadable': ['integrity', 'The database server lists a binary log that cannot be read; it was left out.'],
  'binlog-gap': ['integrity', 'The chain of shipped binary logs is broken; what is still there was shipped.'],
  'too-small': ['integrity', 'The dump is smaller than `min-size`.'],
  'sandbox-unavailable': ['sandbox', 'There is no Docker or Podman that a sandbox can be made with, or it failed.'],
  'sandbox-image': ['sandbox', "No image fits the backup's database server, or the given one is of another flavour or series."],
  'sandbox-space': ['sandbox', 'The disk has too little room for the backup or for what it restores to.'],
  'sandbox-died': ['sandbox', 'The sandbox, or the database server in it, ended by itself: most often it ran out of memory.'],
  'backup-not-found': ['restore-test', 'There is no backup to restore, or none with this id.'],
  'signature-invalid': ['restore-test', 'A signature does not verify with the trusted keys.'],
  'manifest-invalid': ['restore-test', 'A manifest or inventory is not of the documented form, or does not belong where it stands.'],
  'object-mismatch': ['restore-test', 'An object in the store is missing, or is not what the signed manifest says.'],
  'identity-unfit': ['restore-test', 'The backup is not encrypted to the identity.'],
  'decryption-failed': ['restore-test', 'An object does not decrypt or decompress, although its bytes are those of the manifest.'],
  'load-failed': ['restore-test', 'The database server in the sandbox did not accept the dump, or the load ended early.'],
  'restore-unreadable': ['restore-test', 'What was restored cannot be dumped again.'],
  'restore-differs': ['restore-test', 'What was restored is not what was dumped; the differences are named.'],
  'restore-empty': ['restore-test', 'What was restored holds no table, or no row in any table; or of a storage nothing was read.'],
  'restore-broken': ['restore-test', 'A restored table or view cannot be used.'],
  'assertion-failed': ['restore-test', 'An assertion does not hold in the restored databases.'],
  'not-an-anchor': ['restore-test', 'Point-in-time recovery cannot start at this backup; its manifest says why.'],
  'binlog-chain': ['restore-test', 'Binlogs after the backup are missing, doubled or of another server, or do not reach the moment that was asked for.'],
  'binlog-invalid': ['restore-test', 'A shipped binlog is not what its manifest says, or cannot be read.'],
  'replay-failed': ['restore-test', 'The server in the sandbox did not accept the binlogs, or they are damaged.'],
  'replay-differs': ['restore-test', 'After the replay other transactions are there than the binlogs hold.'],
  'snapshot-missing': ['restore-test', 'There is storage, but no complete snapshot of it that belongs to the dump, or is recent.'],
  'restore-too-slow': ['restore-test', 'The restore took longer than `max-restore-time`.'],
  'data-loss-exceeded': ['restore-test', 'The backup is older than `max-data-loss`.'],
  'proof-invalid': ['restore-test', 'A proof in the store is not of the documented form, or not signed by a trusted prover.'],
  'verify-too-slow': ['store', 'Verify reached its `timeout` before there was a verdict.'],
  unhealthy: ['stale', 'What `verify` looked at is not as it should be: something is missing, too old, not signed or not protected.'],
  cancelled: ['cancelled', 'The run was cancelled.'],
} as const satisfies Record<string, readonly [ErrorClass, string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface LifeboatErrorOptions {
  /** What the reader should do, one sentence or a few lines ready to paste. */
  readonly hint?: string;
  /** Tells failures of one code apart, where one code says many things; for comparing, not for reading. */
  readonly variant?: string;
  readonly cause?: unknown;
}

/** An error for the user: `message` says what failed on what, `hint` what to do. Neither may hold a secret. */
export class LifeboatError extends Error {
  override readonly name = 'LifeboatError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly variant: string | undefined;

  constructor(code: ErrorCode, message: string, options: LifeboatErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.variant = options.variant;
  }

  get class(): ErrorClass {
    return ERROR_CODES[this.code][0];
  }
}
