// A small action for tests of the life of a run, started as a process of its own. What it does is chosen by its input `plan`.
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LifeboatError } from '../../../src/errors.ts';
import type { ActionDeclaration } from '../../../src/inputs/declaration.ts';
import { field, group } from '../../../src/inputs/field.ts';
import { tellingInputs, tellingRules } from '../../../src/inputs/groups/telling.ts';
import { boolean, line, text } from '../../../src/inputs/kinds.ts';
import { serverName } from '../../../src/inputs/names.ts';
import { defineAction, type RunContext } from '../../../src/platform/action.ts';
import { runOnCommandLine } from '../../../src/platform/on-command-line.ts';
import { runOnGitHub } from '../../../src/platform/on-github.ts';

const inputs = {
  ...group('Trial', {
    plan: field(line, { description: 'What to do.', required: true }),
    secret: field(text, { description: 'A secret.', required: true, secret: true }),
    server: field(serverName, { description: 'A server.' }),
    'dry-run': field(boolean, { description: 'Nothing real.', default: 'false' }),
  }),
  ...tellingInputs,
};
const declaration: ActionDeclaration<typeof inputs> = {
  name: 'trial',
  description: 'Does what its plan says',
  inputs,
  outputs: {},
  rules: tellingRules,
};

/** Undoes its work some time after the signal. */
async function waitAndUndo({ reporter, signal }: RunContext, undoMs: number): Promise<void> {
  reporter.info('working');
  await new Promise<void>((resolve) => {
    // Stands for an open connection.
    const connection = setInterval(() => undefined, 1_000);
    signal.addEventListener('abort', () => {
      clearInterval(connection);
      setTimeout(resolve, undoMs);
    });
  });
  reporter.info('undone');
}

const PLANS: Readonly<Record<string, (context: RunContext, secret: string) => Promise<void> | void>> = {
  good: ({ reporter }) => {
    reporter.output('answer', 42);
    reporter.summary('## Good');
  },
  say: async ({ reporter }, secret) => {
    reporter.output('answer', secret);
    reporter.summary(`said ${secret}`);
    await reporter.group(`group ${secret}`, async () => {
      reporter.info(`::set-output name=x::${secret}`);
      reporter.warning(`careful: ${Buffer.from(secret).toString('base64')}`);
      reporter.debug(secret);
      await Promise.reject(
        new LifeboatError('ssh-auth', `refused ${secret}`, {
          hint: `not ${secret}`,
          cause: new Error(secret),
        }),
      );
    });
  },
  busy: () => {
    throw new LifeboatError('target-busy', 'another run is at work');
  },
  bug: (_, secret) => {
    throw new TypeError(`bug with ${secret}`);
  },
  reject: async (context) => {
    void Promise.reject(new Error('nobody waits for this'));
    await waitAndUndo(context, 10);
  },
  'throw-later': async (context) => {
    setTimeout(() => {
      throw new Error('thrown in a timer');
    }, 1);
    await waitAndUndo(context, 10);
  },
  starve: () => new Promise<void>(() => undefined),
  wait: async (context) => {
    await waitAndUndo(context, 100);
    context.signal.throwIfAborted();
  },
  'fail-while-stopping': async (context) => {
    await waitAndUndo(context, 10);
    throw new TypeError('the connection is gone');
  },
  'finish-anyway': (context) => waitAndUndo(context, 10),
  stuck: async ({ reporter, temporaryDirectory }) => {
    writeFileSync(join(temporaryDirectory, 'plaintext'), 'x');
    await reporter.group('stuck', async () => {
      reporter.info('working');
      await sleep(60_000);
    });
  },
  environment: ({ reporter, ambientCredentials }) => {
    const inherited = execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], {
      encoding: 'utf8',
    });
    reporter.info(
      `child has ${Object.keys(JSON.parse(inherited) as object)
        .sort()
        .join(',')}`,
    );
    reporter.info(`ambient ${ambientCredentials?.accessKeyId ?? 'none'}`);
  },
  'temporary-directory': ({ reporter, temporaryDirectory }) => {
    writeFileSync(join(temporaryDirectory, 'file'), 'x');
    reporter.info(`mode ${(statSync(temporaryDirectory).mode & 0o777).toString(8)}`);
  },
};

const entry = {
  declaration,
  load: () =>
    Promise.resolve(
      defineAction(declaration, {
        checks: () => ({}),
        run: async ({ plan, secret }, _, context) => {
          await PLANS[plan]?.(context, secret);
        },
      }),
    ),
};

const args = process.argv.slice(2);
await (args.length > 0 ? runOnCommandLine({ trial: entry }, args, '1.2.3') : runOnGitHub(entry));
