/** No-grade codes N1 to N9: those that a measurement shows, and those that a person gave. */
import { z } from 'zod';
import rulesFile from '../../../assets/standards/no-grade.json' with { type: 'json' };
import {
  type Measurement,
  type NoGrade,
  type NoGradeCode,
  type NoGradeMark,
  noGradeCodes,
} from '../../contract/index.ts';
import { statedPoints } from '../borders/index.ts';
import { knownSizesMm } from './standards.ts';

const code = z.object({ name: z.string(), next: z.string() });
const rules = z
  .object({
    schema: z.literal('trugrade.nograde/1'),
    version: z.string(),
    codes: z.record(z.enum(noGradeCodes), code),
    measured: z.object({
      N6: z.object({ shortByMm: z.tuple([z.number().positive(), z.number().positive()]) }),
      N8: z.object({ leastBorderMm: z.number().positive() }),
    }),
  })
  .parse(rulesFile);

const named = (id: NoGradeCode, by: NoGrade['by'], why: string): NoGrade => ({
  code: id,
  ...rules.codes[id],
  by,
  why,
  rulesVersion: rules.version,
});

/** How much smaller than the nearest known format the card is, on its worse axis, mm. */
function shortBy({ width, height }: { readonly width: number; readonly height: number }): number {
  const gaps = knownSizesMm.map(([w, h]) => ({
    off: Math.hypot(width - w, height - h),
    short: Math.max(w - width, h - height),
  }));
  return gaps.sort((a, b) => a.off - b.off)[0]?.short ?? 0;
}

function tooSmall(measurement: Measurement): NoGrade | null {
  if (!measurement.sizeMm) return null;
  const short = shortBy(measurement.sizeMm);
  const [from, to] = rules.measured.N6.shortByMm;
  if (short <= from || short >= to) return null;
  const { width, height } = measurement.sizeMm;
  return named(
    'N6',
    'measured',
    `${width.toFixed(2)} x ${height.toFixed(2)} mm is ${short.toFixed(2)} mm smaller than the nearest format, more than the ${from} mm allowed`,
  );
}

function miscut(measurement: Measurement): NoGrade | null {
  const limit = rules.measured.N8.leastBorderMm;
  const worst = statedPoints(measurement)
    .filter(({ widthMm }) => widthMm !== null && widthMm < limit)
    .sort((a, b) => (a.widthMm ?? 0) - (b.widthMm ?? 0))[0];
  if (!worst) return null;
  return named(
    'N8',
    'measured',
    `the ${worst.edge} border is ${(worst.widthMm ?? 0).toFixed(2)} mm wide at station ${worst.index}, less than ${limit} mm`,
  );
}

/** Why the side gets no grade; a person's mark comes before what was measured. Null when nothing forbids one. */
export function noGradeOf(measurement: Measurement | null, mark: NoGradeMark | null): NoGrade | null {
  if (mark) return named(mark.code, 'person', mark.reason);
  return measurement && (tooSmall(measurement) ?? miscut(measurement));
}
