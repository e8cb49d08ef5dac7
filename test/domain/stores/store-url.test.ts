import { describe, expect, it } from 'vitest';
import {
  formatSftpLocation,
  parseStoreEndpoint,
  parseStoreUrl,
  readRegion,
  type SftpLocation,
} from '../../../src/domain/stores/store-url.ts';

const refusal = (words: RegExp) =>
  expect.objectContaining({
    code: 'input-invalid',
    message: expect.stringMatching(words) as string,
  }) as Error;

describe('parseStoreUrl', () => {
  it.each([
    ['s3://bucket', 'bucket', ''],
    ['s3://bucket/', 'bucket', ''],
    ['s3://my.bucket-1/fleet', 'my.bucket-1', 'fleet'],
    ['s3://bucket/fleet/a/', 'bucket', 'fleet/a'],
    ['s3://bucket//fleet//a', 'bucket', 'fleet/a'],
    ['  S3://bucket/fleet\n', 'bucket', 'fleet'],
  ])('reads %j', (text, bucket, prefix) => {
    expect(parseStoreUrl(text)).toEqual({ kind: 's3', bucket, prefix });
  });

  it.each([
    ['file:///srv/backups', '/srv/backups'],
    ['file:///srv//backups/', '/srv/backups'],
    ['file:///mnt/my%20disk/100%25', '/mnt/my disk/100%'],
    ['FILE:///srv/.hidden', '/srv/.hidden'],
  ])('reads %s', (text, path) => {
    expect(parseStoreUrl(text)).toEqual({ kind: 'directory', path });
  });

  it.each([
    ['sftp://backup@store.example.com/srv/backups', 'backup', 'store.example.com', 22, '/srv/backups'],
    ['SFTP://u1_a.b@127.0.0.1:2222//srv//b/', 'u1_a.b', '127.0.0.1', 2222, '/srv/b'],
    ['sftp://backup@[2001:db8::1]:23/b', 'backup', '2001:db8::1', 23, '/b'],
    ['sftp://backup@store:65535/home/a+b@c=d_e-f.g', 'backup', 'store', 65535, '/home/a+b@c=d_e-f.g'],
  ])('reads %s', (text, user, host, port, path) => {
    const location: SftpLocation = { kind: 'sftp', user, host, port, path };
    expect(parseStoreUrl(text)).toEqual(location);
    expect(parseStoreUrl(formatSftpLocation(location))).toEqual(location);
  });

  it.each([
    ['', /not a URL/],
    ['bucket/prefix', /not a URL/],
    ['s3:/bucket', /not a URL/],
    ['/srv/backups', /not a URL/],
    ['https://s3.example.com/bucket', /`store-endpoint`/],
    ['http://localhost', /`store-endpoint`/],
    ['ftp://host/dir', /no ftp:\/\/ store/],
    ['s3://', /no bucket name/],
    ['s3:///prefix', /no bucket name/],
    ['s3://Bucket/prefix', /no bucket name/],
    ['s3://ab', /no bucket name/],
    ['s3://a..b', /no bucket name/],
    ['s3://-bucket', /no bucket name/],
    ['s3://127.0.0.1/prefix', /no bucket name/],
    [`s3://${'a'.repeat(64)}`, /no bucket name/],
    ['s3://bucket:443/prefix', /no bucket name/],
    ['s3://key:secret@bucket/prefix', /credentials/],
    ['s3://bucket/prefix?versionId=1', /options/],
    ['s3://bucket/prefix#part', /fragments/],
    ['s3://bucket/a/../b', /prefix .* cannot be used/],
    ['s3://bucket/a b', /prefix .* cannot be used/],
    ['s3://bucket/a\nb', /prefix .* cannot be used/],
    ['sftp://store.example.com/b', /stand a user and a host/],
    ['sftp://backup:secret@store/b', /stand a user and a host/],
    ['sftp://-oProxyCommand=x@store/b', /stand a user and a host/],
    ['sftp://backup@-oProxyCommand=x/b', /stand a user and a host/],
    ['sftp://backup@/b', /stand a user and a host/],
    ['sftp://backup@store:0/b', /stand a user and a host/],
    ['sftp://backup@store:65536/b', /stand a user and a host/],
    ['sftp://backup@store:/b', /stand a user and a host/],
    ['sftp://backup@[store]/b', /stand a user and a host/],
    ['sftp://backup@[:::]/b', /stand a user and a host/],
    ['sftp://backup@store/b c', /letters a-z/],
    ['sftp://backup@store/b*', /letters a-z/],
    ['sftp://backup@store/b%20c', /letters a-z/],
    ['sftp://backup@store/b?x', /letters a-z/],
    ['sftp://backup@store/b\nc', /letters a-z/],
    ['sftp://backup@store', /root of the file system/],
    ['sftp://backup@store/', /root of the file system/],
    ['sftp://backup@store/a/../b', /without \. and \.\./],
    ['file://srv/backups', /three slashes/],
    ['file://localhost/srv', /three slashes/],
    ['file://', /three slashes/],
    ['file:///', /root of the file system/],
    ['file:///srv/../etc', /without \. and \.\./],
    ['file:///srv/%2e%2e/etc', /without \. and \.\./],
    ['file:///srv/./backups', /without \. and \.\./],
    ['file:///srv/100%', /written %25/],
    ['file:///srv/%00', /control characters/],
    ['file:///srv?x', /options/],
  ])('refuses %j and says what is accepted', (text, words) => {
    expect(() => parseStoreUrl(text)).toThrow(refusal(words));
    expect(() => parseStoreUrl(text)).toThrow(
      refusal(
        /s3:\/\/bucket\/prefix, sftp:\/\/user@host\/directory or file:\/\/\/directory|it takes letters/,
      ),
    );
  });

  it('does not repeat credentials', () => {
    for (const text of [
      's3://key:canary@bucket/prefix',
      'sftp://user:canary@host/dir',
      'sftp://user:canary@host',
    ])
      expect(() => parseStoreUrl(text)).toThrow(refusal(/^(?!.*canary)/));
  });
});

