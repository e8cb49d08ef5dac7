// Whether the page that people follow when a server is lost is the one that the newest restore test wrote.
import { proofFolder, RECOVERY_NAME } from '../../../domain/stores/object-names.ts';
import type { StoreReader } from '../../../ports/store.ts';
import type { Finding } from '../finding.ts';
import type { Judged } from '../judged.ts';
import { hashStored } from '../hash-stored.ts';

export async function checkRunbook(
  { inventory }: Pick<Judged, 'inventory'>,
  { store, signal }: { readonly store: StoreReader; readonly signal: AbortSignal },
): Promise<readonly Finding[]> {
  const [proof] = inventory.proofs;
  if (proof === undefined) return [];
  const key = proofFolder(proof.server, proof.id) + RECOVERY_NAME;
  const found = await hashStored(key, store, signal);
  if (found === proof.recoverySha256) return [];
  const fix =
    'Take that of an earlier proof, or docs/restore-by-hand.md; the next restore test writes a new one.';
  if (found === undefined)
    return [{ check: 'proof', severity: 'warning', line: `\`${key}\` is gone: how to restore by hand`, fix }];
  return [
    {
      check: 'proof',
      severity: 'red',
      line: `\`${key}\` is not the page that its proof names: who follows it runs commands of somebody else`,
      fix: `Find out who wrote it. ${fix}`,
      subject: proof.id,
    },
  ];
}
