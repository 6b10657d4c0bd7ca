/** The budget's rows, and what the panel says of them. */
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Budget, BudgetComponent } from '../../../src-main/contract/budget.ts';
import type { MeasuredPoint, Measurement } from '../../../src-main/contract/report.ts';
import { clearSelection, select } from '../../state/selection.ts';
import { pointId } from '../../viewer/scene.ts';
import { BudgetPanel } from './BudgetPanel.tsx';
import { budgetRows, leastCertain, sharesOf } from './budgetRows.ts';

beforeAll(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
});
afterEach(() => {
  cleanup();
  clearSelection();
});

const component = (id: string, type: 'A' | 'B'): BudgetComponent => ({
  id,
  type,
  distribution: type === 'A' ? 'normal' : 'rectangular',
  halfWidth: type === 'A' ? null : 0.0052,
  unit: type === 'A' ? 'px' : 'mm',
  divisor: type === 'A' ? 1 : Math.sqrt(3),
  sensitivity: 1,
  source: type === 'A' ? 'capture' : 'assumption',
  group: type === 'A' ? 'instrument' : 'measurand',
});
// 3, 4 and 12 give 13.
const shares = {
  parts: [0.003, 0.004, 0.012],
  edgeFreedom: [18, 19] as [number, number],
  standard: 0.013,
  expanded: 0.026,
  freedom: 120,
  studentFactor: 2.02,
};
const point = (edge: MeasuredPoint['edge'], index: number): MeasuredPoint => ({
  edge,
  index,
  widthMm: 3,
  uncertaintyMm: 0.026,
  widthPx: 75,
  uncertaintyPx: 0.65,
  status: 'ok',
  outer: null,
  border: null,
  method: 'erf',
});
const counts = { left: 7, right: 7, top: 5, bottom: 5 } as const;
const points = (['left', 'right', 'top', 'bottom'] as const).flatMap((edge) =>
  Array.from({ length: counts[edge] }, (_, i) => point(edge, i + 1)),
);
const budget: Budget = {
  kind: 'repeatability',
  coverageFactor: 2,
  unit: 'mm',
  version: '2026-11-21',
  components: [component('outerEdge', 'A'), component('borderEdge', 'A'), component('cutDefinition', 'B')],
  absent: ['scaleCertificate'],
  points: points.map(({ edge }) => (edge === 'bottom' ? null : shares)),
  sides: { left: shares, right: { ...shares, standard: 0.02 }, top: shares, bottom: null },
};
const perSide = <T,>(value: T) => ({ left: value, right: value, top: value, bottom: value });
const measurement: Measurement = {
  pixelPitchMm: 0.04,
  points,
  meanMm: perSide(3),
  meanPx: perSide(75),
  sides: perSide({ measured: true }),
  centering: {
    leftRight: [50, 50],
    topBottom: [50, 50],
    uncertaintyPp: 0.1,
    leftRightUncertaintyPp: 0.1,
    topBottomUncertaintyPp: 0.1,
    worstStation: null,
  },
  sizeMm: null,
  sizePx: { width: 1587, height: 2222 },
  cardAngleDeg: 0,
  printTiltDeg: 0,
  outline: { corners: [], cornerRadiusPx: null, edges: perSide([]), border: perSide(null) },
  budget,
};

test('rows are sorted by their share of the variance, which adds up to one', () => {
  const rows = budgetRows(budget, shares);
  expect(rows.map((row) => row.component.id)).toEqual(['cutDefinition', 'borderEdge', 'outerEdge']);
  expect(rows.reduce((sum, row) => sum + row.share, 0)).toBeCloseTo(1, 12);
  expect(rows[0]?.share).toBeCloseTo(144 / 169, 12);
  expect(rows.map((row) => row.freedom)).toEqual([null, 19, 18]);
});

test('a station without a width has no budget, and the least certain side is the first shown', () => {
  expect(sharesOf(measurement, budget, pointId({ edge: 'bottom', index: 2 }))).toBeNull();
  expect(sharesOf(measurement, budget, 'side:left')).toBe(shares);
  expect(leastCertain(budget)).toBe('side:right');
});

const show = (of: Measurement) =>
  render(
    <MantineProvider>
      <BudgetPanel measurement={of} />
    </MantineProvider>,
  );

test('says that U is repeatability, what is missing, and follows the station that is picked', () => {
  show(measurement);
  const panel = screen.getByTestId('budget');
  expect(panel.textContent).toContain('Repeatability.');
  expect(panel.textContent).toContain('Not included: Certificate of the scale.');
  const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Uncertainty of', hidden: true });
  expect(choice.value).toBe('side:right');
  fireEvent.change(choice, { target: { value: 'side:left' } });
  expect(choice.value).toBe('side:left');
  expect(screen.getByTestId('budget-table').textContent).toContain('26');
  const picked = pointId({ edge: 'top', index: 3 });
  select({ kind: 'point', id: picked });
  cleanup();
  show(measurement);
  expect(screen.getByRole<HTMLSelectElement>('combobox', { hidden: true }).value).toBe(picked);
});

test('a report of an earlier version says that it has none', () => {
  show({ ...measurement, budget: null });
  expect(screen.queryByTestId('budget')).toBeNull();
  expect(document.body.textContent).toContain('before uncertainty budgets were kept');
});
