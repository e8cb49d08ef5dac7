// Which host key a server shows, before anybody trusts it: for people who are about to compare it with the server itself.
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { LifeboatError } from '../errors.ts';
import { formatHostPort, parseKnownHosts, type HostKeys } from './known-hosts.ts';
import { readPrivateKey } from './private-key.ts';
import { TARGET_INPUTS } from './ssh-connection.ts';
import { openSsh } from './ssh-handshake.ts';
import { fingerprint, readString } from './ssh-wire.ts';
import { makeSshKey } from './make-ssh-key.ts';
import { connectTcp } from './tcp-connect.ts';

/** Best first; every server has one of them. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];
/** Nobody is let in: the connection ends with the host key. */
const NOBODY = 'lifeboat';

export interface ShownHostKey {
  /** `ssh-ed25519 SHA256:…`, as `ssh-known-hosts` takes it. */
  readonly fingerprint: string;
  /** A line of a known_hosts file. */
  readonly knownHostsLine: string;
}

/**
 * One of a type that `knownHosts` lists for it, where that is given. Neither user nor key are sent. Throws `ssh-unreachable`,
 * `ssh-host-key` (it has none of these types), `ssh-algorithms`.
 */
export async function fetchHostKey(
  host: string,
  port: number,
  knownHosts: string | undefined,
  signal: AbortSignal,
): Promise<ShownHostKey> {
  const parsed = knownHosts === undefined ? undefined : parseKnownHosts(knownHosts);
  const listed = parsed?.ok === true ? parsed.knownHosts.lookup(host, port).algorithms : undefined;
  let shown: Buffer | undefined;
  const hostKeys: HostKeys = {
    algorithms: listed ?? ALGORITHMS,
    expected: [],
    check: (key) => {
      shown = key;
      return 'unknown';
    },
  };
  const { privateKey } = makeSshKey('');
  const key = readPrivateKey(privateKey, undefined);
  if (typeof key === 'string') throw new TypeError(key);
  const hop = { name: `SSH server ${formatHostPort(host, port)}`, inputs: TARGET_INPUTS };
  const options = { host, port, user: NOBODY, privateKey, knownHosts: '' };
  try {
    const opened = await openSsh({ hop, options, key, hostKeys }, connectTcp, signal);
    opened.transport.destroy();
  } catch (error) {
    if (shown === undefined) throw error;
  }
  const type = shown && readString(shown, 0)?.toString('latin1');
  if (shown === undefined || type === undefined)
    throw new LifeboatError('ssh-unreachable', `The ${hop.name} showed no host key.`);
  const name = port === 22 ? host : formatHostPort(host, port);
  return {
    fingerprint: `${type} ${fingerprint(shown)}`,
    knownHostsLine: `${name} ${type} ${shown.toString('base64')}`,
  };
}

/** Whether these known_hosts lines list the key. */
export function isListed(knownHosts: string, shown: ShownHostKey, host: string, port: number): boolean {
  const parsed = parseKnownHosts(knownHosts);
  const key = Buffer.from(shown.knownHostsLine.split(' ')[2] ?? '', 'base64');
  return parsed.ok && parsed.knownHosts.lookup(host, port).check(key) === 'ok';
}
