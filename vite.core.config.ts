/** Bundles what runs in Node: the core server, the command line, and the Electron shell with its preload script. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Goes into every report; "unknown" where the sources are not a git checkout. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

export default defineConfig({
  define: { TRUGRADE_COMMIT: JSON.stringify(commit()) },
  // pdfkit's build for Node looks for its fonts beside itself at run time; the browser's build is given them.
  resolve: {
    alias: [
      {
        find: /^pdfkit$/,
        replacement: join(import.meta.dirname, 'node_modules', 'pdfkit', 'js', 'pdfkit.browser.mjs'),
      },
    ],
  },
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
