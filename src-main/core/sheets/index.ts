/** Pictures of several cards, held decoded between looking at what is on them and grading what was chosen. */
import { createHash, randomUUID } from 'node:crypto';
import { type Sheet, sheetIdSchema } from '../../contract/index.ts';
import { type CaptureInput, type Encoding, readInput } from '../capture/index.ts';
import type { Clock } from '../clock/index.ts';
import { AppError, refuse } from '../errors/index.ts';
import type { FoundCard, Native, NativeStack } from '../native/index.ts';
import { inputPath, type Uploads } from '../uploads/index.ts';
import { inputOf, partOf, wholeOf } from './part.ts';

export { calibrationOfPart, inputOf, inWhole, partOf } from './part.ts';

export interface SheetRequest {
  readonly uploadId: string;
  readonly name?: string | undefined;
  readonly pixelPitchMm?: number | undefined;
  readonly encoding?: Encoding | undefined;
}

/** A card of a sheet, ready for the pipeline; `close` lets its pixels go. */
export interface TakenCard {
  readonly input: CaptureInput;
  readonly native: Native;
  close(): void;
}

interface Files {
  has(id: string): boolean;
  read(id: string): Promise<Uint8Array>;
}

export interface Sheets {
  /** Decodes the upload's picture and looks for all its cards. @throws AppError for a file that cannot be read */
  open(request: SheetRequest): Promise<Sheet>;
  /** @throws AppError `notFound` */
  get(id: string): Sheet;
  close(id: string): void;
  closeAll(): void;
  /** One card by its number, or the whole picture. @throws AppError `notFound`, or why the card cannot be measured */
  take(id: string, card: number | undefined): TakenCard;
  /** The same files, with the pictures of open sheets among them. */
  withPictures<F extends Files>(files: F): F;
}

export interface SheetsOptions {
  readonly native: Native;
  readonly uploads: Pick<Uploads, 'open'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Sheets held at one time; the one that was longest untouched makes room. */
  readonly most?: number;
  /** A sheet that nobody touched for this long is let go. */
  readonly idleMs?: number;
}

interface Held {
  readonly sheet: Sheet;
  readonly found: readonly FoundCard[];
  readonly input: CaptureInput;
  readonly stack: NativeStack;
  readonly picture: Buffer;
  touchedMs: number;
  /** Cards being graded. */
  uses: number;
  closed: boolean;
}

/** The longer side of the picture to choose from. */
const picturePx = 2000;

export function createSheets({ native, uploads, clock, most = 3, idleMs = 1_800_000 }: SheetsOptions): Sheets {
  /** Least recently touched first. */
  const held = new Map<string, Held>();

  const letGo = (item: Held) => {
    if (item.closed && item.uses === 0) item.stack.free();
  };
  const close = (id: string) => {
    const item = held.get(id);
    held.delete(id);
    if (!item || item.closed) return;
    item.closed = true;
    letGo(item);
  };
  const makeRoom = () => {
    const old = clock.monotonicMs() - idleMs;
    for (const [id, item] of held) if (item.touchedMs < old || held.size > most) close(id);
  };
  const need = (id: string): Held => {
    const item = held.get(id);
    if (!item) throw refuse('notFound', 'the picture is not open any more', 'choose the file again', { field: 'id' });
    item.touchedMs = clock.monotonicMs();
    held.delete(id);
    held.set(id, item);
    return item;
  };

  const look = async (input: CaptureInput, signal: AbortSignal): Promise<Held> => {
    const stack = await native.loadStack(input, () => undefined, signal);
    try {
      const found = await cardsOf(native, stack, input, signal);
      const picture = await stack.photo(picturePx, signal);
      const sheet = {
        id: sheetIdSchema.parse(randomUUID()),
        name: input.name,
        picture: createHash('sha256').update(picture).digest('hex'),
        widthPx: stack.widthPx,
        heightPx: stack.heightPx,
        pixelPitchMm: input.pixelPitchMm,
        cards: found.map((card, i) => ({ number: i + 1, ...card })),
      };
      return { sheet, found, input, stack, picture, touchedMs: clock.monotonicMs(), uses: 0, closed: false };
    } catch (error) {
      stack.free();
      throw error;
    }
  };

  return {
    async open(request) {
      const upload = await uploads.open(request.uploadId);
      try {
        const read = await readInput(inputPath(upload), request);
        const item = await look({ ...read, name: request.name ?? read.name }, AbortSignal.timeout(120_000));
        held.set(item.sheet.id, item);
        makeRoom();
        return item.sheet;
      } finally {
        await upload.cleanup();
      }
    },
    get: (id) => need(id).sheet,
    close,
    closeAll() {
      for (const id of [...held.keys()]) close(id);
    },
    take(id, number) {
      const item = need(id);
      const { input, stack, found } = item;
      const card = number === undefined ? null : found[number - 1];
      if (card === undefined)
        throw refuse('notFound', `there is no card ${number} on the picture`, 'choose one of the cards found on it', {
          field: 'card',
        });
      if (card?.error) throw new AppError(card.error);
      const region = card?.region ?? wholeOf(stack);
      item.uses += 1;
      let open = true;
      return {
        input: card === null ? input : inputOf(input, stack, region, `${input.name}, card ${number}`),
        native: partOf(native, stack, region, card),
        close() {
          if (!open) return;
          open = false;
          item.uses -= 1;
          letGo(item);
        },
      };
    },
    withPictures(files) {
      const pictureOf = (id: string) => [...held.values()].find((item) => item.sheet.picture === id)?.picture;
      return {
        ...files,
        has: (id) => pictureOf(id) !== undefined || files.has(id),
        read: async (id) => pictureOf(id) ?? files.read(id),
      };
    },
  };
}

/** No card at all is an answer here, and not a refusal. */
async function cardsOf(native: Native, stack: NativeStack, input: CaptureInput, signal: AbortSignal) {
  try {
    return await native.findCards(stack, input, signal);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'cancelled' && error.code !== 'internal') return [];
    throw error;
  }
}
