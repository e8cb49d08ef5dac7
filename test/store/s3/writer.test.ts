// What the writer makes of answers that a real gateway does not give on demand.
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { crc32 as checksum } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../src/errors.ts';
import type { S3Limits, S3WriterOptions } from '../../../src/store/s3/options.ts';
import { S3StoreWriter } from '../../../src/store/s3/writer.ts';
import { generateBytes, generateStream } from '../../helpers/bytes.ts';
import { DeafServer } from '../../helpers/deaf-server.ts';
import { refuse, S3Stub, type StubAnswer } from '../../helpers/s3-stub.ts';

const PART_SIZE_BYTES = 1_000;
const small = generateBytes(100);
const large = generateBytes(2_500);
const largeParts = [large.subarray(0, 1_000), large.subarray(1_000, 2_000), large.subarray(2_000)];
const { signal } = new AbortController();

let stub: S3Stub;
let notices: string[];
const writers: S3StoreWriter[] = [];

beforeAll(async () => {
  stub = await S3Stub.start();
});
afterAll(() => stub.stop());
beforeEach(() => {
  stub.script = () => undefined;
  stub.requests.length = 0;
  notices = [];
});
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.close()));
});

function openWriter(limits: Partial<S3Limits> = {}, overrides: Partial<S3WriterOptions> = {}): S3StoreWriter {
  const writer = new S3StoreWriter({
    bucket: 'bucket',
    prefix: 'prefix',
    endpoint: stub.endpoint,
    region: undefined,
    credentials: { accessKeyId: 'KEYIDCANARY', secretAccessKey: 'secretcanary', sessionToken: 'tokencanary' },
    allowUnversioned: false,
    onNotice: (message) => void notices.push(message),
    limits: { partSizeBytes: PART_SIZE_BYTES, attempts: 3, baseDelayMs: 1, maxDelayMs: 2, ...limits },
    ...overrides,
  });
  writers.push(writer);
  return writer;
}

function answer(operation: string, ...answers: (StubAnswer | 'reset' | 'hang' | undefined)[]): void {
  stub.script = (request) => (request.operation === operation ? answers[request.index] : undefined);
}
function always(operation: string, what: StubAnswer | 'reset' | 'hang'): void {
  stub.script = (request) => (request.operation === operation ? what : undefined);
}
async function put(writer = openWriter()) {
  return writer.put('object', small, { signal });
}
async function upload(writer = openWriter(), bytes = large) {
  return writer.upload('object', generateStream(bytes), { signal });
}
async function catchError(work: Promise<unknown>): Promise<LifeboatError> {
  const error = await work.catch((thrown: unknown) => thrown);
  if (error instanceof LifeboatError) return error;
  throw new Error('this should have been a LifeboatError', { cause: error });
}

/** Of an object of these parts. */
function etagOf(parts: readonly Buffer[]): string {
  return `${md5(Buffer.concat(parts.map((part) => Buffer.from(md5(part), 'hex'))))}-${parts.length}`;
}

