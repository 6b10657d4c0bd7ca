/** The composition root of the core: what it is made of, in the order in which it comes up and goes down. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Role } from '../contract/index.ts';
import { calibrationDocuments, createCalibrations } from './calibration/index.ts';
import { systemClock } from './clock/index.ts';
import { createCompute } from './compute/index.ts';
import { createDesk } from './desk/index.ts';
import { createImages } from './images/index.ts';
import { createJobs } from './jobs/index.ts';
import { createLights } from './lights/index.ts';
import { createLog } from './log/index.ts';
import { createMaps, createMapsKeeper, keepMaps } from './maps/index.ts';
import { loadNative } from './native/index.ts';
import { createRigs, simulatedRig } from './rig/index.ts';
import { createServer, createSessions } from './server/index.ts';
import { actorOf, createServices } from './services.ts';
import { createSheets } from './sheets/index.ts';
import { software } from './software/index.ts';
import { openStandards } from './standards/index.ts';
import { foldersOf, openStore } from './store/index.ts';
import { createStudies } from './studies/index.ts';
import { createShelf } from './templates/index.ts';
import { createUploads, type Uploads } from './uploads/index.ts';

export interface AppOptions {
  /** Everything the program keeps; made when it is not there. */
  readonly dataFolder: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly pageFolder?: string;
}

export interface App {
  readonly url: string;
  readonly uploads: Uploads;
  /** An address that opens one session with this role, once, within ten minutes. */
  launchUrl(role: Role): string;
  close(): Promise<void>;
}

/** The bundled page: `dist/renderer` of a checkout, `renderer` beside the packaged core. */
function findPage(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const place of ['renderer', join('dist', 'renderer')])
      if (existsSync(join(folder, place, 'index.html'))) return join(folder, place);
    if (dirname(folder) === folder) return join(from, 'renderer');
  }
}

/** @throws AppError when the store, the port or the native core cannot be had; nothing is left running then. */
export async function startApp(options: AppOptions): Promise<App> {
  const clock = systemClock;
  const folders = foldersOf(options.dataFolder);
  const workFolder = join(folders.root, 'work');
  const undo: (() => unknown)[] = [];
  try {
    const native = loadNative();
    const log = createLog({ folder: folders.logs, clock, dataFolder: folders.root });
    undo.push(() => log.close());
    const store = openStore({ folder: folders.root, clock, log: log.child('store') });
    undo.push(() => store.close());
    log.setKeepDays(store.settings().keepLogsDays);
    await rm(workFolder, { recursive: true, force: true }).catch(() => undefined);
    const uploads = await createUploads({ folder: join(folders.root, 'uploads'), clock });
    undo.push(() => uploads.close());
    const jobs = createJobs({ clock, log: log.child('jobs'), newId: randomUUID });
    undo.push(() => jobs.close());
    const rigs = createRigs([simulatedRig(native)]);
    const standards = openStandards(join(folders.root, 'standards'), log.child('standards'));
    const templates = createShelf({ store, native, clock });
    const sheets = createSheets({ native, uploads, clock });
    undo.push(() => sheets.closeAll());
    const images = createImages(native, sheets.withPictures(store.files));
    undo.push(() => images.close());
    const maps = createMaps(store.files);
    const retention = keepMaps(store, clock, log.child('maps'));
    undo.push(() => retention.close());
    const keeper = createMapsKeeper({ store, log: log.child('maps'), workFolder });
    undo.push(() => keeper.close());
    const measuring = { store, jobs, rigs, uploads, native, clock, workFolder };
    const calibrations = createCalibrations({ ...measuring, keepFolder: join(folders.root, 'calibrations') });
    const lights = createLights(measuring);
    const calibrationFiles = calibrationDocuments(native, store, () => clock.now());
    const desk = createDesk({ ...measuring, sheets, standards, templates, calibrations, lights, keeper });
    const studies = createStudies({ ...measuring, calibrations, newId: randomUUID, random: Math.random });
    const sessions = createSessions({ clock });
    const station = hostname();
    const compute = createCompute({ native, folder: folders.root, clock, log: log.child('compute') });
    // Not waited for: the processor computes until it is decided.
    void compute.prefer(store.settings().compute);
    const services = createServices({
      ...{ store, jobs, desk, sheets, rigs, log, sessions, images, maps, keeper, retention, uploads, standards },
      ...{ compute, studies, templates, calibrations, calibrationFiles, lights, clock, station },
    });
    const server = await createServer({
      services,
      sessions,
      log: log.child('server'),
      clock,
      staticFolder: options.pageFolder ?? findPage(),
      version: software.version,
      port: options.port ?? 0,
      ...(options.host === undefined ? {} : { host: options.host }),
    });
    undo.push(() => server.close());
    log.info('the core is up', { version: software.version, commit: software.commit, native: native.version });
    return {
      url: server.url,
      uploads,
      launchUrl: (role) => `${server.url}?token=${server.launchToken(role, actorOf(store, role))}`,
      close: () => takeDown(undo),
    };
  } catch (error) {
    await takeDown(undo);
    throw error;
  }
}

/** Last up, first down; a part that fails to stop does not keep the others running. */
async function takeDown(undo: (() => unknown)[]): Promise<void> {
  for (const stop of undo.splice(0).reverse()) {
    try {
      await stop();
    } catch {
      // The log may be down already; the process is ending.
    }
  }
}
