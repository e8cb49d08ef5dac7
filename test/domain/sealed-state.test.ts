import { describe, expect, it } from 'vitest';
import { openState, sealState } from '../../src/domain/sealed-state.ts';

const place = { action: 'ship-binlogs', server: 'atlas', store: 's3://backups/fleet' };
const state = { sequence: 7, value: { last: 'mysql-bin.000042' } };
const sealed = sealState(state, 'secret\n', place);

describe('a sealed state', () => {
  it('is one line that opens with the same secret, however its lines end, and tells nothing', () => {
    expect(sealed).toMatch(/^lifeboat-state-1 [A-Za-z0-9+/=]+$/);
    expect(Buffer.from(sealed.split(' ')[1] ?? '', 'base64').toString()).not.toContain('mysql-bin');
    for (const secret of ['secret\n', 'secret', 'secret\r\n'])
      expect(openState(`${sealed}\n`, secret, place)).toEqual(state);
    expect(sealState(state, 'secret', place)).not.toBe(sealed);
  });

  it.each([
    ['another secret', sealed, 'other', place],
    ['another server', sealed, 'secret', { ...place, server: 'borealis' }],
    ['another store', sealed, 'secret', { ...place, store: 's3://backups/other' }],
    ['another action', sealed, 'secret', { ...place, action: 'dump' }],
    ['a text that was cut', sealed.slice(0, -8), 'secret', place],
    ['another form', sealed.replace('-1 ', '-2 '), 'secret', place],
    ['nothing', '', 'secret', place],
    ['the mark alone', 'lifeboat-state-1', 'secret', place],
  ])('does not open with %s', (_, text, secret, where) => {
    expect(openState(text, secret, where)).toBeUndefined();
  });

  it('does not open when any byte was changed', () => {
    const [mark = '', body = ''] = sealed.split(' ');
    const bytes = Buffer.from(body, 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(openState(`${mark} ${changed.toString('base64')}`, 'secret', place)).toBeUndefined();
    }
  });
});
