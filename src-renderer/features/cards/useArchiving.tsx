/** Archiving and bringing back, each with a note that can undo it. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import type { GradingSummary } from '../../../src-main/contract/gradings.ts';
import { api, core, queryClient, toAppErrorData } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { KeyCap } from '../../ui/Keys.tsx';

/** The last archiving, for as long as its note is shown. */
const useLastArchived = create<{ readonly last: GradingSummary | null }>(() => ({ last: null }));

export function useArchiving() {
  const { t } = useTranslation();
  const { mutate } = useMutation({
    mutationFn: ({ item, archived }: { item: GradingSummary; archived: boolean }) =>
      archived ? core.gradings.archive({ id: item.id }) : core.gradings.restore({ id: item.id }),
    onSuccess: (after) => {
      void queryClient.invalidateQueries({ queryKey: api.gradings.key() });
      if (after.archived) noteArchived(after);
      else notifications.show({ message: t('cards.restoredNote', { name: nameOf(after) }) });
    },
    onError: (error) => {
      const { message, next } = toAppErrorData(error);
      notifications.show({ color: 'red', title: sentence(message), message: sentence(next) });
    },
  });
  const last = useLastArchived((state) => state.last);
  const archive = (item: GradingSummary) => mutate({ item, archived: true });
  const restore = (item: GradingSummary) => {
    notifications.hide(noteId(item));
    useLastArchived.setState({ last: null });
    mutate({ item, archived: false });
  };
  useShortcut('undo', () => (last ? restore(last) : undefined), last !== null);

  function noteArchived(item: GradingSummary): void {
    useLastArchived.setState({ last: item });
    notifications.show({
      id: noteId(item),
      autoClose: 8_000,
      onClose: () => {
        if (useLastArchived.getState().last?.id === item.id) useLastArchived.setState({ last: null });
      },
      message: (
        <span>
          {t('cards.archivedNote', { name: nameOf(item) })}{' '}
          <Button variant="subtle" size="compact-xs" onClick={() => restore(item)}>
            {t('actions.undo')} <KeyCap command="undo" />
          </Button>
        </span>
      ),
    });
  }
  return { archive, restore };
}

function noteId(item: GradingSummary): string {
  return `archived-${item.id}`;
}

export function nameOf(item: GradingSummary): string {
  return item.cardId ?? item.sourceName;
}
