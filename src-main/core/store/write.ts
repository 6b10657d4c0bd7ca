/** One transaction: the change, its file references and its audit rows, or nothing. */
import type { Database } from 'better-sqlite3';
import type { Audit } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Log } from '../log/index.ts';
import { createCalibrationsWriter } from './calibrations.ts';
import { refusing } from './failures.ts';
import { createAddFile } from './file-rows.ts';
import type { FileShelf } from './files.ts';
import type { GradingsReader } from './gradings-read.ts';
import { createGradingsWriter, type GradingsTx } from './gradings-write.ts';
import { createLightsWriter } from './lights.ts';
import { createRetention, type RetentionTx } from './retention.ts';
import { createSettingsWriter } from './settings.ts';
import { createStudiesWriter } from './studies.ts';
import { createTemplatesWriter, type TemplatesReader } from './templates.ts';
import type { Store, Writable } from './types.ts';

export interface WriteParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly shelf: FileShelf;
  readonly gradings: GradingsReader;
  readonly templates: TemplatesReader;
}

export function createWrite({ db, audit, clock, log, shelf, gradings, templates }: WriteParts): Store['write'] {
  const now = () => clock.now().toISOString();
  const gradingsFor = createGradingsWriter({ db, audit, reader: gradings, now, fileBytes: shelf.size });
  const calibrationsFor = createCalibrationsWriter(db, audit);
  const lightsFor = createLightsWriter(db, audit);
  const templatesFor = createTemplatesWriter({
    db,
    audit,
    reader: templates,
    now,
    addFile: createAddFile(db, shelf.size),
  });
  const setSettings = createSettingsWriter(db, audit);
  const retention = createRetention(db, audit);
  const studiesFor = createStudiesWriter({ db, audit, now });

  const writableFor = (tx: GradingsTx & RetentionTx): Writable => ({
    gradings: gradingsFor(tx),
    studies: studiesFor(tx.actor),
    calibrations: calibrationsFor(tx.actor),
    dropMaps: retention(tx, 'maps'),
    dropFrames: retention(tx, 'frames'),
    templates: templatesFor(tx),
    lights: lightsFor(tx.actor),
    setSettings: (patch) => setSettings(tx.actor, patch),
    note: (action, subject, reason, payload) =>
      audit.append({ actor: tx.actor, action, subject, reason, payload: payload ?? {} }),
  });

  return (actor, work) => {
    const tx: GradingsTx & RetentionTx = { actor, settled: new Set(), dropped: new Set() };
    const result = refusing(() =>
      db
        .transaction(() => {
          const value = work(writableFor(tx));
          if (value instanceof Promise) throw new TypeError('the work of a transaction must not be async');
          return value;
        })
        .immediate(),
    );
    // The change is durable; what follows must not make it look undone.
    try {
      shelf.settled(tx.settled);
      for (const id of tx.dropped) shelf.remove(id);
      audit.anchorHead();
    } catch (error) {
      log.warn('the head of the audit log could not be noted', {
        error: error instanceof Error ? error : String(error),
      });
    }
    return result;
  };
}
