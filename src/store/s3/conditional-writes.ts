// Writes that must not replace anything (If-None-Match: *), and what their answers mean when an earlier answer was lost.
import { isAlreadyDone, mayHaveHappened, readFailure } from './failure.ts';

export interface Condition {
  readonly IfNoneMatch?: '*';
}

export interface WriteOutcome<Answer> {
  /** Undefined when the answer to the attempt that succeeded was lost, and a later one found the work done. */
  readonly answer: Answer | undefined;
  /** An earlier attempt got no answer: this one may be about what that one did, and tell less. */
  readonly isRepeat: boolean;
}

export class ConditionalWrites {
  readonly #onUnsupported: () => void;
  #isSupported = true;

  constructor(onUnsupported: () => void) {
    this.#onUnsupported = onUnsupported;
  }

  /**
   * Makes the attempts of one write. When one of them got no answer and a later one hears that the object is there, or that the
   * upload is no more, then it was ours: a key is made for one run, and nobody else knows the upload's id. Otherwise an object
   * that is there is somebody else's: throws `exists()`.
   */
  attempts<Answer>(
    send: (condition: Condition) => Promise<Answer>,
    exists: () => Error,
  ): () => Promise<WriteOutcome<Answer>> {
    let isRepeat = false;
    return async () => {
      try {
        return { answer: await this.#send(send), isRepeat };
      } catch (error) {
        const failure = readFailure(error);
        if (failure === undefined) throw error;
        if (isRepeat && isAlreadyDone(failure)) return { answer: undefined, isRepeat };
        if (failure.status === 412) throw exists();
        isRepeat ||= mayHaveHappened(failure);
        throw error;
      }
    };
  }

  /** Some providers answer 501 to the condition; then unique keys alone protect, as they do everywhere. */
  async #send<Answer>(send: (condition: Condition) => Promise<Answer>): Promise<Answer> {
    if (!this.#isSupported) return send({});
    try {
      return await send({ IfNoneMatch: '*' });
    } catch (error) {
      if (readFailure(error)?.status !== 501) throw error;
      this.#isSupported = false;
      this.#onUnsupported();
      return send({});
    }
  }
}
