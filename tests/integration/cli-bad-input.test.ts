/** Bad input ends in a clear error that names file and field, with exit code 2 and nothing half-written. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { appErrorSchema } from '../../src-main/contract/index.ts';
import { type CaptureJson, greyPng, runCli, temporaryFolder, writeCapture } from '../support/cli.ts';

const failure = z.object({ error: appErrorSchema });

/** Grades a spoiled capture and gives back the error; the output folder must not appear. */
async function refused(spoil: (folder: string, capture: CaptureJson) => void, lights = 4) {
  using temporary = temporaryFolder();
  const folder = join(temporary.path, 'capture');
  mkdirSync(folder);
  writeCapture(folder, lights, (capture) => spoil(folder, capture));
  const out = join(temporary.path, 'out');
  const { code, stdout, stderr } = await runCli(['grade', folder, '--out', out, '--json']);
  expect(existsSync(out), 'nothing may be written').toBe(false);
  expect(readdirSync(temporary.path)).toEqual(['capture']);
  expect(code, stderr).toBe(2);
  const { error } = failure.parse(JSON.parse(stdout));
  expect(error.next.length).toBeGreaterThan(5);
  expect(JSON.stringify(error), 'no absolute path may leak').not.toContain(temporary.path);
  return error;
}

const light = (capture: CaptureJson, i: number) => {
  const found = capture.lights[i];
  if (!found) throw new Error('no such light');
  return found;
};

describe('a capture that cannot be read', () => {
  it('names a missing image and its field', async () => {
    const error = await refused((_, c) => {
      light(c, 1).file = 'absent.png';
    });
    expect(error).toMatchObject({ code: 'file.missing', file: 'absent.png', field: 'lights[1].file' });
  });
  it('names images of another size', async () => {
    const error = await refused((folder) =>
      writeFileSync(
        join(folder, 'light-2.png'),
        greyPng(50, 96, () => 50),
      ),
    );
    expect(error).toMatchObject({ code: 'image.sizeMismatch', file: 'light-2.png' });
  });
  it('names a truncated image', async () => {
    const error = await refused((folder) => truncateSync(join(folder, 'light-3.png'), 200));
    expect(error).toMatchObject({ code: 'image.damaged', file: 'light-3.png' });
  });
  it('names a file that is no image', async () => {
    const error = await refused((folder) => writeFileSync(join(folder, 'light-0.png'), 'hello'));
    expect(error.file).toBe('light-0.png');
    expect(error.code).toMatch(/^image\./);
  });
  it('refuses a picture of a billion pixels before it allocates them', async () => {
    const error = await refused((folder) => {
      const png = greyPng(96, 96, () => 50);
      png.writeUInt32BE(100_000, 16);
      png.writeUInt32BE(100_000, 20);
      writeFileSync(join(folder, 'light-0.png'), png);
    });
    expect(error.file).toBe('light-0.png');
    expect(['image.tooLarge', 'image.damaged']).toContain(error.code);
  });
  it('names a light of zero length', async () => {
    const error = await refused((_, c) => {
      light(c, 2).direction = [0, 0, 0];
    });
    expect(error).toMatchObject({ code: 'schema.invalid', file: 'capture.json', field: 'lights[2].direction' });
  });
  it('refuses lights in one plane', async () => {
    const error = await refused((_, c) => {
      for (const [i, l] of c.lights.entries()) l.direction = [i - 1.5, 0, 1];
    });
    expect(error.code).toBe('lights.coplanar');
    expect(error.field).toMatch(/lights/);
  });
  it('refuses numbers that are not finite', async () => {
    using temporary = temporaryFolder();
    writeCapture(temporary.path, 4);
    const path = join(temporary.path, 'capture.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"pixelPitchMm":0.1', '"pixelPitchMm":1e999'));
    const { code, stdout } = await runCli(['grade', temporary.path, '--json']);
    expect(code).toBe(2);
    expect(failure.parse(JSON.parse(stdout)).error).toMatchObject({ file: 'capture.json', field: 'pixelPitchMm' });
  });
  it('refuses a file name that leads out of the folder', async () => {
    const error = await refused((_, c) => {
      light(c, 0).file = '../secret.png';
    });
    expect(error).toMatchObject({ code: 'schema.invalid', field: 'lights[0].file' });
  });
  it('refuses a link that leads out of the folder', async () => {
    using outside = temporaryFolder();
    writeFileSync(
      join(outside.path, 'secret.png'),
      greyPng(96, 96, () => 50),
    );
    const error = await refused((folder, c) => {
      symlinkSync(join(outside.path, 'secret.png'), join(folder, 'linked.png'));
      light(c, 0).file = 'linked.png';
    });
    expect(error).toMatchObject({ code: 'path.outside', file: 'linked.png', field: 'lights[0].file' });
  });
  it('refuses another schema and another number of flat fields', async () => {
    const schema = await refused((_, c) => {
      c.schema = 'trugrade.capture/9';
    });
    expect(schema).toMatchObject({ file: 'capture.json', field: 'schema' });
    const flats = await refused((_, c) => {
      c.flats = ['light-0.png'];
    });
    expect(flats).toMatchObject({ file: 'capture.json', field: 'flats' });
  });
});

