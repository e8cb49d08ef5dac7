import { describe, expect, it } from 'vitest';
import { Inside } from '../../../../src/engines/mysql/restore/inside.ts';
import { loadTimeZones, needsTimeZones } from '../../../../src/engines/mysql/restore/time-zones.ts';
import type { InventoryObject } from '../../../../src/domain/dumps/inventory.ts';
import { exampleInventory, exampleObject } from '../../../actions/restore-test/examples.ts';
import { answering, fakeSandbox } from '../../../helpers/fake-sandbox.ts';

const { signal } = new AbortController();
const event = (zone: string, kind: InventoryObject['kind'] = 'event') =>
  exampleObject(kind, 'e', { ddl: `/*!50003 SET time_zone             = '${zone}' */ ;;\nCREATE EVENT e` });
const needs = (variables: Readonly<Record<string, string>>, ...objects: InventoryObject[]) =>
  needsTimeZones(exampleInventory({ variables, objects }));

describe('needsTimeZones', () => {
  it.each(['Europe/Berlin', 'UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'])('for %s', (zone) => {
    expect(needs({ time_zone: zone })).toBe(true);
    expect(needs({}, event(zone))).toBe(true);
  });

  it.each(['SYSTEM', '+00:00', '-05:30'])('not for %s', (zone) => {
    expect(needs({ time_zone: zone })).toBe(false);
    expect(needs({}, event(zone))).toBe(false);
  });

  it('for every event whose text is not known', () => {
    const inventory = (kind: InventoryObject['kind']) =>
      exampleInventory({ onlyNames: { definers: [] }, objects: [exampleObject(kind, 'e', { ddl: '' })] });
    expect(needsTimeZones(inventory('event'))).toBe(true);
    expect(needsTimeZones(inventory('view'))).toBe(false);
  });

  it('only where they count', () => {
    expect(needs({})).toBe(false);
    expect(needs({}, event('Europe/Berlin', 'procedure'))).toBe(false);
    expect(needs({ time_zone: "'; DROP" })).toBe(false);
  });
});

describe('loadTimeZones', () => {
  it("fills the server's tables, and takes over the source's zone", async () => {
    const { sandbox, calls } = answering({});
    await loadTimeZones(new Inside(sandbox, 'mariadb', signal), { time_zone: 'Europe/Berlin' });
    expect(calls[0]?.command.join(' ')).toContain('mariadb-tzinfo-to-sql');
    expect(calls[1]?.stdin).toBe("SET GLOBAL time_zone = 'Europe/Berlin';");
    const without = answering({});
    await loadTimeZones(new Inside(without.sandbox, 'mariadb', signal), { time_zone: 'SYSTEM' });
    expect(without.calls).toHaveLength(1);
  });

  it('says when the image has none, or not this one', async () => {
    const none = answering({ exitCode: 1, stderr: 'no zones\n' });
    await expect(loadTimeZones(new Inside(none.sandbox, 'mariadb', signal), {})).rejects.toMatchObject({
      code: 'sandbox-image',
      message: expect.stringContaining('no zones') as string,
    });
    const unknown = fakeSandbox((command) =>
      Promise.resolve(
        command[0] === 'mariadb'
          ? {
              exitCode: 1,
              stderr: "ERROR 1298 (HY000) at line 1: Unknown or incorrect time zone: 'Mars/Base'",
            }
          : {},
      ),
    );
    await expect(
      loadTimeZones(new Inside(unknown, 'mariadb', signal), { time_zone: 'Mars/Base' }),
    ).rejects.toMatchObject({
      code: 'sandbox-image',
      message: expect.stringContaining('does not know the time zone Mars/Base') as string,
    });
  });
});
