/** Life of uploads and chosen folders, on a real folder and an injected clock. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../errors/index.ts';
import { createUploads, type UploadLimits, type Uploads } from './index.ts';

let folder: string;
let clock: { ms: number };
let uploads: Uploads;

async function create(limits: Partial<UploadLimits> = {}): Promise<Uploads> {
  return createUploads({ folder: join(folder, 'uploads'), clock: { monotonicMs: () => clock.ms }, limits });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trugrade-uploads-'));
  clock = { ms: 1_000_000 };
  uploads = await create({ fileBytes: 100, uploadBytes: 250, files: 3, uploads: 4 });
});
afterEach(async () => {
  uploads.close();
  await rm(folder, { recursive: true, force: true });
});

async function* body(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'nothing was refused';
}

/** Everything that lies in the uploads' folder. */
async function onDisk(): Promise<readonly string[]> {
  const found = await readdir(join(folder, 'uploads'), { recursive: true, withFileTypes: true });
  return found.filter((item) => item.isFile()).map((item) => item.name);
}

describe('an upload', () => {
  test('is opened as a folder with its files, and deleted after use', async () => {
    const { uploadId } = await uploads.start('me');
    expect(await uploads.put('me', uploadId, 'b.png', body('bb', 'b'))).toEqual({ name: 'b.png', bytes: 3 });
    await uploads.put('me', uploadId, 'a.png', body('a'), 1);
    const open = await uploads.open(uploadId);
    expect(open.files).toEqual(['a.png', 'b.png']);
    expect(await readFile(join(open.folder, 'b.png'), 'utf8')).toBe('bbb');
    await open.cleanup();
    await open.cleanup();
    expect(await onDisk()).toEqual([]);
    expect(await codeOf(uploads.open(uploadId))).toBe('notFound');
  });

  test('stays until its last reader is done', async () => {
    const { uploadId } = await uploads.start('me');
    await uploads.put('me', uploadId, 'a.png', body('a'));
    const first = await uploads.open(uploadId);
    const second = await uploads.open(uploadId);
    expect(await codeOf(uploads.remove('me', uploadId))).toBe('conflict');
    await first.cleanup();
    expect(await onDisk()).toEqual(['a.png']);
    await second.cleanup();
    expect(await onDisk()).toEqual([]);
  });

  test('takes a file again: the later one counts, and so does its size', async () => {
    const { uploadId } = await uploads.start('me');
    for (let time = 0; time < 5; time++) await uploads.put('me', uploadId, 'a.png', body('x'.repeat(90)));
    await uploads.put('me', uploadId, 'a.png', body('y'));
    const open = await uploads.open(uploadId);
    expect(await readFile(join(open.folder, 'a.png'), 'utf8')).toBe('y');
  });

  test('refuses two names that are one file where case does not count', async () => {
    const { uploadId } = await uploads.start('me');
    await uploads.put('me', uploadId, 'a.png', body('a'));
    expect(await codeOf(uploads.put('me', uploadId, 'A.PNG', body('b')))).toBe('conflict');
  });

  test('belongs to the session that started it', async () => {
    const { uploadId } = await uploads.start('me');
    expect(await codeOf(uploads.put('you', uploadId, 'a.png', body('a')))).toBe('notFound');
    expect(await codeOf(uploads.remove('you', uploadId))).toBe('notFound');
    await uploads.remove('me', uploadId);
    expect(await codeOf(uploads.put('me', uploadId, 'a.png', body('a')))).toBe('notFound');
  });

  test('without a file cannot be opened', async () => {
    const { uploadId } = await uploads.start('me');
    expect(await codeOf(uploads.open(uploadId))).toBe('file.missing');
  });

  test.each(['', '..', '../uploads', 'a/b', '__proto__', 'x'.repeat(65)])('has no id like %j', async (id) => {
    expect(await codeOf(uploads.open(id))).toBe('notFound');
  });
});

