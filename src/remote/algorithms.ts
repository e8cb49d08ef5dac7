// What is offered to a server, best first. Every list is also what a "no common algorithm" message shows as our side.
import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm } from 'ssh2';

/** No SHA-1. The library has no post-quantum exchange yet. */
export const KEX_ALGORITHMS: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
];

/**
 * GCM first: it runs in hardware and needs no MAC. chacha20-poly1305 is left out (half as fast here, and what the Terrapin
 * attack needs), and so is everything in CBC mode.
 */
export const CIPHERS: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];

/** For the CTR ciphers only; encrypt-then-MAC, no SHA-1. */
export const MACS: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
];
