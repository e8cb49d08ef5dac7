// Names of files as they are printed: one line each, nothing that is obeyed, and exactly the name.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { plainLine, showName } from '../../../src/domain/text/visible.ts';

const asBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

it.each([
  ['/srv/app/Foo::Bar.3pm', '/srv/app/Foo::Bar.3pm'],
  [asBytes('/srv/Öl 中文 😀'), '/srv/Öl 中文 😀'],
  ['/a\nb', String.raw`/a\nb`],
  ['/a\x1b[2J\x9b', String.raw`/a\x1b[2J\x9b`],
  [asBytes('/a\u009b2J'), String.raw`/a\xc2\x9b2J`],
  [asBytes('/a\u202egpj.exe'), String.raw`/a\xe2\x80\xaegpj.exe`],
  ['/\xff\xc3(', String.raw`/\xff\xc3(`],
  // Overlong, and half of a pair: no text.
  ['/\xc0\xaf\xed\xa0\x80', String.raw`/\xc0\xaf\xed\xa0\x80`],
  [String.raw`/a\nb`, String.raw`/a\\nb`],
  ['/a\tb\r', String.raw`/a\tb\r`],
  ['/##[error]', String.raw`/##\x5berror]`],
])('%j', (name, shown) => {
  expect(showName(name)).toBe(shown);
  // What is printed goes through this, too, which must find nothing left to do.
  expect(plainLine(showName(name))).toBe(shown);
});

it('is what bash reads as the same bytes', () => {
  // Every byte but NUL and the slash, once alone and once between others; the quote is what people must take care of.
  const bytes = Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)).filter(
    (byte) => byte !== '/',
  );
  const name = `/${bytes.join('')}${bytes.toReversed().join('')}${asBytes('é\u2028\ufeff\u{e0041}\ufffd')}`;
  const quoted = `$'${showName(name).replaceAll("'", String.raw`\'`)}'`;
  const read = execFileSync('bash', ['-c', `LC_ALL=C; printf %s ${quoted}`]);
  expect(read.toString('latin1')).toBe(name);
});
