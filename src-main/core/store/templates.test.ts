/** Versions of templates: every change is a new one, and old ones stay readable. */
import { expect, test } from 'vitest';
import { tempStores } from '../../../tests/integration/store-temp.ts';
import type { TemplateSummary } from '../../contract/index.ts';

const stores = tempStores();

const summary = (content: string): TemplateSummary => ({
  ...{ id: 't1', name: 'Lake', set: '', side: 'front', version: 1, createdAt: '2026-01-01T00:00:00Z' },
  ...{ cardMm: [63.5, 88.9], anchors: 24, marginsMm: null, learnedFrom: 'card 7', archived: false, preview: null },
  reference: { kind: 'example', shiftMm: [0, 0], turnDeg: 0, uncertaintyMm: [0.1, 0.1], turnUncertaintyDeg: 0.1 },
  content,
});

test('a change makes a new version with its audit row; the old one stays in the history, newest first', async () => {
  const store = stores.open(stores.folder());
  const [first, second] = [await store.files.put(Buffer.from('one')), await store.files.put(Buffer.from('two'))];
  store.write('Anna', (tx) => tx.templates.insert(summary(first)));
  const made = store.write('Ben', (tx) => tx.templates.revise('t1', { name: 'Sea', content: second }, 'renamed'));
  expect(made).toMatchObject({ id: 't1', name: 'Sea', version: 2, content: second });
  store.write('Anna', (tx) => tx.templates.setArchived('t1', true));
  expect(store.templates.list(false)).toEqual([]);
  expect(store.templates.list(true).map(({ name, version }) => [name, version])).toEqual([['Sea', 2]]);
  const history = store.templates.history('t1');
  expect(history.map(({ version, actor, summary: s }) => [version, actor, s.name, s.content])).toEqual([
    [2, 'Ben', 'Sea', second],
    [1, 'Anna', 'Lake', first],
  ]);
  expect(store.audit.list({ limit: 10 }).items.map(({ action, reason }) => [action, reason])).toEqual([
    ['template.archive', null],
    ['template.revise', 'renamed'],
    ['template.insert', null],
  ]);
  expect(() => store.templates.history('nobody')).toThrow(expect.objectContaining({ code: 'notFound' }));
});
