// The names of dumps, binlogs, snapshots and proofs in the store (docs/format.md, "Names"). Every key is relative to the store's prefix.
import { createHash } from 'node:crypto';
import { parseRunId, RUN_ID_PATTERN } from '../run-id.ts';

export type ObjectRole = 'data' | 'accounts' | 'inventory';

export interface BackupId {
  readonly runId: string;
  /** `mysql`, `mariadb`, …: lower-case letters and digits. */
  readonly engine: string;
  readonly label?: string;
}

export const MANIFEST_NAME = 'manifest.json';
export const SIGNATURE_NAME = 'manifest.json.sig';
export const PROOF_NAME = 'proof.json';
export const PROOF_SIGNATURE_NAME = 'proof.json.sig';
export const RECOVERY_NAME = 'RECOVERY.md';

const PROOF_NAMES = [PROOF_NAME, PROOF_SIGNATURE_NAME, RECOVERY_NAME] as const;
export type ProofFileName = (typeof PROOF_NAMES)[number];

export interface ProofKey {
  readonly server: string;
  readonly runId: string;
  readonly name: ProofFileName;
}

export interface BinlogKeys {
  /** First part of the ciphertext; the rest as `partKey` says. */
  readonly data: string;
  readonly signature: string;
  readonly manifest: string;
}

export interface StorageKey {
  readonly server: string;
  /** Of the storage. */
  readonly name: string;
  readonly runId: string;
}

export interface SnapshotKeys {
  /** First part of the ciphertext; the rest as `partKey` says. */
  readonly index: string;
  readonly signature: string;
  readonly manifest: string;
}

const SERVER = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const ENGINE = /^[a-z][a-z0-9]{0,31}$/;
/** Ties together what belongs to one night; in no key. */
export const SET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const BACKUP_ID = new RegExp(`^(${RUN_ID_PATTERN})-([a-z][a-z0-9]*)(?:-(.+))?$`);
const PACK_ID = new RegExp(`^${RUN_ID_PATTERN}-[1-9]\\d{0,8}$`);
const PACK_KEY = new RegExp(
  `^([^/]+)/storage/([^/]+)/packs/((${RUN_ID_PATTERN})-[1-9]\\d{0,8})\\.tar\\.zst\\.gpg$`,
);
const INDEX_KEY = new RegExp(`^([^/]+)/storage/([^/]+)/snapshots/(${RUN_ID_PATTERN})\\.index\\.zst\\.gpg$`);
/** Of what `doctor` and `verify` store to see what a key may do. */
const TRIAL_KEY = new RegExp(`^[^/]+/(?:doctor/|proofs/doctor-)${RUN_ID_PATTERN}(?:-reader)?\\.txt$`);

/** Several databases in one object have this name. */
const SEVERAL_DATABASES = 'databases';
/** Names that objects of another kind have, or could be taken for. */
const RESERVED_STEMS = new Set([SEVERAL_DATABASES, 'accounts', 'inventory', 'manifest']);
/** 64 is the longest name of a database in MySQL and MariaDB. */
const PLAIN_STEM = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
const SLUG_LENGTH = 40;
const HASH_DIGITS = 16;

/** A binlog's base name as it may stand in a key; servers take any path that fits, people take short ones. */
const PLAIN_BINLOG_BASE = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/;
/** Six digits, and more when they are used up. */
const BINLOG_NAME = /^(.+)\.(\d{6,10})$/s;
const BINLOG_ID = new RegExp(String.raw`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.\d{6,10}\.(${RUN_ID_PATTERN})$`);

/** The first part has no number, so that the common case has the plain name. */
const PART_DIGITS = 3;

export function isServerName(text: string): boolean {
  return SERVER.test(text);
}

export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** `20261120T030512Z-7f3a9c1e-mariadb-nightly`. Throws RangeError for parts that are not of the documented form. */
export function formatBackupId({ runId, engine, label }: BackupId): string {
  if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
  if (!ENGINE.test(engine)) throw new RangeError(`not the name of an engine: ${engine}`);
  if (label !== undefined && !isLabel(label)) throw new RangeError(`not a label: ${label}`);
  return [runId, engine, ...(label === undefined ? [] : [label])].join('-');
}

/** The parts of a backup id, or `undefined` for text that is none. */
export function parseBackupId(text: string): BackupId | undefined {
  const match = BACKUP_ID.exec(text);
  if (!match) return undefined;
  const [, runId = '', engine = '', label] = match;
  if (!parseRunId(runId) || !ENGINE.test(engine)) return undefined;
  if (label === undefined) return { runId, engine };
  return isLabel(label) ? { runId, engine, label } : undefined;
}

/** `atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb/`; the day is the one in the id. Throws RangeError. */
export function dumpFolder(server: string, backupId: string): string {
  if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
  if (!parseBackupId(backupId)) throw new RangeError(`not a backup id: ${backupId}`);
  const [year, month, day] = [backupId.slice(0, 4), backupId.slice(4, 6), backupId.slice(6, 8)];
  return `${server}/dumps/${year}/${month}/${day}/${backupId}/`;
}

/** `atlas/proofs/20261120T051200Z-0badcafe/`, named after the run of the restore test. Throws RangeError. */
export function proofFolder(server: string, runId: string): string {
  if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
  if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
  return `${server}/proofs/${runId}/`;
}

