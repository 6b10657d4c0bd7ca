import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../contract/index.ts';
import type { Identified, LikelyTemplate, NativeMatch, NativeTemplates, RefinedCard } from '../native/index.ts';
import { type KnownTemplate, recognisingMatcher } from './matcher.ts';

const known = (id: string): KnownTemplate => ({
  ...{ id, name: `design ${id}`, set: '', content: `hash-${id}`, asymmetric: false },
  read: async () => `text-${id}`,
});
const side = { measured: false };
const measurement = { sides: { left: side, right: side, top: side, bottom: side } } as unknown as Measurement;
const print = { score: 0.99 } as unknown as NativeMatch;

/** A native core that has these candidates and identifies them so; it remembers what it was given. */
function core(candidates: readonly { index: number; upsideDown?: boolean }[], identified: Identified) {
  const given: LikelyTemplate[][] = [];
  const native = {
    openGallery: async () => ({ size: 3 }),
    recognise: async () => candidates.map((c, i) => ({ upsideDown: false, similarity: 0.9 - 0.01 * i, ...c })),
    identify: async (_card: RefinedCard, likely: readonly LikelyTemplate[]) => {
      given.push([...likely]);
      return identified;
    },
  } as unknown as NativeTemplates;
  const matcher = recognisingMatcher(native, () => ['a', 'b', 'c'].map(known));
  return { given, match: () => matcher.match({} as RefinedCard, measurement, new AbortController().signal) };
}

describe('recognisingMatcher', () => {
  it('takes the template that explains the card best, not the first of the shortlist', async () => {
    const { given, match } = core([{ index: 2 }, { index: 0, upsideDown: true }, { index: 1 }], {
      ...{ index: 1, print, undecided: [] },
    });
    const outcome = await match();
    expect(given).toEqual([
      [
        { text: 'text-c', similarity: 0.9 },
        { text: 'text-b', similarity: 0.88 },
      ],
    ]);
    expect(outcome?.print?.template).toMatchObject({ id: 'b', chosen: 'recognised' });
  });

  it('names the templates that the card fits alike, and takes none of them', async () => {
    const { match } = core([{ index: 0 }, { index: 2 }], { index: null, print: null, undecided: [1, 0] });
    const outcome = await match();
    expect(outcome?.print).toBeNull();
    expect(outcome?.note).toBe(
      'the card fits the templates "design c" and "design a" alike: choose one of them for it',
    );
  });

  it('says that none fits', async () => {
    const { match } = core([{ index: 0 }], { index: null, print: null, undecided: [] });
    expect((await match())?.note).toMatch(/none of 3 templates fits/);
  });
});
