/** The contract's light procedures, each a few words to the part that does the work. */
import type { Procedures } from '../server/index.ts';
import type { Lights } from './service.ts';

export function servedLights(lights: Lights): Procedures['lights'] {
  return {
    list: async () => lights.list(),
    get: async ({ id }) => lights.get(id),
    draft: async () => lights.draft(),
    find: (request) => lights.find(request),
    accept: async ({ name }, caller) => lights.accept(name, caller.actor),
    discard: async () => ({ discarded: lights.discard() }),
    async use({ rigId, id, reason }, caller) {
      lights.use(rigId, id, reason, caller.actor);
      return lights.list();
    },
  };
}
