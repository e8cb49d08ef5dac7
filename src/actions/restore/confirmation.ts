// What a person types before something is changed that matters.

/** As restore's inputs have them. */
interface Destination {
  readonly server: string;
  readonly into: string | undefined;
  readonly sameNames: boolean;
}

/** `restore atlas into shop_copy`, `… into same names`, `… into new names`. */
export function confirmationText({ server, into, sameNames }: Destination): string {
  return `restore ${server} into ${into ?? (sameNames ? 'same names' : 'new names')}`;
}
