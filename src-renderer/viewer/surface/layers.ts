/** The layers of the surface viewer: where their values come from, how they are shown and in which unit they are read. */
import type { ViewName } from '../../../src-main/contract/report.ts';
import type { MapGroupName, MapPlane, MapPlaneName, MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import type { ColourMapName } from './colourMaps.ts';

export const layerNames = [
  'relit',
  'photo',
  'albedo',
  'normals',
  'height',
  'meanCurvature',
  'gaussianCurvature',
  'shape',
  'gradientX',
  'gradientY',
  'slope',
  'gloss',
  'residual',
  'confidence',
  'unknown',
] as const;
export type LayerName = (typeof layerNames)[number];

/**
 * - `relit`, `normals`, `unknown`: drawn from the relief
 * - `picture`: a stored picture
 * - `scalar`: a value a pixel under a colour map; `channel` says where in its group's texels it stands
 */
export type LayerSource =
  | { readonly kind: 'relit' | 'normals' | 'unknown' }
  | { readonly kind: 'picture'; readonly view: ViewName }
  | {
      readonly kind: 'scalar';
      readonly group: MapGroupName;
      readonly channel: ScalarChannel;
      readonly plane: MapPlaneName;
    };

export const scalarChannels = ['split', 'x', 'y', 'z', 'slope'] as const;
/** `split`: first plus second component; `slope`: the length of the first two. */
export type ScalarChannel = (typeof scalarChannels)[number];

const alone = (plane: MapPlaneName & MapGroupName): LayerSource => ({
  kind: 'scalar',
  group: plane,
  channel: 'split',
  plane,
});
const relief = (channel: ScalarChannel, plane: MapPlaneName): LayerSource => ({
  kind: 'scalar',
  group: 'relief',
  channel,
  plane,
});

export const layerSources: Readonly<Record<LayerName, LayerSource>> = {
  relit: { kind: 'relit' },
  photo: { kind: 'picture', view: 'photo' },
  albedo: { kind: 'picture', view: 'albedo' },
  normals: { kind: 'normals' },
  height: alone('height'),
  meanCurvature: alone('meanCurvature'),
  gaussianCurvature: alone('gaussianCurvature'),
  shape: alone('shape'),
  gradientX: relief('x', 'gradientX'),
  gradientY: relief('y', 'gradientY'),
  slope: relief('slope', 'gradientX'),
  gloss: relief('z', 'gloss'),
  residual: alone('residual'),
  confidence: alone('confidence'),
  unknown: { kind: 'unknown' },
};

const signedPlanes: ReadonlySet<LayerName> = new Set([
  'height',
  'meanCurvature',
  'gaussianCurvature',
  'shape',
  'gradientX',
  'gradientY',
]);
export const isSigned = (layer: LayerName) => signedPlanes.has(layer);
export const defaultColours = (layer: LayerName): ColourMapName => (isSigned(layer) ? 'coolwarm' : 'viridis');

/** How a plane's values are read: a factor from the stored unit and the unit's sign. Heights are read in um. */
export function readUnit(unit: string): { readonly factor: number; readonly unit: string } {
  switch (unit) {
    case 'mm':
      return { factor: 1000, unit: 'µm' };
    case 'deg':
      return { factor: 1, unit: '°' };
    case '1/mm^2':
      return { factor: 1, unit: '1/mm²' };
    case '1/px^2':
      return { factor: 1, unit: '1/px²' };
    default:
      return { factor: 1, unit };
  }
}

export function findPlane(info: MapsInfo, name: MapPlaneName): MapPlane | undefined {
  return info.groups.flatMap(({ planes }) => planes).find((plane) => plane.name === name);
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range that a layer is shown over at first, in the stored unit. */
export function startRange(info: MapsInfo, layer: LayerName): Range {
  const source = layerSources[layer];
  if (source.kind !== 'scalar') return { low: 0, high: 1 };
  const plane = findPlane(info, source.plane);
  if (!plane) return { low: 0, high: 1 };
  const { low, high } = plane;
  if (layer === 'slope') return { low: 0, high: Math.max(high, 1e-6) };
  return high > low ? { low, high } : { low: low - 1, high: high + 1 };
}
