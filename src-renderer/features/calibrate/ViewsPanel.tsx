/** Step 1: views of the board, what they cover, which one is missing next, and the solved camera. */
import { Button, CloseButton, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalibrationDraft } from '../../../src-main/contract/calibration.ts';
import { fixed } from '../../messages/format.ts';
import { core } from '../../rpc/index.ts';
import { isOver, rememberJob, useJob } from '../../state/jobs.ts';
import { ErrorNotice, sentence } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import { CoverageMap } from './CoverageMap.tsx';
import styles from './calibrate.module.css';
import { ResidualPlot } from './ResidualPlot.tsx';
import { ShotButtons } from './ShotButtons.tsx';
import { refreshDraft, takeShot, useDraftChange } from './useCalibration.ts';

export function ViewsPanel({ draft }: { readonly draft: CalibrationDraft }) {
  const { t } = useTranslation();
  const take = useDraftChange((file: File | null) => takeShot({ role: 'view', file }));
  const remove = useDraftChange((shotId: string) => core.calibrations.remove({ shotId }));
  const solve = useMutation({ mutationFn: () => core.calibrations.solve(), onSuccess: rememberJob });
  const job = useJob(solve.data?.id);
  const solving = solve.isPending || (solve.data !== undefined && !isOver(job));
  const ended = job !== undefined && isOver(job);
  useEffect(() => {
    if (ended) void refreshDraft();
  }, [ended]);
  const views = draft.shots.filter((shot) => shot.role === 'view');
  const [next] = draft.coverage.missing;
  const error = take.error ?? remove.error ?? solve.error ?? job?.error;
  const { camera } = draft;
  return (
    <Panel title={t('calibrate.views.title')} note={t('calibrate.views.about')}>
      <div className={styles.columns}>
        <CoverageMap coverage={draft.coverage} />
        <div className={styles.stack}>
          <p className={styles.next} role="status">
            {next === undefined ? (
              <StatusMark tone="pass">{t('calibrate.views.enough')}</StatusMark>
            ) : (
              <>
                <strong>{t('calibrate.views.next')}</strong> {sentence(next)}
              </>
            )}
          </p>
          {draft.coverage.advice.map((advice) => (
            <p key={advice} className={styles.dim}>
              {sentence(advice)}
            </p>
          ))}
          <div className={styles.row}>
            <ShotButtons busy={take.isPending} label={t('calibrate.views.take')} onTake={(file) => take.mutate(file)} />
            <Button
              variant={camera ? 'default' : 'filled'}
              loading={solving}
              disabled={next !== undefined || take.isPending}
              onClick={() => solve.mutate()}
            >
              {t('calibrate.views.solve')}
            </Button>
          </div>
          {solving && job ? (
            <div className={styles.row}>
              <Progress className={styles.grow} value={100 * job.progress} aria-label={t('calibrate.views.solving')} />
              <Button variant="default" onClick={() => void core.jobs.cancel({ id: job.id })}>
                {t('calibrate.views.cancel')}
              </Button>
            </div>
          ) : null}
        </div>
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      {views.length > 0 ? (
        <div className={styles.columns}>
          {camera ? <ResidualPlot fit={camera} /> : null}
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t('calibrate.views.view')}</th>
                <th scope="col" className={table.num}>
                  {t('calibrate.views.corners')}
                </th>
                <th scope="col" className={table.num}>
                  {t('calibrate.views.tilt')}
                </th>
                <th scope="col" className={table.num}>
                  {t('calibrate.views.residual')}
                </th>
                <th scope="col">
                  <span className={styles.hidden}>{t('calibrate.views.remove')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {views.map((shot, i) => (
                <tr key={shot.id}>
                  <th scope="row">{shot.name}</th>
                  <td className={table.num}>{shot.detection.corners.length}</td>
                  <td className={table.num}>{fixed(draft.coverage.views[i]?.tiltDeg ?? null, 1)}°</td>
                  <td className={table.num}>{fixed(camera?.views[i]?.rmsPx ?? null, 4)}</td>
                  <td>
                    <CloseButton
                      size="sm"
                      aria-label={t('calibrate.views.removeOne', { name: shot.name })}
                      onClick={() => remove.mutate(shot.id)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {camera ? (
        <p role="status">
          <StatusMark tone="pass">
            {t('calibrate.views.solved', {
              heldOut: fixed(camera.heldOutRmsPx, 4),
              count: camera.heldOut,
            })}
          </StatusMark>
          <br />
          <span className={styles.dim}>
            {t('calibrate.views.focal', {
              focal: fixed(camera.camera.intrinsics[0], 1),
              u: fixed(camera.std[0] ?? null, 2),
            })}
          </span>
        </p>
      ) : null}
    </Panel>
  );
}
