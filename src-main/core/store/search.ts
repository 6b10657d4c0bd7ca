/** Free-text search over a few short fields: all words, anywhere, whatever the case and the accents. */

const mostWords = 10;

/** Lower case, accents removed, compatibility forms unified. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** What is searched in; the separator keeps a word from matching across two fields. */
export const searchText = (fields: readonly (string | null)[]): string =>
  fold(fields.filter((field) => field !== null).join('\n'));

export const searchWords = (text: string): string[] => fold(text).split(/\s+/).filter(Boolean).slice(0, mostWords);
