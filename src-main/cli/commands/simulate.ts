/** `trugrade simulate`: a synthetic capture with its truth. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { refuse, toAppError } from '../../core/errors/index.ts';
import { parseJsonWith } from '../../core/errors/parse.ts';
import { loadNative } from '../../core/native/index.ts';
import { type Command, jsonOption } from '../command.ts';
import { exit } from '../terminal.ts';

const number = (help: string, value: string) => ({ type: 'string', value, help }) as const;

export const simulate: Command = {
  name: 'simulate',
  synopsis: '--out DIR [--seed N] [--lights K] [--pitch MM] [--spec FILE.json] …',
  help: 'makes a synthetic capture with truth.json, normals-truth.npy and defects-truth.png',
  options: {
    out: { type: 'string', value: 'DIR', help: 'new or empty folder for the capture' },
    seed: number('seed of every random choice', 'N'),
    lights: number('number of lights, 3 to 64', 'K'),
    pitch: number('pixel pitch', 'MM'),
    bits: number('bits a sample, 8 or 16', 'N'),
    rotation: number('rotation of the card', 'DEG'),
    side: { type: 'string', value: 'front|back', help: 'side of the card' },
    grey: { type: 'boolean', help: 'grey frames instead of RGB' },
    near: number('distance of near lights; far lights when not given', 'MM'),
    spec: { type: 'string', value: 'FILE', help: 'JSON with any further settings (see the Spec of the simulator)' },
    json: jsonOption,
  },
  async run(parsed, { terminal, signal }) {
    const out = parsed.text('out');
    if (out === undefined)
      throw refuse('usage', 'there is no folder for the capture', 'add --out DIR', { field: 'out' });
    const given: Record<string, unknown> = {
      seed: parsed.number('seed', { min: 0, whole: true }),
      lights: parsed.number('lights', { min: 1, whole: true }),
      pitchMm: parsed.number('pitch'),
      bits: parsed.number('bits', { whole: true }),
      rotationDeg: parsed.number('rotation'),
      side: parsed.choice('side', ['front', 'back']),
      colour: parsed.flag('grey') ? false : undefined,
      lightDistanceMm: parsed.number('near'),
    };
    const spec = {
      ...(await readSpec(parsed.text('spec'))),
      ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)),
    };
    const bar = terminal.progress('simulate');
    try {
      const truth = await loadNative().simulate(spec, out, bar.update, signal);
      bar.end();
      terminal.out(parsed.flag('json') ? JSON.stringify(truth) : `wrote a SIMULATED capture to ${out}`);
      return exit.done;
    } finally {
      bar.end();
    }
  },
};

async function readSpec(path: string | undefined): Promise<Record<string, unknown>> {
  if (path === undefined) return {};
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw toAppError(error, { file: basename(path) });
  });
  return parseJsonWith(z.record(z.string(), z.unknown()), text, basename(path));
}
