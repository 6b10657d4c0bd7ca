/**
 * Spheres of known shape under reflectances that the solver does not know, rendered here by the papers' formulas: a check
 * on objects that no setting was chosen on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dot, ourAngle, peerAngles, subset, unit } from './normals.ts';
import { writeGreyPng } from './png.ts';
import { normal as normalNumbers } from './random.ts';
import { limited } from './rows.ts';
import type { Context, Row } from './types.ts';

const side = 128;
const radius = 56;
const noise = 0.003;
/** Brightness of the diffuse part where it faces the light; highlights above full scale are clipped, as a camera does. */
const exposure = 0.5;
const view = [0, 0, 1];

type Vector = readonly number[];
/** Specular part times the cosine of incidence, relative to a diffuse part of 1. */
type Lobe = (normal: Vector, light: Vector) => number;

/** Ward 1992, isotropic: share of light in the lobe, and the root mean square slope of the surface. */
const ward =
  (share: number, slope: number): Lobe =>
  (normal, light) => {
    const [i, o] = [dot(normal, light), dot(normal, view)];
    const h = dot(normal, unit(light.map((v, axis) => v + (view[axis] ?? 0))));
    const tangent = (1 - h * h) / (h * h);
    return ((share * Math.exp(-tangent / slope ** 2)) / (4 * slope ** 2 * Math.sqrt(i * o))) * i;
  };

/** Cook & Torrance 1982: Beckmann's facets, V-shaped grooves, Schlick's reflectance from `facing` on. */
const cookTorrance =
  (share: number, slope: number, facing: number): Lobe =>
  (normal, light) => {
    const half = unit(light.map((v, axis) => v + (view[axis] ?? 0)));
    const [i, o, h, along] = [dot(normal, light), dot(normal, view), dot(normal, half), dot(view, half)];
    const facets = Math.exp(-(1 - h * h) / (h * h * slope ** 2)) / (slope ** 2 * h ** 4);
    const grooves = Math.min(1, (2 * h * o) / along, (2 * h * i) / along);
    const fresnel = facing + (1 - facing) * (1 - along) ** 5;
    return (share * facets * grooves * fresnel) / (4 * o);
  };

const materials: readonly { readonly name: string; readonly lobe: Lobe }[] = [
  { name: 'Ward, satin (slope 0.3)', lobe: ward(0.2, 0.3) },
  { name: 'Ward, polished (slope 0.12)', lobe: ward(0.15, 0.12) },
  { name: 'Cook-Torrance, plastic (slope 0.25)', lobe: cookTorrance(4, 0.25, 0.05) },
  { name: 'Cook-Torrance, metallic paint (slope 0.4)', lobe: cookTorrance(2.5, 0.4, 0.3) },
];

/** Directions spread evenly over a dome, down to 35 degrees above the horizon (Fibonacci's spiral). */
function dome(count: number): readonly Vector[] {
  const low = Math.sin((35 * Math.PI) / 180);
  return Array.from({ length: count }, (_, k) => {
    const z = 1 - ((k + 0.5) / count) * (1 - low);
    const turn = k * Math.PI * (3 - Math.sqrt(5));
    return [Math.sqrt(1 - z * z) * Math.cos(turn), Math.sqrt(1 - z * z) * Math.sin(turn), z];
  });
}

/** Normals of the visible half, x right, y down, z towards the camera; null beside the sphere and at its very rim. */
function normals(): readonly (Vector | null)[] {
  return Array.from({ length: side * side }, (_, at) => {
    const x = ((at % side) - (side - 1) / 2) / radius;
    const y = (Math.floor(at / side) - (side - 1) / 2) / radius;
    const square = x * x + y * y;
    return square > 0.96 ? null : [x, y, Math.sqrt(1 - square)];
  });
}

/** A little-endian float32 `.npy` (NEP 1). */
function writeNpy(path: string, shape: readonly number[], values: Float32Array): void {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${text.padEnd(117, ' ')}\n`;
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  writeFileSync(path, Buffer.concat([start, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]));
}

/** Writes the capture of a sphere and its normals. */
function render(folder: string, lobe: Lobe, seed: number): { capture: string; truth: string } {
  mkdirSync(folder, { recursive: true });
  const shape = normals();
  const random = normalNumbers(seed);
  const lights = dome(96).map((direction, k) => {
    const file = `light-${String(k).padStart(2, '0')}.png`;
    const samples = Float64Array.from(shape, (normal) => {
      if (normal === null) return 0;
      const lit = dot(normal, direction);
      const light = lit > 0 ? exposure * (lit + lobe(normal, direction)) : 0;
      return light + noise * random();
    });
    writeGreyPng(join(folder, file), side, side, 16, samples);
    return { file, direction, intensity: 1 };
  });
  writeGreyPng(
    join(folder, 'mask.png'),
    side,
    side,
    8,
    Float64Array.from(shape, (n) => (n === null ? 0 : 1)),
  );
  const capture = { schema: 'trugrade.capture/1', linear: true, pixelPitchMm: null, mask: 'mask.png', lights };
  writeFileSync(join(folder, 'capture.json'), JSON.stringify(capture));
  const truth = join(folder, 'truth.npy');
  writeNpy(truth, [side, side, 3], Float32Array.from(shape.flatMap((n) => n ?? [0, 0, 0])));
  return { capture: folder, truth };
}

/** Mean angular errors on the spheres; printed, not judged: they are there to show what was not tuned. */
export async function glossySpheres(context: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, { name, lobe }] of materials.entries()) {
    const { capture, truth } = render(join(context.temp, `sphere-${index}`), lobe, 7 + index);
    const few = subset(context, capture, `sphere-${index}`, 8);
    for (const [lights, folder] of [
      ['96 lights', capture],
      ['8 lights', few],
    ] as const) {
      const { degrees, unsolved } = await ourAngle(context, folder, truth);
      const peers = await peerAngles(context, folder, truth);
      const detail = unsolved === 0 ? {} : { detail: `${unsolved} px unsolved, counted as 90` };
      const figure = `sphere, ${name}: mean angular error, ${lights}`;
      rows.push(limited({ figure, value: degrees, unit: 'deg', digits: 2, peers, ...detail }));
    }
  }
  return rows;
}
