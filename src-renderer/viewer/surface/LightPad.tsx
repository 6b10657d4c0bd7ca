/** The hemisphere of the light as a disc: dragged by mouse or touch, turned and raised by the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { fixed } from '../../messages/format.ts';
import { lightAt, lightByKey, placeOnDisc } from './light.ts';
import styles from './surface.module.css';
import { setLight, useSurface } from './surfaceStore.ts';

/** Radius of the disc in its own units. */
const radius = 46;
const rings = [30, 60];

export function LightPad() {
  const { t } = useTranslation();
  const light = useSurface((state) => state.shading.light);
  const ring = useSurface((state) => state.shading.ring);
  const held = useRef(false);
  const { x, y } = placeOnDisc(light);
  const said = t('surface.light.place', {
    azimuth: fixed(light.azimuthDeg, 0),
    elevation: fixed(light.elevationDeg, 0),
  });
  const moveTo = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const unit = (box.width * radius) / 100;
    setLight(
      lightAt(
        (event.clientX - box.left - box.width / 2) / unit,
        (event.clientY - box.top - box.height / 2) / unit,
        light,
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = lightByKey(light, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    setLight(next);
  };
  return (
    <div
      className={styles.pad}
      role="slider"
      tabIndex={0}
      aria-label={t('surface.light.pad')}
      aria-valuenow={Math.round(light.azimuthDeg)}
      aria-valuemin={0}
      aria-valuemax={360}
      aria-valuetext={said}
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={(event) => {
        if (held.current) moveTo(event);
      }}
      onPointerUp={() => {
        held.current = false;
      }}
      onPointerCancel={() => {
        held.current = false;
      }}
      onKeyDown={onKeyDown}
    >
      <svg viewBox="-50 -50 100 100" aria-hidden>
        <circle className={styles.padDisc} r={radius} />
        {rings.map((elevation) => (
          <circle key={elevation} className={styles.padRing} r={radius * Math.cos((elevation * Math.PI) / 180)} />
        ))}
        <path className={styles.padRing} d={`M${-radius} 0H${radius}M0 ${-radius}V${radius}`} />
        {ring ? (
          <circle className={styles.ring} r={radius * Math.hypot(x, y)} />
        ) : (
          <circle className={styles.sun} cx={x * radius} cy={y * radius} r={5} />
        )}
      </svg>
    </div>
  );
}
