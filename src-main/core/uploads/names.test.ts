/** File names that are safe on every system. */
import { expect, test } from 'vitest';
import { checkedFileName } from './names.ts';

test.each([
  'card.png',
  'front 01.tiff',
  'Karte-ä.jpg',
  'capture.json',
  'console.png',
  'com.png',
  'カード.png',
  '.hidden',
])('%s is a file name', (name) => expect(checkedFileName(name)).toBe(name.normalize('NFC')));

test.each([
  '',
  '.',
  '..',
  'a/b',
  'a\\b',
  '../a',
  '/a',
  'C:\\a',
  'a\0.png',
  'a\n.png',
  'a:stream',
  'what?.png',
  'a*.png',
  '"a".png',
  'a|b',
  '<a>',
  'trailing.',
  'trailing ',
  'CON',
  'nul.png',
  'Com1.txt',
  'LPT9',
  'aux.tar.gz',
  'x'.repeat(256),
  'ä'.repeat(200),
])('%j is refused with the field', (name) => {
  expect(() => checkedFileName(name)).toThrow(/file name/);
});

test('one name in two Unicode forms is one name', () => {
  expect(checkedFileName('a\u0308.png')).toBe(checkedFileName('\u00e4.png'));
});
