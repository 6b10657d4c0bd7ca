/** `trugrade calibrate`: boards, camera, scale, lights, verification, drift, acceptance, and the list of records. */
import { refuse } from '../../core/errors/index.ts';
import { acceptance } from '../calibrate/acceptance.ts';
import { board } from '../calibrate/board.ts';
import { camera } from '../calibrate/camera.ts';
import { lights, lightsOptions } from '../calibrate/lights.ts';
import { type CalibrateContext, options } from '../calibrate/options.ts';
import { drift, list } from '../calibrate/records.ts';
import { response, responseOptions } from '../calibrate/response.ts';
import { scale } from '../calibrate/scale.ts';
import { photographs } from '../calibrate/simulated.ts';
import { verify } from '../calibrate/verify.ts';
import type { Command } from '../command.ts';
import type { Exit } from '../terminal.ts';

const tasks: Readonly<Record<string, (context: CalibrateContext) => Promise<Exit>>> = {
  board,
  camera,
  scale,
  verify,
  drift,
  acceptance,
  lights,
  response,
  list,
  simulate: photographs,
};

export const calibrate: Command = {
  name: 'calibrate',
  synopsis: `${Object.keys(tasks).join('|')} [IMAGE…] [--out FILE] [--json] …`,
  help: 'board: printable PDF or PNG; camera: lens from 6 or more views; scale: plane and scale into a record; verify, drift, acceptance: checks of a record; lights: directions and positions from balls and flat fields; response: codes to light from one scene at several exposure times',
  options: { ...options, ...lightsOptions, ...responseOptions },
  run(parsed, context) {
    const [task, ...paths] = parsed.positionals;
    const run = task === undefined ? undefined : tasks[task];
    if (!run)
      throw refuse(
        'usage',
        task === undefined ? 'no task was given' : `there is no task "${task}"`,
        `name one of ${Object.keys(tasks).join(', ')}`,
      );
    return run({ parsed, paths, ...context });
  },
};
