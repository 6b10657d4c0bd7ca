/** One calibration: its figures, the drift of the check standard, acceptance tests, and whether it is in use. */
import { Anchor, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalibrationSummary } from '../../../src-main/contract/calibration.ts';
import { fixed, micrometres, moment } from '../../messages/format.ts';
import { api, core } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './calibrate.module.css';
import { ShotButtons } from './ShotButtons.tsx';
import { refreshRecords, sourceOf } from './useCalibration.ts';

const DriftChart = lazy(async () => ({ default: (await import('./DriftChart.tsx')).DriftChart }));

/** 5 µm and 50 µm per metre, until a person asks for more on the command line. */
const usualMpe = { constantMm: 0.005, perMm: 0.00005 };
const tones = { ok: 'pass', warning: 'warn', failed: 'fail' } as const;
const endings = ['pdf', 'html', 'json'] as const;

export function RecordDetail({ record }: { readonly record: CalibrationSummary }) {
  const { t } = useTranslation();
  const { id } = record;
  const detail = useQuery(api.calibrations.get.queryOptions({ input: { id } }));
  const settled = { onSettled: refreshRecords };
  const drift = useMutation({
    ...settled,
    mutationFn: async (file: File | null) => core.calibrations.drift({ id, source: await sourceOf(file) }),
  });
  const acceptance = useMutation({
    ...settled,
    mutationFn: async (file: File | null) =>
      core.calibrations.acceptance({ id, source: await sourceOf(file), mpe: usualMpe }),
  });
  const use = useMutation({
    ...settled,
    mutationFn: () =>
      core.calibrations.use({
        rigId: record.rigId,
        id: record.active ? null : id,
        reason: t(record.active ? 'calibrate.detail.stopReason' : 'calibrate.detail.useReason'),
      }),
  });
  const error = drift.error ?? acceptance.error ?? use.error ?? detail.error;
  const last = detail.data?.drift.at(-1);
  const camera = detail.data?.record.camera;
  return (
    <div className={styles.detail}>
      <h3>{record.name}</h3>
      <p className={styles.dim}>
        {t('calibrate.detail.facts', {
          scale: t(`calibrate.detail.${record.scaleKind}`),
          by: record.createdBy,
          until: record.expiresAt.slice(0, 10),
          pitch: fixed(record.pitchMm, 6),
          heldOut: fixed(record.heldOutRmsPx, 4),
        })}
      </p>
      {camera ? (
        <p className={styles.dim}>
          {t('calibrate.detail.lens', {
            focal: fixed(camera.camera.intrinsics[0], 1),
            k1: camera.camera.distortion[0].toPrecision(4),
            k2: camera.camera.distortion[1].toPrecision(3),
          })}
        </p>
      ) : null}
      {error ? <ErrorNotice error={error} /> : null}
      <h4>{t('calibrate.drift.title')}</h4>
      <p className={styles.dim}>{t('calibrate.drift.about')}</p>
      {last ? (
        <>
          <StatusMark tone={tones[last.status]}>
            {t(`calibrate.drift.${last.status}`, { worst: micrometres(last.worstMm), time: moment(last.time) })}
          </StatusMark>
          <Suspense fallback={<Loading />}>
            <DriftChart checks={detail.data?.drift ?? []} />
          </Suspense>
        </>
      ) : (
        <p>{t('calibrate.drift.none')}</p>
      )}
      <div className={styles.row}>
        <ShotButtons busy={drift.isPending} label={t('calibrate.drift.check')} onTake={(file) => drift.mutate(file)} />
      </div>
      <h4>{t('calibrate.acceptance.title')}</h4>
      <p className={styles.dim}>{t('calibrate.acceptance.about')}</p>
      {detail.data?.acceptances.map((a) => (
        <p key={a.id} className={styles.row}>
          <StatusMark tone={a.passed ? 'pass' : 'fail'}>
            {t(a.passed ? 'calibrate.acceptance.passed' : 'calibrate.acceptance.failed', {
              worst: micrometres(a.worstMm),
              count: a.lengths.length,
              form: micrometres(a.probing?.formMm),
            })}
          </StatusMark>
          {endings.map((ending) => (
            <Anchor key={ending} href={`/documents/calibration/acceptances/${id}/${a.id}.${ending}`} download>
              {t(`calibrate.acceptance.${ending}`, { time: moment(a.createdAt) })}
            </Anchor>
          ))}
        </p>
      ))}
      <div className={styles.row}>
        <ShotButtons
          busy={acceptance.isPending}
          label={t('calibrate.acceptance.test')}
          onTake={(file) => acceptance.mutate(file)}
        />
      </div>
      <div className={styles.row}>
        <Button variant="default" loading={use.isPending} onClick={() => use.mutate()}>
          {t(record.active ? 'calibrate.detail.stop' : 'calibrate.detail.use')}
        </Button>
      </div>
    </div>
  );
}
