// Turns whatever ends an attempt to connect into the error that the user reads: what failed on which server, and what to do.
import { LifeboatError } from '../errors.ts';
import type { HostKeyVerdict } from './known-hosts.ts';
import { KNOWN_HOSTS_HELP } from './known-hosts.ts';
import { CIPHERS, KEX_ALGORITHMS, MACS } from './algorithms.ts';
import type { ServerHello } from './server-hello.ts';

/** Which server it is about: the target, a bastion before it, or the target behind that. */
export interface Hop {
  /** For messages: `SSH server db1:22`, `bastion gate:22`, `SFTP server store:22`. */
  readonly name: string;
  /** The names of the inputs about it. */
  readonly inputs: { readonly key: string; readonly knownHosts: string };
  /** The bastion from which it is reached. */
  readonly behind?: string | undefined;
}

/** What is known of an attempt at the moment when it failed. */
export interface FailedAttempt {
  readonly hop: Hop;
  readonly user: string;
  /** `tcp` until connected, `handshake` until the host key is verified and encryption is on, then `login`. */
  readonly phase: 'tcp' | 'handshake' | 'login';
  /** Set once the server has shown its key. */
  readonly hostKey?:
    { readonly verdict: HostKeyVerdict; readonly type: string; readonly fingerprint: string } | undefined;
  /** `ssh-ed25519 SHA256:…` of every key that is known for the host. */
  readonly expectedHostKeys: readonly string[];
  /** `ssh-ed25519 SHA256:…` of our public key. */
  readonly clientKey: string;
  /** What the server answered to our key: whether it was accepted as a part, and what may follow. */
  readonly login?: { readonly isPartial: boolean; readonly methods: readonly string[] } | undefined;
  readonly hello: ServerHello;
}

const MAX_QUOTED_CHARACTERS = 200;
/** A full list of algorithms has about 600. */
const MAX_LIST_CHARACTERS = 1000;

const HOSTED_RUNNERS =
  'Check host, port and firewall. Runners hosted by GitHub have no fixed address and no IPv6: a server that admits only listed ' +
  'addresses needs a self-hosted runner or one with a static address.';

function adviseOnNetwork({ behind }: Hop): string {
  return behind === undefined
    ? HOSTED_RUNNERS
    : `It is reached from the ${behind}: check that it listens, and that its firewall lets the bastion in.`;
}

const NETWORK_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens on that port, or a firewall refuses it',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
};

export function explainFailure(error: unknown, attempt: FailedAttempt): LifeboatError {
  if (error instanceof LifeboatError) return error;
  const reason = error instanceof Error ? error : new Error(String(error));
  return (
    explainHostKey(reason, attempt) ??
    explainAlgorithms(reason, attempt) ??
    explainLogin(reason, attempt) ??
    explainNetwork(reason, attempt)
  );
}

/** With which a server declines to open a channel (RFC 4254, 5.1). */
const REASON_CODES: Readonly<Record<number, string>> = {
  1: 'administratively prohibited',
  2: 'connection failed',
  3: 'unknown type of channel',
  4: 'short of resources',
};
const CONNECTION_FAILED = 2;

/** What a bastion answered instead of connecting to the server behind it. */
export function explainForwarding(
  error: Error & { readonly reason?: unknown },
  bastion: string,
  address: string,
): LifeboatError {
  const reason = REASON_CODES[Number(error.reason)] ?? 'no reason';
  const said = `${reason} (${quoteRemote(error.message.replace('(SSH) Channel open failure: ', ''))})`;
  return error.reason === CONNECTION_FAILED
    ? new LifeboatError('ssh-unreachable', `The ${bastion} cannot connect to ${address}. It said: ${said}.`, {
        hint: 'The bastion looks up the name and makes the connection: check `ssh-host` and `ssh-port` as it sees them, and the firewall between the two.',
        cause: error,
      })
    : new LifeboatError(
        'ssh-forwarding',
        `The ${bastion} let the user in but does not forward connections to ${address}. It said: ${said}.`,
        {
          hint: 'Check AllowTcpForwarding, PermitOpen and DisableForwarding in its sshd_config, and the options of the key in authorized_keys there: `restrict` needs `port-forwarding` behind it.',
          cause: error,
        },
      );
}

export function timeoutError(hop: Hop, phase: FailedAttempt['phase'], timeoutMs: number): LifeboatError {
  const missing =
    phase === 'tcp' ? 'the TCP connection' : phase === 'handshake' ? 'the SSH handshake' : 'the login';
  return new LifeboatError(
    'ssh-unreachable',
    `The ${hop.name} did not answer: ${missing} was not complete within ${timeoutMs / 1000} s.`,
    { hint: adviseOnNetwork(hop) },
  );
}

/** One line of what a server said, fit for a message: no control characters, of limited length. */
export function quoteRemote(text: string, maxCharacters = MAX_QUOTED_CHARACTERS): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

/** The message of a network error: the system's code put into words, or what the library said. */
export function describeNetworkError(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known = typeof code === 'string' ? NETWORK_ERRORS[code] : undefined;
  return known === undefined ? quoteRemote(error.message) : `${known} (${code ?? ''})`;
}

