/** The templates of this data folder: kept, taught, imported, exported, and matched to cards. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AnchorsAnswer,
  Teaching,
  TemplateChange,
  TemplateChoice,
  TemplateSummary,
  TemplateVersion,
} from '../../contract/index.ts';
import { type CaptureInput, readInput } from '../capture/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import type { Native } from '../native/index.ts';
import type { Store } from '../store/index.ts';
import { isAsymmetric } from './apply.ts';
import { type CheckedTemplate, checkTemplate } from './file.ts';
import { type KnownTemplate, lockedMatcher, type PrintMatcher, recognisingMatcher } from './matcher.ts';
import { revisedText, shownOf } from './revise.ts';
import { type CameraOf, learnTemplate, proposeAnchors, withExample } from './teach.ts';

type Places = readonly (readonly [number, number])[];
const previewPx = 480;

export interface TemplateShelf {
  list(archived: boolean): TemplateSummary[];
  /** Anchors on the picture of a grading: proposed, or the given places judged. */
  anchors(gradingId: string, places: Places | null, signal: AbortSignal): Promise<AnchorsAnswer>;
  /** Learns a template from a grading's picture; a new version of an existing one where its id is given. */
  teach(
    gradingId: string,
    teaching: Teaching,
    places: Places,
    actor: string,
    versionOf: string | null,
  ): Promise<TemplateSummary>;
  /** Every version, newest first. @throws AppError `notFound` */
  history(id: string): TemplateVersion[];
  /** A new version with what a person changed; the same one when nothing is different. */
  revise(id: string, change: TemplateChange, actor: string): Promise<TemplateSummary>;
  /** Puts an old version in force again, as the newest. @throws AppError `notFound` */
  revert(id: string, version: number, actor: string): TemplateSummary;
  /** Takes in the text of a template file. */
  take(text: string, fileName: string, actor: string): Promise<TemplateSummary>;
  /** The file with its preview, as one text. */
  export(id: string): Promise<{ name: string; text: string }>;
  setArchived(id: string, archived: boolean, actor: string): TemplateSummary;
  /** How a card is held against the templates; undefined when it is not. @throws AppError `notFound` */
  matcher(choice: TemplateChoice): PrintMatcher | undefined;
}

export interface ShelfParts {
  readonly store: Store;
  readonly native: Native;
  readonly clock: Clock;
}

