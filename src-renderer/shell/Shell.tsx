/** The frame around every screen: navigation, banners, help, spoken notes. */
import { useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useShortcut } from '../shortcuts/index.ts';
import { useViewedRole } from '../state/session.ts';
import { Announcer } from './Announcer.tsx';
import { ConnectionBanner, ReadOnlyBanner } from './Banners.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Navigation } from './Navigation.tsx';
import { entriesFor, redirectFor } from './navigation.ts';
import styles from './Shell.module.css';
import { ShortcutHelp } from './ShortcutHelp.tsx';

const nextScheme = { auto: 'light', light: 'dark', dark: 'auto' } as const;

export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [path, navigate] = useLocation();
  const [helpOpen, setHelpOpen] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const changeScheme = () => setColorScheme(nextScheme[colorScheme]);

  useShortcut('help', () => setHelpOpen((open) => !open));
  useShortcut('theme', changeScheme);
  useNavigationShortcuts(navigate);

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t('nav.skip')}
      </a>
      <Navigation onHelp={() => setHelpOpen(true)} onScheme={changeScheme} scheme={colorScheme} />
      <div className={styles.column}>
        <ConnectionBanner />
        <ReadOnlyBanner />
        <main id="content" tabIndex={-1} className={styles.main}>
          <ErrorBoundary key={path.split('/')[1] ?? ''}>
            <Guard>{children}</Guard>
          </ErrorBoundary>
        </main>
      </div>
      <ShortcutHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
      <Announcer />
    </div>
  );
}

function useNavigationShortcuts(navigate: (href: string) => void): void {
  const role = useViewedRole();
  const reachable = new Map(role ? entriesFor(role).map((entry) => [entry.screen, entry.href]) : []);
  const go = (href: string | undefined) => () => {
    if (href !== undefined) navigate(href);
  };
  useShortcut('goGrade', go(reachable.get('grade')), reachable.has('grade'));
  useShortcut('goCards', go(reachable.get('cards')), reachable.has('cards'));
  useShortcut('goJobs', go(reachable.get('jobs')), reachable.has('jobs'));
  useShortcut('goGauge', go(reachable.get('gauge')), reachable.has('gauge'));
  useShortcut('goLogs', go(reachable.get('logs')), reachable.has('logs'));
  useShortcut('goCalibrate', go(reachable.get('calibrate')), reachable.has('calibrate'));
  useShortcut('goSystem', go(reachable.get('system')), reachable.has('system'));
  useShortcut('goTemplates', go(reachable.get('templates')), reachable.has('templates'));
  useShortcut('goSettings', go(reachable.get('settings')), reachable.has('settings'));
}

/** Sends a role away from screens that are not its own, such as a bookmarked one. */
function Guard({ children }: { readonly children: ReactNode }) {
  const role = useViewedRole();
  const [path, navigate] = useLocation();
  const elsewhere = role ? redirectFor(role, path) : null;
  if (elsewhere !== null) {
    queueMicrotask(() => navigate(elsewhere, { replace: true }));
    return null;
  }
  return children;
}
