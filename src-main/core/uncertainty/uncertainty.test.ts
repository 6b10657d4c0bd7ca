/** The budget's terms with and without a calibration record. */
import { expect, test } from 'vitest';
import { assumptions, budgetTerms } from './index.ts';

test('without a calibration record the estimator stands alone and everything else is named as absent', () => {
  const { terms, absent, version } = budgetTerms(null);
  expect(terms.map(({ id }) => id)).toEqual(['phaseOuter', 'phaseBorder']);
  expect(terms.every(({ source }) => source === 'assumption')).toBe(true);
  expect(new Set([...terms.map(({ id }) => id), ...absent])).toEqual(new Set(assumptions.terms.map(({ id }) => id)));
  expect(absent).toContain('scaleCertificate');
  expect(absent).toContain('cutDefinition');
  expect(version).toBe(assumptions.version);
});

test('a calibration record replaces the assumption of the same name, with its degrees of freedom and its reason', () => {
  const record = {
    halfWidth: 0.02,
    distribution: 'normal',
    coverage: 2,
    freedom: 40,
    basis: 'held-out points',
  } as const;
  const { terms, absent, basis } = budgetTerms({ distortion: record });
  expect(absent).toEqual([]);
  expect(terms.find(({ id }) => id === 'distortion')).toEqual({
    id: 'distortion',
    halfWidth: 0.02,
    unit: 'px',
    distribution: 'normal',
    coverage: 2,
    freedom: 40,
    source: 'calibration',
    group: 'instrument',
  });
  expect(basis.distortion).toBe('held-out points');
  expect(terms.find(({ id }) => id === 'radiometric')?.source).toBe('assumption');
});

test('a person may state the room and what an edge is', () => {
  const { terms } = budgetTerms({}, { temperatureRangeK: 1, edgeDefinitionUm: 0 });
  const of = (id: string) => terms.find((term) => term.id === id)?.halfWidth;
  expect([of('thermal'), of('cutDefinition'), of('borderDefinition'), of('humidity')]).toEqual([1, 0, 0, 5]);
});
