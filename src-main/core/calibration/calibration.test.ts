/** Scale, verification, acceptance and records by hand-made numbers; sheets by what is in their files. */
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Artefact, CalibrationRecord, CameraFit, Comparison } from '../../contract/index.ts';
import { loadNative } from '../native/index.ts';
import { inForce, makeRecord, stateOf } from './compose.ts';
import { withResolution } from './png-size.ts';
import { certifiedScale, expansionOf, requireValid, statedScale } from './scale.ts';
import { pagePlan, rulerMm, sheetPdf } from './sheet-pdf.ts';
import { printedSize, sheets } from './sheets.ts';
import { acceptedLengths, driftStatus, verification } from './verify.ts';

const length = (certifiedMm: number, errorMm: number, directionDeg = 0): Comparison => ({
  ...{ corners: [0, 1], certifiedMm, measuredMm: certifiedMm + errorMm, errorMm, directionDeg, stdMm: 1e-4 },
});

const artefact = (change: Partial<Artefact['certificate']> = {}): Artefact => ({
  name: 'glass grid',
  board: sheets.artefact.board,
  certificate: {
    ...{ number: 'C-1', issuedBy: 'lab', issuedOn: '2026-01-01', validUntil: '2027-01-01' },
    ...{ expandedUncertaintyMm: 0.001, coverageFactor: 2, referenceTemperatureC: 20, expansionPerK: 8e-6 },
    ...change,
  },
  lengths: [{ corners: [0, 1], certifiedMm: 8 }],
});
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : 'untyped';
  }
  return 'accepted';
};

describe('scale', () => {
  it('is the factor that fits all lengths, with the uncertainty of certificate, scatter and temperature', () => {
    const seen = [20, 40, 80].map((mm) => ({ ...length(mm, 0), measuredMm: mm / 1.002 }));
    const { factor, expandedRelative } = certifiedScale(artefact(), seen, 1);
    expect(factor).toBeCloseTo(1.002, 10);
    // 0.5 um over 80 mm and 8e-6/K x 0.5 K, k = 2.
    expect(expandedRelative).toBeCloseTo(2 * Math.hypot(0.0005 / 80, 4e-6), 9);
  });

  it('refuses a board printed at 97 %, by the artefact and by the ruler', () => {
    const seen = [20, 40, 80].map((mm) => ({ ...length(mm, 0), measuredMm: mm / 0.97 }));
    expect(codeOf(() => certifiedScale(artefact(), seen, 1))).toMatch(/board\.wrong|97\.0 %/);
    expect(codeOf(() => statedScale(97, rulerMm))).toMatch(/printed at 97\.0 %/);
    expect(codeOf(() => statedScale(Number.NaN, rulerMm))).toMatch(/board\.wrong/);
    expect(statedScale(100.2, rulerMm).factor).toBeCloseTo(1.002);
  });

  it('refuses lengths that disagree, too few of them, and a certificate that has run out', () => {
    const bent = [length(20, 0.05), length(40, -0.05), length(80, 0.05)];
    expect(codeOf(() => certifiedScale(artefact(), bent, 1))).toMatch(/calibration\.failed/);
    expect(codeOf(() => certifiedScale(artefact(), bent.slice(1), 1))).toMatch(/calibration\.weak/);
    expect(codeOf(() => requireValid(artefact(), new Date('2027-01-02')))).toMatch(/valid until 2027-01-01/);
    expect(codeOf(() => requireValid(artefact(), new Date('2026-06-01')))).toBe('accepted');
    expect(codeOf(() => requireValid(artefact({ issuedOn: '2028-01-01' }), new Date('2026-06-01')))).toMatch(/dates/);
  });

  it('grows with the temperature', () => {
    expect(expansionOf(artefact(), 25)).toBeCloseTo(4e-5, 12);
  });
});

describe('verification, drift and acceptance', () => {
  it('judges by the worst length', () => {
    const three = [length(20, 0.001), length(40, -0.004), length(80, 0.002)];
    expect(verification(three, 0.005)).toMatchObject({ passed: true, worstMm: 0.004 });
    expect(verification(three, 0.003).passed).toBe(false);
    expect(verification(three.slice(0, 2), 0.005).passed).toBe(false);
    expect(driftStatus(three).status).toBe('ok');
    expect(driftStatus([...three, length(80, 0.007)]).status).toBe('warning');
    expect(driftStatus([...three, length(80, 0.02)]).status).toBe('failed');
    expect(driftStatus([]).status).toBe('failed');
  });

  it('finds the scale error that all lengths share', () => {
    expect(driftStatus([20, 40, 80].map((mm) => length(mm, mm * 5e-5))).scaleError).toBeCloseTo(5e-5, 12);
  });

  it('guards the limit by the uncertainty of the certificate', () => {
    const mpe = { constantMm: 0.003, perMm: 1e-5 };
    const pictures = [[length(100, 0.0035, 2)], [length(100, 0.0029, 91)]];
    const judged = acceptedLengths(pictures, mpe, 0.001);
    expect(judged.lengths.map((l) => l.passed)).toEqual([false, true]);
    expect(judged).toMatchObject({ lengthPassed: false, directions: 2 });
  });
});

