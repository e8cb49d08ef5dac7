// Bundler plug-in: `import { text } from './x.sh'` gives the file's text. Used by rolldown and by vitest.
import { readFileSync } from 'node:fs';

export function textPlugin() {
  return {
    name: 'text-files',
    load(id: string) {
      if (!/\.(sh|pl|awk)$/.test(id)) return null;
      return {
        code: `export const text = ${JSON.stringify(readFileSync(id, 'utf8'))};`,
        map: null,
        moduleType: 'js' as const,
      };
    },
  };
}
