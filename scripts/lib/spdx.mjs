/** Reads licence expressions (SPDX, and the older "MIT/Apache-2.0") and says whether one of their choices is allowed. */

/** Permissive licences, and MPL-2.0, whose duties end at its own files. */
export const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 WITH LLVM-exception',
  'Zlib',
  'MPL-2.0',
  'Unicode-3.0',
  'Unicode-DFS-2016',
  'CC0-1.0',
  'Unlicense',
  'BlueOak-1.0.0',
  'BSL-1.0',
  'Python-2.0',
  'IJG',
  'libtiff',
]);

/**
 * @param {string | undefined} expression e.g. `(MIT OR Apache-2.0) AND Unicode-3.0`
 * @returns {string | undefined} the licences chosen, joined by AND; undefined when no choice is allowed or nothing can be read
 */
export function choose(expression) {
  if (typeof expression !== 'string' || expression.trim() === '') return undefined;
  const words = expression.replaceAll('/', ' OR ').match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const is = (word) => words[at]?.toUpperCase() === word;
  const list = (operator, part, combine) => {
    let result = part();
    while (is(operator)) {
      at += 1;
      result = combine(result, part());
    }
    return result;
  };
  const either = () => list('OR', both, (a, b) => a ?? b);
  const both = () =>
    list('AND', one, (a, b) => (a === undefined || b === undefined ? undefined : a === b ? a : `${a} AND ${b}`));
  const one = () => {
    if (words[at] === '(') {
      at += 1;
      const inner = either();
      if (words[at] !== ')') throw new SyntaxError(`a bracket is not closed in "${expression}"`);
      at += 1;
      return inner;
    }
    const name = words[at];
    if (name === undefined || /^(OR|AND|WITH|\))$/i.test(name))
      throw new SyntaxError(`"${expression}" is no licence expression`);
    at += 1;
    if (!is('WITH')) return allowed.has(name) ? name : undefined;
    const whole = `${name} WITH ${words[at + 1]}`;
    at += 2;
    return allowed.has(whole) ? whole : undefined;
  };
  try {
    const chosen = either();
    return at === words.length ? chosen : undefined;
  } catch {
    return undefined;
  }
}
