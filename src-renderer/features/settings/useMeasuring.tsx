/** Saves what decides how good a measurement is called; the note that says so can take it back. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../src-main/contract/system.ts';
import { api, core, queryClient } from '../../rpc/index.ts';

export type Measuring = Pick<Settings, 'driftCheckHours' | 'driftCheckPolicy' | 'assumptions'>;

const noteId = 'settings-measuring';

/** @param before what undo goes back to */
export function useMeasuring(before: Settings) {
  const { t } = useTranslation();
  const taken = (saved: Settings) => {
    queryClient.setQueryData(api.settings.get.queryKey(), saved);
    void queryClient.invalidateQueries({ queryKey: api.settings.assumptions.key() });
    void queryClient.invalidateQueries({ queryKey: api.calibrations.list.key() });
  };
  const back = useMutation({
    mutationFn: (patch: Partial<Measuring>) => core.settings.setMeasuring(patch),
    onSuccess: (saved) => {
      taken(saved);
      notifications.show({ message: t('settings.undone') });
    },
  });
  return useMutation({
    mutationFn: (patch: Partial<Measuring>) => core.settings.setMeasuring(patch),
    onSuccess: (saved) => {
      taken(saved);
      const { driftCheckHours, driftCheckPolicy, assumptions } = before;
      const undo = () => {
        notifications.hide(noteId);
        back.mutate({ driftCheckHours, driftCheckPolicy, assumptions });
      };
      notifications.hide(noteId);
      notifications.show({
        id: noteId,
        autoClose: 8_000,
        message: (
          <span>
            {t('settings.saved')}{' '}
            <Button variant="subtle" size="compact-xs" onClick={undo}>
              {t('actions.undo')}
            </Button>
          </span>
        ),
      });
    },
  });
}
