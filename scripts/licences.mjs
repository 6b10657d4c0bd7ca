#!/usr/bin/env node
/**
 * `npm run licences`: the licences of all parts that are shipped: npm packages that are not for development alone,
 * the Rust crates linked into the native addon, and the runtimes. `--json` for machines, `--check` to refuse others.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { at } from './lib/paths.mjs';
import { choose } from './lib/spdx.mjs';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Where `os` and `cpu` rule a package out ("linux", ["darwin"], ["!win32"]), npm does not install it. */
function fits(rule, value) {
  const list = [rule ?? []].flat();
  return (
    list.length === 0 ||
    list.includes(value) ||
    (list.every((item) => item.startsWith('!')) && !list.includes(`!${value}`))
  );
}

/** `license` as a string, or as npm's older object or list of objects. */
function npmLicence(manifest) {
  const { license, licenses } = manifest;
  if (typeof license === 'string') return license;
  if (typeof license?.type === 'string') return license.type;
  if (Array.isArray(licenses)) return licenses.map(({ type }) => type).join(' OR ');
  return undefined;
}

/** Of a package whose manifest names none: the title of its licence file, where that is one a person would know. */
function titledLicence(folder) {
  const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((name) => at(...folder, name)).find(existsSync);
  const title = file && readFileSync(file, 'utf8').trim().split('\n')[0];
  return title && /^(the )?mit license/i.test(title) ? 'MIT' : undefined;
}

/** Development tools, and what is there only because it could go with one of them, are not shipped. */
function npmParts() {
  const { packages } = readJson(at('package-lock.json'));
  const parts = [];
  for (const [place, entry] of Object.entries(packages)) {
    if (place === '' || entry.dev || entry.devOptional || entry.link) continue;
    if (!fits(entry.os, process.platform) || !fits(entry.cpu, process.arch)) continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const manifest = at(...place.split('/'), 'package.json');
    if (!existsSync(manifest)) {
      if (entry.optional) continue;
      throw new Error(`${place} is not installed: run "npm run setup" first`);
    }
    if (isCompiler(name)) continue;
    const { version, ...rest } = readJson(manifest);
    parts.push({ kind: 'npm', name, version, licence: npmLicence(rest) ?? titledLicence(place.split('/')) });
  }
  return parts;
}

/** TypeScript is an optional peer of a shipped package; its platform packages are marked optional, not for development. */
const isCompiler = (name) => name === 'typescript' || name.startsWith('@typescript/');

/** Parts that no package manager lists as shipped. */
function runtimes() {
  const electron = readJson(at('node_modules', 'electron', 'package.json'));
  const rust = spawnSync('rustc', ['--version'], { encoding: 'utf8', cwd: at('native') });
  return [
    { kind: 'runtime', name: 'electron', version: electron.version, licence: electron.license },
    {
      kind: 'runtime',
      name: 'rust-std',
      version: /\d+\.\d+\.\d+/.exec(rust.stdout ?? '')?.[0] ?? 'unknown',
      licence: 'MIT OR Apache-2.0',
    },
  ];
}

function cargoMetadata() {
  const host = /^host: (\S+)$/m.exec(
    spawnSync('rustc', ['-vV'], { encoding: 'utf8', cwd: at('native') }).stdout ?? '',
  )?.[1];
  const args = ['metadata', '--format-version', '1', '--locked', '--manifest-path', at('native', 'Cargo.toml')];
  if (host) args.push('--filter-platform', host);
  for (const offline of [['--offline'], []]) {
    const result = spawnSync('cargo', [...args, ...offline], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (result.status === 0) return JSON.parse(result.stdout);
    if (offline.length === 0)
      throw new Error(`cargo metadata failed: ${(result.stderr || result.error?.message || '').trim()}`);
  }
}

/** What is linked into the addon: normal dependencies of `binding`; macros run at build time and are not linked. */
function rustParts() {
  const { packages, resolve } = cargoMetadata();
  const byId = new Map(packages.map((item) => [item.id, item]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (item) => item.targets.some(({ kind }) => kind.includes('proc-macro'));
  const root = packages.find(({ name, source }) => name === 'binding' && source === null);
  if (root === undefined) throw new Error('native/Cargo.toml has no package "binding"');
  const reached = new Set();
  const open = [root.id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id) || isMacro(byId.get(id))) continue;
    reached.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps)
      if (dep_kinds.some(({ kind }) => kind === null)) open.push(pkg);
  }
  return [...reached]
    .map((id) => byId.get(id))
    .filter(({ source }) => source !== null)
    .map(({ name, version, license }) => ({ kind: 'crate', name, version, licence: license ?? undefined }));
}

function unique(parts) {
  const seen = new Map(parts.map((part) => [`${part.kind} ${part.name} ${part.version}`, part]));
  return [...seen.values()].sort((a, b) => `${a.kind} ${a.name}`.localeCompare(`${b.kind} ${b.name}`));
}

function table(parts) {
  const rows = parts.map(({ kind, name, version, licence, used }) => [
    kind,
    name,
    version,
    licence ?? 'none given',
    used ?? 'NOT ALLOWED',
  ]);
  const head = ['kind', 'part', 'version', 'licence', 'used under'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, json: { type: 'boolean' } } });
try {
  const parts = unique([...npmParts(), ...rustParts(), ...runtimes()]).map((part) => ({
    ...part,
    used: choose(part.licence),
  }));
  const refused = parts.filter(({ used }) => used === undefined);
  if (values.json)
    process.stdout.write(
      `${JSON.stringify(
        parts.map((part) => ({ ...part, licence: part.licence ?? null, used: part.used ?? null })),
        null,
        2,
      )}\n`,
    );
  else {
    if (!values.check) process.stdout.write(`${table(parts)}\n`);
    for (const { kind, name, version, licence } of refused)
      process.stderr.write(
        `${kind} ${name} ${version}: ${licence ? `its licence "${licence}" is not allowed` : 'it names no licence'}\n`,
      );
    process.stdout.write(
      refused.length === 0
        ? `${parts.length} parts, all allowed\n`
        : `${parts.length} parts, ${refused.length} not allowed\n`,
    );
  }
  if (values.check && refused.length > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
