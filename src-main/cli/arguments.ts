/** Command-line options: declared once per command, checked with errors that name the option. */
import { parseArgs } from 'node:util';
import { refuse } from '../core/errors/index.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Shown in the help, e.g. `MM`. */
  readonly value?: string;
  readonly help: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface Parsed {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** @throws AppError `usage` when it is not a finite number in the range. */
  number(name: string, range?: { min?: number; max?: number; whole?: boolean }): number | undefined;
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
}

/** `--reference -4` as `--reference=-4`: Node's parser takes a value that begins with a minus sign for an option. */
function joinNegatives(args: readonly string[], specs: OptionSpecs): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? '';
    const takesValue = before.startsWith('--') && specs[before.slice(2)]?.type === 'string';
    if (takesValue && /^-[\d.]/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** @throws AppError `usage` for unknown options and missing values. */
export function parse(args: readonly string[], specs: OptionSpecs): Parsed {
  const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { type: spec.type }]));
  let parsed: { values: Readonly<Record<string, unknown>>; positionals: string[] };
  try {
    parsed = parseArgs({ args: joinNegatives(args, specs), options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]?.replace(/\.$/, '') : 'the options are wrong';
    throw refuse('usage', message ?? 'the options are wrong', 'see "trugrade help"');
  }
  const text = (name: string) => {
    const value = parsed.values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const wrong = (name: string, what: string) =>
    refuse('usage', what, `correct --${name} and try again`, { field: name });
  return {
    positionals: parsed.positionals,
    text,
    flag: (name) => parsed.values[name] === true,
    number(name, range = {}) {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = Number(given);
      if (given.trim() === '' || !Number.isFinite(value)) throw wrong(name, `"${given}" is not a number`);
      if (range.whole && !Number.isInteger(value)) throw wrong(name, `"${given}" is not a whole number`);
      if (range.min !== undefined && value < range.min) throw wrong(name, `${given} is below ${range.min}`);
      if (range.max !== undefined && value > range.max) throw wrong(name, `${given} is above ${range.max}`);
      return value;
    },
    choice(name, choices) {
      const given = text(name);
      if (given === undefined) return undefined;
      const choice = choices.find((c) => c === given);
      if (choice === undefined) throw wrong(name, `"${given}" is none of ${choices.join(', ')}`);
      return choice;
    },
  };
}
