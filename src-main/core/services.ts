/** The contract's procedures, each a few words to the part that does the work. */
import { hash } from 'node:crypto';
import type { Role } from '../contract/index.ts';
import { type Calibrations, servedCalibrations } from './calibration/index.ts';
import type { Clock } from './clock/index.ts';
import type { Compute } from './compute/index.ts';
import type { Desk } from './desk/index.ts';
import { examine } from './doctor/index.ts';
import type { Jobs } from './jobs/index.ts';
import { type Lights, servedLights } from './lights/index.ts';
import type { LogBook } from './log/index.ts';
import type { MapsKeeper, MapsRetention, SurfaceMaps } from './maps/index.ts';
import type { Rigs } from './rig/index.ts';
import type { Documents, Images, Services, Sessions } from './server/index.ts';
import type { Sheets } from './sheets/index.ts';
import { software } from './software/index.ts';
import type { StandardsBook } from './standards/index.ts';
import type { Store } from './store/index.ts';
import { type Studies, studyDocuments } from './studies/index.ts';
import type { TemplateShelf } from './templates/index.ts';
import { assumptionsInForce, soundChanges } from './uncertainty/index.ts';
import type { Uploads } from './uploads/index.ts';

export interface Parts {
  readonly calibrations: Calibrations;
  readonly calibrationFiles: Documents;
  readonly lights: Lights;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly desk: Desk;
  readonly sheets: Sheets;
  readonly rigs: Rigs;
  readonly log: LogBook;
  readonly sessions: Sessions;
  readonly images: Images;
  readonly maps: SurfaceMaps;
  readonly keeper: MapsKeeper;
  readonly retention: MapsRetention;
  readonly uploads: Uploads;
  readonly standards: StandardsBook;
  readonly studies: Studies;
  readonly templates: TemplateShelf;
  readonly compute: Compute;
  readonly clock: Clock;
  /** Name of this machine, shown to people. */
  readonly station: string;
}

