// How to bring back snapshots of files with stock tools: the text of docs/restore-by-hand.md, and what RECOVERY.md says about files, beside
// a dump and for a server that has none.
import { storageFolder } from '../stores/object-names.ts';
import type { SampledStorage } from '../proofs/proof.ts';
import { codeBlock, codeSpan, escapeMarkdown } from '../text/markdown.ts';
import { countOf, formatDay, formatInstant } from '../text/units.ts';
import { block, checkFingerprint, inFours, joinPage } from './page.ts';
import { bashWord, fetchCommand, fetchNeeds, listCommand } from './stock-commands.ts';

/**
 * For bash, where `SNAPSHOT` is an id, `get_storage` fetches an object of the storage into the working directory, the manifest is there and
 * checked, and gpg has the secret key. Everything comes below `files/`. It ends with a status other than 0 at the first thing that is wrong, whatever
 * the shell is set to; not as the left side of `&&`, where bash would go on.
 */
export const RESTORE_SNAPSHOT = String.raw`(
set -eo pipefail
# Hash and name of every object of a kind, in the order of the manifest.
objects() {
  awk -F'"' -v kind="/$1/" '$2 == "key" { key = $4 }
    $2 == "sha256" && index(key, kind) { n = split(key, path, "/"); print $4, path[n]; key = "" }' "$SNAPSHOT.json"
}
plain() { get_storage "$1/$3" && echo "$2  $3" | sha256sum --check --quiet >&2 && gpg --decrypt "$3" | zstd -dc && rm "$3"; }
# One record for each path, the last one that there is: a line, in which \n is a line break and \b a backslash.
objects snapshots | while read -r hash file; do plain snapshots "$hash" "$file" || exit 1; done |
  sed -z 's/\\/\\b/g; s/\n/\\n/g' | tr '\0' '\n' |
  LC_ALL=C awk '{ at = index($0, "//"); last[substr($0, 1, at - 1)] = substr($0, at + 2) }
    END { for (path in last) if (last[path] != "-") print path "//" last[path] }' >index.lines
# The names of each pack, without the slash at the beginning.
LC_ALL=C awk '{ print $NF "/" substr($0, 1, index($0, "//") - 1) }' index.lines | LC_ALL=C sort |
  LC_ALL=C awk '{ at = index($0, "/"); file = "names." substr($0, 1, at - 1)
    if (file != open) close(open); open = file; print substr($0, at + 2) >file }'
records() { tr '\n' '\0' | sed -z 's/\\n/\n/g; s/\\b/\\/g'; }
mkdir files
objects packs | while read -r hash file; do
  names="names.$(basename "$file" .tar.zst.gpg)"
  [ -e "$names" ] || continue
  records <"$names" >names
  plain packs "$hash" "$file" | LC_ALL=C tar -x -C files -p --numeric-owner --xattrs --xattrs-include='*' --acls \
    --delay-directory-restore --no-recursion --null -T names || exit 1
done
# What came into a directory later changed its time.
LC_ALL=C awk '{ at = index($0, "//"); split(substr($0, at + 2), f, " ")
  if (f[1] == "d") print "@" f[3] "\n" substr($0, 1, at - 1) }' index.lines | records |
  while IFS= read -r -d '' time && IFS= read -r -d '' path; do touch -d "$time" -- "files$path"; done
# Is every content what was read on the server?
LC_ALL=C awk '{ at = index($0, "//"); n = split(substr($0, at + 2), f, " ")
  if (f[1] == "f" && f[n - 1] != "-") print f[n - 1] "\n" substr($0, 1, at - 1) }' index.lines | records |
  while IFS= read -r -d '' hash && IFS= read -r -d '' path; do
    [ "$(sha256sum <"files$path")" = "$hash  -" ] || { echo "not what it was: $path" >&2; exit 1; }
  done
# As many as the manifest says?
found=$(LC_ALL=C awk '{ split(substr($0, index($0, "//") + 2), f, " "); n[f[1]]++ }
  END { printf "%d files, %d directories, %d links\n", n["f"], n["d"], n["l"] }' index.lines)
held=$(awk '$1 ~ /^"(files|directories|links)":$/ { n[$1] = $2 + 0 }
  END { printf "%d files, %d directories, %d links\n", n["\"files\":"], n["\"directories\":"], n["\"links\":"] }' "$SNAPSHOT.json")
[ "$found" = "$held" ] || { echo "there are $found; the manifest says $held" >&2; exit 1; }
echo "$found" && echo "All files are there."
)`;

/** A sample of a snapshot, and who signed that. */
export interface ReadFiles extends Omit<SampledStorage, 'isSigned'> {
  /** Fingerprint; undefined where nobody checked a signature. */
  readonly signedBy: string | undefined;
}

/** Where the files are, as on the page of a dump. */
export interface FilesPlace {
  readonly server: string;
  /** The store's own, `s3://bucket/prefix`, `sftp://user@host/directory` or `file:///directory`. */
  readonly storeLocation: string;
  /** Of an S3 service that is not Amazon's. */
  readonly storeEndpoint?: URL;
}

