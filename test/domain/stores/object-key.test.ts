import { describe, expect, it } from 'vitest';
import { isSafeKey, joinFolder, joinKey, normalizePrefix } from '../../../src/domain/stores/object-key.ts';

describe('isSafeKey', () => {
  it.each([
    'a',
    'A/b_C/9.x-y',
    '_x',
    'atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb/db.sql.zst.gpg',
  ])('accepts %s', (key) => {
    expect(isSafeKey(key)).toBe(true);
  });

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '.',
    '..',
    'a/./b',
    'a/../b',
    '.a',
    '-a',
    'a b',
    'a\n',
    'ä',
    'a%b',
    'a\\b',
    'a:b',
  ])('refuses %j', (key) => {
    expect(isSafeKey(key)).toBe(false);
  });

  it('knows the limits of stores and file systems', () => {
    expect(isSafeKey('a'.repeat(240))).toBe(true);
    expect(isSafeKey('a'.repeat(241))).toBe(false);
    expect(isSafeKey(`${'a'.repeat(127)}/`.repeat(8).slice(0, -1))).toBe(true);
    expect(isSafeKey(`${'a'.repeat(127)}/`.repeat(9).slice(0, -1))).toBe(false);
  });
});

describe('joinKey', () => {
  it('puts the prefix before the key', () => {
    expect(joinKey('', 'a/b')).toBe('a/b');
    expect(joinKey('p/q', 'a/b')).toBe('p/q/a/b');
  });

  it('refuses what is not safe, and what becomes too long', () => {
    expect(() => joinKey('p', '../a')).toThrow(RangeError);
    expect(() => joinKey('p/'.repeat(400), `${'a'.repeat(127)}/`.repeat(2).slice(0, -1))).toThrow(RangeError);
  });
});

describe('joinFolder', () => {
  it('takes an empty folder and one with a slash at its end', () => {
    expect(joinFolder('p', '')).toBe('p');
    expect(joinFolder('', '')).toBe('');
    expect(joinFolder('p', 'a/b/')).toBe('p/a/b');
    expect(joinFolder('', 'a')).toBe('a');
  });

  it.each(['/', '..', 'a//'])('refuses %j', (folder) => {
    expect(() => joinFolder('', folder)).toThrow(RangeError);
  });
});

describe('normalizePrefix', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['a', 'a'],
    ['/a/b/', 'a/b'],
    ['//a///b//', 'a/b'],
  ])('makes %j %j', (text, prefix) => {
    expect(normalizePrefix(text)).toBe(prefix);
  });

  it.each(['..', 'a/../b', 'a b', 'a%20b', '.a', 'ü', `${'a'.repeat(200)}/`.repeat(3)])(
    'refuses %j',
    (text) => {
      expect(() => normalizePrefix(text)).toThrow(
        expect.objectContaining({
          code: 'input-invalid',
          message: expect.stringMatching(/it takes letters/) as string,
        }) as Error,
      );
    },
  );
});
