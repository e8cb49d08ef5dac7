// init: asks for what is missing, looks at the host key, makes keys, and writes everything in one go, or nothing.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  accountOf,
  binlogAccountOf,
  binlogGrantStatement,
  createStatement,
  grantStatements,
} from '../../domain/dumps/dump-account.ts';
import { chooseMinutes } from '../../domain/schedule.ts';
import { proverPolicy, readerPolicy, writerPolicy } from '../../domain/stores/store-roles.ts';
import { LifeboatError } from '../../errors.ts';
import { camelCase } from '../../inputs/field.ts';
import { Refusal } from '../../inputs/kind.ts';
import type { KeyToMake, MadeKey } from '../../ports/encryption.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { ASKED, ASKED_FOR, initDeclaration, type InitInputs } from './inputs.ts';
import { renderPage, type PageFacts } from './page.ts';
import { renderPaper } from './paper.ts';
import type { Site, SiteKeys } from './site.ts';
import { renderWorkflows } from './workflows.ts';
import { refuseCheckout, refuseExisting, refuseUnusable, writeFiles, type NewFile } from './write-files.ts';

export interface ShownHostKey {
  /** `ssh-ed25519 SHA256:…` */
  readonly fingerprint: string;
  /** A line of a known_hosts file. */
  readonly knownHostsLine: string;
}

export interface InitPorts {
  readonly reporter: Reporter;
  makeKey(key: KeyToMake): Promise<MadeKey>;
  makeSshKey(comment: string): { readonly privateKey: string; readonly publicKey: string };
  /** Asks the server, and sends it neither user nor key. Throws the `ssh-…` codes. */
  fetchHostKey(
    host: string,
    port: number,
    knownHosts: string | undefined,
    signal: AbortSignal,
  ): Promise<ShownHostKey>;
  /** Whether these known_hosts lines list the key that was shown. */
  isListed(knownHosts: string, shown: ShownHostKey, host: string, port: number): boolean;
  /** Absolute path of the program that runs. */
  readonly program: string;
  /** Undefined where nobody sits at a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

const PASSWORD_BYTES = 24;

/** Writes the files and returns the page that tells what is left to do. Throws `input-invalid`, `ssh-host-key`. */
export async function init(given: InitInputs, ports: InitPorts, signal: AbortSignal): Promise<string> {
  const inputs = await complete(given, ports.ask);
  const keysDirectory = path.resolve(inputs.keysDirectory);
  refuseCheckout(keysDirectory);
  const checkouts = [inputs.directory, inputs.verifyDirectory ?? inputs.directory];
  refuseUnusable(
    checkouts.map((one) => path.resolve(one)),
    keysDirectory,
  );
  const hostKey = await look(inputs, ports, signal);
  const knownHosts = inputs.sshKnownHosts ?? (await confirm(hostKey, inputs.sshHost, ports.ask));
  const site: Site = { inputs, keysDirectory, knownHosts, minutes: drawMinutes() };
  const passphrase = makePassword();
  const keys = await makeKeys(inputs.server, passphrase, ports);
  const files = [...keyFiles(site, keys, passphrase), ...publicFiles(site, keys), ...workflowFiles(site)];
  const pages = ['setup.md', 'paper.md'].map((name) => path.join(keysDirectory, name));
  const written = [...files.map((file) => file.path), ...pages];
  refuseExisting(written);
  const page = renderPage({ site, keys, hostKey, written, program: ports.program });
  await writeFiles([
    ...files,
    { path: pages[0] ?? '', text: page, isSecret: false },
    { path: pages[1] ?? '', text: renderPaper(site, keys), isSecret: false },
  ]);
  ports.reporter.info(`${written.length} files written`);
  return page;
}

function drawMinutes(): Site['minutes'] {
  const [dump = 0, binlogs = 0, test = 0, verify = 0] = chooseMinutes(4);
  return { dump, binlogs, test, verify };
}

type Complete = Site['inputs'] & { readonly keysDirectory: string };

/** Asks until an answer is accepted. */
async function complete(given: InitInputs, ask: InitPorts['ask']): Promise<Complete> {
  const answers: Record<string, unknown> = {};
  for (const name of ASKED) {
    const field = initDeclaration.inputs[name];
    const key = camelCase(name);
    let value: unknown = given[key as keyof InitInputs];
    while (value === undefined) {
      if (ask === undefined) throw new TypeError(`nobody can be asked for ${name}`);
      const answer = await ask(`${field.description.replace(ASKED_FOR, '')}\n${name}: `);
      try {
        if (answer.trim() !== '') value = field.parse(answer);
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof LifeboatError)) throw error;
        await ask(`That ${error.message}. Accepted: ${field.accepts ?? 'text'}. (Enter) `);
      }
    }
    answers[key] = value;
  }
  return { ...given, ...answers } as Complete;
}

