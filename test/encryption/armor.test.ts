import { armor, enums } from 'openpgp';
import { describe, expect, it } from 'vitest';
import { readArmor } from '../../src/encryption/armor.ts';

const bytes = Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 7) % 256));
const block = armor(enums.armor.publicKey, bytes, undefined, undefined, undefined, true);
const lines = block.trimEnd().split('\n');

describe('readArmor', () => {
  it.each([
    ['as it was written', block],
    ['with CR LF', block.replaceAll('\n', '\r\n')],
    ['indented, as in YAML', block.replaceAll(/^/gm, '    ')],
    ['with spaces at the ends of lines', block.replaceAll('\n', '  \n')],
    ['without the blank line', lines.filter((line) => line !== '').join('\n')],
    ['without the checksum', lines.filter((line) => !line.startsWith('=')).join('\n')],
    ['without a final line break', block.trimEnd()],
    ['with headers', block.replace('\n\n', '\nVersion: GnuPG v2\nComment: a: b\n\n')],
    ['among comments and blank lines', `# daily key\n\n${block}\n\n  # the end\n`],
  ])('reads a block %s', (_, text) => {
    expect(readArmor(text)).toEqual({ blocks: [{ type: 'PUBLIC KEY BLOCK', bytes }], problems: [] });
  });

  it('reads every block', () => {
    const { blocks, problems } = readArmor(`${block}\n${block.replaceAll('PUBLIC', 'PRIVATE')}${block}`);
    expect(problems).toEqual([]);
    expect(blocks.map(({ type }) => type)).toEqual([
      'PUBLIC KEY BLOCK',
      'PRIVATE KEY BLOCK',
      'PUBLIC KEY BLOCK',
    ]);
  });

  it('reads bytes of every length', () => {
    for (let length = 1; length < 100; length += 1) {
      const some = bytes.subarray(0, length);
      const text = armor(enums.armor.publicKey, some, undefined, undefined, undefined, true);
      expect(readArmor(text).blocks[0]?.bytes).toEqual(some);
    }
  });

  it.each([
    ['text around a block', `hello\nworld\n${block}`, ['line 1 is no part']],
    ['a damaged first line', block.replace('-----BEGIN', '----BEGIN'), ['line 1 is no part']],
    ['a missing end', lines.slice(0, -1).join('\n'), ['the block that begins in line 1 has no end line']],
    [
      'an end of another kind',
      block.replace('-----END PGP PUBLIC', '-----END PGP PRIVATE'),
      ['line 1 has no end line'],
    ],
    ['a block within a block', `${lines.slice(0, -1).join('\n')}\n${block}`, ['line 1 has no end line']],
    ['a flipped letter in the body', block.replace('\n\nA', '\n\nB'), ['line 1 is damaged']],
    ['a lost line', lines.filter((_, index) => index !== 3).join('\n'), ['line 1 is damaged']],
    ['text in the body', block.replace('\n\n', '\n\nnot base64!\n'), ['line 1 is damaged']],
    ['padding in the middle', [lines[0], '', 'aGk=', 'aGk=', lines.at(-1)].join('\n'), ['line 1 is damaged']],
    ['nothing in the body', `${lines[0] ?? ''}\n\n${lines.at(-1) ?? ''}`, ['line 1 is damaged']],
  ])('reports %s', (_, text, expected) => {
    const { problems } = readArmor(text);
    expect(problems).toEqual(
      expect.arrayContaining(expected.map((part) => expect.stringContaining(part) as string)),
    );
  });

  it('has nothing to read in nothing', () => {
    expect(readArmor('')).toEqual({ blocks: [], problems: [] });
    expect(readArmor('\n# only a comment\n')).toEqual({ blocks: [], problems: [] });
  });

  it('says how a block that lost its line breaks looks', () => {
    expect(readArmor(lines.join('\\n')).problems).toHaveLength(1);
    expect(readArmor(lines.join(' ')).problems).toHaveLength(1);
  });
});
