/** The draft and the records as the screen uses them: one query each, and mutations that put the answer in its place. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CalibrationDraft } from '../../../src-main/contract/calibration.ts';
import { api, core, queryClient, uploadFiles } from '../../rpc/index.ts';

export function useDraft() {
  return useQuery(api.calibrations.draft.queryOptions());
}

export function useRecords() {
  return useQuery(api.calibrations.list.queryOptions());
}

const keepDraft = (draft: CalibrationDraft | null) =>
  queryClient.setQueryData(api.calibrations.draft.queryKey(), draft);
export const refreshDraft = () => queryClient.invalidateQueries({ queryKey: api.calibrations.draft.key() });
export const refreshRecords = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: api.calibrations.list.key() }),
    queryClient.invalidateQueries({ queryKey: api.calibrations.get.key() }),
  ]);

/** A mutation whose answer is the new draft. */
export function useDraftChange<Input>(change: (input: Input) => Promise<CalibrationDraft | null>) {
  return useMutation({ mutationFn: change, onSuccess: keepDraft });
}

/** The rig's own picture, or one that the person chose. */
export async function sourceOf(file: File | null) {
  if (!file) return { kind: 'rig' as const };
  const uploadId = await uploadFiles([file], () => undefined, AbortSignal.timeout(600_000));
  // Cameras' own files are sRGB unless they are 16-bit linear, which only people know.
  return { kind: 'upload' as const, uploadId, encoding: 'srgb' as const };
}

export const takeShot = async ({ role, file }: { role: 'view' | 'plane' | 'artefact' | 'verify'; file: File | null }) =>
  core.calibrations.shoot({ role, source: await sourceOf(file) });
