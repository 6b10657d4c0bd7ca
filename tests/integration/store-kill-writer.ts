/** Child of the kill test: stores gradings without end and says on stdout, line by line, which are acknowledged. */
import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { openStore } from '../../src-main/core/store/index.ts';
import { sampleGrading } from './store-sample.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: store-kill-writer.ts <folder>');
const store = openStore({ folder, clock: systemClock, log: silentLog });
const acknowledge = (id: string, revision: number) => writeSync(1, `${id} ${revision}\n`);

for (let number = 0; ; number += 1) {
  const id = randomUUID();
  const images = [await store.files.put(randomBytes(3000)), await store.files.put(randomBytes(200_000))];
  store.write('writer', (tx) => tx.gradings.insert(sampleGrading(id, images)));
  acknowledge(id, 1);
  if (number % 4 !== 0) continue;
  store.write('writer', (tx) =>
    tx.gradings.revise(id, sampleGrading(id, images, { standard: 'bgs' }), 'other standard'),
  );
  acknowledge(id, 2);
}
