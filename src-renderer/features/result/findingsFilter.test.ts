/** The list of findings by kind and by cost. */
import { describe, expect, it } from 'vitest';
import type { Cost, Defect } from '../../../src-main/contract/report.ts';
import { everything, filtered, kindsOf } from './findingsFilter.ts';

const finding = (id: string, kind: Defect['kind']): Defect => ({
  ...{ id, kind, polygonMm: [], bboxMm: [0, 0, 1, 1], polygonPx: [], areaMm2: 1, lengthMm: 1, widthMm: 1 },
  ...{ depthMm: null, severity: 0.5, confidence: 0.9, evidence: [], signalToNoise: 9 },
});
const defects = [finding('a', 'dent'), finding('b', 'stain'), finding('c', 'dent')];
const costs: Cost[] = [
  { subgrade: 'surface', rule: 'surface.dent', text: 'dent', points: 30, defectId: 'c', overallWithout: 9 },
];
const ids = (filter: Parameters<typeof filtered>[2]) =>
  filtered(defects, costs, filter).map(({ defect, number }) => `${defect.id}${number}`);

describe('findings', () => {
  it('keep their numbers whatever is shown', () => {
    expect(ids(everything)).toEqual(['a1', 'b2', 'c3']);
    expect(ids({ kind: 'dent', cost: 'all' })).toEqual(['a1', 'c3']);
    expect(ids({ kind: 'all', cost: 'costs' })).toEqual(['c3']);
    expect(ids({ kind: 'dent', cost: 'free' })).toEqual(['a1']);
  });
  it('offer only the kinds that occur', () => {
    expect(kindsOf(defects)).toEqual(['dent', 'stain']);
    expect(kindsOf([])).toEqual([]);
  });
});