/** As S3 writes it. */
function crc32(bytes: Uint8Array): string {
  return Buffer.from(checksum(bytes).toString(16).padStart(8, '0'), 'hex').toString('base64');
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

describe('what is sent', () => {
  it('has Content-MD5 with every body, no checksum headers, a condition, and no waiting for 100-continue', async () => {
    await upload();
    await put();
    const bodies = stub.requests.filter(({ operation }) => /^(?:UploadPart|PutObject)$/.test(operation));
    expect(bodies).toHaveLength(4);
    for (const { headers } of bodies) {
      expect(headers['content-md5']).toMatch(/^[A-Za-z0-9+/]{22}==$/);
      expect(Object.keys(headers).filter((name) => /checksum|trailer|expect/.test(name))).toEqual([]);
      expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
    }
    const conditions = stub.requests.map(({ operation, headers }) => [operation, headers['if-none-match']]);
    expect(conditions.filter(([, condition]) => condition !== undefined)).toEqual([
      ['CompleteMultipartUpload', '*'],
      ['PutObject', '*'],
    ]);
  });

  it('is sent at once, however large: servers that ignore Expect would let us wait', async () => {
    const bytes = generateBytes(3 * 1024 * 1024);
    await openWriter({ partSizeBytes: bytes.length }).upload('object', generateStream(bytes), { signal });
    expect(stub.requests[0]?.body).toHaveLength(bytes.length);
    expect(stub.requests[0]?.headers).not.toHaveProperty('expect');
  });

  it('goes to the bucket by path, below the prefix, with the storage class', async () => {
    const writer = openWriter({}, { storageClass: 'COLD' });
    await put(writer);
    await upload(writer);
    expect(new Set(stub.requests.map(({ path }) => path))).toEqual(new Set(['/bucket/prefix/object']));
    expect(stub.requests.map(({ headers }) => headers['x-amz-storage-class'])).toEqual([
      'COLD',
      'COLD',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is one PUT for a stream of one part, and parts in order for a longer one', async () => {
    await upload(openWriter(), large.subarray(0, PART_SIZE_BYTES));
    expect(stub.operations).toEqual(['PutObject']);
    stub.requests.length = 0;
    await upload();
    const last = stub.requests.at(-1)?.body.toString();
    expect([...(last ?? '').matchAll(/<PartNumber>(\d)</g)].map(([, number]) => number)).toEqual([
      '1',
      '2',
      '3',
    ]);
    const parts = stub.requests.filter(({ operation }) => operation === 'UploadPart');
    expect(Buffer.concat(parts.map(({ body }) => body)).equals(large)).toBe(true);
  });

  it('is signed for the region', async () => {
    await put(openWriter({}, { region: 'eu-north-7' }));
    await put();
    const regions = stub.requests.map(({ headers }) => headers.authorization?.split('/')[2]);
    expect(regions).toEqual(['eu-north-7', 'us-east-1']);
  });

  it('is never read further ahead than the buffers hold', async () => {
    always('UploadPart', 'hang');
    let sentBytes = 0;
    const source = async function* () {
      for await (const chunk of generateStream(generateBytes(20_000), 500)) {
        sentBytes += chunk.length;
        yield chunk;
      }
    };
    const writer = openWriter({ partBuffers: 3, idleTimeoutMs: 1_000, attempts: 1 });
    await catchError(writer.upload('object', source(), { signal }));
    // The last chunk is the one that showed that a part was full.
    expect(sentBytes).toBe(3 * PART_SIZE_BYTES + 500);
    expect(stub.operations.filter((operation) => operation === 'UploadPart')).toHaveLength(3);
  });
});

describe('a stream of many parts', () => {
  it('goes through few buffers', async () => {
    const bytes = generateBytes(20 * PART_SIZE_BYTES + 1);
    expect(await upload(openWriter({ partBuffers: 2 }), bytes)).toMatchObject([{ sizeBytes: bytes.length }]);
    expect(stub.operations.filter((operation) => operation === 'UploadPart')).toHaveLength(21);
  });

  it('appears from its end to its beginning', async () => {
    await upload(openWriter({ maxParts: 2 }), generateBytes(4 * PART_SIZE_BYTES + 1));
    const appeared = stub.requests.filter(({ operation }) => /^(?:PutObject|Complete)/.test(operation));
    expect(appeared.map(({ path }) => path.replace(/.*\//, ''))).toEqual([
      'object.003',
      'object.002',
      'object',
    ]);
  });

  it('gives up only what is not complete', async () => {
    stub.script = ({ operation, path }) =>
      operation === 'CompleteMultipartUpload' && path.endsWith('object')
        ? refuse(403, 'AccessDenied')
        : undefined;
    await catchError(upload(openWriter({ maxParts: 2 }), generateBytes(4 * PART_SIZE_BYTES)));
    const aborted = stub.requests.filter(({ operation }) => operation === 'AbortMultipartUpload');
    expect(aborted.map(({ path }) => path)).toEqual(['/bucket/prefix/object']);
  });

  it('leaves nothing attached to the signal', async () => {
    const stop = new AbortController();
    await openWriter().upload('object', generateStream(large), { signal: stop.signal });
    always('UploadPart', refuse(403, 'AccessDenied'));
    await catchError(openWriter().upload('object', generateStream(large), { signal: stop.signal }));
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('is refused when it is empty', async () => {
    expect(await catchError(upload(openWriter(), Buffer.alloc(0)))).toMatchObject({
      code: 'store-upload-failed',
    });
    expect(stub.operations).toEqual([]);
  });
});

describe('an object that is there already', () => {
  const taken = refuse(412, 'PreconditionFailed');

  it('is an error when every attempt was answered', async () => {
    always('PutObject', taken);
    expect(await catchError(put())).toMatchObject({ code: 'store-exists' });
    stub.requests.length = 0;
    answer('PutObject', refuse(503, 'SlowDown'), taken);
    expect(await catchError(put())).toMatchObject({ code: 'store-exists' });
  });

  it('is ours when an attempt before got no answer', async () => {
    for (const lost of ['reset', refuse(500, 'InternalError'), { status: 502, body: '<html>' }] as const) {
      stub.requests.length = 0;
      answer('PutObject', lost, taken);
      const stored = await put();
      expect(stored).toMatchObject({ key: 'object', sizeBytes: small.length });
      expect(stored).not.toHaveProperty('versionId');
    }
  });

  it('is ours when the answer to completing was lost', async () => {
    for (const then of [taken, refuse(404, 'NoSuchUpload')]) {
      stub.requests.length = 0;
      answer('CompleteMultipartUpload', 'reset', then);
      expect(await upload()).toMatchObject([{ key: 'object', sizeBytes: large.length }]);
      expect(stub.operations).not.toContain('AbortMultipartUpload');
    }
  });

  it('is not ours when the upload was gone before anything was lost', async () => {
    always('CompleteMultipartUpload', refuse(404, 'NoSuchUpload'));
    expect(await catchError(upload())).toMatchObject({ code: 'store-upload-failed' });
  });
});

describe('a store without conditional writes', () => {
  it('is told without the condition, and a notice says so once', async () => {
    stub.script = ({ headers }) =>
      headers['if-none-match'] === undefined ? undefined : refuse(501, 'NotImplemented');
    const writer = openWriter();
    await upload(writer);
    await put(writer);
    expect(stub.operations.filter((operation) => operation === 'CompleteMultipartUpload')).toHaveLength(2);
    expect(stub.operations.filter((operation) => operation === 'PutObject')).toHaveLength(1);
    expect(notices).toEqual([expect.stringContaining('If-None-Match')]);
  });

  it('fails when it knows nothing of the request at all', async () => {
    always('PutObject', refuse(501, 'NotImplemented'));
    expect(await catchError(put())).toMatchObject({ code: 'store-upload-failed' });
    expect(stub.operations).toHaveLength(2);
  });
});

describe('an answer that does not confirm', () => {
  const wrong = { headers: { etag: '"00000000000000000000000000000000"', 'x-amz-version-id': '1' } };

  it.each(['PutObject', 'UploadPart'])('fails %s: an ETag that is another MD5', async (operation) => {
    always(operation, wrong);
    const error = await catchError(operation === 'PutObject' ? put() : upload());
    expect(error).toMatchObject({ code: 'store-upload-failed' });
    expect(error.message).toMatch(/MD5/);
    expect(stub.operations).not.toContain('CompleteMultipartUpload');
    if (operation === 'UploadPart') expect(stub.operations).toContain('AbortMultipartUpload');
  });

  it.each([
    ['is no MD5', { etag: '"abc-1"' }],
    [
      'is that of an encrypted object',
      { etag: wrong.headers.etag, 'x-amz-server-side-encryption': 'aws:kms' },
    ],
    [
      'is that of an object encrypted with our key',
      { etag: wrong.headers.etag, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
    ],
    ['is in capitals and without quotes', { etag: md5(small).toUpperCase() }],
  ])('accepts an ETag that %s', async (_what, headers) => {
    always('PutObject', { headers: { ...headers, 'x-amz-version-id': '1' } });
    expect(await put()).toMatchObject({ versionId: '1' });
  });

  it.each(['PutObject', 'UploadPart', 'CreateMultipartUpload', 'CompleteMultipartUpload'])(
    'fails %s: a page of a proxy with status 200',
    async (operation) => {
      always(operation, {
        headers: { 'content-type': 'text/html' },
        body: '<html><body>Sign in</body></html>',
      });
      const error = await catchError(operation === 'PutObject' ? put() : upload());
      expect(error).toMatchObject({ code: 'store-upload-failed' });
      expect(error.hint).toMatch(/proxy/);
    },
  );

  const encrypted = {
    etag: wrong.headers.etag,
    'x-amz-version-id': '1',
    'x-amz-server-side-encryption': 'aws:kms',
  };

  it('says once when nothing in it depends on what was sent', async () => {
    always('UploadPart', { headers: encrypted });
    await upload();
    expect(notices).toEqual([expect.stringContaining('does not confirm contents')]);
  });

  it.each([
    ['believes the CRC32 that comes back where the ETag is no MD5', crc32(small), undefined],
    ['fails: a CRC32 that is another', 'AAAAAA==', 'store-upload-failed'],
  ])('%s', async (_what, given, code) => {
    always('PutObject', { headers: { ...encrypted, 'x-amz-checksum-crc32': given } });
    const outcome: unknown = await put().catch((error: unknown) => error);
    if (code !== undefined) expect(outcome).toMatchObject({ code });
    else expect(outcome).toMatchObject({ versionId: '1' });
    expect(notices).toEqual([]);
  });

  it('fails: an object of other parts, where the ETag tells', async () => {
    const server = 'Ceph Object Gateway (any)';
    const complete = (etag: string) => ({
      headers: { server, 'x-amz-version-id': '1' },
      body: `<CompleteMultipartUploadResult><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`,
    });
    always('CompleteMultipartUpload', complete(etagOf(largeParts)));
    expect(await upload()).toHaveLength(1);
    for (const others of [largeParts.slice(0, 2), largeParts.toReversed()]) {
      always('CompleteMultipartUpload', complete(etagOf(others)));
      const error = await catchError(upload());
      expect(error).toMatchObject({ code: 'store-upload-failed' });
      expect(error.message).toContain('not that of the parts');
    }
  });

  it('fails: an error inside a 200 to completing', async () => {
    always('CompleteMultipartUpload', { status: 200, body: refuse(200, 'InternalError').body ?? '' });
    expect(await catchError(upload())).toMatchObject({ code: 'store-upload-failed' });
    expect(stub.operations.at(-1)).toBe('AbortMultipartUpload');
  });
});

describe('a service that is known', () => {
  it('has what it lacks told once, as soon as an answer shows what it is', async () => {
    const id = 'tx0000073cc72c897d7867a-006b017643-1013-default';
    answer('PutObject', undefined, {
      headers: { etag: md5(small), 'x-amz-version-id': '2', 'x-amz-request-id': id },
    });
    const writer = openWriter();
    await put(writer);
    expect(notices).toEqual([]);
    await put(writer);
    await put(writer);
    expect(notices).toEqual([expect.stringContaining('ignores the condition')]);
  });
});

describe('versions', () => {
  it('are not asked of an object of parts where the service is known not to name them', async () => {
    const swift = { 'x-openstack-request-id': 'tx1' };
    answer('CompleteMultipartUpload', {
      headers: swift,
      body: `<CompleteMultipartUploadResult><ETag>"${etagOf(largeParts)}"</ETag></CompleteMultipartUploadResult>`,
    });
    expect((await upload())[0]).not.toHaveProperty('versionId');
    always('PutObject', { headers: { ...swift, etag: md5(small) } });
    expect(await catchError(put())).toMatchObject({ code: 'store-unversioned' });
  });

  it.each([
    ['no id', {}],
    ['the id of a bucket whose versioning is suspended', { 'x-amz-version-id': 'null' }],
  ])('refuses an answer with %s', async (_what, headers) => {
    always('PutObject', { headers: { etag: '"x-1"', ...headers } });
    expect(await catchError(put())).toMatchObject({ code: 'store-unversioned' });
  });

  it('does without them where that is accepted, and says so once', async () => {
    always('PutObject', { headers: { etag: '"x-1"' } });
    const writer = openWriter({}, { allowUnversioned: true });
    await put(writer);
    expect(await put(writer)).not.toHaveProperty('versionId');
    expect(notices.filter((notice) => notice.includes('keeps no versions'))).toHaveLength(1);
  });

  it('believes the first id for the whole bucket', async () => {
    answer('PutObject', undefined, { headers: { etag: '"x-1"' } });
    const writer = openWriter();
    expect(await put(writer)).toMatchObject({ versionId: 'version-1' });
    expect(await put(writer)).not.toHaveProperty('versionId');
  });

  it('does not judge by the answer to a repeated request', async () => {
    answer('PutObject', 'reset', { headers: { etag: '"x-1"' } });
    expect(await put()).not.toHaveProperty('versionId');
  });
});

describe('retries', () => {
  it.each([
    [500, 'InternalError'],
    [502, 'BadGateway'],
    [503, 'SlowDown'],
    [503, 'ServiceUnavailable'],
    [504, 'GatewayTimeout'],
    [429, 'TooManyRequests'],
    [408, 'RequestTimeout'],
    [400, 'RequestTimeout'],
    [400, 'BadDigest'],
    [409, 'ConditionalRequestConflict'],
  ])('%d %s is tried again', async (status, code) => {
    answer('PutObject', refuse(status, code), refuse(status, code));
    await put();
    expect(stub.operations).toHaveLength(3);
  });

  it.each([
    [400, 'InvalidArgument'],
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [405, 'MethodNotAllowed'],
    [507, 'InsufficientCapacity'],
  ])('%d %s is not', async (status, code) => {
    always('PutObject', refuse(status, code));
    await catchError(put());
    expect(stub.operations).toHaveLength(1);
  });

  it('ends after the last attempt and says how many there were', async () => {
    always('UploadPart', refuse(503, 'SlowDown', 'Please reduce your request rate.'));
    const error = await catchError(upload());
    expect(error.message).toBe(
      'UploadPart 1 of s3://bucket/prefix/object failed: 503 SlowDown (Please reduce your request rate.), tried 3 times',
    );
    expect(stub.operations.at(-1)).toBe('AbortMultipartUpload');
  });

  it('ends at once when the signal fires in a pause', async () => {
    const stop = new AbortController();
    const reason = new Error('the run was stopped');
    stub.script = () => {
      setTimeout(() => stop.abort(reason), 20);
      return { ...refuse(503, 'SlowDown'), headers: { 'retry-after': '3000' } };
    };
    const writer = openWriter({ maxDelayMs: 3_000_000 });
    await expect(writer.put('object', small, { signal: stop.signal })).rejects.toBe(reason);
    expect(stub.operations).toHaveLength(1);
  });
});

describe('a server that does not accept connections', () => {
  it('is given up after the connect timeout', async () => {
    const deaf = await DeafServer.start();
    const limits = { connectTimeoutMs: 50, idleTimeoutMs: 60_000, answerTimeoutMs: 60_000, attempts: 1 };
    const error = await catchError(put(openWriter(limits, { endpoint: deaf.endpoint })));
    expect(error).toMatchObject({ code: 'store-unreachable' });
    expect(error.message).toMatch(/did not establish a connection/);
    await deaf.stop();
  });
});

describe('a silent server', () => {
  it('does not hold up a put that is stopped', async () => {
    const stop = new AbortController();
    const reason = new Error('the run was stopped');
    stub.script = () => {
      stop.abort(reason);
      return 'hang';
    };
    await expect(openWriter().put('object', small, { signal: stop.signal })).rejects.toBe(reason);
  });

  it('is given up after the idle timeout, each time', async () => {
    always('PutObject', 'hang');
    const error = await catchError(put(openWriter({ idleTimeoutMs: 30 })));
    expect(error).toMatchObject({ code: 'store-unreachable' });
    expect(error.message).toMatch(/tried 3 times$/);
    expect(stub.operations).toHaveLength(3);
  });

  it('is given up after the answer timeout even if it takes every byte', async () => {
    always('PutObject', 'hang');
    const error = await catchError(
      put(openWriter({ idleTimeoutMs: 60_000, answerTimeoutMs: 30, attempts: 1 })),
    );
    expect(error).toMatchObject({ code: 'store-unreachable' });
  });

  it('does not hold up a run that is stopped, even while it holds the abort', async () => {
    const stop = new AbortController();
    const reason = new Error('the run was stopped');
    stub.script = ({ operation }) => {
      if (operation === 'UploadPart') stop.abort(reason);
      return operation === 'CreateMultipartUpload' ? undefined : 'hang';
    };
    const writer = openWriter({ abortTimeoutMs: 50 });
    const uploading = writer.upload('object', generateStream(large), { signal: stop.signal });
    await expect(uploading).rejects.toBe(reason);
    expect(stub.operations).toContain('AbortMultipartUpload');
    expect(notices).toEqual([expect.stringContaining('unfinished upload may be left')]);
  });

  it('does not hold up a run that is stopped while an upload is being begun', async () => {
    const stop = new AbortController();
    const reason = new Error('the run was stopped');
    stub.script = () => {
      stop.abort(reason);
      return 'hang';
    };
    const writer = openWriter({ beginGraceMs: 30 });
    const uploading = writer.upload('object', generateStream(large), { signal: stop.signal });
    await expect(uploading).rejects.toBe(reason);
    expect(stub.operations).toEqual(['CreateMultipartUpload']);
  });
});

describe('a run that is stopped while an upload is being begun', () => {
  it('waits for the id, so that the upload can be aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('the run was stopped');
    stub.script = ({ operation }) => {
      if (operation === 'CreateMultipartUpload') stop.abort(reason);
      return undefined;
    };
    const uploading = openWriter().upload('object', generateStream(large), { signal: stop.signal });
    await expect(uploading).rejects.toBe(reason);
    expect(stub.operations).toEqual(['CreateMultipartUpload', 'AbortMultipartUpload']);
    expect(notices).toEqual([]);
  });
});

describe('aborting', () => {
  it.each([refuse(403, 'AccessDenied'), refuse(404, 'NoSuchUpload')])(
    'is silent about a right that is missing and an upload that is gone',
    async (refusal) => {
      stub.script = ({ operation }) => {
        if (operation === 'UploadPart') return refuse(403, 'QuotaExceeded');
        return operation === 'AbortMultipartUpload' ? refusal : undefined;
      };
      expect(await catchError(upload())).toMatchObject({ code: 'store-upload-failed' });
      expect(notices).toEqual([]);
    },
  );

  it('does not wait for a source that is silent when a part fails', async () => {
    always('UploadPart', refuse(403, 'AccessDenied'));
    const source = async function* () {
      yield* generateStream(generateBytes(PART_SIZE_BYTES + 1));
      await new Promise(() => undefined);
    };
    const error = await catchError(openWriter().upload('object', source(), { signal }));
    expect(error).toMatchObject({ code: 'store-denied' });
    expect(stub.operations.at(-1)).toBe('AbortMultipartUpload');
  });
});

describe('what users are told', () => {
  it.each([
    [301, 'PermanentRedirect', 'store-not-found', /another region.*eu-west-9/],
    [307, 'TemporaryRedirect', 'store-not-found', /store-region/],
    [400, 'AuthorizationHeaderMalformed', 'store-not-found', /store-region/],
    [403, 'SignatureDoesNotMatch', 'store-denied', /store-secret-access-key/],
    [403, 'InvalidAccessKeyId', 'store-denied', /store-access-key-id/],
    [400, 'ExpiredToken', 'store-denied', /temporary credentials/],
    [403, 'RequestTimeTooSkewed', 'clock-skew', /clock/],
    [403, 'QuotaExceeded', 'store-upload-failed', /quota/],
    [507, 'InsufficientCapacity', 'store-upload-failed', /quota/],
    [400, 'InvalidRequest', 'store-upload-failed', /Object Lock/],
    [400, 'InvalidStorageClass', 'store-upload-failed', /store-storage-class/],
    [404, 'NoSuchBucket', 'store-not-found', /no such bucket/],
    [403, 'AccessDenied', 'store-denied', /may not do PutObject/],
    [418, 'SomethingNew', 'store-upload-failed', /^$/],
    [418, 'constructor', 'store-upload-failed', /^$/],
  ])('%d %s', async (status, code, expected, hint) => {
    always('PutObject', { ...refuse(status, code), headers: { 'x-amz-bucket-region': 'eu-west-9' } });
    const error = await catchError(put());
    expect(error.code).toBe(expected);
    expect(error.message).toContain('PutObject of s3://bucket/prefix/object failed');
    expect(error.message).toContain(`${status} ${code}`);
    expect(error.hint ?? '').toMatch(hint);
  });

  it('holds nothing secret, though the server repeats it, and no text that breaks a line', async () => {
    stub.script = ({ headers }) =>
      refuse(
        403,
        'AccessDenied',
        `line\nbreak ${headers.authorization ?? ''} ${String(headers['x-amz-security-token'])} secretcanary ${'x'.repeat(2_000)}`,
      );
    const error = await catchError(put());
    const told = `${error.message}${error.hint ?? ''}${String(error.stack)}${JSON.stringify(error)}`;
    expect(told).toContain('line break');
    expect(told).not.toMatch(/canary/i);
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toContain('\n');
    expect(error.cause).toBeUndefined();
  });

  it('holds no code that breaks a line or goes on and on', async () => {
    always('PutObject', refuse(403, `Denied\n::error::${'x'.repeat(2_000)} secretcanary`));
    const { message } = await catchError(put());
    expect(message).toMatch(/failed: 403 Denied ::error::x{40,50}$/);
  });

  it('says that an answer is not of S3', async () => {
    always('PutObject', {
      status: 403,
      headers: { 'content-type': 'text/html' },
      body: '<html><br>blocked</html>',
    });
    expect((await catchError(put())).message).toMatch(/403 an answer that is not of S3/);
    always('PutObject', { status: 403, body: '' });
    expect((await catchError(put())).message).toMatch(/403 an answer that is not of S3$/);
  });

  it('names a server that is in no name server, at once', async () => {
    const writer = openWriter({}, { endpoint: new URL('http://nothing.invalid') });
    const error = await catchError(put(writer));
    expect(error).toMatchObject({ code: 'store-unreachable' });
    expect(error.message).not.toMatch(/tried/);
  });
});

describe('the clock', () => {
  const date = 'Fri, 20 Nov 2026 03:05:12 GMT';

  it.each([
    [
      'a list',
      { status: 200, body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' },
    ],
    ['a refusal', refuse(403, 'AccessDenied')],
    ["a refusal in a provider's own words", refuse(403, 'UnauthorizedAccess')],
    ['the refusal of a wrong clock', refuse(403, 'RequestTimeTooSkewed')],
  ])('comes from the head of %s', async (_what, head) => {
    always('ListObjectsV2', { ...head, headers: { date } });
    expect(await openWriter().readClock(signal)).toEqual(new Date('2026-11-20T03:05:12Z'));
  });

  it('tells what is wrong with keys or bucket', async () => {
    always('ListObjectsV2', { ...refuse(403, 'InvalidAccessKeyId'), headers: { date } });
    expect(await catchError(openWriter().readClock(signal))).toMatchObject({ code: 'store-denied' });
    always('ListObjectsV2', { ...refuse(404, 'NoSuchBucket'), headers: { date } });
    expect(await catchError(openWriter().readClock(signal))).toMatchObject({ code: 'store-not-found' });
  });

  it('is not made up when the answer has none', async () => {
    always('ListObjectsV2', { ...refuse(403, 'AccessDenied'), headers: { date: 'yesterday' } });
    expect(await catchError(openWriter().readClock(signal))).toMatchObject({ code: 'store-unreachable' });
  });
});
