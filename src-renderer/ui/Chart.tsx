/** A chart of the core's description, drawn by ECharts, with its numbers in a table for those who cannot see it. */
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chart as ChartData } from '../../src-main/contract/charts.ts';
import { significant } from '../messages/format.ts';
import styles from './Chart.module.css';
import { chartOption } from './chartOption.ts';
import table from './table.module.css';

use([
  BarChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

export function Chart({ chart }: { readonly chart: ChartData }) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const drawn = init(element, null, { renderer: 'svg' });
    drawn.setOption(chartOption(chart, scheme));
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, [chart, scheme]);
  return (
    <figure className={styles.chart} data-testid={`chart-${chart.id}`}>
      <h4 className={styles.title}>{chart.title}</h4>
      <div ref={place} className={styles.place} role="img" aria-label={`${chart.title}. ${chart.hint}`} />
      <figcaption className={styles.hint}>{chart.hint}</figcaption>
      <Numbers chart={chart} />
    </figure>
  );
}

function Numbers({ chart }: { readonly chart: ChartData }) {
  const { t } = useTranslation();
  const rows = chart.series.flatMap(({ name, points }) =>
    points.map(({ x, y }, i) => ({ key: `${name} ${i}`, name, x: chart.categories?.[x] ?? significant(x, 6), y })),
  );
  return (
    <details className={styles.numbers}>
      <summary>{t('gauge.results.values')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.scroll} tabIndex={0} aria-label={`${chart.title}: ${t('gauge.results.values')}`}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('gauge.results.series')}</th>
              <th scope="col">{chart.xLabel === '' ? t('gauge.results.figure') : chart.xLabel}</th>
              <th scope="col" className={table.num}>
                {chart.yLabel}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.name}</th>
                <td>{row.x}</td>
                <td className={table.num}>{significant(row.y, 7)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
