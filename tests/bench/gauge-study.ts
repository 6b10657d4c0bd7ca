/** Runs a guided gauge study on the simulated rig in a fresh data folder, and prints every response's figures as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grrSettingsSchema } from '../../src-main/contract/index.ts';
import { openStudyDesk, studyRequest } from '../integration/study-desk.ts';

const [parts = 10, operators = 3, trials = 3] = process.argv.slice(2).map(Number);
const root = mkdtempSync(join(tmpdir(), 'trugrade-gauge-'));
const desk = await openStudyDesk(join(root, 'data'));
try {
  const { id } = desk.studies.create(studyRequest(parts, operators, trials), 'bench').summary;
  const times: number[] = [];
  for (let study = desk.studies.get(id); study.next !== null; ) {
    const started = performance.now();
    study = await desk.step(id);
    times.push(performance.now() - started);
  }
  const settings = grrSettingsSchema.omit({ tolerance: true }).parse({});
  const started = performance.now();
  const results = desk.studies.results(id, settings);
  const analysisMs = performance.now() - started;
  process.stdout.write(`${JSON.stringify({ results, stepMs: times, analysisMs })}\n`);
} finally {
  await desk.close();
  rmSync(root, { recursive: true, force: true });
}
