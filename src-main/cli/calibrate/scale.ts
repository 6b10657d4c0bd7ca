/** `calibrate scale`: measuring plane and scale, verified on a held-out picture, as a record. */
import { randomUUID } from 'node:crypto';
import { compose, fileEntry, findBoard, makeRecord } from '../../core/calibration/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { software } from '../../core/software/index.ts';
import { type Exit, exit } from '../terminal.ts';
import {
  type CalibrateContext,
  cameraFileSchema,
  encodingOf,
  needed,
  readArtefact,
  readJson,
  temperatureOf,
  writeOut,
} from './options.ts';
import { withStore } from './records.ts';
import { anySimulated } from './simulated.ts';
import { comparisonText } from './text.ts';

export async function scale({ parsed, terminal, signal }: CalibrateContext): Promise<Exit> {
  const out = needed(parsed, 'out', 'the file for the record');
  const { board, fit, files, simulated } = await readJson(
    needed(parsed, 'camera', 'the calibrated camera'),
    cameraFileSchema,
  );
  const planePath = needed(parsed, 'plane', 'the picture of the board on the plane');
  const verifyPath = parsed.text('verify');
  const artefactPath = parsed.text('artefact');
  const artefactImage = parsed.text('artefact-image');
  if ((artefactPath === undefined) !== (artefactImage === undefined))
    throw refuse('usage', 'an artefact needs its certificate and its picture', 'give --artefact and --artefact-image');
  const native = loadNative();
  const encoding = encodingOf(parsed);
  const see = (path: string, spec: typeof board) => findBoard(native, { path, encoding }, spec, signal);
  const artefact = artefactPath === undefined ? undefined : await readArtefact(artefactPath);
  const number = (name: string) => parsed.number(name, { min: 0, max: 50 }) ?? 0;
  const heights = {
    boardMm: number('board-thickness-mm'),
    artefactMm: number('artefact-thickness-mm'),
    cardMm: number('card-thickness-mm'),
  };
  const composed = await compose(
    native,
    {
      board,
      camera: fit,
      plane: await see(planePath, board),
      heights,
      scale:
        artefact && artefactImage !== undefined
          ? { artefact, temperatureC: temperatureOf(parsed), view: await see(artefactImage, artefact.board) }
          : undefined,
      rulerReadingMm: parsed.number('ruler-mm', { min: 1, max: 1000 }),
      verify: verifyPath === undefined ? undefined : await see(verifyPath, artefact?.board ?? board),
      verifyLimitMm: parsed.number('limit-mm', { min: 1e-4, max: 1 }),
      today: new Date(),
    },
    signal,
  );
  const record = makeRecord(composed, {
    id: randomUUID(),
    name: parsed.text('name') ?? 'calibration',
    rigId: parsed.text('rig') ?? '',
    createdBy: 'command line',
    simulated: simulated || (await anySimulated([planePath, artefactImage, verifyPath])),
    software,
    board,
    camera: fit,
    files: [
      ...files,
      await fileEntry(planePath, 'plane'),
      ...(artefactImage === undefined ? [] : [await fileEntry(artefactImage, 'artefact')]),
      ...(verifyPath === undefined ? [] : [await fileEntry(verifyPath, 'verify')]),
    ],
    now: new Date(),
    validDays: parsed.number('days', { min: 1, max: 3650, whole: true }) ?? 365,
  });
  await writeOut(out, `${JSON.stringify(record, null, 1)}\n`);
  const folder = parsed.text('data');
  if (folder !== undefined)
    withStore(folder, (store) =>
      store.write('command line', (tx) => {
        tx.calibrations.insert(record);
        if (record.rigId !== '') tx.calibrations.use(record.rigId, record.id, 'accepted on the command line');
      }),
    );
  const { plane, scale: found, verification } = record;
  terminal.out(
    parsed.flag('json')
      ? JSON.stringify(record, null, 1)
      : [
          ...(record.simulated ? ['SIMULATED'] : []),
          `pitch ${plane.pitchMm.toFixed(6)} mm/px, plane tilted by ${plane.tiltDeg.toFixed(3)} degrees, residual ${(1000 * plane.rmsMm).toFixed(2)} um`,
          found.kind === 'certified'
            ? `scale ${found.factor.toFixed(6)} by certificate ${found.artefact.certificate.number}, U = ${(1e6 * found.expandedRelative).toFixed(1)} um/m (k = 2)`
            : `scale STATED, not certified (${found.note})`,
          `held-out lengths, worst ${(1000 * verification.worstMm).toFixed(2)} um, limit ${(1000 * verification.limitMm).toFixed(1)} um`,
          comparisonText(verification.comparisons),
          `record ${record.id}, valid until ${record.expiresAt.slice(0, 10)}`,
        ].join('\n'),
  );
  return exit.done;
}
