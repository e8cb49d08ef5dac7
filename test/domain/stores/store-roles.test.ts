import { expect, it } from 'vitest';
import {
  b2Commands,
  proverPolicy,
  readerPolicy,
  writerPolicy,
} from '../../../src/domain/stores/store-roles.ts';

const resources = (policy: { readonly Statement: readonly { readonly Resource: readonly string[] }[] }) =>
  policy.Statement.flatMap(({ Resource }) => Resource);

it('limits each role to what is of the server', () => {
  const place = { bucket: 'b', prefix: 'p/q', server: 'atlas' };
  expect(resources(writerPolicy(place))).toEqual([
    'arn:aws:s3:::b/p/q/atlas/*',
    'arn:aws:s3:::b/p/q/atlas/proofs/*',
  ]);
  expect(resources(readerPolicy(place))).toEqual(['arn:aws:s3:::b/p/q/atlas/*', 'arn:aws:s3:::b']);
  expect(resources(proverPolicy(place))).toEqual(['arn:aws:s3:::b/p/q/atlas/proofs/*']);
  expect(b2Commands(place)[2]).toContain('--name-prefix p/q/atlas/proofs/ ');
});

it('does without a prefix', () => {
  const place = { bucket: 'b', prefix: '' };
  expect(resources(writerPolicy(place))).toEqual(['arn:aws:s3:::b/*', 'arn:aws:s3:::b/*/proofs/*']);
  expect(resources(writerPolicy({ ...place, server: 'atlas' }))[0]).toBe('arn:aws:s3:::b/atlas/*');
});
