/** The budget's terms with and without a calibration record. */
import { expect, test } from 'vitest';
import { assumptions, assumptionsInForce, budgetTerms, radiometricValue, soundChanges } from './index.ts';

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

test("a measured response's residual takes the place of the radiometric assumption, in proportion to a gamma's", () => {
  const steps = 100_000;
  const departures = Array.from({ length: steps }, (_, i) => ((i + 0.5) / steps) ** (1 / 2.2) - (i + 0.5) / steps);
  const gamma = Math.sqrt(departures.reduce((sum, d) => sum + d * d, 0) / steps);
  // Specification: a gamma of 2.2 moves an edge by about 0.22 px; a width has two edges.
  expect(radiometricValue(gamma).halfWidth).toBeCloseTo(0.22 * Math.SQRT2, 3);
  const { terms, basis } = budgetTerms({ radiometric: radiometricValue(0.004) });
  const term = terms.find(({ id }) => id === 'radiometric');
  expect(term).toMatchObject({ source: 'calibration', unit: 'px', distribution: 'normal', coverage: 1 });
  expect(term).not.toHaveProperty('sensitivity');
  expect(term?.halfWidth).toBeCloseTo(0.004 * (0.22 / gamma) * Math.SQRT2, 5);
  expect(basis.radiometric).toContain('0.40 % of full scale');
});

const builtIn = (id: string) => {
  const found = assumptionsInForce({}).terms.find((term) => term.id === id);
  if (!found) throw new Error(id);
  return found.value;
};

test('a person may state the room and what an edge is, and the report says by whom and which', () => {
  const thermal = { ...builtIn('thermal'), halfWidth: 1, sensitivity: 8e-6, basis: 'climate log of November' };
  const cutDefinition = { ...builtIn('cutDefinition'), halfWidth: 4, distribution: 'normal' as const };
  const changes = soundChanges({ thermal, cutDefinition, humidity: builtIn('humidity') });
  expect(Object.keys(changes)).toEqual(['thermal', 'cutDefinition']);
  const { terms, basis, version } = budgetTerms({}, changes);
  const of = (id: string) => terms.find((term) => term.id === id);
  expect(of('thermal')).toMatchObject({ halfWidth: 1, sensitivity: 8e-6, distribution: 'rectangular' });
  expect(of('cutDefinition')).toMatchObject({ halfWidth: 4, sensitivity: 0.001, distribution: 'normal', coverage: 2 });
  expect(of('humidity')).toMatchObject({ halfWidth: 5 });
  expect(basis.thermal).toBe('climate log of November');
  expect(version).toMatch(new RegExp(`^${assumptions.version}, changed [0-9a-f]{8}$`));
  expect(budgetTerms({}, { cutDefinition, thermal }).version).toBe(version);
  expect(budgetTerms({}, { thermal }).version).not.toBe(version);
});

test('a record stands before what a person states', () => {
  const said = { distortion: { ...builtIn('distortion'), halfWidth: 3 } };
  const record = { halfWidth: 0.02, distribution: 'normal', coverage: 1, basis: 'held-out points' } as const;
  expect(budgetTerms({ distortion: record }, said).terms.find(({ id }) => id === 'distortion')?.halfWidth).toBe(0.02);
  expect(budgetTerms({}, said).terms.find(({ id }) => id === 'distortion')?.halfWidth).toBe(3);
});

test('a change of what does not exist, or with a sensitivity where there is none, is refused by its field', () => {
  const refused = (field: string) =>
    expect.objectContaining({ code: 'value.invalid', data: expect.objectContaining({ field }) });
  expect(() => soundChanges({ moon: builtIn('thermal') })).toThrow(refused('assumptions.moon'));
  expect(() => soundChanges({ height: { ...builtIn('height'), sensitivity: 2 } })).toThrow(
    refused('assumptions.height.sensitivity'),
  );
  expect(() => soundChanges({ thermal: { ...builtIn('thermal'), sensitivity: null } })).toThrow(
    refused('assumptions.thermal.sensitivity'),
  );
});
