import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  sessionStart,
  TrailerWatch,
  withInvalidDates,
} from '../../../../src/engines/mysql/restore/load-text.ts';
import { generateStream, readAll } from '../../../helpers/bytes.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const dump = readFileSync(path.join(FIXTURES, 'dumps/mariadb-11.8.sql'));
const end = dump.subarray(-3_000);
const CHUNKS = [1, 7, 1000, 65_536];

it('begins a session at the moment of the dump, and outside the binary log', () => {
  expect(sessionStart(new Date('2026-11-20T03:05:14.250Z'))).toBe(
    'SET SESSION sql_log_bin = 0;\nSET SESSION timestamp = 1795143914.250;\n',
  );
});

describe('withInvalidDates', () => {
  it.each(CHUNKS)(
    'adds one mode to the header and changes nothing else, in chunks of %i',
    async (chunkBytes) => {
      const edited = (await readAll(withInvalidDates(generateStream(dump, chunkBytes)))).toString('latin1');
      expect(edited).toContain("SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES' */;");
      expect(edited.replace(',ALLOW_INVALID_DATES', '')).toBe(dump.toString('latin1'));
    },
  );

  it('edits no row, and nothing behind the header', async () => {
    const texts = [
      '',
      'no header',
      `/*!40101 SET SQL_MODE='' */;\n${'x'.repeat(17 * 1024)}NO_AUTO_VALUE_ON_ZERO`,
      `${'x'.repeat(16 * 1024 + 1)}NO_AUTO_VALUE_ON_ZERO`,
    ];
    for (const text of texts)
      expect((await readAll(withInvalidDates(generateStream(Buffer.from(text), 40_000)))).toString()).toBe(
        text,
      );
  });
});

describe('TrailerWatch', () => {
  const watch = async (text: Uint8Array, chunkBytes: number): Promise<boolean> => {
    const trailer = new TrailerWatch();
    expect((await readAll(trailer.watch(generateStream(text, chunkBytes)))).equals(text)).toBe(true);
    return trailer.hasTrailer;
  };

  it.each(CHUNKS)('knows the last line of a dump, in chunks of %i', async (chunkBytes) => {
    expect(await watch(end, chunkBytes)).toBe(true);
    for (const missing of [1, 10, 40, 2_000])
      expect(await watch(end.subarray(0, -missing), chunkBytes)).toBe(false);
  });

  it('does not take it from the middle', async () => {
    expect(await watch(Buffer.from('\n-- Dump completed on x\nINSERT INTO `t` VALUES\n'), 5)).toBe(false);
    expect(await watch(Buffer.from("INSERT INTO `t` VALUES ('-- Dump completed');\n"), 5)).toBe(false);
    expect(await watch(Buffer.alloc(0), 5)).toBe(false);
  });
});
