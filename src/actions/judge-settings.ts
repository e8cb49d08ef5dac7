// What the settings of a bucket mean for backups: versions, locks, and the rule for unfinished uploads.
import type { StoreSettings } from '../ports/store.ts';

export interface SettingVerdict {
  readonly setting: 'keepsVersions' | 'abortsUploads' | 'locks';
  /** What was looked at: "whether …". */
  readonly subject: string;
  readonly state: 'good' | 'bad' | 'unknown';
  /** What is wrong, and what to do; where it is bad. */
  readonly what: string;
  readonly fix: string;
  /** Why it is not known; where it is not. */
  readonly why: string;
}

export function judgeSettings(settings: StoreSettings): readonly SettingVerdict[] {
  const judge = (
    setting: SettingVerdict['setting'],
    right: string,
    texts: Pick<SettingVerdict, 'subject' | 'what' | 'fix'>,
  ): SettingVerdict => ({
    setting,
    state: settings[setting] === undefined ? 'unknown' : settings[setting] ? 'good' : 'bad',
    why: `the service does not say, or the reader lacks ${right}`,
    ...texts,
  });
  return [
    judge('keepsVersions', 's3:GetBucketVersioning', {
      subject: 'whether the bucket keeps versions',
      what: "the bucket keeps no versions: whoever steals the writer's key can replace backups",
      fix: 'aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled',
    }),
    judge('abortsUploads', 's3:GetLifecycleConfiguration', {
      subject: 'whether unfinished uploads are removed',
      what: 'no rule of the bucket removes uploads that were never completed: they are kept, and paid for, without end',
      fix: 'Add AbortIncompleteMultipartUpload after 3 days (docs/store-setup.md, What runs leave behind).',
    }),
    judge('locks', 's3:GetBucketObjectLockConfiguration', {
      subject: 'whether new objects are locked',
      what: 'the bucket locks no objects: whoever takes over its account can delete every backup',
      fix: 'Set a default retention (docs/store-setup.md, Retention). Object Lock may have to be on since the bucket was made.',
    }),
  ];
}
