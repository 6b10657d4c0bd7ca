/** The frame of a screen: heading, tools beside it, and a body that scrolls on its own. */
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { t } from '../messages/index.ts';
import styles from './ui.module.css';

export interface ScreenProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function Screen({ title, note, tools, children }: ScreenProps) {
  useDocumentTitle(title);
  return (
    <div className={styles.screen}>
      <header className={styles.screenHead}>
        <h1 className={styles.screenTitle}>{title}</h1>
        {note ? <div className={styles.screenNote}>{note}</div> : null}
        {tools ? <div className={styles.screenTools}>{tools}</div> : null}
      </header>
      {children}
    </div>
  );
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${t('app.short')}`;
  }, [title]);
}

/** A titled block with a hairline around it. */
export function Panel({
  title,
  note,
  tools,
  children,
}: {
  readonly title: string;
  readonly note?: string;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.panelHead}>
        <div>
          <h2 className={styles.panelTitle}>{title}</h2>
          {note ? <p className={styles.panelNote}>{note}</p> : null}
        </div>
        {tools ? <div className={styles.screenTools}>{tools}</div> : null}
      </header>
      {children}
    </section>
  );
}
