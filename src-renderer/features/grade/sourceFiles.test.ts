/** What was chosen or dropped. */
import { describe, expect, test } from 'vitest';
import { classify, parsePitch } from './sourceFiles.ts';

const pick = (...paths: string[]) => classify(paths.map((path) => ({ file: path, path })));

describe('classify', () => {
  test('a folder with capture.json is a capture; hidden files and subfolders are left out', () => {
    expect(pick('card/capture.json', 'card/light-00.png', 'card/.DS_Store', 'card/old/light-00.png')).toEqual({
      kind: 'folder',
      name: 'card',
      files: ['card/capture.json', 'card/light-00.png'],
      leftOut: 1,
    });
  });

  test('the capture may lie one folder deeper', () => {
    expect(pick('run/notes.txt', 'run/front/capture.json', 'run/front/a.png')).toMatchObject({
      kind: 'folder',
      name: 'front',
      leftOut: 1,
    });
  });

  test('files dropped beside each other with a capture.json are a capture', () => {
    expect(pick('capture.json', 'a.png')).toMatchObject({ kind: 'folder', files: ['capture.json', 'a.png'] });
  });

  test('one image is a single image, whatever the case of its ending', () => {
    expect(pick('scan.TIFF')).toEqual({ kind: 'image', name: 'scan.TIFF', file: 'scan.TIFF' });
  });

  test.each([
    [['card/a.png', 'card/b.png'], 'there is no capture.json in the folder', 'card'],
    [['a.png', 'b.png'], '2 images without capture.json were given', undefined],
    [['notes.pdf'], 'notes.pdf is no PNG, TIFF or JPEG', 'notes.pdf'],
    [[], 'nothing that can be graded was given', undefined],
    [['.hidden'], 'nothing that can be graded was given', undefined],
  ])('%j is refused with its reason', (paths, message, file) => {
    const chosen = pick(...paths);
    expect(chosen.kind).toBe('problem');
    if (chosen.kind !== 'problem') return;
    expect(chosen.error.message).toBe(message);
    expect(chosen.error.next).not.toBe('');
    expect(chosen.error.file).toBe(file);
  });
});

describe('pixel pitch as typed', () => {
  test.each([
    ['', null],
    ['0.0423333', 0.0423333],
    ['0,04', 0.04],
    [' .04 ', 0.04],
    ['4e-2', 0.04],
    ['0', undefined],
    ['-1', undefined],
    ['11', undefined],
    ['600 dpi', undefined],
    ['NaN', undefined],
  ])('%j', (text, value) => {
    expect(parsePitch(text)).toBe(value);
  });
});
