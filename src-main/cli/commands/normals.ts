/** `trugrade normals`: photometric stereo alone; single maps as NumPy files, or all maps in a folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readInput } from '../../core/capture/index.ts';
import { movedTooFar, movementCheck, registrationLimits } from '../../core/capture/movement.ts';
import { refuse } from '../../core/errors/index.ts';
import type { FrameQuality } from '../../core/native/index.ts';
import {
  type EngineUsed,
  loadNative,
  type MapFile,
  type MapFormat,
  mapFormats,
  mapNames,
} from '../../core/native/index.ts';
import type { Parsed } from '../arguments.ts';
import { type Command, jsonOption } from '../command.ts';
import { computeOption, withCompute } from '../compute-option.ts';
import { lightsOption, withLights } from '../lights-option.ts';
import { responseOf, responseOption } from '../response-option.ts';
import { exit } from '../terminal.ts';

const maps: readonly { option: string; map: MapFile }[] = [
  { option: 'out', map: 'normals' },
  { option: 'albedo', map: 'albedo' },
  { option: 'height', map: 'height' },
];

interface Target {
  readonly map: MapFile;
  readonly file: string;
  readonly format: MapFormat;
}

/** The GPU by name, or the processor and why it was not the GPU that was asked for. */
const whereText = ({ on, adapter, reason }: EngineUsed) =>
  on === 'gpu' ? (adapter ?? 'the GPU') : `the processor${reason === null ? '' : ` (${reason.message})`}`;

/** What is to be written where. @throws AppError `usage` when nothing asks for the normals */
function targetsOf(parsed: Parsed, folder: string | undefined): Target[] {
  const targets: Target[] = maps.flatMap(({ option, map }) => {
    const file = parsed.text(option);
    return file === undefined ? [] : [{ map, file, format: 'npy' }];
  });
  const format = parsed.choice('format', mapFormats) ?? 'npy';
  if (folder !== undefined) {
    const ending = format === 'png16' ? 'png' : format;
    targets.push(...mapNames.map((map) => ({ map, file: join(folder, `${map}.${ending}`), format })));
  }
  if (parsed.text('out') === undefined && folder === undefined)
    throw refuse('usage', 'there is no file for the normals', 'add --out FILE.npy or --maps DIR', { field: 'out' });
  return targets;
}

/** What a person hears of moved frames. @throws AppError `card.moved` where one moved too far */
function movementWarnings(frames: readonly FrameQuality[], pixelPitchMm: number | null): string[] {
  const tooFar = movedTooFar(frames, pixelPitchMm);
  if (tooFar) throw tooFar;
  return movementCheck(frames, pixelPitchMm).flatMap(({ status, message }) =>
    status === 'warning' && message ? [message] : [],
  );
}

export const normals: Command = {
  name: 'normals',
  synopsis:
    'CAPTURE [--out FILE.npy] [--albedo FILE] [--height FILE] [--steps FILE] [--maps DIR] [--format npy|png16|tiff|exr] [--compute auto|cpu|gpu] [--json]',
  help: 'solves a capture for surface normals (float32, H x W x 3)',
  options: {
    out: { type: 'string', value: 'FILE', help: 'normals, H x W x 3' },
    albedo: { type: 'string', value: 'FILE', help: 'albedo, H x W or H x W x 3' },
    height: { type: 'string', value: 'FILE', help: 'height in mm (px without a scale), H x W' },
    steps: {
      type: 'string',
      value: 'FILE',
      help: 'height that keeps steps such as a lifted corner, H x W; takes longer',
    },
    lights: lightsOption,
    compute: computeOption,
    response: responseOption,
    maps: { type: 'string', value: 'DIR', help: `all maps into a folder: ${mapNames.join(', ')}` },
    format: {
      type: 'string',
      value: 'F',
      help: 'of --maps: npy, tiff, exr (float32) or png16 (range in its text chunk)',
    },
    json: jsonOption,
  },
  async run(parsed, { terminal, signal }) {
    const [path, ...more] = parsed.positionals;
    if (path === undefined || more.length > 0)
      throw refuse('usage', 'normals takes one capture', 'name one capture folder');
    const folder = parsed.text('maps');
    const targets = targetsOf(parsed, folder);
    const native = loadNative();
    await withCompute(parsed, native, signal);
    const input = await withLights(parsed, await readInput(path, await responseOf(parsed)));
    const bar = terminal.progress('normals');
    const stack = await native.loadStack(input, (f) => bar.update(f / 2), signal, registrationLimits);
    try {
      const frames = await stack.quality(signal);
      const warnings = movementWarnings(frames, input.pixelPitchMm);
      const solved = await native.solve(stack, input.lights, input, (f) => bar.update(0.5 + f / 2), signal);
      try {
        await solved.withoutFrames(
          targets.some(({ map }) => map === 'gloss'),
          signal,
        );
        stack.free();
        if (folder !== undefined) await mkdir(folder, { recursive: true });
        for (const { map, file, format: as } of targets) await solved.writeFile(map, file, as, signal);
        const steps = parsed.text('steps');
        if (steps !== undefined) await solved.writeHeightWithSteps(steps, 'npy', (f) => bar.update(f), signal);
        bar.end();
        for (const warning of warnings) terminal.err(warning);
        const { widthPx, heightPx } = stack;
        if (parsed.flag('json'))
          terminal.out(
            JSON.stringify(
              {
                capture: input.name,
                widthPx,
                heightPx,
                movements: frames.map(({ movement }) => movement),
                files: {
                  ...Object.fromEntries(targets.map((t) => [t.map, t.file])),
                  ...(steps === undefined ? {} : { heightWithSteps: steps }),
                },
                ...solved.summary,
              },
              null,
              1,
            ),
          );
        else
          terminal.out(
            `${widthPx} x ${heightPx} px, ${input.lights.length} lights, ${solved.summary.method}, on ${whereText(solved.summary.engine)}; ${(solved.summary.unknownFraction * 100).toFixed(1)} % unknown; ${[...targets.map((t) => t.file), ...(steps === undefined ? [] : [steps])].join(', ')}`,
          );
        return exit.done;
      } finally {
        solved.free();
      }
    } finally {
      bar.end();
      stack.free();
    }
  },
};
