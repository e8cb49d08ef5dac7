// The page that is printed and put away: what it takes to begin a restore when everything else is gone. Nothing on it is secret, except
// what people write into its blanks.
import { codeBlock, codeSpan, escapeMarkdown, markdownTable } from '../../domain/text/markdown.ts';
import { fetchCommand, listCommand } from '../../domain/recovery/stock-commands.ts';
import type { StoreLocation } from '../../domain/stores/store-url.ts';
import { storeUrl, type Site, type SiteKeys } from './site.ts';

const BLANK = '______________________________';

export function renderPaper({ inputs }: Site, keys: SiteKeys): string {
  const { server, store, storeEndpoint } = inputs;
  const { command, base } = fetchCommand(storeUrl(store), storeEndpoint);
  const list = (folder: string) => listCommand(storeUrl(store), storeEndpoint, folder);
  return `${[
    `# Bring back ${escapeMarkdown(server)}`,
    'Print this page. Keep one copy with each of the two media that hold the offline key.',
    '## Where the backups are',
    markdownTable(
      [{ title: 'What' }, { title: 'Value' }],
      [
        ['Store', codeSpan(storeUrl(store))],
        ['Service', serviceOf(store, storeEndpoint)],
        ['Account there, and who can log in', BLANK],
        ['Key that may read', BLANK],
      ],
    ),
    '## What opens them',
    markdownTable(
      [{ title: 'Key' }, { title: 'Fingerprint' }, { title: 'Where it lies' }],
      [
        ['daily', codeSpan(inFours(keys.daily.fingerprint)), BLANK],
        ['offline', codeSpan(inFours(keys.offline.fingerprint)), BLANK],
        ['passphrase of both', '', BLANK],
      ],
    ),
    '## What must have signed them',
    markdownTable(
      [{ title: 'Signs' }, { title: 'Fingerprint' }],
      [
        ['manifests of backups', codeSpan(inFours(keys.signing.fingerprint))],
        ['proofs of restore tests', codeSpan(inFours(keys.proofSigning.fingerprint))],
      ],
    ),
    'A backup that another key signed is not yours.',
    '## How to begin',
    'On a clean machine with `gpg` and `zstd`, import a key and look what is there:',
    codeBlock(
      [
        'gpg --import offline-secret.asc',
        ...['dumps', 'binlogs', 'proofs'].map((folder) => list(`${server}/${folder}/`)),
      ].join('\n'),
      'sh',
    ),
    'The name of a folder below `dumps/` begins with its time in UTC, and one with a `manifest.json` is a backup. Begin with the newest, but for those whose names end in a label: they may be a part only. ' +
      'docs/restore-by-hand.md of Lifeboat tells every step with stock tools alone; print it, too. What was written after a dump is in `binlogs/`, and its last section brings it back.',
    'The page of a proof is ready to paste, but for the backup that was tested, which may be days older. It says how to put a newer one in its place:',
    codeBlock(`${command} ${base}/${server}/proofs/RUN/RECOVERY.md .`, 'sh'),
  ].join('\n\n')}\n`;
}

function serviceOf(store: StoreLocation, endpoint: URL | undefined): string {
  if (store.kind === 'sftp') return `SFTP at ${codeSpan(`${store.host}:${store.port}`)}`;
  if (store.kind === 'directory') return `a directory of this machine: ${BLANK}`;
  return endpoint === undefined ? 'Amazon S3' : codeSpan(endpoint.origin);
}

/** As `gpg` prints it, and people compare it. */
function inFours(fingerprint: string): string {
  return fingerprint.match(/.{4}/g)?.join(' ') ?? fingerprint;
}
