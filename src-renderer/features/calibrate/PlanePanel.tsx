/** Step 2: the board flat on the plane, the certified artefact, and a picture that takes no part. */
import { CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CalibrationDraft, ShotRole } from '../../../src-main/contract/calibration.ts';
import { core } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './calibrate.module.css';
import { ShotButtons } from './ShotButtons.tsx';
import { takeShot, useDraftChange } from './useCalibration.ts';

const roles = ['plane', 'artefact', 'verify'] as const satisfies readonly ShotRole[];

export function PlanePanel({ draft }: { readonly draft: CalibrationDraft }) {
  const { t } = useTranslation();
  const take = useDraftChange(takeShot);
  const remove = useDraftChange((shotId: string) => core.calibrations.remove({ shotId }));
  return (
    <Panel title={t('calibrate.plane.title')} note={t('calibrate.plane.about')}>
      <ol className={styles.steps}>
        {roles.map((role) => {
          const shot = draft.shots.find((s) => s.role === role);
          return (
            <li key={role}>
              <div className={styles.grow}>
                <strong>{t(`calibrate.plane.${role}`)}</strong>
                <p className={styles.dim}>{t(`calibrate.plane.${role}About`)}</p>
                {shot ? (
                  <StatusMark tone="pass">
                    {t('calibrate.plane.seen', { count: shot.detection.corners.length })}
                  </StatusMark>
                ) : null}
              </div>
              <div className={styles.row}>
                <ShotButtons
                  busy={take.isPending && take.variables?.role === role}
                  label={t(shot ? 'calibrate.plane.again' : 'calibrate.plane.take')}
                  onTake={(file) => take.mutate({ role, file })}
                />
                {shot ? (
                  <CloseButton
                    aria-label={t('calibrate.views.removeOne', { name: shot.name })}
                    onClick={() => remove.mutate(shot.id)}
                  />
                ) : null}
              </div>
            </li>
          );
        })}
      </ol>
      {take.error || remove.error ? <ErrorNotice error={take.error ?? remove.error} /> : null}
    </Panel>
  );
}
