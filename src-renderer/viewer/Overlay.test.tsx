/** The overlay draws what the report says, where it says. */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { Overlay, type OverlayProps } from './Overlay.tsx';
import type { Scene } from './scene.ts';

afterEach(cleanup);

const scene: Scene = {
  points: [
    point('left-1', { xPx: 100, yPx: 100 }, { xPx: 175, yPx: 100 }, '3.012'),
    point('left-2', { xPx: 100, yPx: 200 }, null, ''),
  ],
  corners: [],
  outerEdge: [
    [
      { xPx: 100, yPx: 0 },
      { xPx: 100, yPx: 400 },
    ],
  ],
  graphicBorder: [],
  defects: [
    {
      id: 'd1',
      number: 1,
      kind: 'scratch',
      polygon: [
        { xPx: 10, yPx: 10 },
        { xPx: 30, yPx: 10 },
        { xPx: 30, yPx: 40 },
      ],
    },
  ],
};

function show(change: Partial<OverlayProps> = {}) {
  return render(
    <Overlay
      scene={scene}
      transform={{ scale: 2, offsetX: 10, offsetY: 20 }}
      width={800}
      height={600}
      visible={{ points: true, labels: true, borders: true, stations: true, defects: true }}
      selected={null}
      hovered={null}
      {...change}
    />,
  );
}

describe('overlay', () => {
  test('a point stands on the centre of its pixel', () => {
    show();
    const circle = screen.getAllByTestId('point')[0]?.querySelector('circle');
    expect(circle?.getAttribute('cx')).toBe(String(2 * 100.5 + 10));
    expect(circle?.getAttribute('cy')).toBe(String(2 * 100.5 + 20));
  });

  test('a station without a border has its place and no width', () => {
    show();
    expect(screen.getAllByTestId('point')).toHaveLength(2);
    expect(screen.getAllByTestId('width-label').map(({ textContent }) => textContent)).toEqual(['3.012']);
  });

  test('what is selected is marked, what is switched off is not drawn', () => {
    const view = show({ selected: { kind: 'point', id: 'left-1' } });
    expect(screen.getAllByTestId('point')[0]?.getAttribute('data-mark')).toBe('selected');
    view.unmount();
    show({ visible: { points: false, labels: false, borders: false, stations: false, defects: true } });
    expect(screen.queryAllByTestId('point')).toHaveLength(0);
    expect(screen.queryByTestId('outer-edge')).toBeNull();
    expect(screen.getAllByTestId('defect')).toHaveLength(1);
  });
});

function point(id: string, outer: { xPx: number; yPx: number }, border: typeof outer | null, label: string) {
  return { id, side: 'left' as const, index: 1, outer, border, label, measured: label !== '' };
}
