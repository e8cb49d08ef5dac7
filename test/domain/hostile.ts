// Names as somebody may give them who wants to be taken for something else by whoever shows them.
export const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '[a](javascript:x)',
  '| a | b |',
  '`` ` ``',
  '``` \n```sh\nrm -rf /',
  '@everyone #1',
  '::error::x',
  'a\n::stop-commands::x',
  '\u202egnp.exe',
  'a\n\n# heading',
  '</details>',
  "'; $(touch /tmp/x) #",
  '**b**',
  '-- \\',
  '\u001b[2J',
] as const;
