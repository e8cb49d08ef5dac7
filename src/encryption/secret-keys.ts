// Secret keys of inputs: read, named and opened. Nothing that the library says about a secret key is passed on: it quotes what it
// read.
import type { PrivateKey } from 'openpgp';
import { decryptKey, readPrivateKey } from 'openpgp';
import { LifeboatError } from '../errors.ts';
import { formatKeyId, formatUserId } from './key-text.ts';
import type { TransferableKey } from './transferable-key.ts';
import { readTransferableKeys } from './transferable-key.ts';

/** What messages call the key; the input of its passphrase has the same name and `-passphrase`. */
export type SecretKeyInput = 'signing-key' | 'proof-signing-key' | 'identity';

const KEY_VERSION = 4;

const EXPORT_COMMANDS =
  '`gpg --export-secret-keys --armor`, or `--export-secret-subkeys`, with its line breaks';

/** The keys of the text, perhaps still locked. Throws `input-invalid`. */
export async function readSecretKeys(
  armored: string,
  input: SecretKeyInput,
  amount: 'one' | 'several',
): Promise<PrivateKey[]> {
  const hint = `It takes ${amount === 'one' ? 'one key' : 'one or more keys'}, made with ${EXPORT_COMMANDS}.`;
  const refuse = (reason: string): LifeboatError =>
    new LifeboatError('input-invalid', `${reason}.`, { hint });
  const { keys, problems } = readTransferableKeys(armored);
  if (problems.length > 0) throw refuse(`${input} cannot be read: ${problems.join('; ')}`);
  if (amount === 'one' && keys.length !== 1) throw refuse(`${input} holds ${keys.length} keys, not one`);
  if (keys.length === 0) throw refuse(`${input} holds no key`);
  return Promise.all(
    keys.map(async (raw, index) => {
      const outcome = await readSecretKey(raw);
      if (typeof outcome === 'object') return outcome;
      throw refuse(`${keys.length === 1 ? input : `${input}, key ${index + 1} of the text,`} ${outcome}`);
    }),
  );
}

/** The key, or what is wrong with it. */
async function readSecretKey({ bytes, isSecret, version }: TransferableKey): Promise<PrivateKey | string> {
  if (!isSecret) return 'holds a public key only';
  if (version !== KEY_VERSION) return `has version ${version}, which gpg 2.2 and 2.4 cannot read`;
  try {
    return await readPrivateKey({ binaryKey: bytes });
  } catch {
    return 'cannot be read: it is damaged, or of a kind that is not known';
  }
}

/** `signing-key 0123456789ABCDEF (Name <name@example.org>)`. */
export function nameSecretKey(key: PrivateKey, input: SecretKeyInput): string {
  return `${input} ${formatKeyId(key.getKeyID())} (${formatUserId(key.getUserIDs()[0])})`;
}

/** The same key, open. Throws `input-invalid`. */
export async function unlockSecretKey(
  key: PrivateKey,
  passphrase: string | undefined,
  input: SecretKeyInput,
): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  const name = nameSecretKey(key, input);
  if (passphrase === undefined || passphrase === '') {
    throw new LifeboatError(
      'input-invalid',
      `${name} is protected by a passphrase, and ${input}-passphrase is empty.`,
      {
        hint: 'A secret that is not set, and any secret in a run for a fork, is empty.',
      },
    );
  }
  try {
    return await decryptKey({ privateKey: key, passphrase });
  } catch {
    throw new LifeboatError('input-invalid', `${input}-passphrase does not open ${name}.`, {
      hint: 'It is the passphrase that gpg asks for when it exports this key; set both secrets again.',
    });
  }
}
