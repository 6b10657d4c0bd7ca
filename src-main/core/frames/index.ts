/** Photographs of a side as they were taken: kept by content, byte for byte, and made a capture again. */
import type { CaptureInput } from '../capture/index.ts';
import { refuse } from '../errors/index.ts';
import { parseJsonWith } from '../errors/parse.ts';
import type { FilesReadable, FilesWritable, KeptFrames } from '../store/index.ts';
import { type FramesManifest, framesManifestSchema } from './manifest.ts';

/**
 * Puts every file of a capture into the store, and what they are.
 * @param noted is told of every file at once, so that it can be taken back when the grading is not kept
 * @throws AppError `disk.full`, `file.missing`
 */
export async function putFrames(
  files: FilesWritable,
  input: CaptureInput,
  noted: (id: string) => void,
  signal: AbortSignal,
): Promise<KeptFrames> {
  const held: string[] = [];
  const put = async (path: string) => {
    const id = await files.put({ path }, signal);
    noted(id);
    held.push(id);
    return id;
  };
  const maybe = async (path: string | undefined) => (path === undefined ? null : put(path));
  const lights: FramesManifest['lights'] = [];
  for (const { name, path, flatPath, exposures, intensity, direction, positionMm } of input.lights) {
    const taken = [];
    for (const exposure of exposures ?? [])
      taken.push({ name: exposure.name, file: await put(exposure.path), seconds: exposure.seconds });
    lights.push({
      name,
      file: await put(path),
      flat: await maybe(flatPath),
      ...(exposures ? { exposures: taken } : {}),
      intensity: [...intensity],
      direction: direction ? [...direction] : null,
      positionMm: positionMm ? [...positionMm] : null,
    });
  }
  const { name, kind, side, encoding, response, pixelPitchMm, camera, simulated } = input;
  const manifest: FramesManifest = {
    ...{ schema: 'trugrade.frames/1', name, kind, side, encoding, pixelPitchMm, lights, simulated },
    ...(response ? { response } : {}),
    ...(camera ? { camera } : {}),
    dark: await maybe(input.darkPath),
    mask: await maybe(input.maskPath),
  };
  const id = await files.put(Buffer.from(JSON.stringify(manifest)), signal);
  noted(id);
  return { manifest: id, files: held };
}

/**
 * The capture that was kept; its paths lead into the store.
 * @throws AppError `store.damaged` when a photograph is not what it was, `file.missing` when one is gone
 */
export async function openFrames(files: FilesReadable, manifest: string): Promise<CaptureInput> {
  const text = Buffer.from(await files.read(manifest)).toString('utf8');
  const kept = parseJsonWith(framesManifestSchema, text, 'frames');
  const path = async (id: string, name: string) => {
    const state = await files.verify(id);
    if (state === 'ok') return files.path(id);
    throw refuse(
      state === 'missing' ? 'file.missing' : 'store.damaged',
      `a kept photograph is ${state === 'missing' ? 'gone from the store' : 'not what it was'}`,
      'restore it from a backup, or photograph the card again',
      { file: name },
    );
  };
  const lights: CaptureInput['lights'][number][] = [];
  for (const { name, file, flat, exposures, intensity, direction, positionMm } of kept.lights) {
    const taken = [];
    for (const one of exposures ?? [])
      taken.push({ name: one.name, path: await path(one.file, one.name), seconds: one.seconds });
    lights.push({
      name,
      path: await path(file, name),
      flatPath: flat === null ? undefined : await path(flat, `${name}, flat field`),
      ...(exposures ? { exposures: taken } : {}),
      intensity,
      direction: direction ?? undefined,
      positionMm: positionMm ?? undefined,
    });
  }
  const { name, kind, side, encoding, response, pixelPitchMm, camera, simulated, dark, mask } = kept;
  return {
    ...{ name, kind, side, encoding, response, pixelPitchMm, camera, simulated, lights },
    darkPath: dark === null ? undefined : await path(dark, 'dark frame'),
    maskPath: mask === null ? undefined : await path(mask, 'mask'),
    ...{ expectedSizeMm: undefined, cardId: null, calibrationId: null },
  };
}
