/** `calibrate list` and `calibrate drift`: records of a data folder, and the check standard under one of them. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { CalibrationRecord, DriftCheck } from '../../contract/index.ts';
import { driftStatus, expansionOf, findBoard, stateOf } from '../../core/calibration/index.ts';
import { systemClock } from '../../core/clock/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { createLog } from '../../core/log/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { foldersOf, openStore, type Store } from '../../core/store/index.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, encodingOf, needed, readRecord, temperatureOf } from './options.ts';
import { comparisonText } from './text.ts';

/** Runs work on the store of a data folder. @throws AppError `store.locked` while a workstation runs on it */
export function withStore<T>(folder: string, work: (store: Store) => T): T {
  const { root, logs } = foldersOf(resolve(folder));
  const log = createLog({ folder: logs, clock: systemClock, dataFolder: root });
  try {
    const store = openStore({ folder: root, clock: systemClock, log: log.child('store') });
    try {
      return work(store);
    } finally {
      store.close();
    }
  } finally {
    void log.close();
  }
}

export async function list({ parsed, terminal }: CalibrateContext): Promise<Exit> {
  const folder = needed(parsed, 'data', 'the data folder');
  const now = new Date();
  const rows = withStore(folder, (store) =>
    store.calibrations.list().map((record) => ({
      id: record.id,
      name: record.name,
      rigId: record.rigId,
      createdAt: record.createdAt,
      expiresAt: record.expiresAt,
      scale: record.scale.kind,
      simulated: record.simulated,
      active: store.calibrations.active(record.rigId)?.id === record.id,
      state: stateOf(record, now, store.calibrations.drift(record.id).at(-1)?.status === 'failed'),
    })),
  );
  if (parsed.flag('json')) terminal.out(JSON.stringify(rows, null, 1));
  else if (rows.length === 0) terminal.out('no calibrations yet: begin with "trugrade calibrate board"');
  for (const r of parsed.flag('json') ? [] : rows)
    terminal.out(
      `${r.active ? '*' : ' '} ${r.createdAt.slice(0, 10)}  ${r.state.padEnd(8)} ${r.scale.padEnd(9)} ${r.rigId.padEnd(12)} ${r.name}  ${r.id}${r.simulated ? '  SIMULATED' : ''}`,
    );
  return exit.done;
}

/** A picture of the record's artefact; the check is kept when a data folder is named. */
export async function drift({ parsed, paths, terminal, signal }: CalibrateContext): Promise<Exit> {
  const [path] = paths;
  if (path === undefined || paths.length > 1)
    throw refuse('usage', 'one picture is needed', 'name one picture of the check standard on the plane');
  const folder = parsed.text('data');
  const record = folder === undefined ? await readRecord(parsed) : activeOf(folder, parsed.text('rig') ?? '');
  const native = loadNative();
  const artefact = record.scale.kind === 'certified' ? record.scale.artefact : undefined;
  const board = artefact?.board ?? record.board;
  const nominal = native.calibration.layout(board).lengths;
  const lengths = artefact?.lengths ?? nominal.map((l) => ({ ...l, certifiedMm: l.certifiedMm * record.scale.factor }));
  const view = await findBoard(native, { path, encoding: encodingOf(parsed) }, board, signal);
  const expansion = artefact ? expansionOf(artefact, temperatureOf(parsed)) : 0;
  const comparisons = native.calibration.compare(record.plane.map, view, lengths, expansion);
  const check: DriftCheck = {
    id: randomUUID(),
    calibrationId: record.id,
    time: new Date().toISOString(),
    actor: 'command line',
    ...driftStatus(comparisons),
    comparisons,
  };
  if (folder !== undefined)
    withStore(folder, (store) => store.write('command line', (tx) => tx.calibrations.addDrift(check)));
  terminal.out(
    parsed.flag('json')
      ? JSON.stringify(check, null, 1)
      : `${comparisonText(comparisons)}\n${check.status}: scale off by ${(1e6 * check.scaleError).toFixed(1)} um/m, worst length ${(1000 * check.worstMm).toFixed(2)} um, limit ${(1000 * check.limitMm).toFixed(1)} um`,
  );
  return check.status === 'failed' ? exit.notGraded : exit.done;
}

function activeOf(folder: string, rigId: string): CalibrationRecord {
  const record = withStore(folder, (store) => store.calibrations.active(rigId));
  if (!record)
    throw refuse('notFound', `no calibration is in use on rig "${rigId}"`, 'accept one first, or name another --rig', {
      field: 'rig',
    });
  return record;
}
