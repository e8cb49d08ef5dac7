// Text on its way from those who read it to the one session that takes it, in the order in which it was put in.

/** Whoever puts more in waits. */
const ROOM_BYTES = 1024 * 1024;

export class TextQueue implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #hasEnded = false;
  #failure: { readonly reason: unknown } | undefined;
  #changed = Promise.withResolvers<undefined>();

  /** Takes its place at once; the promise is kept when there is room for more. */
  async put(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#change();
    while (this.#bytes > ROOM_BYTES) {
      this.#throwFailure();
      await this.#changed.promise;
    }
    this.#throwFailure();
  }

  end(): void {
    this.#hasEnded = true;
    this.#change();
  }

  /** Everybody who waits, or comes later, gets this. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#change();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      this.#throwFailure();
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        this.#bytes -= chunk.length;
        this.#change();
      } else if (this.#hasEnded) return;
      else await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}
