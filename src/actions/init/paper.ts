// The page that is printed and put away: what it takes to begin a restore when everything else is gone. Nothing on it is secret, except
// what people write into its blanks.
import { codeBlock, codeSpan, escapeMarkdown, markdownTable } from '../../domain/markdown.ts';
import { fetchCommand } from '../../domain/stock-commands.ts';
import type { StoreLocation } from '../../domain/store-url.ts';
import { storeUrl, type Site, type SiteKeys } from './site.ts';

const BLANK = '______________________________';

export function renderPaper({ inputs }: Site, keys: SiteKeys): string {
  const { server, store, storeEndpoint } = inputs;
  const { command, base } = fetchCommand(storeUrl(store), storeEndpoint);
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
    'On a clean machine with `gpg` and `zstd`, import a key and look at the newest proof. Its page tells every further step, with stock tools alone:',
    codeBlock(
      [
        'gpg --import offline-secret.asc',
        `${command.replace(/ cp\b/, ' ls --recursive').replace(/^cp$/, 'find')} ${base}/${server}/proofs/`,
        `${command} ${base}/${server}/proofs/RUN/RECOVERY.md .`,
      ].join('\n'),
      'sh',
    ),
    'Without any proof yet: docs/restore-by-hand.md of Lifeboat.',
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
