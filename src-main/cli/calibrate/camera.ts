/** `calibrate camera`: lens and focal length from views of the board. */
import { fileEntry, findBoard } from '../../core/calibration/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { type Exit, exit } from '../terminal.ts';
import { boardOf, type CalibrateContext, type CameraFile, encodingOf, needed, writeOut } from './options.ts';
import { anySimulated } from './simulated.ts';

export async function camera({ parsed, paths, terminal, signal }: CalibrateContext): Promise<Exit> {
  const out = needed(parsed, 'out', 'the file for the camera');
  if (paths.length === 0)
    throw refuse('usage', 'no views were given', 'name 6 or more pictures of the board, tilted to different sides');
  const native = loadNative();
  const board = await boardOf(parsed);
  const bar = terminal.progress('camera');
  try {
    const views = [];
    const files = [];
    for (const [i, path] of paths.entries()) {
      views.push(await findBoard(native, { path, encoding: encodingOf(parsed) }, board, signal));
      files.push(await fileEntry(path, 'view'));
      bar.update((0.8 * (i + 1)) / paths.length, 'corners');
    }
    const simulated = await anySimulated(paths);
    const fit = await native.calibration.solve(board, views, (f) => bar.update(0.8 + 0.2 * f, 'solving'), signal);
    bar.end();
    const file: CameraFile = { schema: 'trugrade.camera/1', simulated, board, fit, files };
    await writeOut(out, `${JSON.stringify(file)}\n`);
    if (parsed.flag('json')) terminal.out(JSON.stringify(file, null, 1));
    else {
      const [fx, fy, cx, cy] = fit.camera.intrinsics;
      const [k1, k2, p1, p2, k3] = fit.camera.distortion;
      const [ux, uy] = fit.std.map((s) => s.toFixed(2));
      terminal.out(
        [
          ...(simulated ? ['SIMULATED'] : []),
          `${fit.views.length} views, residual ${fit.rmsPx.toFixed(4)} px, held-out corners ${fit.heldOutRmsPx.toFixed(4)} px (${fit.heldOut})`,
          `fx ${fx.toFixed(2)} (u ${ux}), fy ${fy.toFixed(2)} (u ${uy}), centre ${cx.toFixed(2)}, ${cy.toFixed(2)} px`,
          `k1 ${k1.toPrecision(4)}, k2 ${k2.toPrecision(4)}, p1 ${p1.toPrecision(3)}, p2 ${p2.toPrecision(3)}, k3 ${k3.toPrecision(3)}`,
          ...fit.coverage.advice,
        ].join('\n'),
      );
    }
    return exit.done;
  } finally {
    bar.end();
  }
}
