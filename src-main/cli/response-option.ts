/** `--response FILE`: the camera's measured response, instead of sRGB or linear samples. */

import type { InputOptions } from '../core/capture/index.ts';
import { refuse } from '../core/errors/index.ts';
import { readResponse, residualOf } from '../core/response/index.ts';
import type { OptionSpec, Parsed } from './arguments.ts';

export const responseOption: OptionSpec = {
  type: 'string',
  value: 'FILE',
  help: 'the camera\'s response, found by "calibrate response": codes are brought to light by it',
};

/** @throws AppError `usage` beside `--encoding`, as both say how samples relate to light. */
export async function responseOf(parsed: Parsed): Promise<Pick<InputOptions, 'response' | 'responseResidual'>> {
  const path = parsed.text('response');
  if (path === undefined) return {};
  if (parsed.text('encoding') !== undefined)
    throw refuse('usage', 'an encoding and a response contradict each other', 'leave out --encoding', {
      field: 'encoding',
    });
  const response = await readResponse(path);
  return { response: response.curves, responseResidual: residualOf(response) };
}
