import { expect, it } from 'vitest';
import { fillMarkers } from '../../src/inputs/markers.ts';

const PAGE =
  'before\n<!-- generated:a -->\nold\n<!-- /generated -->\nbetween\n<!-- generated:b -->\n<!-- /generated -->\nafter\n';

it('replaces what stands between markers, and nothing else', () => {
  const page = fillMarkers(PAGE, { a: 'new $& a', b: 'new b' });
  expect(page).toBe(
    'before\n<!-- generated:a -->\n\nnew $& a\n\n<!-- /generated -->\nbetween\n<!-- generated:b -->\n\nnew b\n\n<!-- /generated -->\nafter\n',
  );
  expect(fillMarkers(page, { a: 'new $& a', b: 'new b' })).toBe(page);
});

it('refuses a block that nobody makes', () => {
  expect(() => fillMarkers(PAGE, { a: 'x' })).toThrow('"b"');
  expect(() => fillMarkers('<!-- generated:constructor -->\n<!-- /generated -->', {})).toThrow(
    '"constructor"',
  );
});

it('refuses a marker without its other end', () => {
  expect(() => fillMarkers('<!-- generated:a -->\nold\n', { a: 'x' })).toThrow('no end');
  expect(() => fillMarkers('old\n<!-- /generated -->\n', { a: 'x' })).toThrow('no end');
});
