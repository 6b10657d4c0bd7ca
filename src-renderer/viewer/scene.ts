/** What is drawn over the image, taken from the report. Pure. */
import { type PointPx, type Side, sides } from '../../src-main/contract/geometry.ts';
import type { Defect, DefectKind, MeasuredPoint, Measurement, Report } from '../../src-main/contract/report.ts';
import { fixed } from '../messages/format.ts';

/** Something a person can point at, in the image or in a table. */
export interface Target {
  readonly kind: 'point' | 'defect';
  readonly id: string;
}

export interface ScenePoint {
  readonly id: string;
  readonly side: Side;
  readonly index: number;
  readonly outer: PointPx | null;
  readonly border: PointPx | null;
  /** The width as it is written at the point: mm with three decimals, px with one, `?` where it may be no border. */
  readonly label: string;
  readonly measured: boolean;
}

export interface SceneDefect {
  readonly id: string;
  readonly number: number;
  readonly kind: DefectKind;
  readonly polygon: readonly PointPx[];
}

export interface Scene {
  readonly points: readonly ScenePoint[];
  readonly corners: readonly PointPx[];
  readonly outerEdge: readonly (readonly PointPx[])[];
  readonly graphicBorder: readonly (readonly PointPx[])[];
  readonly defects: readonly SceneDefect[];
  /** The print against the cut, where a template was registered. */
  readonly print?: PrintScene | undefined;
}

export interface PrintScene {
  readonly centre: PointPx;
  /** The shift as it is in the image. */
  readonly shiftPx: PointPx;
  readonly label: string;
  readonly anchors: readonly { readonly id: string; readonly at: PointPx; readonly used: boolean }[];
}

export function sameTarget(a: Target | null, b: Target | null): boolean {
  return a?.kind === b?.kind && a?.id === b?.id;
}

export function pointId(point: Pick<MeasuredPoint, 'edge' | 'index'>): string {
  return `${point.edge}-${point.index}`;
}

/** The worst first: severity, then area. */
export function defectsWorstFirst(defects: readonly Defect[]): readonly Defect[] {
  return [...defects].sort((a, b) => b.severity - a.severity || b.areaMm2 - a.areaMm2);
}

export function sceneOf(report: Report): Scene {
  const { measurement, surface } = report;
  return {
    points: measurement?.points.map((point) => scenePoint(point, measurement)) ?? [],
    corners: measurement?.outline.corners ?? [],
    outerEdge: measurement ? sides.map((side) => measurement.outline.edges[side]).filter(isLine) : [],
    graphicBorder: measurement ? borderLines(measurement) : [],
    print: measurement ? printScene(measurement) : undefined,
    defects: defectsWorstFirst(surface?.defects ?? []).map((defect, index) => ({
      id: defect.id,
      number: index + 1,
      kind: defect.kind,
      polygon: defect.polygonPx.map(([xPx, yPx]) => ({ xPx, yPx })),
    })),
  };
}

function printScene({ print, outline, pixelPitchMm, cardAngleDeg }: Measurement): PrintScene | undefined {
  if (!print || pixelPitchMm === null) return undefined;
  const mean = (of: (corner: PointPx) => number) => outline.corners.reduce((sum, c) => sum + of(c), 0) / 4;
  const [x, y] = print.shiftMm;
  const [sin, cos] = [Math.sin((cardAngleDeg * Math.PI) / 180), Math.cos((cardAngleDeg * Math.PI) / 180)];
  return {
    centre: { xPx: mean((c) => c.xPx), yPx: mean((c) => c.yPx) },
    shiftPx: { xPx: (cos * x - sin * y) / pixelPitchMm, yPx: (sin * x + cos * y) / pixelPitchMm },
    label: `${fixed(x, 3)}, ${fixed(y, 3)} mm, ${fixed(print.rotationDeg, 2)}°`,
    anchors: print.anchors.flatMap(({ id, px, nominalPx, used }) => {
      const [xPx, yPx] = px ?? nominalPx;
      return [{ id, at: { xPx, yPx }, used }];
    }),
  };
}

function borderLines(measurement: Measurement): readonly (readonly PointPx[])[] {
  return sides.map((side) => measurement.outline.border[side] ?? []).filter(isLine);
}

function isLine(points: readonly PointPx[]): boolean {
  return points.length > 1;
}

function scenePoint(point: MeasuredPoint, { sides: of }: Measurement): ScenePoint {
  const { edge, index, outer, border, widthMm, widthPx } = point;
  const width = widthMm === null ? (widthPx === null ? '' : fixed(widthPx, 1)) : fixed(widthMm, 3);
  const label = width !== '' && of[edge].frame === 'inQuestion' ? `${width}?` : width;
  return { id: pointId(point), side: edge, index, outer, border, label, measured: label !== '' };
}

/** Unit vector that points out of the card at a side, in the image frame, for a card that lies roughly upright. */
export function outward(side: Side): { readonly x: number; readonly y: number } {
  switch (side) {
    case 'left':
      return { x: -1, y: 0 };
    case 'right':
      return { x: 1, y: 0 };
    case 'top':
      return { x: 0, y: -1 };
    case 'bottom':
      return { x: 0, y: 1 };
  }
}
