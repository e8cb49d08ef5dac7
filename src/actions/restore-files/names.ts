// Names for a message: the first few and how many there are, since there may be a million.

const MAX_NAMED = 10;

export class Names {
  readonly #named: string[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** For people. */
  get text(): string {
    const more = this.#count - this.#named.length;
    return `${this.#named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }

  /** `path` is bytes as latin1 text. */
  add(path: string): void {
    this.#count += 1;
    if (this.#named.length < MAX_NAMED) this.#named.push(showPath(path));
  }
}

export function showPath(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
