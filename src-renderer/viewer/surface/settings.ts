/** What a person sets in the surface viewer, and the numbers the shader makes of it. Pure. */
import type { ColourMapName } from './colourMaps.ts';
import { defaultColours, type LayerName, type Range } from './layers.ts';
import { type Direction, type LightPlace, lightsOf, presets } from './light.ts';

export const maxLights = 8;

export const baseNames = ['albedo', 'photo', 'white'] as const;
export type BaseName = (typeof baseNames)[number];

export interface Shading {
  readonly light: LightPlace;
  readonly ring: boolean;
  /** Of the light from the middle of the image, mm; null for one so far away that its rays are parallel. */
  readonly distanceMm: number | null;
  readonly intensity: number;
  /** Factor on the slopes. */
  readonly relief: number;
  /** Unsharp masking of the slopes: how often what is finer than eight pixels is added once more. */
  readonly detail: number;
  /** Diffuse gain: factor on the difference to what a flat card would return. */
  readonly contrast: number;
  readonly specular: number;
  /** Exponent of the highlight: the higher the smaller. */
  readonly sharpness: number;
  /** 0: the highlight is alike everywhere; 1: it follows the measured gloss. */
  readonly glossShare: number;
  readonly base: BaseName;
}

export const startShading: Shading = {
  light: { azimuthDeg: 315, elevationDeg: 35 },
  ring: false,
  distanceMm: null,
  intensity: 1.4,
  relief: 1,
  detail: 0,
  contrast: 1,
  specular: 0,
  sharpness: 30,
  glossShare: 0.5,
  base: 'albedo',
};

export const shadingLimits = {
  intensity: { min: 0.1, max: 4, step: 0.1 },
  relief: { min: 0, max: 20, step: 0.5 },
  detail: { min: 0, max: 5, step: 0.25 },
  contrast: { min: 0, max: 8, step: 0.25 },
  specular: { min: 0, max: 2, step: 0.05 },
  sharpness: { min: 4, max: 200, step: 4 },
  glossShare: { min: 0, max: 1, step: 0.05 },
  distanceMm: { min: 40, max: 600, step: 10 },
} as const;

export interface LayerView {
  readonly layer: LayerName;
  readonly colours: ColourMapName;
  /** In the stored unit; null for the suggested one. */
  readonly range: Range | null;
}

export const layerView = (layer: LayerName): LayerView => ({ layer, colours: defaultColours(layer), range: null });

export const compareModes = ['single', 'swipe', 'side'] as const;
export type CompareMode = (typeof compareModes)[number];

/**
 * Lights for the shader: unit vectors for far ones, positions in px relative to the middle of the image for near ones.
 */
export function shaderLights(
  { light, ring, distanceMm }: Pick<Shading, 'light' | 'ring' | 'distanceMm'>,
  pixelPitchMm: number | null,
): { readonly near: boolean; readonly distancePx: number; readonly vectors: readonly Direction[] } {
  const directions = lightsOf(light, ring);
  if (distanceMm === null || pixelPitchMm === null) return { near: false, distancePx: 1, vectors: directions };
  const distancePx = distanceMm / pixelPitchMm;
  return {
    near: true,
    distancePx,
    vectors: directions.map(([x, y, z]): Direction => [x * distancePx, y * distancePx, z * distancePx]),
  };
}

/** The raking light from a preset; everything else stays as it is. */
export function withPreset(shading: Shading, name: keyof typeof presets): Shading {
  const { ring, ...light } = presets[name];
  return { ...shading, light, ring };
}
