/** Results into the store: pictures become files first, then one transaction makes the grading visible. */
import type { GradingSummary, Report, View, ViewName } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { putFrames } from '../frames/index.ts';
import type { MapsKeeper } from '../maps/index.ts';
import type { MapView, Native, NativeMaps } from '../native/index.ts';
import type { ResultSink } from '../pipeline/index.ts';
import type { FileSource, KeptFrames, Store } from '../store/index.ts';

const thumbnailPx = 320;
const mapViews: readonly MapView[] = ['albedo', 'normals', 'gloss', 'curvature', 'height', 'residual'];

export interface StoreSink extends ResultSink {
  /** Takes back what was prepared and never committed. */
  abandon(): void;
}

export interface GradingIdentity {
  readonly id: string;
  readonly actor: string;
  readonly sourceName: string;
  readonly cardId: string | null;
}

/** What the list shows of a report. */
export function summarise(
  report: Report,
  identity: Pick<GradingIdentity, 'id' | 'sourceName'>,
  thumbnail: string | null,
): GradingSummary {
  const { grade } = report;
  return {
    id: identity.id,
    cardId: report.cardId,
    side: report.side,
    sourceName: identity.sourceName,
    simulated: report.simulated,
    createdAt: report.createdAt,
    status: report.quality.needsPerson ? 'needsPerson' : 'graded',
    standard: grade.standard,
    overall: grade.overall,
    label: grade.label,
    score1000: grade.score1000,
    subgrades: grade.subgrades,
    thumbnail,
    archived: false,
  };
}

export interface KeptBeside {
  /** Writes the maps after the grading is visible. */
  readonly keeper: MapsKeeper;
  /** The photographs to keep, so that maps can be computed again; null keeps none. */
  readonly frames: CaptureInput | null;
}

export function storeSink(
  store: Store,
  native: Native,
  identity: GradingIdentity,
  { keeper, frames }: KeptBeside,
): StoreSink {
  const views: View[] = [];
  const files: string[] = [];
  let size = { widthPx: 0, heightPx: 0 };
  let thumbnail: string | null = null;
  let maps: NativeMaps | null = null;
  let kept: KeptFrames | null = null;

  const put = async (source: FileSource, signal: AbortSignal) => {
    const id = await store.files.put(source, signal);
    files.push(id);
    return id;
  };
  const keep = async (name: ViewName, bytes: Buffer, signal: AbortSignal) => {
    views.push({ name, image: await put(bytes, signal), ...size });
  };
  return {
    wantsGloss: true,
    async photographs(stack, signal) {
      size = { widthPx: stack.widthPx, heightPx: stack.heightPx };
      const photo = await stack.photo(0, signal);
      await keep('photo', photo, signal);
      thumbnail = await put(await native.thumbnail(photo, 'photo', thumbnailPx), signal);
    },
    async prepare(solved, signal) {
      if (frames) kept = await putFrames(store.files, frames, (id) => files.push(id), signal);
      for (const name of mapViews) await keep(name, await solved.view(name, signal), signal);
      await keeper.room(signal);
      solved.retain();
      maps = solved;
    },
    async commit(report) {
      const owned = identity.cardId === null ? report : { ...report, cardId: identity.cardId };
      const summary = summarise(owned, identity, thumbnail);
      const grading = { summary, report: owned, views, maps: null, frames: null };
      store.write(identity.actor, (tx) => tx.gradings.insert(grading, kept));
      files.length = 0;
      if (maps) keeper.keep(identity.id, identity.actor, maps);
      maps = null;
    },
    abandon() {
      for (const id of files.splice(0)) store.files.discard(id);
      maps?.free();
      maps = null;
    },
  };
}
