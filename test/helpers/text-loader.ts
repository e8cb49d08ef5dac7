// For scripts that import from src/ without a bundler: `node --import text-loader.ts SCRIPT`. See script/text-plugin.ts.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  load(url, context, nextLoad) {
    if (!/\.(sh|pl|awk)$/.test(url)) return nextLoad(url, context);
    const text = readFileSync(fileURLToPath(url), 'utf8');
    return { format: 'module', source: `export const text = ${JSON.stringify(text)};`, shortCircuit: true };
  },
});