export function createShelf({ store, native, clock }: ShelfParts): TemplateShelf {
  const known = ({ id, name, set, content, marginsMm }: TemplateSummary): KnownTemplate => ({
    ...{ id, name, set, content },
    asymmetric: isAsymmetric(marginsMm),
    read: async () => Buffer.from(await store.files.read(content)).toString('utf8'),
  });
  const recognising = recognisingMatcher(native.templates, () => store.templates.list(false).map(known));
  const never = new AbortController().signal;

  /** Puts file and preview on the shelf and lets `write` name them; they go again when it fails. */
  const keep = async (
    checked: CheckedTemplate,
    preview: Uint8Array | null,
    write: (content: string, preview: string | null) => TemplateSummary,
  ): Promise<TemplateSummary> => {
    const put: string[] = [];
    try {
      const content = await store.files.put(Buffer.from(checked.text));
      put.push(content);
      const picture = preview && (await store.files.put(preview));
      if (picture) put.push(picture);
      const summary = write(content, picture);
      put.length = 0;
      return summary;
    } finally {
      for (const id of put) store.files.discard(id);
    }
  };
  const asNew = (checked: CheckedTemplate, preview: Uint8Array | null, learnedFrom: string, actor: string) =>
    keep(checked, preview, (content, picture) =>
      store.write(actor, (tx) =>
        tx.templates.insert({
          ...shownOf(checked.file),
          ...{ id: randomUUID(), learnedFrom, content, preview: picture, version: 1, archived: false },
          createdAt: clock.now().toISOString(),
        }),
      ),
    );

  return {
    list: (archived) => store.templates.list(archived),
    anchors: (gradingId, places, signal) =>
      withGrading(store, gradingId, async (input, camera) =>
        withExample(native, input, camera, signal, (example) =>
          places === null ? proposeAnchors(native, example, signal) : native.templates.anchors(example, places, signal),
        ),
      ),
    teach: (gradingId, teaching, places, actor, versionOf) =>
      withGrading(store, gradingId, async (input, camera) => {
        const text = await withExample(native, input, camera, never, (example) =>
          learnTemplate(native, example, teaching, places, never),
        );
        const checked = await checkTemplate(native.templates, text, teaching.name, never);
        const photo = Buffer.from(await store.files.read(photoOf(store, gradingId)));
        const preview = await native.thumbnail(photo, input.name, previewPx);
        if (versionOf === null) return asNew(checked, preview, input.name, actor);
        const change = { ...shownOf(checked.file), learnedFrom: input.name, createdAt: clock.now().toISOString() };
        return keep(checked, preview, (content, picture) =>
          store.write(actor, (tx) =>
            tx.templates.revise(
              versionOf,
              { ...change, content, preview: picture },
              `learned again from ${input.name}`,
            ),
          ),
        );
      }),
    history: (id) => store.templates.history(id),
    async revise(id, change, actor) {
      const before = store.templates.get(id);
      const text = Buffer.from(await store.files.read(before.content)).toString('utf8');
      const changed = revisedText(text, before.name, change);
      const checked = await checkTemplate(native.templates, changed, change.name ?? before.name, never);
      if (checked.content === before.content) return before;
      return keep(checked, null, (content) =>
        store.write(actor, (tx) =>
          tx.templates.revise(id, { ...shownOf(checked.file), content }, 'changed by a person'),
        ),
      );
    },
    revert(id, version, actor) {
      const old = store.templates.history(id).find((v) => v.version === version)?.summary;
      if (!old)
        throw refuse('notFound', `there is no version ${version}`, 'choose one of the list', { field: 'version' });
      const { archived: _archived, id: _id, version: _version, ...shown } = old;
      return store.write(actor, (tx) => tx.templates.revise(id, shown, `back to version ${version}`));
    },
    async take(text, fileName, actor) {
      const checked = await checkTemplate(native.templates, text, fileName, never);
      const there = store.templates.list(false).find((t) => t.content === checked.content);
      if (there)
        throw refuse('conflict', `this template is here already, as "${there.name}"`, 'use the one that is here', {
          file: fileName,
        });
      // A picture is decoded and encoded again, so that nothing but a picture is kept.
      const preview = checked.preview && (await native.thumbnail(checked.preview, fileName, previewPx));
      return asNew(checked, preview, fileName, actor);
    },
    async export(id) {
      const { name, content, preview } = store.templates.get(id);
      const text = Buffer.from(await store.files.read(content)).toString('utf8');
      const picture =
        preview === null ? {} : { preview: Buffer.from(await store.files.read(preview)).toString('base64') };
      return { name, text: JSON.stringify({ ...JSON.parse(text), ...picture }) };
    },
    setArchived: (id, archived, actor) => store.write(actor, (tx) => tx.templates.setArchived(id, archived)),
    matcher(choice) {
      if (choice.kind === 'none') return undefined;
      if (choice.kind === 'auto') return recognising;
      return lockedMatcher(native.templates, known(store.templates.get(choice.id)));
    },
  };
}

const photoOf = (store: Store, gradingId: string): string => {
  const photo = store.gradings.get(gradingId).views.find((view) => view.name === 'photo');
  if (photo) return photo.image;
  throw refuse(
    'file.missing',
    'this grading has no photograph to learn from',
    'grade the card again and learn from that',
  );
};

/** The photograph of a grading as an input: sRGB, with the scale and the camera that were used. */
async function withGrading<T>(
  store: Store,
  gradingId: string,
  work: (input: CaptureInput, camera: CameraOf) => Promise<T>,
): Promise<T> {
  const { report, summary } = store.gradings.get(gradingId);
  const pixelPitchMm = report.measurement?.pixelPitchMm ?? undefined;
  const folder = await mkdtemp(join(tmpdir(), 'trugrade-learn-'));
  try {
    // Inputs are told by their ending, and files of the store have none.
    const path = join(folder, 'photo.jpg');
    await symlink(store.files.path(photoOf(store, gradingId)), path);
    const input = await readInput(path, { pixelPitchMm, encoding: 'srgb' });
    const named = { ...input, name: summary.cardId ?? summary.sourceName, side: report.side };
    return await work(named, () => report.mapping ?? null);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
