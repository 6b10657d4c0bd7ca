/** The operator's copy of the standards: edited, refused, restored, and broken from outside. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInText } from '../grading/index.ts';
import type { Log } from '../log/index.ts';
import { openStandards } from './index.ts';

const warnings: string[] = [];
const note = (message: string) => void warnings.push(message);
const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trugrade-standards-'));
  warnings.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The built-in file with some of one standard's members replaced. */
function edited(id: string, change: object): string {
  const document = JSON.parse(builtInText);
  Object.assign(document.standards[id], change);
  return JSON.stringify(document);
}
const stricter = builtInText.replace('"version": "2025"', '"version": "club 2027"');

describe('the book of standards', () => {
  it('comes with the built-in ones, each with version, source and rule', () => {
    const book = openStandards(folder, log);
    expect(book.file()).toMatchObject({ origin: 'builtIn', problem: null });
    expect(book.all.map((s) => s.id)).toEqual(['psa', 'psa-2024', 'bgs', 'cgc', 'sgc', 'tag-tcg', 'tag-sports']);
    expect(book.find('psa')).toMatchObject({ effective: '2025', judgedBy: 'worstEnd' });
    for (const standard of book.all) expect(standard.source).not.toBe('');
  });

  it('keeps an edited copy over a restart, and goes back to the built-in ones', () => {
    openStandards(folder, log).save(stricter);
    const book = openStandards(folder, log);
    expect(book.find('psa').version).toBe('club 2027');
    expect(book.file().origin).toBe('edited');
    expect(book.restore()).toMatchObject({ origin: 'builtIn', text: builtInText });
    expect(openStandards(folder, log).find('psa').version).toBe('2025');
  });

  it.each([
    ['no JSON', '{ "schema": ', /not valid JSON/],
    ['a limit of 40 %', edited('bgs', { rows: { '10': { front: 40, back: 60 } } }), /standards\.bgs/],
    ['another schema', builtInText.replace('trugrade.standards/1', 'other/1'), /schema/],
    [
      'a 9 stricter than the 10',
      edited('psa', { front_back: { '10': [55, 75], '9': [52, 90] } }),
      /contradicts grade 10/,
    ],
  ])('refuses %s and changes nothing', (_name, text, message) => {
    const book = openStandards(folder, log);
    expect(() => book.save(text)).toThrow(message);
    expect(book.file().origin).toBe('builtIn');
  });

  it('stands by the built-in ones when the file was broken from outside, says why, and leaves the file alone', () => {
    openStandards(folder, log).save(stricter);
    const path = join(folder, 'grading-standards.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 500));
    const book = openStandards(folder, log);
    expect(book.find('psa').version).toBe('2025');
    expect(book.file().problem).toMatch(/grading-standards\.json: is not valid JSON/);
    expect(book.file().text).toHaveLength(500);
    expect(warnings).toContain('the edited standards are not in force');
  });
});
