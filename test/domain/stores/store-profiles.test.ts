import { describe, expect, it } from 'vitest';
import {
  describeSftpLacks,
  profileOfAnswer,
  profileOfEndpoint,
  refuseStorageClass,
} from '../../../src/domain/stores/store-profiles.ts';

const nameOf = (endpoint: string) => profileOfEndpoint(new URL(endpoint)).name;

describe('profileOfEndpoint', () => {
  it('goes by the end of the host name', () => {
    expect(profileOfEndpoint(undefined).name).toBe('Amazon S3');
    expect(nameOf('https://s3.eu-central-1.amazonaws.com')).toBe('Amazon S3');
    expect(nameOf('https://s3.eu-central-003.backblazeb2.com')).toBe('Backblaze B2');
    expect(nameOf('https://0123.r2.cloudflarestorage.com')).toBe('Cloudflare R2');
    expect(nameOf('https://0123.eu.r2.cloudflarestorage.com')).toBe('Cloudflare R2');
  });

  it.each(['https://amazonaws.com.example.com', 'https://myamazonaws.com', 'https://127.0.0.1:8000'])(
    'claims nothing of %s',
    (endpoint) => {
      expect(nameOf(endpoint)).toMatch(/not known/);
    },
  );
});

it('says what an SFTP account cannot protect from', () => {
  const best = { hasLinks: true, hasSync: true, mayDestroy: false };
  expect(describeSftpLacks(best)).toEqual([]);
  expect(describeSftpLacks({ ...best, mayDestroy: true })).toEqual([
    expect.stringMatching(/can destroy every backup.*snapshots/),
  ]);
  expect(describeSftpLacks({ ...best, hasLinks: false })).toEqual([
    expect.stringMatching(/may replace a file/),
  ]);
  expect(describeSftpLacks({ ...best, hasSync: false })).toEqual([expect.stringMatching(/power cut/)]);
});

it('says how to protect backups where a service keeps no versions', () => {
  const cloudflare = profileOfEndpoint(new URL('https://0123.r2.cloudflarestorage.com'));
  expect(cloudflare.withoutVersions).toMatch(/lock rule.*allow-unversioned: true/);
});

describe('profileOfAnswer', () => {
  const cephId = 'tx000003123fad31dc12fb1-006b0175ef-1013-default';
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      'Ceph that names itself',
      { server: 'Ceph Object Gateway (tentacle)', 'x-amz-request-id': cephId },
      'Ceph Object Gateway',
    ],
    ['Ceph before that', { 'x-amz-request-id': cephId }, 'Ceph Object Gateway before release 18'],
    ['whatever is behind a proxy', { server: 'nginx', 'x-amz-request-id': cephId }, undefined],
    [
      'Swift',
      { 'x-amz-request-id': 'tx0a1b-006b0175ef', 'x-openstack-request-id': 'tx0a1b-006b0175ef' },
      'OpenStack Swift',
    ],
    ['Amazon', { server: 'AmazonS3', 'x-amz-request-id': '9E26D08072A8EF9E' }, undefined],
    ['nothing', {}, undefined],
  ])('knows %s', (_what, headers, name) => {
    expect(profileOfAnswer(headers)?.name).toBe(name);
  });
});

describe('refuseStorageClass', () => {
  const amazon = profileOfEndpoint(undefined);
  it('takes what the service has, and anything where that is not known', () => {
    expect(refuseStorageClass('STANDARD_IA', amazon)).toBeUndefined();
    expect(refuseStorageClass('COLD', profileOfEndpoint(new URL('https://s3.example.com')))).toBeUndefined();
  });

  it('refuses what it has not, and what cannot be read back at once', () => {
    expect(refuseStorageClass('COLD', amazon)).toMatch(/^Amazon S3 has no such class; it has STANDARD,/);
    for (const archive of ['GLACIER', 'DEEP_ARCHIVE'])
      expect(refuseStorageClass(archive, amazon)).toMatch(/before they can be read/);
  });
});
