// What is in the store, told from its list of keys alone: which dumps, binlogs and proofs may be read, what was left unfinished, and what
// stands where nothing belongs. What is in the documents is their readers' business.
import {
  binlogFolder,
  dumpFolder,
  isBinlogId,
  isServerName,
  isTrialKey,
  MANIFEST_NAME,
  parseBackupId,
  parsePackKey,
  parseProofKey,
  parseSnapshotIndexKey,
  PROOF_NAME,
  PROOF_SIGNATURE_NAME,
  proofFolder,
  RECOVERY_NAME,
  SIGNATURE_NAME,
} from './object-names.ts';

const BINLOG_MANIFEST = '.json';
const LATER_PART = /\.gpg\.\d{3,}$/;
const DUMP_OBJECT = /^(?:inventory\.json|[a-z0-9_][a-z0-9_.-]*\.sql)\.zst\.gpg$/;
const BINLOG_OBJECT = /^(.+?)(\.zst\.gpg|\.json|\.json\.sig)$/;
const DOCUMENT_END = /\.json(?:\.sig)?$/;

export interface ListedKey {
  /** Relative to the store's prefix. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

export interface FoundDump {
  /** The backup id. */
  readonly id: string;
  /** With a slash at its end. */
  readonly folder: string;
  readonly hasManifest: boolean;
  readonly hasSignature: boolean;
  /** All that is in the folder itself, in the order of the list. */
  readonly keys: readonly ListedKey[];
}

export interface DumpList {
  /** With a manifest: to be read. The greatest id, thus the run that began last, is first. */
  readonly dumps: readonly FoundDump[];
  /** Without one: the run failed, or is at work right now. Newest first. */
  readonly unfinished: readonly FoundDump[];
}

export interface FoundProof {
  readonly runId: string;
  /** With a slash at its end. */
  readonly folder: string;
  readonly hasSignature: boolean;
  readonly hasRecovery: boolean;
}

/** The dumps of one server. Keys that are not below `<server>/dumps/` do not matter. Throws RangeError for no server's name. */
export function listDumps(keys: Iterable<ListedKey>, server: string): DumpList {
  if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
  const found = new Map<string, ListedKey[]>();
  for (const listed of keys) {
    if (!listed.key.startsWith(`${server}/dumps/`)) continue;
    const id = readDumpId(listed.key, server);
    if (id === undefined) continue;
    const inFolder = found.get(id) ?? [];
    inFolder.push(listed);
    found.set(id, inFolder);
  }
  const dumps = [...found].map(([id, inFolder]) => describeDump(server, id, inFolder)).sort(newestIdFirst);
  return {
    dumps: dumps.filter(({ hasManifest }) => hasManifest),
    unfinished: dumps.filter(({ hasManifest }) => !hasManifest),
  };
}

/** The runs that left a `proof.json`, newest first. Whether a proof counts is for its signature and its reader to say. */
export function listProofs(keys: Iterable<ListedKey>, server: string): readonly FoundProof[] {
  const found = new Map<string, Set<string>>();
  for (const { key } of keys) {
    const parsed = parseProofKey(key);
    if (parsed?.server !== server) continue;
    found.set(parsed.runId, (found.get(parsed.runId) ?? new Set()).add(parsed.name));
  }
  return [...found]
    .filter(([, names]) => names.has(PROOF_NAME))
    .map(([runId, names]) => ({
      runId,
      folder: proofFolder(server, runId),
      hasSignature: names.has(PROOF_SIGNATURE_NAME),
      hasRecovery: names.has(RECOVERY_NAME),
    }))
    .sort((a, b) => compareText(b.runId, a.runId));
}

/** Ids of the binlogs that have a manifest, the run that began last first. Throws RangeError for no server's name. */
export function listBinlogs(keys: Iterable<ListedKey>, server: string): readonly string[] {
  const folder = binlogFolder(server);
  return Array.from(keys, ({ key }) => key)
    .filter((key) => key.startsWith(folder) && key.endsWith(BINLOG_MANIFEST))
    .map((key) => key.slice(folder.length, -BINLOG_MANIFEST.length))
    .filter(isBinlogId)
    .sort((a, b) => compareText(runOf(b), runOf(a)) || compareText(b, a));
}

/**
 * What a run of Lifeboat may have stored under a key of this server: an encrypted object, or a document, which is plain. Undefined:
 * nothing of ours has such a name.
 */
export function kindOfKey(key: string, server: string): 'object' | 'document' | undefined {
  if (!key.startsWith(`${server}/`)) return undefined;
  const object = key.replace(LATER_PART, '.gpg');
  const name = object.slice(object.lastIndexOf('/') + 1);
  if (readDumpId(object, server) !== undefined) {
    if (DUMP_OBJECT.test(name)) return 'object';
    return key.endsWith(`/${MANIFEST_NAME}`) || key.endsWith(`/${SIGNATURE_NAME}`) ? 'document' : undefined;
  }
  if (parsePackKey(object) ?? parseSnapshotIndexKey(object)) return 'object';
  const [, binlog = '', ending] = BINLOG_OBJECT.exec(name) ?? [];
  if (object === binlogFolder(server) + name && isBinlogId(binlog))
    return ending === '.zst.gpg' ? 'object' : 'document';
  const isDocument = parseProofKey(key) ?? parseSnapshotIndexKey(key.replace(DOCUMENT_END, '.index.zst.gpg'));
  return isDocument !== undefined || isTrialKey(key) ? 'document' : undefined;
}

function runOf(binlogId: string): string {
  return binlogId.slice(binlogId.lastIndexOf('.') + 1);
}

/** The id of the dump that a key belongs to. Its folder must be exactly the one that follows from the id. */
function readDumpId(key: string, server: string): string | undefined {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const id = folder.split('/').at(-2) ?? '';
  return parseBackupId(id) && folder === dumpFolder(server, id) && folder !== key ? id : undefined;
}

function describeDump(server: string, id: string, keys: readonly ListedKey[]): FoundDump {
  const folder = dumpFolder(server, id);
  const has = (name: string): boolean => keys.some(({ key }) => key === folder + name);
  return { id, folder, hasManifest: has(MANIFEST_NAME), hasSignature: has(SIGNATURE_NAME), keys };
}

function newestIdFirst(a: FoundDump, b: FoundDump): number {
  return compareText(b.id, a.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
