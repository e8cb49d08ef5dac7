// What nobody asked to be looked at, or this kind of store has not: never green by silence.
import type { Unchecked } from './finding.ts';
import type { VerifyInputs } from './inputs.ts';
import type { VerifyKeys } from './context.ts';

export function listNotAsked(
  { readBack, writerAccessKeyId }: Pick<VerifyInputs, 'readBack' | 'writerAccessKeyId'>,
  { trustedSigners, trustedProvers, recipients }: VerifyKeys,
  isBucket: boolean,
): readonly Unchecked[] {
  const lines: readonly (Unchecked | false)[] = [
    trustedSigners === undefined && {
      check: 'manifest',
      line: 'who signed the manifests: give `trusted-signers`',
    },
    trustedProvers === undefined && { check: 'proof', line: 'who signed the proofs: give `trusted-provers`' },
    recipients === undefined && {
      check: 'recipient',
      line: 'whether the newest backups are encrypted to exactly your keys, and whether one of these expires soon: give `recipients`',
    },
    isBucket &&
      writerAccessKeyId === undefined && {
        check: 'writer',
        line: "what the writer's key may do: give `writer-access-key-id`",
      },
    !isBucket && {
      check: 'bucket',
      line: 'versions, locks, rules and who may read: this kind of store has none of its own to ask for',
    },
    readBack === 'none' && {
      check: 'read-back',
      line: 'whether the bytes of objects are still those that were stored: set `read-back`',
    },
  ];
  return lines.filter((line) => line !== false);
}