/** What the server shows. A server that cannot be reached from here is no reason to stop; one that shows another key is. */
async function look(
  { sshHost, sshPort, sshKnownHosts }: Complete,
  ports: InitPorts,
  signal: AbortSignal,
): Promise<PageFacts['hostKey']> {
  let shown: ShownHostKey;
  try {
    shown = await ports.reporter.group(`Ask ${sshHost} for its host key`, () =>
      ports.fetchHostKey(sshHost, sshPort, sshKnownHosts, signal),
    );
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== 'ssh-unreachable') throw error;
    ports.reporter.warning(`The host key could not be fetched: ${error.message}`);
    return { why: error.message };
  }
  if (sshKnownHosts !== undefined && !ports.isListed(sshKnownHosts, shown, sshHost, sshPort)) {
    throw new LifeboatError(
      'ssh-host-key',
      `${sshHost} showed the host key ${shown.fingerprint}, which \`ssh-known-hosts\` does not list`,
      {
        hint: 'Somebody may be answering in its place, or the line is of another server. Nothing was written.',
      },
    );
  }
  return shown;
}

/** The fingerprint, once somebody has compared it. */
async function confirm(
  hostKey: PageFacts['hostKey'],
  host: string,
  ask: InitPorts['ask'],
): Promise<string | undefined> {
  if (ask === undefined || 'why' in hostKey) return undefined;
  const question = [
    `${host} showed the host key ${hostKey.fingerprint}.`,
    'On the server itself: for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done',
    'Type "same" if you compared the two, anything else to do it later: ',
  ].join('\n');
  return (await ask(question)).trim() === 'same' ? hostKey.fingerprint : undefined;
}

async function makeKeys(server: string, passphrase: string, ports: InitPorts): Promise<SiteKeys> {
  const make = (what: string, use: KeyToMake['use'], years: number, secret?: string) =>
    ports.makeKey({
      name: `Lifeboat ${server}, ${what}`,
      use,
      years,
      ...(secret === undefined ? {} : { passphrase: secret }),
    });
  const [daily, offline, identity, signing, proofSigning] = await Promise.all([
    make('daily', 'encrypt', 5, passphrase),
    make('offline', 'encrypt', 10, passphrase),
    make('restore tests', 'encrypt', 2),
    make('manifests', 'sign', 2),
    make('proofs', 'sign', 2),
  ]);
  return { daily, offline, identity, signing, proofSigning, ssh: ports.makeSshKey(`lifeboat on ${server}`) };
}

function keyFiles({ inputs, keysDirectory }: Site, keys: SiteKeys, passphrase: string): NewFile[] {
  const secret = (name: string, text: string) => ({
    path: path.join(keysDirectory, name),
    text,
    isSecret: true,
  });
  return [
    secret('ssh-key', keys.ssh.privateKey),
    secret('signing-key.asc', keys.signing.secretKey),
    secret('identity.asc', keys.identity.secretKey),
    secret('proof-signing-key.asc', keys.proofSigning.secretKey),
    secret('daily-secret.asc', keys.daily.secretKey),
    secret('offline-secret.asc', keys.offline.secretKey),
    secret('passphrase.txt', `${passphrase}\n`),
    ...(inputs.dbDefaultsFile === undefined ? [] : dumpAccountFiles(inputs, secret)),
    ...(inputs.binlogs ? binlogAccountFiles(inputs, secret) : []),
  ];
}

type MakeSecret = (name: string, text: string) => NewFile;

function dumpAccountFiles({ engine, sshUser, databases }: Site['inputs'], secret: MakeSecret): NewFile[] {
  const account = accountOf(sshUser);
  const password = makePassword();
  const statements = [
    createStatement(engine, account, password),
    ...grantStatements(engine, account, databases),
  ];
  return [
    secret('database.sql', `${statements.join('\n')}\n`),
    secret('lifeboat.cnf', optionsFile(sshUser, password)),
  ];
}

function binlogAccountFiles({ engine, sshUser }: Site['inputs'], secret: MakeSecret): NewFile[] {
  const { user, account } = binlogAccountOf(sshUser);
  const password = makePassword();
  const statements = [createStatement(engine, account, password), binlogGrantStatement(engine, account)];
  return [
    secret('binlogs.sql', `${statements.join('\n')}\n`),
    secret('lifeboat-binlogs.cnf', optionsFile(user, password)),
  ];
}

/** The password is in this file, in the statements, and nowhere else. */
function optionsFile(user: string, password: string): string {
  return `[client]\nuser=${user}\npassword="${password}"\n`;
}

function publicFiles({ inputs, keysDirectory, knownHosts }: Site, keys: SiteKeys): NewFile[] {
  const { store, server } = inputs;
  const open = (name: string, text: string) => ({
    path: path.join(keysDirectory, name),
    text,
    isSecret: false,
  });
  const place = store.kind === 's3' ? { bucket: store.bucket, prefix: store.prefix, server } : undefined;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return [
    open('ssh-key.pub', `${keys.ssh.publicKey.trim()}\n`),
    open(
      'recipients.asc',
      [keys.daily, keys.offline, keys.identity].map(({ publicKey }) => publicKey).join(''),
    ),
    open('trusted-signers.asc', keys.signing.publicKey),
    open('trusted-provers.asc', keys.proofSigning.publicKey),
    ...(knownHosts === undefined ? [] : [open('known_hosts', `${knownHosts.trim()}\n`)]),
    ...(place === undefined
      ? []
      : [
          open('writer.json', json(writerPolicy(place))),
          open('reader.json', json(readerPolicy(place))),
          open('prover.json', json(proverPolicy(place))),
        ]),
  ];
}

function workflowFiles(site: Site): NewFile[] {
  return renderWorkflows(site).map((file) => ({ ...file, isSecret: false }));
}

/** Letters and digits alone: every quoting of it is the same. */
function makePassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('hex');
}
