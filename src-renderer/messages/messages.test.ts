/** The catalogue: figures as the trade writes them, and no visible word outside it. */
import { describe, expect, test } from 'vitest';
import {
  atLeast,
  bytes,
  degrees,
  duration,
  fixed,
  gradeNumber,
  micrometres,
  mm,
  percent,
  probability,
  significant,
} from './format.ts';
import { en, t } from './index.ts';
import { checkName, readable } from './names.ts';

const components = import.meta.glob<string>(['../**/*.tsx', '!../**/*.test.tsx'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!./en/**', '!./en.ts', '!../**/*.test.*'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

describe('figures', () => {
  test('fixed decimals, a dash where there is no figure', () => {
    expect(mm(3.01249)).toBe('3.012 mm');
    expect(fixed(null, 2)).toBe('—');
    expect(fixed(Number.NaN, 2)).toBe('—');
    expect(degrees(-0.301)).toBe('-0.30°');
    expect(degrees(-0.0004)).toBe('0.00°');
    expect([0.004, 0.05, 0, null].map((value) => atLeast(value, 2))).toEqual(['<0.01', '0.05', '0.00', '—']);
    expect(micrometres(0.006)).toBe('6.0 µm');
  });

  test('grades without needless decimals', () => {
    expect([10, 9, 8.5, null].map(gradeNumber)).toEqual(['10', '9', '8.5', '—']);
  });

  test('durations and sizes in readable units', () => {
    expect([0.42, 42.4, 1184.9, 61_000].map(duration)).toEqual(['0.4 ms', '42 ms', '1.18 s', '61.0 s']);
    expect([0, 999, 1_500, 81_920_000].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '81.9 MB']);
    expect(percent(0.994, 1)).toBe('99.4%');
    expect(significant(0.00012345)).toBe('0.000123');
    expect([0.97411, 0.0004, 1.163e-19, null].map(probability)).toEqual(['0.974', '4.0e-4', '1.2e-19', '—']);
  });
});

describe('words', () => {
  test('plurals', () => {
    expect(t('grade.rig.lights', { count: 1 })).toBe('1 light');
    expect(t('grade.rig.lights', { count: 8 })).toBe('8 lights');
  });

  test('names that the core makes up are readable without being known', () => {
    expect(checkName('clipping')).toBe('Clipped pixels');
    expect(checkName('edgeResidualPx')).toBe('Edge residual px');
    expect(readable('lens_drift')).toBe('Lens drift');
    expect(checkName('constructor')).toBe('Constructor');
  });
});

describe('source files', () => {
  test('no component has visible words of its own', () => {
    const found = Object.entries(components).flatMap(([path, text]) =>
      visibleWords(text).map((word) => `${path}: ${word}`),
    );
    expect(Object.keys(components).length).toBeGreaterThan(30);
    expect(found).toEqual([]);
  });

  test('no entry of the catalogue is left over', () => {
    const code = Object.values(sources).join('\n');
    const used = (key: string) => code.includes(key) || code.includes(`${key.slice(0, key.lastIndexOf('.'))}.\${`);
    expect(keysOf(en).filter((key) => !used(key.replace(/_(one|other)$/, '')))).toEqual([]);
  });

  test('the search for words finds them', () => {
    expect(visibleWords('<p>Hello there</p>')).toEqual(['Hello there']);
    expect(visibleWords('<p title="Hello">{x}</p>')).toEqual(['Hello']);
    expect(visibleWords('const a: Map<string, number> = f(b > c);')).toEqual([]);
  });
});

/** Text between tags, and the attributes that people see or hear. */
function visibleWords(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const between = [
    ...code.matchAll(/(?:<\/?[a-z][\w.]*(?:\s[^<>{}]*)?>|\/>|[}"]\s*>)([^<>{}]*[A-Za-z]{2,}[^<>{}]*)<\//g),
  ];
  const attributes = [
    ...code.matchAll(/\s(?:title|label|aria-label|placeholder|alt|description)="([^"]*[A-Za-z]{2,}[^"]*)"/g),
  ];
  return [...between, ...attributes].map((match) => (match[1] ?? '').trim());
}

interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

function keysOf(catalogue: Catalogue, prefix = ''): readonly string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  );
}
