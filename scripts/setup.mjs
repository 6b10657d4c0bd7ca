/** `npm run setup`: brings a checkout to the state in which everything can be started and tested. */
import { SetupError, setUp } from './lib/steps.mjs';

try {
  await setUp();
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
