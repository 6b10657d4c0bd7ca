/** Gradings to store in tests: true to the contract, small, each its own. */
import { type Grading, gradingSchema } from '../../src-main/contract/gradings.ts';

const four = { centering: 9, corners: 9.5, edges: 9, surface: 8.5 };

/** A grading without a measurement, e.g. of a side that needs a person. */
export function sampleGrading(id: string, images: readonly string[], more: Partial<Grading['summary']> = {}): Grading {
  const summary = {
    id,
    cardId: null,
    side: 'front',
    sourceName: `card ${id}`,
    simulated: true,
    createdAt: '2026-03-01T12:00:00.000Z',
    status: 'graded',
    standard: 'psa',
    overall: 9,
    label: 'MINT 9',
    score1000: 905,
    subgrades: four,
    thumbnail: images[0] ?? null,
    archived: false,
    ...more,
  };
  return gradingSchema.parse({
    summary,
    report: sampleReport(summary.overall, summary.standard),
    views: images.map((image, index) => ({
      name: index === 0 ? 'photo' : 'normals',
      image,
      widthPx: 100,
      heightPx: 140,
    })),
  });
}

function sampleReport(overall: number | null, standard: string): unknown {
  return {
    schema: 'trugrade.report/1',
    capture: 'sample',
    side: 'front',
    cardId: null,
    simulated: true,
    linear: true,
    createdAt: '2026-03-01T12:00:00.000Z',
    software: { version: '0.1.0', commit: 'sample' },
    measurement: null,
    photometric: null,
    surface: null,
    corners: null,
    edges: null,
    grade: {
      standard,
      standardVersion: '1',
      rulesVersion: '1',
      subgrades: four,
      scores1000: four,
      overall,
      label: 'MINT 9',
      score1000: 905,
      limitedBy: ['surface'],
      centeringVerdict: null,
      costs: [],
      qualifiers: [],
      reason: null,
    },
    quality: { stages: [], needsPerson: false, warnings: [] },
    card: null,
    error: null,
    timingMs: { decode: 1, total: 2 },
  };
}
