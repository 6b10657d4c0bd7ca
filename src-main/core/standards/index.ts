/** The standards in force: the built-in ones, or the operator's edited copy in the data folder. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StandardsFile } from '../../contract/index.ts';
import { AppError, refuse, toAppError } from '../errors/index.ts';
import { allStandards, builtInText, findStandard, parseStandards, type Standard } from '../grading/index.ts';
import type { Log } from '../log/index.ts';

/** Largest file of standards; the built-in one has 5 kB. */
const largestBytes = 1_000_000;
const fileName = 'grading-standards.json';

export interface StandardsBook {
  /** In the order of the file. */
  readonly all: readonly Standard[];
  /** @throws AppError `value.invalid` naming the standards there are. */
  find(id: string): Standard;
  file(): StandardsFile;
  /**
   * Puts an edited copy in force; nothing changes when it is refused.
   * @throws AppError `json.invalid`, `schema.invalid`, `value.invalid` naming the field; `file.unwritable`, `disk.full`
   */
  save(text: string): StandardsFile;
  /** Takes the edited copy away; the built-in standards are in force again. */
  restore(): StandardsFile;
}

interface State {
  readonly all: readonly Standard[];
  readonly text: string;
  readonly origin: StandardsFile['origin'];
  readonly problem: string | null;
}

/** A file that cannot be read or understood leaves the built-in standards in force and says why. */
export function openStandards(folder: string, log: Log): StandardsBook {
  const path = join(folder, fileName);
  let state = load(path);
  if (state.problem !== null) log.warn('the edited standards are not in force', { reason: state.problem });
  return {
    get all() {
      return state.all;
    },
    find: (id) => findStandard(id, state.all),
    file: () => ({ text: state.text, origin: state.origin, problem: state.problem }),
    save(text) {
      if (Buffer.byteLength(text) > largestBytes)
        throw refuse('value.invalid', 'the file is larger than 1 MB', 'import a file of grading standards', {
          file: fileName,
        });
      const all = parseStandards(text, fileName);
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const draft = `${path}.new`;
        writeFileSync(draft, text, { flush: true });
        renameSync(draft, path);
      } catch (error) {
        throw toAppError(error, { file: fileName });
      }
      state = { all, text, origin: 'edited', problem: null };
      return this.file();
    },
    restore() {
      try {
        rmSync(path, { force: true });
      } catch (error) {
        throw toAppError(error, { file: fileName });
      }
      state = builtIn(null);
      return this.file();
    },
  };
}

const builtIn = (problem: string | null): State => ({
  all: allStandards,
  text: builtInText,
  origin: 'builtIn',
  problem,
});

function load(path: string): State {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const typed = toAppError(error, { file: fileName });
    return builtIn(typed.code === 'file.missing' ? null : sentence(typed));
  }
  try {
    return { all: parseStandards(text, fileName), text, origin: 'edited', problem: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The text stays as it is, so that a person can mend it.
    return { ...builtIn(sentence(error)), text };
  }
}

const sentence = ({ data }: AppError) =>
  `${data.file ?? fileName}${data.field ? `, ${data.field}` : ''}: ${data.message}; ${data.next}`;
