// The text of accounts in two parts: rights on one table or routine wait until the databases are loaded, all else comes before, because
// views and routines belong to accounts.
import type { Inventory } from '../../../domain/dumps/inventory.ts';
import { findGrantsElsewhere, isObjectGrant } from '../../../domain/stores/object-grants.ts';

/** Lines that every part of the text keeps: what the session is set to before anything else, and the trailer. */
const FRAME = /^(?:--|$|SET NAMES |SET SESSION |\/\*!40101 SET )/;

/** For before the databases. */
export function withoutObjectGrants(text: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return selectLines(text, (line) => !isObjectGrant(line));
}

/** For after the databases: what that left out, but for rights on what the backup does not hold. */
export function objectGrantsOf(
  text: AsyncIterable<Uint8Array>,
  inventory: Inventory,
): AsyncIterable<Uint8Array> {
  const isElsewhere = findGrantsElsewhere(inventory);
  return selectLines(
    text,
    (line) =>
      FRAME.test(line) || (isObjectGrant(line) && !isElsewhere(Buffer.from(line, 'latin1').toString())),
  );
}

/** Bytes stay what they are: latin1 has a character for each. */
async function* selectLines(
  text: AsyncIterable<Uint8Array>,
  isWanted: (line: string) => boolean,
): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    const wanted = lines.filter(isWanted).map((line) => `${line}\n`);
    yield Buffer.from(wanted.join(''), 'latin1');
  }
  if (isWanted(rest)) yield Buffer.from(rest, 'latin1');
}
