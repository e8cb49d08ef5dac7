import { expect, it } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import type { ActionDeclaration, Surroundings } from '../../src/inputs/declaration.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';
import {
  humanCheckInputs,
  humanCheckRules,
  tellingInputs,
  tellingRules,
} from '../../src/inputs/groups/telling.ts';

const declaration: ActionDeclaration = {
  name: 'trial',
  description: '',
  inputs: { ...tellingInputs, ...humanCheckInputs },
  outputs: {},
  rules: [...tellingRules, ...humanCheckRules],
};

async function problemsOf(given: Record<string, string>, around: Partial<Surroundings>): Promise<string> {
  const source = { read: (name: string) => given[name], howToGive: () => '', problems: [], warnings: [] };
  try {
    await gatherInputs(declaration, source, { isHostedRunner: false, ...around }, { checks: {} });
    return '';
  } catch (error) {
    if (error instanceof LifeboatError) return error.message;
    throw error;
  }
}

const ON = { 'notify-issue': 'true', 'github-token': 'x' };
const WORKFLOW = { isWorkflow: true };

it.each<[Record<string, string>, Partial<Surroundings>, string]>([
  [{}, {}, ''],
  [{ 'heartbeat-url': 'https://hc.example.com/1?create=1' }, {}, ''],
  [{ 'heartbeat-url': 'ftp://x' }, {}, '`heartbeat-url`: the value is not the address of a web page'],
  [{ 'heartbeat-url': 'hc.example.com' }, {}, '`heartbeat-url`: the value is not the address'],
  [{ 'heartbeat-url': 'https://me:pw@x' }, {}, '`heartbeat-url`: the value holds a user or a password'],
  [ON, WORKFLOW, ''],
  [ON, { hasRepository: true }, ''],
  [ON, {}, '`notify-issue`: outside of a workflow it is not known'],
  [{ 'notify-issue': 'true' }, WORKFLOW, '`github-token`: nothing is given, and `notify-issue` needs it'],
  [{ 'human-check': 'quarterly' }, WORKFLOW, '`github-token`: nothing is given, and `human-check` needs it'],
  [{ 'human-check': 'quarterly', 'github-token': 'x' }, {}, '`human-check`: outside of a workflow'],
  [{ 'notify-issue': 'yes' }, WORKFLOW, '`notify-issue`: "yes" is neither'],
])('%j %j', async (given, around, expected) => {
  const problems = await problemsOf(given, around);
  if (expected === '') expect(problems).toBe('');
  else expect(problems).toContain(expected);
});
