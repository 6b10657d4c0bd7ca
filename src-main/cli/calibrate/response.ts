/** `trugrade calibrate response`: how the camera's codes relate to light, from one scene at several exposure times. */
import { basename } from 'node:path';
import type { CameraResponse } from '../../contract/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { measureResponse } from '../../core/response/index.ts';
import { software } from '../../core/software/index.ts';
import type { OptionSpecs } from '../arguments.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, needed, writeOut } from './options.ts';

/** Joined to the options of `calibrate`. */
export const responseOptions: OptionSpecs = {
  seconds: {
    type: 'string',
    value: 'S,S,…',
    help: 'response: exposure time of each picture in their order, e.g. 1/200,1/100,0.02',
  },
};

/** `0.02` or `1/50`. */
function secondsOf(text: string): number {
  const [above = '', below, ...more] = text.split('/');
  const value = below === undefined ? Number(above) : Number(above) / Number(below);
  if (above.trim() === '' || more.length > 0 || !Number.isFinite(value) || value <= 0 || value > 3600)
    throw refuse('usage', `"${text}" is no exposure time`, 'give seconds, as 0.02 or 1/50', { field: 'seconds' });
  return value;
}

export async function response({ parsed, paths, terminal, signal }: CalibrateContext): Promise<Exit> {
  const times = needed(parsed, 'seconds', 'the exposure time of every picture').split(',').map(secondsOf);
  if (times.length !== paths.length)
    throw refuse('usage', `there are ${paths.length} pictures and ${times.length} times`, 'give one time per picture', {
      field: 'seconds',
    });
  const pictures = paths.map((path, i) => ({ name: basename(path), path, seconds: times[i] ?? Number.NaN }));
  const bar = terminal.progress('response');
  try {
    const options = { native: loadNative(), software, now: () => new Date(), progress: (f: number) => bar.update(f) };
    const found = await measureResponse(pictures, options, signal);
    bar.end();
    const out = parsed.text('out');
    const text = JSON.stringify(found, null, 1);
    if (out !== undefined) await writeOut(out, `${text}\n`);
    terminal.out(parsed.flag('json') ? text : summary(found));
    return exit.done;
  } finally {
    bar.end();
  }
}

/** What a person reads. */
function summary({ estimate }: CameraResponse): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const channels = estimate?.channels ?? [];
  const names = channels.length === 3 ? ['red', 'green', 'blue'] : ['grey'];
  const lines = channels.flatMap(({ points, residual, seen, exposures }, i) => {
    const half = points.find(([, light]) => light >= 0.5)?.[0] ?? Number.NaN;
    return [
      `${names[i]}: ${percent(residual)} of full scale remain (8 bits alone leave 0.11 %), codes ${percent(seen[0])} to ${percent(seen[1])} seen, half the light at ${percent(half)}`,
      ...exposures.map((e) => `  ${e.name}: ${e.seconds} s, ${e.ratio.toFixed(3)} of the light that its time says`),
    ];
  });
  return [...lines, `${estimate?.sites ?? 0} places of the scene took part`].join('\n');
}
