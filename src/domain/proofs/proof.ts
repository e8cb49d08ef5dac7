// The proof, schema 1 (docs/format.md): the signed record of a restore test that passed. Written and read like a manifest, and like
// there no name of a table or an account stands in it. It is of a dump, or of the files of a server that has no dump.
import type { DatabaseFigures, DumpManifest } from '../dumps/manifest.ts';
import type { ObjectKind } from '../dumps/inventory.ts';

export const PROOF_SCHEMA = 1;

/** 1: it loads; 2: everything is there, with as many rows; 3: equal to what was dumped; 4: and from there to a moment, to the second. */
export type ProofLevel = 1 | 2 | 3 | 4;

/** The newest moment, a random one, or one that was asked for. */
export type ReplayTarget = 'latest' | 'random' | 'instant';

export type Proof = DumpProof | FilesProof;

interface AnyProof {
  readonly schema: typeof PROOF_SCHEMA;
  readonly type: 'proof';
  /** The run id of the restore test; also the name of the folder. */
  readonly id: string;
  readonly server: string;
  /** The store's time, ISO 8601 UTC with milliseconds; so are the other two. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The moment whose state was restored. */
  readonly recoveredTo: string;
  readonly rpoSeconds: number;
  /** What this proof does not say, in sentences with numbers. */
  readonly limits: readonly string[];
  /** Of the RECOVERY.md next to it. */
  readonly recoverySha256: string;
}

/** A dump was restored, and a sample of the files that belong to it was read. */
export interface DumpProof extends AnyProof {
  readonly kind: 'dump';
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
  /** That of the backup, or with `replay` a later one by the clock of the database server. */
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
  /** What the dump left out, as in the manifest. */
  readonly excluded: DumpManifest['excluded'];
  /** Objects restored, by kind; absent when they were not listed, at level 1 only. */
  readonly counts?: Readonly<Record<ObjectKind, number>>;
  /** Of the decrypted inventory; absent like `counts`. */
  readonly inventorySha256?: string;
  /** Of all rows restored, see `digestData`; absent like `counts`. */
  readonly dataSha256?: string;
  /** As in the manifest. */
  readonly notProvable: readonly { readonly what: string; readonly why: string }[];
}

/** Of a server without any dump: a sample of the newest complete snapshot of each of its storages was read. */
export interface FilesProof extends AnyProof {
  readonly kind: 'files';
  /** The oldest `instant` of the snapshots. */
  readonly recoveredTo: string;
  /** Of each, something was compared. */
  readonly storage: readonly SampledStorage[];
  readonly versions: { readonly lifeboat: string };
}

export function isOfDump(proof: Proof): proof is DumpProof {
  return proof.kind === 'dump';
}

/** All that the index places in the chosen packs was read out of them and compared. */
export interface SampledStorage {
  /** Of the storage. */
  readonly name: string;
  /** The snapshot's id. */
  readonly snapshot: string;
  readonly manifestSha256: string;
  readonly instant: string;
  /** Whether a trusted signature stood next to the manifest. */
  readonly isSigned: boolean;
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
