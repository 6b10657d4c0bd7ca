/** What a calibration of the lights found: plot, every light by every method with residuals, and how far methods disagree. */
import { useTranslation } from 'react-i18next';
import type { LightCalibration, LightMethod } from '../../../src-main/contract/lights.ts';
import { degrees, fixed, significant } from '../../messages/format.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './calibrate.module.css';
import { PolarPlot } from './PolarPlot.tsx';
import { anglesOf } from './polar.ts';

/** Methods that differ by more are worth a look; published light sets differ by 0.6 to 4.4 degrees. */
const wideDeg = 2;

export function LightResult({ found }: { readonly found: LightCalibration }) {
  const { t } = useTranslation();
  const name = (method: LightMethod['method']) => t(`calibrate.lights.methods.${method}`);
  return (
    <div className={styles.stack} data-testid="light-result">
      <div className={styles.columns}>
        <PolarPlot found={found} />
        <div className={styles.lightFacts}>
          {found.simulated ? (
            <div>
              <SimulatedBadge />
            </div>
          ) : null}
          <p>{t('calibrate.lights.chosen', { method: name(found.chosen) })}</p>
          {found.agreement.map(({ methods: [a, b], meanDeg, worstDeg }) => (
            <p key={`${a} ${b}`} className={styles.wrapMark}>
              <StatusMark tone={worstDeg > wideDeg ? 'warn' : 'pass'}>
                {t('calibrate.lights.disagree', {
                  a: name(a),
                  b: name(b),
                  mean: degrees(meanDeg, 2),
                  worst: degrees(worstDeg, 2),
                })}
              </StatusMark>
            </p>
          ))}
          {found.notes.map((note) => (
            <p key={note} className={styles.dim}>
              {sentence(note)}
            </p>
          ))}
        </div>
      </div>
      {found.methods.map((method) => (
        <MethodTable key={method.method} method={method} />
      ))}
    </div>
  );
}

function MethodTable({ method }: { readonly method: LightMethod }) {
  const { t } = useTranslation();
  const { lights, balls, heightsMm, ledExponent, vignetting } = method;
  const facts = [
    ...balls.map((b) =>
      t('calibrate.lights.ball', { radius: fixed(b.circle.radiusPx, 1), residual: fixed(b.residualPx, 2) }),
    ),
    ...(heightsMm.length > 0 ? [t('calibrate.lights.heights', { heights: heightsMm.join(', ') })] : []),
    ...(ledExponent === null ? [] : [t('calibrate.lights.cone', { exponent: fixed(ledExponent, 2) })]),
    ...(vignetting === null ? [] : [t('calibrate.lights.vignetting', { percent: fixed(100 * vignetting, 1) })]),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it
    <section className={styles.scroll} tabIndex={0} aria-label={t(`calibrate.lights.methods.${method.method}`)}>
      <table className={table.table}>
        <caption className={styles.methodCaption}>
          <strong>{t(`calibrate.lights.methods.${method.method}`)}</strong> {facts.join(' · ')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('calibrate.lights.light')}</th>
            {(['azimuth', 'elevation', 'uncertainty', 'position', 'intensity', 'residual'] as const).map((column) => (
              <th key={column} scope="col" className={table.num}>
                {t(`calibrate.lights.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lights.map((light, i) => {
            const angles = light.direction && anglesOf(light.direction);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a light is known by its place in the list
              <tr key={i}>
                <th scope="row">{i + 1}</th>
                {angles ? (
                  <>
                    <td className={table.num}>{degrees(angles.azimuthDeg, 2)}</td>
                    <td className={table.num}>{degrees(angles.elevationDeg, 2)}</td>
                    <td className={table.num}>{degrees(light.uncertaintyDeg, 2)}</td>
                    <td className={table.num}>{light.positionMm?.map((v) => fixed(v, 1)).join(' · ') ?? '—'}</td>
                    <td className={table.num}>{significant(light.intensity)}</td>
                    <td className={table.num}>
                      {significant(light.residual, 2)}
                      {light.residual !== null && method.residualUnit === 'mm' ? ' mm' : ''}
                    </td>
                  </>
                ) : (
                  <td colSpan={6}>
                    <StatusMark tone="warn">{sentence(light.reason ?? '')}</StatusMark>
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
