/** Child of the study test: measures a study's steps and says on stdout which are acknowledged, until it is killed. */
import { writeSync } from 'node:fs';
import { openStudyDesk, studyRequest } from './study-desk.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: study-kill-worker.ts <folder>');
const desk = await openStudyDesk(folder);
const [known] = desk.studies.list();
const id = known?.id ?? desk.studies.create(studyRequest(2, 2, 2), 'worker').summary.id;
for (let study = desk.studies.get(id); study.next !== null; ) {
  const { next } = study;
  study = await desk.step(id);
  const [reading] = desk.store.studies.readings(id).filter(({ step }) => step === next);
  writeSync(1, `${next} ${reading?.reading.values['left.1']}\n`);
}
await desk.close();
