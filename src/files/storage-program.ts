// The program that tasks of sync-storage use on the target, as it is sent there with each run.
import { shellQuote } from '../domain/text/shell.ts';
import { text as reader } from './read.sh';
import { text as base } from './storage/base.sh';
import { text as compare } from './storage/compare.sh';
import { text as hearTar } from './storage/hear-tar.awk';
import { text as judgePack } from './storage/judge-pack.awk';
import { text as index } from './storage/index.sh';
import { text as list } from './storage/list.sh';
import { text as pack } from './storage/pack.sh';
import { text as place } from './storage/place.awk';
import { text as planAgain } from './storage/plan-again.awk';
import { text as planLinked } from './storage/plan-linked.awk';
import { text as planOfChanges } from './storage/plan.awk';
import { text as plan } from './storage/plan.sh';
import { text as shared } from './storage/shared.sh';
import { text as tarName } from './storage/tar-name.awk';
import { text as tell } from './storage/tell.sh';

const SHELL = [shared, base, list, compare, plan, pack, index, tell];

const FILES: Readonly<Record<string, string>> = {
  'read.sh': reader.replace(/^CONFINED=yes$/m, 'CONFINED=no'),
  'hear-tar.awk': hearTar,
  'judge-pack.awk': judgePack,
  'place.awk': place,
  'plan.awk': planOfChanges,
  'plan-again.awk': planAgain,
  'plan-linked.awk': planLinked,
  'tar-name.awk': tarName,
};

/** A script that puts all of it into the session's directory; `settings` are what shared.sh says. */
export function installProgram(settings: Readonly<Record<string, string>>): string {
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${shellQuote(value)}`);
  const files = { ...FILES, begun: '.', ended: '.', 'storage.sh': [...assignments, ...SHELL].join('\n') };
  return Object.entries(files)
    .map(([name, text]) => `printf %s ${shellQuote(text)} >"$D/${name}" || exit 1`)
    .join('\n');
}

/** Of a task, after that. */
export const WITH_PROGRAM = '. "$D/storage.sh"';
