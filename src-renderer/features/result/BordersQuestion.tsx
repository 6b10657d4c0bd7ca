/** Asks whether boundaries without a corner of a frame are borders or bars of a borderless design; the answer can be taken back. */
import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFrame } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { sides } from '../../../src-main/contract/geometry.ts';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './result.module.css';
import { useRegrade } from './useRegrade.ts';

export function BordersQuestion({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const regrade = useRegrade(grading, (_, { borders }) =>
    notifications.show({ message: t(`result.borders.said.${borders ?? 'nothing'}`) }),
  );
  const mayWork = useMayWork();
  const status = grading.report.measurement?.sides;
  const asked = sides.filter((side) => status?.[side].frame !== undefined);
  const frame = asked[0] && status?.[asked[0]].frame;
  if (!frame) return null;
  const names = asked.map((side) => t(`sides.${side}`)).join(', ');
  const judge = (borders: 'border' | 'bar' | null) => () => regrade.judge({ borders });
  const button = { variant: 'default', size: 'compact-xs', disabled: regrade.pending } as const;
  return (
    <section className={styles.person} aria-label={t('result.borders.title')} data-testid="borders-question">
      <IconFrame size={22} aria-hidden />
      <div>
        <h2>{t(`result.borders.heading.${frame}`, { sides: names })}</h2>
        {frame === 'inQuestion' ? <p>{t('result.borders.why')}</p> : null}
        {mayWork ? (
          <Group gap="xs">
            {frame === 'inQuestion' ? (
              <>
                <Button {...button} onClick={judge('border')}>
                  {t('result.borders.border')}
                </Button>
                <Button {...button} onClick={judge('bar')}>
                  {t('result.borders.bar')}
                </Button>
              </>
            ) : (
              <Button {...button} onClick={judge(null)}>
                {t('result.borders.takeBack')}
              </Button>
            )}
          </Group>
        ) : null}
        {regrade.error ? <ErrorNotice error={regrade.error} /> : null}
      </div>
    </section>
  );
}
