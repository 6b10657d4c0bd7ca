/** A labelled slider with its value beside it. */
import { useId } from 'react';
import styles from './surface.module.css';

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value as it is read. */
  readonly text: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step, text, disabled = false, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value, disabled }}
        aria-valuetext={text}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output htmlFor={id}>{text}</output>
    </div>
  );
}
