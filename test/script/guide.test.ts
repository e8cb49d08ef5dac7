import { describe, expect, it } from 'vitest';
import { countWords, GETTING_STARTED, readSteps } from '../../script/guide.ts';
import { parsePage, readPage } from '../helpers/documentation.ts';

const TEXT = `## First

\`\`\`sh
ssh atlas.example.com
\`\`\`

## Second

\`\`\`json
{}
\`\`\`

\`\`\`sql
SELECT 1
\`\`\`
`;
const KNOWN = [
  { heading: 'First', language: 'sh', place: 'your machine' },
  { heading: 'Second', language: 'json', place: 'shown' },
  { heading: 'Second', language: 'sql', place: 'the database, as its administrator' },
] as const;
const VALUES = { 'atlas.example.com': '127.0.0.1' };
const read = (text: string, values: Readonly<Record<string, string>> = VALUES) =>
  readSteps(parsePage('page.md', text), KNOWN, values);

it('says what is typed where, with the values of the reader', () => {
  expect(read(TEXT)).toEqual([
    { heading: 'First', place: 'your machine', text: 'ssh 127.0.0.1\n' },
    { heading: 'Second', place: 'the database, as its administrator', text: 'SELECT 1\n' },
  ]);
});

it('knows every block of docs/getting-started.md', () => {
  const own = { 'atlas.example.com': '127.0.0.1' };
  expect(readSteps(readPage('docs/getting-started.md'), GETTING_STARTED, own)).toHaveLength(2);
});

describe('refuses', () => {
  it.each([
    [
      'a block that is new',
      `${TEXT}\n\`\`\`sh\nrm\n\`\`\`\n`,
      'a block that is not known, sh below "Second":\nrm',
    ],
    ['a block in another place', TEXT.replace('```json', '```sh'), 'not known, sh below "Second"'],
    ['a block below another heading', TEXT.replace('## Second', '## 2nd'), 'not known, json below "2nd"'],
    ['a block that is gone', TEXT.replace(/```sql[^]*?```\n/, ''), 'no longer a block sql below "Second"'],
    ['a value that nobody gives', TEXT.replace('SELECT 1', 'SELECT ID-HERE'), '"ID-HERE", and no value'],
    ['another address', TEXT.replace('SELECT', 'boreas.example.com'), '"boreas.example.com", and no value'],
    ['a host key to compare', TEXT.replace('SELECT', 'REPLACE_WITH_IT'), '"REPLACE_WITH_IT", and no value'],
    ['a value that stands nowhere', TEXT.replace('atlas.', 'boreas.'), '"atlas.example.com" in no block'],
  ])('%s', (_, text, message) => {
    expect(text).not.toBe(TEXT);
    expect(() => read(text)).toThrow(message);
  });
});

it('counts words that are read, and no code', () => {
  expect(countWords(`One two, *three*.\n\n${TEXT}`)).toBe(5);
});
