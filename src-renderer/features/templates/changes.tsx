/** What all changes of templates share: the list is read again, a note says what happened and can undo it. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { TFunction } from 'i18next';
import type { Margins, TemplateSummary, TemplateVersion } from '../../../src-main/contract/templates.ts';
import { fixed, mm } from '../../messages/format.ts';
import { t } from '../../messages/index.ts';
import { api, core, queryClient, toAppErrorData } from '../../rpc/index.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';

export const refresh = () => queryClient.invalidateQueries({ queryKey: api.templates.key() });

export const complain = (error: unknown) => {
  const { message, next } = toAppErrorData(error);
  notifications.show({ color: 'red', title: sentence(message), message: sentence(next) });
};

/** Left, right, top, bottom; null where there are none. */
export const marginsText = (m: Margins | null): string | null =>
  m && [m.left, m.right, m.top, m.bottom].map((v) => fixed(v, 2)).join(' · ');

/** Says that a new version is in force, and offers the one before. */
export function noteVersion(made: TemplateSummary, before: number): void {
  void refresh();
  const id = `template-${made.id}-${made.version}`;
  const undo = () => {
    notifications.hide(id);
    core.templates.revert({ id: made.id, version: before }).then(
      ({ name, version }) => {
        void refresh();
        notifications.show({ message: t('templates.edit.saved', { name, version }) });
      },
      (error: unknown) => complain(error),
    );
  };
  notifications.show({
    id,
    autoClose: 8_000,
    message: (
      <span>
        {t('templates.edit.saved', { name: made.name, version: made.version })}{' '}
        <Button variant="subtle" size="compact-xs" onClick={undo}>
          {t('actions.undo')}
        </Button>
      </span>
    ),
  });
}

/** What a version changed against the one before it, in words. */
export function changesOf(version: TemplateVersion, before: TemplateVersion | undefined, say: TFunction): string {
  const { summary: now } = version;
  if (!before) return say('templates.history.first', { source: now.learnedFrom });
  const { summary: old } = before;
  const u = (s: TemplateSummary) => Math.max(...s.reference.uncertaintyMm);
  const said: string[] = [];
  if (now.createdAt !== old.createdAt)
    said.push(say('templates.history.again', { source: now.learnedFrom, anchors: now.anchors }));
  if (now.name !== old.name) said.push(say('templates.history.fields.name', { value: now.name }));
  if (now.set !== old.set) said.push(say('templates.history.fields.set', { value: now.set }));
  const margins = marginsText(now.marginsMm);
  if (margins !== marginsText(old.marginsMm))
    said.push(
      margins === null
        ? say('templates.history.fields.noMargins')
        : say('templates.history.fields.margins', { value: margins }),
    );
  if (u(now) !== u(old)) said.push(say('templates.history.fields.uncertainty', { value: mm(u(now), 3) }));
  return said.length > 0 ? said.join(', ') : say('templates.history.same');
}
