/** The contract's calibration procedures, each a few words to the part that does the work. */
import type { Procedures } from '../server/index.ts';
import type { Calibrations } from './service.ts';

export function servedCalibrations(calibrations: Calibrations): Procedures['calibrations'] {
  const { workbench } = calibrations;
  return {
    list: async () => calibrations.list(),
    get: async ({ id }) => calibrations.detail(id),
    draft: async () => workbench.draft(),
    begin: ({ rigId, board }) => workbench.begin(rigId, board),
    shoot: ({ role, source }) => workbench.shoot(role, source),
    remove: async ({ shotId }) => workbench.remove(shotId),
    solve: async () => workbench.solve(),
    compose: (request) => workbench.compose(request),
    async accept({ name, validDays }, caller) {
      const { id } = await workbench.accept(name, validDays, caller.actor);
      return calibrations.detail(id).summary;
    },
    discard: async () => ({ discarded: await workbench.discard() }),
    async use({ rigId, id, reason }, caller) {
      calibrations.use(rigId, id, reason, caller.actor);
      return calibrations.list();
    },
    drift: ({ id, source }, caller) => calibrations.drift(id, source, caller.actor),
    acceptance: ({ id, source, repeats, mpe }, caller) =>
      calibrations.acceptance(id, { source, repeats, mpe }, caller.actor),
  };
}
