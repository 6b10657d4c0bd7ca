/** The page that the window shows while there is no workstation to show: static, without script, as a `data:` address. */
import type { Crash } from './crash.ts';
import { reasonText, t } from './messages.ts';

/**
 * What the page's buttons ask for. They are links of a scheme that exists nowhere: the navigation is refused like any
 * other and read on its way, so the page needs neither script nor a message channel. (Fragments would not do: Chromium
 * drops navigations from one `data:` address to another.)
 */
export const statusActions = ['restart', 'open-logs'] as const;
export type StatusAction = (typeof statusActions)[number];

export type Status = 'starting' | 'restarting' | 'stopping' | 'quarantined' | 'pageFailed';

export interface StatusPage {
  readonly status: Status;
  /** The latest crash, where one is the reason. */
  readonly crash?: Crash | undefined;
}

/** Grounds and text of the page's own theme, so that nothing flashes when it comes. */
export const grounds = { light: '#eceff1', dark: '#111416' } as const;

const style = `
:root { color-scheme: light dark; --ground: ${grounds.light}; --text: #15191c; --dim: #505b63; --line: #8d999f; --accent: #0f5f80; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --ground: ${grounds.dark}; --text: #e9eef0; --dim: #a3afb6; --line: #6d7a82; --accent: #74c3e0; --on: #111416 } }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; background: var(--ground); color: var(--text); font: 14px/1.5 system-ui, "Segoe UI", Roboto, sans-serif }
main { max-width: 34rem; padding: 2rem }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .5rem }
p { margin: .5rem 0; color: var(--dim); overflow-wrap: anywhere }
nav { display: flex; gap: .75rem; margin-top: 1.5rem }
a { padding: .4rem 1rem; border: 1px solid var(--line); border-radius: 4px; color: var(--text); text-decoration: none }
a.first { background: var(--accent); border-color: var(--accent); color: var(--on) }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }`;

const headings = {
  starting: t('status.starting'),
  restarting: t('status.restarting'),
  stopping: t('status.stopping'),
  quarantined: t('status.quarantined'),
  pageFailed: t('status.pageFailed'),
} as const satisfies Record<Status, string>;

export function statusHtml({ status, crash }: StatusPage): string {
  const lines = [...detailOf(status), ...(crash ? crashLines(crash) : [])];
  const actions = status === 'quarantined' || status === 'pageFailed' ? nav : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(t('app.name'))}</title><style>${style}</style></head>
<body><main><div role="${actions ? 'alert' : 'status'}"><h1>${escapeHtml(headings[status])}</h1>${lines
    .map((line) => `<p>${escapeHtml(line)}</p>`)
    .join('')}</div>${actions}</main></body></html>`;
}

export function statusUrl(page: StatusPage): string {
  return `${prefix}${encodeURIComponent(statusHtml(page))}`;
}

/**
 * Which button was pressed.
 * @param url where the page wants to go
 * @param from the page that wants it: `data:` pages come from the shell alone, as no page may go to one by itself
 */
export function statusActionOf(url: string, from: string): StatusAction | undefined {
  if (!from.startsWith(prefix)) return undefined;
  return statusActions.find((action) => url === `${scheme}${action}`);
}

const prefix = 'data:text/html;charset=utf-8,';
const scheme = 'trugrade-action:';
const nav = `<nav><a class="first" autofocus href="${scheme}restart">${escapeHtml(t('status.restart'))}</a><a href="${scheme}open-logs">${escapeHtml(t('status.openLogs'))}</a></nav>`;

function detailOf(status: Status): readonly string[] {
  switch (status) {
    case 'restarting':
      return [t('status.restartingDetail')];
    case 'quarantined':
      return [t('status.quarantinedDetail')];
    case 'pageFailed':
      return [t('status.pageFailedDetail')];
    case 'starting':
    case 'stopping':
      return [];
  }
}

function crashLines({ reason, code, signal, detail, error }: Crash): readonly string[] {
  const what = t('status.reason', { what: reasonText(reason, code, signal) });
  if (error !== null) return [what, `${error.file ? `${error.file}: ` : ''}${error.message}; ${error.next}`];
  return detail === '' ? [what] : [what, t('status.lastWords', { words: detail })];
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => names[sign] ?? '');
}
