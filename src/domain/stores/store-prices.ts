// What services ask for keeping data, for estimates: data, each with where it stands and when it was read. Nothing else of a bill is in it.

export interface StorePrice {
  /** For people. */
  readonly service: string;
  /** US dollars for 10^9 bytes, a month. */
  readonly perGigabyteMonth: number;
  /** Where the price differs, which one it is. */
  readonly tier: string;
  /** Year and month in which it was read. */
  readonly readIn: string;
  readonly source: string;
}

const AMAZON: StorePrice = {
  service: 'Amazon S3',
  perGigabyteMonth: 0.023,
  tier: 'Standard, us-east-1, the first 50 TB',
  readIn: '2026-08',
  source: 'https://aws.amazon.com/s3/pricing/',
};
/** By the end of the endpoint's host name. */
const HOSTS: readonly (readonly [suffix: string, price: StorePrice])[] = [
  ['.amazonaws.com', AMAZON],
  [
    '.backblazeb2.com',
    {
      service: 'Backblaze B2',
      perGigabyteMonth: 0.006,
      tier: 'pay as you go',
      readIn: '2026-04',
      source: 'https://www.backblaze.com/cloud-storage/pricing',
    },
  ],
  [
    '.r2.cloudflarestorage.com',
    {
      service: 'Cloudflare R2',
      perGigabyteMonth: 0.015,
      tier: 'Standard',
      readIn: '2026-08',
      source: 'https://developers.cloudflare.com/r2/pricing/',
    },
  ],
];

/** Of the service at this address; undefined is Amazon's own. Nothing for one whose prices are not known. */
export function priceOfEndpoint(endpoint: URL | undefined): StorePrice | undefined {
  if (endpoint === undefined) return AMAZON;
  return HOSTS.find(([suffix]) => endpoint.hostname.endsWith(suffix))?.[1];
}
