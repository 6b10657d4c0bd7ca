/** Real flatbed scans against their labels: is the card found, how near is its outline, do scans of one design agree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jpegSize } from '../lib/files.ts';
import { edgeNames, type Report, reportSchema } from '../lib/report.ts';
import { limited, show, skipped } from '../lib/rows.ts';
import { mean, median, quantile } from '../lib/stats.ts';
import type { Group, Row } from '../lib/types.ts';

const pitchMm = 25.4 / 600;
/** Three scans of one design. */
const sameDesign = ['scan-004.jpg', 'scan-005.jpg', 'scan-006.jpg'];

/** Outer edges of the label in pixels whose centres are whole numbers; labels are fractions of the image from its corner. */
function labelled(folder: string, scan: string): Record<(typeof edgeNames)[number], number> {
  const { widthPx, heightPx } = jpegSize(join(folder, scan));
  const lines = readFileSync(join(folder, scan.replace('.jpg', '.txt')), 'utf8').split('\n');
  const numbers = lines
    .find((line) => line.startsWith('0 '))
    ?.split(' ')
    .map(Number);
  const [, cx, cy, w, h] = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).parse(numbers);
  return {
    left: (cx - w / 2) * widthPx - 0.5,
    right: (cx + w / 2) * widthPx - 0.5,
    top: (cy - h / 2) * heightPx - 0.5,
    bottom: (cy + h / 2) * heightPx - 0.5,
  };
}

/** Distances in mm of the middles of the four edges from the label; infinite where no card was found. */
function distances(folder: string, report: Report): { where: string; mm: number }[] {
  const label = labelled(folder, report.capture);
  const edges = report.measurement?.outline.edges;
  return edgeNames.map((name) => {
    const axis = name === 'left' || name === 'right' ? 'xPx' : 'yPx';
    const middle = mean(edges?.[name].map((point) => point[axis]) ?? []);
    const mm = Number.isFinite(middle) ? Math.abs(middle - label[name]) * pitchMm : Number.POSITIVE_INFINITY;
    return { where: `${report.capture} ${name}`, mm };
  });
}

/** Which borders were measured; a card with all four takes no line of its own. */
function borders(reports: readonly Report[]): Row {
  const scans = reports.map(({ capture, measurement }) => ({
    capture,
    sides: edgeNames.map((name) => ({ name, measured: false, reason: 'no outline', ...measurement?.sides[name] })),
  }));
  const whole = scans.filter(({ sides }) => sides.every((side) => side.measured));
  const lines = scans
    .filter((scan) => !whole.includes(scan))
    .map(({ capture, sides }) => {
      const yes = sides.filter((side) => side.measured).map((side) => side.name);
      const no = sides.filter((side) => !side.measured).map((side) => `${side.name}: ${side.reason ?? 'no reason'}`);
      return `${capture}: measured ${yes.join(', ') || 'none'}; refused ${no.join('; ')}`;
    });
  const all = scans.flatMap(({ sides }) => sides);
  return limited({
    figure: 'graphic borders refused without a reason',
    value: all.filter((side) => !side.measured && !side.reason).length,
    unit: 'sides',
    digits: 0,
    atMost: 0,
    detail: `${all.filter((side) => side.measured).length} of ${all.length} measured`,
    note: [`all four sides: ${whole.map(({ capture }) => capture).join(', ') || 'none'}`, ...lines].join('\n'),
  });
}

function agreement(reports: readonly Report[], axis: string, a: 'left' | 'top', b: 'right' | 'bottom'): Row {
  const sums = reports
    .filter(({ capture }) => sameDesign.includes(capture))
    .map(({ measurement }) => (measurement?.meanMm[a] ?? Number.NaN) + (measurement?.meanMm[b] ?? Number.NaN));
  return limited({
    figure: `${axis} over three scans of one design: range`,
    value: sums.length === sameDesign.length ? Math.max(...sums) - Math.min(...sums) : Number.NaN,
    unit: 'mm',
    digits: 3,
    atMost: 0.05,
    detail: sums.map((sum) => show(sum, 3)).join(', '),
  });
}

export const scans: Group = {
  name: 'scans',
  async run({ data, tools }) {
    const folder = join(data ?? '', 'cards');
    if (data === undefined || !existsSync(folder))
      return [skipped('real scans', '../shared/data/cards is not on this machine', 'median < 0.15 mm')];
    const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
    const paths = names.toSorted().map((name) => join(folder, name));
    const reports = await tools.trugrade(
      ['measure', ...paths, '--pixel-pitch-mm', '0.0423333'],
      z.array(z.union([reportSchema, z.object({ input: z.string() })])),
    );
    const measured = reports.filter((report) => 'capture' in report);
    const places = measured.flatMap((report) => distances(folder, report));
    const all = places.map(({ mm }) => mm);
    const far = places.filter(({ mm }) => mm > 0.5).map(({ where, mm }) => `${where} ${show(mm, 2, 'mm')}`);
    const edges = names.length * 4;
    const found = measured.filter((report) => report.measurement !== null).length;
    const within = all.filter((distance) => distance <= 0.5).length;
    return [
      limited({ figure: 'cards found', value: found, unit: 'cards', digits: 0, atLeast: names.length }),
      limited({
        figure: 'outer edge to label, median',
        value: median(all),
        unit: 'mm',
        digits: 3,
        atMost: 0.15,
        detail: `p90 ${show(quantile(all, 0.9), 3)}, worst ${show(Math.max(...all), 3)}`,
      }),
      limited({
        figure: 'outer edges within 0.5 mm of label',
        value: (100 * within) / edges,
        unit: '%',
        digits: 1,
        atLeast: 95,
        detail: `${within} of ${edges}`,
        ...(far.length === 0 ? {} : { note: `farther: ${far.join(', ')}` }),
      }),
      borders(measured),
      agreement(measured, 'L+R', 'left', 'right'),
      agreement(measured, 'T+B', 'top', 'bottom'),
    ];
  },
};
