// What goes wrong with an SFTP store: servers that refuse, lines that break at any moment, files that change. Nothing that is not whole
// ever has the name of an object, and nothing short is ever read as if it were all.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchCommand } from '../../../src/domain/recovery/stock-commands.ts';
import { createSftpFiles } from '../../../src/remote/sftp-files.ts';
import type { SftpOptions } from '../../../src/remote/sftp-session.ts';
import { collect, generateBytes, generateStream, readAll } from '../../helpers/bytes.ts';
import {
  ADD_ONLY,
  findFiles,
  makeStoreDirectory,
  openSftpStore,
  plantFile,
  sftpOptionsOf,
  type SftpStore,
} from '../../helpers/sftp-account.ts';
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from '../../helpers/tcp-proxy.ts';
import { tryCommand } from '../../lab/command.ts';
import { findFreePorts } from '../../lab/ports.ts';
import { LabRun } from '../../lab/run.ts';
import { createSshKey } from '../../lab/ssh-keys.ts';
import { findTargetProcesses, startTarget, type TargetOptions } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab().ssh;
const { signal } = new AbortController();
const MEBIBYTE = 1024 * 1024;
/** What may be sent and not yet confirmed: 128 pieces of 32 KiB, the chunk that is being cut up, and the one behind it. */
const MAX_AHEAD_BYTES = 4 * MEBIBYTE + 2 * 60_001;

let run: LabRun;
beforeAll(async () => {
  run = await LabRun.start();
});
afterAll(() => run.stop());

interface Opened extends SftpStore, AsyncDisposable {
  readonly directory: string;
}

/** A new directory in the home of the lab's account. */
async function open(changes: Partial<SftpOptions> = {}, target = lab): Promise<Opened> {
  const directory = await makeStoreDirectory(target.home);
  return openAt(directory, sftpOptionsOf(target, changes));
}

function openAt(directory: string, options: SftpOptions): Opened {
  const files = createSftpFiles(options);
  return { ...openSftpStore(files, directory), directory, [Symbol.asyncDispose]: () => files.close() };
}

async function openOn(options: TargetOptions): Promise<Opened> {
  return open({}, (await startTarget(run, options)).address);
}

