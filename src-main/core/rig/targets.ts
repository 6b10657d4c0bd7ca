/** Light-calibration targets on the simulated rig: a mirror ball and a matte ball under its far lights, drawn by formula. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import { markFolderSimulated } from '../marks/index.ts';

type Vector = readonly [number, number, number];

const lights = 8;
const elevation = Math.PI / 4;
/** The ring of the simulated rig (`native/crates/simulate/src/lights.rs`): equal azimuths, all at 45 degrees, far away. */
export const simulatedLights: readonly Vector[] = Array.from({ length: lights }, (_, k) => {
  const azimuth = (2 * Math.PI * (k + 0.5)) / lights;
  return [Math.cos(elevation) * Math.cos(azimuth), Math.cos(elevation) * Math.sin(azimuth), Math.sin(elevation)];
});

/** Distance of the simulated camera from the plane, mm. */
export const simulatedCameraMm = 400;
const scene = { widthPx: 420, heightPx: 380, pitchMm: 0.1, radiusMm: 12, centreMm: [1.5, -1, 12] as Vector };
/** Sub-pixels along each side of a pixel. */
const fine = 3;
/** Half the angle that a lamp fills as seen from the ball. */
const lampRad = 0.03;

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const unit = (a: Vector): Vector => {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
};

export type BallKind = 'mirror' | 'matte';

/**
 * Light that comes from a direction of sight, for every lamp: the mirror shows a dim room and the lamp as a disc, the
 * matte ball follows Lambert's law, the bench around is nearly black.
 */
function seen(kind: BallKind, sight: Vector): (lamp: Vector) => number {
  const { centreMm, radiusMm } = scene;
  const toEye: Vector = [-centreMm[0], -centreMm[1], simulatedCameraMm - centreMm[2]];
  const half = dot(toEye, sight);
  const under = half * half - (dot(toEye, toEye) - radiusMm * radiusMm);
  if (under <= 0) return () => 0.02;
  const t = -half - Math.sqrt(under);
  const normal = unit([toEye[0] + t * sight[0], toEye[1] + t * sight[1], toEye[2] + t * sight[2]]);
  if (kind === 'matte') return (lamp) => 0.7 * Math.max(0, dot(normal, lamp));
  const into = dot(sight, normal);
  const out: Vector = [
    sight[0] - 2 * into * normal[0],
    sight[1] - 2 * into * normal[1],
    sight[2] - 2 * into * normal[2],
  ];
  const room = 0.12 + 0.05 * out[0];
  const lit = Math.cos(lampRad);
  return (lamp) => (dot(out, lamp) > lit ? 0.95 : room);
}

/** Writes a capture of the ball: one linear 16-bit frame a light. @throws when `signal` aborts */
export async function writeBallCapture(
  kind: BallKind,
  folder: string,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { widthPx, heightPx, pitchMm } = scene;
  const frames = simulatedLights.map(() => Buffer.alloc((1 + 2 * widthPx) * heightPx));
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const sums = new Float64Array(lights);
      for (let i = 0; i < fine * fine; i += 1) {
        const px = (x + ((i % fine) + 0.5) / fine - widthPx / 2) * pitchMm;
        const py = (y + (Math.floor(i / fine) + 0.5) / fine - heightPx / 2) * pitchMm;
        const light = seen(kind, unit([px, py, -simulatedCameraMm]));
        for (const [k, lamp] of simulatedLights.entries()) sums[k] = (sums[k] ?? 0) + light(lamp);
      }
      const at = y * (1 + 2 * widthPx) + 1 + 2 * x;
      for (const [k, frame] of frames.entries())
        frame.writeUInt16BE(Math.round((65_535 * (sums[k] ?? 0)) / (fine * fine)), at);
    }
    if (y % 16 === 0) {
      progress((0.9 * y) / heightPx);
      await breathe();
      signal.throwIfAborted();
    }
  }
  const names = frames.map((_, k) => `light-${String(k).padStart(2, '0')}.png`);
  for (const [k, frame] of frames.entries())
    await writeFile(join(folder, names[k] ?? ''), await png(widthPx, heightPx, frame));
  const capture = {
    ...{ schema: 'trugrade.capture/1', linear: true, pixelPitchMm: pitchMm, simulated: true },
    lights: names.map((file, k) => ({ file, direction: simulatedLights[k] })),
  };
  await writeFile(join(folder, 'capture.json'), JSON.stringify(capture));
  await markFolderSimulated(folder);
}

/** A grey 16-bit PNG (ISO/IEC 15948) of rows that begin with their filter byte. */
async function png(widthPx: number, heightPx: number, rows: Buffer): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header[8] = 16;
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const data = await promisify(deflate)(rows);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(body.length);
  typed.copy(whole, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}
