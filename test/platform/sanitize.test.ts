import { describe, expect, it } from 'vitest';
import { MAX_LINE_CHARACTERS, Sanitizer } from '../../src/platform/sanitize.ts';
import { randomText, seededRandom } from '../helpers/random-text.ts';

const SECRETS = ['hunter22', 'p"a\\ss wörd', "it's secret", 'line one\nline two\n'];
const PIECES = [
  ...[
    ':',
    '::',
    '##[',
    '##',
    '[',
    '#',
    '::add-mask::',
    '##[set-output]',
    '%0A',
    '\n',
    '\r',
    '\r\n',
    '\0',
    '\t',
    ' ',
  ],
  ...[
    '\x1b[31m',
    '\x9b',
    '\u2028',
    '\u2029',
    '\u0085',
    '\u202e',
    '\u2066',
    '\u061c',
    '\ufeff',
    '\u{e0041}',
    '\ud800',
  ],
  ...['text', 'é', '😀', '*', ...SECRETS],
];
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}\u{FEFF}\u{E0000}-\u{E007F}]/u;

function sanitizerWithSecrets(): Sanitizer {
  const sanitizer = new Sanitizer();
  for (const secret of SECRETS) sanitizer.addSecret(secret);
  return sanitizer;
}

describe('whatever a server sends', () => {
  it('comes out without commands, unseen characters and secrets', () => {
    const sanitizer = sanitizerWithSecrets();
    const random = seededRandom(3);
    for (let round = 0; round < 20_000; round += 1) {
      const text = randomText(random, PIECES, 12);
      const bad = [sanitizer.line(text), ...sanitizer.lines(text)].filter(
        (line) =>
          UNSEEN.test(line.replaceAll('\t', '')) ||
          /::|##\[|hunter22|wörd|secret|line one|line two/.test(line),
      );
      if (bad.length > 0) expect(bad, JSON.stringify(text)).toEqual([]);
    }
  });

  it('stays recognisable', () => {
    const sanitizer = new Sanitizer();
    expect(sanitizer.line('a\r\n\x1b[31mb\u202e ::set-output name=x::y ##[add-mask]z')).toBe(
      'a\\r\\n\\x1b[31mb\\u202e : :set-output name=x: :y ## [add-mask]z',
    );
    expect(sanitizer.line(':::')).toBe(': : :');
    expect(sanitizer.lines('a\r\nb\n::c')).toEqual(['a', 'b', ': :c']);
  });

  it('is cut when it does not end', () => {
    const line = new Sanitizer().line('x'.repeat(1_000_000));
    expect(line).toMatch(/^x{4000}… \(996000 more characters\)$/);
    expect(new Sanitizer().line(`${'x'.repeat(MAX_LINE_CHARACTERS - 1)}😀😀`)).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('a secret', () => {
  it.each([
    ['as it is', (secret: string) => secret],
    ['in Base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['in Base64 for URLs', (secret: string) => Buffer.from(secret).toString('base64url')],
    ['in Base64 of a longer text', (secret: string) => Buffer.from(`user:${secret}!`).toString('base64')],
    ['in hex', (secret: string) => Buffer.from(secret).toString('hex')],
    ['in upper-case hex', (secret: string) => Buffer.from(secret).toString('hex').toUpperCase()],
    ['in a URL', (secret: string) => encodeURIComponent(secret)],
    ['in a form', (secret: string) => new URLSearchParams({ a: secret }).toString().slice(2)],
    ['in JSON', (secret: string) => JSON.stringify(secret)],
    ['quoted for a shell', (secret: string) => `'${secret.replaceAll("'", `'\\''`)}'`],
  ])('is hidden %s', (_, encode) => {
    for (const secret of ['hunter22hunter', 'p"a\\ss wörd', "it's a secret", 'a+b/c=d&e?f']) {
      const sanitizer = new Sanitizer();
      sanitizer.addSecret(secret);
      const shown = sanitizer.line(`before ${encode(secret)} after`);
      expect(shown).toMatch(/^before .*\*\*\*.* after$/);
      // What neighbours decide in Base64 may stay: at most three characters at each end.
      expect(shown.length, shown).toBeLessThanOrEqual('before *** after'.length + 16);
    }
  });

  it('of several lines is hidden line by line, but for lines that every key has', () => {
    const sanitizer = new Sanitizer();
    const forms = sanitizer.addSecret(
      '-----BEGIN X PRIVATE KEY-----\r\nAAAABBBB\r\n  CCCC  \nDD\n-----END X PRIVATE KEY-----\n',
    );
    expect(sanitizer.line('got AAAABBBB, CCCC and DD')).toBe('got ***, *** and DD');
    expect(sanitizer.line('needs -----BEGIN X PRIVATE KEY-----')).toBe('needs -----BEGIN X PRIVATE KEY-----');
    expect(forms).toContain('AAAABBBB');
  });

  it('that contains another is hidden whole', () => {
    const sanitizer = new Sanitizer();
    sanitizer.addSecret('pass');
    sanitizer.addSecret('passport');
    expect(sanitizer.line('passport pass')).toBe('*** ***');
  });

  it('of less than four characters is left alone', () => {
    const sanitizer = new Sanitizer();
    expect(sanitizer.addSecret('abc')).toEqual([]);
    expect(sanitizer.line('abc')).toBe('abc');
  });

  it('is told once', () => {
    const sanitizer = new Sanitizer();
    expect(sanitizer.addSecret('hunter22').length).toBeGreaterThan(0);
    expect(sanitizer.addSecret('hunter22')).toEqual([]);
  });

  it('of special characters is no pattern', () => {
    const sanitizer = new Sanitizer();
    sanitizer.addSecret('a.*b[c]$(d)|^\\');
    expect(sanitizer.line('axxb a.*b[c]$(d)|^\\ end')).toBe('axxb *** end');
  });
});

it('leaves documents their lines, and hides secrets in them', () => {
  const sanitizer = sanitizerWithSecrets();
  expect(sanitizer.document('# a::b\n\n| hunter22 | \x1b |\n')).toBe('# a::b\n\n| *** | \\x1b |\n');
});
