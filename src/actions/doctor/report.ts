// What a person reads of an examination: the verdict, every finding with its fix, what was not looked at, what is good. Plain text: it is
// printed on a terminal.
import { countOf } from '../../domain/text/units.ts';
import { plainLine } from '../../domain/text/visible.ts';
import { LifeboatError } from '../../errors.ts';
import { AREAS, type Diagnosis, type Finding, type Remark } from './diagnosis.ts';

export function renderDiagnosis(server: string, diagnosis: Diagnosis): string {
  const { findings, unchecked, leftBehind, good } = diagnosis;
  const sections = [
    [renderVerdict(server, diagnosis)],
    ...AREAS.map((area) => {
      const here = findings.filter((finding) => finding.area === area);
      const sorted = here.toSorted((a, b) => Number(b.isFault) - Number(a.isFault));
      return here.length === 0 ? [] : [area, ...sorted.flatMap(renderFinding)];
    }),
    unchecked.length === 0 ? [] : ['Not looked at', ...unchecked.map(renderRemark)],
    leftBehind.length === 0
      ? []
      : ['Stored for these checks; nothing reads it', ...leftBehind.map((key) => `- ${plainLine(key)}`)],
    good.length === 0 ? [] : ['Good', ...good.map(renderRemark)],
  ];
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

/** The error that ends a run with faults; undefined when there are none. */
export function failureOf({ faults, warnings }: Diagnosis): LifeboatError | undefined {
  if (faults.length === 0) return undefined;
  const others = warnings.length === 0 ? '' : `, and ${countOf(warnings.length, 'warning')}`;
  return new LifeboatError('not-ready', `${countOf(faults.length, 'fault')} found${others}`, {
    hint: 'Each is listed in the summary with what to do. Mend them, and run the doctor again.',
  });
}

function renderVerdict(server: string, { faults, warnings }: Diagnosis): string {
  if (faults.length > 0)
    return `❌ ${server}: ${countOf(faults.length, 'fault')}, ${countOf(warnings.length, 'warning')}`;
  return warnings.length > 0
    ? `⚠️ ${server}: ready to dump, ${countOf(warnings.length, 'warning')}`
    : `✅ ${server}: ready to dump`;
}

/** Lines of a fix are there to be copied. */
function renderFinding({ isFault, what, fix, code }: Finding): string[] {
  const [first = '', ...more] = what.split('\n');
  const name = code === undefined ? '' : ` (${code})`;
  return [
    `- ${isFault ? '❌' : '⚠️'} ${plainLine(first)}${name}`,
    ...more.map(setIn),
    ...(fix === undefined ? [] : `Fix: ${fix}`.split('\n').map(setIn)),
  ];
}

function setIn(line: string): string {
  return `    ${plainLine(line)}`;
}

function renderRemark({ area, what }: Remark): string {
  return `- ${area}: ${plainLine(what)}`;
}
