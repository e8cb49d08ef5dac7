// One ESM bundle with shared chunks; stable names so that a change of dist/ can be read as a diff.
import { defineConfig } from 'rolldown';
import { licensesPlugin } from './script/licenses-plugin.ts';
import { textPlugin } from './script/text-plugin.ts';

export default defineConfig({
  input: {
    main: 'src/entries/main.ts',
    dump: 'src/entries/dump.ts',
    'ship-binlogs': 'src/entries/ship-binlogs.ts',
    restore: 'src/entries/restore.ts',
    'sync-storage': 'src/entries/sync-storage.ts',
    'restore-test': 'src/entries/restore-test.ts',
    verify: 'src/entries/verify.ts',
    cli: 'src/entries/cli.ts',
  },
  platform: 'node',
  // ssh2 loads these when they are there and works without them.
  external: [/\.node$/, 'cpu-features'],
  plugins: [textPlugin(), licensesPlugin()],
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    minify: false,
  },
});
