/** Implements the contract on `Services`: one place checks roles, one place decides what an error may say. */
import { implement } from '@orpc/server';
import { type AppErrorData, contract } from '../../contract/index.ts';
import { isCallersMistake, sendable } from './refusals.ts';
import type { Caller, ServerLog, Services } from './services.ts';
import { endWith } from './streams.ts';

/** What every call carries: the session's caller, and a bound on how much one connection may ask at once. */
export interface CallContext {
  readonly caller: Caller;
  readonly slots: CallSlots;
}

/** Calls and streams that one connection has open. */
export interface CallSlots {
  /** False when all are taken. */
  take(): boolean;
  give(): void;
}

export function createCallSlots(most: number): CallSlots {
  let taken = 0;
  return {
    take: () => {
      if (taken >= most) return false;
      taken += 1;
      return true;
    },
    give: () => {
      taken -= 1;
    },
  };
}

const tooMany: AppErrorData = {
  code: 'conflict',
  message: 'too many requests are open on this connection',
  next: 'wait for some to end, then try again',
};

interface StreamOptions {
  readonly context: CallContext;
  readonly signal?: AbortSignal | undefined;
  readonly errors: { readonly REFUSED: (options: { data: AppErrorData }) => Error };
}

/** The router for both transports. Deny by default: a procedure without the caller's role in its meta is refused. */
export function createRouter(services: Services, log: ServerLog) {
  const os = implement(contract)
    .$context<CallContext>()
    .use(async ({ context, procedure, path, errors, next }) => {
      const name = path.join('.');
      if (!procedure['~orpc'].meta.roles.includes(context.caller.role)) {
        log.warn('a call was refused for its role', { procedure: name, role: context.caller.role });
        throw errors.REFUSED({
          data: {
            code: 'notAllowed',
            message: `the role ${context.caller.role} may not use ${name}`,
            next: 'ask an engineer for a link with another role',
          },
        });
      }
      if (!context.slots.take()) {
        throw errors.REFUSED({ data: tooMany });
      }
      try {
        return await next();
      } catch (error) {
        if (isCallersMistake(error)) throw error;
        throw errors.REFUSED({ data: sendable(error, log, name) });
      } finally {
        context.slots.give();
      }
    });

  /** Streams hold a slot and turn late errors into refusals for as long as they run, not just until they start. */
  async function* stream<T>(
    name: string,
    open: (signal: AbortSignal) => AsyncGenerator<T, void, unknown>,
    { context, signal = new AbortController().signal, errors }: StreamOptions,
  ): AsyncGenerator<T, void, unknown> {
    const held = context.slots.take();
    try {
      if (held) yield* endWith(open(signal), signal);
      else throw errors.REFUSED({ data: tooMany });
    } catch (error) {
      if (isCallersMistake(error)) throw error;
      throw errors.REFUSED({ data: sendable(error, log, name) });
    } finally {
      if (held) context.slots.give();
    }
  }

  return os.router({
    system: {
      health: os.system.health.handler(({ input, context }) => services.system.health(input, context.caller)),
      storage: os.system.storage.handler(({ input, context }) => services.system.storage(input, context.caller)),
      doctor: os.system.doctor.handler(({ input, context }) => services.system.doctor(input, context.caller)),
    },
    session: {
      get: os.session.get.handler(({ input, context }) => services.session.get(input, context.caller)),
      invite: os.session.invite.handler(({ input, context }) => services.session.invite(input, context.caller)),
    },
    rigs: { list: os.rigs.list.handler(({ input, context }) => services.rigs.list(input, context.caller)) },
    grade: { start: os.grade.start.handler(({ input, context }) => services.grade.start(input, context.caller)) },
    sheets: {
      open: os.sheets.open.handler(({ input, context }) => services.sheets.open(input, context.caller)),
      get: os.sheets.get.handler(({ input, context }) => services.sheets.get(input, context.caller)),
      close: os.sheets.close.handler(({ input, context }) => services.sheets.close(input, context.caller)),
    },
    jobs: {
      list: os.jobs.list.handler(({ input, context }) => services.jobs.list(input, context.caller)),
      cancel: os.jobs.cancel.handler(({ input, context }) => services.jobs.cancel(input, context.caller)),
      watch: os.jobs.watch.handler((call) =>
        stream('jobs.watch', (signal) => services.jobs.watch(call.input, call.context.caller, signal), call),
      ),
    },
    gradings: {
      list: os.gradings.list.handler(({ input, context }) => services.gradings.list(input, context.caller)),
      get: os.gradings.get.handler(({ input, context }) => services.gradings.get(input, context.caller)),
      regrade: os.gradings.regrade.handler(({ input, context }) => services.gradings.regrade(input, context.caller)),
      computeMaps: os.gradings.computeMaps.handler(({ input, context }) =>
        services.gradings.computeMaps(input, context.caller),
      ),
      archive: os.gradings.archive.handler(({ input, context }) => services.gradings.archive(input, context.caller)),
      restore: os.gradings.restore.handler(({ input, context }) => services.gradings.restore(input, context.caller)),
    },
    surface: {
      profile: os.surface.profile.handler(({ input, context }) => services.surface.profile(input, context.caller)),
      values: os.surface.values.handler(({ input, context }) => services.surface.values(input, context.caller)),
    },
    studies: {
      list: os.studies.list.handler(({ input, context }) => services.studies.list(input, context.caller)),
      get: os.studies.get.handler(({ input, context }) => services.studies.get(input, context.caller)),
      create: os.studies.create.handler(({ input, context }) => services.studies.create(input, context.caller)),
      importCsv: os.studies.importCsv.handler(({ input, context }) =>
        services.studies.importCsv(input, context.caller),
      ),
      measure: os.studies.measure.handler(({ input, context }) => services.studies.measure(input, context.caller)),
      withdraw: os.studies.withdraw.handler(({ input, context }) => services.studies.withdraw(input, context.caller)),
      setState: os.studies.setState.handler(({ input, context }) => services.studies.setState(input, context.caller)),
      results: os.studies.results.handler(({ input, context }) => services.studies.results(input, context.caller)),
      response: os.studies.response.handler(({ input, context }) => services.studies.response(input, context.caller)),
    },
    calibrations: {
      list: os.calibrations.list.handler(({ input, context }) => services.calibrations.list(input, context.caller)),
      get: os.calibrations.get.handler(({ input, context }) => services.calibrations.get(input, context.caller)),
      draft: os.calibrations.draft.handler(({ input, context }) => services.calibrations.draft(input, context.caller)),
      begin: os.calibrations.begin.handler(({ input, context }) => services.calibrations.begin(input, context.caller)),
      shoot: os.calibrations.shoot.handler(({ input, context }) => services.calibrations.shoot(input, context.caller)),
      remove: os.calibrations.remove.handler(({ input, context }) =>
        services.calibrations.remove(input, context.caller),
      ),
      solve: os.calibrations.solve.handler(({ input, context }) => services.calibrations.solve(input, context.caller)),
      compose: os.calibrations.compose.handler(({ input, context }) =>
        services.calibrations.compose(input, context.caller),
      ),
      accept: os.calibrations.accept.handler(({ input, context }) =>
        services.calibrations.accept(input, context.caller),
      ),
      discard: os.calibrations.discard.handler(({ input, context }) =>
        services.calibrations.discard(input, context.caller),
      ),
      use: os.calibrations.use.handler(({ input, context }) => services.calibrations.use(input, context.caller)),
      drift: os.calibrations.drift.handler(({ input, context }) => services.calibrations.drift(input, context.caller)),
      acceptance: os.calibrations.acceptance.handler(({ input, context }) =>
        services.calibrations.acceptance(input, context.caller),
      ),
    },
    lights: {
      list: os.lights.list.handler(({ input, context }) => services.lights.list(input, context.caller)),
      get: os.lights.get.handler(({ input, context }) => services.lights.get(input, context.caller)),
      draft: os.lights.draft.handler(({ input, context }) => services.lights.draft(input, context.caller)),
      find: os.lights.find.handler(({ input, context }) => services.lights.find(input, context.caller)),
      accept: os.lights.accept.handler(({ input, context }) => services.lights.accept(input, context.caller)),
      discard: os.lights.discard.handler(({ input, context }) => services.lights.discard(input, context.caller)),
      use: os.lights.use.handler(({ input, context }) => services.lights.use(input, context.caller)),
    },
    standards: {
      list: os.standards.list.handler(({ input, context }) => services.standards.list(input, context.caller)),
      file: os.standards.file.handler(({ input, context }) => services.standards.file(input, context.caller)),
      save: os.standards.save.handler(({ input, context }) => services.standards.save(input, context.caller)),
      restore: os.standards.restore.handler(({ input, context }) => services.standards.restore(input, context.caller)),
    },
    templates: {
      list: os.templates.list.handler(({ input, context }) => services.templates.list(input, context.caller)),
      anchors: os.templates.anchors.handler(({ input, context }) => services.templates.anchors(input, context.caller)),
      teach: os.templates.teach.handler(({ input, context }) => services.templates.teach(input, context.caller)),
      import: os.templates.import.handler(({ input, context }) => services.templates.import(input, context.caller)),
      history: os.templates.history.handler(({ input, context }) => services.templates.history(input, context.caller)),
      revise: os.templates.revise.handler(({ input, context }) => services.templates.revise(input, context.caller)),
      revert: os.templates.revert.handler(({ input, context }) => services.templates.revert(input, context.caller)),
      export: os.templates.export.handler(({ input, context }) => services.templates.export(input, context.caller)),
      archive: os.templates.archive.handler(({ input, context }) => services.templates.archive(input, context.caller)),
      restore: os.templates.restore.handler(({ input, context }) => services.templates.restore(input, context.caller)),
    },
    settings: {
      get: os.settings.get.handler(({ input, context }) => services.settings.get(input, context.caller)),
      set: os.settings.set.handler(({ input, context }) => services.settings.set(input, context.caller)),
      setMeasuring: os.settings.setMeasuring.handler(({ input, context }) =>
        services.settings.setMeasuring(input, context.caller),
      ),
      assumptions: os.settings.assumptions.handler(({ context }) =>
        services.settings.assumptions(undefined, context.caller),
      ),
    },
    logs: {
      query: os.logs.query.handler(({ input, context }) => services.logs.query(input, context.caller)),
      watch: os.logs.watch.handler((call) =>
        stream('logs.watch', (signal) => services.logs.watch(call.input, call.context.caller, signal), call),
      ),
    },
    audit: {
      list: os.audit.list.handler(({ input, context }) => services.audit.list(input, context.caller)),
      verify: os.audit.verify.handler(({ input, context }) => services.audit.verify(input, context.caller)),
    },
    backups: {
      list: os.backups.list.handler(({ input, context }) => services.backups.list(input, context.caller)),
      create: os.backups.create.handler(({ input, context }) => services.backups.create(input, context.caller)),
    },
  });
}
export type ServerRouter = ReturnType<typeof createRouter>;
