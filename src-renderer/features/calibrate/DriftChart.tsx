/** The check standard over time: worst length of every drift check, with the limit. */
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DriftCheck } from '../../../src-main/contract/calibration.ts';
import { moment } from '../../messages/format.ts';
import styles from './calibrate.module.css';

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export function DriftChart({ checks }: { readonly checks: readonly DriftCheck[] }) {
  const { t } = useTranslation();
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!holder.current) return;
    const style = getComputedStyle(holder.current);
    const [ink, line, accent] = ['--tg-text', '--tg-line', '--tg-accent'].map(
      (name) => style.getPropertyValue(name) || style.color,
    );
    const chart = init(holder.current);
    chart.setOption({
      aria: { enabled: true },
      animation: false,
      grid: { left: 48, right: 12, top: 16, bottom: 26 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: checks.map((c) => moment(c.time)), axisLabel: { color: ink } },
      yAxis: {
        type: 'value',
        name: 'µm',
        max: (range: { max: number }) => Math.ceil(1.1 * Math.max(range.max, 1000 * (checks.at(-1)?.limitMm ?? 0.01))),
        axisLabel: { color: ink },
        nameTextStyle: { color: ink },
        splitLine: { lineStyle: { color: line } },
      },
      series: [
        {
          type: 'line',
          name: t('calibrate.drift.worst'),
          data: checks.map((c) => Math.round(1e5 * c.worstMm) / 100),
          symbolSize: 8,
          lineStyle: { color: accent },
          itemStyle: { color: accent },
          markLine: {
            symbol: 'none',
            label: { formatter: t('calibrate.drift.limit'), color: ink },
            lineStyle: { color: ink, type: 'dashed' },
            data: [{ yAxis: 1000 * (checks.at(-1)?.limitMm ?? 0.01) }],
          },
        },
      ],
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(holder.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [checks, t]);
  return (
    <div
      ref={holder}
      className={styles.chart}
      role="img"
      aria-label={t('calibrate.drift.chart', { count: checks.length })}
    />
  );
}