export function createServices(parts: Parts): Services {
  const { store, jobs, desk, sheets, rigs, log, sessions, images, maps } = parts;
  const { uploads, standards, studies, templates, clock, station } = parts;
  const startedAt = clock.now().toISOString();
  return {
    system: {
      health: async () => ({
        ...software,
        node: process.versions.node,
        startedAt,
        readOnly: store.readOnlyReason !== null,
        readOnlyReason: store.readOnlyReason,
      }),
      doctor: () => examine(parts.compute),
      storage: async () => store.storage(),
    },
    session: {
      get: async (_input, caller) => ({ role: caller.role, station }),
      async invite({ role }, caller) {
        store.write(caller.actor, (tx) => tx.note('session.invite', role, null));
        return sessions.launchToken(role, actorOf(store, role));
      },
    },
    rigs: { list: async () => rigs.list() },
    grade: { start: (input, caller) => desk.start(input, caller.actor) },
    sheets: {
      open: (input) => sheets.open(input),
      get: async ({ id }) => sheets.get(id),
      async close({ id }) {
        sheets.close(id);
        return {};
      },
    },
    jobs: {
      list: async () => jobs.list(),
      cancel: async ({ id }) => jobs.cancel(id),
      watch: (_input, _caller, signal) => jobs.watch(signal),
    },
    gradings: {
      list: async (query) => store.gradings.page(query),
      get: async ({ id }) => ({ ...store.gradings.get(id), mapsPending: parts.keeper.isPending(id) }),
      regrade: async ({ id, ...request }, caller) => desk.regrade(id, request, caller.actor),
      computeMaps: async ({ id }, caller) => desk.computeMaps(id, caller.actor),
      archive: async ({ id, reason }, caller) =>
        store.write(caller.actor, (tx) => tx.gradings.setArchived(id, true, reason ?? null)),
      restore: async ({ id }, caller) => store.write(caller.actor, (tx) => tx.gradings.setArchived(id, false, null)),
    },
    surface: {
      profile: (input) => maps.profile(input),
      values: ({ maps: id, at }) => maps.values(id, at),
    },
    studies: {
      list: async () => [...studies.list()],
      get: async ({ id }) => studies.get(id),
      create: async (input, caller) => studies.create(input, caller.actor),
      importCsv: async (input, caller) => studies.importCsv(input, caller.actor),
      measure: (input, caller) => studies.measure(input, caller.actor),
      withdraw: async ({ id, step, reason }, caller) => studies.withdraw(id, step, reason, caller.actor),
      setState: async ({ id, state }, caller) => studies.setState(id, state, caller.actor),
      results: async ({ id, settings }) => [...studies.results(id, settings)],
      response: async ({ id, response, settings }) => studies.response(id, response, settings),
    },
    calibrations: servedCalibrations(parts.calibrations),
    lights: servedLights(parts.lights),
    standards: {
      list: async () =>
        standards.all.map(({ id, name, version, confidence, effective, source }) => ({
          ...{ id, name, version, confidence, effective, source },
        })),
      file: async () => standards.file(),
      // The file is put in place inside the transaction, so that there is no change without its audit row.
      save: async ({ text, reason }, caller) =>
        store.write(caller.actor, (tx) => {
          tx.note('standards.save', hash('sha256', text, 'hex'), reason ?? null);
          return standards.save(text);
        }),
      restore: async (_input, caller) =>
        store.write(caller.actor, (tx) => {
          tx.note('standards.restore', 'built-in', null);
          return standards.restore();
        }),
    },
    templates: {
      list: async ({ archived }) => templates.list(archived),
      anchors: ({ gradingId, places }) => templates.anchors(gradingId, places, AbortSignal.timeout(120_000)),
      teach: ({ gradingId, teaching, places, versionOf }, caller) =>
        templates.teach(gradingId, teaching, places, caller.actor, versionOf ?? null),
      history: async ({ id }) => templates.history(id),
      revise: ({ id, change }, caller) => templates.revise(id, change, caller.actor),
      revert: async ({ id, version }, caller) => templates.revert(id, version, caller.actor),
      import: ({ text, fileName }, caller) => templates.take(text, fileName, caller.actor),
      export: ({ id }) => templates.export(id),
      archive: async ({ id }, caller) => templates.setArchived(id, true, caller.actor),
      restore: async ({ id }, caller) => templates.setArchived(id, false, caller.actor),
    },
    settings: {
      get: async () => store.settings(),
      async set(patch, caller) {
        if (patch.standard !== undefined) standards.find(patch.standard);
        const settings = store.write(caller.actor, (tx) => tx.setSettings(patch));
        log.setKeepDays(settings.keepLogsDays);
        if (patch.compute !== undefined) void parts.compute.prefer(settings.compute);
        if (patch.keepMapsDays !== undefined || patch.keepFramesDays !== undefined) parts.retention.look(caller.actor);
        return settings;
      },
      setMeasuring: async ({ assumptions, ...patch }, caller) =>
        store.write(caller.actor, (tx) =>
          tx.setSettings(assumptions === undefined ? patch : { ...patch, assumptions: soundChanges(assumptions) }),
        ),
      assumptions: async () => assumptionsInForce(store.settings().assumptions),
    },
    logs: {
      query: async (query) => log.query(query),
      watch: ({ level }, _caller, signal) => log.watch(level, signal),
    },
    audit: {
      list: async (query) => store.audit.list(query),
      verify: () => store.audit.verifyGently(AbortSignal.timeout(600_000)),
    },
    backups: {
      list: async () => store.backups.list(),
      create: async (_input, caller) =>
        jobs.start({ kind: 'backup', title: 'backup', simulated: false }, async (context) => {
          const { name } = await store.backups.create(context.signal, context.progress);
          store.write(caller.actor, (tx) => tx.note('backup.create', name, null));
          return undefined;
        }),
    },
    documents: documentsOf({ calibration: parts.calibrationFiles, studies: studyDocuments(studies) }),
    images,
    maps,
    uploads,
  };
}

/** Who is responsible, for the audit log: the operator named in the settings, with the role. */
export function actorOf(store: Store, role: Role): string {
  const { operator } = store.settings();
  return operator === '' ? role : `${operator} (${role})`;
}

/** By the first segment of the address; a study's documents want theirs with it. */
function documentsOf({ calibration, studies }: { calibration: Documents; studies: Documents }): Documents {
  return {
    read: (segments, query, caller) =>
      segments[0] === 'calibration'
        ? calibration.read(segments.slice(1), query, caller)
        : studies.read(segments, query, caller),
  };
}
