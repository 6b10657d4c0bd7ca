/** Bundles the preload script: a sandboxed one must be a single CommonJS file that requires nothing but `electron`. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'chrome140',
    outDir: 'dist/preload',
    emptyOutDir: true,
    minify: false,
    lib: { entry: 'src-main/shell/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
