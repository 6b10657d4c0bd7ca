/** What a change does to a template's file. */
import { describe, expect, it } from 'vitest';
import { type TemplateFile, templateFileSchema } from '../../contract/index.ts';
import { revisedText, shownOf } from './revise.ts';

const margins = { left: 3, right: 3, top: 4, bottom: 4 };
const file = (reference: Partial<TemplateFile['reference']>, marginsMm: TemplateFile['marginsMm']) => ({
  schema: 'trugrade.template/1',
  ...{ name: 'Lake', set: 'First', side: 'front', cardMm: [63.5, 88.9], pitchMm: 0.04, marginsMm },
  reference: {
    ...{ kind: 'example', shiftMm: [0, 0], turnDeg: 0.2, uncertaintyMm: [0.1, 0.1], turnUncertaintyDeg: 0.13 },
    ...reference,
  },
  anchors: [{ id: 'a1', atMm: [1, 2], patch: 'AAAA' }],
  overview: 'kept as it is',
});
const revised = (given: object, change: Parameters<typeof revisedText>[2]) =>
  templateFileSchema.parse(JSON.parse(revisedText(JSON.stringify(given), 'Lake', change)));

describe('a changed template', () => {
  it('keeps its anchors and all that is not named', () => {
    const after = revised(file({}, null), { name: 'Lake, full art' });
    expect(after).toEqual({ ...file({}, null), name: 'Lake, full art' });
    expect(shownOf(after)).toMatchObject({ name: 'Lake, full art', set: 'First', anchors: 1 });
  });

  it('takes a new uncertainty of an example that was taken as centred, for shift and turn', () => {
    const { reference } = revised(file({}, null), { exampleUncertaintyMm: 0.05 });
    expect(reference.uncertaintyMm).toEqual([0.05, 0.05]);
    // 0.05 mm at the end of 44 mm.
    expect(reference.turnUncertaintyDeg).toBeCloseTo(0.0651, 4);
    expect(reference.shiftMm).toEqual([0, 0]);
  });

  it('moves the reference by half of what opposite margins differ by, where margins state it', () => {
    // Measured left 3.30 and right 2.90 mm: 0.2 mm to the right of nominal 3 and 3, in place for nominal 3.4 and 3.
    const before = file({ kind: 'margins', shiftMm: [0.2, -0.1] }, margins);
    const { reference, marginsMm } = revised(before, { marginsMm: { ...margins, left: 3.4 } });
    expect(marginsMm?.left).toBe(3.4);
    expect(reference.shiftMm[0]).toBeCloseTo(0, 12);
    expect(reference.shiftMm[1]).toBe(-0.1);
  });

  it('leaves the reference where margins are taken away', () => {
    const before = file({ kind: 'margins', shiftMm: [0.2, -0.1] }, margins);
    const after = revised(before, { marginsMm: null });
    expect([after.marginsMm, after.reference.shiftMm]).toEqual([null, [0.2, -0.1]]);
  });

  it('refuses a damaged file by the name of the template', () => {
    expect(() => revisedText('{', 'Lake', {})).toThrow(
      expect.objectContaining({ code: 'json.invalid', data: expect.objectContaining({ file: 'Lake' }) }),
    );
  });
});
