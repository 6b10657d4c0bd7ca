/** Residuals of all corners over the field, lengthened so that they can be seen. */
import { useTranslation } from 'react-i18next';
import type { CameraFit } from '../../../src-main/contract/calibration.ts';
import { fixed } from '../../messages/format.ts';
import styles from './calibrate.module.css';

const widthPx = 200;

/** Lengthening that makes the typical residual a fortieth of the picture's width; a round number. */
export function lengthening(rmsPx: number, imageWidth: number): number {
  if (!(rmsPx > 0)) return 1;
  const wanted = imageWidth / 40 / rmsPx;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * (wanted / power >= 5 ? 5 : wanted / power >= 2 ? 2 : 1);
}

export function ResidualPlot({ fit }: { readonly fit: CameraFit }) {
  const { t } = useTranslation();
  const [w, h] = fit.imagePx;
  const factor = lengthening(fit.rmsPx, w);
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${w} ${h}`}
        width={widthPx}
        height={(widthPx * h) / w}
        className={styles.plot}
        role="img"
        aria-label={t('calibrate.residuals.label', { rms: fixed(fit.rmsPx, 4) })}
      >
        {fit.views.flatMap((view) =>
          view.residuals.map((r) => (
            <line
              key={`${view.pose.shift.join()} ${r.id}`}
              x1={r.xPx}
              y1={r.yPx}
              x2={r.xPx + factor * r.dxPx}
              y2={r.yPx + factor * r.dyPx}
              className={styles.residual}
            />
          )),
        )}
      </svg>
      <figcaption>{t('calibrate.residuals.caption', { factor: factor.toLocaleString('en') })}</figcaption>
    </figure>
  );
}
