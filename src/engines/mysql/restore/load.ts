// Loads SQL text into the server of a sandbox.
import { LifeboatError } from '../../../errors.ts';
import { clientErrors, type Inside, type InsideResult } from './inside.ts';
import { sessionStart, TrailerWatch, withInvalidDates } from './load-text.ts';

/** One session that takes the whole text. Throws `load-failed`. */
export async function loadText(
  inside: Inside,
  what: string,
  text: AsyncIterable<Uint8Array>,
  instant: Date,
  onLoaded: (count: number) => void = () => undefined,
): Promise<void> {
  const trailer = new TrailerWatch();
  const result = await inside.sql(sessionText(instant, withInvalidDates(trailer.watch(text)), onLoaded));
  checkLoaded(what, result);
  if (!trailer.hasTrailer) throw loadFailure(what, 'its text ends without the last line of a whole dump');
}

export function checkLoaded(what: string, { exitCode, stderr }: InsideResult): void {
  if (exitCode !== 0)
    throw loadFailure(what, `the client ended with status ${exitCode}:\n${clientErrors(stderr)}`);
}

export function loadFailure(what: string, how: string): LifeboatError {
  return new LifeboatError('load-failed', `the ${what} could not be loaded into the sandbox: ${how}`, {
    hint: 'A stock server of the same version refused what the backup holds, so that it would not come back on the real day either. Make a new dump; if it stays, restore this one by hand (docs/restore-by-hand.md) and look at the statement.',
  });
}

async function* sessionText(
  instant: Date,
  text: AsyncIterable<Uint8Array>,
  onLoaded: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(sessionStart(instant));
  for await (const chunk of text) {
    onLoaded(chunk.length);
    yield chunk;
  }
}
