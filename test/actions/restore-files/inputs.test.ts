// What goes together, and what a snapshot may be called.
import { expect, it } from 'vitest';
import { restoreFilesDeclaration } from '../../../src/actions/restore-files/inputs.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { pathPattern, snapshotChoice } from '../../../src/inputs/storage.ts';

async function problems(given: Readonly<Record<string, string>>): Promise<string> {
  const all: Readonly<Record<string, string>> = {
    ...{ server: 'atlas', name: 'files', store: 'file:///srv/store', identity: 'a key', unsigned: 'true' },
    ...given,
  };
  const source = { read: (name: string) => all[name], howToGive: () => '', problems: [], warnings: [] };
  const surroundings = { isHostedRunner: false };
  return gatherInputs(restoreFilesDeclaration, source, surroundings, { checks: {} }).then(
    () => '',
    (error: unknown) => String(error),
  );
}

it('restores to a directory, or lists', async () => {
  expect(await problems({ to: '/srv/restored', paths: '/srv/app' })).toBe('');
  expect(await problems({ list: '*.pdf' })).toBe('');
  expect(await problems({})).toContain('`to`: nothing is given');
  for (const other of [{ to: '/srv/restored' }, { paths: '/srv/app' }])
    expect(await problems({ list: '**', ...other })).toContain('`list`: cannot be given together');
});

it('needs signers for a list, too', async () => {
  expect(await problems({ list: '**', unsigned: 'false' })).toContain('`trusted-signers`: nothing is given');
});

it('takes a snapshot by its id, or by that of a backup', () => {
  expect(snapshotChoice.parse('20261120T030512Z-7f3a9c1e')).toEqual({ id: '20261120T030512Z-7f3a9c1e' });
  const backup = '20261120T030512Z-7f3a9c1e-mariadb-deploy';
  expect(snapshotChoice.parse(`of:${backup}`)).toEqual({ backup });
  for (const wrong of ['of:', 'of:latest', 'of:20261120T030512Z-7f3a9c1e', backup])
    expect(() => snapshotChoice.parse(wrong)).toThrow(/^(?:is not the id|does not name a backup)/);
  expect(() => pathPattern.parse('[z-a]')).toThrow('holds a set in brackets that is none');
});
