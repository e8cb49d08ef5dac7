// Names that were chosen to be obeyed, and that nobody obeys them: neither the runner that reads the log, nor a terminal, nor GitHub's
// Markdown.
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { expect } from 'vitest';
import { expectNoSecrets, type Initiated } from './expect-failure.ts';
import type { ActionRun } from './runner.ts';
import { findCommands } from './workflow-commands.ts';

/** Every name that would do something if it were obeyed, and the word by which that would show. */
export const HOSTILE_NAMES = [
  '::error::pwned',
  'a##[error]pwned',
  '::set-output name=backup-id::pwned',
  '::stop-commands::pwned',
  '**pwned**',
  '[pwned](https://pwned.example)',
  'https://pwned.example',
  '![pwned](https://pwned.example/a.png)',
  '<img src=x onerror=pwned>',
  '<!-- pwned',
  '</details>pwned',
  'a|b`pwned`|c',
  '@pwned #1 $pwned$',
  '%0A::error::pwned',
  '\u001b[31mpwned',
  'a\rpwned',
  'a\u202epwned',
];

/** Nothing in what a run told makes anybody do anything. */
export function expectHarmless(site: Initiated, run: ActionRun): void {
  expectNoSecrets(site, run);
  for (const { name, properties, message } of findCommands(run.log)) {
    expect(`${name} ${properties}`).not.toContain('pwned');
    expect(message).not.toMatch(/^\s*pwned/);
  }
  for (const text of [run.log, run.summary]) expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Bidi_Control}/u);
  const html = render(run.summary);
  expect(html).not.toMatch(/<(?:img|script|a|strong|del)\b[^>]*(?:pwned|onerror)|<strong>pwned|<!--/);
}

function render(markdown: string): string {
  return micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
}
