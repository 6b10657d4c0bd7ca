/** `trugrade edges`: sub-pixel edge points of any image, for comparison with other detectors. */
import { readInput } from '../../core/capture/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { type Command, jsonOption } from '../command.ts';
import { responseOf, responseOption } from '../response-option.ts';
import { exit } from '../terminal.ts';

const valuesPerPoint = 6;
const methods = ['erf', 'ridge'] as const;

export const edges: Command = {
  name: 'edges',
  synopsis:
    'IMAGE [--sigma 1.5] [--threshold T] [--method erf|ridge] [--encoding linear|srgb] [--response FILE] [--json]',
  help: 'finds sub-pixel edge points of any image',
  options: {
    sigma: { type: 'string', value: 'PX', help: 'scale of the detector, 0.5 to 10 px, 1.5 when not given' },
    threshold: { type: 'string', value: 'T', help: 'least gradient, light per px; from the noise when not given' },
    method: {
      type: 'string',
      value: 'erf|ridge',
      help: 'erf refines points on even ground by a fit (the default), ridge leaves the gradient ridge',
    },
    encoding: { type: 'string', value: 'linear|srgb', help: 'how samples relate to light, srgb when not given' },
    response: responseOption,
    json: jsonOption,
  },
  async run(parsed, { terminal, signal }) {
    const [path, ...more] = parsed.positionals;
    if (path === undefined || more.length > 0) throw refuse('usage', 'edges takes one image', 'name one image');
    const input = await readInput(path, {
      encoding: parsed.choice('encoding', ['linear', 'srgb']),
      ...(await responseOf(parsed)),
    });
    const options = {
      sigma: parsed.number('sigma', { min: 0.5, max: 10 }),
      threshold: parsed.number('threshold', { min: 0 }),
      refine: parsed.choice('method', methods) !== 'ridge',
    };
    const native = loadNative();
    const stack = await native.loadStack(input, () => undefined, signal);
    try {
      const values = await native.detectEdges(stack, options, signal);
      const points = Array.from({ length: values.length / valuesPerPoint }, (_, i) =>
        values.subarray(i * valuesPerPoint, (i + 1) * valuesPerPoint),
      );
      if (parsed.flag('json')) terminal.out(JSON.stringify({ points: points.map(asObject) }));
      else for (const point of points) terminal.out([...point].map((v) => v.toFixed(5)).join(' '));
      return exit.done;
    } finally {
      stack.free();
    }
  },
};

function asObject([xPx, yPx, nx, ny, strength, stdPx]: Float64Array) {
  const fitted = stdPx !== undefined && !Number.isNaN(stdPx);
  return { xPx, yPx, normal: [nx, ny], strength, method: fitted ? 'erf' : 'ridge', stdPx: fitted ? stdPx : null };
}
