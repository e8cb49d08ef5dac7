// Draws job summaries (Markdown) as a browser shows them on GitHub: script/pictures calls it with a folder of them and one for the pictures.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Of a summary's column on GitHub, in CSS pixels. */
const WIDTH = 1_000;
const STYLE = createRequire(import.meta.url).resolve('github-markdown-css/github-markdown-light.css');
const [, , from = '', to = ''] = process.argv;

const work = mkdtempSync(path.join(tmpdir(), 'summaries-'));
try {
  for (const file of readdirSync(from)) {
    const page = path.join(work, 'page.html');
    writeFileSync(page, toPage(readFileSync(path.join(from, file), 'utf8')));
    const picture = path.join(to, `${path.basename(file, '.md')}.png`);
    browse(page, `--screenshot=${picture}`, `--window-size=${WIDTH},${measureHeight(page)}`);
    process.stdout.write(`${picture}\n`);
  }
} finally {
  rmSync(work, { recursive: true });
}

function toPage(markdown: string): string {
  const options = { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true };
  return `<!doctype html><meta charset="utf-8"><style>${readFileSync(STYLE, 'utf8')}</style>
    <body class="markdown-body" style="padding: 24px">${micromark(markdown, options)}
    <script>onload = () => (document.title = String(Math.ceil(document.body.getBoundingClientRect().height)))</script>`;
}

function measureHeight(page: string): number {
  const shown = browse(page, '--dump-dom', `--window-size=${WIDTH},600`);
  return Number(/<title>(\d+)<\/title>/.exec(shown)?.[1]);
}

function browse(page: string, ...flags: readonly string[]): string {
  const fixed = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    `--user-data-dir=${work}`,
  ];
  return execFileSync('chromium', [...fixed, ...flags, `file://${page}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
