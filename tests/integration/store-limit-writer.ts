/** Child of the full-disk test: stores gradings until the store refuses, then says what it refused with and what is left. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { toAppError } from '../../src-main/core/errors/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { openStore } from '../../src-main/core/store/index.ts';
import { sampleGrading } from './store-sample.ts';

const [folder, pictureBytes] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: store-limit-writer.ts <folder> <bytes of each picture>');
const store = openStore({ folder, clock: systemClock, log: silentLog });
let stored = 0;
let code = 'none';
while (code === 'none' && stored < 20_000) {
  try {
    const image = await store.files.put(randomBytes(Number(pictureBytes)));
    store.write('writer', (tx) => tx.gradings.insert(sampleGrading(`g${stored}`, [image])));
    stored += 1;
  } catch (error) {
    code = toAppError(error).code;
  }
}
process.stdout.write(JSON.stringify({ stored, code, total: store.gradings.total(), audit: store.audit.verify().ok }));
