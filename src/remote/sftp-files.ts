// Files on a server that is reached by SFTP: one connection, made when it is needed and again after it broke.
import { createHash } from 'node:crypto';
import type { FileEntry, SFTPWrapper, Stats } from 'ssh2';
import { describeSftpLacks } from '../domain/stores/store-profiles.ts';
import type { FileFacts, FileTree, NamedFile, NewFile, OpenFile } from '../ports/file-tree.ts';
import { fileError, SftpSession, type SftpOptions } from './sftp-session.ts';
import { SftpNewFile, SftpOpenFile } from './sftp-transfer.ts';

const DIRECTORY_MODE = 0o700;
/** Not even its owner may write to a file again: a key that may not change modes cannot change a backup. */
const FILE_MODE = 0o400;
const LINKS = 'hardlink@openssh.com';
const SYNC = 'fsync@openssh.com';
/** Not offered where they are denied: one replaces a file, the other gives back the right to write to it. */
const DESTRUCTIVE = ['posix-rename@openssh.com', 'lsetstat@openssh.com'];
const SPACE = 'statvfs@openssh.com';

export function createSftpFiles(options: SftpOptions): FileTree {
  return new SftpFiles(options);
}

class SftpFiles implements FileTree {
  readonly #options: SftpOptions;
  #session: Promise<SftpSession> | undefined;
  readonly #stop = new AbortController();
  #mayRemove = true;

  constructor(options: SftpOptions) {
    this.#options = options;
  }

  async stat(path: string): Promise<FileFacts> {
    const session = await this.#connect();
    return describe(await session.request<Stats>('stat', (sftp, answer) => sftp.stat(path, answer)));
  }

