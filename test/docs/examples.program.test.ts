// The files of docs/examples: would GitHub take them, do they fit the actions as they are, and do the pages name what they need?
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkWorkflow } from '../../src/actions/doctor/check-workflow.ts';
import { Diagnosis } from '../../src/actions/doctor/diagnosis.ts';
import { parseStoreUrl } from '../../src/domain/stores/store-url.ts';
import { actions } from '../../src/entries/actions.ts';
import { STEPS } from '../../src/entries/compose-doctor.ts';
import { findCommandFaults } from '../helpers/command-example.ts';
import { ROOT } from '../helpers/documentation.ts';
import { readExample } from '../helpers/workflow-runner.ts';
import { findWorkflowFaults } from '../helpers/workflow-example.ts';

const DIRECTORY = path.join(ROOT, 'docs/examples');
const read = (file: string) => readFileSync(path.join(DIRECTORY, file), 'utf8');
const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.yml'));
const page = read('README.md');

interface Job {
  readonly needs?: string | readonly string[];
  readonly strategy?: { readonly matrix: object };
  readonly outputs?: object;
  readonly uses?: string;
  readonly steps?: readonly { readonly id?: string; readonly uses?: string }[];
}
interface Workflow {
  readonly on: Readonly<Record<string, { readonly inputs?: object; readonly outputs?: object } | null>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const outputsOfAction: Readonly<Record<string, { readonly declaration: { readonly outputs: object } }>> =
  actions;

/** What stands between double braces, and in conditions. */
function expressionsIn(text: string): string[] {
  return Array.from(
    text.matchAll(/\$\{\{(.*?)\}\}|^ *if: (?!\$)(.*)$/gm),
    ([, one, other]) => one ?? other ?? '',
  );
}

/** `inputs.server`, `steps.dump.outputs.backup-id`. */
function namesIn(text: string): string[][] {
  return expressionsIn(text).flatMap((expression) =>
    Array.from(expression.replaceAll(/'[^']*'/g, '').matchAll(/[A-Za-z_][\w-]*(?:\.[\w-]+)+/g), ([name]) =>
      name.split('.'),
    ),
  );
}

/** Names of contexts that nothing declares. */
function findUndeclared(text: string): string[] {
  const { on, jobs } = parse(text) as Workflow;
  const inputs = Object.values(on).flatMap((trigger) => Object.keys(trigger?.inputs ?? {}));
  const all = Object.values(jobs);
  const steps = all.flatMap(({ steps: list = [] }) => list);
  const outputsOf = ({ outputs, uses }: Job): object =>
    uses === undefined ? (outputs ?? {}) : (readCalled(uses).on['workflow_call']?.outputs ?? {});
  const isKnown = ([context = '', name = '', kind = '', output = '']: string[]): boolean => {
    if (context === 'inputs') return inputs.includes(name);
    if (context === 'matrix') return all.some(({ strategy }) => name in (strategy?.matrix ?? {}));
    if (context === 'secrets' || context === 'vars') return page.includes(`\`${name}\``);
    if (context === 'github') return ['run_id', 'event_name'].includes(name);
    if (context === 'needs' || context === 'jobs') {
      const job = jobs[name];
      return job !== undefined && kind === 'outputs' && output in outputsOf(job);
    }
    const action =
      steps
        .find(({ id }) => id === name)
        ?.uses?.split('/')
        .at(-1)
        ?.split('@')[0] ?? '';
    return (
      context === 'steps' &&
      kind === 'outputs' &&
      output in (outputsOfAction[action]?.declaration.outputs ?? {})
    );
  };
  return namesIn(text)
    .filter((name) => !isKnown(name))
    .map((name) => name.join('.'));
}

function readCalled(uses: string): Workflow {
  return parse(read(path.basename(uses))) as Workflow;
}

describe.each(files)('%s', (file) => {
  const text = read(file);

  it('can be copied: every input exists, nothing that is required is missing, nothing is allowed that is not needed', () => {
    expect(findWorkflowFaults(text)).toEqual([]);
    expect(() => readExample(file)).not.toThrow();
  });

  it('refers to nothing that is not declared, and to no secret that the page does not name', () => {
    expect(findUndeclared(text)).toEqual([]);
  });

  it('is on the page, and says in its first line what it is for', () => {
    expect(page).toContain(`[${file}](${file})`);
    expect(text).toMatch(/^# [A-Z].*\.\n/);
  });

  it('has typed and described inputs', () => {
    const { on } = parse(text) as Workflow;
    const inputs = Object.values(on).flatMap((trigger) =>
      Object.values((trigger?.inputs ?? {}) as Record<string, Record<string, unknown>>),
    );
    for (const input of inputs) {
      expect(['string', 'boolean', 'choice']).toContain(input['type']);
      expect(input['description']).toMatch(/\S/);
    }
  });
});

it.each(files.filter((file) => read(file).includes('/lifeboat/')))(
  'the doctor has nothing to say about %s',
  (file) => {
    const diagnosis = new Diagnosis();
    const store = parseStoreUrl('s3://example-backups/servers');
    const filled = parse(read(file).replaceAll('OWNER/', 'example/')) as unknown;
    checkWorkflow(file, filled, STEPS, { server: 'atlas', store }, diagnosis);
    expect(diagnosis.findings.map(({ what }) => what)).toEqual([]);
  },
);

it('no two begin at the same minute', () => {
  const minutes = files.flatMap((file) =>
    Array.from(read(file).matchAll(/cron: '(\d+) /g), ([, minute]) => minute),
  );
  expect(minutes.length).toBeGreaterThan(2);
  expect(new Set(minutes).size).toBe(minutes.length);
});

it('the page names no secret and no variable that no example uses', () => {
  const used = new Set(files.flatMap((file) => namesIn(read(file)).map(([, name]) => name)));
  const listed = page
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('| `backup-') || line.startsWith('| `restore-test-') || line.startsWith('| `verify-'),
    )
    .flatMap((line) => Array.from(line.matchAll(/`([A-Z_]+)`/g), ([, name = '']) => name));
  expect(listed.length).toBeGreaterThan(10);
  expect(listed.filter((name) => !used.has(name))).toEqual([]);
});

describe('what goes wrong is found', () => {
  const nightly = read('nightly.yml');
  const server = read('backup-server.yml');
  it.each<[string, string, string | RegExp, string]>([
    ['backup: backup-server.yml takes no sever', nightly, 'server: ${{', 'sever: ${{'],
    ['backup: backup-server.yml needs server', nightly, /server: \$\{\{.*\n/, ''],
    ['backup: backup-server.yml gets no secrets', nightly, /secrets: .*/, ''],
    ['backup: permissions are not {"issues":"write"}', nightly, 'issues: write', 'contents: read'],
    ['backup: there is no workflow', nightly, 'backup-server.yml\n', 'backup-sever.yml\n'],
    ['backup: nightly.yml cannot be called', nightly, 'workflows/backup-server.yml', 'workflows/nightly.yml'],
    ['"45 2 * * *" is not at an odd minute', nightly, "'43 2", "'45 2"],
    ['dump: permissions are not {"issues":"write"}', server, / +permissions:\n +issues: .*\n/, ''],
    ['dump: permissions are not {}', server, 'notify-issue: true', 'notify-issue: false'],
  ])('%s', (fault, text, from, to) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(findWorkflowFaults(changed).join('\n')).toContain(fault);
  });

  it.each([
    ['${{ inputs.server }}', '${{ inputs.sever }}'],
    ['steps.dump.outputs.backup-id', 'steps.dump.outputs.backup'],
    ['steps.dump.outputs.backup-id', 'steps.dmup.outputs.backup-id'],
    ['jobs.dump.outputs', 'jobs.backup.outputs'],
    ['secrets.SSH_KEY', 'secrets.SHS_KEY'],
    ['vars.WRITER_ID', 'vars.WRITERS_ID'],
    ['github.run_id', 'github.token'],
  ])('%s instead of %s', (from, to) => {
    const changed = server.replace(from, to);
    expect(changed).not.toBe(server);
    expect(findUndeclared(changed)).toHaveLength(1);
  });
});

describe('the units of systemd', () => {
  const service = read('systemd/lifeboat-binlogs@.service');
  const [, command = ''] = /^ExecStart=\S+ \S+\/dist\/cli\.js ((?:.*\\\n)*.*)$/m.exec(service) ?? [];

  it('call the program as it is to be called', () => {
    const line = command.replaceAll(/\\\n\s*/g, '');
    expect(line).toMatch(/^ship-binlogs --server %i /);
    expect(findCommandFaults(line)).toEqual([]);
  });

  it('give it every secret as a credential, from a file that is loaded', () => {
    const loaded = Array.from(service.matchAll(/^LoadCredential=([\w-]+):/gm), ([, name]) => name);
    const given = Array.from(command.matchAll(/%d\/([\w-]+)/g), ([, name]) => name);
    expect(given.toSorted()).toEqual(loaded.toSorted());
  });

  it('are what systemd takes', () => {
    expect(findUnitFaults(units)).toBe('');
  });

  // A machine without systemd has nobody to ask; that of CI has.
  it.each([
    ['lifeboat-binlogs@.service', 'LoadCredential=', 'LoadCredentials=', 'Unknown key'],
    ['lifeboat-binlogs@.timer', '*:2/5', '*:2-5/x', 'Failed to parse calendar specification'],
    ['lifeboat-binlogs@.service', 'Type=oneshot', 'Type=once', 'Failed to parse service type'],
  ])('what it does not take is found: %s, %s', (file, from, to, fault) => {
    const changed = { ...units, [file]: units[file]?.replaceAll(from, to) ?? '' };
    expect(changed[file]).not.toBe(units[file]);
    if (HAS_SYSTEMD) expect(findUnitFaults(changed)).toContain(fault);
  });
});

const HAS_SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0;
const units: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(path.join(DIRECTORY, 'systemd')).map((name) => [name, read(`systemd/${name}`)]),
);

/** What systemd says of these units, as those of one server; empty when it takes them. */
function findUnitFaults(files: Readonly<Record<string, string>>): string {
  if (!HAS_SYSTEMD) return '';
  const directory = mkdtempSync(path.join(tmpdir(), 'units-'));
  try {
    const names = Object.entries(files).map(([name, text]) => {
      const file = path.join(directory, name.replace('@', '@atlas'));
      // Programs must be where the unit says.
      writeFileSync(file, text.replace('/usr/bin/node', process.execPath));
      return file;
    });
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...names], { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
