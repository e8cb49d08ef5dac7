// Keys that gpg does not make: of new kinds, with old dates, or too weak.
import { generateKey } from 'openpgp';

type Options = Omit<Parameters<typeof generateKey>[0], 'userIDs' | 'format'>;

export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** By default what gpg makes by default: Ed25519 and Curve25519 in the form that gpg 2.2 knows. */
export async function makeKeyPair(name: string, options: Options = {}): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    ...options,
    userIDs: { name, email: `${name.toLowerCase().replaceAll(/\W/g, '')}@example.org` },
    format: 'armored',
  });
  return { publicKey, privateKey };
}
