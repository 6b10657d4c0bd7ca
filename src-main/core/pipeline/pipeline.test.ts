/** The pipeline's order, outcomes and clean-up, with a native core made of paper. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { AppError, refuse } from '../errors/index.ts';
import { findStandard } from '../grading/index.ts';
import { type CalibrationInForce, reportOnly, runPipeline, type Segmenter } from './index.ts';

import { frame, input, paperNative, plane, run } from './paper-native.ts';

const statuses = (report: Report) => Object.fromEntries(report.quality.stages.map((s) => [s.stage, s.status]));

describe('the pipeline', () => {
  it('runs eight stages in order, with rising progress, and frees what it held', async () => {
    const paper = paperNative();
    const order: string[] = [];
    const progress: number[] = [];
    const events = {
      stage: (name: string, status: string) => void order.push(`${name} ${status}`),
      progress: (fraction: number) => void progress.push(fraction),
    };
    const { report, delivered } = await run(8, paper, { events });
    expect(order.filter((o) => o.endsWith('running'))).toHaveLength(8);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(report.grade.overall).toBe(10);
    expect(report.quality.needsPerson).toBe(false);
    expect(delivered.reports).toEqual([report]);
    expect(paper.held.size).toBe(0);
  });

  it('measures a single image and says why corners, edges and surface are missing', async () => {
    const { report } = await run(1, paperNative());
    expect(statuses(report)).toMatchObject({ preprocessing: 'skipped', measurement: 'ok', quality: 'skipped' });
    expect(report.measurement).not.toBeNull();
    expect(report.photometric).toBeNull();
    expect(report.grade.overall).toBeNull();
    expect(report.grade.reason).toMatch(/three lights/);
    expect(report.quality.needsPerson).toBe(true);
  });

  it('asks a person when no card is found, and still delivers the maps', async () => {
    const findOutline = () => Promise.reject(refuse('card.notFound', 'there is no card', 'place one'));
    const paper = paperNative({ findOutline });
    const { report, delivered } = await run(8, paper);
    expect(statuses(report)).toMatchObject({
      preprocessing: 'ok',
      segmentation: 'person',
      refinement: 'skipped',
      output: 'ok',
    });
    expect(report.error?.code).toBe('card.notFound');
    expect(report.grade.reason).toBe('there is no card; place one');
    expect([delivered.photographed, delivered.prepared]).toEqual([1, 1]);
    expect(paper.held.size).toBe(0);
  });

  it('lets the photographs go before the condition is read, with the gloss made where it is wanted', async () => {
    const paper = paperNative();
    const { delivered } = await run(8, paper);
    expect(paper.atAnalysis).toEqual({ held: ['maps'], gloss: [true] });
    expect([delivered.photographed, delivered.prepared]).toEqual([1, 1]);
  });

  it('takes the next segmenter when the first finds nothing, and calls that a fallback', async () => {
    const paper = paperNative();
    const blind: Segmenter = { name: 'blind', segment: () => Promise.reject(refuse('card.notFound', 'nothing', 'x')) };
    const sharp: Segmenter = { name: 'sharp', segment: (...args) => paper.native.findOutline(...args) };
    const { report } = await run(8, paper, { segmenters: [blind, sharp] });
    const stage = report.quality.stages.find((s) => s.stage === 'segmentation');
    expect(stage).toMatchObject({ status: 'fallback', note: 'found by the sharp segmenter' });
    expect(report.grade.overall).toBe(10);
  });

  it.each([
    ['overexposed', { clippedFraction: 0.9 }, 'image.saturated'],
    ['black', { mean: 0.001 }, 'image.dark'],
  ] as const)('asks for a new capture when a frame is %s', async (_, change, code) => {
    const paper = paperNative({ frames: [frame(change)] });
    const { report } = await run(8, paper);
    expect(statuses(report)).toMatchObject({ acquisition: 'person', preprocessing: 'skipped', quality: 'skipped' });
    expect(report.error?.code).toBe(code);
    expect(paper.held.size).toBe(0);
  });

  const moved = (largestPx: number, undone: boolean) =>
    frame({ movement: { shiftPx: [largestPx, 0], turnDeg: 0.1, largestPx, stdPx: 0.01, undone } });

  it('asks for a new capture when the card moved farther than a frame can be put back', async () => {
    const paper = paperNative({ frames: [frame(), moved(9, false)] });
    const { report } = await run(8, paper);
    expect(statuses(report)).toMatchObject({ acquisition: 'person', preprocessing: 'skipped' });
    expect(report.error).toMatchObject({ code: 'card.moved', file: 'light-0.png' });
    expect(report.error?.message).toMatch(/moved by 9.00 px \(0.\d+ mm\) and turned by 0.10 degrees/);
    expect(paper.held.size).toBe(0);
  });

  it('warns of a frame that was put back, and is silent about a move that is none', async () => {
    const { report } = await run(8, paperNative({ frames: [moved(0.1, false), moved(1.25, true)] }));
    expect(statuses(report)).toMatchObject({ acquisition: 'ok' });
    expect(report.quality.warnings.join()).toMatch(/moved by 1.25 px .* put back/);
    const still = await run(8, paperNative({ frames: [moved(0, false), moved(0.2, false)] }));
    expect(still.report.quality.warnings.join()).not.toMatch(/moved/);
  });

  it('delivers nothing when it is cancelled, and frees what it held', async () => {
    const stop = new AbortController();
    const paper = paperNative();
    const events = { stage: (name: string) => name === 'refinement' && stop.abort() };
    await expect(run(8, paper, { events: { stage: (n) => void events.stage(n) } }, stop.signal)).rejects.toThrow(
      /abort/i,
    );
    expect(paper.held.size).toBe(0);
  });

  it('lets bad input and faults through as errors, and frees what it held', async () => {
    for (const code of ['internal', 'cancelled'] as const) {
      const paper = paperNative({ findOutline: () => Promise.reject(refuse(code, 'x', 'y')) });
      await expect(run(8, paper)).rejects.toBeInstanceOf(AppError);
      expect(paper.held.size).toBe(0);
    }
  });

  it('says that U is repeatability only when no calibration stands behind the scale', async () => {
    const uncalibrated = { ...input(8), simulated: false };
    const paper = paperNative();
    const options = {
      native: paper.native,
      standard: findStandard('psa'),
      software: { version: '1', commit: 'c' },
      now: () => new Date(0),
      sink: reportOnly,
    };
    const report = await runPipeline(uncalibrated, options, new AbortController().signal);
    expect(report.quality.warnings.join()).toMatch(/repeatability/);
    const calibrated = await runPipeline(
      { ...uncalibrated, calibrationId: 'c1' },
      options,
      new AbortController().signal,
    );
    expect(calibrated.quality.warnings.join()).not.toMatch(/repeatability/);
  });

  it('asks a person when a station cannot be placed', async () => {
    const { report } = await run(8, paperNative({ stations: 23 }));
    expect(statuses(report)).toMatchObject({ referencePoints: 'person', refinement: 'skipped' });
    expect(report.measurement).toBeNull();
  });

  it('corrects lens distortion by the stated camera, and says so, or that it cannot', async () => {
    const software = { version: '1', commit: 'c' };
    const options = {
      native: paperNative().native,
      standard: findStandard('psa'),
      software,
      now: () => new Date(0),
      sink: reportOnly,
    };
    const warnings = async (given: CaptureInput) =>
      (await runPipeline(given, options, new AbortController().signal)).quality.warnings.join();
    const camera: CaptureInput['camera'] = {
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      distortion: [0.02, 0, 0, 0, 0],
    };
    expect(await warnings({ ...input(8), camera })).toMatch(/distortion is corrected/);
    const wide = { ...camera, distortion: [0.02, 0, 0, 0, 0, 0.1, 0, 0] };
    expect(await warnings({ ...input(8), camera: wide })).toMatch(/distortion is not corrected/);
    expect(await warnings(input(8))).not.toMatch(/distortion/);
  });

  it('measures under the calibration in force and refuses one that has expired or drifted', async () => {
    const calibration: CalibrationInForce = {
      ...{ id: 'c1', name: 'C 1', state: 'valid', expiresAt: '2027-01-01T00:00:00Z', map: plane, pitchMm: 0.0412 },
      ...{ scale: 'certified', scaleRelative: 1e-5, distortionPx: 0.01 },
      check: { at: '2026-11-20T06:00:00Z', hours: 24, due: false, required: false },
    };
    const at = async (state: CalibrationInForce['state']) =>
      (await run(8, paperNative(), { calibration: { ...calibration, state } })).report;
    expect(statuses(await at('valid'))).toMatchObject({ acquisition: 'ok', measurement: 'ok' });
    expect((await at('expiring')).quality.warnings.join()).toMatch(/expires on 2027-01-01/);
    for (const state of ['expired', 'drifted'] as const) {
      const report = await at(state);
      expect(report.error).toMatchObject({ code: 'calibration.due' });
      expect(report.measurement).toBeNull();
    }
  });

  it('marks a side that was measured without a valid check of its calibration, or refuses it where one is required', async () => {
    const calibration = (check: Partial<CalibrationInForce['check']>): CalibrationInForce => ({
      ...{ id: 'c1', name: 'C 1', state: 'valid', expiresAt: '2027-01-01T00:00:00Z', map: plane, pitchMm: 0.0412 },
      ...{ scale: 'certified', scaleRelative: 1e-5, distortionPx: 0.01 },
      check: { at: '2026-11-20T06:00:00Z', hours: 24, due: false, required: false, ...check },
    });
    const graded = async (check: Partial<CalibrationInForce['check']>) =>
      (await run(8, paperNative(), { calibration: calibration(check) })).report;
    const good = await graded({});
    expect(good.calibration).toEqual({ id: 'c1', checkedAt: '2026-11-20T06:00:00Z', checkHours: 24, checkValid: true });
    expect(good.quality.warnings.join()).not.toMatch(/check/);
    const marked = await graded({ due: true });
    expect(marked.calibration?.checkValid).toBe(false);
    expect(marked.measurement).not.toBeNull();
    expect(marked.quality.warnings.join()).toMatch(/last checked on 2026-11-20 06:00 UTC, more than 24 h ago/);
    const refused = await graded({ due: true, required: true });
    expect(refused.error).toMatchObject({ code: 'calibration.due' });
    expect(refused.measurement).toBeNull();
  });

  it('leaves photometric stereo and the condition out when only the measurement is asked for', async () => {
    const { report } = await run(8, paperNative(), { measureOnly: true });
    expect(statuses(report)).toMatchObject({ preprocessing: 'skipped', measurement: 'ok', quality: 'skipped' });
  });
});
