/** Studies on a data folder with the real native core and the simulated rig, without server and screen. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Job, Study, StudyRequest } from '../../src-main/contract/index.ts';
import { type Calibrations, createCalibrations } from '../../src-main/core/calibration/index.ts';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { createJobs } from '../../src-main/core/jobs/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { loadNative } from '../../src-main/core/native/index.ts';
import { createRigs, simulatedRig } from '../../src-main/core/rig/index.ts';
import { openStore, type Store } from '../../src-main/core/store/index.ts';
import { createStudies, type Studies } from '../../src-main/core/studies/index.ts';
import { createUploads, type Uploads } from '../../src-main/core/uploads/index.ts';

export interface StudyDesk {
  readonly studies: Studies;
  readonly calibrations: Calibrations;
  readonly store: Store;
  readonly uploads: Uploads;
  ended(id: string): Promise<Job>;
  /** Measures the next step and waits for it. */
  step(id: string): Promise<Study>;
  close(): Promise<void>;
}

export async function openStudyDesk(folder: string, random: () => number = () => 0.25): Promise<StudyDesk> {
  const clock = systemClock;
  const native = loadNative();
  const store = openStore({ folder, clock, log: silentLog });
  const jobs = createJobs({ clock, log: silentLog, newId: randomUUID });
  const uploads = await createUploads({ folder: join(folder, 'uploads'), clock });
  const rigs = createRigs([simulatedRig(native)]);
  const workFolder = join(folder, 'work');
  const parts = { store, jobs, rigs, uploads, native, clock, workFolder };
  const calibrations = createCalibrations({ ...parts, keepFolder: join(folder, 'calibrations') });
  const studies = createStudies({ ...parts, calibrations, newId: randomUUID, random });
  return {
    studies,
    calibrations,
    store,
    uploads,
    ended: jobs.ended,
    async step(id) {
      const { next } = studies.get(id);
      if (next === null) throw new Error('no step is left');
      const job = await jobs.ended((await studies.measure({ id, step: next }, 'tester')).id);
      if (job.state !== 'done') throw new Error(`step ${next} ended ${job.state}: ${job.error?.message ?? ''}`);
      return studies.get(id);
    },
    async close() {
      await jobs.close();
      uploads.close();
      store.close();
    },
  };
}

export const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

export function studyRequest(
  parts: number,
  operators: number,
  trials: number,
  more: Partial<StudyRequest> = {},
): StudyRequest {
  return {
    ...{
      kind: 'grr',
      name: 'Test study',
      parts: names('Card ', parts),
      operators: names('Operator ', operators),
      trials,
    },
    ...{ replace: true, rigId: 'simulated', references: {}, conditions: '21 C' },
    tolerances: { width: 0.3, centering: 10, size: 0.4, column: null },
    ...more,
  };
}
