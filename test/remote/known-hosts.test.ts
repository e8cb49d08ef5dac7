import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkKnownHosts, parseKnownHosts } from '../../src/remote/known-hosts.ts';
import type { HostKeys } from '../../src/remote/known-hosts.ts';

const HOST = 'db1.example.com';

function wire(...parts: (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );
}

function makeEd25519(): Buffer {
  const { publicKey } = generateKeyPairSync('ed25519');
  return wire('ssh-ed25519', publicKey.export({ type: 'spki', format: 'der' }).subarray(-32));
}

const ed25519 = makeEd25519();
const otherEd25519 = makeEd25519();
const rsa = wire('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.alloc(257, 7));
const ecdsa = wire('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 4));

const encode = (key: Buffer) => key.toString('base64');
const digest = (key: Buffer) =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
const hashed = (name: string) => {
  const salt = createHash('sha1').update(name).update('salt').digest();
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

function lookup(text: string, host = HOST, port = 22): HostKeys {
  const parsed = parseKnownHosts(text);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.knownHosts.lookup(host, port);
}

function problems(text: string): readonly string[] {
  const parsed = parseKnownHosts(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('names', () => {
  const line = (names: string) => `${names} ssh-ed25519 ${encode(ed25519)}`;
  it.each([
    [HOST, HOST, 22, true],
    [HOST, 'db2.example.com', 22, false],
    [HOST, 'DB1.Example.Com', 22, true],
    ['DB1.EXAMPLE.COM', HOST, 22, true],
    [`a.example,${HOST},b.example`, HOST, 22, true],
    ['*.example.com', HOST, 22, true],
    ['*.example.com', 'example.com', 22, false],
    ['db?.example.com', HOST, 22, true],
    ['db?.example.com', 'db12.example.com', 22, false],
    ['*.example.com,!db1.example.com', HOST, 22, false],
    ['*.example.com,!db1.example.com', 'db2.example.com', 22, true],
    ['!db2.*,*', HOST, 22, true],
    [`[${HOST}]:2222`, HOST, 2222, true],
    [`[${HOST}]:2222`, HOST, 22, false],
    [`[${HOST}]:2222`, HOST, 2223, false],
    ['[*.example.com]:2222', HOST, 2222, true],
    // Like ssh: a host that is only known without its port is known.
    [HOST, HOST, 2222, true],
    ['2001:db8::1', '2001:db8::1', 22, true],
    ['[2001:db8::1]:2222', '2001:db8::1', 2222, true],
    [hashed(HOST), HOST, 22, true],
    [hashed(HOST), 'DB1.example.com', 22, true],
    [hashed(HOST), 'db2.example.com', 22, false],
    [hashed(`[${HOST}]:2222`), HOST, 2222, true],
    [hashed(`[${HOST}]:2222`), HOST, 22, false],
    // A dot is a dot, a bracket a bracket.
    ['db1xexample.com', HOST, 22, false],
    ['db1.example.co', HOST, 22, false],
    ['[db1].example.com', HOST, 22, false],
  ])('%s for %s port %i: %s', (names, host, port, isKnown) => {
    expect(lookup(line(names), host, port).check(ed25519)).toBe(isKnown ? 'ok' : 'unknown');
  });

  it('prefers the line with the port over the one without', () => {
    const text = `${HOST} ssh-ed25519 ${encode(otherEd25519)}\n[${HOST}]:2222 ssh-ed25519 ${encode(ed25519)}`;
    expect(lookup(text, HOST, 2222).check(ed25519)).toBe('ok');
    expect(lookup(text, HOST, 2222).check(otherEd25519)).toBe('mismatch');
    expect(lookup(text, HOST, 22).check(otherEd25519)).toBe('ok');
  });

  it('is not slowed down by many stars', () => {
    const text = line(`${'*a'.repeat(2000)}b`);
    expect(lookup(text, 'a'.repeat(5000)).check(ed25519)).toBe('unknown');
  });
});

describe('keys', () => {
  const all = [
    `${HOST} ssh-rsa ${encode(rsa)}`,
    `${HOST} ecdsa-sha2-nistp256 ${encode(ecdsa)}`,
    `${HOST} ssh-ed25519 ${encode(ed25519)}`,
  ].join('\n');

  it('tells the right key from another of its type and from one of another type', () => {
    const keys = lookup(`${HOST} ssh-ed25519 ${encode(ed25519)}`);
    expect(keys.check(ed25519)).toBe('ok');
    expect(keys.check(otherEd25519)).toBe('mismatch');
    expect(keys.check(rsa)).toBe('unknown');
    expect(keys.check(ed25519.subarray(0, -1))).toBe('mismatch');
    expect(keys.check(Buffer.alloc(0))).toBe('unknown');
  });

  it('offers only the types that are known, and SHA-2 signatures for RSA', () => {
    expect(lookup(all).algorithms).toEqual([
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ]);
    expect(lookup(`${HOST} ssh-rsa ${encode(rsa)}`).algorithms).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    expect(lookup(all, 'other.example.com').algorithms).toEqual([]);
  });

  it('knows several keys of one type', () => {
    const keys = lookup(
      `${HOST} ssh-ed25519 ${encode(ed25519)}\n${HOST} ssh-ed25519 ${encode(otherEd25519)}`,
    );
    expect([keys.check(ed25519), keys.check(otherEd25519)]).toEqual(['ok', 'ok']);
    expect(keys.expected).toEqual([`ssh-ed25519 ${digest(ed25519)}`, `ssh-ed25519 ${digest(otherEd25519)}`]);
  });

  it('takes a fingerprint for whatever host is asked for', () => {
    const keys = lookup(`ssh-ed25519 ${digest(ed25519)}`, 'anything', 4711);
    expect(keys.algorithms).toEqual(['ssh-ed25519']);
    expect([keys.check(ed25519), keys.check(otherEd25519)]).toEqual(['ok', 'mismatch']);
    expect(keys.expected).toEqual([`ssh-ed25519 ${digest(ed25519)}`]);
    expect(lookup(`ssh-ed25519 ${digest(ed25519)}= from the console`).check(ed25519)).toBe('ok');
  });

  it('takes a fingerprint for a named host', () => {
    const text = `${HOST} ssh-ed25519 ${digest(ed25519)}`;
    expect(lookup(text).check(ed25519)).toBe('ok');
    expect(lookup(text, 'other').check(ed25519)).toBe('unknown');
  });

  it('refuses a revoked key whatever else is said of it', () => {
    const trusted = `${HOST} ssh-ed25519 ${encode(ed25519)}\nssh-ed25519 ${digest(otherEd25519)}`;
    for (const names of [HOST, '*', hashed(HOST)]) {
      const keys = lookup(`${trusted}\n@revoked ${names} ssh-ed25519 ${encode(ed25519)}`);
      expect([keys.check(ed25519), keys.check(otherEd25519)]).toEqual(['revoked', 'ok']);
    }
    expect(lookup(`${trusted}\n@revoked ssh-ed25519 ${digest(ed25519)}`).check(ed25519)).toBe('revoked');
    expect(lookup(`${trusted}\n@revoked other ssh-ed25519 ${encode(ed25519)}`).check(ed25519)).toBe('ok');
  });

  it('revokes by host name on every port', () => {
    const text = `[${HOST}]:2222 ssh-ed25519 ${encode(ed25519)}\n@revoked ${HOST} ssh-ed25519 ${encode(ed25519)}`;
    expect(lookup(text, HOST, 2222).check(ed25519)).toBe('revoked');
  });

  it('reads comments, blank lines, tabs, Windows line ends and a byte order mark', () => {
    const text = `\uFEFF# our servers\r\n\r\n  # indented\r\n\t${HOST}\tssh-ed25519   ${encode(ed25519)} a comment # here\r\n`;
    expect(lookup(text).check(ed25519)).toBe('ok');
  });

  it('passes over keys of types that cannot be checked', () => {
    const future = encode(wire('ssh-mldsa44', Buffer.alloc(1312, 1)));
    const text = `${HOST} ssh-mldsa44 ${future}\n${HOST} ssh-ed25519 ${encode(ed25519)}`;
    expect(lookup(text).algorithms).toEqual(['ssh-ed25519']);
    expect(checkKnownHosts(`${HOST} ssh-mldsa44 ${future}`, HOST, 22)).toEqual([
      expect.stringContaining('of a type that can be checked'),
    ]);
  });
});

describe('problems', () => {
  const good = `${HOST} ssh-ed25519 ${encode(ed25519)}`;
  it.each([
    ['@cert-authority *.example.com ssh-ed25519 AAAA', 'host certificates are not supported'],
    ['@trusted host ssh-ed25519 AAAA', 'a marker other than @revoked'],
    [HOST, 'is not HOST TYPE KEY'],
    [`${HOST} ssh-ed25519`, 'is not HOST TYPE KEY'],
    [`ssh-ed25519 ${encode(ed25519)}`, 'without the host name in front'],
    [`ssh-ed25519 ${encode(ed25519)} root@db1`, 'without the host name in front'],
    [digest(ed25519), 'without its key type in front'],
    [`256 ${digest(ed25519)} root@db1 (ED25519)`, 'fingerprint of an unknown key type'],
    ['ssh-ed25519 SHA256:abc', 'not SHA256: and 43 characters'],
    [`${HOST} ssh-ed25519 MD5:d4:1d:8c`, 'not base64'],
    [`${HOST} ssh-ed25519 ${encode(ed25519).slice(0, -8)}`, 'cut short'],
    [`${HOST} ssh-ed25519 ${encode(ed25519).slice(0, 20)}!${encode(ed25519).slice(20)}`, 'not base64'],
    [`${HOST} ssh-ed25519 ${encode(Buffer.concat([ed25519, Buffer.from([0])]))}`, 'cut short'],
    [`${HOST} ssh-ed25519 ${encode(wire('ssh-ed25519', Buffer.alloc(31)))}`, 'cut short'],
    [`${HOST} ssh-rsa ${encode(wire('ssh-rsa', Buffer.from([3])))}`, 'cut short'],
    [`${HOST} ssh-rsa ${encode(ed25519)}`, 'another type than the line says'],
    [`|1|c2FsdA==|aGFzaA== ssh-ed25519 ${encode(ed25519)}`, 'names its hosts in a way'],
    [`|2|${'A'.repeat(28)}|${'A'.repeat(28)} ssh-ed25519 ${encode(ed25519)}`, 'names its hosts in a way'],
    [`!${HOST} ssh-ed25519 ${encode(ed25519)}`, 'names its hosts in a way'],
    [`${HOST},, ssh-ed25519 ${encode(ed25519)}`, 'names its hosts in a way'],
  ])('%s', (line, problem) => {
    expect(problems(`${good}\n# comment\n${line}\n${good}`)).toEqual([expect.stringMatching(/^line 3 /)]);
    expect(problems(line)[0]).toContain(problem);
  });

  it('names every bad line', () => {
    expect(problems(`x\n${good}\ny\n\nz`).map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual(
      ['line 1', 'line 3', 'line 5'],
    );
  });

  it('never repeats what stands in a line', () => {
    const secret = 'hunter2hunter2';
    for (const line of [secret, `${secret} ${secret}`, `${secret} ${secret} ${secret}`, `@${secret} a b c`]) {
      expect(problems(line).join()).not.toBe('');
      expect(problems(line).join()).not.toContain(secret);
    }
  });

  it('recognises a private key in the wrong place', () => {
    const text = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n';
    expect(problems(text)).toEqual([expect.stringContaining('private key')]);
  });

  it('wants at least one key, and one for the host', () => {
    expect(problems('# nothing\n\n')).toEqual([expect.stringContaining('no line holds a host key')]);
    expect(problems(`@revoked ${good}`)).toEqual([expect.stringContaining('no line holds a host key')]);
    expect(checkKnownHosts(good, HOST, 22)).toEqual([]);
    expect(checkKnownHosts(good, 'other', 22)).toEqual([expect.stringContaining('for other ')]);
    expect(checkKnownHosts(good, 'other', 2222)).toEqual([expect.stringContaining('for [other]:2222 ')]);
    expect(checkKnownHosts('x', HOST, 22)).toEqual([expect.stringMatching(/^line 1 /)]);
  });
});
