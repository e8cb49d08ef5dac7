import { expect, it } from 'vitest';
import { blocksBelow, readPage } from '../helpers/documentation.ts';
import { readExample } from '../helpers/workflow-runner.ts';
import { renderProverPolicy, renderReaderPolicy, renderWriterPolicy } from '../lab/s3-users.ts';

const page = readPage('docs/store-setup.md');

// The lab's users have these policies, and every test on real servers shows what they can and cannot do.
it.each([
  ['2. The writer', renderWriterPolicy('example-backups', 'servers')],
  ['3. The reader', renderReaderPolicy('example-backups', 'servers')],
  ['4. The prover', renderProverPolicy('example-backups', 'servers')],
])('the policy of "%s" is the one that the lab runs with', (heading, statements) => {
  const [policy = ''] = blocksBelow(page, 'json', heading);
  expect(JSON.parse(policy)).toEqual({ Version: '2012-10-17', Statement: statements });
});

it('the role is for the environment of the example', () => {
  const [policy = ''] = blocksBelow(page, 'json', 'A role instead of a key');
  const [, environment = ''] = /"repo:[^"]*:environment:([^"]+)"/.exec(policy) ?? [];
  const { dump } = readExample('backup-server.yml')['jobs'] as { dump: { environment: string } };
  expect(environment).toBe(dump.environment.replace('${{ inputs.server }}', 'atlas'));
});

// Snapshots need packs of any age.
it('no rule removes storage by its age', () => {
  const [text = ''] = blocksBelow(page, 'json', 'What runs leave behind');
  const { Rules: rules } = JSON.parse(text) as {
    readonly Rules: readonly {
      readonly Filter: { readonly Prefix: string };
      readonly Expiration?: unknown;
    }[];
  };
  const removing = rules.filter(({ Expiration }) => Expiration !== undefined);
  expect(removing.map(({ Filter: { Prefix } }) => Prefix)).toEqual(
    ['dumps', 'binlogs', 'proofs'].map((folder) => `servers/atlas/${folder}/`),
  );
});
