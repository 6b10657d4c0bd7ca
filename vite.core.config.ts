/** Bundles what runs in Node: the core server, the command line, and the Electron shell with its preload script. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/core',
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        cli: 'src-main/cli/main.ts',
        core: 'src-main/core/main.ts',
        shell: 'src-main/shell/main.ts',
      },
      external: ['better-sqlite3', 'electron', /^node:/],
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['better-sqlite3', 'electron'] },
});
