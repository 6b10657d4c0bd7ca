/** What is chosen for grading and how the start of a grading goes: send files, start the job. */
import { create } from 'zustand';
import type { AppErrorData } from '../../../src-main/contract/errors.ts';
import type { GradeSource, Sheet } from '../../../src-main/contract/index.ts';
import type { TemplateChoice } from '../../../src-main/contract/templates.ts';
import { chooseHere, core, desktopBridge, toAppErrorData, type UploadProgress, uploadFiles } from '../../rpc/index.ts';
import { rememberJob } from '../../state/jobs.ts';
import { setPreferences, usePreferences } from '../../state/preferences.ts';
import { type Chosen, classify, type Picked, parsePitch } from './sourceFiles.ts';

type Folder = Extract<Chosen<File>, { kind: 'folder' }>;
type Image = Extract<Chosen<File>, { kind: 'image' }>;
export type Encoding = 'auto' | 'srgb' | 'linear';

type FileKind = 'folder' | 'image';

/** Chosen in the desktop window's dialog: the core knows the place already, under an id that serves one grading. */
interface Registered {
  readonly kind: FileKind;
  readonly uploadId: string;
  readonly name: string;
}

interface GradeState {
  readonly folder: Folder | null;
  readonly image: Image | null;
  /** Only in the desktop window; it stands for the folder or the image. */
  readonly registered: Registered | null;
  /** Null: the bench's standard. */
  readonly standard: string | null;
  readonly cardId: string;
  readonly encoding: Encoding;
  /** Which design templates the card is held against: `auto`, `none`, or one template's id. */
  readonly template: string;
  /** What was wrong with the last choice or the last start. */
  readonly problem: AppErrorData | null;
  readonly sending: UploadProgress | null;
  readonly starting: AbortController | null;
}

export const useGrade = create<GradeState>(() => ({
  folder: null,
  image: null,
  registered: null,
  standard: null,
  cardId: '',
  encoding: 'auto',
  template: 'auto',
  problem: null,
  sending: null,
  starting: null,
}));

export function setGrade(
  change: Partial<Pick<GradeState, 'standard' | 'cardId' | 'encoding' | 'template' | 'problem'>>,
): void {
  useGrade.setState(change);
}

/** Takes what was chosen or dropped, and switches to the source it is. */
export function choose(picked: readonly Picked<File>[]): void {
  const chosen = classify(picked);
  switch (chosen.kind) {
    case 'folder':
      setPreferences({ source: 'folder' });
      useGrade.setState({ folder: chosen, registered: null, problem: null });
      return;
    case 'image':
      setPreferences({ source: 'image' });
      useGrade.setState({ image: chosen, registered: null, problem: null });
      return;
    case 'problem':
      useGrade.setState({ problem: chosen.error });
  }
}

/**
 * Opens the desktop window's dialog.
 *
 * @returns false in a browser, where the page's own file input has to be used
 */
export function chooseInWindow(kind: FileKind): boolean {
  const bridge = desktopBridge();
  if (!bridge) return false;
  chooseHere(bridge, kind).then(
    (chosen) => {
      if (chosen) useGrade.setState({ registered: { kind, ...chosen }, [kind]: null, problem: null });
    },
    (error: unknown) => useGrade.setState({ problem: toAppErrorData(error) }),
  );
  return true;
}

/** Is there something to grade? */
export function useReady(rigConnected: boolean): boolean {
  const source = usePreferences((state) => state.source);
  const pitch = usePreferences((state) => state.pixelPitch);
  const { folder, image, registered } = useGrade();
  switch (source) {
    case 'rig':
      return rigConnected;
    case 'folder':
      return folder !== null || registered?.kind === 'folder';
    case 'image':
      return (image !== null || registered?.kind === 'image') && parsePitch(pitch) !== undefined;
  }
}

/** What became of the start: a job, or a picture of several cards to choose from. */
export type Started = { readonly kind: 'job' | 'sheet'; readonly id: string };

/**
 * Sends the files, where the source has some, and starts the job. A single image is looked at first: if it holds several
 * cards, nothing is graded before the person has chosen among them.
 *
 * @returns null when it could not be started (the state says why) or was cancelled
 */
export async function startGrading(rigId: string | null): Promise<Started | null> {
  if (useGrade.getState().starting) return null;
  const starting = new AbortController();
  useGrade.setState({ starting, problem: null, sending: null });
  try {
    const { standard, cardId, encoding, template } = useGrade.getState();
    const { source: kind, pixelPitch } = usePreferences.getState();
    const source = await sourceFor(rigId, starting.signal);
    if (!source) return null;
    const pitch = kind === 'image' ? parsePitch(pixelPitch) : null;
    const reading = {
      ...(pitch ? { pixelPitchMm: pitch } : {}),
      ...(kind === 'image' && encoding !== 'auto' ? { encoding } : {}),
    };
    const looked =
      kind === 'image' && source.kind === 'upload' ? await lookAt(source, reading, starting.signal) : source;
    if ('cards' in looked) return { kind: 'sheet', id: looked.id };
    const job = await core.grade.start(
      {
        source: looked,
        ...(standard === null ? {} : { standard }),
        ...(cardId.trim() === '' ? {} : { cardId: cardId.trim() }),
        ...reading,
        ...(template === 'auto' ? {} : { template: templateChoice(template) }),
      },
      { signal: starting.signal },
    );
    rememberJob(job);
    return { kind: 'job', id: job.id };
  } catch (error) {
    if (!starting.signal.aborted) useGrade.setState({ problem: toAppErrorData(error) });
    return null;
  } finally {
    useGrade.setState({ starting: null, sending: null });
  }
}

/** The picture itself where it holds several cards to choose from, else the source that grades it as one card. */
async function lookAt(
  { uploadId, name }: Extract<GradeSource, { kind: 'upload' }>,
  reading: { pixelPitchMm?: number; encoding?: 'srgb' | 'linear' },
  signal: AbortSignal,
): Promise<Sheet | GradeSource> {
  const sheet = await core.sheets.open({ uploadId, ...(name ? { name } : {}), ...reading }, { signal });
  return sheet.cards.length > 1 ? sheet : { kind: 'sheet', sheetId: sheet.id };
}

const templateChoice = (template: string): TemplateChoice =>
  template === 'none' ? { kind: 'none' } : { kind: 'template', id: template };

async function sourceFor(rigId: string | null, signal: AbortSignal): Promise<GradeSource | null> {
  const { source, sample } = usePreferences.getState();
  const { folder, image, registered } = useGrade.getState();
  if (source === 'rig') return rigId === null ? null : { kind: 'rig', rigId, sample };
  if (registered?.kind === source) {
    // Spent with this grading, whatever becomes of it.
    useGrade.setState({ registered: null });
    return { kind: 'upload', uploadId: registered.uploadId, name: registered.name };
  }
  const files = source === 'folder' ? folder?.files : image && [image.file];
  if (!files) return null;
  const uploadId = await uploadFiles(files, (sending) => useGrade.setState({ sending }), signal);
  const name = source === 'folder' ? folder?.name : image?.name;
  return { kind: 'upload', uploadId, ...(name ? { name } : {}) };
}

export function cancelStart(): void {
  useGrade.getState().starting?.abort();
}

/** Makes ready for the card after this one: the simulated rig holds the next sample, files were graded. */
export function prepareNext(): void {
  const { source, sample } = usePreferences.getState();
  if (source === 'rig') setPreferences({ sample: (sample + 1) % 1_000_001 });
  useGrade.setState({ folder: null, image: null, registered: null, cardId: '', problem: null });
}
