/** Says whether a build step's inputs changed since it last succeeded, by content, so that set-up is incremental. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './paths.mjs';

const ignored = new Set(['node_modules', 'target', 'dist', '.git']);

function* files(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) if (!ignored.has(name)) yield* files(join(path, name));
}

/** SHA-256 over the names and contents of files and folders, and over further strings such as tool versions. */
export function fingerprint(paths, extra = []) {
  const hash = createHash('sha256');
  for (const path of paths)
    for (const file of files(at(path))) hash.update(file.slice(at().length)).update('\0').update(readFileSync(file));
  for (const text of extra) hash.update('\0').update(text);
  return hash.digest('hex');
}

const stamp = (step) => at('dist', '.stamps', step);

/** True when the step last succeeded with just these inputs and its outputs are still there. */
export function isFresh(step, print, outputs) {
  return (
    existsSync(stamp(step)) && readFileSync(stamp(step), 'utf8') === print && outputs.every((path) => existsSync(path))
  );
}

export function markFresh(step, print) {
  mkdirSync(at('dist', '.stamps'), { recursive: true });
  writeFileSync(stamp(step), print);
}
