import type { KeyObject } from 'node:crypto';
import type { Client } from 'ssh2';
import { expect, it } from 'vitest';
import { prepareDecipherKey } from '../../src/remote/decipher-key.ts';

const clientWith = (key: unknown) =>
  ({ _protocol: { _decipher: { _decipherKey: key } } }) as unknown as Client;
const keyOf = (client: Client) =>
  (client as unknown as { _protocol: { _decipher: { _decipherKey: unknown } } })._protocol._decipher
    ._decipherKey;

it('keeps the bytes of the key', () => {
  const client = clientWith(Buffer.from('sixteen bytes!!!'));
  expect(prepareDecipherKey(client)).toBe(true);
  expect((keyOf(client) as KeyObject).export().toString()).toBe('sixteen bytes!!!');
  const first = keyOf(client);
  expect(prepareDecipherKey(client)).toBe(true);
  expect(keyOf(client)).toBe(first);
});

it.each([[{}], [{ _protocol: {} }], [clientWith(undefined)], [clientWith('text')]])(
  'touches nothing that is not as expected: %j',
  (client) => {
    const copy = structuredClone(client);
    expect(prepareDecipherKey(client as Client)).toBe(false);
    expect(client).toEqual(copy);
  },
);
