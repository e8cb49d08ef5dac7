import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { COLUMN_KINDS } from './columns.ts';
import { generateHelpdesk, type HelpdeskOptions } from './generate.ts';
import { EXTRA_DEFINITIONS, EXTRA_OPTIONS } from './objects.ts';
import { HELPDESK_TABLES } from './tables.ts';

const hash = (options: HelpdeskOptions) => {
  const digest = createHash('sha256');
  for (const piece of generateHelpdesk(options)) digest.update(piece);
  return digest.digest('hex');
};
const measure = (options: HelpdeskOptions) => Buffer.byteLength([...generateHelpdesk(options)].join(''));

describe('tables of the helpdesk', () => {
  const names = HELPDESK_TABLES.map(({ name }) => name);

  it('are 104, each with rows and columns', () => {
    expect(new Set(names).size).toBe(104);
    expect(HELPDESK_TABLES.filter(({ weight, columns }) => !(weight > 0) || columns.length === 0)).toEqual(
      [],
    );
  });

  it('use every kind of column, and no other', () => {
    const used = new Set(HELPDESK_TABLES.flatMap(({ columns }) => columns.map(({ kind }) => kind)));
    expect([...used].sort()).toEqual(Object.keys(COLUMN_KINDS).sort());
  });

  it('refer to tables that exist', () => {
    const references = HELPDESK_TABLES.flatMap(({ columns }) => columns.filter(({ kind }) => kind === 'ref'));
    expect(references.map(({ parameter }) => parameter).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('exist wherever extras name them', () => {
    const named = [...Object.keys(EXTRA_DEFINITIONS), ...Object.keys(EXTRA_OPTIONS)];
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('generateHelpdesk', () => {
  it('gives the same bytes for the same seed and size', () => {
    expect(hash({ megabytes: 1 })).toBe(hash({ megabytes: 1 }));
  });

  it('gives other bytes for another seed', () => {
    expect(hash({ megabytes: 1 })).not.toBe(hash({ megabytes: 1, seed: 2 }));
  });

  it.each([2, 6])('gives about %i megabytes when asked for them', (megabytes) => {
    const measured = measure({ megabytes }) / 1e6;
    expect(measured).toBeGreaterThan(megabytes * 0.85);
    expect(measured).toBeLessThan(megabytes * 1.15);
  });

  it('names the database as asked', () => {
    expect([...generateHelpdesk({ megabytes: 1, database: 'desk' })].join('')).toContain(
      'CREATE DATABASE `desk`',
    );
  });
});
