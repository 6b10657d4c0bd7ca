/** Which cards of a picture are ticked, and the jobs that grade them. */
import { create } from 'zustand';
import type { AppErrorData } from '../../../src-main/contract/errors.ts';
import type { Sheet } from '../../../src-main/contract/sheets.ts';
import { core, toAppErrorData } from '../../rpc/index.ts';
import { rememberJob, useJobs } from '../../state/jobs.ts';
import { isOver } from '../../state/jobsEvent.ts';

interface SheetState {
  /** Whose numbers these are; another sheet starts afresh. */
  readonly sheetId: string | null;
  readonly ticked: ReadonlySet<number>;
  /** Card number to job. */
  readonly jobs: ReadonlyMap<number, string>;
  readonly starting: boolean;
  readonly problem: AppErrorData | null;
}

const empty = { ticked: new Set<number>(), jobs: new Map<number, string>(), starting: false, problem: null };
export const useSheet = create<SheetState>(() => ({ sheetId: null, ...empty }));

/** Numbers of the cards that can be graded. */
export const measurable = (sheet: Sheet): number[] =>
  sheet.cards.filter((card) => card.region !== null).map((card) => card.number);

/** Makes the screen ready for a sheet: everything that can be graded is ticked. */
export function beginSheet(sheet: Sheet): void {
  if (useSheet.getState().sheetId === sheet.id) return;
  useSheet.setState({ sheetId: sheet.id, ...empty, ticked: new Set(measurable(sheet)) });
}

export function tick(number: number, on: boolean): void {
  const ticked = new Set(useSheet.getState().ticked);
  if (on) ticked.add(number);
  else ticked.delete(number);
  useSheet.setState({ ticked });
}

export function tickAll(numbers: readonly number[]): void {
  useSheet.setState({ ticked: new Set(numbers) });
}

export interface SheetGrading {
  readonly standard: string | null;
}

/** Starts one grading for each ticked card that has none, in their order. */
export async function gradeTicked(sheet: Sheet, { standard }: SheetGrading): Promise<void> {
  const { ticked, jobs, starting } = useSheet.getState();
  if (starting) return;
  useSheet.setState({ starting: true, problem: null });
  try {
    for (const { number } of sheet.cards) {
      if (!ticked.has(number) || jobs.has(number)) continue;
      const job = await core.grade.start({
        source: { kind: 'sheet', sheetId: sheet.id, card: number },
        ...(standard === null ? {} : { standard }),
      });
      rememberJob(job);
      useSheet.setState((state) => ({ jobs: new Map(state.jobs).set(number, job.id) }));
    }
  } catch (error) {
    useSheet.setState({ problem: toAppErrorData(error) });
  } finally {
    useSheet.setState({ starting: false });
  }
}

/** Cancels every grading of the sheet that has not ended. */
export async function cancelAll(): Promise<void> {
  const all = useJobs.getState().jobs;
  const open = [...useSheet.getState().jobs.values()].filter((id) => !isOver(all.get(id)));
  // The last first, so that none of the waiting ones starts meanwhile.
  for (const id of open.reverse()) {
    try {
      rememberJob(await core.jobs.cancel({ id }));
    } catch (error) {
      useSheet.setState({ problem: toAppErrorData(error) });
    }
  }
}
