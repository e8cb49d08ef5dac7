// Keeps the beginning and the end of an output of any length.

/** Cuts are made in bytes; a character that is cut in two becomes U+FFFD. */
export class BoundedText {
  readonly #headBytes: number;
  readonly #tailBytes: number;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #missingBytes = 0;

  constructor(headBytes: number, tailBytes: number) {
    this.#headBytes = headBytes;
    this.#tailBytes = tailBytes;
  }

  push(chunk: Uint8Array): void {
    const room = this.#headBytes - this.#head.length;
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
    const tail = Buffer.concat([this.#tail, chunk.subarray(room)]);
    const excess = Math.max(0, tail.length - this.#tailBytes);
    this.#missingBytes += excess;
    this.#tail = Buffer.from(tail.subarray(excess));
  }

  toString(): string {
    const hasGap = this.#missingBytes > 0 && this.#headBytes > 0;
    const gap = hasGap ? `\n[… ${this.#missingBytes} more bytes …]\n` : '';
    return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
  }
}