/** What a key of a proof says, or `undefined` for any other key. */
export function parseProofKey(key: string): ProofKey | undefined {
  const [server = '', proofs, runId = '', file, ...more] = key.split('/');
  const name = PROOF_NAMES.find((known) => known === file);
  if (proofs !== 'proofs' || name === undefined || more.length > 0) return undefined;
  return isServerName(server) && parseRunId(runId) ? { server, runId, name } : undefined;
}

/**
 * The name under which the text of these databases is kept: one database's own name, made safe, or `databases`.
 * Lower-case letters, digits, `_` and `-` stay as they are; any other name becomes `<what is left of it>.<hash>`, 57
 * characters at most. Names that differ only in case stay apart where a file system does not see the difference.
 */
export function dataStem(databases: readonly string[]): string {
  const [only] = databases;
  if (only === undefined) throw new RangeError('an object holds at least one database');
  if (databases.length > 1) return SEVERAL_DATABASES;
  if (PLAIN_STEM.test(only) && !RESERVED_STEMS.has(only)) return only;
  return safeStem(only, 'database');
}

/** `<what is left of the name>.<hash>`. */
function safeStem(name: string, otherwise: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replaceAll(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, HASH_DIGITS);
  return `${slug === '' ? otherwise : slug}.${hash}`;
}

/**
 * The id of a binlog that was shipped, `mysql-bin.000042.20261120T030512Z-7f3a9c1e`: the file's name, made safe, and the run's id.
 * Throws RangeError for a name that no server gives (without a number at its end), or no run id.
 */
export function formatBinlogId(binlog: string, runId: string): string {
  if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
  const match = BINLOG_NAME.exec(binlog);
  if (!match) throw new RangeError(`not the name of a binlog: ${binlog}`);
  const [, base = '', number = ''] = match;
  const stem = PLAIN_BINLOG_BASE.test(base) ? base : safeStem(base, 'binlog');
  return `${stem}.${number}.${runId}`;
}

/** Whether text is the id of a shipped binlog; what it was called on the server is in its manifest. */
export function isBinlogId(text: string): boolean {
  const match = BINLOG_ID.exec(text);
  return match !== null && parseRunId(match[1] ?? '') !== undefined;
}

/** `atlas/binlogs/`. Throws RangeError. */
export function binlogFolder(server: string): string {
  if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
  return `${server}/binlogs/`;
}

/** Throws RangeError. */
export function binlogKeys(server: string, id: string): BinlogKeys {
  if (!isBinlogId(id)) throw new RangeError(`not the id of a binlog: ${id}`);
  const stem = binlogFolder(server) + id;
  return { data: `${stem}.zst.gpg`, signature: `${stem}.json.sig`, manifest: `${stem}.json` };
}

/** An object's file name inside the dump's folder; `stem` counts for `data` only. */
export function objectFileName(role: ObjectRole, stem: string): string {
  if (role === 'data') return `${stem}.sql.zst.gpg`;
  return role === 'accounts' ? 'accounts.sql.zst.gpg' : 'inventory.json.zst.gpg';
}

/** The key of part `number` (from 1) of an object: the key itself, then `<key>.002`, `<key>.003`, …, joined by `cat`. */
export function partKey(key: string, number: number): string {
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`not the number of a part: ${number}`);
  return number === 1 ? key : `${key}.${String(number).padStart(PART_DIGITS, '0')}`;
}

export function isStorageName(text: string): boolean {
  return LABEL.test(text);
}

/** `atlas/storage/files/`. Throws RangeError. */
export function storageFolder(server: string, name: string): string {
  if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
  if (!isStorageName(name)) throw new RangeError(`not the name of a storage: ${name}`);
  return `${server}/storage/${name}/`;
}

/** Keys of a snapshot, whose id is that of its run. Throws RangeError. */
export function snapshotKeys(server: string, name: string, runId: string): SnapshotKeys {
  if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
  const stem = `${storageFolder(server, name)}snapshots/${runId}`;
  return { index: `${stem}.index.zst.gpg`, signature: `${stem}.json.sig`, manifest: `${stem}.json` };
}

/** `<run>-<n>`, from 1: what an index calls a pack. Throws RangeError. */
export function formatPackId(runId: string, number: number): string {
  if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`not the number of a pack: ${number}`);
  return `${runId}-${number}`;
}

export function isPackId(text: string): boolean {
  return PACK_ID.test(text);
}

/** Throws RangeError. */
export function packKey(server: string, name: string, packId: string): string {
  if (!PACK_ID.test(packId)) throw new RangeError(`not the id of a pack: ${packId}`);
  return `${storageFolder(server, name)}packs/${packId}.tar.zst.gpg`;
}

/** What the key of a pack says, or `undefined` for any other key. */
export function parsePackKey(key: string): (StorageKey & { readonly packId: string }) | undefined {
  const [, server = '', name = '', packId = '', runId = ''] = PACK_KEY.exec(key) ?? [];
  if (!isServerName(server) || !isStorageName(name) || !parseRunId(runId)) return undefined;
  return { server, name, runId, packId };
}

/** Of a pack, as a manifest names it. */
export function packIdOf({ parts }: { readonly parts: readonly { readonly key: string }[] }): string {
  return parsePackKey(parts[0]?.key ?? '')?.packId ?? '';
}

/** What the key of an index says, or `undefined` for any other key. */
export function parseSnapshotIndexKey(key: string): StorageKey | undefined {
  const [, server = '', name = '', runId = ''] = INDEX_KEY.exec(key) ?? [];
  return isServerName(server) && isStorageName(name) && parseRunId(runId)
    ? { server, name, runId }
    : undefined;
}

export function isTrialKey(key: string): boolean {
  return TRIAL_KEY.test(key);
}