describe('records', () => {
  const now = new Date('2026-11-21T08:00:00Z');
  const fit = { heldOutRmsPx: 0.003 } as const;
  const record = (end: string): Pick<CalibrationRecord, 'expiresAt'> => ({ expiresAt: end });

  it('expire, warn before, and are called drifted by a failed check', () => {
    expect(stateOf(record('2027-11-21T08:00:00Z'), now, false)).toBe('valid');
    expect(stateOf(record('2026-12-01T08:00:00Z'), now, false)).toBe('expiring');
    expect(stateOf(record('2026-11-20T08:00:00Z'), now, true)).toBe('expired');
    expect(stateOf(record('2027-11-21T08:00:00Z'), now, true)).toBe('drifted');
  });

  it('do not outlive their certificate, and are not made from a failed verification', () => {
    const composed = composedWith(verification([length(20, 0), length(40, 0), length(80, 0)], 0.005));
    const identity = {
      ...{ id: 'c1', name: 'n', rigId: 'r', createdBy: 'a', simulated: true, files: [], board: sheets.camera.board },
      ...{ software: { version: '1', commit: 'c' }, camera: cameraWith(fit), now, validDays: 365 },
    };
    const made = makeRecord(composed, identity);
    expect(made.expiresAt.slice(0, 10)).toBe('2027-01-01');
    expect(inForce(made, now)).toMatchObject({ state: 'valid', scale: 'certified', scaleRelative: 1e-5 });
    const failed = composedWith(verification([length(20, 0), length(40, 0.1), length(80, 0)], 0.005));
    expect(codeOf(() => makeRecord(failed, identity))).toMatch(/100\.0 um/);
  });
});

describe('sheets', () => {
  const { calibration } = loadNative();

  it('hold every black rectangle in true size on an A4 page', async () => {
    for (const sheet of Object.values(sheets)) {
      const layout = calibration.layout(sheet.board);
      const pdf = await sheetPdf(sheet, layout, new Date('2026-01-01'));
      const content = streams(pdf).join('\n');
      expect(content).toMatch(/2\.834646 0 0 2\.834646 0 0 cm|2\.834646 0 0 -?2\.834646/);
      const boxes = [...content.matchAll(/^([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re$/gm)].map((m) =>
        m.slice(1).map(Number),
      );
      expect(boxes).toHaveLength(layout.rectsMm.length);
      const { page, at } = pagePlan(printedSize(layout, sheet));
      expect(page).toEqual([210, 297]);
      boxes.forEach((box, i) => {
        const [x = 0, y = 0, w = 0, h = 0] = layout.rectsMm[i] ?? [];
        for (const [k, value] of [at[0] + x, at[1] + y, w, h].entries()) expect(box[k]).toBeCloseTo(value, 4);
      });
    }
  });

  it('say their resolution in the PNG file', async () => {
    const png = withResolution(await calibration.png(sheets.camera.board, 300, 5), 300);
    expect(png.toString('latin1', 37, 41)).toBe('pHYs');
    expect(png.readUInt32BE(41)).toBe(11_811);
    expect(png.readUInt32BE(16)).toBe(Math.round((82 * 300) / 25.4));
  });
});

/** Deflated streams of a PDF file as text. */
function streams(pdf: Buffer): string[] {
  const found: string[] = [];
  const text = pdf.toString('latin1');
  for (let at = text.indexOf('stream\n'); at >= 0; at = text.indexOf('stream\n', at + 7)) {
    if (text.slice(at - 3, at) === 'end') continue;
    const end = text.indexOf('\nendstream', at);
    try {
      found.push(inflateSync(pdf.subarray(at + 7, end)).toString('latin1'));
    } catch {
      // Not every stream is deflated.
    }
  }
  return found;
}

function cameraWith({ heldOutRmsPx }: { heldOutRmsPx: number }): CameraFit {
  const coverage = { cells: 5, counts: [], coveredFraction: 1, views: [], tilted: 3, missing: [], advice: [] };
  return {
    imagePx: [1950, 2550],
    camera: { intrinsics: [1e4, 1e4, 974.5, 1274.5], distortion: [0, 0, 0, 0, 0] },
    std: [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...{ rmsPx: 0.003, heldOutRmsPx, heldOut: 100, sigma0: 1, views: [], coverage },
  };
}

function composedWith(proof: CalibrationRecord['verification']) {
  const { imagePx, camera } = cameraWith({ heldOutRmsPx: 0.003 });
  const map = {
    ...{ imagePx, ...camera },
    toPlane: [
      [400, 0, 0],
      [0, 400, 0],
      [0, 0, 1],
    ] satisfies CalibrationRecord['plane']['map']['toPlane'],
  };
  const plane: CalibrationRecord['plane'] = {
    ...{ map, pitchMm: 0.04, tiltDeg: 0, distanceMm: 400, rmsPx: 0.003, rmsMm: 1e-4, worstPx: 0.01, corners: 88 },
    spanned: [0.9, 0.9],
  };
  const scale: CalibrationRecord['scale'] = {
    ...{
      kind: 'certified',
      factor: 1,
      artefact: artefact(),
      temperatureC: 20,
      comparisons: [],
      expandedRelative: 2e-5,
    },
  };
  return { plane, scale, verification: proof, surfaceAboveMm: 0 };
}
