/** Every screen passes the automatic checks for accessibility (axe, WCAG 2.2 AA and best practice), in both schemes. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { gradeFolder } from './samples.ts';
import { expect, gradeButton, link, test } from './workstation.ts';

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** What shows that a screen has its content. */
const ready: Readonly<Record<string, (page: Page) => ReturnType<Page['locator']>>> = {
  Cards: (page) => page.getByTestId('card-row'),
  Templates: (page) => page.getByText('No templates yet'),
  'Gauge studies': (page) => page.getByText('No study yet'),
  Calibrate: (page) => page.getByText('No calibration yet'),
  Jobs: (page) => page.getByTestId('job'),
  Logs: (page) => page.getByTestId('log-entry').first(),
  System: (page) => page.getByText('Native core'),
  Settings: (page) => page.getByLabel('Operator'),
};

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} scheme`, () => {
    test.use({ colorScheme });

    test('no screen has an accessibility violation', async ({ desk, capture }) => {
      await expect(gradeButton(desk)).toBeEnabled();
      expect(await violations(desk), 'Grade').toEqual([]);
      await gradeFolder(desk, capture);
      for (const tab of ['Widths', 'Checks', 'Findings']) {
        await desk.getByRole('tab', { name: tab }).click();
        expect(await violations(desk), `Result, ${tab}`).toEqual([]);
      }
      for (const [name, content] of Object.entries(ready)) {
        await link(desk, name).click();
        await expect(content(desk)).toBeVisible();
        expect(await violations(desk), name).toEqual([]);
      }
      await desk.keyboard.press('?');
      // Half faded in, its text has half its contrast.
      await expect(desk.getByRole('dialog')).toHaveCSS('opacity', '1');
      expect(await violations(desk), 'Keyboard shortcuts').toEqual([]);
    });
  });
}
