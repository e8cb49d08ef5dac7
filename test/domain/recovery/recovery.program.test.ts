// What the page says. That its commands do what they say is seen on real servers: test/integration/recovery.test.ts.
import { spawnSync } from 'node:child_process';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { renderRecovery, type RecoveryFacts } from '../../../src/domain/recovery/recovery.ts';
import { bashWord, fetchCommand } from '../../../src/domain/recovery/stock-commands.ts';
import { renderFilesRecovery, RESTORE_SNAPSHOT } from '../../../src/domain/recovery/recovery-files.ts';
import { parsePage, readPage } from '../../helpers/documentation.ts';
import { randomText, seededRandom } from '../../helpers/random-text.ts';
import { HOSTILE } from '../hostile.ts';
import { exampleBinlogManifest } from '../binlogs/binlog-manifest-example.ts';
import { exampleManifest } from '../dumps/manifest-example.ts';
import { exampleProof } from '../proofs/proof-example.ts';

const FINGERPRINT = 'ABCDEF0123'.repeat(4);

const unsigned = (): RecoveryFacts => ({
  manifest: exampleManifest(),
  manifestSha256: 'a'.repeat(64),
  storeLocation: 's3://backups/fleet',
  test: {
    startedAt: '2026-11-22T04:00:00.000Z',
    timings: { fetchMs: 12_000, loadMs: 250_000, checksMs: 60_000, totalMs: 330_000 },
    limits: ['definitions of 2 objects are written differently'],
    versions: { sandboxServer: '10.11.19-MariaDB' },
  },
});
const page = (changes: Partial<RecoveryFacts> = {}): string =>
  renderRecovery({ ...unsigned(), signerFingerprint: FINGERPRINT, ...changes });
const blocks = (markdown: string): string[] =>
  parsePage('RECOVERY.md', markdown)
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text);
const html = (markdown: string): string =>
  micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
const syntaxOf = (markdown: string): string =>
  spawnSync('bash', ['-n'], { input: blocks(markdown).join('') }).stderr.toString();