describe('limits', () => {
  test('a file that grows beyond its limit leaves nothing behind, and its room is free again', async () => {
    const { uploadId } = await uploads.start('me');
    const long = body('x'.repeat(60), 'x'.repeat(60));
    expect(await codeOf(uploads.put('me', uploadId, 'a.png', long))).toBe('upload.tooLarge');
    expect(await onDisk()).toEqual([]);
    for (const name of ['a', 'b']) await uploads.put('me', uploadId, name, body('x'.repeat(100)));
    expect(await codeOf(uploads.put('me', uploadId, 'c', body('x'.repeat(51))))).toBe('upload.tooLarge');
    await uploads.put('me', uploadId, 'c', body('x'.repeat(50)));
  });

  test('transfers at the same time cannot pass the limits together', async () => {
    const { uploadId } = await uploads.start('me');
    const names = ['a', 'b', 'c', 'd', 'e'];
    const codes = await Promise.all(names.map((n) => codeOf(uploads.put('me', uploadId, n, body('x'.repeat(90))))));
    expect(codes.filter((code) => code === 'upload.tooLarge').length).toBeGreaterThanOrEqual(3);
    const { files } = await uploads.open(uploadId);
    expect(files.length).toBeLessThanOrEqual(2);
  });

  test('uploads open at one time are bounded', async () => {
    for (let n = 0; n < 4; n++) await uploads.start('me');
    expect(await codeOf(uploads.start('me'))).toBe('conflict');
  });

  test('a transfer that ends early or breaks off stores nothing', async () => {
    const { uploadId } = await uploads.start('me');
    expect(await codeOf(uploads.put('me', uploadId, 'a.png', body('abc'), 10))).toBe('file.unreadable');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('abc');
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    }
    expect(await codeOf(uploads.put('me', uploadId, 'b.png', broken()))).toBe('file.unreadable');
    expect(await onDisk()).toEqual([]);
    expect(await codeOf(uploads.open(uploadId))).toBe('file.missing');
  });
});

describe('what is forgotten', () => {
  test('is deleted after an hour without use, unless it is in use', async () => {
    const [stale, used, fresh] = [await uploads.start('me'), await uploads.start('me'), await uploads.start('me')];
    for (const { uploadId } of [stale, used, fresh]) await uploads.put('me', uploadId, 'a.png', body('a'));
    await uploads.open(used.uploadId);
    clock.ms += 1_800_000;
    await uploads.put('me', fresh.uploadId, 'b.png', body('b'));
    clock.ms += 1_800_001;
    expect(await uploads.sweep()).toBe(1);
    expect(await codeOf(uploads.open(stale.uploadId))).toBe('notFound');
    expect((await uploads.open(fresh.uploadId)).files).toEqual(['a.png', 'b.png']);
  });

  test('is cleared at the start, and nothing else that lies there', async () => {
    const { uploadId } = await uploads.start('me');
    await uploads.put('me', uploadId, 'a.png', body('a'));
    await mkdir(join(folder, 'uploads', 'mine'));
    await writeFile(join(folder, 'uploads', 'mine', 'keep.txt'), 'keep');
    const again = await create();
    expect(await onDisk()).toEqual(['keep.txt']);
    again.close();
  });
});

describe('a folder that the person chose', () => {
  test('is read in place and never deleted', async () => {
    const chosen = join(folder, 'chosen');
    await mkdir(join(chosen, 'sub'), { recursive: true });
    for (const name of ['b.png', 'a.png', '.hidden']) await writeFile(join(chosen, name), name);
    await symlink('/etc/hostname', join(chosen, 'link.png'));
    const open = await uploads.open(await uploads.registerFolder(chosen));
    expect(open.files).toEqual(['a.png', 'b.png']);
    await open.cleanup();
    expect(await readdir(chosen)).toContain('a.png');
  });

  test('may be one file', async () => {
    await writeFile(join(folder, 'one.png'), 'x');
    const open = await uploads.open(await uploads.registerFolder(join(folder, 'one.png')));
    expect(open.files).toEqual(['one.png']);
  });

  test('takes no uploads and belongs to no session', async () => {
    const id = await uploads.registerFolder(folder);
    expect(await codeOf(uploads.put('me', id, 'a.png', body('a')))).toBe('notFound');
    expect(await codeOf(uploads.put('', id, 'a.png', body('a')))).toBe('notAllowed');
  });

  test('is refused when it is not there, relative, or holds too many files', async () => {
    expect(await codeOf(uploads.registerFolder(join(folder, 'nowhere')))).toBe('file.missing');
    expect(await codeOf(uploads.registerFolder('relative'))).toBe('usage');
    for (let n = 0; n < 4; n++) await writeFile(join(folder, `${n}.png`), '');
    expect(await codeOf(uploads.registerFolder(folder))).toBe('upload.tooLarge');
  });
});