  async lstat(path: string): Promise<FileFacts> {
    return lstat(await this.#connect(), path);
  }

  /** A name that is not UTF-8 is listed as far as it can be read: no key is like that. */
  async list(directory: string): Promise<NamedFile[]> {
    const session = await this.#connect();
    const entries = await session.request<FileEntry[]>('readdir', (sftp, answer) =>
      sftp.readdir(directory, answer),
    );
    return entries.map(({ filename, attrs }) => ({ name: filename, ...describe(attrs as Stats) }));
  }

  async makeDirectory(path: string): Promise<void> {
    const session = await this.#connect();
    await unlessTaken(session, path, 'mkdir', (sftp, answer) =>
      sftp.mkdir(path, { mode: DIRECTORY_MODE }, answer),
    );
  }

  async create(path: string): Promise<NewFile> {
    const session = await this.#connect();
    const handle = await unlessTaken<Buffer>(session, path, 'open', (sftp, answer) =>
      sftp.open(path, 'wx', FILE_MODE, answer),
    );
    return new SftpNewFile(session, handle, (error, lengthBytes) =>
      explainWrite(session, path, error, lengthBytes),
    );
  }

  async open(path: string): Promise<OpenFile> {
    const session = await this.#connect();
    const found = await lstat(session, path);
    // SFTP cannot open a file and refuse a link in one step. Nor would a server open what is no file without waiting.
    if (found.kind === 'link') throw fileError('ELOOP', 'open');
    if (found.kind !== 'file') return { ...found, read: refuseToRead, close: () => Promise.resolve() };
    const handle = await session.request<Buffer>('open', (sftp, answer) => sftp.open(path, 'r', answer));
    const measure = async () =>
      describe(await session.request<Stats>('fstat', (sftp, answer) => sftp.fstat(handle, answer)));
    const facts = await measure();
    return new SftpOpenFile(session, handle, facts, async () => (await measure()).sizeBytes);
  }

  async publish(from: string, to: string, sha256: string): Promise<void> {
    const session = await this.#connect();
    try {
      await this.#move(session, from, to);
    } catch (error) {
      if (!session.isOver) throw error;
      await this.#publishAgain(from, to, sha256);
    }
  }

  /** A key that may only add files may not remove those that served their turn: they stay. */
  async remove(path: string): Promise<void> {
    const session = await this.#connect();
    await session
      .request('unlink', (sftp, answer) => sftp.unlink(path, answer))
      .catch((error: unknown) => {
        if (!hasCode(error, 'EACCES')) throw error;
        this.#mayRemove = false;
      });
  }

  async syncDirectory(path: string): Promise<void> {
    const session = await this.#connect();
    try {
      await syncDirectory(session, path);
    } catch (error) {
      if (!session.isOver) throw error;
      // Doing it twice does no harm.
      await syncDirectory(await this.#connect(), path);
    }
  }

  async findLacks(): Promise<readonly string[]> {
    const session = await this.#connect();
    return describeSftpLacks({
      hasLinks: session.hasExtension(LINKS),
      hasSync: session.hasExtension(SYNC),
      mayDestroy: this.#mayRemove || DESTRUCTIVE.some((name) => session.hasExtension(name)),
    });
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the store is closed'));
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
  }

  #connect(): Promise<SftpSession> {
    if (this.#session !== undefined) return this.#session;
    const forget = () => {
      if (this.#session === opening) this.#session = undefined;
    };
    const opening = SftpSession.open(this.#options, this.#stop.signal, forget);
    opening.catch(forget);
    this.#session = opening;
    return opening;
  }

  async #move(session: SftpSession, from: string, to: string): Promise<void> {
    if (!session.hasExtension(LINKS)) {
      await unlessTaken(session, to, 'rename', (sftp, answer) => sftp.rename(from, to, answer), 'first');
      return;
    }
    await unlessTaken(session, to, 'link', (sftp, answer) => sftp.ext_openssh_hardlink(from, to, answer));
    await this.remove(from);
  }

  /** No answer came: the file may have its name, or not, or somebody else's has it. */
  async #publishAgain(from: string, to: string, sha256: string): Promise<void> {
    const session = await this.#connect();
    try {
      await this.#move(session, from, to);
    } catch (error) {
      if (!hasCode(error, 'EEXIST') && !hasCode(error, 'ENOENT')) throw error;
      if ((await this.#hash(to)) !== sha256) throw error;
      if ((await findFacts(session, from)) !== undefined) await this.remove(from);
    }
  }

  async #hash(path: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const bytes of (await this.open(path)).read()) hash.update(bytes as Buffer);
    return hash.digest('hex');
  }
}

function describe(stats: Stats): FileFacts {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'link'
        : 'other';
  return { kind, sizeBytes: stats.size, modifiedAt: new Date(stats.mtime * 1000) };
}

async function lstat(session: SftpSession, path: string): Promise<FileFacts> {
  return describe(await session.request<Stats>('lstat', (sftp, answer) => sftp.lstat(path, answer)));
}

async function findFacts(session: SftpSession, path: string): Promise<FileFacts | undefined> {
  return lstat(session, path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

/**
 * Makes something at `path`. SFTP has no word for "is there already": it is looked for after a failure, and before where the server
 * might replace it.
 */
async function unlessTaken<T = void>(
  session: SftpSession,
  path: string,
  syscall: string,
  send: (sftp: SFTPWrapper, answer: (error: Error | undefined | null, value: T) => void) => void,
  look: 'first' | 'afterwards' = 'afterwards',
): Promise<T> {
  const isTaken = async () => (await findFacts(session, path)) !== undefined;
  if (look === 'first' && (await isTaken())) throw fileError('EEXIST', syscall);
  try {
    return await session.request(syscall, send);
  } catch (error) {
    if (hasCode(error, 'SSH_FX_FAILURE') && (await isTaken()))
      throw fileError('EEXIST', syscall, error as Error);
    throw error;
  }
}

/** SFTP has no word for a full disk either, but some servers say how much room there is. */
async function explainWrite(
  session: SftpSession,
  path: string,
  error: unknown,
  lengthBytes: number,
): Promise<unknown> {
  if (!hasCode(error, 'SSH_FX_FAILURE') || !session.hasExtension(SPACE)) return error;
  const space = await session
    .request<{ f_bavail: number; f_frsize: number }>('statvfs', (sftp, answer) =>
      sftp.ext_openssh_statvfs(path, answer as never),
    )
    .catch(() => undefined);
  return space !== undefined && space.f_bavail * space.f_frsize < lengthBytes
    ? fileError('ENOSPC', 'write', error as Error)
    : error;
}

/** Only OpenSSH opens directories; where that is refused nothing more can be done. */
async function syncDirectory(session: SftpSession, path: string): Promise<void> {
  if (!session.hasExtension(SYNC)) return;
  const unlessOver = (error: unknown) => {
    if (session.isOver) throw error;
  };
  const handle = await session
    .request<Buffer>('open', (sftp, answer) => sftp.open(path, 'r', answer))
    .catch(unlessOver);
  if (handle === undefined) return;
  await session.request('fsync', (sftp, answer) => sftp.ext_openssh_fsync(handle, answer)).catch(unlessOver);
  await session.request('close', (sftp, answer) => sftp.close(handle, answer));
}

function hasCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown }).code === code;
}

function refuseToRead(): never {
  throw new Error('not a file');
}
