// From what was seen in the sandbox to a verdict on the backup.
import {
  compareInventories,
  isRestComparable,
  type Difference,
} from '../../domain/dumps/compare-inventories.ts';
import type { Inventory, InventoryObject } from '../../domain/dumps/inventory.ts';
import {
  describeDifference,
  describeLimits,
  judgeDifferences,
} from '../../domain/dumps/judge-differences.ts';
import { findGrantsElsewhere } from '../../domain/stores/object-grants.ts';
import type { ProofLevel } from '../../domain/proofs/proof.ts';
import { countOf } from '../../domain/text/units.ts';
import type { BrokenObject, SandboxVersions } from '../../ports/restore-engine.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { CheckedAssertion, Finding } from './examination.ts';
import type { RestoreTestInputs } from './inputs.ts';
import type { ExaminedReplay } from './point-in-time.ts';

/** What was read from the restored server. */
export interface Looked {
  readonly objects: readonly InventoryObject[];
  readonly restSha256: string;
  readonly broken: readonly BrokenObject[];
}

export interface Evidence {
  readonly backup: ReadBackup;
  readonly inventory: Inventory;
  readonly inputs: Pick<RestoreTestInputs, 'compare'>;
  readonly versions: SandboxVersions;
  /** Undefined when nothing was compared. */
  readonly looked: Looked | undefined;
  readonly assertions: readonly CheckedAssertion[];
  readonly replay: ExaminedReplay | undefined;
  /** What was wrong with the tables after the replay. */
  readonly brokenAfter: readonly BrokenObject[];
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
  readonly level: ProofLevel;
  readonly limits: readonly string[];
}

export function judge(evidence: Evidence): Judgement {
  const { inputs, versions, looked, inventory, assertions } = evidence;
  const { compare } = inputs;
  const isCompared = looked !== undefined && compare !== 'none';
  const differences = isCompared
    ? compareInventories(inventory, looked, { compare, ignoredAccounts: [] })
    : [];
  const verdict = isCompared
    ? judgeDifferences(differences, { isSameDumpTool: versions.isSameVersion, compare })
    : { red: [], told: [], level: 1 as const };
  return {
    findings: [
      ...findEmptiness(evidence),
      ...verdict.red.map((difference) => finding('restore-differs', describeDifference(difference))),
      ...findBroken(looked?.broken ?? [], inventory),
      ...evidence.brokenAfter.map(({ database, name, problem }) =>
        finding('restore-broken', `after the replay: table ${database}.${name}: ${problem}`),
      ),
      ...assertions
        .filter(({ problem }) => problem !== undefined)
        .map(({ assertion, problem }) =>
          finding('assertion-failed', `${assertion.text}: it ${problem ?? ''}`),
        ),
    ],
    differences,
    level: reach(verdict.level, evidence),
    limits: [
      ...findLimits(evidence),
      ...(evidence.replay?.limits ?? []),
      ...(isCompared && compare === 'exact' && inventory.onlyNames === undefined
        ? describeLimits(verdict.told, { isRestComparable: isRestComparable(inventory) })
        : []),
    ],
  };
}

/** A replay counts for something once the dump before it was equal, and when it had something to do. */
function reach(compared: ProofLevel, { inventory, replay }: Evidence): ProofLevel {
  if (inventory.onlyNames !== undefined) return 1;
  return compared === 3 && replay !== undefined && replay.transactions > 0 ? 4 : compared;
}

/** A backup of nothing restores without fault. */
function findEmptiness({ looked, backup }: Evidence): Finding[] {
  const tables = looked
    ? looked.objects.filter(({ kind }) => kind === 'table').map(({ rows }) => rows)
    : backup.manifest.databases.flatMap(({ tables, rows }) => (tables === 0 ? [] : [rows ?? undefined]));
  if (tables.length === 0) return [finding('restore-empty', 'there is no table in what was restored')];
  const isEmpty = tables.every((rows) => rows === 0);
  return isEmpty ? [finding('restore-empty', 'there is no row in any table of what was restored')] : [];
}

function findBroken(broken: readonly BrokenObject[], { notProvable }: Inventory): Finding[] {
  const isLeftOut = ({ database, name }: BrokenObject) =>
    notProvable.some((other) => other.database === database && other.name === name);
  return broken
    .filter((object) => object.isOfSource !== true && !isLeftOut(object))
    .map(({ kind, database, name, problem }) =>
      finding('restore-broken', `${kind} ${database}.${name}: ${problem}`),
    );
}

/** In numbers: they stand in the proof. */
function findLimits({ backup, inventory, inputs, versions, looked }: Evidence): string[] {
  const { manifest, signedBy } = backup;
  const hasDetails = inventory.onlyNames === undefined;
  const hasAccounts = manifest.objects.some(({ role }) => role === 'accounts');
  const uncounted = inventory.objects.filter(
    ({ kind, rows }) => kind === 'table' && rows === undefined,
  ).length;
  const isElsewhere = findGrantsElsewhere(inventory);
  const elsewhere = inventory.objects
    .filter(({ kind }) => kind === 'account')
    .flatMap(({ ddl }) => ddl.split('\n').filter(isElsewhere)).length;
  const unopened = looked?.broken.filter(({ isOfSource }) => isOfSource === true).length ?? 0;
  return [
    signedBy === undefined && 'the signature of the manifest was not checked',
    !versions.isSameVersion &&
      `the sandbox ran ${versions.server} with dump client ${versions.dumpTool}, the source ${manifest.versions.server} with ${manifest.versions.dumpTool}`,
    !hasAccounts && 'accounts are not in the backup: others stood in for them',
    inputs.compare === 'none' && 'nothing was compared with what was dumped',
    hasDetails && inputs.compare === 'rows' && 'rows were counted, not compared',
    !hasDetails &&
      inputs.compare !== 'none' &&
      'only the names of tables and views could be compared: nothing else was taken down when they were dumped',
    unopened > 0 &&
      `${countOf(unopened, 'view')} cannot be opened here and could not be in the source: the definer is not among its accounts`,
    elsewhere > 0 &&
      `${countOf(elsewhere, 'right')} on single tables or routines that the backup does not hold were not given`,
    hasDetails &&
      uncounted > 0 &&
      `the rows of ${countOf(uncounted, 'table')} were not counted when they were dumped`,
  ].filter((limit) => limit !== false);
}

function finding(code: Finding['code'], sentence: string): Finding {
  return { code, sentence };
}
