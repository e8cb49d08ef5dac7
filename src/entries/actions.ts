// Every action there is: its declaration, and where it is put together. Adapters are loaded only when an action runs.
import { doctorDeclaration } from '../actions/doctor/inputs.ts';
import { dumpDeclaration } from '../actions/dump/inputs.ts';
import { fetchDeclaration } from '../actions/fetch/inputs.ts';
import { initDeclaration } from '../actions/init/inputs.ts';
import { listDeclaration } from '../actions/list/inputs.ts';
import { pruneDeclaration } from '../actions/prune/inputs.ts';
import { restoreDeclaration } from '../actions/restore/inputs.ts';
import { restoreFilesDeclaration } from '../actions/restore-files/inputs.ts';
import { restoreTestDeclaration } from '../actions/restore-test/inputs.ts';
import { shipBinlogsDeclaration } from '../actions/ship-binlogs/inputs.ts';
import { syncStorageDeclaration } from '../actions/sync-storage/inputs.ts';
import { verifyDeclaration } from '../actions/verify/inputs.ts';
import type { ActionRegistry } from '../platform/action.ts';

export const actions = {
  dump: {
    declaration: dumpDeclaration,
    load: async () => (await import('./compose-dump.ts')).dumpAction,
  },
  'ship-binlogs': {
    declaration: shipBinlogsDeclaration,
    load: async () => (await import('./compose-ship-binlogs.ts')).shipBinlogsAction,
  },
  'sync-storage': {
    declaration: syncStorageDeclaration,
    load: async () => (await import('./compose-sync-storage.ts')).syncStorageAction,
  },
  verify: {
    declaration: verifyDeclaration,
    load: async () => (await import('./compose-verify.ts')).verifyAction,
  },
  'restore-test': {
    declaration: restoreTestDeclaration,
    load: async () => (await import('./compose-restore-test.ts')).restoreTestAction,
  },
  restore: {
    declaration: restoreDeclaration,
    load: async () => (await import('./compose-restore.ts')).restoreAction,
  },
  'restore-files': {
    declaration: restoreFilesDeclaration,
    load: async () => (await import('./compose-restore-files.ts')).restoreFilesAction,
  },
  list: {
    declaration: listDeclaration,
    load: async () => (await import('./compose-list.ts')).listAction,
  },
  fetch: {
    declaration: fetchDeclaration,
    load: async () => (await import('./compose-fetch.ts')).fetchAction,
  },
  prune: {
    declaration: pruneDeclaration,
    load: async () => (await import('./compose-prune.ts')).pruneAction,
  },
  init: {
    declaration: initDeclaration,
    load: async () => (await import('./compose-init.ts')).initAction,
  },
  doctor: {
    declaration: doctorDeclaration,
    load: async () => (await import('./compose-doctor.ts')).doctorAction,
  },
} as const satisfies ActionRegistry;
