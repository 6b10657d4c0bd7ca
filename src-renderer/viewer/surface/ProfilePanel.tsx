/** The heights along a line: chart with axes, what it reads, keys for its ends, copy and CSV. */
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { fixed, mm, px, significant } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { copyText } from '../../ui/clipboard.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { saveText } from '../../ui/saveText.ts';
import { readUnit } from './layers.ts';
import { ProfileChart } from './ProfileChart.tsx';
import { insideImage, movedLine, profileCsv, readProfile } from './profile.ts';
import { Slider } from './Slider.tsx';
import styles from './surface.module.css';
import { type Line, setSurface, useSurface } from './surfaceStore.ts';

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function ProfilePanel({ maps, info }: { readonly maps: string; readonly info: MapsInfo }) {
  const { t } = useTranslation();
  const line = useSurface((state) => state.line);
  return (
    <section className={styles.section} aria-label={t('surface.profile.title')}>
      <h2>{t('surface.profile.title')}</h2>
      {line ? (
        <LineReading line={line} maps={maps} info={info} />
      ) : (
        <>
          <p className={styles.small}>{t('surface.profile.none')}</p>
          <button
            type="button"
            className={styles.button}
            onClick={() => setSurface({ line: startLine(info), tool: 'profile' })}
          >
            {t('surface.profile.start')}
          </button>
        </>
      )}
    </section>
  );
}

/** Across the middle of the card, for those who draw by keys. */
function startLine({ widthPx, heightPx }: MapsInfo): Line {
  return {
    from: { xPx: Math.round(0.35 * widthPx), yPx: Math.round(heightPx / 2) },
    to: { xPx: Math.round(0.65 * widthPx), yPx: Math.round(heightPx / 2) },
  };
}

function LineReading({ line, maps, info }: { readonly line: Line; readonly maps: string; readonly info: MapsInfo }) {
  const { t } = useTranslation();
  const bandPx = useSurface((state) => state.bandPx);
  const [levelled, setLevelled] = useState(true);
  const asked = useDeferredValue(line);
  const query = useQuery({
    ...api.surface.profile.queryOptions({ input: { maps, plane: 'height', ...asked, bandPx } }),
    placeholderData: (before) => before,
    gcTime: 5_000,
  });
  const profile = query.data;
  const reading = profile ? readProfile(profile.values, levelled) : null;
  const { factor, unit } = readUnit(profile?.unit ?? '');
  const length = (value: number) => (profile?.lengthMm == null ? px(value, 1) : mm(value, 3));
  const csv = () => (profile ? profileCsv(profile, asked, factor, unit) : '');
  const whole = profile ? (profile.lengthMm ?? profile.lengthPx) : 0;
  const height = (value: number) => `${significant(value * factor)} ${unit}`;
  return (
    <>
      {query.error ? <ErrorNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {profile && reading ? (
        <>
          <ProfileChart
            {...{ reading, factor, unit }}
            length={whole}
            lengthUnit={profile.lengthMm === null ? 'px' : 'mm'}
          />
          <dl className={styles.values} data-testid="profile-reading" data-fresh={!query.isPlaceholderData}>
            {(
              [
                ['length', length(whole)],
                ['lowest', height(reading.lowest)],
                ['highest', height(reading.highest)],
                ['depth', height(reading.depth)],
                ['rise', height(reading.rise)],
              ] as const
            ).map(([name, text]) => (
              <div key={name}>
                <dt>{t(`surface.profile.${name}`)}</dt>
                <dd data-reading={name}>{text}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : profile ? (
        <p className={styles.small}>{t('surface.profile.empty')}</p>
      ) : null}
      <label className={styles.check}>
        <input type="checkbox" checked={levelled} onChange={(event) => setLevelled(event.currentTarget.checked)} />
        {t('surface.profile.level')}
      </label>
      <Slider
        label={t('surface.profile.band')}
        value={bandPx}
        {...{ min: 1, max: 31, step: 2 }}
        text={px(bandPx, 0)}
        onChange={(value) => setSurface({ bandPx: value })}
      />
      <LineEnds line={line} info={info} />
      <div className={styles.row}>
        <button type="button" className={styles.button} disabled={!profile} onClick={() => void copyText(csv())}>
          {t('surface.profile.copy')}
        </button>
        <button
          type="button"
          className={styles.button}
          disabled={!profile}
          onClick={() => saveText('profile.csv', csv())}
        >
          {t('surface.profile.save')}
        </button>
        <button type="button" className={styles.button} onClick={() => setSurface({ line: null })}>
          {t('surface.profile.remove')}
        </button>
      </div>
    </>
  );
}

/** Each end, and the line as a whole, is moved by the arrow keys: a pixel with Shift, ten without. */
function LineEnds({ line, info }: { readonly line: Line; readonly info: MapsInfo }) {
  const { t } = useTranslation();
  const onKeyDown = (part: keyof Line | 'both') => (event: KeyboardEvent) => {
    const arrow = arrows[event.key];
    if (!arrow) return;
    event.preventDefault();
    const step = event.shiftKey ? 1 : 10;
    const { from, to } = movedLine(line, part, step * arrow[0], step * arrow[1]);
    setSurface({ line: { from: insideImage(from, info), to: insideImage(to, info) } });
  };
  const place = ({ xPx, yPx }: Line['from']) => t('result.viewer.position', { x: fixed(xPx, 0), y: fixed(yPx, 0) });
  const parts = [
    ['from', place(line.from)],
    ['to', place(line.to)],
    ['both', ''],
  ] as const;
  return (
    <fieldset className={styles.ends}>
      <legend className={styles.small}>{t('surface.profile.keys')}</legend>
      {parts.map(([part, where]) => (
        <button key={part} type="button" className={styles.button} onKeyDown={onKeyDown(part)}>
          {t(`surface.profile.ends.${part}`)} <span className={styles.small}>{where}</span>
        </button>
      ))}
    </fieldset>
  );
}