function explainHostKey(reason: Error, attempt: FailedAttempt): LifeboatError | undefined {
  const { hop, hostKey, hello } = attempt;
  const listed = `\`${hop.inputs.knownHosts}\``;
  const expected = attempt.expectedHostKeys.join(', ');
  if (reason.message.includes('no matching host key format')) {
    return new LifeboatError(
      'ssh-host-key',
      `The ${hop.name} has no host key of a type that ${listed} lists for it: it has ` +
        `${describeList(hello.offer?.hostKeys)}, listed is ${expected}.`,
      { hint: `List a key of one of the types that the server has. ${KNOWN_HOSTS_HELP}` },
    );
  }
  if (hostKey === undefined) return undefined;
  const shown = `${quoteRemote(hostKey.type)} ${hostKey.fingerprint}`;
  if (reason.message.includes('signature verification failed')) {
    return new LifeboatError(
      'ssh-host-key',
      `The ${hop.name} showed the host key ${shown} but could not prove that it holds it.`,
      { hint: 'Somebody may be answering in its place. Nothing was sent to it.' },
    );
  }
  switch (hostKey.verdict) {
    case 'ok':
      return undefined;
    case 'revoked':
      return new LifeboatError(
        'ssh-host-key',
        `The ${hop.name} showed the host key ${shown}, which ${listed} marks as revoked.`,
        {
          hint: 'The server still uses a key that was withdrawn, or somebody answers in its place with it. Neither user nor key was sent to it.',
        },
      );
    case 'mismatch':
    case 'unknown':
      return new LifeboatError(
        'ssh-host-key',
        `The ${hop.name} showed the host key ${shown}, but ${listed} lists ${expected}.`,
        {
          hint:
            'Either the server was set up anew, or somebody answers in its place. Neither user nor key was sent to it. If it was ' +
            `set up anew, replace its line. ${KNOWN_HOSTS_HELP}`,
        },
      );
  }
}

function explainAlgorithms(reason: Error, { hop, hello }: FailedAttempt): LifeboatError | undefined {
  const missing = /no matching (key exchange algorithm|\S+ cipher|\S+ MAC)/.exec(reason.message)?.[1];
  if (missing === undefined) return undefined;
  const [what, ours, theirs] = missing.startsWith('key')
    ? ['key exchange', KEX_ALGORITHMS, hello.offer?.kex]
    : missing.endsWith('cipher')
      ? ['cipher', CIPHERS, hello.offer?.ciphers]
      : ['MAC', MACS, hello.offer?.macs];
  return new LifeboatError(
    'ssh-algorithms',
    `The ${hop.name} and Lifeboat have no ${what} in common: it offers ${describeList(theirs)}; accepted are ${ours.join(', ')}.`,
    { hint: 'Update the SSH server, or allow one of the accepted algorithms in its sshd_config.' },
  );
}

function explainLogin(reason: Error, attempt: FailedAttempt): LifeboatError | undefined {
  const { hop, user, clientKey, login } = attempt;
  if (attempt.phase !== 'login') return undefined;
  const level = (reason as Error & { level?: unknown }).level;
  // A number is the reason code of a server that said goodbye (RFC 4253, 11.1): "too many failures", "access denied".
  const wasSentAway = typeof (reason as Error & { code?: unknown }).code === 'number';
  if (level !== 'client-authentication' && !wasSentAway && login === undefined) return undefined;
  if (login?.isPartial === true) {
    return new LifeboatError(
      'ssh-auth',
      `The ${hop.name} accepted the key of user ${user}, and wants more than a key: ${describeList(login.methods)}.`,
      {
        hint: 'Let this user in with a key alone (AuthenticationMethods publickey in a Match block of sshd_config).',
      },
    );
  }
  const said = wasSentAway ? ` It said: ${quoteRemote(reason.message)}.` : '';
  const accepts = login === undefined ? '' : ` It accepts: ${describeList(login.methods)}.`;
  return new LifeboatError(
    'ssh-auth',
    `The ${hop.name} did not accept user ${user} with the key ${clientKey}.${said}${accepts}`,
    {
      hint:
        `Check that the public key stands in ~/.ssh/authorized_keys of ${user} (and that neither file nor home directory is ` +
        'writable by others), that its options (from=, expiry-time=) allow this runner, and that sshd_config lets the user in.',
    },
  );
}

function explainNetwork(reason: Error, { hop, phase, hello }: FailedAttempt): LifeboatError {
  const cause = { cause: reason };
  if (phase === 'tcp') {
    return new LifeboatError(
      'ssh-unreachable',
      `Cannot connect to the ${hop.name}: ${describeNetworkError(reason)}.`,
      { hint: adviseOnNetwork(hop), ...cause },
    );
  }
  if (hello.version === undefined) {
    const said =
      hello.greeting.length === 0
        ? 'without a word'
        : `after it said: ${quoteRemote(hello.greeting.join(' '))}`;
    return new LifeboatError(
      'ssh-unreachable',
      `The ${hop.name} closed the connection before the SSH handshake, ${said}.`,
      {
        hint: 'Is it an SSH server? If it is, it turns this address away: too many connections at once (MaxStartups), or a penalty after failed logins (PerSourcePenalties, fail2ban).',
        ...cause,
      },
    );
  }
  const stage = phase === 'handshake' ? 'handshake' : 'login';
  return new LifeboatError(
    'ssh-unreachable',
    `The connection to the ${hop.name} broke during the SSH ${stage}: ${describeNetworkError(reason)}.`,
    {
      hint: 'The log of sshd on the server says more.',
      ...cause,
    },
  );
}

function describeList(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0
    ? 'nothing that could be read'
    : quoteRemote(names.join(', '), MAX_LIST_CHARACTERS);
}
