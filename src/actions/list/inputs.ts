// What the list action takes; the reference page and the command line's help are made from this.
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { proofInputs, readingInputs } from '../../inputs/groups/reading.ts';
import { readerStoreInputs, storeRules } from '../../inputs/groups/store.ts';
import { targetInputs } from '../../inputs/groups/target.ts';
import { logInputs } from '../../inputs/groups/telling.ts';
import { integer } from '../../inputs/kinds.ts';

/** Each backup costs two requests. */
const MAX_SHOWN = 1_000;

const inputs = {
  server: targetInputs.server,
  ...readerStoreInputs,
  'trusted-signers': readingInputs['trusted-signers'],
  'trusted-provers': proofInputs['trusted-provers'],
  ...group('List', {
    limit: field(integer({ min: 1, max: MAX_SHOWN }), {
      description: 'How many backups, and snapshots of each storage, are shown at most, the newest first.',
      default: '20',
    }),
  }),
  ...logInputs,
};

export type ListInputs = InputsOf<typeof inputs>;

export const listDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'list',
  description:
    'Show the backups and snapshots of a server, who signed them, when they were proven, and until when binlogs reach',
  inputs,
  outputs: {},
  rules: storeRules,
  isCommandLineOnly: true,
};
