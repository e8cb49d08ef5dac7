// The SDK's client, set up so that nothing happens behind our back: no retries, no waiting for 100-continue, no silent servers.
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { profileOfEndpoint } from '../../domain/stores/store-profiles.ts';
import { readRegion } from '../../domain/stores/store-url.ts';
import type { S3Limits, S3StoreOptions } from './options.ts';
import { createRoleCredentials } from './role-credentials.ts';

/** Most S3 servers take any region; this is what their documentation calls the default. */
const USUAL_REGION = 'us-east-1';

export function createClient(options: S3StoreOptions, limits: S3Limits): S3Client {
  // Elsewhere the headers are refused or ignored; there Content-MD5 and the returned ETag do the work.
  const checksums = profileOfEndpoint(options.endpoint).hasCrc32 ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const { endpoint } = options;
  const region = options.region ?? (endpoint && (readRegion(endpoint) ?? USUAL_REGION));
  const credentials =
    options.credentials ??
    (options.role &&
      createRoleCredentials(options.role, { endpoint, region: region ?? USUAL_REGION }, limits));
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href }),
    ...(region === undefined ? {} : { region }),
    // A function is asked again some minutes before what it gave expires.
    ...(credentials === undefined ? {} : { credentials }),
    ...(options.isUnsigned === true ? { signer: { sign: (request) => Promise.resolve(request) } } : {}),
    forcePathStyle: endpoint !== undefined,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    // Our own retries know what a lost answer means for a key that is written once.
    maxAttempts: 1,
    // It would cost a new connection a part, and minutes with servers that ignore it.
    expectContinueHeader: false,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: limits.connectTimeoutMs,
      socketTimeout: limits.idleTimeoutMs,
      requestTimeout: limits.answerTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  });
}
