/** Reasons for a core's end, from the exits that systems really report. */
import { expect, test } from 'vitest';
import { type Exit, exitDetail, exitReason } from './crash.ts';

const exit = (part: Partial<Exit>): Exit => ({ code: null, signal: null, stderr: '', spawnError: null, ...part });

const heapWords =
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----';

test.each([
  ['a clean end', exit({ code: 0 }), 'exited'],
  ['an exit code', exit({ code: 3 }), 'exited'],
  ['a segmentation fault', exit({ signal: 'SIGSEGV' }), 'crashed'],
  ['an abort', exit({ signal: 'SIGABRT' }), 'crashed'],
  ['a kill from outside', exit({ signal: 'SIGKILL' }), 'crashed'],
  ['a shell that reports a segmentation fault', exit({ code: 139 }), 'crashed'],
  ["Node's abort on Windows", exit({ code: 134 }), 'crashed'],
  ['an access violation on Windows', exit({ code: 0xc0000005 }), 'crashed'],
  ['the same as a signed number', exit({ code: 0xc0000005 | 0 }), 'crashed'],
  ['a stack overrun on Windows', exit({ code: 0xc0000409 }), 'crashed'],
  ['no memory on Windows', exit({ code: 0xc0000017 }), 'outOfMemory'],
  ['a full JavaScript heap', exit({ signal: 'SIGABRT', stderr: heapWords }), 'outOfMemory'],
  [
    'a refused allocation in Rust',
    exit({ signal: 'SIGABRT', stderr: 'memory allocation of 96000000 bytes failed\n' }),
    'outOfMemory',
  ],
  [
    'a refused allocation in C++',
    exit({ signal: 'SIGABRT', stderr: "terminate called after throwing an instance of 'std::bad_alloc'" }),
    'outOfMemory',
  ],
] as const)('%s of a running core', (_what, how, reason) => {
  expect(exitReason(how, true, null)).toBe(reason);
});

test('before it served, an orderly end is a failed start, a crash remains a crash', () => {
  expect(exitReason(exit({ code: 0 }), false, null)).toBe('startFailed');
  expect(exitReason(exit({ code: 1 }), false, null)).toBe('startFailed');
  expect(exitReason(exit({ signal: 'SIGSEGV' }), false, null)).toBe('crashed');
  expect(exitReason(exit({ spawnError: 'spawn node ENOENT' }), false, null)).toBe('startFailed');
});

test("the core's own account of a failed start counts before everything else", () => {
  const error = { code: 'store.locked', message: 'in use', next: 'close the other one' } as const;
  expect(exitReason(exit({ signal: 'SIGABRT', stderr: heapWords }), false, error)).toBe('startFailed');
});

test('the detail is the error among the last words, not the line after it', () => {
  const stderr =
    "node:internal/x:1\n  throw err;\n\nError: Cannot find module '/a/core.js'\n    at y (z:1)\n\nNode.js v24.21.0\n";
  expect(exitDetail(exit({ stderr }))).toBe("Error: Cannot find module '/a/core.js'");
  expect(exitDetail(exit({ stderr: 'first\r\nlast\r\n\r\n' }))).toBe('last');
  expect(exitDetail(exit({ stderr: heapWords }))).toContain('heap out of memory');
  expect(exitDetail(exit({}))).toBe('');
  expect(exitDetail(exit({ stderr: 'x'.repeat(5000) }))).toHaveLength(300);
});
