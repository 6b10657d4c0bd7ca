/** Objects of the addon behind the interfaces of the native core. */
import { z } from 'zod';
import { type AppliedCalibration, measurementSchema, type PlaneMap, type Region } from '../../contract/index.ts';
import type { BudgetTerms } from '../uncertainty/index.ts';
import type * as binding from './generated/binding.d.ts';
import {
  frameQualitySchema,
  type OutlineInfo,
  outlineInfoSchema,
  type RefinementInfo,
  refinementInfoSchema,
  type SolveSummary,
  solveSummarySchema,
} from './schemas.ts';
import { json, typed, typedSync } from './typed.ts';
import type {
  MapFile,
  MapFormat,
  MapView,
  NativeMaps,
  NativeOutline,
  NativeRefinement,
  NativeStack,
  OnProgress,
} from './types.ts';

export class StackHandle implements NativeStack {
  readonly raw: binding.Stack;
  constructor(raw: binding.Stack) {
    this.raw = raw;
  }
  get widthPx() {
    return this.raw.width;
  }
  get heightPx() {
    return this.raw.height;
  }
  get rawBytes() {
    return this.raw.rawBytes;
  }
  get registrationMs() {
    return this.raw.registrationMs;
  }
  async quality(signal: AbortSignal) {
    return json(z.array(frameQualitySchema), await typed(this.raw.quality(signal)));
  }
  photo(maxSidePx: number, signal: AbortSignal) {
    return typed(this.raw.photo(maxSidePx, signal));
  }
  async cropped({ xPx, yPx, widthPx, heightPx }: Region, signal: AbortSignal): Promise<NativeStack> {
    return new StackHandle(await typed(this.raw.cropped(xPx, yPx, widthPx, heightPx, signal)));
  }
  free() {
    this.raw.free();
  }
}

export class MapsHandle implements NativeMaps {
  readonly raw: binding.Maps;
  readonly summary: SolveSummary;
  #owners = 1;
  constructor(raw: binding.Maps) {
    this.raw = raw;
    this.summary = json(solveSummarySchema, raw.summary);
  }
  writeNpy(map: MapFile, path: string, signal: AbortSignal) {
    return typed(this.raw.writeNpy(map, path, signal));
  }
  writeFile(map: MapFile, path: string, format: MapFormat, signal: AbortSignal) {
    return typed(this.raw.writeFile(map, path, format, signal));
  }
  writeHeightWithSteps(path: string, format: MapFormat, onProgress: OnProgress, signal: AbortSignal) {
    return typed(this.raw.writeHeightWithSteps(path, format, onProgress, signal));
  }
  writePng(map: MapView, path: string, signal: AbortSignal) {
    return typed(this.raw.writePng(map, path, signal));
  }
  view(map: MapView, signal: AbortSignal) {
    return typed(this.raw.view(map, signal));
  }
  writeTiles(path: string, signal: AbortSignal) {
    return typed(this.raw.writeTiles(path, signal));
  }
  withoutFrames(gloss: boolean, signal: AbortSignal) {
    return typed(this.raw.withoutFrames(gloss, signal));
  }
  retain() {
    this.#owners += 1;
  }
  free() {
    this.#owners -= 1;
    if (this.#owners === 0) this.raw.free();
  }
}

export class RefinementHandle implements NativeRefinement {
  readonly raw: binding.Refinement;
  readonly info: RefinementInfo;
  constructor(raw: binding.Refinement) {
    this.raw = raw;
    this.info = json(refinementInfoSchema, raw.info);
  }
  calculate(pixelPitchMm: number | null, budget: BudgetTerms, calibration: AppliedCalibration | null = null) {
    const plane = calibration && JSON.stringify(calibration.plane);
    const text = typedSync(() => this.raw.calculate(pixelPitchMm, plane, JSON.stringify(budget.terms)));
    const measured = json(measurementSchema, text);
    if (!measured.budget) return measured;
    const { basis, version, absent } = budget;
    const components = measured.budget.components.map((line) => ({ ...line, basis: basis[line.id] ?? null }));
    return { ...measured, budget: { ...measured.budget, components, version, absent: [...absent] } };
  }
}

export class OutlineHandle implements NativeOutline {
  readonly raw: binding.Outline;
  readonly info: OutlineInfo;
  constructor(raw: binding.Outline) {
    this.raw = raw;
    this.info = json(outlineInfoSchema, raw.info);
  }
  stations() {
    return { count: this.raw.stationCount };
  }
  async refine(stack: NativeStack, pixelPitchMm: number | null, signal: AbortSignal, plane: PlaneMap | null = null) {
    const planeJson = plane && JSON.stringify(plane);
    const raw = rawOf(stack, StackHandle);
    return new RefinementHandle(await typed(this.raw.refine(raw, pixelPitchMm, planeJson, signal)));
  }
}

/** The addon's object behind a handle; handles are only made here. */
export function rawOf<Raw, Handle extends { raw: Raw }>(handle: object, type: new (raw: Raw) => Handle): Raw {
  if (!(handle instanceof type)) throw new TypeError(`${type.name} expected`);
  return handle.raw;
}
