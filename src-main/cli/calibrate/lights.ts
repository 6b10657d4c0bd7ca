/** `trugrade calibrate lights`: where the lights stand, from mirror balls, matte balls and flat fields. */
import { type LightCalibration, lightMethodNames } from '../../contract/index.ts';
import { type CaptureInput, readInput } from '../../core/capture/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { calibrateLights, flatsOf } from '../../core/lights/index.ts';
import { type BallHints, loadNative } from '../../core/native/index.ts';
import { software } from '../../core/software/index.ts';
import type { OptionSpecs, Parsed } from '../arguments.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, writeOut } from './options.ts';

const option = (value: string, help: string) => ({ type: 'string', value, help }) as const;
const capture = (help: string) => option('CAPTURE', help);
const mm = (help: string) => option('MM', help);

/** Joined to the options of `calibrate`. */
export const lightsOptions: OptionSpecs = {
  mirror: capture('lights: one or more mirror balls under every light'),
  matte: capture('lights: one or more matte white balls under every light'),
  flats: capture('lights: a white plane at the height of the card (frames, or the flats of a capture)'),
  'flats-raised': capture('lights: the same plane raised'),
  'raised-mm': mm('lights: by how much'),
  balls: option('N', 'lights: balls in each picture, 1 when not given'),
  'ball-mm': mm('lights: certified diameter of the balls'),
  circle: option('X,Y,R', 'lights: circle of a ball in px, several apart by ";", where it is not found'),
  'camera-mm': mm('lights: height of the camera above the card plane; parallel sight when not given'),
  use: option(lightMethodNames.join('|'), 'lights: the method to use'),
};

export async function lights({ parsed, terminal, signal }: CalibrateContext): Promise<Exit> {
  const read = async (option: string): Promise<CaptureInput | undefined> => {
    const path = parsed.text(option);
    return path === undefined ? undefined : readInput(path);
  };
  const [mirror, matte, low, high] = await Promise.all(['mirror', 'matte', 'flats', 'flats-raised'].map(read));
  const raisedMm = parsed.number('raised-mm', { min: -100, max: 500 });
  if (high && raisedMm === undefined)
    throw refuse('usage', 'the height of the raised plane is missing', 'add --raised-mm MM', { field: 'raised-mm' });
  const flats = [
    ...(low ? [{ input: flatsOf(low), heightMm: 0 }] : []),
    ...(high ? [{ input: flatsOf(high), heightMm: raisedMm ?? 0 }] : []),
  ];
  const balls = ballHints(parsed);
  const pixelPitchMm = (low ?? mirror ?? matte ?? high)?.pixelPitchMm ?? null;
  const bar = terminal.progress('lights');
  try {
    const found = await calibrateLights(
      { mirror, matte, flats },
      {
        native: loadNative(),
        bench: { pixelPitchMm, cameraMm: parsed.number('camera-mm', { min: 1, max: 100_000 }) ?? null },
        mirrorBalls: balls,
        matteBalls: balls,
        use: parsed.choice('use', lightMethodNames),
        software,
        now: () => new Date(),
        progress: (f) => bar.update(f),
      },
      signal,
    );
    bar.end();
    const out = parsed.text('out');
    const text = JSON.stringify(found, null, 1);
    if (out !== undefined) await writeOut(out, `${text}\n`);
    terminal.out(parsed.flag('json') ? text : table(found));
    return exit.done;
  } finally {
    bar.end();
  }
}

function ballHints(parsed: Parsed): BallHints {
  const circles = (parsed.text('circle') ?? '')
    .split(';')
    .filter((c) => c.trim() !== '')
    .map((c) => {
      const [x = Number.NaN, y = Number.NaN, r = Number.NaN, ...more] = c.split(',').map(Number);
      if (![x, y, r].every(Number.isFinite) || r <= 0 || more.length > 0)
        throw refuse('usage', `"${c}" is no circle`, 'give x,y,radius in pixels', { field: 'circle' });
      return [x, y, r] as const;
    });
  const diameter = parsed.number('ball-mm', { min: 0.1, max: 1000 });
  return {
    circles,
    count: parsed.number('balls', { min: 1, max: 16, whole: true }) ?? 1,
    radiusMm: diameter === undefined ? null : diameter / 2,
  };
}

/** What a person reads. */
function table(found: LightCalibration): string {
  const cell = (value: number | null | undefined, digits: number) =>
    (value == null ? '—' : value.toFixed(digits)).padStart(9);
  const lines: string[] = found.simulated ? ['SIMULATED'] : [];
  for (const m of found.methods) {
    lines.push(
      `${m.method}${m.heightsMm.length > 0 ? ` at ${m.heightsMm.join(', ')} mm` : `, ${m.balls.length} ball(s)`}`,
    );
    lines.push('  light   dir x    dir y    dir z     x mm     y mm     z mm   u deg  residual');
    for (const [i, l] of m.lights.entries()) {
      if (l.reason !== null) {
        lines.push(`  ${String(i + 1).padStart(5)}  ${l.reason}`);
        continue;
      }
      const numbers = [
        ...[0, 1, 2].map((a) => cell(l.direction?.[a], 4)),
        ...[0, 1, 2].map((a) => cell(l.positionMm?.[a], 1)),
        cell(l.uncertaintyDeg, 2),
        cell(l.residual, 4),
      ];
      lines.push(`  ${String(i + 1).padStart(5)}${numbers.join('')}`);
    }
  }
  for (const a of found.agreement)
    lines.push(
      `${a.methods.join(' and ')} differ by ${a.meanDeg.toFixed(2)} degrees in the mean, ${a.worstDeg.toFixed(2)} at most`,
    );
  return [...lines, ...found.notes.map((n) => `note: ${n}`), `used: ${found.chosen}`].join('\n');
}