describe('renderRecovery', () => {
  it('says what, when, how long, with what, and what stays lost', () => {
    const text = page();
    expect(text.split('\n')[0]).toBe('# Bring back atlas as of 20 Nov 2026, 03:05:14 UTC');
    expect(text).toContain('A restore test on 22 Nov 2026 fetched it in 12 s and loaded it in 4 min 10 s');
    expect(text).toContain('the secret key of one of `0123456789ABCDEF`, `FEDCBA9876543210`');
    expect(text).toContain('`ABCD EF01 23AB CDEF');
    expect(text).toContain('Databases that were left out: `scratch`.');
    expect(text).toContain('Not shown by the test: 1 account (it logs in through the unix socket).');
    expect(text).toContain('Not shown by the test: definitions of 2 objects');
    expect(text.split('\n').length).toBeLessThan(150);
  });

  it('checks in this order: signature, hashes, then accounts, databases, rights on tables, counts', () => {
    const script = blocks(page()).join('');
    const accounts = ["TO /d' |", 'load databases.sql', "TO /p' |"];
    const steps = ['VALIDSIG', 'sha256sum --check', ...accounts, 'compare shop'];
    const places = steps.map((step) => script.lastIndexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(script.indexOf('gpg --decrypt')).toBeGreaterThan(places[1] ?? 0);
  });

  it('loads an object for each database in the order of the manifest', () => {
    const manifest = exampleManifest();
    const [data, ...others] = manifest.objects;
    if (data === undefined) throw new TypeError('no object');
    const object = (name: string) => ({
      ...{ ...data, name, databases: [name] },
      parts: data.parts.map((part) => ({ ...part, key: part.key.replace('databases.sql', `${name}.sql`) })),
    });
    const objects = [...['shop', 'a_reports'].map(object), ...others];
    const text = page({ manifest: { ...manifest, layout: 'per-database', objects } });
    const loads = blocks(text)
      .join('')
      .match(/^load .*$/gm);
    expect(loads?.map((line) => line.split(' ')[1])).toEqual(['shop.sql.zst.gpg', 'a_reports.sql.zst.gpg']);
    expect(text).toContain(
      'One moment for all databases: they were dumped one after the other, until 20 Nov 2026',
    );
  });

  it('begins every block with a shell that stops', () => {
    expect(blocks(page())).toHaveLength(6);
    for (const block of blocks(page())) expect(block).toMatch(/^set -euo pipefail\n/);
    expect(syntaxOf(page())).toBe('');
  });

  it('fetches from a bucket of any provider, and from a directory', () => {
    const folder = 'atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb-nightly';
    expect(page()).toContain(`BACKUP=s3://backups/fleet/${folder}\n`);
    expect(page()).toContain('do aws s3 cp "$BACKUP/$file" .; done');
    expect(page({ storeEndpoint: new URL('https://s3.example.com') })).toContain(
      'aws s3 cp --endpoint-url https://s3.example.com "$BACKUP/$file" .',
    );
    const local = page({ storeLocation: "file:///srv/it's here" });
    expect(local).toContain(`BACKUP='/srv/it'\\''s here/${folder}'\n`);
    expect(local).toContain('do cp "$BACKUP/$file" .; done');
    expect(local).not.toContain('aws');
    expect(syntaxOf(local)).toBe('');
  });

  it('joins parts, and loads with the moment of the backup', () => {
    const script = blocks(page()).join('');
    expect(script).toContain('load databases.sql.zst.gpg databases.sql.zst.gpg.002\n');
    expect(script).toContain("'SET SESSION sql_log_bin = 0, timestamp = 1795143914'");
    expect(script).toContain('compare shop "\'shop\'" 12 1 34567\n');
    expect(script).toContain('3 0 -\n');
  });

  it('says that nobody checked who made it, where that is so', () => {
    const text = renderRecovery(unsigned());
    expect(text).toContain('nothing shows who made this backup');
    expect(text).toContain(`echo '${'a'.repeat(64)}  manifest.json' | sha256sum --check`);
    expect(text).not.toMatch(/VALIDSIG|SIGNER|trusted-signers|manifest\.json\.sig/);
    expect(syntaxOf(text)).toBe('');
  });

  it('says so where there are no accounts', () => {
    const manifest = exampleManifest();
    const text = page({
      manifest: { ...manifest, objects: manifest.objects.filter(({ role }) => role !== 'accounts') },
    });
    expect(text).toContain('The backup holds no accounts');
    expect(text).not.toContain('accounts.sql');
  });

  it("uses MySQL's client for MySQL", () => {
    const manifest = exampleManifest();
    const text = page({ manifest: { ...manifest, source: { ...manifest.source, flavour: 'mysql' } } });
    expect(text).toContain('CLIENT="${CLIENT:-mysql}"');
    expect(blocks(text).join('')).not.toContain('mariadb --host');
  });

  it.each(['', 'abcd', 'a'.repeat(40), `${FINGERPRINT}\n`, '$(id)'])('refuses the fingerprint %j', (text) => {
    expect(() => page({ signerFingerprint: text })).toThrow(RangeError);
  });

  it.each(HOSTILE)('shows %j as text, and runs nothing of it', (name) => {
    const manifest = exampleManifest();
    const text = page({
      storeLocation: `file:///srv/${name}`,
      manifest: {
        ...manifest,
        versions: { server: name, dumpTool: name, lifeboat: name },
        source: { ...manifest.source, hostName: name },
        databases: [{ name, tables: 1, views: 0, rows: 1, plainBytes: 1 }],
        excluded: { ...manifest.excluded, databases: [name] },
        notProvable: [{ what: name, why: name }],
      },
      test: { ...unsigned().test, limits: [name], versions: { sandboxServer: name } },
    });
    const shown = html(text);
    expect(shown).not.toMatch(/<(?:img|a|strong>b)|<\/details>|\u202e|\u001b/);
    expect(text).not.toMatch(/^::/m);
    // Ours: the title, eight headings below it, six blocks and a command to look with.
    expect([...shown.matchAll(/<h\d>/g)]).toHaveLength(9);
    expect([...shown.matchAll(/<pre>/g)]).toHaveLength(7);
    expect(syntaxOf(text)).toBe('');
    // The variables come out as they went in: `BACKUP` is one word, and nothing else is run by setting it.
    const assignment = /^BACKUP=.*$/m.exec(text)?.[0] ?? '';
    const { stdout } = spawnSync('bash', ['-c', `${assignment}; printf '%s' "$BACKUP"`]);
    expect(stdout.toString()).toContain(`/srv/${name}/atlas/dumps/`);
  });
});

describe('bashWord', () => {
  it('is one word of bash, on one line, and needs no fence', () => {
    const random = seededRandom(3);
    const pieces = [
      ...HOSTILE,
      "'",
      '"',
      '\\',
      '$HOME',
      '\n',
      '`',
      '\t',
      '!',
      '~',
      'é',
      '⚓',
      ' ',
      '-',
      '\u200d',
    ];
    const words = Array.from({ length: 300 }, () => randomText(random, pieces, 5)).filter(
      (word) => word !== '',
    );
    const quoted = words.map(bashWord);
    for (const word of quoted) expect(word).not.toMatch(/[\n`\u202e\u001b]/);
    const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${quoted.join(' ')}`]);
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(words);
  });

  it('leaves plain words alone', () => {
    for (const word of ['databases.sql.zst.gpg.002', 's3://a-b.c/d', 'https://e.example:9000'])
      expect(bashWord(word)).toBe(word);
    expect(bashWord('-rf')).toBe("'-rf'");
    expect(bashWord('')).toBe("''");
  });
});

it.each([
  ['sftp://backup@store.example.com/srv/b', 'sftp -q -P 22', 'backup@store.example.com:/srv/b'],
  ['sftp://backup@[2001:db8::1]:2222/b', 'sftp -q -P 2222', 'backup@[2001:db8::1]:/b'],
])('fetchCommand knows %s', (location, command, base) => {
  expect(fetchCommand(location, undefined)).toEqual({ command, base });
});

it('fetchCommand takes the origin of an endpoint only', () => {
  expect(fetchCommand('s3://b', new URL('https://e.example:9000/x?y'))).toEqual({
    ...{ command: 'aws s3 cp --endpoint-url https://e.example:9000', base: 's3://b' },
  });
});

describe('with binlogs', () => {
  const shipped = { manifest: exampleBinlogManifest(), manifestSha256: 'b'.repeat(64) };
  const replay = { recoveredTo: '2026-11-20T04:00:00.000Z', binlogs: [shipped], stopPosition: 7_000 };

  it('they are fetched, checked, and go through one call up to the moment', () => {
    const text = page({ replay });
    expect(text.split('\n')[0]).toBe('# Bring back atlas as of 20 Nov 2026, 04:00:00 UTC');
    expect(text).toContain('Everything that was written after 20 Nov 2026, 04:00:00 UTC');
    const [fetching = '', replaying = ''] = blocks(text).slice(-2);
    const { id } = shipped.manifest;
    expect(fetching).toContain(`echo '${shipped.manifestSha256}  ${id}.json' | sha256sum --check`);
    expect(fetching).toContain(`gpg --status-fd 1 --verify ${id}.json.sig ${id}.json | grep`);
    expect(fetching).toContain(`cat ${id}.zst.gpg ${id}.zst.gpg.002 | gpg --decrypt | zstd -dc >${id}`);
    expect(fetching).toContain(`echo '${shipped.manifest.binlog.sha256}  ${id}' | sha256sum --check`);
    expect(replaying).toMatch(/TZ=UTC mariadb-binlog .*--start-position=\d+ --stop-position=7000 /);
    expect(syntaxOf(text)).toBe('');
  });

  it('all of them are replayed without a stop, and MySQL does without their ids', () => {
    const manifest = exampleManifest();
    const mysql = { ...manifest, source: { ...manifest.source, flavour: 'mysql' as const } };
    const text = page({ manifest: mysql, replay: { ...replay, stopPosition: undefined } });
    expect(text).toMatch(/TZ=UTC mysqlbinlog .* --skip-gtids/);
    expect(text).not.toContain('--stop-position');
    expect(renderRecovery({ ...unsigned(), replay })).not.toContain(`${shipped.manifest.id}.json.sig`);
  });
});

it('says how to look for a newer one, which it is not for', () => {
  const text = page();
  expect(text).toContain('```text\naws s3 ls --recursive s3://backups/fleet/atlas/dumps/\n```');
  expect(text).toMatch(/To restore that one put its path into `BACKUP`.* and step 6, which/);
});

const readFiles = (signedBy?: string) =>
  (exampleProof().storage ?? []).map((files) => ({ ...files, signedBy }));

describe('files', () => {
  const withFiles = (signedBy?: string): RecoveryFacts => {
    const facts = unsigned();
    return { ...facts, test: { ...facts.test, storage: readFiles(signedBy) } };
  };

  it('come back from the snapshot that was tested', () => {
    const text = renderRecovery({ ...withFiles(), signerFingerprint: FINGERPRINT });
    expect(text).toContain('## 7. Files');
    expect(text).toContain('snapshot `20261120T033500Z-7f3a9c1f` of 20 Nov 2026, 03:35:01 UTC');
    expect(text).toContain(`echo '${'f'.repeat(64)}  20261120T033500Z-7f3a9c1f.json' | sha256sum --check`);
    expect(text).toContain('STORAGE=s3://backups/fleet/atlas/storage/files\n');
    expect(text).toContain(RESTORE_SNAPSHOT);
    expect(text).not.toContain('.json.sig" "$SNAPSHOT.json"');
    expect(syntaxOf(text)).toBe('');
  });

  it('are checked with the key that signed their snapshot, whoever signed the dump', () => {
    const signer = 'FEDCBA9876'.repeat(4);
    const text = renderRecovery({ ...withFiles(signer), signerFingerprint: FINGERPRINT });
    const [, files = ''] = text.split('## 7. Files');
    expect(files).toContain(`SIGNER=${signer}\n`);
    expect(files).toContain('grep "^\\[GNUPG:] VALIDSIG .* $SIGNER\\$"');
    expect(() => renderRecovery(withFiles('$(id)'))).toThrow(RangeError);
  });

  it('have a page of their own where there is no dump', () => {
    const facts = (signedBy?: string) => ({
      ...{ server: 'atlas', storeLocation: 's3://backups/fleet', startedAt: '2026-11-22T04:00:00.000Z' },
      ...{ recoveredTo: '2026-11-20T03:35:01.000Z', storage: readFiles(signedBy), limits: ['a <limit>'] },
    });
    const text = renderFilesRecovery(facts(FINGERPRINT));
    expect(text.split('\n')[0]).toBe('# Bring back the files of atlas as of 20 Nov 2026, 03:35:01 UTC');
    expect(text).toContain('There was no dump of a database of this server');
    expect(text).toContain('aws s3 ls --recursive s3://backups/fleet/atlas/storage/');
    expect(text).toContain('ABCD EF01 23AB');
    expect(text).toContain('Not shown by the test: a &lt;limit&gt;.');
    const script = blocks(text).join('');
    const steps = [
      '--import trusted-signers.asc',
      'sha256sum --check',
      `SIGNER=${FINGERPRINT}`,
      'VALIDSIG',
      '(\nset -eo',
    ];
    const places = steps.map((step) => script.indexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text).toContain(RESTORE_SNAPSHOT);
    expect(syntaxOf(text)).toBe('');
    const unchecked = renderFilesRecovery(facts());
    expect(unchecked).toContain('nothing shows who made these snapshots');
    expect(unchecked).not.toMatch(/VALIDSIG|SIGNER|trusted-signers/);
    expect(() => renderFilesRecovery(facts('abcd'))).toThrow(RangeError);
  });

  it('come back with the commands of the documentation', () => {
    expect(readPage('docs/restore-by-hand.md').blocks.map(({ text }) => text)).toContain(
      `${RESTORE_SNAPSHOT}\n`,
    );
  });
});
