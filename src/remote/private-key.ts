// `ssh-key` and its passphrase: read once, before anything is contacted, with a message for each way in which people get it wrong.
// No message quotes any of the text.
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';

const READABLE = 'a private key in OpenSSH or PEM format, as `ssh-keygen -t ed25519` makes it';

/** What is wrong with the key or its passphrase, or undefined. An empty passphrase is none. */
export function checkPrivateKey(key: string, passphrase?: string): string | undefined {
  const parsed = readPrivateKey(key, passphrase);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** The key, or what is wrong with it. Deriving the key of a passphrase takes some hundred milliseconds: call it once. */
export function readPrivateKey(text: string, passphrase?: string): ParsedKey | string {
  const misfit = recogniseMisfit(text);
  if (misfit !== undefined) return misfit;
  const key = parse(text, passphrase === '' ? undefined : passphrase);
  if (key === undefined || key instanceof Error) return explain(key?.message ?? '');
  if (!key.isPrivateKey()) return `this is a public key; needed is ${READABLE}`;
  return key;
}

/** Undefined, which the library does not declare, is a key file that says that it holds no key. */
function parse(text: string, passphrase: string | undefined): ParsedKey | Error | undefined {
  try {
    return ssh2.utils.parseKey(text, passphrase);
  } catch (error) {
    // The library indexes into the text before it checks it; a mangled key can throw.
    return error instanceof Error ? error : new Error('Malformed');
  }
}

function recogniseMisfit(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return `the key is empty; needed is ${READABLE}`;
  if (/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(trimmed)) {
    return 'PKCS#8 keys cannot be read; `ssh-keygen -p -f FILE` rewrites the file in OpenSSH format';
  }
  if (trimmed.startsWith('PuTTY-User-Key-File-')) {
    return 'PuTTY keys cannot be read; `puttygen FILE -O private-openssh -o NEWFILE` converts one';
  }
  if (!trimmed.startsWith('-----BEGIN ')) {
    return /^(ssh|ecdsa|sk)-\S+ AAAA/.test(trimmed)
      ? `this is a public key; needed is ${READABLE}`
      : `this is not a key; needed is ${READABLE}, from its BEGIN line to its END line`;
  }
  if (!trimmed.includes('\n')) {
    return 'the key stands on a single line; its line breaks were lost, paste it as it is in the file';
  }
  return /\n-----END [A-Z ]+-----$/.test(trimmed)
    ? undefined
    : 'the key is cut short: its END line is missing';
}

function explain(reason: string): string {
  if (reason.includes('no passphrase given'))
    return 'the key is encrypted, and there is no passphrase for it';
  // Which one of several errors a wrong passphrase ends in depends on the cipher and on chance.
  if (/passphrase|decrypt|authenticate/i.test(reason)) {
    return 'the passphrase does not open the key';
  }
  if (reason.includes('Unsupported'))
    return `the key is of a kind that cannot be read; needed is ${READABLE}`;
  return 'the key cannot be read: it is damaged, or lines of it are missing';
}
