/** Decides what was chosen or dropped: a capture folder, a single image, or something that cannot be graded. Pure. */
import type { AppErrorData } from '../../../src-main/contract/errors.ts';
import { t } from '../../messages/index.ts';

export interface Picked<F> {
  readonly file: F;
  /** With `/`, from the chosen folder on: `card-7/capture.json`; a bare name for a single file. */
  readonly path: string;
}

export type Chosen<F> =
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly F[]; readonly leftOut: number }
  | { readonly kind: 'image'; readonly name: string; readonly file: F }
  | { readonly kind: 'problem'; readonly error: AppErrorData };

const captureFile = 'capture.json';
const imageName = /\.(png|tiff?|jpe?g)$/i;

export function classify<F>(picked: readonly Picked<F>[]): Chosen<F> {
  const visible = picked.filter(({ path }) => !nameOf(path).startsWith('.'));
  const captures = visible.filter(({ path }) => nameOf(path) === captureFile).map(({ path }) => folderOf(path));
  const folder = nearest(captures);
  if (folder !== undefined) return captureIn(folder, visible);
  const images = visible.filter(({ path }) => imageName.test(path));
  const [image, ...others] = images;
  if (image && others.length === 0) return { kind: 'image', name: nameOf(image.path), file: image.file };
  return { kind: 'problem', error: problemWith(visible, images.length) };
}

function captureIn<F>(folder: string, picked: readonly Picked<F>[]): Chosen<F> {
  const inside = picked.filter(({ path }) => folderOf(path) === folder);
  return {
    kind: 'folder',
    name: nameOf(folder) || captureFile,
    files: inside.map(({ file }) => file),
    leftOut: picked.length - inside.length,
  };
}

function problemWith<F>(picked: readonly Picked<F>[], images: number): AppErrorData {
  const first = picked[0];
  if (!first) return refusal(t('grade.image.nothing'), t('grade.image.nothingNext'));
  if (first.path.includes('/')) {
    return { ...refusal(t('grade.folder.noCapture'), t('grade.folder.noCaptureNext')), file: topFolder(first.path) };
  }
  if (images > 1) return refusal(t('grade.image.several', { count: images }), t('grade.image.severalNext'));
  const name = nameOf(first.path);
  return { ...refusal(t('grade.image.notImage', { name }), t('grade.image.notImageNext')), file: name };
}

function refusal(message: string, next: string): AppErrorData {
  return { code: 'value.invalid', message, next };
}

/** The capture nearest to the chosen folder; the first by name when several are equally near. */
function nearest(folders: readonly string[]): string | undefined {
  const depth = (folder: string) => folder.split('/').length;
  return [...folders].sort((a, b) => depth(a) - depth(b) || a.localeCompare(b))[0];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

function topFolder(path: string): string {
  return path.split('/')[0] ?? path;
}

/** Reads a pixel pitch as typed, with a point or a comma; null for an empty field, undefined for nonsense. */
export function parsePitch(text: string): number | null | undefined {
  const clean = text.trim().replace(',', '.');
  if (clean === '') return null;
  if (!/^\d*\.?\d+(e-?\d+)?$/i.test(clean)) return undefined;
  const value = Number(clean);
  return Number.isFinite(value) && value > 0 && value <= 10 ? value : undefined;
}
