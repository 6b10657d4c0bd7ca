/** Judging stored evidence again: the new revision takes the old one's place in what the page holds. */
import { useMutation } from '@tanstack/react-query';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import type { NoGradeMark } from '../../../src-main/contract/noGrade.ts';
import type { BordersAnswer } from '../../../src-main/contract/report.ts';
import { api, queryClient } from '../../rpc/index.ts';

interface Judging {
  readonly standard?: string;
  readonly noGrade?: NoGradeMark | null | undefined;
  readonly borders?: BordersAnswer | null | undefined;
}

/** `done` hears of the new revision and of what was asked; `failed` of an error that nothing else shows. */
export function useRegrade(
  { summary, report }: Grading,
  done: (next: Grading, asked: Judging) => void,
  failed?: (error: unknown) => void,
) {
  const { id } = summary;
  const mutation = useMutation(
    api.gradings.regrade.mutationOptions({
      onSuccess: (next, asked) => {
        queryClient.setQueryData(api.gradings.get.queryKey({ input: { id } }), next);
        void queryClient.invalidateQueries({ queryKey: api.gradings.list.key() });
        done(next, asked);
      },
      ...(failed ? { onError: failed } : {}),
    }),
  );
  return {
    pending: mutation.isPending,
    error: mutation.error,
    judge: (asked: Judging) => mutation.mutate({ id, standard: report.grade.standard, ...asked }),
  };
}
