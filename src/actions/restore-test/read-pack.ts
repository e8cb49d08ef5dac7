// What comes out of one pack: attributes as its headers say, contents as stock tar gives them.
import { createHash, type Hash } from 'node:crypto';
import { selectMembers, TAR_END, TarError, typeOf, type TarMember } from '../../domain/snapshots/tar.ts';
import { LifeboatError } from '../../errors.ts';
import type { Machine } from '../../ports/machine.ts';

export interface UnpackedEntry extends Pick<TarMember, 'mode' | 'uid' | 'gid' | 'mtimeNs'> {
  readonly type: 'f' | 'd' | 'l';
  /** Of a file's content, or of what a link says. */
  readonly size: number;
  /** Of a file's content. */
  readonly sha256: string | undefined;
  /** Extended ones, or access control lists. */
  readonly hasAttributes: boolean;
}

/** By name, without a slash at the beginning. Throws `object-mismatch`, `restore-failed`, and what `archive` throws. */
export async function readPack(
  archive: AsyncIterable<Uint8Array>,
  machine: Machine,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, UnpackedEntry>> {
  const members: TarMember[] = [];
  const contents = new Contents();
  async function* files(): AsyncGenerator<Uint8Array> {
    yield* selectMembers(archive, (member) => {
      members.push(member);
      if (!isContent(member)) return false;
      contents.expect(member);
      return true;
    });
    yield TAR_END;
  }
  const result = await machine
    .run({
      script: 'LC_ALL=C exec tar --extract --to-stdout --file=-',
      stdin: files(),
      signal,
      onStdout: (chunk) => contents.take(chunk),
    })
    .catch((error: unknown) => {
      throw error instanceof TarError
        ? new LifeboatError('object-mismatch', `a pack is not the archive it should be: ${error.message}`)
        : error;
    });
  if (result.exitCode !== 0 || !contents.isWhole())
    throw new LifeboatError(
      'object-mismatch',
      `tar could not read a pack (status ${result.exitCode}): ${result.stderr.trim()}`,
      { hint: 'GNU tar is needed on the machine of the restore test.' },
    );
  return new Map(members.map((member) => [member.name, describe(member, contents.hashes)]));
}

function isContent({ type }: TarMember): boolean {
  return type === '0' || type === '7' || type === '\0';
}

function describe(member: TarMember, hashes: Contents['hashes']): UnpackedEntry {
  const { mode, uid, gid, mtimeNs } = member;
  const attributes = { mode, uid, gid, mtimeNs, hasAttributes: member.attributes.size > 0 };
  const type = typeOf(member);
  if (type === 'd') return { ...attributes, type, size: 0, sha256: undefined };
  if (type === 'l') return { ...attributes, type, size: member.linkName.length, sha256: undefined };
  // Another name of a file that came before has its content there.
  const content = hashes.get(member.type === '1' ? member.linkName : member.name);
  return { ...attributes, type, size: content?.size ?? 0, sha256: content?.sha256 };
}

/** One stream of contents without anything between them, cut by the sizes in the headers that went in before. */
class Contents {
  readonly hashes = new Map<string, { readonly size: number; readonly sha256: string }>();
  readonly #expected: TarMember[] = [];
  #at = 0;
  #hash: Hash = createHash('sha256');
  #bytes = 0;
  #isTooMuch = false;

  expect(member: TarMember): void {
    this.#expected.push(member);
    this.#finish();
  }

  take(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const member = this.#expected[this.#at];
      if (member === undefined) {
        this.#isTooMuch = true;
        return;
      }
      const part = rest.subarray(0, member.size - this.#bytes);
      this.#hash.update(part);
      this.#bytes += part.length;
      rest = rest.subarray(part.length);
      this.#finish();
    }
  }

  isWhole(): boolean {
    return !this.#isTooMuch && this.#at === this.#expected.length;
  }

  /** Empty files come without a byte. */
  #finish(): void {
    for (;;) {
      const member = this.#expected[this.#at];
      if (member === undefined || this.#bytes < member.size) return;
      this.hashes.set(member.name, { size: member.size, sha256: this.#hash.digest('hex') });
      this.#hash = createHash('sha256');
      this.#bytes = 0;
      this.#at += 1;
    }
  }
}
