// The proof, schema 1 (docs/format.md): the signed record of a restore test that passed. Written and read like a manifest, and like
// there no name of a table or an account stands in it.
import type { DatabaseFigures } from './manifest.ts';
import type { ObjectKind } from './inventory.ts';
import { rpoSeconds, rtoSeconds } from './proof-figures.ts';
import { checkProof } from './proof-rules.ts';
import type { DocumentPlace, StatementFormat } from './statement.ts';
import { parseStatement, serializeStatement } from './statement.ts';

export const PROOF_SCHEMA = 1;

/** Figures of 20,000 databases stay below. */
export const MAX_PROOF_BYTES = 16 * 2 ** 20;

/** 1: it loads; 2: everything is there, with as many rows; 3: equal to what was dumped; 4: and from there to a moment, to the second. */
export type ProofLevel = 1 | 2 | 3 | 4;

/** The newest moment, a random one, or one that was asked for. */
export type ReplayTarget = 'latest' | 'random' | 'instant';

export interface Proof {
  readonly schema: typeof PROOF_SCHEMA;
  readonly type: 'proof';
  /** The run id of the restore test; also the name of the folder. */
  readonly id: string;
  readonly server: string;
  readonly backup: {
    /** The backup id. */
    readonly id: string;
    readonly manifestSha256: string;
    readonly instant: string;
    /** Whether a trusted signature stood next to the manifest. */
    readonly isSigned: boolean;
  };
  readonly level: ProofLevel;
  /** How many of the user's assertions there were; all held. */
  readonly assertions: number;
  /** The store's time, ISO 8601 UTC with milliseconds; so are the other two. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The moment whose state was restored: that of the backup, or with `replay` a later one by the clock of the database server. */
  readonly recoveredTo: string;
  /** What was replayed onto the backup. */
  readonly replay?: {
    readonly target: ReplayTarget;
    /** From the dump's position on. */
    readonly transactions: number;
    /** In their order. */
    readonly binlogs: readonly { readonly id: string; readonly manifestSha256: string }[];
  };
  /** Files that belong to the backup, of which a sample was read: one for each storage of the server; absent where none was looked at. */
  readonly storage?: readonly SampledStorage[];
  readonly rtoSeconds: number;
  readonly rpoSeconds: number;
  readonly timings: ProofTimings;
  readonly versions: {
    /** Of the source, as its manifest says. */
    readonly server: string;
    readonly dumpTool: string;
    readonly sandboxServer: string;
    readonly sandboxDumpTool: string;
    readonly sandboxEngine: 'docker' | 'podman';
    readonly image: string;
    /** `sha256:…` */
    readonly imageId: string;
    readonly lifeboat: string;
  };
  /** As restored. */
  readonly databases: readonly DatabaseFigures[];
  /** Objects restored, by kind; absent when they were not listed, at level 1 only. */
  readonly counts?: Readonly<Record<ObjectKind, number>>;
  /** Of the decrypted inventory; absent like `counts`. */
  readonly inventorySha256?: string;
  /** Of all rows restored, see `digestData`; absent like `counts`. */
  readonly dataSha256?: string;
  /** As in the manifest. */
  readonly notProvable: readonly { readonly what: string; readonly why: string }[];
  /** What this proof does not say, in sentences with numbers. */
  readonly limits: readonly string[];
  /** Of the RECOVERY.md next to it. */
  readonly recoverySha256: string;
}

/** All that the index places in the chosen packs was read out of them and compared. */
export interface SampledStorage {
  /** Of the storage. */
  readonly name: string;
  /** The snapshot's id. */
  readonly snapshot: string;
  readonly manifestSha256: string;
  readonly instant: string;
  /** Of the packs' bytes, as it was asked for: `5%`. */
  readonly share: string;
  /** Ids of the packs that were drawn (see `choosePacks`), in the order of the draw. */
  readonly packs: readonly string[];
  /** What was compared; `bytes` are those of files. */
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  readonly bytes: number;
}

/** Whole milliseconds, rounded down, one after the other: together not more than the total, which also holds the sandbox's start. */
export interface ProofTimings {
  readonly fetchMs: number;
  readonly loadMs: number;
  /** Only where binary logs were replayed. */
  readonly replayMs?: number;
  readonly checksMs: number;
  readonly totalMs: number;
}

/** A proof as its writer knows it: the rest follows. */
export type ProofFacts = Omit<Proof, 'schema' | 'type' | 'rtoSeconds' | 'rpoSeconds'>;

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server backup manifestSha256 instant isSigned level assertions startedAt finishedAt recoveredTo
  replay target transactions binlogs
  storage name snapshot share packs files directories links bytes
  rtoSeconds rpoSeconds timings fetchMs loadMs replayMs checksMs totalMs
  versions dumpTool sandboxServer sandboxDumpTool sandboxEngine image imageId lifeboat
  databases name tables views rows plainBytes
  counts database table view sequence trigger function procedure package package-body event account
  inventorySha256 dataSha256 notProvable what why limits recoverySha256`
  .trim()
  .split(/\s+/);

const FORMAT: StatementFormat<Proof> = {
  noun: 'proof',
  code: 'proof-invalid',
  schema: PROOF_SCHEMA,
  maxBytes: MAX_PROOF_BYTES,
  fieldOrder: FIELD_ORDER,
  check: checkProof,
};

/** The bytes to sign and store, see `serializeStatement`. Throws `proof-invalid` for one that the reader would refuse. */
export function serializeProof(facts: ProofFacts): Uint8Array {
  const proof: Proof = {
    ...facts,
    schema: PROOF_SCHEMA,
    type: 'proof',
    rtoSeconds: rtoSeconds(facts.timings),
    rpoSeconds: rpoSeconds(facts),
  };
  return serializeStatement(FORMAT, proof, facts);
}

/** Reads what `serializeProof` wrote and nothing else. Throws `proof-invalid`, naming every violation. */
export function parseProof(bytes: Uint8Array, place: DocumentPlace): Proof {
  return parseStatement(FORMAT, bytes, place);
}
