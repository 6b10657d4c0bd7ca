/** The desktop program itself, where Electron's binary is: window, grading, refusals, and a core that is shot. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ElectronApplication, _electron as electron, expect, type Page, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '..', '..');

function electronBinary(): string | undefined {
  const folder = join(root, 'node_modules', 'electron');
  const marker = join(folder, 'path.txt');
  if (!existsSync(marker)) return undefined;
  const binary = join(folder, 'dist', readFileSync(marker, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

const hasDisplay =
  process.platform === 'win32' ||
  process.platform === 'darwin' ||
  Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Why the desktop program cannot be started here; undefined where it can. */
function obstacle(): string | undefined {
  if (electronBinary() === undefined)
    return "Electron's binary is not here (npx install-electron brings it where its download is allowed)";
  return hasDisplay ? undefined : 'there is no display (xvfb-run gives one)';
}

const reason = obstacle();
if (reason !== undefined) process.stdout.write(`Desktop tests are skipped: ${reason}\n`);
// biome-ignore lint/suspicious/noSkippedTests: the program under test is not on every machine, and the reason is shown
test.skip(reason !== undefined, reason);
test.describe.configure({ mode: 'serial' });

let app: ElectronApplication;
let page: Page;
let data: string;

test.beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'trugrade-desktop-'));
  const executablePath = electronBinary();
  app = await electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root],
    env: { ...environment(), TRUGRADE_DATA: data },
  });
  page = await app.firstWindow();
  await expect(gradeButton()).toBeVisible({ timeout: 60_000 });
});

test.afterAll(async () => {
  await app?.close();
  rmSync(data, { recursive: true, force: true });
});

/** Without the names that are set to nothing. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const gradeButton = () => page.getByRole('button', { name: /^Grade the (next )?card/ });
const origin = () => new URL(page.url()).origin;
const windows = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('the window shows the workstation of its own core, without rights beyond one function', async () => {
  expect(origin()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(page.url()).not.toContain('token');
  expect(await page.evaluate('[typeof require, typeof process, typeof module]')).toEqual(Array(3).fill('undefined'));
  expect(await page.evaluate('Object.keys(window.trugradeDesktop)')).toEqual(['chooseSource']);
});

test('one key press grades the card', async () => {
  await page.keyboard.press('g');
  await expect(page.getByTestId('overall')).toBeVisible({ timeout: 60_000 });
});

test('navigation, new windows and requests elsewhere are refused', async () => {
  const before = page.url();
  for (const target of ['https://example.com/', 'file:///etc/hostname', 'data:text/html,x', 'about:blank'])
    await page.evaluate(`location.href = ${JSON.stringify(target)}`);
  expect(await page.evaluate('window.open("https://example.com/") === null')).toBe(true);
  expect(await page.evaluate('window.open("/") === null')).toBe(true);
  expect(await page.evaluate('fetch("https://example.com/").then(() => "loaded", () => "refused")')).toBe('refused');
  await expect(gradeButton()).toBeVisible();
  expect([page.url(), await windows()]).toEqual([before, 1]);
});

test('every permission is refused', async () => {
  expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
  const camera = 'navigator.mediaDevices.getUserMedia({ video: true }).then(() => "given", (error) => error.name)';
  expect(['NotAllowedError', 'NotFoundError', 'TypeError']).toContain(await page.evaluate(camera));
  const place =
    'new Promise((done) => navigator.geolocation.getCurrentPosition(() => done("given"), (error) => done(error.code)))';
  expect(await page.evaluate(place)).toBe(1);
});

test('a core that is shot comes back, and the window lives', async () => {
  // biome-ignore lint/suspicious/noSkippedTests: Windows has no ps; its processes die the same way for the supervisor
  test.skip(process.platform === 'win32', 'the core is looked up with ps');
  const shell = app.process().pid;
  process.kill(corePid(shell), 'SIGKILL');
  await expect.poll(() => corePid(shell, false), { timeout: 20_000 }).not.toBeNaN();
  await expect(gradeButton()).toBeVisible({ timeout: 60_000 });
  expect(await windows()).toBe(1);
  const journal = readFileSync(join(data, 'logs', 'shell.jsonl'), 'utf8');
  expect(journal).toContain('"reason":"crashed"');
});

/** The shell's child that runs core.js; NaN, or an error, when there is none. */
function corePid(shell: number | undefined, must = true): number {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
  const own = lines.map((line) => line.trim().split(/\s+/)).filter(([, parent]) => Number(parent) === shell);
  const core = own.find((words) => words.some((word) => word.endsWith('core.js')));
  if (core === undefined && must) throw new Error('the shell has no core');
  return Number(core?.[0] ?? Number.NaN);
}
