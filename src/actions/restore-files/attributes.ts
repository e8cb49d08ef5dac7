// Extended attributes and access control lists against what the packs say of them; no index has them. tar only warns where it cannot set one, and ends
// well: they are read back with the program that read them on the server.
import { PassThrough } from 'node:stream';
import { shellQuote } from '../../domain/text/shell.ts';
import { selectMembers, TarError, type TarMember } from '../../domain/snapshots/tar.ts';
import type { Machine } from '../../ports/machine.ts';
import { Names } from './names.ts';

/** As keys of a header: `SCHILY.acl.access`, `SCHILY.xattr.user.note`. */
type Attributes = TarMember['attributes'];

export interface ComparedAttributes {
  /** What is not as it was: `<path> (<attributes>)`. */
  readonly lost: Names;
  /** What could not be looked at. */
  readonly unread: Names;
}

const XATTR = 'SCHILY.xattr.';
const LISTS = ['access', 'default'] as const;

export class ExpectedAttributes {
  readonly #expected = new Map<string, Attributes>();
  /** Most files have the same ones as many others: each is kept once. */
  readonly #kinds = new Map<string, Attributes>();
  readonly #isRoot: boolean;

  /** Without root only what users may set is expected. */
  constructor(isRoot: boolean) {
    this.#isRoot = isRoot;
  }

  /** Of what is taken out of a pack. */
  note({ name, type, linkName, attributes }: TarMember): void {
    const own = type === '1' ? this.#expected.get(linkName) : attributes;
    if (own === undefined || own.size === 0) return;
    const kind = JSON.stringify([...own]);
    if (!this.#kinds.has(kind)) this.#kinds.set(kind, own);
    this.#expected.set(name, this.#kinds.get(kind) ?? own);
  }

  /** Of what was only taken out for others. */
  forget(name: string): void {
    this.#expected.delete(name);
  }

  async compare(directory: string, machine: Machine, signal: AbortSignal): Promise<ComparedAttributes> {
    const unread = new Set(this.#expected.keys());
    const compared = { lost: new Names(), unread: new Names() };
    if (unread.size === 0) return compared;
    const archive = new PassThrough();
    const running = machine.run({
      script: `LC_ALL=C exec tar --create --file=- --format=posix --directory=${shellQuote(directory)} --no-recursion --hard-dereference --xattrs --acls --null --verbatim-files-from --files-from=-`,
      stdin: namesOf([...unread]),
      signal,
      onStdout: (chunk) => archive.write(chunk),
    });
    const look = ({ name, attributes }: TarMember) => {
      unread.delete(name);
      const missing = this.#missing(this.#expected.get(name) ?? new Map<string, string>(), attributes);
      if (missing.length > 0) compared.lost.add(`/${name} (${missing.join(', ')})`);
      return false;
    };
    await Promise.all([running.finally(() => archive.end()), readAll(selectMembers(archive, look))]);
    for (const name of unread) compared.unread.add(`/${name}`);
    return compared;
  }

  #missing(expected: Attributes, found: Attributes): string[] {
    // tar keeps each list in words and in numbers; what names of users mean may be another number here.
    const lists = LISTS.filter((which) => {
      const keys = [`SCHILY.acl.${which}`, `${XATTR}system.posix_acl_${which}`].filter((key) =>
        expected.has(key),
      );
      return keys.length > 0 && keys.every((key) => expected.get(key) !== found.get(key));
    }).map((which) => `access control list${which === 'access' ? '' : ' for new files'}`);
    const others = [...expected]
      .filter(([key]) => key.startsWith(`${XATTR}user.`) || (this.#isRoot && key.startsWith(XATTR)))
      .filter(([key, value]) => !key.startsWith(`${XATTR}system.posix_acl_`) && found.get(key) !== value)
      .map(([key]) => key.slice(XATTR.length));
    return [...lists, ...others];
  }
}

/** What breaks off leaves names that were not read. */
async function readAll(members: AsyncGenerator<Uint8Array>): Promise<void> {
  try {
    while ((await members.next()).done !== true);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
  }
}

async function* namesOf(names: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const name of names) yield await Promise.resolve(Buffer.from(`${name}\0`, 'latin1'));
}
