/** Directions of all lights by every method, as seen from the camera. */
import { useTranslation } from 'react-i18next';
import type { LightCalibration, LightMethodName } from '../../../src-main/contract/lights.ts';
import styles from './calibrate.module.css';
import { placeOf } from './polar.ts';

const radius = 100;
const rings = [30, 60, 90] as const;
const half = 5;

export function PolarPlot({ found }: { readonly found: LightCalibration }) {
  const { t } = useTranslation();
  const count = Math.max(...found.methods.map((m) => m.lights.length));
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`${-radius - 22} ${-radius - 14} ${2 * radius + 44} ${2 * radius + 28}`}
        width={300}
        height={280}
        role="img"
        aria-label={t('calibrate.lights.plot', { count })}
      >
        {rings.map((deg) => (
          <circle key={deg} r={(radius * deg) / 90} className={styles.polarRing} />
        ))}
        <line x1={-radius} x2={radius} className={styles.polarRing} />
        <line y1={-radius} y2={radius} className={styles.polarRing} />
        {rings.slice(0, 2).map((deg) => (
          <text key={deg} x={3} y={-(radius * deg) / 90 - 2} className={styles.polarText}>
            {90 - deg}°
          </text>
        ))}
        {found.methods.flatMap((method) =>
          method.lights.flatMap((light, i) => {
            if (!light.direction) return [];
            const [x, y] = placeOf(light.direction, radius);
            // biome-ignore lint/suspicious/noArrayIndexKey: a light is known by its place in the list
            return [<Mark key={`${method.method} ${i}`} method={method.method} x={x} y={y} />];
          }),
        )}
        {found.lights.map((light, i) => {
          const [x, y] = placeOf(light.direction, radius);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a light is known by its place in the list
            <text key={i} x={x + 8} y={y + 4} className={styles.polarText}>
              {i + 1}
            </text>
          );
        })}
      </svg>
      <figcaption>{t('calibrate.lights.plotCaption')}</figcaption>
      <ul className={styles.polarLegend}>
        {found.methods.map(({ method }) => (
          <li key={method}>
            <svg viewBox="-8 -8 16 16" width={16} height={16} aria-hidden>
              <Mark method={method} x={0} y={0} />
            </svg>
            {t(`calibrate.lights.methods.${method}`)}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Each method has a shape of its own, not only a colour. */
function Mark({ method, x, y }: { readonly method: LightMethodName; readonly x: number; readonly y: number }) {
  if (method === 'mirrorBall') return <circle cx={x} cy={y} r={half} className={styles.polarMirror} />;
  if (method === 'matteBall')
    return <rect x={x - half} y={y - half} width={2 * half} height={2 * half} className={styles.polarMatte} />;
  return (
    <path
      d={`M${x} ${y - half - 1} L${x + half + 1} ${y + half} L${x - half - 1} ${y + half} Z`}
      className={styles.polarFlat}
    />
  );
}
