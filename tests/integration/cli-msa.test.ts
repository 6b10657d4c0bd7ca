/** `trugrade msa`: tables as people have them, results, reports, and refusals that name row and column. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import {
  grrResultSchema,
  linearityResultSchema,
  msaResultSchema,
  type1ResultSchema,
} from '../../src-main/contract/index.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';

/** 4 parts, 2 operators, 3 trials: part + operator + a pattern of its own for each trial. */
function study(): { part: string; operator: string; trial: string; value: number }[] {
  const noise = [0.03, -0.02, 0.01, -0.04, 0.02, 0.05, -0.01];
  return ['K1', 'K2', 'K3', 'K4'].flatMap((part, i) =>
    ['Ann', 'Bea'].flatMap((operator, j) =>
      ['1', '2', '3'].map((trial, k) => ({
        ...{ part, operator, trial },
        value: 3 + 0.5 * i + 0.04 * j + (noise[(i * 5 + j * 3 + k * 2) % noise.length] ?? 0),
      })),
    ),
  );
}

const csv = (rows: readonly (readonly (string | number)[])[], separator = ',') =>
  `${rows.map((row) => row.join(separator)).join('\n')}\n`;
const plain = () =>
  csv([['part', 'operator', 'trial', 'measurement'], ...study().map((r) => [r.part, r.operator, r.trial, r.value])]);

async function analysed(text: string, args: readonly string[] = []) {
  using folder = temporaryFolder();
  const file = join(folder.path, 'study.csv');
  writeFileSync(file, text);
  return await runCli(['msa', 'grr', file, '--json', ...args]);
}

it('reads a table in any order of columns, with semicolons, decimal commas and other names', async () => {
  const usual = grrResultSchema.parse(JSON.parse((await analysed(plain())).stdout));
  const rows = study()
    .toReversed()
    .map((r) => [String(r.value).replace('.', ','), r.trial, 'x', r.operator, r.part]);
  const german = csv([['Messwert (mm)', 'Replicate', 'remark', 'Appraiser', 'Sample'], ...rows], ';');
  const { stdout, code } = await analysed(`\uFEFF${german.replaceAll('\n', '\r\n')}`);
  expect(code).toBe(0);
  const other = grrResultSchema.parse(JSON.parse(stdout));
  for (const [i, component] of usual.components.entries())
    expect(other.components[i]?.variance ?? 0).toBeCloseTo(component.variance ?? 0, 12);
});

it('passes its options on and states alpha and the pooling decision', async () => {
  const given = ['--tolerance', '0.6', '--alpha', '0.05', '--study-k', '5.15', '--interaction', 'keep'];
  const result = grrResultSchema.parse(JSON.parse((await analysed(plain(), given)).stdout));
  expect(result.settings).toMatchObject({ tolerance: 0.6, alpha: 0.05, studyK: 5.15, interaction: 'keep' });
  expect(result.anova).toMatchObject({ pooled: false, decision: expect.stringContaining('kept, as was asked') });
  const total = result.components.find((c) => c.name === 'total');
  expect(total?.tolerancePct).toBeCloseTo((515 * (total?.sd ?? 0)) / 0.6, 9);
  const ranges = grrResultSchema.parse(JSON.parse((await analysed(plain(), ['--method', 'xbar-r'])).stdout));
  expect(ranges.components.every((c) => c.varianceInterval === null)).toBe(true);
});

it('prints readable tables and writes a report that carries the decision, tables and charts', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'study.csv');
  writeFileSync(file, plain().replaceAll('Ann', '<b>Ann'));
  const [html, pdf] = [join(folder.path, 'r.html'), join(folder.path, 'r.pdf')];
  const { stdout, code } = await runCli(['msa', 'grr', file, '--tolerance', '0.6', '--report', html]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Total gauge R&R +\S+/);
  expect(stdout).toContain('alpha of pooling');
  const page = readFileSync(html, 'utf8');
  expect(page).toContain('alpha = 0.25');
  expect(page.match(/<svg /g)).toHaveLength(6);
  expect(page).toContain('&lt;b&gt;Ann');
  expect(page).not.toContain('<b>Ann');
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  expect((await runCli(['msa', 'grr', file, '--report', pdf])).code).toBe(0);
  expect(pdfText(readFileSync(pdf))).toContain('Total gauge R&R');
});

it('makes type-1, linearity, agreement and stability studies', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'data.csv');
  const run = async (text: string, args: readonly string[]) => {
    writeFileSync(file, text);
    const { stdout, stderr, code } = await runCli(['msa', ...args.slice(0, 1), file, ...args.slice(1), '--json']);
    expect(code, stderr).toBe(0);
    return msaResultSchema.parse(JSON.parse(stdout));
  };
  const values = Array.from({ length: 12 }, (_, i) => -4 + ((i * 5) % 7) / 100);
  const repeated = csv([['n', 'value'], ...values.map((v, i) => [i + 1, v])]);
  const one = type1ResultSchema.parse(await run(repeated, ['type1', '--reference', '-4', '--tolerance', '2']));
  expect(one.settings.reference).toBe(-4);
  const known = csv([['reference', 'reading'], ...values.map((v, i) => [i % 3, (i % 3) * 1.1 + v])]);
  const line = linearityResultSchema.parse(await run(known, ['linearity']));
  expect(line.perReference).toHaveLength(3);
  const two = csv([['ours', 'theirs'], ...values.map((v, i) => [v, v + (i % 2) / 50])]);
  expect((await run(two, ['agreement', '--largest', '0.1'])).verdict.level).toBe('good');
  const groups = csv([['day', 'value'], ...values.map((v, i) => [Math.floor(i / 3), v])]);
  expect((await run(groups, ['stability'])).kind).toBe('stability');
});

it('refuses what it cannot read, naming file, row and column', async () => {
  const { code, stderr, stdout } = await analysed(plain().replace(/(K2,Ann,1),.*/, '$1,about 3'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/study\.csv: measurement, row 8: "about 3" is not a number/);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'value.invalid', file: 'study.csv' } });
});

it('refuses wrong usage before it reads anything', async () => {
  expect(await runCli(['msa', 'grr'])).toMatchObject({ code: 2, stderr: expect.stringContaining('one CSV file') });
  const missing = await runCli(['msa', 'grr', 'nowhere.csv']);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('nowhere.csv: there is no such file') });
  expect(await runCli(['msa', 'grr', 'x.csv', '--report', 'r.docx'])).toMatchObject({ code: 2 });
  expect(await runCli(['msa', 'grr', 'x.csv', '--tolerance', '-1'])).toMatchObject({ code: 2 });
});

/** The text of a PDF's content streams: its literal and hexadecimal strings, one after the other. */
function pdfText(pdf: Buffer): string {
  const raw = pdf.toString('latin1');
  let text = '';
  for (const { index } of raw.matchAll(/stream\r?\n/g)) {
    const start = index + (raw[index + 6] === '\r' ? 8 : 7);
    try {
      text += inflateSync(pdf.subarray(start)).toString('latin1');
    } catch {
      // Not every stream is a deflated page.
    }
  }
  return [...text.matchAll(/<([0-9a-f]+)>/g)]
    .map(([, hex]) => Buffer.from(hex ?? '', 'hex').toString('latin1'))
    .join('');
}
