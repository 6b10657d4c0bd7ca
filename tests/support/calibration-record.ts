/** A calibration record of the simulated rig as it truly is: its scale, and where asked for its tilt and distortion. */
import { type CalibrationRecord, calibrationRecordSchema } from '../../src-main/contract/index.ts';

const imagePx = [1950, 2550];
const board = { squaresX: 8, squaresY: 11, squareMm: 9, markerMm: 6.5, dictionary: 'DICT_4X4_100' };

/**
 * @param pitchMm what the record says a pixel is; the simulated camera's is 0.04
 * @param bent tilt about x in degrees, and the distortion's first coefficient
 */
export function simulatedRecord(id: string, pitchMm = 0.04, bent = { tiltDeg: 0, k1: 0 }): CalibrationRecord {
  const camera = { intrinsics: [1e4, 1e4, 974.5, 1274.5], distortion: [bent.k1, 0, 0, 0, 0] };
  const distanceMm = pitchMm * 1e4;
  const [cos, tan] = [Math.cos((bent.tiltDeg * Math.PI) / 180), Math.tan((bent.tiltDeg * Math.PI) / 180)];
  // A plane tilted about x stands at depth d - Y sin t where it is seen along (X, Y cos t): this is the way back.
  const toPlane = [
    [distanceMm, 0, 0],
    [0, distanceMm / cos, 0],
    [0, tan, 1],
  ];
  const now = new Date();
  const expires = new Date(now.getTime() + 90 * 24 * 3_600_000);
  return calibrationRecordSchema.parse({
    ...{ schema: 'trugrade.calibration/1', id, name: `Record ${id}`, rigId: 'simulated', createdBy: 'test' },
    ...{ createdAt: now.toISOString(), expiresAt: expires.toISOString(), simulated: true, board },
    software: { version: '1', commit: 'c' },
    camera: {
      ...{ imagePx, camera, std: [0, 0, 0, 0, 0, 0, 0, 0, 0], rmsPx: 0.003, heldOutRmsPx: 0.003, heldOut: 100 },
      ...{ sigma0: 1, views: [] },
      coverage: { cells: 5, counts: [], coveredFraction: 1, views: [], tilted: 3, missing: [], advice: [] },
    },
    plane: {
      ...{ map: { imagePx, ...camera, toPlane }, pitchMm, tiltDeg: 0, distanceMm, rmsPx: 0.003, rmsMm: 1e-4 },
      ...{ worstPx: 0.01, corners: 88, spanned: [0.9, 0.9] },
    },
    surfaceAboveMm: 0,
    scale: {
      ...{ kind: 'certified', factor: 1, temperatureC: 20, comparisons: [], expandedRelative: 2e-5 },
      artefact: {
        ...{ name: 'glass grid', board, lengths: [{ corners: [0, 1], certifiedMm: 9 }] },
        certificate: {
          ...{ number: 'C-1', issuedOn: '2026-01-01', validUntil: '2036-01-01' },
          ...{ expandedUncertaintyMm: 0.001, expansionPerK: 8e-6 },
        },
      },
    },
    verification: { comparisons: [], worstMm: 0.0005, limitMm: 0.005, passed: true },
    files: [],
  });
}