/** Through a line that can be cut; as in ssh, a host key without a port is good for all. */
async function openThrough(
  changes: Partial<SftpOptions> = {},
  line: TcpProxyOptions = {},
): Promise<Opened & { proxy: TcpProxy }> {
  const proxy = await startTcpProxy(lab.port, line);
  const knownHosts = lab.knownHosts.replaceAll(`[${lab.host}]:${lab.port}`, lab.host);
  const store = await open({ port: proxy.port, knownHosts, ...changes });
  return {
    ...store,
    proxy,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

const coded = (code: string, text = '', hint = '') => ({
  code,
  message: expect.stringContaining(text) as string,
  ...(hint === '' ? {} : { hint: expect.stringContaining(hint) as string }),
});

describe('what is wrong from the beginning', () => {
  it('another host key: nothing is said to that server', async () => {
    const other = await createSshKey(run.path('other-host'));
    await using store = await open({ knownHosts: `[${lab.host}]:${lab.port} ${other}` });
    await expect(store.writer.readClock(signal)).rejects.toMatchObject(
      coded('store-unreachable', '`store-known-hosts` lists', 'Neither user nor key was sent'),
    );
  });

  it('a key that is not let in', async () => {
    await createSshKey(run.path('stranger'));
    await using store = await open({ privateKey: readFileSync(run.path('stranger'), 'utf8') });
    await expect(store.reader.readClock(signal)).rejects.toMatchObject(
      coded('store-denied', 'did not accept user'),
    );
  });

  it('a port where nobody listens', async () => {
    const { port } = await findFreePorts('port');
    const knownHosts = lab.knownHosts.replaceAll(`[${lab.host}]:${lab.port}`, lab.host);
    await using store = await open({ port, knownHosts });
    const get = store.reader.get('object', signal);
    await expect(get).rejects.toMatchObject(coded('store-unreachable', `SFTP server ${lab.host}:${port}`));
  });

  it.each<[string, TargetOptions]>([
    ['no SFTP', { sftp: '' }],
    ['a command that ends', { configuration: ['ForceCommand false'] }],
    ['a command that talks', { configuration: ['ForceCommand echo welcome'] }],
  ])('a server with %s in its place', async (_, options) => {
    await using store = await openOn(options);
    await expect(store.writer.readClock(signal)).rejects.toMatchObject(
      coded('store-denied', 'has no SFTP for this user', 'Subsystem sftp internal-sftp'),
    );
  });

  it('a directory that is not there', async () => {
    await using store = openAt(`${lab.home}/missing`, sftpOptionsOf(lab));
    for (const work of [
      () => store.writer.readClock(signal),
      () => store.reader.readClock(signal),
      () => store.writer.put('object', generateBytes(1), { signal }),
      () => collect(store.reader.list('', signal)),
    ])
      await expect(work()).rejects.toMatchObject(coded('store-not-found', `${lab.home}/missing`));
    expect(existsSync(`${lab.home}/missing`)).toBe(false);
  });

  it('a directory of somebody else', async () => {
    const directory = await run.makeDirectory('of-somebody-else');
    await plantFile(directory, 'a/object', generateBytes(10));
    await chmod(path.join(directory, 'a/object'), 0o600);
    await mkdir(path.join(directory, 'closed'), { mode: 0o700 });
    await using store = openAt(directory, sftpOptionsOf(lab));
    await expect(store.writer.readClock(signal)).rejects.toMatchObject(coded('store-denied', 'EACCES'));
    const put = store.writer.put('object', generateBytes(1), { signal });
    await expect(put).rejects.toMatchObject(coded('store-denied'));
    await expect(store.reader.get('a/object', signal)).rejects.toMatchObject(coded('store-denied'));
    await expect(collect(store.reader.list('', signal))).rejects.toMatchObject(
      coded('store-denied', 'closed'),
    );
  });

  it('links that lead out of it', async () => {
    await using store = await open();
    const outside = await run.makeDirectory('outside');
    await writeFile(path.join(outside, 'object'), 'outside');
    await symlink(outside, path.join(store.directory, 'atlas'));
    await symlink(path.join(outside, 'object'), path.join(store.directory, 'link'));
    await expect(store.reader.get('atlas/object', signal)).rejects.toMatchObject(coded('store-denied'));
    await expect(store.reader.get('link', signal)).rejects.toMatchObject(coded('store-denied'));
    const put = store.writer.put('link', generateBytes(1), { signal });
    await expect(put).rejects.toMatchObject(coded('store-exists'));
    expect(await collect(store.reader.list('', signal))).toEqual([]);
  });
});

describe('while it writes', () => {
  it('a full disk', async () => {
    // The server's /dev/shm is a small one of its own.
    const directory = await makeStoreDirectory(lab.sharedMemory);
    try {
      const seen = path.join('/dev/shm', path.basename(directory));
      await chmod(directory, 0o777);
      await using store = openAt(seen, sftpOptionsOf(lab));
      const bytes = generateBytes(MEBIBYTE);
      const endless = (function* () {
        for (;;) yield bytes;
      })();
      const upload = store.writer.upload('object', toAsync(endless), { signal });
      await expect(upload).rejects.toMatchObject(coded('store-upload-failed', 'ENOSPC', 'is full'));
      expect(await findFiles(directory)).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('a cut line: the store is told, and what was begun is removed', async () => {
    await using store = await openThrough();
    await store.writer.readClock(signal);
    store.proxy.cutOnce(() => store.proxy.carriedBytes > MEBIBYTE);
    const upload = store.writer.upload('atlas/object', generateStream(generateBytes(3 * MEBIBYTE)), {
      signal,
    });
    await expect(upload).rejects.toMatchObject(
      coded('store-unreachable', 'The connection to the SFTP server'),
    );
    expect(store.proxy.connections).toBe(2);
    expect(await findFiles(store.directory)).toEqual([]);
    // It goes on with the next one.
    await store.writer.put('atlas/object', generateBytes(10), { signal });
    expect(await readAll(await store.reader.get('atlas/object', signal))).toEqual(generateBytes(10));
  });

  it('a line that is cut for good: an unfinished file is no object', async () => {
    await using store = await openThrough({ connectTimeoutMs: 300 });
    await store.writer.readClock(signal);
    store.proxy.cutAfter(MEBIBYTE, 'FIN');
    const upload = store.writer.upload('object', generateStream(generateBytes(3 * MEBIBYTE)), { signal });
    await expect(upload).rejects.toMatchObject(coded('store-unreachable'));
    await using later = openAt(store.directory, sftpOptionsOf(lab));
    expect(await collect(later.reader.list('', signal))).toEqual([]);
    expect(await findFiles(store.directory)).toEqual([expect.stringMatching(/^\.[0-9a-f]{16}\.unfinished$/)]);
  });

  it('a frozen server: it is given up, and the source is not read ahead of it', async () => {
    await using store = await openThrough({
      keepaliveIntervalMs: 100,
      keepaliveCount: 3,
      connectTimeoutMs: 300,
    });
    await store.writer.readClock(signal);
    let takenBytes = 0;
    const source = async function* () {
      store.proxy.freeze();
      for await (const chunk of generateStream(generateBytes(20 * MEBIBYTE))) {
        takenBytes += chunk.length;
        yield chunk;
      }
    };
    const upload = store.writer.upload('object', source(), { signal });
    await expect(upload).rejects.toMatchObject(coded('store-unreachable', 'nothing was heard'));
    expect(takenBytes).toBeLessThanOrEqual(MAX_AHEAD_BYTES);
  });

  it('a server that is stuck although its connection lives', async () => {
    const { address } = await startTarget(run, { sftp: '/usr/lib/openssh/sftp-server' });
    await using store = await open({ answerTimeoutMs: 300 }, address);
    await store.writer.readClock(signal);
    const stuck = findTargetProcesses(address);
    expect(stuck).not.toEqual([]);
    for (const pid of stuck) process.kill(pid, 'SIGSTOP');
    const put = store.writer.put('object', generateBytes(10), { signal });
    await expect(put).rejects.toMatchObject(coded('store-unreachable', 'no answer for 0.3 s'));
    for (const pid of stuck) process.kill(pid, 'SIGCONT');
  });

  it('a server that ends in the middle', async () => {
    await using store = await openOn({ sftp: 'timeout 0.5 /usr/lib/openssh/sftp-server' });
    const source = async function* () {
      for (;;) {
        yield generateBytes(10);
        await sleep(1);
      }
    };
    const upload = store.writer.upload('object', source(), { signal });
    await expect(upload).rejects.toMatchObject(coded('store-unreachable', 'ended the session'));
    expect(await findFiles(store.directory)).toEqual([]);
  });

  it('is not slowed down by a long way', async () => {
    await using store = await openThrough({}, { oneWayDelayMs: 25 });
    const bytes = generateBytes(8 * MEBIBYTE);
    await store.writer.readClock(signal);
    const startedAt = performance.now();
    await store.writer.upload('object', generateStream(bytes), { signal });
    expect((await readAll(await store.reader.get('object', signal))).equals(bytes)).toBe(true);
    // One piece after the other would take 25 s.
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});

/** Of one small object: places between its first byte and its last at which the line is cut. */
const CUTS = 15;

it('a line that is cut at any moment leaves the whole object or none, and never says otherwise', async () => {
  await using store = await openThrough();
  const bytes = generateBytes(100);
  const measure = async (key: string) => {
    await store.reader.readClock(signal);
    const before = store.proxy.carriedBytes;
    await store.writer.put(key, bytes, { signal });
    return store.proxy.carriedBytes - before;
  };
  const putBytes = await measure('first/object');
  const outcomes = new Set<string>();
  for (let cut = 1; cut <= CUTS; cut++) {
    await store.reader.readClock(signal);
    const key = `cut-${cut}/object`;
    const due = store.proxy.carriedBytes + (putBytes * cut) / (CUTS + 1);
    store.proxy.cutOnce(() => store.proxy.carriedBytes >= due);
    const outcome = await store.writer.put(key, bytes, { signal }).then(
      () => 'stored',
      (error: unknown) => (error as { code?: string }).code ?? 'bug',
    );
    outcomes.add(outcome);
    // What the server was asked to make last it may make after we looked: under a name that does not count.
    const found = (await findFiles(store.directory)).filter((file) => file === key);
    expect(found).toEqual(outcome === 'stored' ? [key] : []);
    for (const file of found) expect(await readFile(path.join(store.directory, file))).toEqual(bytes);
  }
  // Before the file is given its name nothing is stored, and from then on it is.
  expect(outcomes).toEqual(new Set(['store-unreachable', 'stored']));
  expect(store.proxy.connections).toBe(CUTS + 1);
});

describe('while a file is given its name', () => {
  it.each<[string, TargetOptions]>([
    ['by a link', {}],
    ['by a new name, where the server makes no links', { sftp: 'internal-sftp -P hardlink' }],
  ])('%s, no answer comes: it is found to be there', async (_, options) => {
    const { address } = await startTarget(run, options);
    await using proxy = await startTcpProxy(address.port);
    const knownHosts = address.knownHosts.replaceAll(`[${address.host}]:${address.port}`, address.host);
    await using store = await open({ port: proxy.port, knownHosts }, address);
    const place = path.join(store.directory, 'atlas/object');
    proxy.cutOnce(() => existsSync(place));
    const stored = await store.writer.put('atlas/object', generateBytes(1_000), { signal });
    expect(proxy.connections).toBe(2);
    expect(stored.sha256).toBe(createHash('sha256').update(generateBytes(1_000)).digest('hex'));
    expect(await findFiles(store.directory)).toEqual(['atlas/object']);
    expect(await readFile(place)).toEqual(generateBytes(1_000));
  });

  it.each([
    ['nobody has taken', undefined, 'ours'],
    ['somebody else has taken', 'theirs', 'theirs'],
  ])('and the line is cut before, under a name that %s', async (_, planted, expected) => {
    await using proxy = await startTcpProxy(lab.port);
    const knownHosts = lab.knownHosts.replaceAll(`[${lab.host}]:${lab.port}`, lab.host);
    const files = createSftpFiles(sftpOptionsOf(lab, { port: proxy.port, knownHosts }));
    try {
      const directory = await makeStoreDirectory(lab.home);
      const [from, to] = [path.join(directory, '.pending'), path.join(directory, 'object')];
      const file = await files.create(from);
      await file.write(Buffer.from('ours'));
      await file.finish();
      if (planted !== undefined) writeFileSync(to, planted);
      proxy.cutOnce(() => true);
      const sha256 = createHash('sha256').update('ours').digest('hex');
      const publishing = files.publish(from, to, sha256);
      if (planted === undefined) await publishing;
      else {
        await chmod(to, 0o644);
        await expect(publishing).rejects.toMatchObject({ code: 'EEXIST' });
      }
      expect(proxy.connections).toBe(2);
      expect(readFileSync(to, 'utf8')).toBe(expected);
    } finally {
      await files.close();
    }
  });
});

describe('while it reads', () => {
  async function openLarge(): Promise<Opened & { proxy: TcpProxy; place: string }> {
    const store = await openThrough();
    await plantFile(store.directory, 'object', generateBytes(12 * MEBIBYTE));
    return { ...store, place: path.join(store.directory, 'object') };
  }

  it('a cut line is an error, not an end', async () => {
    await using store = await openLarge();
    store.proxy.cutOnce(() => store.proxy.carriedBytes > 6 * MEBIBYTE);
    const stream = await store.reader.get('object', signal);
    await expect(readAll(stream)).rejects.toMatchObject(
      coded('store-unreachable', `of ${12 * MEBIBYTE} bytes: The connection to the SFTP server`),
    );
  });

  it.each<[string, (place: string) => Promise<void>, string]>([
    ['shorter', (place) => truncate(place, 9 * MEBIBYTE), `after ${9 * MEBIBYTE} of ${12 * MEBIBYTE} bytes`],
    ['longer', (place) => appendFile(place, 'more'), `and has ${12 * MEBIBYTE + 4} now`],
  ])('a file that becomes %s is an error', async (_, change, said) => {
    await using store = await openLarge();
    const stream = await store.reader.get('object', signal);
    const read = async () => {
      let isFirst = true;
      for await (const chunk of stream) {
        expect(chunk).toBeInstanceOf(Buffer);
        if (isFirst) await change(store.place);
        isFirst = false;
      }
    };
    await expect(read()).rejects.toMatchObject(coded('store-unreachable', said));
  });

  it('names that are no text do not hide others', async () => {
    await using store = await open();
    await plantFile(store.directory, 'atlas/object', generateBytes(1));
    const odd = Buffer.concat([Buffer.from(`${store.directory}/`), Buffer.from([0x62, 0xff, 0xfe])]);
    writeFileSync(odd, 'x');
    const folder = Buffer.concat([Buffer.from(`${store.directory}/`), Buffer.from([0x63, 0xff])]);
    await mkdir(folder);
    writeFileSync(path.join(store.directory, 'line\nbreak'), 'x');
    const keys = (await collect(store.reader.list('', signal))).map(({ key }) => key);
    expect(keys).toEqual(['atlas/object', 'b\ufffd\ufffd', 'line\nbreak']);
  });
});

describe('what an account may do', () => {
  it('says what is missing with one that may do everything, once', async () => {
    await using store = await open();
    await store.writer.readClock(signal);
    expect(store.notices).toEqual([]);
    await store.writer.put('one', generateBytes(1), { signal });
    await store.writer.put('two', generateBytes(1), { signal });
    expect(store.notices).toEqual([expect.stringContaining('may delete or replace files')]);
    expect((await stat(path.join(store.directory, 'one'))).mode & 0o777).toBe(0o400);
  });

  it('says what is missing with a server that knows less', async () => {
    await using store = await openOn({ sftp: 'internal-sftp -P hardlink,fsync,limits,statvfs' });
    await store.writer.put('object', generateBytes(100_000), { signal });
    expect(store.notices).toEqual([
      expect.stringContaining('may delete or replace files'),
      expect.stringContaining('hardlink@openssh.com'),
      expect.stringContaining('fsync@openssh.com'),
    ]);
    const again = store.writer.put('object', generateBytes(1), { signal });
    await expect(again).rejects.toMatchObject(coded('store-exists'));
    expect(await findFiles(store.directory)).toEqual(['object']);
  });

  it('is not content with one that may not delete, and may replace', async () => {
    await using store = await openOn({ sftp: 'internal-sftp -P remove' });
    await store.writer.put('object', generateBytes(1), { signal });
    expect(store.notices).toEqual([expect.stringContaining('may delete or replace files')]);
  });

  it('writes with one that may only add, and whose key cannot harm what is there', async () => {
    const { address } = await startTarget(run, { sftp: `internal-sftp -P ${ADD_ONLY}` });
    await using store = await open({}, address);
    await store.writer.readClock(signal);
    const bytes = generateBytes(100_000);
    await store.writer.upload('atlas/object', generateStream(bytes), { signal });
    expect(store.notices).toEqual([]);
    const again = store.writer.put('atlas/object', generateBytes(1), { signal });
    await expect(again).rejects.toMatchObject(coded('store-exists'));
    const mine = run.path('mine');
    await writeFile(mine, randomBytes(10));
    const place = path.join(store.directory, 'atlas/object');
    const temporary = (await findFiles(path.dirname(place))).find((name) => name.startsWith('.')) ?? '';
    const before = await describeTree(store.directory);
    const attacks = [
      `rm ${place}`,
      `put ${mine} ${place}`,
      `put ${mine} ${path.dirname(place)}/${temporary}`,
      `chmod 600 ${place}`,
      `rename ${place} ${place}.away`,
      `rename -l ${place} ${place}.away`,
      `rename ${path.dirname(place)} ${store.directory}/away`,
      `ln -s /etc/passwd ${place}.link`,
      `copy ${place} ${place}`,
    ];
    // With a dash the client goes on after a refusal.
    await runSftp(address, attacks.map((attack) => `-${attack}\n`).join(''));
    expect(await describeTree(store.directory)).toEqual(before);
    expect((await readFile(place)).equals(bytes)).toBe(true);
    expect(await collect(store.reader.list('', signal))).toMatchObject([{ key: 'atlas/object' }]);
  });
});

it('the command for fetching by hand fetches, and fails where it cannot', async () => {
  await using store = await open();
  await store.writer.put('atlas/object', generateBytes(1_000), { signal });
  const { command, base } = fetchCommand(
    `sftp://${lab.user}@${lab.host}:${lab.port}${store.directory}`,
    undefined,
  );
  const directory = await run.makeDirectory('fetched');
  const options = sftpOptions(lab);
  const fetch = async (key: string) =>
    tryCommand(
      'bash',
      ['-c', `${command.replace('sftp', `sftp ${options.join(' ')}`)} "$1/$2" .`, '-', base, key],
      {
        cwd: directory,
      },
    );
  expect(await fetch('atlas/object')).toMatchObject({ status: 0 });
  expect(await readFile(path.join(directory, 'object'))).toEqual(generateBytes(1_000));
  expect((await fetch('atlas/missing')).status).not.toBe(0);
});

type Account = typeof lab;

function sftpOptions(target: Account): string[] {
  const known = run.path(`known-hosts-${target.port}`);
  writeFileSync(known, target.knownHosts);
  return [
    '-F',
    'none',
    '-i',
    target.privateKeyPath,
    '-o',
    'BatchMode=yes',
    '-o',
    `UserKnownHostsFile=${known}`,
  ];
}

async function runSftp(target: Account, batch: string): Promise<void> {
  const args = [
    ...sftpOptions(target),
    '-P',
    String(target.port),
    '-b',
    '-',
    `${target.user}@${target.host}`,
  ];
  expect(await tryCommand('sftp', args, { input: batch })).toMatchObject({ status: 0 });
}

/** Names, rights and contents. */
async function describeTree(directory: string): Promise<string[]> {
  const describe = async (name: string) => {
    const place = path.join(directory, name);
    const sha256 = createHash('sha256')
      .update(await readFile(place))
      .digest('hex');
    return `${name} ${(await stat(place)).mode.toString(8)} ${sha256}`;
  };
  return Promise.all((await findFiles(directory)).map(describe));
}

async function* toAsync<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
