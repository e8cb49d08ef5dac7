// What S3 services and SFTP servers can do: data, with only what their documentation says or what was seen. Nothing in here makes a
// request.

export interface StoreProfile {
  /** For people. */
  readonly name: string;
  /** Takes a CRC32 with every body, compares it and gives it back. Content-MD5 goes with every body anyway. */
  readonly hasCrc32: boolean;
  /** Encrypts with AES256 unasked, and the ETag is the MD5 of what was sent all the same. */
  readonly hasMd5EtagUnderAes256?: true;
  /** The ETag of an object of parts is the MD5 of the parts' MD5s, which shows that none is missing or out of order. */
  readonly hasPartsEtag: boolean;
  /** Keeps versions, and does not name the one of an object of parts. */
  readonly hidesVersionOfParts?: true;
  /** Names for `store-storage-class`; undefined: they are made by whoever runs the service. */
  readonly storageClasses?: readonly string[];
  /** Protections that are missing although the service answers as if they were there. Sentences for summaries, with what to do. */
  readonly lacks: readonly string[];
  /** How to protect backups where the service keeps no versions. */
  readonly withoutVersions?: string;
}

/** What an SFTP server offers, and lets the account do. */
export interface SftpAbilities {
  /** `hardlink@openssh.com`: the one way of SFTP to name a file that never replaces another, on any server that has it. */
  readonly hasLinks: boolean;
  /** `fsync@openssh.com`. */
  readonly hasSync: boolean;
  /** False only where a file of our own could not be removed, and nothing else is offered that replaces files or their rights. */
  readonly mayDestroy: boolean;
}

/** Protections that are missing in a store reached by SFTP: sentences for summaries, with what to do. */
export function describeSftpLacks({ hasLinks, hasSync, mayDestroy }: SftpAbilities): string[] {
  return [
    ...(mayDestroy
      ? [
          'The store is reached by SFTP, with an account that may delete or replace files: whoever steals its key can destroy every backup. Take these rights from it, or let the server keep snapshots that the account cannot reach (docs/store-setup.md).',
        ]
      : []),
    ...(hasLinks
      ? []
      : [
          `The SFTP server has no hardlink@openssh.com, and may replace a file when another is renamed: ${UNIQUE_NAMES}.`,
        ]),
    ...(hasSync
      ? []
      : [
          'The SFTP server has no fsync@openssh.com: it does not say when what it took is on its disk. A power cut there can damage the newest backup; only a restore test would show it.',
        ]),
  ];
}

/** Classes whose objects must be brought back for hours before they can be read: no restore test could read them. */
const ARCHIVES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

const UNIQUE_NAMES = 'only the uniqueness of names keeps objects from being replaced';

const AMAZON: StoreProfile = {
  name: 'Amazon S3',
  hasCrc32: true,
  hasMd5EtagUnderAes256: true,
  // Not documented; it compares the CRC32 of every part when an object is completed.
  hasPartsEtag: false,
  storageClasses: [
    ...['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'],
    'REDUCED_REDUNDANCY',
  ],
  lacks: [],
};

/** Documented by Backblaze; refuses conditional writes with 501, which the writer hears by itself. */
const BACKBLAZE: StoreProfile = {
  name: 'Backblaze B2',
  hasCrc32: false,
  hasPartsEtag: false,
  storageClasses: ['STANDARD'],
  lacks: [],
};

/** Documented by Cloudflare: conditional writes, no versions and no S3 Object Lock, but locks of the bucket. */
const CLOUDFLARE: StoreProfile = {
  name: 'Cloudflare R2',
  hasCrc32: false,
  hasPartsEtag: false,
  storageClasses: ['STANDARD', 'STANDARD_IA'],
  lacks: [],
  withoutVersions:
    'Cloudflare R2 keeps no versions: lock the bucket (a lock rule with a retention, in its settings), and then set `allow-unversioned: true`.',
};

/** Seen with Ceph 20. */
const CEPH: StoreProfile = { name: 'Ceph Object Gateway', hasCrc32: false, hasPartsEtag: true, lacks: [] };

/** Seen with Ceph 16: in a bucket with versions it takes every conditional write, and makes a new version; no ETag of an object of parts. */
const OLD_CEPH: StoreProfile = {
  name: 'Ceph Object Gateway before release 18',
  hasCrc32: false,
  hasPartsEtag: false,
  lacks: [
    `The store is a Ceph Object Gateway from before release 18. Release 16 takes conditional writes (If-None-Match) and ignores the condition: ${UNIQUE_NAMES}. Newer ones refuse to replace them.`,
  ],
};

/** Seen with the s3api of OpenStack Swift 2.30: lock headers are taken and ignored; conditional writes are refused with 501. */
const SWIFT: StoreProfile = {
  name: 'OpenStack Swift',
  hasCrc32: false,
  hasPartsEtag: true,
  hidesVersionOfParts: true,
  lacks: [
    'The store is OpenStack Swift. It takes requests for object locks and ignores them, and it has no policies for users that may only put: whoever has the keys of this run can delete backups. Keep a second copy where they cannot.',
  ],
};

const UNKNOWN: StoreProfile = {
  name: 'an S3 service that is not known',
  hasCrc32: false,
  hasPartsEtag: false,
  lacks: [],
};

/** By the end of the endpoint's host name. */
const HOSTS: readonly (readonly [suffix: string, profile: StoreProfile])[] = [
  ['.amazonaws.com', AMAZON],
  ['.amazonaws.com.cn', AMAZON],
  ['.backblazeb2.com', BACKBLAZE],
  ['.r2.cloudflarestorage.com', CLOUDFLARE],
];

/** The profile of the service at this address; undefined is Amazon's own. */
export function profileOfEndpoint(endpoint: URL | undefined): StoreProfile {
  if (endpoint === undefined) return AMAZON;
  return HOSTS.find(([suffix]) => endpoint.hostname.endsWith(suffix))?.[1] ?? UNKNOWN;
}

/** What the head of an answer tells of a service whose address tells nothing; header names are in lower case. */
export function profileOfAnswer(headers: Readonly<Record<string, string>>): StoreProfile | undefined {
  if (headers['server']?.startsWith('Ceph Object Gateway')) return CEPH;
  if (headers['x-openstack-request-id'] !== undefined) return SWIFT;
  // `tx`, transaction, time, number of the gateway, zone. From release 18 on it says in `server` what it is.
  const isCeph = /^tx[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-./.test(headers['x-amz-request-id'] ?? '');
  return isCeph && headers['server'] === undefined ? OLD_CEPH : undefined;
}

/** What is wrong with a storage class at this service; undefined when nothing is known to be. */
export function refuseStorageClass(name: string, profile: StoreProfile): string | undefined {
  if (ARCHIVES.has(name)) {
    return 'objects of this class must be brought back for hours before they can be read: neither a restore nor a restore test could';
  }
  return profile.storageClasses === undefined || profile.storageClasses.includes(name)
    ? undefined
    : `${profile.name} has no such class; it has ${profile.storageClasses.join(', ')}`;
}
