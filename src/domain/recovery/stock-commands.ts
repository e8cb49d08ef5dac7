// Commands with stock tools that people paste to fetch and load a backup: in summaries and in RECOVERY.md. For bash.
import { OBJECT_GRANT } from '../stores/object-grants.ts';
import { shellQuote } from '../text/shell.ts';
import { parseStoreUrl } from '../stores/store-url.ts';

/** The dump's own header sets a mode in which dates such as 30 February become 0000-00-00, without an error. */
export const KEEP_INVALID_DATES = `LC_ALL=C sed '1,/NO_AUTO_VALUE_ON_ZERO/s/NO_AUTO_VALUE_ON_ZERO/&,ALLOW_INVALID_DATES/'`;

/**
 * `--binary-mode`: no commands to the client that somebody may have put into the data. `--comments`: those in routines stay.
 */
export const LOAD_OPTIONS = '--binary-mode --comments --max-allowed-packet=1G';

/** The SQL client, by the flavour of the server. */
export const STOCK_CLIENTS = { mariadb: 'mariadb', mysql: 'mysql' } as const;

/** What reads binlogs, by the flavour of the server. */
export const STOCK_BINLOG_TOOLS = { mariadb: 'mariadb-binlog', mysql: 'mysqlbinlog' } as const;

/** Filters for the text of accounts: what is loaded before the databases, and what after them. */
export const WITHOUT_OBJECT_GRANTS = `LC_ALL=C sed '/${OBJECT_GRANT}/d'`;
export const OBJECT_GRANTS_ONLY = `LC_ALL=C sed -n '/${OBJECT_GRANT}/p'`;

const PLAIN_WORD = /^[A-Za-z0-9_./][A-Za-z0-9_./:@%+,=-]*$/;
/** What a fence, an escape or an eye would take for something else. */
const UNSAFE_IN_A_BLOCK = /[^\p{L}\p{N}\p{P}\p{S} ]|[`\p{Bidi_Control}]/u;

/** One word of bash in printable characters, on one line and without backquotes; quoted only where that is needed. */
export function bashWord(text: string): string {
  if (PLAIN_WORD.test(text)) return text;
  if (!UNSAFE_IN_A_BLOCK.test(text)) return shellQuote(text);
  const bytes = Array.from(Buffer.from(text, 'utf8'), (byte) =>
    /[A-Za-z0-9 _./:@%+,=-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `$'${bytes.join('')}'`;
}

/** The command before the name of an object, and where that name is appended to. `location` is the store's own. */
export function fetchCommand(
  location: string,
  endpoint: URL | undefined,
): { readonly command: string; readonly base: string } {
  if (location.startsWith('sftp://')) return sftpCommand(location);
  if (!location.startsWith('s3://')) return { command: 'cp', base: location.replace(/^file:\/\//, '') };
  const option = endpoint === undefined ? '' : ` --endpoint-url ${bashWord(endpoint.origin)}`;
  return { command: `aws s3 cp${option}`, base: location };
}

/** What shows the names of all objects below a folder, `server/dumps/`; of an SFTP account a prompt there, for `ls` and `cd`. */
export function listCommand(location: string, endpoint: URL | undefined, folder: string): string {
  const { command, base } = fetchCommand(location, endpoint);
  const list = command.replace(/^aws s3 cp/, 'aws s3 ls --recursive').replace(/^cp$/, 'find');
  return `${list} ${bashWord(`${base}/${folder}`)}`;
}

/** What one needs beside the usual programs to fetch from there; undefined for a directory. */
export function fetchNeeds(location: string): string | undefined {
  if (location.startsWith('s3://')) return '`aws`, with credentials that may read the store';
  return location.startsWith('sftp://')
    ? '`sftp`, with a key that the store lets in (`IdentityFile` in `~/.ssh/config`)'
    : undefined;
}

/** `sftp` fetches the one file that stands behind the host, and fails when it cannot; its options say neither key nor host key. */
function sftpCommand(location: string): ReturnType<typeof fetchCommand> {
  const store = parseStoreUrl(location);
  if (store.kind !== 'sftp') throw new RangeError('not the location of an SFTP store');
  const host = store.host.includes(':') ? `[${store.host}]` : store.host;
  return { command: `sftp -q -P ${store.port}`, base: `${store.user}@${host}:${store.path}` };
}
