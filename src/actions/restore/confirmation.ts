// What a person types before something is changed that matters.
import type { RestoreInputs } from './inputs.ts';

/** `restore atlas into shop_copy`, `… into same names`, `… into new names`. */
export function confirmationText({
  server,
  into,
  sameNames,
}: Pick<RestoreInputs, 'server' | 'into' | 'sameNames'>): string {
  return `restore ${server} into ${into ?? (sameNames ? 'same names' : 'new names')}`;
}
