/** Must be the first import: zod compiles validators with `new Function` unless told that the page forbids it. */
import { config } from 'zod';

config({ jitless: true });
