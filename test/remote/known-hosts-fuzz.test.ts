// Damages well-formed text in many ways: whatever comes out is refused or means the same, and nothing else becomes trusted.
import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseKnownHosts } from '../../src/remote/known-hosts.ts';

const ROUNDS = 20_000;
const HOST = 'db1.example.com';

/** Always the same numbers: a failure can be repeated. */
function* randomNumbers(seed: string): Generator<number, never> {
  for (let round = 0; ; round++) {
    const digest = createHash('sha256').update(`${seed} ${round}`).digest();
    for (let offset = 0; offset < digest.length; offset += 4) yield digest.readUInt32BE(offset);
  }
}

function makeKey(seed: string): Buffer {
  const head = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
  return Buffer.concat([head, createHash('sha256').update(seed).digest()]);
}

const trusted = makeKey('trusted');
const revoked = makeKey('revoked');
const salt = Buffer.alloc(20, 9);
const hashedName = `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(HOST).digest('base64')}`;
const original = [
  '# servers',
  `${HOST},10.0.0.7 ssh-ed25519 ${trusted.toString('base64')} comment`,
  `[*.example.com]:2222,!db2.example.com ssh-ed25519 ${trusted.toString('base64')}`,
  `${hashedName} ssh-ed25519 ${trusted.toString('base64')}`,
  `ssh-ed25519 SHA256:${createHash('sha256').update(trusted).digest('base64').replace('=', '')}`,
  `@revoked * ssh-ed25519 ${revoked.toString('base64')}`,
  '',
].join('\n');

const FRAGMENTS = [
  '\n',
  '\r',
  ' ',
  '\t',
  ',',
  '!',
  '*',
  '?',
  '|',
  '@',
  '#',
  '=',
  '\0',
  '\u2028',
  'ü',
  '|1|',
  'SHA256:',
  '@revoked ',
];

function damage(text: string, random: Generator<number, never>): string {
  const pick = (limit: number) => random.next().value % limit;
  const at = pick(text.length + 1);
  const length = pick(40);
  switch (pick(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + (FRAGMENTS[pick(FRAGMENTS.length)] ?? '') + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + text.slice(at, at + length).repeat(3) + text.slice(at);
    default:
      return text.slice(at) + text.slice(0, at);
  }
}

it('survives damage without trusting another key', () => {
  const random = randomNumbers('known hosts');
  const strangers = [
    makeKey('stranger'),
    Buffer.alloc(0),
    trusted.subarray(0, 40),
    Buffer.concat([trusted, trusted]),
  ];
  const seen = { ok: 0, refused: 0, stillTrusted: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    let text = original;
    for (let changes = 0; changes <= round % 4; changes++) text = damage(text, random);
    const parsed = parseKnownHosts(text);
    if (!parsed.ok) {
      seen.refused++;
      expect(parsed.problems.length).toBeGreaterThan(0);
      continue;
    }
    seen.ok++;
    for (const port of [22, 2222]) {
      const keys = parsed.knownHosts.lookup(HOST, port);
      const verdicts = strangers.map((key) => keys.check(key));
      if (verdicts.some((verdict) => verdict === 'ok' || verdict === 'revoked')) {
        expect.fail(`trusted or revoked out of nothing: ${JSON.stringify(text)}`);
      }
      if (keys.check(trusted) === 'ok') seen.stillTrusted++;
    }
  }
  // Most damage is noticed; what is not leaves the meaning alone. All three must happen, or this test shows nothing.
  expect(seen.ok).toBeGreaterThan(ROUNDS / 100);
  expect(seen.refused).toBeGreaterThan(ROUNDS / 100);
  expect(seen.stillTrusted).toBeGreaterThan(ROUNDS / 100);
});

it('survives noise', () => {
  const random = randomNumbers('noise');
  for (let round = 0; round < ROUNDS / 4; round++) {
    const words = Array.from(
      { length: (random.next().value % 30) + 1 },
      () => FRAGMENTS[random.next().value % FRAGMENTS.length],
    );
    const parsed = parseKnownHosts(words.join(round % 2 === 0 ? '' : ' '));
    expect(parsed.ok).toBe(false);
  }
});
