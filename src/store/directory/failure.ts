// What a failed file operation means to the person who has to act on it.
import { LifeboatError, type ErrorCode } from '../../errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly hint?: string;
}

const FULL: Meaning = {
  code: 'store-upload-failed',
  hint: 'The file system is full: make room, or prune old backups.',
};
const REFUSED: Meaning = {
  code: 'store-denied',
  hint: 'The user who runs this may not do that in this directory.',
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
  const { code: meaning, hint } = byLink ?? MEANINGS[code] ?? { code: otherwise };
  return new LifeboatError(meaning, `${syscall} for ${what} failed: ${code}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
