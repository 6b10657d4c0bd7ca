/** A place with nothing in it yet says what it is for and what to do. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './ui.module.css';

export interface EmptyStateProps {
  readonly title: string;
  readonly body?: string;
  readonly icon?: ReactNode;
  readonly action?:
    | { readonly label: string; readonly href: string }
    | { readonly label: string; readonly onClick: () => void }
    | undefined;
}

export function EmptyState({ title, body, icon, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {icon}
      <h2 className={styles.emptyTitle}>{title}</h2>
      {body ? <p className={styles.emptyBody}>{body}</p> : null}
      {action && 'href' in action ? (
        <Button component={Link} href={action.href}>
          {action.label}
        </Button>
      ) : null}
      {action && 'onClick' in action ? <Button onClick={action.onClick}>{action.label}</Button> : null}
    </div>
  );
}
