/** Guided studies on the simulated rig: planned, blind, in order, redone, killed and resumed, analysed, written up. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { grrSettingsSchema, type Study } from '../../src-main/contract/index.ts';
import { numberOf, readTable } from '../../src-main/core/msa/index.ts';
import { orderOf } from '../../src-main/core/studies/plan.ts';
import { simulatedRecord } from '../support/calibration-record.ts';
import { greyPng } from '../support/cli.ts';
import { openStudyDesk, type StudyDesk, studyRequest } from './study-desk.ts';

const settings = grrSettingsSchema.omit({ tolerance: true }).parse({});
const folders: string[] = [];
const desks: StudyDesk[] = [];
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'trugrade-study-'));
  folders.push(folder);
  return join(folder, 'data');
};
const open = async (folder = temporary()) => {
  const desk = await openStudyDesk(folder);
  desks.push(desk);
  return desk;
};
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function finish(desk: StudyDesk, id: string): Promise<Study> {
  let study = desk.studies.get(id);
  while (study.next !== null) study = await desk.step(id);
  return study;
}

describe('the order of measuring', () => {
  it('has every cell once, trial after trial, operators and cards shuffled each time', () => {
    const steps = orderOf(10, 3, 3, 12345);
    const keys = steps.map(({ part, operator, trial }) => `${part} ${operator} ${trial}`);
    expect(new Set(keys).size).toBe(90);
    expect(steps.map(({ trial }) => trial)).toEqual([...steps.map(({ trial }) => trial)].sort());
    const runs = Array.from({ length: 9 }, (_, i) =>
      steps
        .slice(10 * i, 10 * i + 10)
        .map(({ part }) => part)
        .join(),
    );
    expect(new Set(runs).size).toBe(9);
    expect(orderOf(10, 3, 3, 12345)).toEqual(steps);
    expect(orderOf(10, 3, 3, 12346)).not.toEqual(steps);
  });
});

it('guides a 2 x 2 x 2 study: blind, in order, with a redo on record, to its results and documents', async () => {
  const desk = await open();
  const { studies, store } = desk;
  const { id } = studies.create(studyRequest(2, 2, 2), 'Eve (engineer)').summary;
  expect(studies.get(id)).toMatchObject({ next: 0, summary: { state: 'open', done: 0, steps: 8, simulated: true } });
  expect(() => studies.results(id, settings)).toThrow(/0 of 8 measurements are made/);
  await expect(studies.measure({ id, step: 3 }, 'x')).rejects.toThrow(/step 4 is not the next one/);

  let study = await desk.step(id);
  expect(study.steps[0]).toMatchObject({ done: true, attempts: 1, measured: 32 });
  expect(JSON.stringify(study)).not.toMatch(/"left\.1":/);
  study = studies.withdraw(id, 0, 'a hair lay on the border', 'Eve (engineer)');
  expect(study).toMatchObject({ next: 0, steps: { 0: { done: false, attempts: 1 } } });
  study = await desk.step(id);
  expect(study.steps[0]).toMatchObject({ done: true, attempts: 2 });

  study = studies.setState(id, 'paused', 'x');
  expect(study).toMatchObject({ next: null, summary: { state: 'paused' } });
  await expect(studies.measure({ id, step: 1 }, 'x')).rejects.toThrow(/the study is paused/);
  studies.setState(id, 'open', 'x');
  study = await finish(desk, id);
  expect(study).toMatchObject({ next: null, summary: { state: 'complete', done: 8 } });

  const lines = studies.results(id, settings);
  expect(lines).toHaveLength(32);
  // A good camera at 0.08 mm a pixel: some micrometres, against cards whose borders differ by tenths of a millimetre.
  for (const line of lines) expect(line, line.response.key).toMatchObject({ reason: null });
  const left = lines.find(({ response }) => response.key === 'left.1');
  expect(left?.gaugeSd ?? 1).toBeLessThan(0.01);
  expect(left?.gaugeSd ?? 0).toBeGreaterThan(0);
  const detail = studies.response(id, 'leftRight', settings);
  expect(detail.charts.map((chart) => chart.id)).toEqual([
    'components',
    'by-part',
    'by-operator',
    'interaction',
    'averages',
    'ranges',
  ]);

  const html = Buffer.from((await studies.document(id, 'report.html', settings)).bytes).toString('utf8');
  for (const text of [
    'Simulated',
    'a hair lay on the border',
    '21 C',
    'alpha = 0.25',
    'Operators are simulated',
    'Card 2',
  ])
    expect(html).toContain(text);
  const pdf = Buffer.from((await studies.document(id, 'report.pdf', settings)).bytes);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const csv = Buffer.from((await studies.document(id, 'data.csv', settings)).bytes).toString('utf8');
  expect(csv.split('\r\n')).toHaveLength(10);
  await expect(studies.document(id, 'report.exe', settings)).rejects.toThrow(/no document/);

  // The export comes back with the same figures, and still labelled as simulated.
  const again = studies.importCsv({ kind: 'grr', file: 'export.csv', text: csv, tolerance: 0.3, reference: null }, 'x');
  expect(again.summary).toMatchObject({ state: 'complete', simulated: true, origin: 'csv' });
  const back = studies.results(again.summary.id, settings).find(({ response }) => response.key === 'left.1');
  expect(back?.gaugeSd).toBeCloseTo(left?.gaugeSd ?? 0, 12);

  const actions = store.audit.list({ limit: 100 }).items.map(({ action, reason }) => `${action} ${reason ?? ''}`);
  expect(actions).toContain('study.withdraw a hair lay on the border');
  expect(store.audit.verify().ok).toBe(true);
});

it('loses no acknowledged measurement when it is killed, and goes on where it was', async () => {
  const folder = temporary();
  const worker = fileURLToPath(new URL('./study-kill-worker.ts', import.meta.url));
  const said = new Map<number, string>();
  const run = (stopAfter: number) =>
    new Promise<NodeJS.Signals | null>((resolve) => {
      const child = spawn(process.execPath, [worker, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let [text, seen] = ['', 0];
      child.stdout.on('data', (chunk) => {
        text += chunk;
        for (const line of text.split('\n').slice(seen, -1)) {
          const [step, value] = line.split(' ');
          said.set(Number(step), value ?? '');
          seen += 1;
        }
        if (seen >= stopAfter) child.kill('SIGKILL');
      });
      child.once('close', (_code, signal) => resolve(signal));
    });
  expect(await run(2)).toBe('SIGKILL');
  const before = new Map(said);
  expect(await run(1)).toBe('SIGKILL');
  expect(await run(Number.POSITIVE_INFINITY)).toBeNull();
  const desk = await open(folder);
  const [study] = desk.studies.list();
  expect(study).toMatchObject({ state: 'complete', done: 8 });
  const kept = new Map(
    desk.store.studies.readings(study?.id ?? '').map((r) => [r.step, String(r.reading.values['left.1'])]),
  );
  for (const [step, value] of [...before, ...said]) expect(kept.get(step)).toBe(value);
  expect(desk.store.audit.verify().ok).toBe(true);
});

it('makes a type-1 study against the truth of the simulated card', async () => {
  const desk = await open();
  const request = studyRequest(1, 1, 10, { kind: 'type1', replace: false });
  const { id } = desk.studies.create(request, 'x').summary;
  await finish(desk, id);
  const lines = desk.studies.results(id, settings);
  const station = lines.find(({ response }) => response.key === 'right.4');
  expect(station).toMatchObject({ reason: null, level: 'good' });
  expect(Math.abs(station?.bias ?? 1)).toBeLessThan(0.005);
  expect(lines.find(({ response }) => response.key === 'leftRight')).toMatchObject({ bias: null, cgk: null });
});

it("stands on the rig's calibration, says so with its U, and refuses to go on under another one", async () => {
  const desk = await open();
  const { studies, store } = desk;
  const use = (id: string | null) => desk.calibrations.use('simulated', id, 'test', 'x');
  // The first says that a pixel is 1 % more than it is.
  for (const record of [simulatedRecord('one', 0.0404), simulatedRecord('two')])
    store.write('x', (tx) => tx.calibrations.insert(record));
  use('one');
  const { id } = studies.create(studyRequest(2, 2, 2), 'x').summary;
  expect(studies.get(id).calibration).toBeNull();
  const study = await desk.step(id);
  expect(study.calibration).toMatchObject({ id: 'one', name: 'Record one', pitchMm: 0.0404, scale: 'certified' });
  const measured = store.studies.readings(id)[0]?.reading;
  if (!measured) throw new Error('nothing was measured');
  expect((measured.values['left.1'] ?? 0) / (measured.truth?.['left.1'] ?? 1)).toBeCloseTo(1.01, 2);
  for (const other of ['two', null]) {
    use(other);
    await expect(studies.measure({ id, step: 1 }, 'x')).rejects.toMatchObject({
      code: 'conflict',
      data: { field: 'calibration', next: expect.stringMatching(/put the first calibration in use again/) },
    });
  }
  // The rest of the study as copies of it that differ a little: what is asked here is what is said of the calibration.
  for (let step = 1; step < 8; step += 1) {
    const values = Object.fromEntries(
      Object.entries(measured.values).map(([key, value]) => [key, value && value + 0.001 * Math.sin(7 * step + 1)]),
    );
    store.write('x', (tx) => tx.studies.addReading(id, step, { ...measured, values }));
  }

  const station = studies.results(id, settings).find(({ response }) => response.key === 'left.1');
  // What counts as cut edge and printed border dominates a calibrated U: some 17 um.
  expect(station?.expandedU ?? 0).toBeGreaterThan(0.01);
  expect(station?.expandedU ?? 1).toBeLessThan(0.05);
  expect(station?.expandedU ?? 0).toBeCloseTo(measured.uncertainties['left.1'] ?? 1, 9);
  const html = Buffer.from((await studies.document(id, 'report.html', settings)).bytes).toString('utf8');
  expect(html).toMatch(/Record one \(record one\), 0\.0404000 mm per pixel, certified scale, last checked/);
  expect(html).toContain('U (k = 2) of a reading');
});

it('measures from pictures that are sent, and refuses those that cannot be measured', async () => {
  const desk = await open();
  const { studies, uploads } = desk;
  const { id } = studies.create(studyRequest(2, 2, 2, { rigId: null }), 'x').summary;
  await expect(studies.measure({ id, step: 0 }, 'x')).rejects.toThrow(/none was sent/);
  const send = async (name: string, bytes: Buffer) => {
    const { uploadId } = await uploads.start('session');
    await uploads.put(
      'session',
      uploadId,
      name,
      (async function* () {
        yield bytes;
      })(),
      bytes.length,
    );
    return uploadId;
  };
  const blank = greyPng(200, 200, () => 90);
  const measured = async (pixelPitchMm?: number) => {
    const job = await studies.measure({ id, step: 0, uploadId: await send('a.png', blank), pixelPitchMm }, 'x');
    return desk.ended(job.id);
  };
  expect(await measured()).toMatchObject({ state: 'failed', error: { field: 'pixelPitchMm' } });
  expect(await measured(0.1)).toMatchObject({ state: 'failed', error: { code: expect.stringMatching(/^card\./) } });
  expect(studies.get(id)).toMatchObject({ next: 0, jobId: null, summary: { done: 0 } });
});

it('refuses plans and files that cannot become a study', async () => {
  const desk = await open();
  const create = (more: object) => () => desk.studies.create(studyRequest(2, 2, 2, more), 'x');
  expect(create({ operators: ['A'] })).toThrow(/at least two operators/);
  expect(create({ parts: ['a', 'a'] })).toThrow(/each name may stand there once/);
  expect(create({ kind: 'type1' })).toThrow(/has one card/);
  expect(create({ rigId: 'nowhere' })).toThrow(/no rig "nowhere"/);
  const load =
    (text: string, kind: 'grr' | 'linearity' = 'grr') =>
    () =>
      desk.studies.importCsv({ kind, file: 'f.csv', text, tolerance: null, reference: null }, 'x');
  expect(load('part,operator,trial,x\na,A,1,2\n')).toThrow(/f\.csv: part: there is only one part/);
  expect(load('part,operator,x\na,A,oops\n')).toThrow(/x, row 2: "oops" is not a number/);
  expect(load('part,reference,x\na,1,1.1\na,2,2.1\n', 'linearity')).toThrow(/part a has two references/);
  expect(desk.studies.list()).toEqual([]);
});

it('exports names that spreadsheets would run as formulas harmlessly', async () => {
  const desk = await open();
  const rows = ['=1+1', 'b'].flatMap((part) =>
    ['A', 'B'].flatMap((op) =>
      [1, 2].map((t) => `${part},${op},${t},${part.length + t * 0.1 + (op === 'A' ? 0.01 : 0)}`),
    ),
  );
  const text = `part,operator,trial,x\n${rows.join('\n')}\n`;
  const { id } = desk.studies.importCsv(
    { kind: 'grr', file: 'f.csv', text, tolerance: null, reference: null },
    'x',
  ).summary;
  const csv = Buffer.from((await desk.studies.document(id, 'data.csv', settings)).bytes).toString('utf8');
  const table = readTable(csv, 'data.csv');
  expect(table.rows.map(({ cells }) => cells[1])).toContain("'=1+1");
  expect(table.rows.every(({ cells }) => numberOf(cells.at(-1) ?? '') !== undefined)).toBe(true);
});
