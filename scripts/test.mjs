/** `npm test`: sets up what is missing, then runs every check; the last line is `N passed, N failed`. */
import { rmSync } from 'node:fs';
import { cargoCounts, playwrightCounts, vitestCounts } from './lib/count.mjs';
import { at, pinnedNode } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { findOrInstallChromium, findOrInstallVulkanDriver, SetupError, setUp } from './lib/steps.mjs';

const cargo = (...args) => [
  'cargo',
  [args[0], '--manifest-path', 'native/Cargo.toml', '--target-dir', 'native/target', ...args.slice(1)],
];
const node = (script, ...args) => [pinnedNode(), [at(...script.split('/')), ...args]];
const single = ({ code }) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });
/** A runner that failed without a failed test (it crashed, or found none) counts as one failure. */
const honest = (count) => (result) => {
  const counts = count(result);
  return result.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

const unitReport = at('test-results', 'vitest.json');
const e2eReport = at('test-results', 'e2e.json');

const checks = (chromium) => [
  ['types, main', node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.main.json'), single],
  ['types, renderer', node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.renderer.json'), single],
  ['types, end-to-end tests', node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.e2e.json'), single],
  [
    'lint and format, TypeScript',
    node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
    single,
  ],
  ['format, Rust', ['cargo', ['fmt', '--manifest-path', 'native/Cargo.toml', '--all', '--check']], single],
  [
    'lint, Rust (clippy)',
    cargo(
      'clippy',
      '--profile',
      'checks',
      '--workspace',
      '--exclude',
      'binding',
      '--all-targets',
      '--',
      '-D',
      'warnings',
    ),
    single,
  ],
  // As a test target its exports would count as unused: nothing but Node calls them.
  [
    'lint, Rust binding (clippy)',
    cargo('clippy', '--profile', 'checks', '-p', 'binding', '--lib', '--', '-D', 'warnings'),
    single,
  ],
  [
    'generated native types are committed',
    ['git', ['diff', '--exit-code', '--', 'src-main/core/native/generated']],
    single,
  ],
  ['licences of shipped parts', [pinnedNode(), [at('scripts', 'licences.mjs'), '--check']], single],
  [
    'Rust tests',
    cargo('test', '--profile', 'checks', '--workspace', '--no-fail-fast'),
    honest(({ output }) => cargoCounts(output)),
  ],
  [
    'unit and integration tests',
    node(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${unitReport}`,
    ),
    honest(() => vitestCounts(unitReport)),
  ],
  [
    'end-to-end tests',
    [...node('node_modules/@playwright/test/cli.js', 'test'), { TRUGRADE_CHROMIUM: chromium }],
    honest(() => playwrightCounts(e2eReport)),
  ],
];

const total = { passed: 0, failed: 0, skipped: 0 };
const started = performance.now();

async function check([title, [command, args, env], count]) {
  process.stdout.write(`\n── ${title}\n`);
  const result = await run(command, args, { env: { ...env, FORCE_COLOR: '0', NO_COLOR: '1' }, show: true });
  const counts = count(result);
  for (const key of Object.keys(total)) total[key] += counts[key];
  process.stdout.write(
    `── ${title}: ${counts.passed} passed, ${counts.failed} failed in ${(result.ms / 1000).toFixed(0)} s\n`,
  );
}

try {
  await setUp();
  await findOrInstallVulkanDriver();
  rmSync(at('test-results'), { recursive: true, force: true });
  const only = process.argv[2];
  for (const item of checks(await findOrInstallChromium())) if (!only || item[0].includes(only)) await check(item);
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  total.failed += 1;
}
process.stdout.write(
  `\nWhole run: ${((performance.now() - started) / 1000).toFixed(0)} s${total.skipped ? `, ${total.skipped} skipped` : ''}\n`,
);
process.stdout.write(
  `${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