describe('parseStoreEndpoint', () => {
  it.each([
    ['https://s3.eu-central-003.backblazeb2.com', 'https://s3.eu-central-003.backblazeb2.com/'],
    [' https://minio.example.com:9000/ ', 'https://minio.example.com:9000/'],
    ['http://localhost:7480', 'http://localhost:7480/'],
    ['http://127.0.0.1:7480', 'http://127.0.0.1:7480/'],
    ['http://127.3.2.1', 'http://127.3.2.1/'],
    ['http://[::1]:9000', 'http://[::1]:9000/'],
    ['http://s3.localhost', 'http://s3.localhost/'],
  ])('reads %j', (text, href) => {
    expect(parseStoreEndpoint(text).href).toBe(href);
  });

  it.each([
    ['s3.example.com', /address of the server alone/],
    ['s3://bucket', /address of the server alone/],
    ['', /address of the server alone/],
    ['http://s3.example.com', /plain http/],
    ['http://127.0.0.1.example.com', /plain http/],
    ['http://localhost.example.com', /plain http/],
    ['http://10.0.0.1', /plain http/],
    ['https://s3.example.com/bucket', /go into `store`/],
    ['https://s3.example.com/?a', /go into `store`/],
    ['https://s3.example.com/#a', /go into `store`/],
    ['https://key:canary@s3.example.com', /credentials have inputs(?!.*canary)/],
  ])('refuses %j', (text, words) => {
    expect(() => parseStoreEndpoint(text)).toThrow(refusal(words));
  });
});

describe('readRegion', () => {
  it.each([
    ['https://s3.us-west-004.backblazeb2.com', 'us-west-004'],
    ['https://s3.eu-central-1.wasabisys.com', 'eu-central-1'],
    ['https://s3.fr-par.scw.cloud', 'fr-par'],
    ['https://s3-eu-west-1.amazonaws.com', 'eu-west-1'],
  ])('reads it in %s', (endpoint, region) => {
    expect(readRegion(new URL(endpoint))).toBe(region);
  });

  it.each([
    'https://s3.example.com',
    'https://minio.my-company.com',
    'https://s3.my-company.com',
    'http://127.0.0.1:9000',
  ])('finds none in %s', (endpoint) => {
    expect(readRegion(new URL(endpoint))).toBeUndefined();
  });
});