describe('a command that makes no sense', () => {
  const usage = async (...args: string[]) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(2);
    return stderr;
  };
  it('names what is wrong with broken JSON, an empty folder and a missing path', async () => {
    using temporary = temporaryFolder();
    expect(await usage('grade', temporary.path)).toMatch(/capture\.json: there is no such file/);
    writeFileSync(join(temporary.path, 'capture.json'), '{ "schema": ');
    expect(await usage('grade', temporary.path)).toMatch(/capture\.json: is not valid JSON/);
    expect(await usage('grade', join(temporary.path, 'nowhere'))).toMatch(/nowhere: there is no such file/);
  });
  it('names wrong options, standards, numbers and commands', async () => {
    expect(await usage('grade', '--wrong', 'x')).toMatch(/--wrong/);
    expect(await usage('grade', 'x', '--standard', 'xyz')).toMatch(/standard.*psa/);
    expect(await usage('measure', 'x', '--pixel-pitch-mm', 'abc')).toMatch(/pixel-pitch-mm.*not a number/);
    expect(await usage('measure', 'x', '--pixel-pitch-mm=-1')).toMatch(/below/);
    expect(await usage('polish')).toMatch(/no command "polish"/);
    expect(await usage('grade')).toMatch(/no input/);
    expect(await usage('normals', 'x')).toMatch(/--out/);
    expect(await usage('simulate')).toMatch(/--out/);
  });
  it('keeps what is in the output folder', async () => {
    using temporary = temporaryFolder();
    const capture = join(temporary.path, 'capture');
    mkdirSync(capture);
    writeCapture(capture, 4);
    const out = join(temporary.path, 'out');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'precious');
    const { code, stderr } = await runCli(['grade', capture, '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/not empty/);
    expect(readdirSync(out)).toEqual(['mine.txt']);
  });
  it('says that a full disk is full and leaves nothing behind', async ({ skip }) => {
    using temporary = temporaryFolder();
    const disk = join(temporary.path, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    if (mounted.status !== 0) return skip('needs the right to mount a small disk');
    try {
      const { code, stdout } = await runCli(['simulate', '--out', join(disk, 'capture'), '--pitch', '0.2', '--json']);
      expect(code).toBe(2);
      expect(failure.parse(JSON.parse(stdout)).error.code).toBe('disk.full');
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
});

describe('a picture without a card', () => {
  it('is not graded, with the reason and exit code 1', async () => {
    using temporary = temporaryFolder();
    const path = join(temporary.path, 'noise.png');
    writeFileSync(
      path,
      greyPng(640, 480, (x, y) => 100 + ((x * 2654435761 + y * 40503) % 97) / 3),
    );
    const { code, stdout } = await runCli(['measure', path, '--pixel-pitch-mm', '0.1', '--json']);
    expect(code).toBe(1);
    const report = z.object({ measurement: z.null(), error: appErrorSchema }).parse(JSON.parse(stdout));
    expect(report.error.code).toMatch(/^(card|image)\./);
  });
  it('is refused when it is black', async () => {
    using temporary = temporaryFolder();
    const path = join(temporary.path, 'black.png');
    writeFileSync(
      path,
      greyPng(640, 480, () => 0),
    );
    const { code, stdout } = await runCli(['measure', path, '--json']);
    expect(code).toBe(1);
    expect(z.object({ error: appErrorSchema }).parse(JSON.parse(stdout)).error.code).toBe('image.dark');
  });
});
