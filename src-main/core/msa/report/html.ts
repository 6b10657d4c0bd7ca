/** A report as one HTML file that needs nothing else: styles inside, charts as SVG, printable. */
import type { Chart } from '../../../contract/index.ts';
import { type Block, levelWord, type ReportDocument, type ReportTable } from './document.ts';
import { draw, type Shape } from './drawing.ts';

const style = `:root{color-scheme:light dark;--ink:#1d2428;--dim:#5a666d;--line:#d3d9dd;--good:#1a6b35;--conditional:#855000;--unacceptable:#b0201c;--sim:#6b2fa0;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e9eef0;--dim:#a3afb6;--line:#30383d;--good:#74d18d;--conditional:#f2bd52;--unacceptable:#ff8d85;--sim:#cfa5f2;--paper:#111416}}
body{font:14px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1000px;margin:0 auto;padding:24px}
h1{font-size:22px}h2{font-size:17px;margin-top:28px;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;margin:12px 0;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600;padding:4px 0}
th,td{padding:3px 10px;border-bottom:1px solid var(--line);text-align:right}th:first-child,td:first-child{text-align:left}th{font-weight:600}
.scroll{overflow-x:auto}.verdict{border:1px solid;border-left-width:6px;padding:10px 14px}
.good{color:var(--good)}.conditional{color:var(--conditional)}.unacceptable{color:var(--unacceptable)}.notEvaluable{color:var(--dim)}
.simulated{color:var(--sim);border:1px solid;display:inline-block;padding:1px 8px;font-weight:700;text-transform:uppercase;letter-spacing:.06em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px}dt{color:var(--dim)}dd{margin:0}
figure{margin:16px 0;break-inside:avoid}figure svg{max-width:100%;height:auto;background:#fff;border:1px solid var(--line)}figcaption{color:var(--dim)}
details{color:var(--dim)}@media print{:root{color-scheme:light}body{padding:0;max-width:none}details{display:none}}`;

export function toHtml(report: ReportDocument): string {
  const label = report.simulated
    ? '<p><span class="simulated">Simulated</span> measurements of the simulated rig, not of a real card</p>'
    : '';
  const body = report.blocks.map(blockHtml).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(report.title)}</title><style>${style}</style></head>
<body><main><h1>${escaped(report.title)}</h1>${label}
${body}
</main></body></html>
`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${escaped(block.text)}</h2>`;
    case 'text':
      return `<p>${escaped(block.text)}</p>`;
    case 'verdict':
      return `<p class="verdict ${block.level}"><strong>${levelWord[block.level]}</strong>: ${escaped(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
    case 'facts':
      return `<dl>${block.facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
    case 'table':
      return tableHtml(block.table);
    case 'chart':
      return chartHtml(block.chart);
  }
}

function tableHtml({ caption, head, rows }: ReportTable): string {
  const body = rows.map(({ cells, level }) => {
    const [first = '', ...rest] = cells;
    const figures = rest.map((cell) => `<td${level ? ` class="${level}"` : ''}>${escaped(cell)}</td>`).join('');
    return `<tr><th scope="row">${escaped(first)}</th>${figures}</tr>`;
  });
  const names = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  return `<div class="scroll" tabindex="0"><table><caption>${escaped(caption)}</caption><thead><tr>${names}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function chartHtml(chart: Chart): string {
  return `<figure>${toSvg(chart)}<figcaption>${escaped(chart.hint)}</figcaption>${valuesHtml(chart)}</figure>`;
}

/** The chart's numbers, for readers who cannot see it. */
function valuesHtml(chart: Chart): string {
  const rows = chart.series.flatMap(({ name, points }) =>
    points.map(
      ({ x, y }) =>
        `<tr><th scope="row">${escaped(name)}</th><td>${escaped(chart.categories?.[x] ?? String(x))}</td><td>${number(y)}</td></tr>`,
    ),
  );
  return `<details><summary>Values of the chart</summary><table><thead><tr><th scope="col">Series</th><th scope="col">${escaped(chart.xLabel || 'Name')}</th><th scope="col">${escaped(chart.yLabel)}</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

export function toSvg(chart: Chart): string {
  const { width, height, shapes } = draw(chart);
  const name = `${chart.title}. ${chart.hint}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(name)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica,Arial,sans-serif">${shapes.map(shapeSvg).join('')}</svg>`;
}

function shapeSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'line': {
      const dash = shape.dash ? ` stroke-dasharray="${shape.dash.join(' ')}"` : '';
      const points = shape.points.map(([x, y]) => `${number(x)},${number(y)}`).join(' ');
      return `<polyline points="${points}" fill="none" stroke="${shape.colour}" stroke-width="${shape.width}"${dash}/>`;
    }
    case 'rect':
      return `<rect x="${number(shape.x)}" y="${number(shape.y)}" width="${number(shape.width)}" height="${number(shape.height)}" fill="${shape.colour}"/>`;
    case 'dot':
      return `<circle cx="${number(shape.x)}" cy="${number(shape.y)}" r="${shape.radius}" fill="${shape.colour}"/>`;
    case 'text': {
      const turn = shape.turned ? ` transform="rotate(-90 ${number(shape.x)} ${number(shape.y)})"` : '';
      return `<text x="${number(shape.x)}" y="${number(shape.y)}" font-size="${shape.size}" text-anchor="${shape.anchor}" fill="${shape.colour}"${turn}>${escaped(shape.text)}</text>`;
    }
  }
}

const number = (value: number): string => String(Number(value.toPrecision(8)));
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
