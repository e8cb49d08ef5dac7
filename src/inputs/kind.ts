// What a kind of input is: how its text is read, and how people are told what is accepted.

export interface Kind<T> {
  /** One or two words for tables: `duration`. */
  readonly type: string;
  /** Completes "accepted: …"; undefined where the description says it all. */
  readonly accepts: string | undefined;
  /** Whether line feeds belong to the value. */
  readonly isMultiline: boolean;
  /**
   * Reads a value; line ends are line feeds, and outer blanks are still there. Throws a `Refusal`, or a LifeboatError whose
   * message says by itself what is wrong.
   */
  parse(text: string): T;
}

/** Why a value is not accepted: a predicate such as "is not a whole number", which must not quote the value. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const CONTROL = /\p{Cc}/u;

/** A kind of one line without control characters; outer blanks are dropped before `parse` sees the text. */
export function lineKind<T>(type: string, accepts: string | undefined, parse: (text: string) => T): Kind<T> {
  return {
    type,
    accepts,
    isMultiline: false,
    parse: (text) => {
      const line = text.trim();
      if (line.includes('\n')) throw new Refusal('has more than one line');
      if (CONTROL.test(line)) throw new Refusal('holds a control character');
      return parse(line);
    },
  };
}

/** A kind of one line that either matches or is refused with the same words for every reason. */
export function matchKind(type: string, accepts: string, pattern: RegExp, refusal: string): Kind<string> {
  return lineKind(type, accepts, (line) => {
    if (!pattern.test(line)) throw new Refusal(refusal);
    return line;
  });
}
