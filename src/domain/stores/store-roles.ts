// What the writer, the reader and the prover of a store may do, as their providers take it. The pages in docs/ and `init` have it from here.

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export interface StorePlace {
  readonly bucket: string;
  /** Normalised; may be empty. */
  readonly prefix: string;
  /** Undefined: all of them. */
  readonly server?: string;
}

const WRITES = ['s3:PutObject', 's3:AbortMultipartUpload'];

/** Puts below the prefix, gives up its own uploads, writes no proof. */
export function writerPolicy(place: StorePlace): Policy {
  return policy([
    { Effect: 'Allow', Action: WRITES, Resource: [objects(place, '*')] },
    { Effect: 'Deny', Action: ['s3:PutObject'], Resource: [proofs(place)] },
  ]);
}

/** Gets and lists, and sees how the bucket is set up. */
export function readerPolicy(place: StorePlace): Policy {
  return policy([
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectRetention'],
      Resource: [objects(place, '*')],
    },
    {
      Effect: 'Allow',
      Action: [
        ...['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketVersioning'],
        ...['s3:GetLifecycleConfiguration', 's3:GetBucketObjectLockConfiguration'],
        's3:ListBucketMultipartUploads',
      ],
      Resource: [`arn:aws:s3:::${place.bucket}`],
    },
  ]);
}

/** Puts proofs. */
export function proverPolicy(place: StorePlace): Policy {
  return policy([{ Effect: 'Allow', Action: WRITES, Resource: [proofs(place)] }]);
}

/** Commands of Backblaze's `b2`. Its keys know one prefix each and no exception: the writer's could write proofs, too. */
export function b2Commands({ bucket, prefix, server = '' }: StorePlace): string[] {
  const base = folder(prefix, server);
  const key = (role: string, below: string, capabilities: readonly string[]) =>
    `b2 key create --bucket ${bucket} --name-prefix ${below} lifeboat-${role} ${capabilities.join(',')}`;
  return [
    key('writer', base, ['listAllBucketNames', 'writeFiles']),
    key('reader', base, [
      'listAllBucketNames',
      'listBuckets',
      'readBucketRetentions',
      'readFileRetentions',
      'listFiles',
      'readFiles',
    ]),
    key('prover', server === '' ? base : `${base}proofs/`, ['listAllBucketNames', 'writeFiles']),
  ];
}

function policy(statements: readonly Statement[]): Policy {
  return { Version: '2012-10-17', Statement: statements };
}

function objects({ bucket, prefix, server = '' }: StorePlace, names: string): string {
  return `arn:aws:s3:::${bucket}/${folder(prefix, server)}${names}`;
}

function proofs(place: StorePlace): string {
  return objects(place, place.server === undefined ? '*/proofs/*' : 'proofs/*');
}

/** With a slash at its end unless it is the whole bucket. */
function folder(...names: readonly string[]): string {
  return names.map((name) => (name === '' ? '' : `${name}/`)).join('');
}
