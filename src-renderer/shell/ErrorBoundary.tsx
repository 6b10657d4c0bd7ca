/** Catches a screen that breaks, so that the frame and the other screens stay usable. */
import { Component, type ReactNode } from 'react';
import { t } from '../messages/index.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import styles from './ErrorBoundary.module.css';

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className={styles.broken}>
        <ErrorNotice
          title={t('errors.crash')}
          error={{ code: 'internal', message: error.message, next: t('errors.crashNext') }}
          onRetry={() => this.setState({ error: null })}
        />
      </div>
    );
  }
}
