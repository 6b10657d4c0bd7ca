/** `calibrate simulate`: the photographs of a guided calibration by the simulated rig, for trials and benchmarks. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { guidedShots, placements, sceneOf, sheets } from '../../core/calibration/index.ts';
import { isMarkedSimulated } from '../../core/marks/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { simulatedCamera, writeBallCapture } from '../../core/rig/index.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, needed, readJson, writeOut } from './options.ts';

/** Whether one of these pictures came from a simulated rig. */
export async function anySimulated(paths: readonly (string | undefined)[]): Promise<boolean> {
  for (const path of paths) if (path !== undefined && (await isMarkedSimulated(path))) return true;
  return false;
}

export async function photographs({ parsed, terminal, signal }: CalibrateContext): Promise<Exit> {
  const out = needed(parsed, 'out', 'the folder for the pictures');
  const file = parsed.text('spec');
  const rig = {
    ...simulatedCamera,
    ...(file === undefined ? {} : await readJson(file, z.record(z.string(), z.unknown()))),
  };
  const printScale = parsed.number('print-scale', { min: 0.5, max: 2 }) ?? 1;
  const { calibration } = loadNative();
  await mkdir(out, { recursive: true });
  const shots = [
    ...guidedShots,
    ...placements.map((pose, i) => ({ name: `placement-${i + 1}.png`, sheet: sheets.artefact, pose })),
  ];
  const bar = terminal.progress('photographs');
  try {
    for (const [i, { name, sheet, pose }] of shots.entries()) {
      const scene = sceneOf(calibration, sheet, pose, sheet.id === 'camera' ? printScale : 1);
      await calibration.simulate({ ...rig, seed: 1000 + i }, scene, join(out, name), () => undefined, signal);
      bar.update((i + 1) / shots.length, name);
    }
  } finally {
    bar.end();
  }
  // Targets of the lights: one capture folder each.
  for (const kind of ['mirror', 'matte'] as const) {
    await mkdir(join(out, kind), { recursive: true });
    await writeBallCapture(kind, join(out, kind), () => undefined, signal);
  }
  const artefact = {
    name: 'Simulated artefact',
    board: sheets.artefact.board,
    certificate: {
      ...{ number: 'SIMULATED-1', issuedBy: 'simulator', issuedOn: '2020-01-01', validUntil: '2099-12-31' },
      ...{ expandedUncertaintyMm: 0.0005, coverageFactor: 2, referenceTemperatureC: 20, expansionPerK: 8e-6 },
    },
    lengths: calibration.layout(sheets.artefact.board).lengths,
  };
  await writeOut(join(out, 'artefact.json'), `${JSON.stringify(artefact, null, 1)}\n`);
  const pictures = shots.map((s) => s.name);
  const done = { folder: out, pictures, targets: ['mirror', 'matte'], artefact: 'artefact.json', simulated: true };
  terminal.out(
    parsed.flag('json') ? JSON.stringify(done, null, 1) : `wrote ${shots.length} SIMULATED photographs to ${out}`,
  );
  return exit.done;
}
