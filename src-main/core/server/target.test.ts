/** Request targets: what is a plain path, and that nothing else passes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTarget } from './target.ts';

/** Many runs on a machine that has other work: a limit against hanging, not a measure of speed. */
const propertyMs = 60_000;

test('a plain path is read in decoded segments', () => {
  expect(parseTarget('/')?.segments).toEqual([]);
  expect(parseTarget('/uploads/u1/my%20card.png?x=1')).toMatchObject({ segments: ['uploads', 'u1', 'my card.png'] });
  expect(parseTarget('/?token=a%2Bb')?.query.get('token')).toBe('a+b');
});

test.each([
  undefined,
  '',
  '*',
  'a',
  'http://a.example/',
  '//a',
  '/a//b',
  '/a/',
  '/./a',
  '/%2e',
  '/a/..',
  '/a%2fb',
  '/%5c',
  '/%zz',
])('%s is no plain path', (raw) => expect(parseTarget(raw)).toBeUndefined());

test(
  'no text gives a segment that could leave its folder',
  () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const raw of [`/${text}`, `/${encodeURIComponent(text.toWellFormed())}`]) {
          const leaves = (segment: string) => /[/\\\0]/.test(segment) || ['', '.', '..'].includes(segment);
          expect(parseTarget(raw)?.segments.find(leaves)).toBeUndefined();
        }
      }),
    );
  },
  propertyMs,
);
