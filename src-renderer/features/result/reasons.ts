/** Why a side needs a person. Pure. */
import type { Report } from '../../../src-main/contract/report.ts';

/** Everything that the report itself says about why, each once. */
export function reasonsFor(report: Pick<Report, 'grade' | 'quality' | 'error'>): readonly string[] {
  const stages = report.quality.stages.filter(({ status }) => status === 'person' || status === 'failed');
  const said = [
    report.error ? [report.error.file, report.error.field, report.error.message].filter(Boolean).join(': ') : null,
    report.grade.reason,
    ...stages.flatMap(({ note, checks }) => [
      note,
      ...checks.flatMap(({ status, message }) => (status === 'failed' ? [message] : [])),
    ]),
  ];
  return [...new Set(said.filter((each): each is string => typeof each === 'string' && each !== ''))];
}
