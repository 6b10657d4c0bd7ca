/** A study's documents by address: `studies/<id>/<file name>`, with the settings of the analysis in the query. */
import { contract, grrSettingsSchema } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import { parseWith } from '../errors/parse.ts';
import type { Documents } from '../server/index.ts';
import type { Studies } from './index.ts';

const settingsSchema = grrSettingsSchema.omit({ tolerance: true });
const numbers = new Set(['alpha', 'studyK', 'confidence']);

export function studyDocuments(studies: Studies): Documents {
  return {
    async read(segments, query, caller) {
      const [what, id = '', name = '', ...more] = segments;
      if (what !== 'studies' || more.length > 0)
        throw refuse(
          'notFound',
          'there is no such document',
          'ask for report.html, report.pdf, data.csv or results.csv of a study',
        );
      if (!contract.studies.results['~orpc'].meta.roles.includes(caller.role))
        throw refuse('notAllowed', `the role ${caller.role} may not see studies`, 'ask an engineer');
      const { response, ...given } = Object.fromEntries(query);
      const settings = parseWith(
        settingsSchema.strict(),
        Object.fromEntries(
          Object.entries(given).map(([key, value]) => [key, numbers.has(key) ? Number(value) : value]),
        ),
        undefined,
      );
      return studies.document(id, name, settings, response);
    },
  };
}