export interface RecoveryFilesFacts extends FilesPlace {
  /** ISO 8601, as everything of the restore test that the page is written for. */
  readonly startedAt: string;
  readonly recoveredTo: string;
  readonly storage: readonly ReadFiles[];
  readonly limits: readonly string[];
}

/** The page of a server that has files alone, as Markdown. Throws RangeError for a fingerprint that is none. */
export function renderFilesRecovery(facts: RecoveryFilesFacts): string {
  const { server, storeLocation, storeEndpoint, startedAt, recoveredTo, storage, limits } = facts;
  const signers = [...new Set(storage.flatMap(({ signedBy }) => signedBy ?? []))];
  const program = fetchNeeds(storeLocation);
  return joinPage([
    `# Bring back the files of ${escapeMarkdown(server)} as of ${formatInstant(recoveredTo)}`,
    [
      `This page restores snapshots of files with stock tools and without Lifeboat. A restore test on ${formatDay(startedAt)} read a sample of each. There was no dump of a database of this server.`,
      '**They are the ones that were tested, and not the newest any more** when this shows a later `<id>.json` in a folder `snapshots`:',
      codeBlock(listCommand(storeLocation, storeEndpoint, `${server}/storage/`), 'text'),
      'To restore that one put its id into `SNAPSHOT`, and leave out the line that compares the manifest with a SHA-256.',
      'The page lies in the store, where somebody may have changed it: read each command before you paste it. ' +
        'Its SHA-256 is `recoverySha256` in the `proof.json` next to it, which `gpg --verify proof.json.sig proof.json` checks.',
    ].join('\n\n'),
    '## What you need',
    [
      `A machine with room for all files and one pack, \`bash\`, \`gpg\`, \`zstd\`, \`sha256sum\`${program === undefined ? '' : ` and ${program}`}.`,
      'An empty directory, and in it `backup-secret-key.asc`: the secret key of one of the recipients. It is neither on the old server nor in the store. It is where you put it when it was made: a safe, a password manager, the offline copy.',
      ...(signers.length === 0
        ? []
        : [
            'In the same directory `trusted-signers.asc`, the public key of the signer, and on paper its fingerprint.',
          ]),
    ]
      .map((line) => `- ${line}`)
      .join('\n'),
    '## 1. Begin',
    'Start `bash` in that directory, and paste one block after the other. The shell ends at the first thing that is wrong: stop there, and begin again here when it is mended.',
    block(
      'gpg --batch --import backup-secret-key.asc',
      ...(signers.length === 0 ? [] : ['gpg --batch --import trusted-signers.asc']),
    ),
    '## 2. Check who made them',
    signers.length === 0
      ? 'The test did not check a signature, so that nothing shows who made these snapshots. Each is compared with the one that was tested.'
      : `The fingerprint on your paper must be ${signers.map((signer) => codeSpan(inFours(signer))).join(' or ')}; if the paper says something else, stop. The blocks below check it.`,
    '## 3. Files',
    ...restoreFiles(facts, storage),
    '## What does not come back, or was not shown',
    [
      'Databases of the server, and everything that was written after the snapshots.',
      ...limits.map((limit) => `Not shown by the test: ${escapeMarkdown(limit)}.`),
    ]
      .map((line) => `- ${line}`)
      .join('\n'),
  ]);
}

/** A block for each storage, behind what the test read of it. Each says who has to have signed. */
export function restoreFiles(
  { server, storeLocation, storeEndpoint }: FilesPlace,
  storages: readonly ReadFiles[],
): string[] {
  const { command, base } = fetchCommand(storeLocation, storeEndpoint);
  const read = ({ name, share, files, snapshot, instant }: ReadFiles) =>
    `- ${codeSpan(name)}: snapshot ${codeSpan(snapshot)} of ${formatInstant(instant)}. The test read ${share} of its packs, and compared ${countOf(files, 'file')}.`;
  return [
    storages.map(read).join('\n'),
    'As root, and with GNU `tar`, `sed` and `awk`, each comes into a new directory, with every path below `files/`; move it from there to where it belongs. For a single file `lifeboat restore-files` is simpler.',
    ...storages.map(({ name, snapshot, manifestSha256, signedBy }) => {
      checkFingerprint(signedBy);
      return block(
        `mkdir ${name} && cd ${name}`,
        `SNAPSHOT=${snapshot}`,
        `STORAGE=${bashWord(`${base}/${storageFolder(server, name).replace(/\/$/, '')}`)}`,
        `get_storage() { ${command} "$STORAGE/$1" . >&2; }`,
        'get_storage "snapshots/$SNAPSHOT.json"',
        `echo '${manifestSha256}  ${snapshot}.json' | sha256sum --check`,
        ...(signedBy === undefined
          ? []
          : [
              '# Must be the one on your paper, whatever this page says.',
              `SIGNER=${signedBy}`,
              'get_storage "snapshots/$SNAPSHOT.json.sig"',
              'gpg --status-fd 1 --verify "$SNAPSHOT.json.sig" "$SNAPSHOT.json" | grep "^\\[GNUPG:] VALIDSIG .* $SIGNER\\$"',
            ]),
        RESTORE_SNAPSHOT,
        'cd ..',
      );
    }),
  ];
}
