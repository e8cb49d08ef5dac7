// What a failed file operation means to the person who has to act on it.
import { LifeboatError, type ErrorCode } from '../../errors.ts';

interface Meaning {
  /** Absent: what the operation was for decides. */
  readonly code?: ErrorCode;
  readonly hint?: string;
}

const FULL: Meaning = {
  code: 'store-upload-failed',
  hint: 'The file system is full: make room, or prune old backups.',
};
const REFUSED: Meaning = {
  code: 'store-denied',
  hint: 'The user who does this has no right to, in this directory.',
};
const NO_LINKS: Meaning = {
  code: 'store-upload-failed',
  hint: 'The file system has no hard links, without which a file cannot be put in its place with no risk of replacing another.',
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  EACCES: REFUSED,
  EPERM: REFUSED,
  EROFS: { code: 'store-denied', hint: 'The file system is mounted read-only.' },
  EDQUOT: FULL,
  ENOSPC: FULL,
  ELOOP: { code: 'store-denied', hint: 'It is a link, which could lead out of the store.' },
  ENOENT: { code: 'store-not-found' },
  ENOTSUP: {
    hint: 'The SFTP server does not know this operation: use another server, such as that of OpenSSH.',
  },
  SSH_FX_FAILURE: {
    hint: 'The SFTP server does not say more. The usual reasons are a quota, a full disk, and a file system that is mounted read-only.',
  },
};

/** By what link(2) says on file systems without hard links. */
const LINK_MEANINGS: Readonly<Record<string, Meaning>> = {
  EPERM: NO_LINKS,
  EOPNOTSUPP: NO_LINKS,
  ENOTSUP: NO_LINKS,
};

/**
 * Runs file operations; what the system refuses becomes an error for users that names the operation and `what`, of the code
 * `otherwise` where the system's own says no more than that it failed.
 */
export async function explainFileErrors<T>(
  what: string,
  work: () => Promise<T>,
  otherwise: ErrorCode = 'store-upload-failed',
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, what, otherwise);
  }
}

function explain(error: unknown, what: string, otherwise: ErrorCode): unknown {
  if (!(error instanceof Error) || error instanceof LifeboatError) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const byLink = syscall === 'link' ? LINK_MEANINGS[code] : undefined;
  const { code: meaning = otherwise, hint } = byLink ?? MEANINGS[code] ?? {};
  return new LifeboatError(meaning, `${syscall} for ${what} failed: ${code}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** What `work` gives; undefined where it fails with this code. */
export async function orUndefined<T>(code: string, work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === code) return undefined;
    throw error;
  });
}
