/** A status by colour, shape and word, so that none of the three has to be seen alone. */
import {
  IconAlertTriangle,
  IconArrowsSplit2,
  IconCircle,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconLoader,
  IconUserExclamation,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './ui.module.css';

export type Tone = 'pass' | 'warn' | 'fail' | 'neutral' | 'active' | 'person' | 'fallback' | 'skipped';

const icons: Record<Tone, typeof IconCircle> = {
  pass: IconCircleCheck,
  warn: IconAlertTriangle,
  fail: IconCircleX,
  neutral: IconCircle,
  active: IconLoader,
  person: IconUserExclamation,
  fallback: IconArrowsSplit2,
  skipped: IconCircleMinus,
};

const colours: Record<Tone, string | undefined> = {
  pass: styles.pass,
  warn: styles.warn,
  fail: styles.fail,
  neutral: styles.neutral,
  active: styles.active,
  person: styles.warn,
  fallback: styles.warn,
  skipped: styles.neutral,
};

export function StatusMark({
  tone,
  children,
  size = 15,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly size?: number;
}) {
  const Icon = icons[tone];
  return (
    <span className={`${styles.status} ${colours[tone] ?? ''}`}>
      <Icon size={size} aria-hidden className={tone === 'active' ? styles.spin : undefined} />
      <span>{children}</span>
    </span>
  );
}
